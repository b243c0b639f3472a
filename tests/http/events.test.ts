import { expect, test } from "bun:test";
import type { Running } from "../../src/pipeline/attempt.ts";
import { until, within } from "../until.ts";
import { openApi } from "./api.ts";
import { listen } from "./event-stream.ts";
import { head, rawClient } from "./socket.ts";

test("a listener to all jobs receives each change, with the job as its status shows it", async () => {
  await using api = await openApi();
  const stream = await listen(`${api.url}/api/events`);
  expect(stream.response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(stream.response.headers.get("x-accel-buffering")).toBe("no");
  const id = await api.accept({ metadata: { order: 7 } });
  const queued = await stream.first(({ data }) => data.job_id === id && data.stage === "queued");
  expect(stream.retryMs).toBe(2_000);
  const status = (await (await api.request(`/api/job-status/${id}`)).json()) as Record<string, unknown>;
  expect(queued).toMatchObject({
    event: "job",
    data: { ...status, client: "local", queue_position: null, eta_seconds: null },
  });
  await api.finish();
  const done = await stream.first(({ data }) => data.job_id === id && data.stage === "completed");
  expect(Number(done.id)).toBeGreaterThan(Number(queued.id));
  expect(done.data).toMatchObject({ result: { pages: 12 } });
  stream.leave();
  await until(() => api.server.listening() === 0);
});

test("a listener that reconnects receives what it missed, once, from where it was", async () => {
  await using api = await openApi();
  const first = await listen(`${api.url}/api/events`);
  const before = await api.accept();
  await first.first(({ data }) => data.job_id === before);
  first.leave();
  await api.finish();
  for (const [query, headers] of [
    ["", { "Last-Event-ID": first.lastId }],
    [`?after=${first.lastId}`, {}],
  ] as const) {
    const missed = await api.accept();
    const again = await listen(`${api.url}/api/events${query}`, headers);
    await again.first(({ data }) => data.job_id === missed);
    expect(again.stagesOf(before)).toEqual(["completed"]);
    expect(again.stagesOf(missed)).toEqual(["queued"]);
    await api.queue.cancel(missed);
    await again.first(({ data }) => data.job_id === missed && data.stage === "cancelled");
    expect(again.lastId).toBe(String(await api.queue.latestEvent()));
    again.leave();
  }
});

test("one that was interrupted before it received anything misses nothing either", async () => {
  await using api = await openApi();
  await api.accept();
  const first = await listen(`${api.url}/api/events`);
  await until(() => first.lastId !== "");
  first.leave();
  const id = await api.accept();
  const again = await listen(`${api.url}/api/events`, { "Last-Event-ID": first.lastId });
  await again.first(({ data }) => data.job_id === id);
  expect(again.received.filter(({ event }) => event === "job")).toHaveLength(1);
  again.leave();
});

test("thousands of missed changes come in parts, all of them, and then what is new", async () => {
  await using api = await openApi({ queueLimit: 5_000 });
  const reports = Array.from({ length: 950 }, () => ({ suburb: "Manly", state: "NSW" }));
  await api.post("/api/generate-agents-reports", { reports });
  const stream = await listen(`${api.url}/api/events?after=0`);
  await until(() => stream.received.filter(({ event }) => event === "job").length >= 950);
  const id = await api.accept();
  await stream.first(({ data }) => data.job_id === id);
  const ids = stream.received.flatMap(({ event, id }) => (event === "job" ? [Number(id)] : []));
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(new Set(ids).size).toBe(951);
  stream.leave();
});

test("a listener to one job receives its state, then its changes, to its end", async () => {
  await using api = await openApi({ typicalMs: () => 2_000 });
  await api.accept();
  const id = await api.accept();
  const stream = await listen(`${api.url}/api/jobs/${id}/events`);
  const now = await stream.first(() => true);
  expect(now).toMatchObject({ event: "job", data: { job_id: id, stage: "queued", queue_position: 2, eta_seconds: 2 } });
  await api.finish();
  await api.finish();
  await until(() => stream.ended);
  expect(stream.stagesOf(id).at(-1)).toBe("completed");
  expect(stream.received.every(({ data }) => data.job_id === id)).toBe(true);

  const late = await listen(`${api.url}/api/jobs/${id}/events`);
  await until(() => late.ended);
  expect(late.stagesOf(id)).toEqual(["completed"]);
  // 204 is what prevents a browser from coming back for ever.
  expect((await fetch(`${api.url}/api/jobs/${id}/events`, { headers: { "Last-Event-ID": late.lastId } })).status).toBe(
    204,
  );
  expect((await api.request("/api/jobs/none/events")).status).toBe(404);
  expect((await api.request("/api/events?after=x")).status).toBe(422);
});

test("progress is reported as it is made, and nothing is reported where nothing moves", async () => {
  const running = new Map<string, Running>();
  await using api = await openApi({ running: () => running });
  const id = await api.accept();
  await api.claim();
  const [all, one] = [await listen(`${api.url}/api/events`), await listen(`${api.url}/api/jobs/${id}/events`)];
  running.set(id, { stage: "rendering", progress: 0.42, section: "market", waitingFor: null });
  for (const stream of [all, one]) {
    const step = await stream.first(({ event }) => event === "progress");
    const data = { job_id: id, stage: "rendering", progress: 42, section: "market", document: null, waiting_for: null };
    expect(step).toEqual({ event: "progress", id: null, data });
  }
  running.set(id, { stage: "rendering", progress: 0.5, section: "agents", waitingFor: null });
  await all.first(({ data }) => data.section === "agents");
  await all.first(({ event }) => event === "overview");
  expect(all.received.filter(({ event }) => event === "progress")).toHaveLength(2);
  all.leave();
  one.leave();
});

test("a client receives the progress of its own jobs only, a viewer that of all", async () => {
  const running = new Map<string, Running>();
  await using api = await openApi({ running: () => running });
  const bearer = (name: string, scope: "submit" | "admin") => ({
    Authorization: `Bearer ${api.keys.create({ name, scope, rate: null }).secret}`,
  });
  const [mine, other, all] = [bearer("make", "submit"), bearer("other", "submit"), bearer("anna", "admin")];
  const post = async (headers: Record<string, string>) => {
    const response = await api.post("/api/generate-agents-report", { suburb: "Manly", state: "NSW" }, headers);
    return ((await response.json()) as { job_id: string }).job_id;
  };
  const [theirs, own] = [await post(other), await post(mine)];
  await api.claim();
  await api.claim();
  const [stream, whole] = [await listen(`${api.url}/api/events`, mine), await listen(`${api.url}/api/events`, all)];
  for (const progress of [0.3, 0.4, 0.5]) {
    const step = { stage: "rendering", progress, section: "market", waitingFor: null } as const;
    running.set(theirs, step);
    running.set(own, step);
    const isStep = (id: string) => (event: { readonly event: string; readonly data: Record<string, unknown> }) =>
      event.event === "progress" && event.data.job_id === id && event.data.progress === 100 * progress;
    await Promise.all([whole.first(isStep(theirs)), whole.first(isStep(own)), stream.first(isStep(own))]);
  }
  const received = stream.received.flatMap(({ event, data }) => (event === "progress" ? [data.job_id] : []));
  expect(new Set(received)).toEqual(new Set([own]));
  stream.leave();
  whole.leave();
});

test("the overview comes at once and then every two seconds, the same as when it is requested", async () => {
  await using api = await openApi();
  const stream = await listen(`${api.url}/api/events`);
  const first = await stream.first(({ event }) => event === "overview");
  const requested = (await (await api.request("/api/overview")).json()) as Record<string, unknown>;
  expect(first.data).toEqual({ ...requested, now: first.data.now });
  await api.accept();
  await stream.first(({ event, data }) => event === "overview" && (data.counts as { queued: number }).queued === 1);
  stream.leave();
});

test("a client receives its own jobs only, and nothing once its key is revoked", async () => {
  await using api = await openApi();
  const bearer = (name: string, scope: "read" | "submit" | "admin") => ({
    Authorization: `Bearer ${api.keys.create({ name, scope, rate: null }).secret}`,
  });
  const running = bearer("anna", "admin");
  const mine = bearer("make", "submit");
  const stream = await listen(`${api.url}/api/events`, mine);
  const all = await listen(`${api.url}/api/events`, running);
  const post = async (headers: Record<string, string>) => {
    const reply = await api.post("/api/generate-agents-report", { suburb: "Manly", state: "NSW" }, headers);
    return ((await reply.json()) as { job_id: string }).job_id;
  };
  const theirs = await post(bearer("other", "submit"));
  const own = await post(mine);
  await stream.first(({ data }) => data.job_id === own);
  await all.first(({ data }) => data.job_id === own);
  expect(all.stagesOf(theirs)).toEqual(["queued"]);
  const jobs = stream.received.filter(({ event }) => event !== "queue");
  expect(jobs.every(({ event, data }) => event === "job" && data.client === "make")).toBe(true);
  expect((await fetch(`${api.url}/api/jobs/${theirs}/events`, { headers: mine })).status).toBe(404);
  expect((await fetch(`${api.url}/api/events`)).status).toBe(401);
  const again = await listen(`${api.url}/api/events?after=0`, mine);
  await again.first(({ data }) => data.job_id === own);
  expect(again.stagesOf(theirs)).toEqual([]);
  api.keys.revoke("make");
  await until(() => stream.ended && again.ended);
  expect(all.ended).toBe(false);
  all.leave();
});

test("a slow listener is cut off, the others still receive, and it reconnects for the rest", async () => {
  await using api = await openApi({ queueLimit: 50_000 });
  const slow = rawClient(api.port);
  slow.socket.pause();
  slow.send(head("GET /api/events"));
  await until(() => api.server.listening() === 1);
  const quick = await listen(`${api.url}/api/events`);
  await until(() => quick.lastId !== "");
  // The operating system takes some megabytes for one that does not read; only then is anything buffered here.
  const metadata = { note: "x".repeat(3_000) };
  const reports = Array.from({ length: 500 }, () => ({ suburb: "Manly", state: "NSW", metadata }));
  let posted = 0;
  while (api.server.listening() === 2 && posted < 20_000) {
    await api.post("/api/generate-agents-reports", { reports });
    posted += reports.length;
    await until(() => quick.received.filter(({ event }) => event === "job").length === posted || quick.ended);
  }
  expect(quick.ended).toBe(false);
  await until(() => api.server.listening() === 1);
  slow.socket.resume();
  const text = await slow.received;
  const seen = Number([...text.matchAll(/^id: (\d+)\n(?=data: .*\n\n)/gm)].at(-1)?.[1] ?? 0);
  expect(seen).toBeLessThan(Number(quick.lastId));
  const again = await listen(`${api.url}/api/events`, { "Last-Event-ID": String(seen) });
  await until(() => again.lastId === quick.lastId);
  quick.leave();
  again.leave();
}, 60_000);

test("streams end when the service stops, so that it need not wait for them", async () => {
  const api = await openApi();
  const id = await api.accept();
  const streams = [await listen(`${api.url}/api/events`), await listen(`${api.url}/api/jobs/${id}/events`)];
  await within(Promise.resolve(api[Symbol.asyncDispose]()), "the service to stop");
  await until(() => streams.every(({ ended }) => ended));
});

test("a question for the head alone opens nothing", async () => {
  await using api = await openApi();
  const response = await fetch(`${api.url}/api/events`, { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(api.server.listening()).toBe(0);
});

test("a listener that may not see the figures receives that the queue is paused, and since when, at once and on each change", async () => {
  await using api = await openApi();
  const key = (scope: "read" | "admin") => ({
    Authorization: `Bearer ${api.keys.create({ name: scope, scope, rate: null }).secret}`,
  });
  const [read, admin] = [key("read"), key("admin")];
  const stream = await listen(`${api.url}/api/events`, read);
  expect(await stream.first(({ event }) => event === "queue")).toMatchObject({ data: { paused: null } });
  await api.request("/api/queue/pause", { method: "POST", headers: admin });
  const since = (await api.queue.paused())?.since;
  const paused = await stream.first(({ event, data }) => event === "queue" && data.paused !== null);
  // The name of that person is only for admins.
  expect(paused.data).toEqual({ paused: { since } });
  const late = await listen(`${api.url}/api/events`, read);
  expect((await late.first(({ event }) => event === "queue")).data).toEqual({ paused: { since } });
  await api.request("/api/queue/resume", { method: "POST", headers: admin });
  await late.first(({ event, data }) => event === "queue" && data.paused === null);
  stream.leave();
  late.leave();
});
