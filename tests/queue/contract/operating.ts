import { describe, expect, test } from "bun:test";
import { type Claim, MOST_RETRIES } from "../../../src/queue/job.ts";
import type { JobChange } from "../../../src/queue/queue.ts";
import { aReport, claimOne, EVERYTHING, finish, newJob, post, postFor, the } from "../builders.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What people do with jobs and see of them. */
export function describeOperating(world: World): void {
  describe("cancel and retry", () => {
    test("a queued or waiting job is cancelled at once", async () => {
      const [queued, waiting] = await postFor(world.queue, "a", "b");
      const claims = await world.queue.claim({ gathering: 2 });
      await world.queue.release(claims[0] as Claim, "stopping");
      await world.queue.fail(claims[1] as Claim, { code: "x", message: "x" }, HOUR);
      for (const id of [queued, waiting])
        expect(await world.queue.cancel(id ?? "")).toMatchObject({
          status: "cancelled",
          endedAt: "2026-07-01T09:00:00.000Z",
          runAt: null,
        });
      world.clock.advance(HOUR);
      expect(await world.queue.claim(EVERYTHING)).toEqual([]);
    });

    test("a running job is asked to end, keeps nothing more, and is cancelled when it does", async () => {
      const id = await post(world.queue);
      const claim = await claimOne(world.queue);
      expect(await world.queue.cancel(id)).toMatchObject({ status: "running", cancelRequested: true });
      expect(await world.queue.gathered(claim, "{}")).toBe(false);
      expect(await world.queue.rendered(claim, aReport(id))).toBe(false);
      expect(await world.queue.delivering(claim, "folder", "a.pdf")).toBe(false);
      expect(await world.queue.cancelled(claim)).toBe(true);
      expect(await world.queue.get(id)).toMatchObject({ status: "cancelled", cancelRequested: false });
      expect(the(await world.queue.attempts(id)).outcome).toBe("cancelled");
    });

    test("a waiting job is tried at once when somebody asks for it, whoever watches hears so, and with all its tries", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      const claim = await claimOne(world.queue);
      await world.queue.rendered(claim, aReport(id));
      await world.queue.fail(claim, { code: "s3_busy", message: "later" }, HOUR);
      const changes: JobChange[] = [];
      const stop = world.queue.subscribe((change) => changes.push(change));
      expect(await world.queue.retry(id)).toMatchObject({
        status: "queued",
        stage: "delivering",
        attempts: 0,
        runAt: null,
      });
      stop();
      expect(changes).toMatchObject([{ id, status: "queued", stage: "delivering", byHand: true }]);
      expect((await claimOne(world.queue)).job).toMatchObject({ id, attempts: 1 });
      world.clock.advance(HOUR);
      expect(await world.queue.claim(EVERYTHING)).toEqual([]);
    });

    test("cancelled and retried without end a job's history, attempts and callbacks have an end", async () => {
      const id = await post(world.queue, { callbackUrl: "https://example.com/hook" });
      const other = await post(world.queue);
      await world.queue.cancel(other);
      const round = async () => {
        await world.queue.cancel(id);
        await world.queue.retry(id);
      };
      for (let n = 0; n < MOST_RETRIES; n += 1) await round();
      await expect(round()).rejects.toMatchObject({ code: "job_retried_too_often", transient: false });
      expect(await world.statusOf(id)).toBe("cancelled");
      const [history, callbacks] = [await world.queue.history(id), await world.queue.callbacks.of(id)];
      expect([history.length, callbacks.length]).toEqual([2 * MOST_RETRIES + 2, MOST_RETRIES + 1]);
      for (let n = 0; n < 5; n += 1) await world.queue.retry(id).catch(() => null);
      // The others are retried all the same.
      expect(await world.queue.retryAll({ status: ["failed", "cancelled"] })).toBe(1);
      expect(await world.statusOf(other)).toBe("queued");
      expect((await world.queue.history(id)).length).toBe(history.length);
    });

    test("a callback that is sent again without end keeps its latest attempts", async () => {
      const id = await post(world.queue, { callbackUrl: "https://example.com/hook" });
      await world.queue.cancel(id);
      const attempt = { tookMs: 1, httpStatus: 200, response: null, error: null };
      for (let n = 0; n < 210; n += 1) {
        const callback = await world.queue.callbacks.resend(id);
        const startedAt = new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
        await world.queue.callbacks.recordAttempt(callback?.id ?? "", { ...attempt, startedAt }, "delivered");
      }
      const { attemptLog, attempts } = the(await world.queue.callbacks.of(id));
      expect([attemptLog.length, attempts]).toEqual([200, 210]);
      expect(attemptLog.at(-1)?.startedAt).toBe("2026-01-01T00:03:29.000Z");
    });

    test("a cancelled job is not tried again, nor put back", async () => {
      const ids = await postFor(world.queue, "a", "b");
      const [first, second] = await world.queue.claim({ gathering: 2 });
      for (const id of ids) await world.queue.cancel(id);
      expect(await world.queue.fail(first as Claim, { code: "x", message: "x" }, 0)).toBe(true);
      expect(await world.queue.release(second as Claim, "stopping")).toBe(true);
      expect(await Promise.all(ids.map(world.statusOf))).toEqual(["cancelled", "cancelled"]);
    });

    test("a cancel after the delivery comes too late", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      const claim = await claimOne(world.queue);
      await world.queue.rendered(claim, aReport(id));
      await world.queue.cancel(id);
      expect(await world.queue.complete(claim, { to: "/out/a.pdf", url: null })).toBe(true);
      expect(await world.queue.get(id)).toMatchObject({ status: "completed", cancelRequested: false });
    });

    describe("while something is under way to a target", () => {
      async function announced() {
        const id = await post(world.queue, { dataSet: "{}" });
        const claim = await claimOne(world.queue);
        await world.queue.rendered(claim, aReport(id));
        expect(await world.queue.delivering(claim, "s3", "a.pdf")).toBe(true);
        return { id, claim };
      }
      const requested = { stage: "delivering", cancelRequested: true } as const;

      /** The next attempt is told of the cancel, and may end the job once it has seen what became of it. */
      async function settles(id: string) {
        const next = await claimOne(world.queue);
        expect(next.job).toMatchObject({ id, cancelRequested: true });
        expect(await world.queue.delivering(next, "s3", "a.pdf")).toBe(false);
        expect(await world.queue.withdrawn(next, "s3")).toBe(true);
        expect(await world.queue.cancelled(next)).toBe(true);
        expect(await world.queue.get(id)).toMatchObject({ status: "cancelled", cancelRequested: false });
      }

      test("no attempt can end a job as cancelled", async () => {
        const { id, claim } = await announced();
        await world.queue.cancel(id);
        expect(await world.queue.cancelled(claim)).toBe(true);
        expect(await world.queue.get(id)).toMatchObject({ status: "queued", attempts: 0, ...requested });
        await settles(id);
      });

      test("nor does one that is put back", async () => {
        const { id, claim } = await announced();
        await world.queue.cancel(id);
        expect(await world.queue.release(claim, "stopping")).toBe(true);
        expect(await world.queue.get(id)).toMatchObject({ status: "queued", ...requested });
        await settles(id);
      });

      test("one that failed is tried again, to see", async () => {
        const { id, claim } = await announced();
        await world.queue.cancel(id);
        expect(await world.queue.fail(claim, { code: "x", message: "x" }, MINUTE)).toBe(true);
        expect(await world.queue.get(id)).toMatchObject({ status: "waiting", ...requested });
        world.clock.advance(MINUTE);
        await settles(id);
      });

      test("a kill leaves the cancel requested", async () => {
        const { id } = await announced();
        await world.queue.cancel(id);
        await world.killAndReopen();
        expect(await world.queue.get(id)).toMatchObject({ status: "queued", ...requested });
        await settles(id);
      });

      test("a job that waits or is queued is queued to see, and not cancelled", async () => {
        const { id, claim } = await announced();
        await world.queue.fail(claim, { code: "x", message: "x" }, HOUR);
        expect(await world.queue.cancel(id)).toMatchObject({ status: "queued", runAt: null, ...requested });
        expect(await world.queue.cancel(id)).toMatchObject({ status: "queued", ...requested });
        await settles(id);
        const other = await announced();
        await world.queue.release(other.claim, "stopping");
        expect(await world.queue.cancel(other.id)).toMatchObject({ status: "queued", ...requested });
        await settles(other.id);
      });

      test("where it was refused, or has arrived, a waiting job is cancelled at once", async () => {
        const { id, claim } = await announced();
        await world.queue.withdrawn(claim, "s3");
        await world.queue.delivering(claim, "folder", "a.pdf");
        await world.queue.delivered(claim, "folder", { to: "/a.pdf", url: null });
        await world.queue.fail(claim, { code: "x", message: "x" }, HOUR);
        expect(await world.queue.cancel(id)).toMatchObject({ status: "cancelled" });
      });

      test("once one target has it, the others are sent it in spite of a cancel", async () => {
        const { id, claim } = await announced();
        await world.queue.cancel(id);
        expect(await world.queue.delivering(claim, "folder", "a.pdf")).toBe(false);
        await world.queue.delivered(claim, "s3", { to: "s3://a.pdf", url: null });
        expect(await world.queue.delivering(claim, "folder", "a.pdf")).toBe(true);
        expect(await world.queue.complete(claim, { to: "s3://a.pdf", url: null })).toBe(true);
        expect(await world.queue.get(id)).toMatchObject({ status: "completed", cancelRequested: false });
      });
    });

    test("only a job that somebody cancelled can be ended as cancelled", async () => {
      const id = await post(world.queue);
      expect(await world.queue.cancelled(await claimOne(world.queue))).toBe(false);
      expect(await world.statusOf(id)).toBe("running");
    });

    test("ended jobs stay as they are", async () => {
      const id = await post(world.queue);
      await finish(world.queue, await claimOne(world.queue));
      const ended = await world.queue.get(id);
      expect(await world.queue.cancel(id)).toEqual(ended);
      expect(await world.queue.retry(id)).toEqual(ended);
    });

    test("a failed job tried again has all its tries, and goes on from its last stage", async () => {
      const id = await post(world.queue);
      const claim = await claimOne(world.queue);
      await world.queue.gathered(claim, "{}");
      await world.queue.fail(claim, { code: "x", message: "x" }, null);
      expect(await world.queue.retry(id)).toMatchObject({
        status: "queued",
        stage: "rendering",
        attempts: 0,
        error: null,
        endedAt: null,
      });
      const again = the(await world.queue.claim({ rendering: 1 }));
      expect(again.job.attempts).toBe(1);
      await finish(world.queue, again);
      expect((await world.queue.attempts(id)).map(({ number, outcome }) => [number, outcome])).toEqual([
        [1, "failed"],
        [2, "completed"],
      ]);
    });

    test("a cancelled job can be tried again", async () => {
      const id = await post(world.queue);
      await world.queue.cancel(id);
      expect(await world.queue.retry(id)).toMatchObject({ status: "queued", cancelRequested: false });
      expect((await claimOne(world.queue)).job.id).toBe(id);
    });

    test("a queued job stays as it is, and nobody's job is null", async () => {
      const id = await post(world.queue);
      expect(await world.queue.retry(id)).toEqual(await world.queue.get(id));
      expect(await world.queue.retry("nobody")).toBeNull();
      expect(await world.queue.cancel("nobody")).toBeNull();
      expect(await world.queue.get("nobody")).toBeNull();
      expect(await world.queue.attempts("nobody")).toEqual([]);
    });
  });

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
    test("tells every change of status and stage, in order, once it is kept", async () => {
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

    test("nothing is told that was refused", async () => {
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
      expect(await world.queue.prune(before)).toEqual({ removed: 1, kept: 0 });
      expect(await world.queue.removals(10)).toEqual([`reports/${id}.pdf`]);
      expect(await world.queue.get(id)).toBeNull();
      expect(await world.queue.attempts(id)).toEqual([]);
      expect(await world.queue.deliveries(id)).toEqual([]);
      expect(await world.statusOf(open)).toBe("queued");
      expect(await world.statusOf(recent)).toBe("cancelled");
      expect(await world.queue.counts()).toMatchObject({ completed: 0, cancelled: 1, queued: 1 });
      expect(await world.queue.prune(before)).toEqual({ removed: 0, kept: 0 });
    });

    test("forgets clients that have nothing in line, and no turn of those that have", async () => {
      await postFor(world.queue, ...["gone", "busy", "busy", "other", "other"]);
      const [gone] = await world.queue.claim({ gathering: 1 });
      await finish(world.queue, gone as Claim);
      const claims = [...(await world.queue.claim({ gathering: 1 }))];
      await world.queue.prune(world.clock.now());
      // It had its turn after the head of the line: should it come again, it is not the next.
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

    test("keeps a job as long as its key names it, and then forgets both", async () => {
      const idempotency = { key: "k", fingerprint: "f", item: 0 };
      const id = await post(world.queue, { idempotency });
      await world.queue.cancel(id);
      world.clock.advance(24 * HOUR - 1);
      expect(await world.queue.prune(world.clock.now())).toEqual({ removed: 0, kept: 1 });
      expect(await post(world.queue, { idempotency })).toBe(id);
      world.clock.advance(1);
      expect(await world.queue.prune(world.clock.now())).toEqual({ removed: 1, kept: 0 });
      expect(await post(world.queue, { idempotency })).not.toBe(id);
    });

    test("keeps a job until its callback is taken or given up, and the others go all the same", async () => {
      const told = await post(world.queue, { callbackUrl: "https://hooks.example.com/x" });
      await world.queue.cancel(told);
      await world.queue.cancel(await post(world.queue));
      world.clock.advance(1);
      expect(await world.queue.prune(world.clock.now())).toEqual({ removed: 1, kept: 1 });
      expect(await world.queue.prune(world.clock.now(), 1)).toEqual({ removed: 0, kept: 0 });
      const callback = the(await world.queue.callbacks.of(told));
      const attempt = { startedAt: "", tookMs: 1, httpStatus: 200, response: null, error: null };
      await world.queue.callbacks.recordAttempt(callback.id, attempt, "delivered");
      expect(await world.queue.prune(world.clock.now())).toEqual({ removed: 1, kept: 0 });
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
