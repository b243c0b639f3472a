import { afterEach, beforeEach, expect, test } from "bun:test";
import { type Api, openApi } from "./api.ts";

const AGENCY = "/api/generate-agency-report";
const LOCALITY = { suburb: "Manly", state: "NSW" };

let api: Api;
beforeEach(async () => {
  api = await openApi();
});
afterEach(() => api[Symbol.asyncDispose]());

async function accepted(path: string, body: object, headers?: Record<string, string>) {
  const response = await api.post(path, body, headers);
  expect(response.status).toBe(200);
  return (await response.json()) as { readonly job_id: string; readonly status: string };
}

test("the call for an agency report accepts a job that reports on agencies, in the old call's words", async () => {
  const { job_id, status } = await accepted(AGENCY, LOCALITY);
  expect(status).toBe("processing");
  expect(JSON.parse((await api.queue.request(job_id)) ?? "")).toEqual({ ...LOCALITY, report: "agency" });
});

test("a key that comes again with the same body is the same job in the same call alone", async () => {
  const key = { "Idempotency-Key": "monday-1" };
  const agency = await accepted(AGENCY, LOCALITY, key);
  expect((await accepted(AGENCY, LOCALITY, key)).job_id).toBe(agency.job_id);
  const other = await api.post("/api/generate-agents-report", LOCALITY, key);
  expect(other.status).toBe(422);
  expect(await other.json()).toMatchObject({ code: "idempotency_conflict" });
});

test.each([
  [AGENCY, "agents"],
  ["/api/generate-agents-report", "agency"],
])("a call for %s refuses a body that requests %s, and says which call makes that", async (path, report) => {
  const response = await api.post(path, { ...LOCALITY, report });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({
    code: "invalid_request",
    detail: expect.stringContaining(`POST /api/generate-${report}-report`),
    problems: [{ path: "/report" }],
  });
  expect(await api.queue.open()).toBe(0);
});

test("a batch may request both", async () => {
  const response = await api.post("/api/generate-agents-reports", {
    reports: [LOCALITY, { ...LOCALITY, report: "agency" }],
  });
  const { jobs } = (await response.json()) as { readonly jobs: readonly { readonly job_id: string }[] };
  const requests = await Promise.all(jobs.map(({ job_id }) => api.queue.request(job_id)));
  expect(requests.map((request) => JSON.parse(request ?? "").report)).toEqual([undefined, "agency"]);
});
