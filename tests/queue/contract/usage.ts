import { describe, expect, test } from "bun:test";
import { aReport, claimOne, finish, newJob, post, postFor } from "../builders.ts";
import type { World } from "./world.ts";

const DAY = 24 * 3_600_000;
const YEAR = { from: "2026-01", to: "2026-12" } as const;

/** What clients requested and were given. */
export function describeUsage(world: World): void {
  const run = async (client: string) => {
    const id = await post(world.queue, { client });
    await finish(world.queue, await claimOne(world.queue));
    return id;
  };

  describe("usage", () => {
    test("is counted by client and month, the latest month first", async () => {
      await run("zoe");
      await run("anna");
      await run("anna");
      world.clock.advance(31 * DAY);
      await run("anna");
      expect(await world.queue.usage(YEAR)).toEqual([
        { month: "2026-08", client: "anna", accepted: 1, reports: 1, documents: 1, pages: 12 },
        { month: "2026-07", client: "anna", accepted: 2, reports: 2, documents: 2, pages: 24 },
        { month: "2026-07", client: "zoe", accepted: 1, reports: 1, documents: 1, pages: 12 },
      ]);
      expect(await world.queue.usage({ from: "2026-08", to: "2026-08" })).toHaveLength(1);
      expect(await world.queue.usage({ ...YEAR, client: "zoe" })).toHaveLength(1);
      expect(await world.queue.usage({ from: "2025-01", to: "2026-06" })).toEqual([]);
    });

    test("counts each document of a job and all of their pages", async () => {
      const id = await post(world.queue);
      const claim = await claimOne(world.queue);
      await world.queue.gathered(claim, "{}");
      await world.queue.rendered(claim, { ...aReport(id), kind: "agents" }, { more: true });
      await world.queue.rendered(claim, { ...aReport(`${id}-2`), pages: 3, kind: "commission" }, { main: false });
      await world.queue.complete(claim, { to: "/there", url: null });
      expect(await world.queue.usage(YEAR)).toMatchObject([{ reports: 1, documents: 2, pages: 15 }]);
    });

    test("what failed or was cancelled counts as accepted alone, and once however often it is retried", async () => {
      const id = await post(world.queue);
      await world.queue.fail(await claimOne(world.queue), { code: "x", message: "x" }, null);
      await world.queue.retry(id);
      await world.queue.cancel(await post(world.queue));
      await world.queue.fail(await claimOne(world.queue), { code: "x", message: "x" }, null);
      expect(await world.queue.usage(YEAR)).toMatchObject([{ accepted: 2, reports: 0, documents: 0, pages: 0 }]);
      await world.queue.retry(id);
      await finish(world.queue, await claimOne(world.queue));
      expect(await world.queue.usage(YEAR)).toMatchObject([{ accepted: 2, reports: 1 }]);
    });

    test("a completion whose lease is lost counts nothing", async () => {
      await post(world.queue);
      const claim = await claimOne(world.queue);
      await finish(world.queue, claim);
      expect(await finish(world.queue, claim)).toBe(false);
      expect(await world.queue.usage(YEAR)).toMatchObject([{ reports: 1 }]);
    });

    test("a request that is sent again with its idempotency key counts once", async () => {
      const job = newJob({ idempotency: { key: "k", fingerprint: "f", item: 0 } });
      await world.queue.submit([job]);
      await world.queue.submit([job, newJob()]);
      expect(await world.queue.usage(YEAR)).toMatchObject([{ accepted: 2 }]);
    });

    test("stays when the jobs are pruned, and over a kill", async () => {
      await run("anna");
      await postFor(world.queue, "anna", "ben");
      world.clock.advance(60 * DAY);
      await world.queue.prune(world.clock.now());
      await world.killAndReopen();
      expect(await world.queue.usage(YEAR)).toEqual([
        { month: "2026-07", client: "anna", accepted: 2, reports: 1, documents: 1, pages: 12 },
        { month: "2026-07", client: "ben", accepted: 1, reports: 0, documents: 0, pages: 0 },
      ]);
    });
  });
}
