import { expect } from "bun:test";
import type { Program } from "../../programs.ts";
import {
  type BinaryOptions,
  post,
  type RunningBinary,
  run,
  startBinary,
  temporaryFolder,
  untilEnded,
} from "../binary.ts";
import { inlineJob } from "../jobs.ts";

/** One setting off its default, and what of the running service shows that it reached its part. */
export interface Proof {
  readonly needs?: readonly Program[];
  prove(): Promise<unknown>;
}

/** Runs the service with these settings (without AGENTLINK_), for as long as the work takes. */
export async function serving<T>(
  settings: Readonly<Record<string, string>>,
  work: (service: RunningBinary, dataDir: string) => Promise<T>,
  options: Partial<BinaryOptions> = {},
): Promise<T> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`AGENTLINK_${name}`, value]));
  const service = await startBinary({ ...options, dataDir, env });
  try {
    return await work(service, dataDir);
  } finally {
    await service.end("SIGKILL");
  }
}

export const json = async (service: RunningBinary, path: string) =>
  (await (await fetch(service.url + path)).json()) as Readonly<Record<string, unknown>>;

export const request = (service: RunningBinary, body: unknown) =>
  fetch(`${service.url}/api/generate-agents-report`, { method: "POST", body: JSON.stringify(body) });

export const done = async (service: RunningBinary, body: unknown = inlineJob(1)) =>
  untilEnded(service.url, await post(service.url, body));

export async function refusedAtStart(settings: Readonly<Record<string, string>>): Promise<string> {
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`AGENTLINK_${name}`, value]));
  const { code, stdout, stderr } = await run(["serve", "--port", "0"], { env });
  expect(code).not.toBe(0);
  return stdout + stderr;
}

export const LOCALITY = { suburb: "Manly", state: "NSW" } as const;
