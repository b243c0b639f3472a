import { expect, test } from "bun:test";
import type { Running } from "../../src/pipeline/attempt.ts";
import type { Claim } from "../../src/queue/job.ts";
import { openApi } from "./api.ts";

interface Page {
  readonly jobs: readonly { readonly job_id: string; readonly suburb: string; readonly stage: string }[];
  readonly next_cursor: string | null;
}

test("jobs are listed newest first, page by page, each once", async () => {
  await using api = await openApi();
  const ids: string[] = [];
  for (let at = 0; at < 7; at++) ids.unshift(await api.accept());
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const path = `/api/jobs?limit=3${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = (await (await api.request(path)).json()) as Page;
    seen.push(...page.jobs.map(({ job_id }) => job_id));
    cursor = page.next_cursor;
  } while (cursor !== null);
  expect(seen).toEqual(ids);
});

test("jobs are found by status, suburb, state and time", async () => {
  await using api = await openApi();
  await api.accept();
  const first = await api.accept({ suburb: "Mosman" });
  await api.accept({ suburb: "Manly", state: "QLD" });
  await api.finish();
  const found = async (query: string) => ((await (await api.request(`/api/jobs?${query}`)).json()) as Page).jobs.length;
  expect(await found("")).toBe(3);
  expect(await found("status=completed")).toBe(1);
  expect(await found("status=queued")).toBe(2);
  expect(await found("status=processing")).toBe(2);
  expect(await found("status=Processing,completed")).toBe(3);
  expect(await found("suburb=Mosman")).toBe(1);
  expect(await found("suburb=manly")).toBe(2);
  expect(await found("state=qld")).toBe(1);
  expect(await found("suburb=Manly&state=NSW")).toBe(1);
  expect(await found("created_after=2020-01-01")).toBe(3);
  expect(await found("created_before=2020-01-01T00:00:00Z")).toBe(0);
  const { created_at } = (await (await api.request(`/api/job-status/${first}`)).json()) as { created_at: string };
  const shifted = new Date(Date.parse(created_at) + 36_000_000).toISOString().replace("Z", "+10:00");
  expect(await found(`created_before=${encodeURIComponent(shifted)}`)).toBe(
    await found(`created_before=${created_at}`),
  );
});

test("a filter that is not understood is refused by name, because it would find everything", async () => {
  await using api = await openApi();
  for (const [name, value] of [
    ["sate", "NSW"],
    ["status", "done"],
    ["limit", "0"],
    ["limit", "201"],
    ["created_after", "yesterday"],
    ["created_after", "2026-13-01"],
  ] as const) {
    const response = await api.request(`/api/jobs?${name}=${value}`);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "invalid_request", detail: expect.stringContaining(name) });
  }
  const cursor = await api.request("/api/jobs?cursor=nonsense");
  expect(cursor.status).toBe(422);
  expect(await cursor.json()).toMatchObject({ code: "bad_cursor" });
});

test("a queued job is cancelled at once, and a second cancel returns it as it is", async () => {
  await using api = await openApi();
  const id = await api.accept();
  for (let times = 0; times < 2; times++) {
    const response = await api.request(`/api/jobs/${id}/cancel`, { method: "POST" });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ job_id: id, status: "cancelled" });
  }
});

test("an ended job is not cancelled, and the response says why", async () => {
  await using api = await openApi();
  const id = await api.accept();
  await api.finish();
  const response = await api.request(`/api/jobs/${id}/cancel`, { method: "POST" });
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({
    code: "job_not_cancellable",
    detail: expect.stringContaining("completed"),
  });
});

test("a failed job is retried, one that continues or is done is not", async () => {
  await using api = await openApi();
  const id = await api.accept();
  const retry = () => api.request(`/api/jobs/${id}/retry`, { method: "POST" });
  expect((await retry()).status).toBe(409);
  await api.queue.fail(await api.claim(), { code: "no_data", message: "nothing" }, null);
  const response = await retry();
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ job_id: id, status: "processing", stage: "queued" });
  await api.finish();
  const done = await retry();
  expect(done.status).toBe(409);
  expect(await done.json()).toMatchObject({ code: "job_not_retryable", detail: expect.stringContaining("completed") });
});

test("an unknown job is 404 for every call", async () => {
  await using api = await openApi();
  const calls = [
    ["GET", ""],
    ["POST", "/cancel"],
    ["POST", "/retry"],
    ["GET", "/report.pdf"],
  ] as const;
  for (const [method, path] of calls) {
    const response = await api.request(`/api/jobs/none${path}`, { method });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "unknown_job" });
  }
  expect((await api.request("/api/jobs/%E0%A4%A")).status).toBe(404);
});

test("a waiting job says when its next attempt is, and why its last one failed", async () => {
  await using api = await openApi({ typicalMs: () => 2_000 });
  const id = await api.accept();
  await api.queue.fail(await api.claim(), { code: "network", message: "no route" }, 30_000);
  const response = await api.request(`/api/job-status/${id}`);
  const body = (await response.json()) as { eta_seconds: number; retry_at: string };
  expect(body).toMatchObject({ status: "processing", stage: "waiting", error: "", failure: { code: "network" } });
  expect(Date.parse(body.retry_at)).toBeGreaterThan(Date.now() + 20_000);
  expect(body.eta_seconds).toBeGreaterThan(25);
  expect(Number(response.headers.get("retry-after"))).toBe(body.eta_seconds);
});

test("the position in the queue, and the time to its end, follow from the jobs before", async () => {
  await using api = await openApi({ typicalMs: () => 10_000, renderSlots: 2 });
  const ids: string[] = [];
  for (let at = 0; at < 5; at++) ids.push(await api.accept());
  const last = await api.request(`/api/job-status/${ids[4]}`);
  expect(await last.json()).toMatchObject({ queue_position: 5, eta_seconds: 30 });
  expect(last.headers.get("retry-after")).toBe("30");
});

test("a job that another host put off says what it waits for; a cancel says which of several targets have the report", async () => {
  await using api = await openApi();
  const id = await api.accept();
  const claim = await api.claim();
  await api.queue.gathered(claim, "{}");
  await api.queue.rendered(claim, { path: "reports/x.pdf", sha256: "ab".repeat(32), bytes: 1, pages: 1 });
  await api.queue.delivering(claim, "folder", "x.pdf");
  await api.queue.delivered(claim, "folder", { to: "/out/x.pdf", url: null });
  const away = { uncounted: true, waitsFor: ["dropbox", "s3"] };
  await api.queue.fail(claim, { code: "s3_unreachable", message: "away" }, 60_000, away);
  const waiting = (await (await api.request(`/api/job-status/${id}`)).json()) as { retry_at: string };
  expect(waiting).toMatchObject({ waiting_for: `dropbox and s3 (next attempt ${waiting.retry_at} at the latest)` });
  const cancelled = await api.request(`/api/jobs/${id}/cancel`, { method: "POST" });
  expect(await cancelled.json()).toMatchObject({
    status: "cancelled",
    warnings: expect.arrayContaining([
      "folder had the report before the job was cancelled. The report stays there, and nothing more is delivered.",
    ]),
  });
});

test("of a job that a pause or a paused target prevents from starting no end is estimated, and it is not polled each second", async () => {
  let longPolls: string | null = null;
  await using api = await openApi({ typicalMs: () => 300, deliverBlockedBy: () => longPolls });
  const status = async (id: string) => {
    const response = await api.request(`/api/job-status/${id}`);
    return { ...((await response.json()) as object), retryAfter: response.headers.get("retry-after") };
  };
  const backingOff = await api.accept();
  await api.queue.fail(await api.claim(), { code: "network", message: "no route" }, 5_000);
  const running = await api.accept();
  await api.claim();
  const queued = await api.accept();
  expect(await status(queued)).toMatchObject({ eta_seconds: 1, waiting_for: null, retryAfter: "1" });

  await api.post("/api/queue/pause", {});
  const paused = { eta_seconds: null, waiting_for: "paused", retryAfter: "30" };
  expect(await status(queued)).toMatchObject(paused);
  expect(await status(backingOff)).toMatchObject({ ...paused, stage: "waiting", retry_at: expect.any(String) });
  expect(await status(running)).toMatchObject({ eta_seconds: 1, waiting_for: null, retryAfter: "1" });
  const posted = await api.post("/api/generate-agents-report", { suburb: "Manly", state: "NSW" });
  expect(posted.headers.get("retry-after")).toBe("30");
  const waited = { Prefer: "wait=1" };
  const afterWait = await api.post("/api/generate-agents-report", { suburb: "Manly", state: "NSW" }, waited);
  expect(afterWait.headers.get("retry-after")).toBe("30");

  await api.post("/api/queue/resume", {});
  expect(await status(queued)).toMatchObject({ eta_seconds: 1, waiting_for: null, retryAfter: "1" });
  longPolls = "credentials";
  const claim = (await api.queue.claim({ gathering: 1 }))[0] as Claim;
  await api.queue.gathered(claim, "{}");
  await api.queue.rendered(claim, { path: "reports/x.pdf", sha256: "ab".repeat(32), bytes: 1, pages: 1 });
  await api.queue.release(claim, "stopping");
  expect(await status(queued)).toMatchObject({ eta_seconds: null, waiting_for: "credentials", retryAfter: "30" });
});

test("a running job shows what the pipeline knows of it", async () => {
  const running = new Map<string, Running>();
  await using api = await openApi({ running: () => running, typicalMs: () => 10_000 });
  const id = await api.accept();
  await api.claim();
  running.set(id, { stage: "rendering", progress: 0.7, document: "agents", section: "market", waitingFor: "memory" });
  expect(await (await api.request(`/api/job-status/${id}`)).json()).toMatchObject({
    stage: "gathering",
    progress: 70,
    section: "market",
    document: "agents",
    waiting_for: "memory",
    eta_seconds: 6,
  });
});

test("a batch is accepted in order, with warnings for each", async () => {
  await using api = await openApi();
  const response = await api.post("/api/generate-agents-reports", {
    reports: [
      { suburb: "Manly", state: "NSW" },
      { suburb: "Mosman", state: "NSW", colour: "red" },
    ],
    note: "x",
  });
  expect(response.status).toBe(200);
  const { jobs, warnings } = (await response.json()) as {
    jobs: { job_id: string; warnings: string[] }[];
    warnings: string[];
  };
  expect(warnings).toHaveLength(1);
  expect(jobs[0]?.warnings).toEqual([expect.stringContaining("there is no data for Manly")]);
  expect(jobs[1]?.warnings.join()).toContain("colour");
  expect((await api.queue.get(jobs[1]?.job_id ?? ""))?.suburb).toBe("Mosman");
});

test("a batch with one bad request accepts none and names what is wrong with which", async () => {
  await using api = await openApi();
  const response = await api.post("/api/generate-agents-reports", {
    reports: [{ suburb: "Manly", state: "NSW" }, { suburb: "Manley", state: "NSW" }, { state: "NSW" }],
  });
  expect(response.status).toBe(422);
  const body = (await response.json()) as { problems: { index: number; code: string }[] };
  expect(body.problems.map(({ index, code }) => [index, code])).toEqual([
    [1, "unknown_suburb"],
    [2, "invalid_request"],
  ]);
  expect(await api.queue.counts()).toMatchObject({ queued: 0 });
});

test("a batch has 1 to 1,000 requests, and one that does not fit into the queue is not accepted in part", async () => {
  await using api = await openApi({ queueLimit: 1_500 });
  const post = (count: number) =>
    api.post("/api/generate-agents-reports", {
      reports: Array.from({ length: count }, () => ({ suburb: "Manly", state: "NSW" })),
    });
  expect((await post(0)).status).toBe(422);
  expect((await post(1_001)).status).toBe(422);
  expect((await api.post("/api/generate-agents-reports", [])).status).toBe(422);
  expect((await post(1_000)).status).toBe(200);
  expect((await post(501)).status).toBe(429);
  expect(await api.queue.counts()).toMatchObject({ queued: 1_000 });
});

test("a batch with a key is accepted once", async () => {
  await using api = await openApi();
  const body = {
    reports: [
      { suburb: "Manly", state: "NSW" },
      { suburb: "Manly", state: "NSW" },
    ],
  };
  const first = await api.post("/api/generate-agents-reports", body, { "Idempotency-Key": "b" });
  const again = await api.post("/api/generate-agents-reports", body, { "Idempotency-Key": "b" });
  expect(again.headers.get("idempotency-replayed")).toBe("true");
  expect(await again.json()).toEqual(await first.json());
  expect(await api.queue.counts()).toMatchObject({ queued: 2 });
});
