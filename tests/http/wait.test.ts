import { expect, test } from "bun:test";
import { createWaiters } from "../../src/http/api/waiters.ts";
import type { JobChange } from "../../src/queue/queue.ts";
import { until, within } from "../until.ts";
import { openApi } from "./api.ts";

const PATH = "/api/generate-agents-report";

test("Prefer: wait brings the finished job in the response", async () => {
  await using api = await openApi();
  const reply = api.post(
    PATH,
    { suburb: "Manly", state: "NSW", metadata: { run: 1 } },
    { Prefer: "respond-async, wait=60" },
  );
  await until(async () => (await api.queue.counts()).queued === 1);
  await api.finish();
  const response = await reply;
  expect(response.headers.get("preference-applied")).toBe("wait=60");
  expect(await response.json()).toMatchObject({
    status: "completed",
    warnings: [expect.stringContaining("there is no data for Manly NSW 2095")],
    metadata: { run: 1 },
    result: { pages: 12 },
  });
});

test("Prefer: wait that is not long enough brings the usual response", async () => {
  await using api = await openApi();
  const response = await api.post(PATH, { suburb: "Manly", state: "NSW" }, { Prefer: 'wait="1"' });
  expect(await response.json()).toMatchObject({ status: "processing", stage: "queued" });
  expect(response.headers.get("preference-applied")).toBe("wait=1");
});

test("a preference that is no number of seconds is skipped", async () => {
  await using api = await openApi();
  for (const prefer of ["wait", "wait=soon", "await=5", "return=minimal"]) {
    const response = await api.post(PATH, { suburb: "Manly", state: "NSW" }, { Prefer: prefer });
    expect(response.headers.get("preference-applied")).toBeNull();
  }
});

test("?wait delays the response until the stage changes", async () => {
  await using api = await openApi();
  const id = await api.accept();
  const first = api.request(`/api/job-status/${id}?wait=60`);
  await until(() => api.server.longPolls() === 1);
  const claim = await api.claim();
  expect(await (await first).json()).toMatchObject({ stage: "gathering" });

  const second = api.request(`/api/job-status/${id}?wait=60`);
  await until(() => api.server.longPolls() === 1);
  await api.queue.fail(claim, { code: "no_data", message: "no data for Manly" }, null);
  expect(await (await second).json()).toMatchObject({
    status: "failed",
    stage: "failed",
    error: "no data for Manly",
    failure: { code: "no_data", message: "no data for Manly" },
  });
  expect(api.server.longPolls()).toBe(0);
});

test("?wait with until=ended delays the response through all stages and attempts, to the end", async () => {
  await using api = await openApi();
  const id = await api.accept();
  const longPolls = api.request(`/api/job-status/${id}?wait=60&until=ended`);
  let responded = false;
  void longPolls.then(() => {
    responded = true;
  });
  await until(() => api.server.longPolls() === 1);
  const claim = await api.claim();
  await api.queue.fail(claim, { code: "http_timeout", message: "no response" }, 0);
  // One that waits for any change saw each of these.
  expect(await (await api.request(`/api/job-status/${id}?wait=0&until=ended`)).json()).toMatchObject({ attempts: 1 });
  expect([api.server.longPolls(), responded]).toEqual([1, false]);
  await api.finish();
  expect(await (await longPolls).json()).toMatchObject({ status: "completed", attempts: 2 });
  expect(api.server.longPolls()).toBe(0);
});

test("until=ended responds at once for what has ended, when the time is up for the rest, and also by Prefer", async () => {
  await using api = await openApi();
  const id = await api.accept();
  const requested = await api.request(`/api/job-status/${id}?wait=1&until=ended`);
  expect(await requested.json()).toMatchObject({ status: "processing", stage: "queued" });
  expect(Number(requested.headers.get("retry-after"))).toBeGreaterThan(0);
  const preferring = api.request(`/api/job-status/${id}?until=ended`, { headers: { Prefer: "wait=60" } });
  await until(() => api.server.longPolls() === 1);
  const claim = await api.claim();
  await api.queue.cancel(id);
  expect(api.server.longPolls()).toBe(1);
  await api.queue.cancelled(claim);
  const ended = await preferring;
  expect(ended.headers.get("preference-applied")).toBe("wait=60");
  expect(await ended.json()).toMatchObject({ status: "cancelled" });
  expect(await (await api.request(`/api/job-status/${id}?wait=60&until=ended`)).json()).toMatchObject({
    status: "cancelled",
  });
});

