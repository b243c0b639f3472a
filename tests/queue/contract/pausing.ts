import { describe, expect, test } from "bun:test";
import { claimOne, EVERYTHING, finish, post } from "../builders.ts";
import type { World } from "./world.ts";

/** An operator pauses the queue. */
export function describePausing(world: World): void {
  describe("pausing", () => {
    test("a paused queue accepts, but starts nothing; what runs continues to its end", async () => {
      const running = await post(world.queue);
      const claim = await claimOne(world.queue);
      await world.queue.pause("anna");
      const queued = await post(world.queue);
      expect(await world.queue.claim(EVERYTHING)).toEqual([]);
      expect(await finish(world.queue, claim)).toBe(true);
      expect(await world.statusOf(running)).toBe("completed");
      expect(await world.statusOf(queued)).toBe("queued");
      await world.queue.resume();
      expect((await claimOne(world.queue)).job.id).toBe(queued);
    });

    test("it says since when and by whom; a second pause changes neither", async () => {
      expect(await world.queue.paused()).toBeNull();
      await world.queue.pause("anna");
      world.clock.advance(60_000);
      await world.queue.pause("ben");
      expect(await world.queue.paused()).toEqual({ since: "2026-07-01T09:00:00.000Z", by: "anna" });
      await world.queue.resume();
      await world.queue.resume();
      expect(await world.queue.paused()).toBeNull();
    });

    test("a pause outlasts a kill and a restart", async () => {
      await post(world.queue);
      await world.queue.pause("anna");
      await world.killAndReopen();
      expect(await world.queue.paused()).toMatchObject({ by: "anna" });
      expect(await world.queue.claim(EVERYTHING)).toEqual([]);
    });

    test("a waiting job whose time comes is queued, and stays there", async () => {
      const id = await post(world.queue);
      await world.queue.fail(await claimOne(world.queue), { code: "x", message: "x" }, 1_000);
      await world.queue.pause("anna");
      world.clock.advance(1_000);
      expect(await world.queue.claim(EVERYTHING)).toEqual([]);
      expect(await world.statusOf(id)).toBe("queued");
    });
  });
}
