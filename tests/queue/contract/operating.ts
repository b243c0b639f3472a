import { describe, expect, test } from "bun:test";
import { type Claim, MOST_RETRIES } from "../../../src/queue/job.ts";
import type { JobChange } from "../../../src/queue/queue.ts";
import { aReport, claimOne, EVERYTHING, finish, post, postFor, the } from "../builders.ts";
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

    test("a running job is asked to end, stores nothing more, and is cancelled when it does", async () => {
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

    test("a waiting job is attempted at once on request, with all its attempts, and its listeners are notified", async () => {
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
      expect(changes).toMatchObject([{ id, status: "queued", stage: "delivering", manual: true }]);
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

    test("a callback that is resent endlessly retains its latest attempts", async () => {
      const id = await post(world.queue, { callbackUrl: "https://example.com/hook" });
      await world.queue.cancel(id);
      const attempt = { durationMs: 1, httpStatus: 200, response: null, error: null };
      for (let n = 0; n < 210; n += 1) {
        const callback = await world.queue.callbacks.resend(id);
        const startedAt = new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
        await world.queue.callbacks.recordAttempt(callback?.id ?? "", { ...attempt, startedAt }, "delivered");
      }
      const { attemptLog, attempts } = the(await world.queue.callbacks.of(id));
      expect([attemptLog.length, attempts]).toEqual([200, 210]);
      expect(attemptLog.at(-1)?.startedAt).toBe("2026-01-01T00:03:29.000Z");
    });

    test("a cancelled job is not retried, nor put back", async () => {
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

    describe("while an upload to a target is in flight", () => {
      async function announced() {
        const id = await post(world.queue, { dataSet: "{}" });
        const claim = await claimOne(world.queue);
        await world.queue.rendered(claim, aReport(id));
        expect(await world.queue.delivering(claim, "s3", "a.pdf")).toBe(true);
        return { id, claim };
      }
      const requested = { stage: "delivering", cancelRequested: true } as const;

      /** The next attempt sees the cancel, and may end the job once it has seen its outcome. */
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

      test("one that failed is retried, to see", async () => {
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

    test("only a job that was cancelled can be ended as cancelled", async () => {
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

    test("a failed job that is retried has all its attempts, and resumes from its last stage", async () => {
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

    test("a cancelled job can be retried", async () => {
      const id = await post(world.queue);
      await world.queue.cancel(id);
      expect(await world.queue.retry(id)).toMatchObject({ status: "queued", cancelRequested: false });
      expect((await claimOne(world.queue)).job.id).toBe(id);
    });

    test("a queued job stays as it is, and an unknown job is null", async () => {
      const id = await post(world.queue);
      expect(await world.queue.retry(id)).toEqual(await world.queue.get(id));
      expect(await world.queue.retry("nobody")).toBeNull();
      expect(await world.queue.cancel("nobody")).toBeNull();
      expect(await world.queue.get("nobody")).toBeNull();
      expect(await world.queue.attempts("nobody")).toEqual([]);
    });
  });
}
