import { describe, expect, test } from "bun:test";
import type { Claim, NewJob } from "../../../src/queue/job.ts";
import { aReport, claimOne, EVERYTHING, post, postFor, the } from "../builders.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;

/** Which job is next. */
export function describeClaiming(world: World): void {
  describe("claiming", () => {
    test("goes by priority, then by age, among a client's own jobs", async () => {
      const low = await post(world.queue, { priority: 1 });
      const first = await post(world.queue, { priority: 5 });
      const second = await post(world.queue, { priority: 5 });
      const high = await post(world.queue, { priority: 9 });
      const claims = await world.queue.claim(EVERYTHING);
      expect(claims.map(({ job }) => job.id)).toEqual([high, first, second, low]);
    });

    test("gives no job twice, and no more than there is room for", async () => {
      await postFor(world.queue, ...Array.from({ length: 10 }, () => "a"));
      const several = await Promise.all([1, 2, 3].map((count) => world.queue.claim({ gathering: count })));
      expect(several.map((claims) => claims.length)).toEqual([1, 2, 3]);
      expect(new Set(several.flat().map(({ job }) => job.id)).size).toBe(6);
      expect(await world.queue.claim({ rendering: 5 })).toEqual([]);
    });

    test("one client's many jobs do not block another's", async () => {
      await postFor(world.queue, ...Array.from({ length: 1_000 }, () => "bulk"));
      const few = await postFor(world.queue, ...Array.from({ length: 5 }, () => "small"));
      const claims = await world.queue.claim({ gathering: 11 });
      const positions = few.map((id) => claims.findIndex(({ job }) => job.id === id));
      expect(positions).toEqual([1, 3, 5, 7, 9]);
    });

    test("a client that comes late is next to the head of the queue, not behind what was posted before, nor before it", async () => {
      await postFor(world.queue, ...Array.from({ length: 100 }, () => "bulk"));
      await world.queue.claim({ gathering: 50 });
      await postFor(world.queue, ...Array.from({ length: 20 }, () => "late"));
      const next = await world.queue.claim({ gathering: 20 });
      expect(next.filter(({ job }) => job.client === "late")).toHaveLength(10);
      expect(next[0]?.job.client).toBe("bulk");
    });

    test("an old job that comes back does not let newcomers pass the others", async () => {
      const [old] = await postFor(world.queue, ...Array.from({ length: 100 }, () => "bulk"));
      const [claim] = await world.queue.claim({ gathering: 1 });
      await world.queue.fail(claim as Claim, { code: "x", message: "x" }, MINUTE);
      await world.queue.claim({ gathering: 40 });
      world.clock.advance(MINUTE);
      await world.queue.claim({});
      await postFor(world.queue, ...Array.from({ length: 30 }, () => "late"));
      const next = await world.queue.claim({ gathering: 21 });
      expect(next[0]?.job.id).toBe(old ?? "");
      expect(next.filter(({ job }) => job.client === "late").length).toBeLessThanOrEqual(11);
    });

    test("each stage is a queue of its own", async () => {
      const gathering = await post(world.queue);
      const rendering = await post(world.queue, { dataSet: "{}" });
      expect(the(await world.queue.claim({ rendering: 5 })).job.id).toBe(rendering);
      expect(the(await world.queue.claim({ gathering: 5, rendering: 5 })).job.id).toBe(gathering);
    });

    test("a claimed job is running, and says since when", async () => {
      const id = await post(world.queue);
      world.clock.advance(1_500);
      const claim = await claimOne(world.queue);
      expect(claim.job).toMatchObject({ id, status: "running", attempts: 1, startedAt: "2026-07-01T09:00:01.500Z" });
      expect(await world.queue.get(id)).toEqual({ ...claim.job, request: '{"metadata":null}' });
    });

    test("the position counts the jobs that go before", async () => {
      const ids = await postFor(world.queue, "a", "a", "a", "b");
      const urgent = await post(world.queue, { client: "a", priority: 9 });
      expect(await Promise.all(ids.map((id) => world.queue.position(id)))).toEqual([2, 3, 4, 1]);
      expect(await world.queue.position(urgent)).toBe(0);
      await claimOne(world.queue);
      expect(await world.queue.position(urgent)).toBeNull();
      expect(await world.queue.position("nobody")).toBeNull();
    });
  });

  describe("a suspected job", () => {
    const suspected = async (changes: Partial<NewJob> = {}) => {
      const id = await post(world.queue, { dataSet: "{}", client: "suspected", ...changes });
      const claim = the(await world.queue.claim({ rendering: 1 }));
      expect(claim.job.id).toBe(id);
      await world.queue.fail(claim, { code: "memory", message: "too large" }, 0, { crashed: true });
      return id;
    };

    test("is in a lane of its own, and blocks nothing in the others", async () => {
      const large = await suspected();
      await postFor(world.queue, "a", "b", "c");
      const other = await post(world.queue, { dataSet: "{}" });
      const { isolated, ...rest } = EVERYTHING;
      expect(await world.queue.claim(rest)).toHaveLength(4);
      expect(await world.queue.position(large)).toBe(0);
      expect(the(await world.queue.claim({ isolated })).job).toMatchObject({ id: large, isolated: true });
      expect((await world.queue.get(other))?.status).toBe("running");
    });

    test("is given while others run, and others while it runs", async () => {
      const large = await suspected();
      await postFor(world.queue, "a", "b");
      await world.queue.claim({ gathering: 1 });
      expect(the(await world.queue.claim({ isolated: 1 })).job.id).toBe(large);
      expect(await world.queue.claim(EVERYTHING)).toHaveLength(1);
    });

    test("is under no suspicion any more once it is rendered, or failed for another reason", async () => {
      const [rendered, failed] = [await suspected(), await suspected()];
      const [first, second] = await world.queue.claim({ isolated: 2 });
      await world.queue.rendered(first as Claim, aReport(rendered));
      await world.queue.fail(second as Claim, { code: "x", message: "x" }, 0);
      for (const id of [rendered, failed]) expect((await world.queue.get(id))?.isolated).toBe(false);
      expect(the(await world.queue.claim({ rendering: 5 })).job.id).toBe(failed);
    });

    test("that may be innocent is isolated as often as it takes, without a crash or an attempt counting", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      for (let time = 0; time < 5; time += 1) {
        const claim = the(await world.queue.claim({ rendering: 1, isolated: 1 }));
        expect(claim.job).toMatchObject({ id, isolated: time > 0, attempts: 1 });
        const options = { crashed: true, uncounted: true };
        await world.queue.fail(claim, { code: "memory_limit", message: "too large" }, 0, options);
        expect(await world.queue.get(id)).toMatchObject({ attempts: 0, isolated: true });
      }
      for (const [uncounted, ended] of [
        [false, false],
        [false, false],
        // Two crashes are not three, however often it is suspected beside them.
        [true, false],
        [true, false],
        [false, true],
      ] as const) {
        const claim = the(await world.queue.claim({ rendering: 1, isolated: 1 }));
        await world.queue.fail(claim, { code: "memory_limit", message: "too large" }, 0, { crashed: true, uncounted });
        expect((await world.queue.get(id))?.status === "failed").toBe(ended);
      }
      expect((await world.queue.get(id))?.error?.code).toBe("poisonous");
    });

    test("is none where it crashed before it was to be rendered", async () => {
      await post(world.queue);
      await world.queue.fail(await claimOne(world.queue), { code: "x", message: "x" }, 0, { crashed: true });
      expect(the(await world.queue.claim({ gathering: 1 })).job.isolated).toBe(false);
    });
  });
}
