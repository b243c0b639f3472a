import { expect, test } from "bun:test";
import { createStepWatch } from "../../src/queue/sqlite/clock.ts";
import { claimOne, EVERYTHING, finish, newJob, post } from "./builders.ts";
import { sqliteStorage } from "./sqlite-storage.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A clock that runs, and can be set. */
function settableClock() {
  let offMs = 0;
  return {
    now: () => new Date(Date.now() + offMs),
    step(ms: number) {
      offMs += ms;
    },
  };
}

test("a running job stays with its attempt, and ends once, however the clock is set while it runs", async () => {
  const storage = await sqliteStorage();
  const clock = settableClock();
  const queue = await storage.open({ queueLimit: 100, now: clock.now });
  const id = await post(queue);
  const claim = await claimOne(queue);
  // Far past any lease, before its beginning, and an hour to and fro as where summer time begins and ends.
  for (const step of [DAY_MS, -3 * DAY_MS, HOUR_MS, -HOUR_MS, 400 * DAY_MS, -400 * DAY_MS]) {
    clock.step(step);
    expect(await queue.claim(EVERYTHING)).toEqual([]);
    expect((await queue.get(id))?.status).toBe("running");
  }
  expect(await finish(queue, claim)).toBe(true);
  expect((await queue.attempts(id)).map(({ outcome }) => outcome)).toEqual(["completed"]);
  await queue.close();
  await storage.remove();
});

test("a process that is killed while the clock is wrong loses no job and begins none twice", async () => {
  const storage = await sqliteStorage();
  for (const step of [-DAY_MS, DAY_MS]) {
    const clock = settableClock();
    const queue = await storage.open({ queueLimit: 100, now: clock.now });
    const ids = (await queue.submit([newJob(), newJob(), newJob()])).map(({ job }) => job.id);
    await claimOne(queue);
    clock.step(step);
    await storage.kill(queue);
    const again = await storage.open({ queueLimit: 100, now: clock.now });
    const claimed: string[] = [];
    for (let i = 0; i < ids.length; i += 1) {
      const claim = await claimOne(again);
      claimed.push(claim.job.id);
      expect(await finish(again, claim)).toBe(true);
    }
    expect(claimed.toSorted()).toEqual(ids.toSorted());
    expect(await again.claim(EVERYTHING)).toEqual([]);
    await again.close();
  }
  await storage.remove();
});

test("after a step back of a day a job waits for its next attempt as long as it was to, and not a day longer", async () => {
  const storage = await sqliteStorage();
  const clock = settableClock();
  const queue = await storage.open({ queueLimit: 100, now: clock.now });
  const id = await post(queue);
  await queue.fail(await claimOne(queue), { code: "x", message: "x" }, 2_000);
  clock.step(-DAY_MS);
  const { promise: queued, resolve } = Promise.withResolvers<void>();
  queue.subscribe(({ status }) => status === "queued" && resolve());
  await queued;
  expect((await claimOne(queue)).job).toMatchObject({ id, attempts: 2 });
  await queue.close();
  await storage.remove();
}, 60_000);

test("what was put off under a clock that was a day ahead waits no longer than it was to, however often it starts again", async () => {
  const storage = await sqliteStorage();
  const clock = settableClock();
  clock.step(DAY_MS);
  let queue = await storage.open({ queueLimit: 100, now: clock.now });
  const id = await post(queue, { callbackUrl: "https://example.com/notified" });
  const ended = await post(queue, { callbackUrl: "https://example.com/ended" });
  await queue.fail(await claimOne(queue), { code: "x", message: "x" }, HOUR_MS);
  await finish(queue, await claimOne(queue));
  const put = (await queue.get(id))?.runAt ?? "";
  clock.step(-DAY_MS);
  for (let time = 0; time < 2; time += 1) {
    await storage.kill(queue);
    queue = await storage.open({ queueLimit: 100, now: clock.now });
    const waitsMs = Date.parse((await queue.get(id))?.runAt ?? "") - clock.now().getTime();
    expect(waitsMs).toBeWithin(HOUR_MS - MINUTE_MS, HOUR_MS + 1);
    const due = await queue.callbacks.due(10);
    expect(due.map(({ jobId }) => jobId)).toEqual([ended]);
  }
  expect((await queue.get(id))?.runAt).not.toBe(put);
  await queue.close();
  await storage.remove();
});

test("after a step forward, or a machine's sleep, a job that waited is attempted at once, and once", async () => {
  const storage = await sqliteStorage();
  const clock = settableClock();
  const queue = await storage.open({ queueLimit: 100, now: clock.now });
  const id = await post(queue);
  await queue.fail(await claimOne(queue), { code: "x", message: "x" }, HOUR_MS);
  const { promise: queued, resolve } = Promise.withResolvers<void>();
  queue.subscribe(({ status }) => status === "queued" && resolve());
  clock.step(2 * HOUR_MS);
  await queued;
  expect((await claimOne(queue)).job.id).toBe(id);
  expect(await queue.claim(EVERYTHING)).toEqual([]);
  await queue.close();
  await storage.remove();
}, 60_000);

test("a clock that is set right little by little has not stepped", () => {
  let wall = 0;
  let elapsed = 0;
  const step = createStepWatch(
    () => new Date(wall),
    () => elapsed,
  );
  for (const [wallMs, elapsedMs, stepped] of [
    [1_000, 1_000, 0],
    [900, 1_000, 0],
    [31_000, 1_000, 0],
    [1_000 - HOUR_MS, 1_000, -HOUR_MS],
    [1_000 + HOUR_MS, 1_000, HOUR_MS],
    [8 * HOUR_MS, 100, 8 * HOUR_MS - 100],
  ] as const) {
    wall += wallMs;
    elapsed += elapsedMs;
    expect(step()).toBe(stepped);
  }
});
