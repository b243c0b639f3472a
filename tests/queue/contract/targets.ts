import { describe, expect, test } from "bun:test";
import type { World } from "./world.ts";

/** What is known of each target outlives the process that delivered. */
export function describeTargets(world: World): void {
  describe("how the targets do", () => {
    const NINE = "2026-07-01T09:00:00.000Z";
    const TEN = "2026-07-01T10:00:00.000Z";
    const ELEVEN = "2026-07-01T11:00:00.000Z";

    test("is not known of one that nothing was delivered to", async () => {
      expect(await world.queue.targets.of("s3")).toBeNull();
    });

    test("is the last success, the last failure, and since when and how often it has failed in a row", async () => {
      const { targets } = world.queue;
      await targets.failed("s3", NINE, "it responded with 500");
      await targets.failed("s3", TEN, "it responded with 503");
      await targets.succeeded("dropbox", TEN);
      expect(await targets.of("s3")).toEqual({
        ...{ lastSuccessAt: null, lastFailureAt: TEN, failingSince: NINE, failures: 2 },
        lastError: "it responded with 503",
      });
      await targets.succeeded("s3", ELEVEN);
      expect(await targets.of("s3")).toEqual({
        ...{ lastSuccessAt: ELEVEN, lastFailureAt: TEN, failingSince: null, failures: 0, lastError: null },
      });
      expect(await targets.of("dropbox")).toMatchObject({ lastSuccessAt: TEN, lastFailureAt: null });
    });

    test("is known after a kill and a restart", async () => {
      await world.queue.targets.succeeded("folder", NINE);
      await world.queue.targets.failed("folder", TEN, "the disk is full");
      await world.killAndReopen();
      expect(await world.queue.targets.of("folder")).toEqual({
        ...{ lastSuccessAt: NINE, lastFailureAt: TEN, failingSince: TEN, failures: 1, lastError: "the disk is full" },
      });
    });
  });
}
