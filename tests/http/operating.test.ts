import { expect, test } from "bun:test";
import type { Running } from "../../src/pipeline/attempt.ts";
import { aReport, post, the } from "../queue/builders.ts";
import { type Api, openApi } from "./api.ts";

type Json = Record<string, unknown>;

async function read<T = Json>(api: Api, path: string, init?: RequestInit): Promise<T> {
  const response = await api.request(path, init);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

async function failJob(api: Api, fields?: Json): Promise<string> {
  const id = await api.accept(fields);
  await api.queue.fail(await api.claim(), { code: "no_data", message: "nothing" }, null);
  return id;
}

test("a job's page has everything about it, from each attempt to each change", async () => {
  await using api = await openApi();
  const data = { as_of: "2026-06-30", agents: [{ name: "Ada" }] };
  const id = await api.accept({ data, metadata: { order: 7 }, callback_url: "https://hooks.example.com/x" });
  await api.queue.fail(await api.claim(), { code: "network", message: "no route" }, 0);
  await api.finish();
  const page = await read(api, `/api/jobs/${id}`);
  expect(page).toMatchObject({
    job: { job_id: id, status: "completed", attempts: 2, metadata: { order: 7 }, client: "local" },
    client: "local",
    request: { suburb: "Manly", state: "NSW", metadata: { order: 7 } },
    attempts: [
      { number: 1, outcome: "failed", error: { code: "network", message: "no route" }, rendered_at: null },
      { number: 2, outcome: "completed", error: null, rendered_at: expect.any(String) },
    ],
    deliveries: [{ target: "folder", path: "NSW/Manly/report.pdf", delivered_at: null, delivered_to: null, url: null }],
    callbacks: [{ job_id: id, job_status: "completed", status: "pending", attempt_log: [] }],
  });
  expect(page.request).not.toHaveProperty("data");
  const history = page.history as { id: number; from: string | null; to: string; by: string }[];
  expect(history.map(({ from, to, by }) => [from, to, by])).toEqual([
    [null, "queued", "service"],
    ["queued", "rendering", "service"],
    ["rendering", "waiting", "service"],
    ["waiting", "queued", "service"],
    ["queued", "rendering", "service"],
    ["rendering", "delivering", "service"],
    ["delivering", "completed", "service"],
  ]);
});

test("jobs are found by words, by client and by several statuses", async () => {
  await using api = await openApi();
  const failed = await failJob(api);
  const queued = await api.accept({ suburb: "Mosman" });
  const found = async (query: string) =>
    (await read<{ jobs: { job_id: string }[] }>(api, `/api/jobs?${query}`)).jobs.map(({ job_id }) => job_id);
  expect(await found("q=mosman")).toEqual([queued]);
  expect(await found(`q=${failed}`)).toEqual([failed]);
  expect(await found("status=failed,queued")).toEqual([queued, failed]);
  expect(await found("status=failed,%20running")).toEqual([failed]);
  expect(await found("client=local&q=nsw")).toEqual([queued, failed]);
  expect(await found("client=other")).toEqual([]);
  expect((await api.request("/api/jobs?status=failed,done")).status).toBe(422);
  expect((await api.request(`/api/jobs?q=${"x".repeat(201)}`)).status).toBe(422);
});

test("all failed jobs of a filter are retried by one call", async () => {
  await using api = await openApi();
  for (const suburb of ["Manly", "Manly", "Mosman"]) await failJob(api, { suburb });
  expect(await (await api.post("/api/jobs/retry", { suburb: "manly" })).json()).toEqual({ retried: 2 });
  expect(await api.queue.counts()).toMatchObject({ queued: 2, failed: 1 });
  expect(await (await api.post("/api/jobs/retry", { status: null, q: "mosman" })).json()).toEqual({ retried: 1 });
  expect(await (await api.post("/api/jobs/retry", {})).json()).toEqual({ retried: 0 });
  for (const body of ["[]", '"all"', { suburbs: "Manly" }, { status: 1 }, { status: "failing" }, { limit: "5" }])
    expect((await api.post("/api/jobs/retry", body)).status).toBe(422);
});

test("a paused queue is shown on every page and in every status, and resumes", async () => {
  await using api = await openApi();
  const id = await api.accept();
  const paused = { paused: { since: expect.any(String), by: "local" } };
  expect(await read(api, "/api/queue/pause", { method: "POST" })).toMatchObject(paused);
  expect(await read(api, "/api/overview")).toMatchObject(paused);
  expect(await read(api, `/api/job-status/${id}`)).toMatchObject({ stage: "queued", waiting_for: "paused" });
  expect(await read(api, "/api/jobs")).toMatchObject({ jobs: [{ waiting_for: "paused" }] });
  expect(await api.queue.claim({ gathering: 1 })).toEqual([]);
  expect(await read(api, "/api/queue/resume", { method: "POST" })).toEqual({ paused: null });
  expect(await read(api, `/api/job-status/${id}`)).toMatchObject({ waiting_for: null });
});

test("a rendered job that cannot be delivered says why it waits", async () => {
  await using api = await openApi({ deliverBlockedBy: () => "credentials" });
  const id = await api.accept({ data: { as_of: "2026-06-30", agents: [] } });
  const claim = await api.claim();
  await api.queue.rendered(claim, { path: "reports/x.pdf", sha256: "ab".repeat(32), bytes: 1, pages: 1 });
  await api.queue.release(claim, "stopping");
  const queued = await api.accept();
  expect(await read(api, `/api/job-status/${id}`)).toMatchObject({ stage: "queued", waiting_for: "credentials" });
  expect(await read(api, `/api/job-status/${queued}`)).toMatchObject({ waiting_for: null });
});

test("a job that waits for a dependency says for which and until when, and is attempted at once on request", async () => {
  let probes = 0;
  const wait = "the data source (outage, next attempt 2026-07-01T09:00:00.000Z)";
  await using api = await openApi({
    gatherBlockedBy: () => wait,
    deliverBlockedBy: () => "s3 (no room)",
    probeNow: () => probes++,
  });
  const queued = await api.accept();
  expect(await read(api, `/api/job-status/${queued}`)).toMatchObject({ stage: "queued", waiting_for: null });
  await api.queue.fail(await api.claim(), { code: "source_unavailable", message: "503" }, 60_000, {
    uncounted: true,
  });
  const notified = { stage: "waiting", waiting_for: wait, eta_seconds: null, attempts: 0 };
  expect(await read(api, `/api/job-status/${queued}`)).toMatchObject(notified);
  expect(await read(api, "/api/jobs")).toMatchObject({ jobs: [{ waiting_for: wait }] });
  const again = await read(api, `/api/jobs/${queued}/retry`, { method: "POST" });
  expect(again).toMatchObject({ stage: "queued", retry_at: null });

  const inline = await api.accept({ data: { as_of: "2026-06-30", agents: [] } });
  const claim = (await api.queue.claim({ rendering: 1 }))[0];
  if (claim === undefined) throw new Error("nothing to render");
  await api.queue.rendered(claim, { path: "reports/x.pdf", sha256: "ab".repeat(32), bytes: 1, pages: 1 });
  await api.queue.release(claim, "delivery_closed");
  expect(probes).toBe(0);
  const longPolls = await read(api, `/api/jobs/${inline}/retry`, { method: "POST" });
  expect(longPolls).toMatchObject({ stage: "queued", waiting_for: "s3 (no room)" });
  expect(probes).toBe(1);
});

test("the overview shows at a glance whether the service is well", async () => {
  const running = new Map<string, Running>();
  await using api = await openApi({ running: () => running, ready: async () => ["the disk is full"] });
  const id = await api.accept();
  const oldest = await api.accept({ callback_url: "https://hooks.example.com/" });
  await api.claim();
  running.set(id, { stage: "gathering", progress: 0.5, section: "market", waitingFor: null });
  expect(await read(api, "/api/overview")).toEqual({
    version: "1.2.3",
    started_at: "2026-11-24T08:00:00.000Z",
    now: expect.any(String),
    paused: null,
    counts: { queued: 1, running: 1, waiting: 0, completed: 0, failed: 0, cancelled: 0 },
    oldest_queued_at: (await api.queue.get(oldest))?.createdAt ?? "",
    running: [
      {
        job_id: id,
        suburb: "Manly",
        state: "NSW",
        postcode: "2095",
        client: "local",
        stage: "gathering",
        progress: 50,
        section: "market",
        waiting_for: null,
        started_at: expect.any(String),
      },
    ],
    memory: { used_bytes: 100_000_000, limit_bytes: 4_000_000_000 },
    threads: { busy: 1, total: 2 },
    disk: { free_bytes: 10_000_000_000, total_bytes: 40_000_000_000 },
    event_loop_lag_ms: 1.2,
    failed_last_hour: 0,
    deliveries: [
      {
        target: "folder",
        ok: true,
        problem: null,
        last_success_at: null,
        last_failure_at: null,
        failing_since: null,
        failures: 0,
        last_error: null,
      },
    ],
    catalogue: { state: "empty", localities: 0, sales: 0, newest: null, other_source: false },
    actions: [],
    callbacks: { pending: 0, failing: 0, failed: 0, oldest_failing: null, problem: null },
    ready: { ok: false, problems: ["the disk is full"] },
  });
  await api.queue.cancel(oldest);
  expect(await read(api, "/api/overview")).toMatchObject({
    counts: { cancelled: 1 },
    callbacks: { pending: 1, failed: 0 },
  });
});

test("statistics count what ended in the last hour and day", async () => {
  await using api = await openApi();
  await api.accept();
  await api.finish();
  await failJob(api);
  for (const [query, buckets, seconds] of [
    ["", 60, 60],
    ["?window=hour", 60, 60],
    ["?window=day", 96, 900],
  ] as const) {
    const reply = await read<{ buckets: { completed: number; failed: number; median_seconds: number | null }[] }>(
      api,
      `/api/statistics${query}`,
    );
    expect(reply).toMatchObject({ bucket_seconds: seconds });
    expect(reply.buckets).toHaveLength(buckets);
    expect(reply.buckets.reduce((sum, { completed }) => sum + completed, 0)).toBe(1);
    expect(reply.buckets.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
    expect(reply.buckets.filter(({ median_seconds }) => median_seconds !== null)).toHaveLength(1);
  }
  expect((await api.request("/api/statistics?window=week")).status).toBe(422);
});

test("a job that waits for its delivery, and a suspected one that waits for its render, say what they wait for", async () => {
  await using api = await openApi();
  const [rendered, suspected] = [await post(api.queue, { dataSet: "{}" }), await post(api.queue, { dataSet: "{}" })];
  const claims = await api.queue.claim({ rendering: 2 });
  const claim = (id: string) => the(claims.filter(({ job }) => job.id === id));
  await api.queue.rendered(claim(rendered), aReport(rendered));
  await api.queue.release(claim(rendered), "delivery_busy");
  await api.queue.fail(claim(suspected), { code: "render_crashed", message: "it died" }, 0, { crashed: true });
  await api.queue.claim({});
  expect(await read(api, `/api/job-status/${rendered}`)).toMatchObject({ waiting_for: "delivery slot" });
  expect(await read(api, `/api/job-status/${suspected}`)).toMatchObject({
    stage: "queued",
    waiting_for: "an isolated render",
    queue_position: 1,
  });
});

test("a job that finds all slots for gathering data taken, as by a source that hangs, reports it", async () => {
  let hanging = 1;
  const running = () => {
    const attempt = { stage: "gathering", progress: 30, section: null, waitingFor: null } as const;
    return new Map(Array.from({ length: hanging }, (_, number) => [`job ${number}`, attempt] as const));
  };
  await using api = await openApi({ running, gatherSlots: 2 });
  const [needsData, hasData] = [await post(api.queue), await post(api.queue, { dataSet: "{}" })];
  expect(await read(api, `/api/job-status/${needsData}`)).toMatchObject({ stage: "queued", waiting_for: null });
  hanging = 2;
  expect(await read(api, `/api/job-status/${needsData}`)).toMatchObject({
    stage: "queued",
    waiting_for: "gather slot",
  });
  expect(await read(api, `/api/job-status/${hasData}`)).toMatchObject({ waiting_for: null });
});

test("the service's own affairs are for admin keys, and a client retries only its own jobs", async () => {
  await using api = await openApi();
  const theirs = await failJob(api);
  const { secret } = api.keys.create({ name: "make", scope: "submit", rate: null });
  const { secret: admin } = api.keys.create({ name: "anna", scope: "admin", rate: null });
  const bearer = (key: string) => ({ headers: { Authorization: `Bearer ${key}` } });
  const calls = [
    ["GET", "/api/overview"],
    ["GET", "/api/statistics"],
    ["POST", "/api/queue/pause"],
    ["POST", "/api/queue/resume"],
  ] as const;
  for (const [method, path] of calls) {
    const refused = await api.request(path, { method, ...bearer(secret) });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: "scope_needed", detail: expect.stringContaining("admin") });
    expect((await api.request(path, { method, ...bearer(admin) })).status).toBe(200);
  }
  expect((await api.request(`/api/jobs/${theirs}`, bearer(secret))).status).toBe(404);
  const retry = async (key: string, body: Json) =>
    (await api.post("/api/jobs/retry", body, bearer(key).headers)).json();
  expect(await retry(secret, {})).toEqual({ retried: 0 });
  expect(await retry(secret, { client: "local" })).toEqual({ retried: 0 });
  expect(await retry(admin, { client: "local" })).toEqual({ retried: 1 });
});
