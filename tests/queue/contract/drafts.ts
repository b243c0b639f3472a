import { describe, expect, test } from "bun:test";
import type { NewJob } from "../../../src/queue/job.ts";
import { aReport, claimOne, dataSetOf, finish, post } from "../builders.ts";
import type { World } from "./world.ts";

const HOOK = "https://hooks.example.com/done";
const YEAR = { from: "2026-01", to: "2026-12" } as const;

/** Jobs that are rendered, and delivered only when they are sent. */
export function describeDrafts(world: World): void {
  const makeDraft = async (changes: Partial<NewJob> = {}) => {
    const id = await post(world.queue, { draft: true, callbackUrl: HOOK, ...changes });
    const claim = await claimOne(world.queue);
    await world.queue.gathered(claim, '{"agents":[]}');
    await world.queue.rendered(claim, aReport(id));
    expect(await world.queue.complete(claim, null)).toBe(true);
    return id;
  };
  const callbacksOf = async (id: string) => (await world.queue.callbacks.of(id)).length;

  describe("drafts", () => {
    test("a draft completes undelivered: no callback is sent, its data set stays, and it counts as no report", async () => {
      const id = await makeDraft();
      expect(await world.queue.get(id)).toMatchObject({
        status: "completed",
        draft: true,
        delivered: null,
        report: { pages: 12 },
      });
      expect(await callbacksOf(id)).toBe(0);
      expect(await dataSetOf(world.queue, id)).toBe('{"agents":[]}');
      expect(await world.queue.usage(YEAR)).toMatchObject([{ accepted: 1, reports: 0 }]);
      expect(await world.queue.open()).toBe(0);
    });

    test("an old draft goes though a key names it, as it was never delivered; once sent the key retains it", async () => {
      const draft = await makeDraft({ callbackUrl: null, idempotency: { key: "a", fingerprint: "f", item: 0 } });
      const sent = await makeDraft({ callbackUrl: null, idempotency: { key: "b", fingerprint: "f", item: 0 } });
      await world.queue.send(sent, "anna (dashboard)");
      await finish(world.queue, await claimOne(world.queue));
      world.clock.advance(60_000);
      await world.queue.prune(world.clock.now());
      expect(await world.queue.get(draft)).toBeNull();
      expect((await world.queue.get(sent))?.status).toBe("completed");
    });

    test("drafts alone are found, or all others, and one that is sent is none any more", async () => {
      const sent = await makeDraft();
      const draft = await makeDraft();
      const report = await post(world.queue);
      const found = async (draft: boolean) =>
        (await world.queue.list({ draft, limit: 10 })).jobs.map(({ id }) => id).toSorted();
      expect(await found(true)).toEqual([sent, draft].toSorted());
      await world.queue.send(sent, "anna (dashboard)");
      expect(await found(true)).toEqual([draft]);
      expect(await found(false)).toEqual([sent, report].toSorted());
    });

    test("sent it resumes from its delivery, is no draft any more, and its end is called back and counted", async () => {
      const id = await makeDraft();
      expect(await world.queue.send(id, "anna (dashboard)")).toMatchObject({
        status: "queued",
        stage: "delivering",
        draft: false,
        endedAt: null,
        attempts: 0,
      });
      const claim = await claimOne(world.queue);
      expect(claim.job).toMatchObject({ id, stage: "delivering", draft: false });
      expect(await finish(world.queue, claim)).toBe(true);
      expect(await world.queue.get(id)).toMatchObject({
        status: "completed",
        delivered: { to: `/delivered/${id}.pdf` },
      });
      expect(await callbacksOf(id)).toBe(1);
      expect(await dataSetOf(world.queue, id)).toBeNull();
      expect(await world.queue.usage(YEAR)).toMatchObject([{ accepted: 1, reports: 1, pages: 12 }]);
      const sent = (await world.queue.history(id)).find(({ from }) => from?.status === "completed");
      expect(sent).toMatchObject({ to: { status: "queued", stage: "delivering" }, actor: "anna (dashboard)" });
      expect((await world.queue.statistics("hour")).reduce((sum, { completed }) => sum + completed, 0)).toBe(1);
    });

    test("of two people who send it one does; what is no completed draft stays as it is", async () => {
      const id = await makeDraft();
      await world.queue.send(id);
      await finish(world.queue, await claimOne(world.queue));
      expect(await world.queue.send(id)).toMatchObject({ status: "completed", draft: false });
      expect(await world.queue.claim({ delivering: 1 })).toEqual([]);
      const other = await post(world.queue, { draft: true });
      expect(await world.queue.send(other)).toMatchObject({ status: "queued", stage: "gathering", draft: true });
      expect(await world.queue.send(Bun.randomUUIDv7())).toBeNull();
    });

    test("a draft outlives a kill before and after it is sent", async () => {
      const id = await makeDraft();
      await world.killAndReopen();
      expect(await world.queue.get(id)).toMatchObject({ status: "completed", draft: true });
      await world.queue.send(id);
      await world.killAndReopen();
      const claim = await claimOne(world.queue);
      expect(claim.job).toMatchObject({ id, stage: "delivering", draft: false });
      await finish(world.queue, claim);
      expect(await callbacksOf(id)).toBe(1);
    });

    test("one that is claimed again after a kill is a draft still; failed or cancelled it sends no callback", async () => {
      const id = await post(world.queue, { draft: true, callbackUrl: HOOK });
      const claim = await claimOne(world.queue);
      await world.queue.gathered(claim, "{}");
      await world.queue.rendered(claim, aReport(id));
      await world.killAndReopen();
      const again = await claimOne(world.queue);
      expect(again.job).toMatchObject({ id, stage: "delivering", draft: true });
      await world.queue.fail(again, { code: "x", message: "x" }, null);
      await world.queue.retry(id);
      await world.queue.cancel(id);
      expect(await world.queue.get(id)).toMatchObject({ status: "cancelled", draft: true });
      expect(await callbacksOf(id)).toBe(0);
    });

    test("it is removed and pruned as what has ended, with its data set", async () => {
      const [removed, pruned] = [await makeDraft(), await makeDraft()];
      expect(await world.queue.remove([removed])).toMatchObject({ removed: 1 });
      world.clock.advance(60_000);
      expect(await world.queue.prune(world.clock.now())).toMatchObject({ removed: 1 });
      for (const id of [removed, pruned]) expect(await dataSetOf(world.queue, id)).toBeNull();
    });
  });
}
