import { describe, expect, test } from "bun:test";
import type { FailOptions } from "../../../src/queue/queue.ts";
import { claimOne, finish, post, postFor } from "../builders.ts";
import type { World } from "./world.ts";

const HOUR = 3_600_000;
const AWAY = { code: "source_unavailable", message: "the data source responded with 503" };

/** Jobs that wait for something outside, and are due as soon as it works again. */
export function describeWaking(world: World): void {
  describe("jobs that wait for a dependency", () => {
    /** Posts a job, whose attempt is refused. */
    async function defer(options: FailOptions, client = "office"): Promise<string> {
      const id = await post(world.queue, { client });
      const claim = await claimOne(world.queue);
      expect(claim.job.id).toBe(id);
      expect(await world.queue.fail(claim, AWAY, HOUR, { uncounted: true, ...options })).toBe(true);
      return id;
    }
    const statuses = (ids: readonly string[]) => Promise.all(ids.map(world.statusOf));

    test("are due when it is woken, with all their attempts; others, and those in a backoff of their own, are not", async () => {
      const source = await defer({ waitsFor: ["source"] });
      const bucket = await defer({ waitsFor: ["s3"] });
      const like = await defer({ waitsFor: ["s3-other"] });
      const backoff = await defer({});
      expect(await world.queue.wake("source", 100)).toBe(1);
      expect(await statuses([source, bucket, like, backoff])).toEqual(["queued", "waiting", "waiting", "waiting"]);
      expect(await world.queue.get(source)).toMatchObject({ attempts: 0, runAt: null });
      expect(await world.queue.wake("source", 100)).toBe(0);
      expect(await world.queue.wake("s3", 100)).toBe(1);
      expect(await statuses([like, backoff])).toEqual(["waiting", "waiting"]);
      expect(await finish(world.queue, await claimOne(world.queue))).toBe(true);
    });

    test("are due when either of two is woken, and not a second time by the other", async () => {
      const both = await defer({ waitsFor: ["dropbox", "s3"] });
      expect(await world.queue.get(both)).toMatchObject({ status: "waiting", waitsFor: ["dropbox", "s3"] });
      expect(await world.queue.wake("s3", 100)).toBe(1);
      expect(await world.queue.wake("dropbox", 100)).toBe(0);
      expect(await world.queue.get(both)).toMatchObject({ status: "queued", waitsFor: [] });
      const again = await claimOne(world.queue);
      await world.queue.fail(again, AWAY, HOUR, { uncounted: true, waitsFor: ["dropbox"] });
      expect(await world.queue.wake("s3", 100)).toBe(0);
      expect(await world.queue.wake("dropbox", 100)).toBe(1);
      expect(await world.statusOf(both)).toBe("queued");
    });

    test("are woken in parts, the oldest first, and the listeners are notified of each", async () => {
      const ids: string[] = [];
      for (let number = 0; number < 5; number += 1) {
        ids.push(await defer({ waitsFor: ["source"] }));
        world.clock.advance(1_000);
      }
      const received: string[] = [];
      world.queue.subscribe(({ id, status }) => status === "queued" && received.push(id));
      expect(await world.queue.wake("source", 2)).toBe(2);
      expect(await world.queue.wake("source", 2)).toBe(2);
      expect(await world.queue.wake("source", 2)).toBe(1);
      expect(received).toEqual(ids);
    });

    test("take turns by client once they are woken, like all others", async () => {
      const many = await Promise.all(Array.from({ length: 6 }, () => post(world.queue, { client: "many" })));
      const [few = ""] = await postFor(world.queue, "few");
      for (const claim of await world.queue.claim({ gathering: 100 }))
        await world.queue.fail(claim, AWAY, HOUR, { uncounted: true, waitsFor: ["source"] });
      expect(await world.queue.wake("source", 100)).toBe(many.length + 1);
      const next = [await claimOne(world.queue), await claimOne(world.queue)].map(({ job }) => job.id);
      expect(next).toContain(few);
    });

    test("that were retried, cancelled, or whose time has come wait for nothing any more", async () => {
      const retried = await defer({ waitsFor: ["source"] });
      const cancelled = await defer({ waitsFor: ["source"] });
      await world.queue.retry(retried);
      await world.queue.cancel(cancelled);
      const claim = await claimOne(world.queue);
      await world.queue.fail(claim, AWAY, HOUR);
      const timely = await defer({ waitsFor: ["source"] });
      world.clock.advance(HOUR);
      const due = await world.queue.claim({ gathering: 100 });
      expect(due.map(({ job }) => job.id).toSorted()).toEqual([retried, timely].toSorted());
      for (const each of due) await world.queue.fail(each, AWAY, HOUR);
      expect(await world.queue.wake("source", 100)).toBe(0);
      expect(await statuses([retried, cancelled, timely])).toEqual(["waiting", "cancelled", "waiting"]);
    });

    test("are woken after a restart, too", async () => {
      const id = await defer({ waitsFor: ["source"] });
      await world.killAndReopen();
      expect(await world.queue.wake("source", 100)).toBe(1);
      expect(await world.statusOf(id)).toBe("queued");
    });
  });
}
