import { describe, expect, test } from "bun:test";
import type { Claim } from "../../../src/queue/job.ts";
import type { JobChange } from "../../../src/queue/queue.ts";
import { aReport, claimOne, finish, newJob, post, postFor, the } from "../builders.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What people and other parts see of jobs, and what is deleted with age. */
export function describeLooking(world: World): void {
  describe("looking", () => {
    test("lists newest first, page by page, each job once", async () => {
      const posted: string[] = [];
      for (let i = 0; i < 25; i += 1) {
        posted.push(await post(world.queue));
        world.clock.advance(i % 3 === 0 ? 0 : 1_000);
      }
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await world.queue.list({ limit: 7, ...(cursor ? { cursor } : {}) });
        seen.push(...page.jobs.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(posted.toReversed());
    });

    test("filters by status, client, suburb, state and time", async () => {
      const [a, b] = await postFor(world.queue, "a", "b");
      await finish(world.queue, await claimOne(world.queue));
      world.clock.advance(HOUR);
      const late = await post(world.queue, { client: "b", suburb: "Hobart", state: "TAS" });
      const ids = async (filter: object) => (await world.queue.list({ limit: 10, ...filter })).jobs.map(({ id }) => id);
      expect(await ids({ status: "completed" })).toEqual([a ?? ""]);
      expect(await ids({ status: "queued" })).toEqual([late, b ?? ""]);
      expect(await ids({ status: "failed" })).toEqual([]);
      expect(await ids({ client: "b" })).toEqual([late, b ?? ""]);
      expect(await ids({ suburb: "hobart" })).toEqual([late]);
      expect(await ids({ state: "NSW", status: "queued" })).toEqual([b ?? ""]);
      expect(await ids({ createdAfter: "2026-07-01T09:30:00.000Z" })).toEqual([late]);
      expect(await ids({ createdBefore: "2026-07-01T09:30:00.000Z", client: "b" })).toEqual([b ?? ""]);
    });

    test("lists every status", async () => {
      const ids = await postFor(world.queue, "a", "b", "c", "d", "e", "f");
      const claims = await world.queue.claim({ gathering: 5 });
      await finish(world.queue, claims[0] as Claim);
      await world.queue.fail(claims[1] as Claim, { code: "x", message: "x" }, null);
      await world.queue.fail(claims[2] as Claim, { code: "x", message: "x" }, HOUR);
      await world.queue.cancel(ids[3] ?? "");
      await world.queue.cancelled(claims[3] as Claim);
      const statuses = ["completed", "failed", "waiting", "cancelled", "running", "queued"] as const;
      for (const [index, status] of statuses.entries())
        expect(the((await world.queue.list({ limit: 5, status })).jobs).id).toBe(ids[index] ?? "");
      expect(await world.queue.counts()).toEqual({
        queued: 1,
        running: 1,
        waiting: 1,
        completed: 1,
        failed: 1,
        cancelled: 1,
      });
      expect(await world.queue.open()).toBe(3);
    });

    test("a cursor that is none is refused", async () => {
      await expect(world.queue.list({ limit: 5, cursor: "nonsense" })).rejects.toMatchObject({ code: "bad_cursor" });
    });

    test("counts are right after a restart", async () => {
      await postFor(world.queue, "a", "b", "c");
      await finish(world.queue, await claimOne(world.queue));
      await world.reopen();
      expect(await world.queue.open()).toBe(2);
      expect(await world.queue.counts()).toMatchObject({ queued: 2, completed: 1, running: 0 });
    });
  });

  describe("watching", () => {
    test("publishes every change of status and stage, in order, once it is stored", async () => {
      const changes: JobChange[] = [];
      const stop = world.queue.subscribe((change) => changes.push(change));
      const id = await post(world.queue);
      const claim = await claimOne(world.queue);
      await world.queue.gathered(claim, "{}");
      await world.queue.cancel(id);
      await world.queue.cancelled(claim);
      stop();
      await world.queue.retry(id);
      expect(changes.every((change) => change.id === id)).toBe(true);
      expect(changes.map(({ status, stage, cancelRequested }) => [status, stage, cancelRequested])).toEqual([
        ["queued", "gathering", false],
        ["running", "gathering", false],
        ["running", "rendering", false],
        ["running", "rendering", true],
        ["cancelled", "rendering", false],
      ]);
    });

    test("nothing is published that was refused", async () => {
      const id = await post(world.queue);
      const claim = await claimOne(world.queue);
      await finish(world.queue, claim);
      const changes: JobChange[] = [];
      world.queue.subscribe((change) => changes.push(change));
      await finish(world.queue, claim);
      await world.queue.cancel(id);
      expect(changes).toEqual([]);
    });
  });

  describe("pruning", () => {
    test("removes what ended before the time, with all that belongs to it, and names the reports", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      const claim = await claimOne(world.queue);
      await world.queue.rendered(claim, aReport(id));
      await world.queue.delivering(claim, "folder", "a.pdf");
      await world.queue.complete(claim, { to: "/a", url: null });
      world.clock.advance(HOUR);
      const open = await post(world.queue);
      const recent = await post(world.queue);
      await world.queue.cancel(recent);
      const before = new Date(world.clock.now().getTime() - 1);
      expect(await world.queue.prune(before)).toEqual({ removed: 1, retained: 0 });
      expect(await world.queue.removals(10)).toEqual([`reports/${id}.pdf`]);
      expect(await world.queue.get(id)).toBeNull();
      expect(await world.queue.attempts(id)).toEqual([]);
      expect(await world.queue.deliveries(id)).toEqual([]);
      expect(await world.statusOf(open)).toBe("queued");
      expect(await world.statusOf(recent)).toBe("cancelled");
      expect(await world.queue.counts()).toMatchObject({ completed: 0, cancelled: 1, queued: 1 });
      expect(await world.queue.prune(before)).toEqual({ removed: 0, retained: 0 });
    });

    test("forgets clients that have nothing queued, and no turn of those that have", async () => {
      await postFor(world.queue, ...["gone", "busy", "busy", "other", "other"]);
      const [gone] = await world.queue.claim({ gathering: 1 });
      await finish(world.queue, gone as Claim);
      const claims = [...(await world.queue.claim({ gathering: 1 }))];
      await world.queue.prune(world.clock.now());
      // It had its turn after the head of the queue: if it returns, it is not the next.
      expect(await world.clients()).toEqual(["busy", "gone", "other"]);
      claims.push(...(await world.queue.claim({ gathering: 1 })));
      await world.queue.prune(world.clock.now());
      expect(await world.clients()).toEqual(["busy", "other"]);
      claims.push(...(await world.queue.claim({ gathering: 9 })));
      expect(claims.map(({ job }) => job.client)).toEqual(["busy", "other", "busy", "other"]);
      for (const claim of claims) await finish(world.queue, claim);
      await world.queue.prune(world.clock.now());
      expect(await world.clients()).toEqual([]);
      const [last = ""] = await postFor(world.queue, "gone");
      expect((await claimOne(world.queue)).job.id).toBe(last);
    });

    test("removes a thousand at most", async () => {
      const jobs = await world.queue.submit(Array.from({ length: 1_100 }, () => newJob()));
      await Promise.all(jobs.map(({ job }) => world.queue.cancel(job.id)));
      world.clock.advance(1);
      expect((await world.queue.prune(world.clock.now())).removed).toBe(1_000);
      expect((await world.queue.prune(world.clock.now())).removed).toBe(100);
    });

    test("retains a job as long as its key names it, and then forgets both", async () => {
      const idempotency = { key: "k", fingerprint: "f", item: 0 };
      const id = await post(world.queue, { idempotency });
      await world.queue.cancel(id);
      world.clock.advance(24 * HOUR - 1);
      expect(await world.queue.prune(world.clock.now())).toEqual({ removed: 0, retained: 1 });
      expect(await post(world.queue, { idempotency })).toBe(id);
      world.clock.advance(1);
      expect(await world.queue.prune(world.clock.now())).toEqual({ removed: 1, retained: 0 });
      expect(await post(world.queue, { idempotency })).not.toBe(id);
    });

    test("retains a job until its callback is accepted or given up, and the others go all the same", async () => {
      const notified = await post(world.queue, { callbackUrl: "https://hooks.example.com/x" });
      await world.queue.cancel(notified);
      await world.queue.cancel(await post(world.queue));
      world.clock.advance(1);
      expect(await world.queue.prune(world.clock.now())).toEqual({ removed: 1, retained: 1 });
      expect(await world.queue.prune(world.clock.now(), 1)).toEqual({ removed: 0, retained: 0 });
      const callback = the(await world.queue.callbacks.of(notified));
      const attempt = { startedAt: "", durationMs: 1, httpStatus: 200, response: null, error: null };
      await world.queue.callbacks.recordAttempt(callback.id, attempt, "delivered");
      expect(await world.queue.prune(world.clock.now())).toEqual({ removed: 1, retained: 0 });
    });

    test("the PDFs of jobs that are gone stay noted until they are gone, too, also over a kill", async () => {
      const id = await post(world.queue);
      await world.queue.cancel(id);
      world.clock.advance(1);
      await world.queue.prune(world.clock.now());
      await world.killAndReopen();
      // It may have been rendered before its cancel: that PDF has the name that it would have had.
      expect(await world.queue.removals(10)).toEqual([`reports/2026-07-01/${id}.pdf`]);
      await world.queue.reportsRemoved([`reports/2026-07-01/${id}.pdf`]);
      expect(await world.queue.removals(10)).toEqual([]);
      await world.queue.reportsRemoved([]);
    });
  });
}
