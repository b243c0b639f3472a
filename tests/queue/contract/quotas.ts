import { describe, expect, test } from "bun:test";
import { asFailure, type Failure } from "../../../src/failure.ts";
import { claimOne, newJob, postFor } from "../builders.ts";
import type { World } from "./world.ts";

const HOUR = 3_600_000;
const A_DAY = { perDay: 3, perMonth: null } as const;

/** How many requests of a client are accepted in a day and in a month. */
export function describeQuotas(world: World): void {
  const request = (count: number, quota: { perDay: number | null; perMonth: number | null }, client = "make.com") =>
    world.queue.submit(
      Array.from({ length: count }, () => newJob({ client })),
      quota,
    );
  const refused = async (requested: Promise<unknown>): Promise<Failure> =>
    asFailure(await requested.catch((error) => error));

  describe("quotas", () => {
    test("past its quota a client is refused, whole, until the next day begins; others are not", async () => {
      await request(2, A_DAY);
      const failure = await refused(request(2, A_DAY));
      expect([failure.code, failure.transient]).toEqual(["quota_reached", true]);
      expect(failure.message).toContain("Request at most 1, or wait until 2026-07-02");
      // It is nine in the morning.
      expect(failure.options.retryAfterMs).toBe(15 * HOUR);
      expect(await world.queue.open()).toBe(2);
      await request(1, A_DAY);
      expect((await refused(request(1, A_DAY))).code).toBe("quota_reached");
      await request(3, A_DAY, "other");
      world.clock.advance(15 * HOUR);
      await request(3, A_DAY);
    });

    test("a month's quota lasts to its end, and says so where the day's is reached, too", async () => {
      const both = { perDay: 2, perMonth: 2 };
      await request(2, both);
      world.clock.advance(24 * HOUR);
      const failure = await refused(request(1, both));
      expect(failure.message).toContain("a quota of 2 a month");
      expect(failure.options.retryAfterMs).toBe(29 * 24 * HOUR + 15 * HOUR);
      world.clock.advance(30 * 24 * HOUR);
      await request(2, both);
    });

    test("a repeat with its idempotency key, a retry and what was pruned change nothing of it", async () => {
      const quota = { perDay: 1, perMonth: null };
      const keyed = newJob({ idempotency: { key: "k", fingerprint: "f", item: 0 } });
      const [first] = await world.queue.submit([keyed], quota);
      expect(await world.queue.submit([keyed], quota)).toMatchObject([{ created: false }]);
      await world.queue.fail(await claimOne(world.queue), { code: "x", message: "x" }, null);
      await world.queue.retry(first?.job.id ?? "");
      await world.queue.cancel(first?.job.id ?? "");
      expect((await refused(request(1, quota))).code).toBe("quota_reached");
      await world.killAndReopen();
      expect((await refused(request(1, quota))).code).toBe("quota_reached");
    });

    test("of many at once no more come in than the quota has", async () => {
      const quota = { perDay: 5, perMonth: null };
      const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => request(1, quota)));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
      await postFor(world.queue, "make.com");
    });
  });
}