test("an until that is neither is refused, with what there is", async () => {
  await using api = await openApi();
  const id = await api.accept();
  for (const until of ["", "end", "ENDED", "ended,changed"]) {
    const refused = await api.request(`/api/job-status/${id}?wait=1&until=${until}`);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      problems: [{ parameter: "until", message: expect.stringMatching(/^must be changed or ended/) }],
    });
  }
});

test("?wait responds at once for a job that has ended, and when the time is up for one that has not", async () => {
  await using api = await openApi();
  const id = await api.accept();
  expect(await (await api.request(`/api/job-status/${id}?wait=1`)).json()).toMatchObject({ stage: "queued" });
  await api.finish();
  const ended = within(api.request(`/api/job-status/${id}?wait=60`), "the status of a job that has ended");
  expect(await (await ended).json()).toMatchObject({ status: "completed" });
  expect((await api.request("/api/job-status/none?wait=60")).status).toBe(404);
  expect(api.server.longPolls()).toBe(0);
});

test("?wait that is no number of seconds is refused, other parameters are skipped", async () => {
  await using api = await openApi();
  const id = await api.accept();
  for (const wait of ["", "-1", "1.5", "soon"]) {
    expect((await api.request(`/api/job-status/${id}?wait=${wait}`)).status).toBe(422);
  }
  expect((await api.request(`/api/job-status/${id}?t=1700000000`)).status).toBe(200);
});

test("a client that goes away while it waits is forgotten", async () => {
  await using api = await openApi();
  const id = await api.accept();
  const leaving = new AbortController();
  const requests = Array.from({ length: 10 }, () =>
    fetch(`${api.url}/api/job-status/${id}?wait=300`, { signal: leaving.signal }).catch(() => "gone"),
  );
  await until(() => api.server.longPolls() === 10);
  leaving.abort();
  await until(() => api.server.longPolls() === 0);
  expect(await Promise.all(requests)).toEqual(requests.map(() => "gone"));
});

test("a stop responds to long polls at once, with the state at that moment", async () => {
  await using api = await openApi();
  const id = await api.accept();
  const longPolls = api.request(`/api/job-status/${id}?wait=300`);
  await until(() => api.server.longPolls() === 1);
  const stopped = api.server.stop(10_000);
  const response = await longPolls;
  expect(response.status).toBe(200);
  expect(response.headers.get("connection")).toBe("close");
  expect(await response.json()).toMatchObject({ stage: "queued" });
  await stopped;
  expect(fetch(`${api.url}/livez`)).rejects.toThrow();
});

test("a thousand watchers have one subscription, and a change wakes those of its job alone", async () => {
  const listeners = new Set<(change: JobChange) => void>();
  const waiters = createWaiters({
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  const gone = new AbortController().signal;
  const woken: string[] = [];
  const waiting = Array.from({ length: 1_000 }, (_, at) => {
    const id = `job-${at % 10}`;
    return waiters
      .watch(id, "client")
      .until(() => true, { timeoutMs: 60_000, disconnected: gone, allowed: async () => true })
      .then(() => woken.push(id));
  });
  expect(listeners.size).toBe(1);
  expect(waiters.size).toBe(1_000);
  for (const listener of listeners)
    listener({ id: "job-3", status: "running", stage: "gathering", cancelRequested: false });
  await until(() => woken.length >= 100);
  expect(woken).toEqual(Array.from({ length: 100 }, () => "job-3"));
  waiters.close();
  await Promise.all(waiting);
  expect(waiters.size).toBe(0);
  expect(listeners.size).toBe(0);
});

test("a change between the watch and the read is not missed", async () => {
  let notify: (change: JobChange) => void = () => undefined;
  const waiters = createWaiters({
    subscribe(listener) {
      notify = listener;
      return () => undefined;
    },
  });
  const watch = waiters.watch("a", "client");
  notify({ id: "a", status: "completed", stage: "delivering", cancelRequested: false });
  const gone = new AbortController().signal;
  await watch.until(({ status }) => status === "completed", {
    timeoutMs: 60_000,
    disconnected: gone,
    allowed: async () => true,
  });
  expect(waiters.size).toBe(0);
});

test("a stop lets a response in progress end", async () => {
  await using api = await openApi();
  const id = await api.accept();
  const pdf = new Uint8Array(20_000_000).fill(7);
  await api.finish(pdf);
  const response = await api.request(`/api/jobs/${id}/report.pdf`);
  const stopped = api.server.stop(10_000);
  expect((await response.bytes()).length).toBe(pdf.length);
  await stopped;
});
