import { afterEach, beforeEach, expect, test } from "bun:test";
import { createCircuitBreaker } from "../../src/outbound/circuit-breaker.ts";
import { createWaker, type Waker } from "../../src/pipeline/waker.ts";
import type { JobChange, Queue } from "../../src/queue/queue.ts";
import { hurryingClock } from "../fakes/clock.ts";
import { newJob, postFor } from "../queue/builders.ts";
import { sqliteStorage } from "../queue/sqlite-storage.ts";
import { until } from "../until.ts";

const HOUR = 3_600_000;
let storage: Awaited<ReturnType<typeof sqliteStorage>>;
let queue: Queue;
let wakers: Waker[];
let clock: ReturnType<typeof hurryingClock>;
beforeEach(async () => {
  storage = await sqliteStorage();
  queue = await storage.open({ queueLimit: 10_000, now: () => new Date() });
  wakers = [];
  clock = hurryingClock();
});
afterEach(async () => {
  for (const waker of wakers) waker.close();
  await queue.close();
  await storage.remove();
});

function start(listen: Queue["subscribe"] = queue.subscribe) {
  const woken: number[] = [];
  const breaker = createCircuitBreaker({
    name: "source",
    clock,
    random: () => 0,
    onChange: (open) => void (open === null && waker.closed("source")),
  });
  const waker = createWaker({
    queue: { wake: (dependency, limit) => queue.wake(dependency, limit), subscribe: listen },
    dependencies: [{ name: "source", breaker }],
    onWoken: (_, jobs) => void woken.push(jobs),
  });
  wakers.push(waker);
  const fail = () => breaker.recordFailure("suburb", "away", "no response");
  return { breaker, woken, open: () => [fail(), fail()], fail };
}

/** As many jobs as that wait for the source, for an hour. */
async function defer(count: number): Promise<readonly string[]> {
  const jobs = await queue.submit(Array.from({ length: count }, () => newJob()));
  for (const claim of await queue.claim({ gathering: count }))
    await queue.fail(claim, { code: "away", message: "away" }, HOUR, { uncounted: true, waitsFor: ["source"] });
  return jobs.map(({ job }) => job.id);
}
const waiting = async () => (await queue.counts()).waiting;

test("all that wait are due when the circuit closes, in parts between which others are served", async () => {
  const { breaker, woken, open } = start();
  open();
  await defer(650);
  const parts: number[] = [];
  const { wake } = queue;
  queue.wake = async (...args) => {
    parts.push(await wake(...args));
    return parts.at(-1) ?? 0;
  };
  breaker.recordSuccess("suburb");
  await until(async () => (await waiting()) === 0, 30_000, "all jobs to be due");
  await until(() => woken.length > 0);
  expect(woken).toEqual([650]);
  expect(Math.max(...parts)).toBeLessThanOrEqual(200);
});

test("a circuit that opens again stops it", async () => {
  const { breaker, woken, open, fail } = start();
  open();
  await defer(650);
  queue.subscribe(({ status }) => {
    if (status === "queued" && breaker.open() === null) {
      fail();
      fail();
    }
  });
  breaker.recordSuccess("suburb");
  await until(() => woken.length > 0, 30_000, "the part that had begun to be over");
  expect(woken[0]).toBeLessThan(650);
  expect(await waiting()).toBe(650 - (woken[0] ?? 0));
});

test("a job that is put off just after the circuit has closed is due within seconds", async () => {
  const { breaker, open } = start();
  open();
  breaker.recordSuccess("suburb");
  await defer(3);
  await until(async () => (await waiting()) === 0, 30_000, "the latecomers to be due");
});

test("after a start one job goes to see, and its success makes the others due", async () => {
  await defer(5);
  const { breaker } = start();
  await until(async () => (await waiting()) === 4, 30_000, "one job to be due");
  breaker.recordSuccess("suburb");
  await until(async () => (await waiting()) === 0, 30_000, "the others to be due");
});

test("an open circuit of this host is probed when another host reaches what it guards, and no other circuit is", async () => {
  let notify: (change: JobChange) => void = () => {};
  const { breaker, open } = start((listener) => {
    notify = listener;
    return () => {};
  });
  open();
  const news = { id: (await postFor(queue, "office"))[0] ?? "", stage: "gathering", status: "queued" } as const;
  const others = { ...news, cancelRequested: false, elsewhere: true } as const;
  notify(others);
  notify({ ...others, reached: "s3" });
  notify({ ...news, cancelRequested: false, reached: "source" });
  expect(breaker.blocked()).toBe(true);
  notify({ ...others, reached: "source" });
  expect(breaker.blocked()).toBe(false);
});
