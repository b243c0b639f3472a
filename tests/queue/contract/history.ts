import { describe, expect, test } from "bun:test";
import type { JobEvent } from "../../../src/queue/job.ts";
import { claimOne, finish, post, postFor } from "../builders.ts";
import type { World } from "./world.ts";

const words = ({ from, to, by }: JobEvent) =>
  `${from === null ? "-" : `${from.status}/${from.stage}`} > ${to.status}/${to.stage} by ${by}`;

/** The stored history of changes: where listeners resume after a break. */
export function describeHistory(world: World): void {
  describe("history", () => {
    test("every change of a job is stored, from its acceptance to its end", async () => {
      const id = await post(world.queue);
      const claim = await claimOne(world.queue);
      await world.queue.gathered(claim, "{}");
      await world.queue.fail(claim, { code: "x", message: "x" }, 0);
      await finish(world.queue, await claimOne(world.queue));
      const history = await world.queue.history(id);
      expect(history.map(words)).toEqual([
        "- > queued/gathering by service",
        "queued/gathering > running/gathering by service",
        "running/gathering > running/rendering by service",
        "running/rendering > waiting/rendering by service",
        "waiting/rendering > queued/rendering by service",
        "queued/rendering > running/rendering by service",
        "running/rendering > running/delivering by service",
        "running/delivering > completed/delivering by service",
      ]);
      expect(history.every(({ jobId, at }) => jobId === id && !Number.isNaN(Date.parse(at)))).toBe(true);
      expect(await world.queue.history("nobody")).toEqual([]);
    });

    test("the changes of all jobs follow each other, and are read on from any of them", async () => {
      expect(await world.queue.latestEvent()).toBe(0);
      const [a, b] = [await post(world.queue), await post(world.queue)];
      await world.queue.cancel(a);
      const all = await world.queue.events(0, 100);
      expect(all.map(({ jobId }) => jobId)).toEqual([a, b, a]);
      expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted((x, y) => x - y));
      expect(await world.queue.latestEvent()).toBe(all[2]?.id ?? 0);
      expect(await world.queue.events(all[0]?.id ?? 0, 1)).toEqual(all.slice(1, 2));
      expect(await world.queue.events(all[2]?.id ?? 0, 100)).toEqual([]);
    });

    test("a client's changes are read on from any of them, and no others beside them", async () => {
      const [own, other] = (await postFor(world.queue, "a", "b")) as [string, string];
      const later = await post(world.queue, { client: "a" });
      await world.queue.cancel(own);
      const all = await world.queue.events(0, 100);
      const of = (id: string) => all.filter(({ jobId }) => jobId === id).at(-1)?.id ?? 0;
      const latest = (changes: readonly { readonly id: number; readonly jobId: string }[]) =>
        [...new Map(changes.map(({ id, jobId }) => [jobId, id]))].toSorted((x, y) => x[1] - y[1]);
      const mine = await world.queue.changesOf("a", 0, 100);
      expect(latest(mine)).toEqual([
        [later, of(later)],
        [own, of(own)],
      ]);
      expect(mine.map(({ id }) => id)).toEqual(mine.map(({ id }) => id).toSorted((x, y) => x - y));
      expect(await world.queue.changesOf("a", of(later), 100)).toEqual([{ id: of(own), jobId: own }]);
      expect(await world.queue.changesOf("a", of(own), 100)).toEqual([]);
      expect((await world.queue.changesOf("b", 0, 1)).map(({ jobId }) => jobId)).toEqual([other]);
      expect(await world.queue.changesOf("c", 0, 100)).toEqual([]);
      world.clock.advance(1);
      await world.queue.prune(world.clock.now());
      expect(latest(await world.queue.changesOf("a", 0, 100))).toEqual([[later, of(later)]]);
    });

    test("what is published was written before: a change can be read by the time it is notified", async () => {
      const received: Promise<number>[] = [];
      const stop = world.queue.subscribe(() => received.push(world.queue.latestEvent()));
      await post(world.queue);
      await claimOne(world.queue);
      stop();
      expect(await Promise.all(received)).toEqual((await world.queue.events(0, 10)).map(({ id }) => id));
    });

    test("a kill and a restart lose no change, and give no id a second time", async () => {
      const id = await post(world.queue);
      await claimOne(world.queue);
      const before = await world.queue.events(0, 100);
      await world.killAndReopen();
      const after = await world.queue.events(0, 100);
      expect(after.slice(0, before.length)).toEqual([...before]);
      expect(words(after.at(-1) as JobEvent)).toBe("running/gathering > queued/gathering by service");
      expect(await world.statusOf(id)).toBe("queued");
    });

    test("the history goes with its job, but the ids still grow", async () => {
      await world.queue.cancel(await post(world.queue));
      const latest = await world.queue.latestEvent();
      world.clock.advance(1);
      expect((await world.queue.prune(world.clock.now())).removed).toBe(1);
      expect(await world.queue.events(0, 100)).toEqual([]);
      await world.reopen();
      expect(await world.queue.latestEvent()).toBe(latest);
      await post(world.queue);
      expect((await world.queue.events(latest, 100)).map(({ id }) => id > latest)).toEqual([true]);
    });
  });
}
