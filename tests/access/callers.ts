import { expect } from "bun:test";
import type { Scope } from "../../src/access/keys/scope.ts";
import { type Api, bearer } from "../http/api.ts";
import { withPrograms } from "../programs.ts";

export const testWithRedis = withPrograms("redis-server");

export const REPORT = { suburb: "Manly", state: "NSW" };

export const REPORTS = "/api/generate-agents-report";

export const FORWARDED = { "X-Forwarded-For": "203.0.113.9", Host: "reports.example.com" };

export const HTML = { accept: "text/html,*/*" };

export const make = (api: Api, name: string, scope: Scope = "submit") =>
  api.keys.create({ name, scope, rate: null }).secret;

export const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

export async function accept(api: Api, secret: string, headers: Record<string, string> = {}): Promise<string> {
  const reply = await api.post(REPORTS, REPORT, { ...bearer(secret), ...headers });
  expect(reply.status).toBe(200);
  return ((await reply.json()) as { job_id: string }).job_id;
}

export function signIn(api: Api, secret: string, headers: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams({ key: secret });
  return api.request("/sign-in", { method: "POST", body, headers, redirect: "manual" });
}
