import { describe, expect, test } from "bun:test";
import { claimOne, finish, post } from "../builders.ts";
import type { World } from "./world.ts";

/** The list by how long jobs ran. */
export function describeDurations(world: World): void {
  const run = async (ms: number, client = "make.com") => {
    const id = await post(world.queue, { client });
    const claim = await claimOne(world.queue);
    world.clock.advance(ms);
    await finish(world.queue, claim);
    return id;
  };
  const ids = async (filter = {}) =>
    (await world.queue.list({ order: "duration", limit: 10, ...filter })).jobs.map(({ id }) => id);

  describe("the list by duration", () => {
    test("has those that ended, the longest first, page by page, also where several ran as long", async () => {
      const short = await run(1_000);
      const long = await run(9_000);
      const twins = [await run(3_000, "zoe"), await run(3_000, "zoe")];
      await post(world.queue);
      const all = await ids();
      expect([all[0], all[3]]).toEqual([long, short]);
      expect(new Set(all.slice(1, 3))).toEqual(new Set(twins));
      expect(all).toHaveLength(4);
      const paged: string[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const page = await world.queue.list({ order: "duration", limit: 1, ...(cursor && { cursor }) });
        paged.push(...page.jobs.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      expect(paged).toEqual(all);
      expect(new Set(await ids({ client: "zoe" }))).toEqual(new Set(twins));
      expect(await ids({ status: "failed" })).toEqual([]);
      expect(await ids({ search: long.slice(-8) })).toEqual([long]);
      expect(await ids({ createdBefore: "2026-07-01T09:00:01.000Z", limit: 10 })).toContain(short);
    });

    test("a job that is retried is out of it until it ends again", async () => {
      const id = await post(world.queue);
      const claim = await claimOne(world.queue);
      world.clock.advance(5_000);
      await world.queue.fail(claim, { code: "x", message: "x" }, null);
      expect(await ids()).toEqual([id]);
      await world.queue.retry(id);
      expect(await ids()).toEqual([]);
      await finish(world.queue, await claimOne(world.queue));
      expect(await ids()).toEqual([id]);
      await world.queue.remove([id]);
      expect(await ids()).toEqual([]);
    });
  });
}
