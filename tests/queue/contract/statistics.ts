import { describe, expect, test } from "bun:test";
import type { Claim } from "../../../src/queue/job.ts";
import { claimOne, finish, post, postFor } from "../builders.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What ended recently, and what waits. */
export function describeStatistics(world: World): void {
  /** Runs one job for so long and ends it. */
  const run = async (ms: number, end: (claim: Claim) => Promise<unknown> = (claim) => finish(world.queue, claim)) => {
    await post(world.queue);
    const claim = await claimOne(world.queue);
    world.clock.advance(ms);
    await end(claim);
  };
  const failed = (claim: Claim) => world.queue.fail(claim, { code: "x", message: "x" }, null);

  describe("statistics", () => {
    test("an hour is sixty minutes, the last one not over, with nothing in them at first", async () => {
      world.clock.advance(90_500);
      const buckets = await world.queue.statistics("hour");
      expect(buckets).toHaveLength(60);
      expect(buckets[0]?.at).toBe("2026-07-01T08:02:00.000Z");
      expect(buckets[59]).toEqual({
        at: "2026-07-01T09:01:00.000Z",
        completed: 0,
        failed: 0,
        cancelled: 0,
        medianSeconds: null,
        p95Seconds: null,
      });
    });

    test("jobs are counted where they ended, with the median and the 95th percentile of what they took", async () => {
      for (const ms of [1_000, 2_000, 3_500]) await run(ms);
      await run(500, failed);
      await world.queue.cancel(await post(world.queue));
      world.clock.advance(2 * MINUTE);
      await run(10_000);
      const buckets = await world.queue.statistics("hour");
      expect(buckets[57]).toEqual({
        at: "2026-07-01T09:00:00.000Z",
        completed: 3,
        failed: 1,
        cancelled: 1,
        medianSeconds: 2,
        p95Seconds: 3.5,
      });
      expect(buckets[58]).toMatchObject({ completed: 0, medianSeconds: null });
      expect(buckets[59]).toMatchObject({ completed: 1, failed: 0, medianSeconds: 10 });
    });

    test("a day is ninety-six quarters of an hour", async () => {
      await run(1_000);
      world.clock.advance(23 * HOUR);
      await run(1_000, failed);
      const buckets = await world.queue.statistics("day");
      expect(buckets).toHaveLength(96);
      expect(buckets.map(({ at }) => at).filter((at) => at.endsWith(":15:00.000Z"))).toHaveLength(24);
      expect(buckets[95]).toMatchObject({ at: "2026-07-02T08:00:00.000Z", completed: 0, failed: 1 });
      expect(buckets[3]).toMatchObject({ at: "2026-07-01T09:00:00.000Z", completed: 1, medianSeconds: 1 });
      world.clock.advance(HOUR);
      const later = await world.queue.statistics("day");
      expect(later.reduce((sum, { completed }) => sum + completed, 0)).toBe(0);
      expect(later[91]).toMatchObject({ failed: 1 });
    });

    test("the statistics are the same when they are requested again, and after a restart", async () => {
      await run(1_000);
      world.clock.advance(5 * MINUTE);
      await run(2_000);
      const buckets = await world.queue.statistics("hour");
      expect(await world.queue.statistics("hour")).toEqual(buckets);
      await world.reopen();
      expect(await world.queue.statistics("hour")).toEqual(buckets);
    });
  });

  describe("the oldest", () => {
    test("queued job shows how long the line is in time", async () => {
      expect(await world.queue.oldestQueuedAt()).toBeNull();
      await postFor(world.queue, "a", "b");
      world.clock.advance(MINUTE);
      await post(world.queue);
      expect(await world.queue.oldestQueuedAt()).toBe("2026-07-01T09:00:00.000Z");
      await world.queue.claim({ gathering: 2 });
      expect(await world.queue.oldestQueuedAt()).toBe("2026-07-01T09:01:00.000Z");
    });
  });
}
