import { expect, test } from "bun:test";
import { openApi } from "./api.ts";

const REPORTS = "/api/generate-agents-report";

test("each line of a request has its id, its client and its job", async () => {
  await using api = await openApi();
  const { secret } = api.keys.create({ name: "make", scope: "submit", rate: null });
  const headers = { Authorization: `Bearer ${secret}`, "X-Request-Id": "r-1" };
  const reply = await api.post(REPORTS, { suburb: "Manly", state: "NSW" }, headers);
  const { job_id } = (await reply.json()) as { job_id: string };
  await api.request(`/api/jobs/${job_id}/cancel`, { method: "POST", headers });
  await api.request(`/api/job-status/${job_id}`, { headers });
  await api.request("/api/overview", { headers });
  const known = { request_id: "r-1", client: "make" };
  expect(api.logged.filter(({ request_id }) => request_id === "r-1")).toMatchObject([
    { ...known, level: 30, msg: "job accepted", job_id, suburb: "Manly", state: "NSW" },
    { ...known, level: 20, method: "POST", path: REPORTS, status: 200, job_id },
    { ...known, level: 30, path: `/api/jobs/${job_id}/cancel`, job_id },
    { ...known, level: 20, path: `/api/job-status/${job_id}`, job_id },
    { ...known, level: 30, path: "/api/overview", status: 403, code: "scope_needed" },
  ]);
}, 120_000);

test("no key, no body and no query is in the log, and no path that nothing is at is in what is measured", async () => {
  await using api = await openApi();
  const { secret } = api.keys.create({ name: "make", scope: "submit", rate: null });
  const headers = { Authorization: `Bearer ${secret}` };
  const callback_url = "https://hooks.example.com/T0SECRET?sig=SIGSECRET";
  await api.post(REPORTS, { suburb: "Manly", state: "NSW", callback_url, metadata: { note: "BODYSECRET" } }, headers);
  await api.post(REPORTS, '{"suburb": "BODYSECRET', headers);
  await api.post(REPORTS, { suburb: "BODYSECRETVILLE", state: "NSW" }, headers);
  await api.request("/api/jobs?q=QUERYSECRET", { headers });
  await api.request("/api/jobs?QUERYSECRET=1", { headers });
  await api.request("/nothing/PATHSECRET", { headers });
  const text = JSON.stringify(api.logged);
  expect(api.logged.length).toBeGreaterThan(5);
  for (const word of [secret, "T0SECRET", "SIGSECRET", "BODYSECRET", "QUERYSECRET"]) expect(text).not.toContain(word);
  const responses = api.responses.filter(({ route }) => route !== "/openapi.json");
  expect(responses.map(({ method, route, status }) => [method, route, status])).toEqual([
    ["POST", REPORTS, 200],
    ["POST", REPORTS, 400],
    ["POST", REPORTS, 422],
    ["GET", "/api/jobs", 200],
    ["GET", "/api/jobs", 422],
    ["GET", "other", 404],
  ]);
});

test("admin keys read all measurements, in the words of Prometheus", async () => {
  await using api = await openApi();
  const response = await api.request("/metrics");
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await response.text()).toBe("agentlink_up 1\n");
  const key = (scope: "submit" | "admin") => api.keys.create({ name: scope, scope, rate: null }).secret;
  for (const [secret, status] of [
    [key("submit"), 403],
    [key("admin"), 200],
  ] as const)
    expect((await api.request("/metrics", { headers: { Authorization: `Bearer ${secret}` } })).status).toBe(status);
  expect((await api.request("/metrics")).status).toBe(401);
});

test("at info each job that is accepted has one line, with the id of its request; one that was there has none", async () => {
  await using api = await openApi();
  const accepted = () => api.logged.filter(({ msg, level }) => msg === "job accepted" && level === 30);
  const headers = { "X-Request-Id": "batch-1" };
  const reports = [
    { suburb: "Manly", state: "NSW" },
    { suburb: "Hobart", state: "TAS", priority: 9 },
  ];
  const batch = await api.post("/api/generate-agents-reports", { reports }, headers);
  const { jobs } = (await batch.json()) as { jobs: { job_id: string }[] };
  expect(accepted()).toMatchObject([
    { request_id: "batch-1", job_id: jobs[0]?.job_id, client: "local", suburb: "Manly", state: "NSW", priority: 5 },
    { request_id: "batch-1", job_id: jobs[1]?.job_id, client: "local", suburb: "Hobart", state: "TAS", priority: 9 },
  ]);
  for (const request of ["first", "second"])
    await api.post(REPORTS, { suburb: "Manly", state: "NSW" }, { "Idempotency-Key": "k", "X-Request-Id": request });
  await api.post(REPORTS, { suburb: "Nowhere at all", state: "NSW" });
  expect(accepted().slice(2)).toMatchObject([{ request_id: "first" }]);
});
