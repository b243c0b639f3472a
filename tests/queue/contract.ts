import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Failure } from "../../src/failure.ts";
import type { Claim } from "../../src/queue/job.ts";
import type { JobChange, Queue } from "../../src/queue/queue.ts";
import { aReport, claimOne, EVERYTHING, finish, newJob, post, postFor, stoppedClock, the } from "./builders.ts";

export interface QueueOptions {
  readonly queueLimit: number;
  readonly now: () => Date;
}

/** A place that keeps jobs, for one test. */
export interface QueuePlace {
  open(options: QueueOptions): Promise<Queue>;
  /** Leaves everything as a SIGKILL of the process would; the next `open` finds it so. */
  kill(queue: Queue): Promise<void>;
  remove(): Promise<void>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What every backend of the queue must do: the interface's promises, one by one. */
export function describeQueue(name: string, makePlace: () => Promise<QueuePlace>): void {
  describe(`${name}: the queue's contract`, () => {
    let place: QueuePlace;
    let queue: Queue;
    let clock: ReturnType<typeof stoppedClock>;
    const open = (queueLimit = 10_000) => place.open({ queueLimit, now: clock.now });
    const statusOf = async (id: string) => (await queue.get(id))?.status;

    beforeEach(async () => {
      clock = stoppedClock();
      place = await makePlace();
      queue = await open();
    });
    afterEach(async () => {
      await queue.close();
      await place.remove();
    });

    async function killAndReopen(): Promise<void> {
      await place.kill(queue);
      queue = await open();
    }

    describe("accepting", () => {
      test("a job is there, as it was asked for, once it is accepted", async () => {
        const id = await post(queue, { client: "agency", priority: 7, suburb: "Byron Bay", postcode: null });
        expect(await queue.get(id)).toEqual({
          id,
          client: "agency",
          status: "queued",
          stage: "gathering",
          priority: 7,
          suburb: "Byron Bay",
          state: "NSW",
          postcode: null,
          request: '{"suburb":"Manly","state":"NSW"}',
          attempts: 0,
          error: null,
          report: null,
          delivered: null,
          createdAt: "2026-07-01T09:00:00.000Z",
          startedAt: null,
          endedAt: null,
          runAt: null,
          cancelRequested: false,
          alone: false,
        });
      });

      test("a job that brings its data set begins at rendering", async () => {
        const id = await post(queue, { dataSet: '{"agents":[]}' });
        expect((await queue.get(id))?.stage).toBe("rendering");
        expect(await queue.dataSet(id)).toBe('{"agents":[]}');
      });

      test("jobs posted together are answered in their order", async () => {
        const suburbs = ["Manly", "Balgowlah", "Seaforth", "Fairlight"];
        const submitted = await queue.submit(suburbs.map((suburb) => newJob({ suburb })));
        expect(submitted.map(({ job }) => job.suburb)).toEqual(suburbs);
        expect(new Set(submitted.map(({ job }) => job.id)).size).toBe(4);
      });

      test("an accepted job survives a kill", async () => {
        const id = await post(queue);
        await killAndReopen();
        expect(await statusOf(id)).toBe("queued");
      });

      test("past the limit all of a batch is refused, with a time to come back, and nothing is kept", async () => {
        await queue.close();
        queue = await open(3);
        await postFor(queue, "a", "a");
        const failure: Failure = await queue.submit([newJob(), newJob()]).catch((error) => error);
        expect(failure).toMatchObject({ name: "Failure", code: "queue_full", transient: true });
        expect(failure.options.retryAfterMs).toBeGreaterThan(0);
        expect((await queue.counts()).queued).toBe(2);
        await post(queue);
        expect((await queue.counts()).queued).toBe(3);
      });

      test("requests that arrive together cannot pass the limit together", async () => {
        await queue.close();
        queue = await open(5);
        const answers = await Promise.allSettled(Array.from({ length: 20 }, () => post(queue)));
        expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
        expect((await queue.counts()).queued).toBe(5);
      });

      test("a job that ends makes room", async () => {
        await queue.close();
        queue = await open(1);
        await post(queue);
        await finish(queue, await claimOne(queue));
        expect(await post(queue)).toBeString();
      });
    });

    describe("idempotency", () => {
      const keyed = (key: string, fingerprint = "f1", item = 0) => newJob({ idempotency: { key, fingerprint, item } });

      test("the same key and request give the same job, once", async () => {
        const first = the(await queue.submit([keyed("k")]));
        const again = the(await queue.submit([keyed("k")]));
        expect(first.created).toBe(true);
        expect(again.created).toBe(false);
        expect(again.job.id).toBe(first.job.id);
        expect((await queue.counts()).queued).toBe(1);
      });

      test("the same key sent many times at once gives one job", async () => {
        const answers = await Promise.all(Array.from({ length: 50 }, () => queue.submit([keyed("k")])));
        expect(new Set(answers.map((answer) => the(answer).job.id)).size).toBe(1);
        expect(answers.filter((answer) => the(answer).created)).toHaveLength(1);
      });

      test("the same key with another request is refused", async () => {
        await queue.submit([keyed("k", "f1")]);
        await expect(queue.submit([keyed("k", "f2")])).rejects.toMatchObject({
          code: "idempotency_conflict",
          transient: false,
        });
      });

      test("a batch with one conflict is refused whole", async () => {
        await queue.submit([keyed("old", "f1")]);
        const batch = [newJob(), keyed("old", "f2"), newJob()];
        await expect(queue.submit(batch)).rejects.toMatchObject({ code: "idempotency_conflict" });
        expect((await queue.counts()).queued).toBe(1);
      });

      test("one call that brings a key twice makes one job of it", async () => {
        const [first, second] = await queue.submit([keyed("k"), keyed("k")]);
        expect(second?.job.id).toBe(first?.job.id ?? "");
        expect([first?.created, second?.created]).toEqual([true, false]);
      });

      test("the items of a batch, and other clients' keys, are apart", async () => {
        const jobs = [keyed("k", "f", 0), keyed("k", "f", 1), { ...keyed("k", "g"), client: "another" }];
        expect((await queue.submit(jobs)).every(({ created }) => created)).toBe(true);
      });

      test("a key is remembered for 24 hours, over a kill too, and then forgotten", async () => {
        const first = the(await queue.submit([keyed("k")]));
        clock.advance(24 * HOUR - 1);
        await killAndReopen();
        expect(the(await queue.submit([keyed("k")])).job.id).toBe(first.job.id);
        clock.advance(1);
        const later = the(await queue.submit([keyed("k", "another")]));
        expect(later.created).toBe(true);
        expect(later.job.id).not.toBe(first.job.id);
      });

      test("a full queue still knows the keys it has seen", async () => {
        await queue.close();
        queue = await open(1);
        const first = the(await queue.submit([keyed("k")]));
        expect(the(await queue.submit([keyed("k")])).job.id).toBe(first.job.id);
      });
    });

    describe("claiming", () => {
      test("goes by priority, then by age", async () => {
        const low = await post(queue, { priority: 1 });
        const first = await post(queue, { priority: 5 });
        const second = await post(queue, { priority: 5 });
        const high = await post(queue, { priority: 9 });
        const claims = await queue.claim(EVERYTHING);
        expect(claims.map(({ job }) => job.id)).toEqual([high, first, second, low]);
      });

      test("gives no job twice, and no more than there is room for", async () => {
        await postFor(queue, ...Array.from({ length: 10 }, () => "a"));
        const several = await Promise.all([1, 2, 3].map((count) => queue.claim({ gathering: count })));
        expect(several.map((claims) => claims.length)).toEqual([1, 2, 3]);
        expect(new Set(several.flat().map(({ job }) => job.id)).size).toBe(6);
        expect(await queue.claim({ rendering: 5 })).toEqual([]);
      });

      test("one client's many jobs do not stand in another's way", async () => {
        await postFor(queue, ...Array.from({ length: 1_000 }, () => "bulk"));
        const few = await postFor(queue, ...Array.from({ length: 5 }, () => "small"));
        const claims = await queue.claim({ gathering: 11 });
        const places = few.map((id) => claims.findIndex(({ job }) => job.id === id));
        expect(places).toEqual([1, 3, 5, 7, 9]);
      });

      test("who comes late stands beside the head of the line, not behind what was posted before, nor before it", async () => {
        await postFor(queue, ...Array.from({ length: 100 }, () => "bulk"));
        await queue.claim({ gathering: 50 });
        await postFor(queue, ...Array.from({ length: 20 }, () => "late"));
        const next = await queue.claim({ gathering: 20 });
        expect(next.filter(({ job }) => job.client === "late")).toHaveLength(10);
        expect(next[0]?.job.client).toBe("bulk");
      });

      test("an old job that comes back does not let newcomers pass the others", async () => {
        const [old] = await postFor(queue, ...Array.from({ length: 100 }, () => "bulk"));
        const [claim] = await queue.claim({ gathering: 1 });
        await queue.fail(claim as Claim, { code: "x", message: "x" }, MINUTE);
        await queue.claim({ gathering: 40 });
        clock.advance(MINUTE);
        await queue.claim({});
        await postFor(queue, ...Array.from({ length: 30 }, () => "late"));
        const next = await queue.claim({ gathering: 21 });
        expect(next[0]?.job.id).toBe(old ?? "");
        expect(next.filter(({ job }) => job.client === "late").length).toBeLessThanOrEqual(11);
      });

      test("each stage is a line of its own", async () => {
        const gathering = await post(queue);
        const rendering = await post(queue, { dataSet: "{}" });
        expect(the(await queue.claim({ rendering: 5 })).job.id).toBe(rendering);
        expect(the(await queue.claim({ gathering: 5, rendering: 5 })).job.id).toBe(gathering);
      });

      test("a claimed job is running, and says since when", async () => {
        const id = await post(queue);
        clock.advance(1_500);
        const claim = await claimOne(queue);
        expect(claim.job).toMatchObject({ id, status: "running", attempts: 1, startedAt: "2026-07-01T09:00:01.500Z" });
        expect(await queue.get(id)).toEqual(claim.job);
      });

      test("the position counts the jobs that go before", async () => {
        const ids = await postFor(queue, "a", "a", "a", "b");
        const urgent = await post(queue, { priority: 9 });
        expect(await Promise.all(ids.map((id) => queue.position(id)))).toEqual([1, 3, 4, 2]);
        expect(await queue.position(urgent)).toBe(0);
        await claimOne(queue);
        expect(await queue.position(urgent)).toBeNull();
        expect(await queue.position("nobody")).toBeNull();
      });
    });

    describe("the stages", () => {
      test("each is kept before the next, and the job ends with all it has reached", async () => {
        const id = await post(queue);
        const claim = await claimOne(queue);
        expect(await queue.gathered(claim, '{"sales":[]}')).toBe(true);
        expect(await queue.get(id)).toMatchObject({ status: "running", stage: "rendering" });
        expect(await queue.dataSet(id)).toBe('{"sales":[]}');
        expect(await queue.rendered(claim, aReport(id))).toBe(true);
        expect(await queue.get(id)).toMatchObject({ stage: "delivering", report: aReport(id) });
        expect(await queue.delivering(claim, "folder", "NSW/Manly/a.pdf")).toBe(true);
        expect(await queue.deliveryPath(id, "folder")).toBe("NSW/Manly/a.pdf");
        expect(await queue.deliveryPath(id, "dropbox")).toBeNull();
        clock.advance(MINUTE);
        expect(await queue.complete(claim, { to: "/out/a.pdf", url: "https://example.com/a" })).toBe(true);
        expect(await queue.get(id)).toMatchObject({
          status: "completed",
          error: null,
          delivered: { to: "/out/a.pdf", url: "https://example.com/a" },
          endedAt: "2026-07-01T09:01:00.000Z",
        });
        expect(the(await queue.attempts(id))).toMatchObject({ number: 1, outcome: "completed", error: null });
      });

      test("the data set is gone once the job is completed", async () => {
        const id = await post(queue, { dataSet: "{}" });
        await finish(queue, await claimOne(queue));
        expect(await queue.dataSet(id)).toBeNull();
      });

      test("the data set of a failed job is there for a retry", async () => {
        const id = await post(queue, { dataSet: "{}" });
        await queue.fail(await claimOne(queue), { code: "x", message: "x" }, null);
        expect(await queue.dataSet(id)).toBe("{}");
      });

      test("an ended attempt can do nothing more", async () => {
        const id = await post(queue);
        const claim = await claimOne(queue);
        await finish(queue, claim);
        const before = await queue.get(id);
        expect(await triesOfAll(queue, claim)).toEqual([false, false, false, false, false, false, false, false]);
        expect(await queue.get(id)).toEqual(before);
      });

      test("an attempt that was replaced can do nothing to the one that replaced it", async () => {
        const id = await post(queue);
        const stale = await claimOne(queue);
        await queue.release(stale);
        const current = await claimOne(queue);
        expect(current.token).not.toBe(stale.token);
        expect(await triesOfAll(queue, stale)).toEqual([false, false, false, false, false, false, false, false]);
        expect(await queue.get(id)).toMatchObject({ status: "running", stage: "gathering", attempts: 1 });
        expect(await finish(queue, current)).toBe(true);
      });
    });

    describe("tries", () => {
      test("a job that is to be tried again waits its time, and knows why", async () => {
        const id = await post(queue);
        await queue.fail(await claimOne(queue), { code: "timeout", message: "no answer" }, 2 * MINUTE);
        expect(await queue.get(id)).toMatchObject({
          status: "waiting",
          error: { code: "timeout", message: "no answer" },
          runAt: "2026-07-01T09:02:00.000Z",
        });
        clock.advance(2 * MINUTE - 1);
        expect(await queue.claim(EVERYTHING)).toEqual([]);
        clock.advance(1);
        expect(the(await queue.claim(EVERYTHING)).job).toMatchObject({ id, attempts: 2, runAt: null });
      });

      test("goes on from the last stage that was kept", async () => {
        const id = await post(queue);
        const claim = await claimOne(queue);
        await queue.gathered(claim, "{}");
        await queue.rendered(claim, aReport(id));
        await queue.fail(claim, { code: "x", message: "x" }, 0);
        expect(the(await queue.claim({ delivering: 1 })).job).toMatchObject({
          id,
          stage: "delivering",
          report: aReport(id),
        });
      });

      test("a job that is not tried again has failed", async () => {
        const id = await post(queue);
        await queue.fail(await claimOne(queue), { code: "no_data", message: "no data for Manly" }, null);
        expect(await queue.get(id)).toMatchObject({
          status: "failed",
          error: { code: "no_data", message: "no data for Manly" },
        });
        expect(the(await queue.attempts(id))).toMatchObject({ outcome: "failed", error: { code: "no_data" } });
        expect(await queue.claim(EVERYTHING)).toEqual([]);
      });

      test("a released try does not count, and the job is the next again", async () => {
        const [first] = await postFor(queue, "a", "a");
        await queue.release(await claimOne(queue));
        const claim = await claimOne(queue);
        expect(claim.job).toMatchObject({ id: first, attempts: 1 });
        expect((await queue.attempts(claim.job.id)).map(({ number, outcome }) => [number, outcome])).toEqual([
          [1, "released"],
          [2, null],
        ]);
      });
    });

    describe("running alone", () => {
      const failAlone = async () =>
        queue.fail(await claimOne(queue), { code: "memory", message: "too large" }, 0, { crashed: true });

      test("a job is given alone, and nothing beside it until it has ended", async () => {
        const large = await post(queue, { dataSet: "{}" });
        await failAlone();
        await postFor(queue, "a", "b", "c");
        const claim = the(await queue.claim(EVERYTHING));
        expect(claim.job).toMatchObject({ id: large, alone: true });
        expect(await queue.claim(EVERYTHING)).toEqual([]);
        await finish(queue, claim);
        expect(await queue.claim(EVERYTHING)).toHaveLength(3);
      });

      test("it waits for those that run, and no new one comes between", async () => {
        await postFor(queue, "a", "b");
        const running = await claimOne(queue);
        await failAlone();
        await post(queue);
        expect(await queue.claim(EVERYTHING)).toEqual([]);
        await finish(queue, running);
        expect(the(await queue.claim(EVERYTHING)).job.alone).toBe(true);
      });

      test("a job that failed alone for another reason has neighbours again", async () => {
        await post(queue, { dataSet: "{}" });
        await failAlone();
        await queue.fail(await claimOne(queue), { code: "x", message: "x" }, 0);
        expect((await claimOne(queue)).job.alone).toBe(false);
      });
    });

    describe("a killed process", () => {
      test("its jobs are taken up from their last stage, and the try counts", async () => {
        const id = await post(queue);
        const claim = await claimOne(queue);
        await queue.gathered(claim, "{}");
        await killAndReopen();
        expect(await queue.get(id)).toMatchObject({ status: "queued", stage: "rendering", attempts: 1, alone: true });
        expect(the(await queue.attempts(id))).toMatchObject({ outcome: "crashed" });
        expect(await queue.dataSet(id)).toBe("{}");
      });

      test("its attempts can do nothing more", async () => {
        const id = await post(queue);
        const stale = await claimOne(queue);
        await killAndReopen();
        const current = await claimOne(queue);
        expect(await triesOfAll(queue, stale)).not.toContain(true);
        expect(await queue.get(id)).toMatchObject({ status: "running", attempts: 2 });
        expect(await finish(queue, current)).toBe(true);
      });

      test("what was in flight runs alone, one after the other, and then the rest together", async () => {
        await postFor(queue, "a", "b", "c", "d");
        await queue.claim({ gathering: 2 });
        await killAndReopen();
        for (let i = 0; i < 2; i += 1) {
          const claim = the(await queue.claim(EVERYTHING));
          expect(claim.job.alone).toBe(true);
          await finish(queue, claim);
        }
        expect(await queue.claim(EVERYTHING)).toHaveLength(2);
      });

      test("a job whose tries brought three processes down has failed, and the others go on", async () => {
        const poison = await post(queue);
        const other = await post(queue);
        for (let i = 0; i < 3; i += 1) {
          expect((await claimOne(queue)).job.id).toBe(poison);
          await killAndReopen();
        }
        expect(await queue.get(poison)).toMatchObject({ status: "failed", error: { code: "poisonous" } });
        expect((await claimOne(queue)).job.id).toBe(other);
      });

      test("a render that ran alone is not to blame for the death of this process, however often that dies", async () => {
        const id = await post(queue, { dataSet: "{}" });
        await claimOne(queue);
        await killAndReopen();
        for (let i = 0; i < 10; i += 1) {
          expect((await claimOne(queue)).job).toMatchObject({ id, alone: true, attempts: 2 });
          await killAndReopen();
        }
        expect(await queue.get(id)).toMatchObject({ status: "queued", attempts: 1, alone: true });
      });

      test("a job that brings down what runs it three times has failed as poisonous, with the last reason", async () => {
        const id = await post(queue, { dataSet: "{}" });
        for (let i = 0; i < 3; i += 1)
          await queue.fail(await claimOne(queue), { code: "render_crashed", message: "exit code 9" }, 0, {
            crashed: true,
          });
        expect(await queue.get(id)).toMatchObject({
          status: "failed",
          error: { code: "poisonous", message: expect.stringContaining("exit code 9") },
        });
      });

      test("the path written down before a delivery is found again", async () => {
        const id = await post(queue, { dataSet: "{}" });
        const claim = await claimOne(queue);
        await queue.rendered(claim, aReport(id));
        await queue.delivering(claim, "folder", "NSW/Manly/a.pdf");
        await killAndReopen();
        expect(await queue.deliveryPath(id, "folder")).toBe("NSW/Manly/a.pdf");
      });

      test("a cancel it had not got round to is done", async () => {
        const id = await post(queue);
        await claimOne(queue);
        await queue.cancel(id);
        await killAndReopen();
        expect(await statusOf(id)).toBe("cancelled");
      });
    });

    describe("closing", () => {
      test("what is still held is put back, and its try does not count", async () => {
        const id = await post(queue);
        await claimOne(queue);
        await queue.close();
        queue = await open();
        expect(await queue.get(id)).toMatchObject({ status: "queued", attempts: 0, alone: false });
      });

      test("what was asked for before is still done; what comes after is refused", async () => {
        const before = post(queue);
        await queue.close();
        expect(await before).toBeString();
        await expect(post(queue)).rejects.toMatchObject({ code: "queue_closed" });
        queue = await open();
        expect((await queue.counts()).queued).toBe(1);
      });
    });

    describe("cancel and retry", () => {
      test("a queued or waiting job is cancelled at once", async () => {
        const [queued, waiting] = await postFor(queue, "a", "b");
        const claims = await queue.claim({ gathering: 2 });
        await queue.release(claims[0] as Claim);
        await queue.fail(claims[1] as Claim, { code: "x", message: "x" }, HOUR);
        for (const id of [queued, waiting])
          expect(await queue.cancel(id ?? "")).toMatchObject({
            status: "cancelled",
            endedAt: "2026-07-01T09:00:00.000Z",
            runAt: null,
          });
        clock.advance(HOUR);
        expect(await queue.claim(EVERYTHING)).toEqual([]);
      });

      test("a running job is asked to end, keeps nothing more, and is cancelled when it does", async () => {
        const id = await post(queue);
        const claim = await claimOne(queue);
        expect(await queue.cancel(id)).toMatchObject({ status: "running", cancelRequested: true });
        expect(await queue.gathered(claim, "{}")).toBe(false);
        expect(await queue.rendered(claim, aReport(id))).toBe(false);
        expect(await queue.delivering(claim, "folder", "a.pdf")).toBe(false);
        expect(await queue.cancelled(claim)).toBe(true);
        expect(await queue.get(id)).toMatchObject({ status: "cancelled", cancelRequested: false });
        expect(the(await queue.attempts(id)).outcome).toBe("cancelled");
      });

      test("a cancelled job is not tried again, nor put back", async () => {
        const ids = await postFor(queue, "a", "b");
        const [first, second] = await queue.claim({ gathering: 2 });
        for (const id of ids) await queue.cancel(id);
        expect(await queue.fail(first as Claim, { code: "x", message: "x" }, 0)).toBe(true);
        expect(await queue.release(second as Claim)).toBe(true);
        expect(await Promise.all(ids.map(statusOf))).toEqual(["cancelled", "cancelled"]);
      });

      test("a cancel after the delivery comes too late", async () => {
        const id = await post(queue, { dataSet: "{}" });
        const claim = await claimOne(queue);
        await queue.rendered(claim, aReport(id));
        await queue.cancel(id);
        expect(await queue.complete(claim, { to: "/out/a.pdf", url: null })).toBe(true);
        expect(await queue.get(id)).toMatchObject({ status: "completed", cancelRequested: false });
      });

      test("only a job that somebody cancelled can be ended as cancelled", async () => {
        const id = await post(queue);
        expect(await queue.cancelled(await claimOne(queue))).toBe(false);
        expect(await statusOf(id)).toBe("running");
      });

      test("ended jobs stay as they are", async () => {
        const id = await post(queue);
        await finish(queue, await claimOne(queue));
        const ended = await queue.get(id);
        expect(await queue.cancel(id)).toEqual(ended);
        expect(await queue.retry(id)).toEqual(ended);
      });

      test("a failed job tried again has all its tries, and goes on from its last stage", async () => {
        const id = await post(queue);
        const claim = await claimOne(queue);
        await queue.gathered(claim, "{}");
        await queue.fail(claim, { code: "x", message: "x" }, null);
        expect(await queue.retry(id)).toMatchObject({
          status: "queued",
          stage: "rendering",
          attempts: 0,
          error: null,
          endedAt: null,
        });
        const again = the(await queue.claim({ rendering: 1 }));
        expect(again.job.attempts).toBe(1);
        await finish(queue, again);
        expect((await queue.attempts(id)).map(({ number, outcome }) => [number, outcome])).toEqual([
          [1, "failed"],
          [2, "completed"],
        ]);
      });

      test("a cancelled job can be tried again", async () => {
        const id = await post(queue);
        await queue.cancel(id);
        expect(await queue.retry(id)).toMatchObject({ status: "queued", cancelRequested: false });
        expect((await claimOne(queue)).job.id).toBe(id);
      });

      test("a queued job stays as it is, and nobody's job is null", async () => {
        const id = await post(queue);
        expect(await queue.retry(id)).toEqual(await queue.get(id));
        expect(await queue.retry("nobody")).toBeNull();
        expect(await queue.cancel("nobody")).toBeNull();
        expect(await queue.get("nobody")).toBeNull();
        expect(await queue.attempts("nobody")).toEqual([]);
      });
    });

    describe("looking", () => {
      test("lists newest first, page by page, each job once", async () => {
        const posted: string[] = [];
        for (let i = 0; i < 25; i += 1) {
          posted.push(await post(queue));
          clock.advance(i % 3 === 0 ? 0 : 1_000);
        }
        const seen: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const page = await queue.list({ limit: 7, ...(cursor ? { cursor } : {}) });
          seen.push(...page.jobs.map(({ id }) => id));
          cursor = page.nextCursor;
        }
        expect(seen).toEqual(posted.toReversed());
      });

      test("filters by status, client, suburb, state and time", async () => {
        const [a, b] = await postFor(queue, "a", "b");
        await finish(queue, await claimOne(queue));
        clock.advance(HOUR);
        const late = await post(queue, { client: "b", suburb: "Hobart", state: "TAS" });
        const ids = async (filter: object) => (await queue.list({ limit: 10, ...filter })).jobs.map(({ id }) => id);
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
        const ids = await postFor(queue, "a", "b", "c", "d", "e", "f");
        const claims = await queue.claim({ gathering: 5 });
        await finish(queue, claims[0] as Claim);
        await queue.fail(claims[1] as Claim, { code: "x", message: "x" }, null);
        await queue.fail(claims[2] as Claim, { code: "x", message: "x" }, HOUR);
        await queue.cancel(ids[3] ?? "");
        await queue.cancelled(claims[3] as Claim);
        const statuses = ["completed", "failed", "waiting", "cancelled", "running", "queued"] as const;
        for (const [index, status] of statuses.entries())
          expect(the((await queue.list({ limit: 5, status })).jobs).id).toBe(ids[index] ?? "");
        expect(await queue.counts()).toEqual({
          queued: 1,
          running: 1,
          waiting: 1,
          completed: 1,
          failed: 1,
          cancelled: 1,
        });
      });

      test("a cursor that is none is refused", async () => {
        await expect(queue.list({ limit: 5, cursor: "nonsense" })).rejects.toMatchObject({ code: "bad_cursor" });
      });

      test("counts are right after a restart", async () => {
        await postFor(queue, "a", "b", "c");
        await finish(queue, await claimOne(queue));
        await queue.close();
        queue = await open();
        expect(await queue.counts()).toMatchObject({ queued: 2, completed: 1, running: 0 });
      });
    });

    describe("watching", () => {
      test("tells every change of status and stage, in order, once it is kept", async () => {
        const changes: JobChange[] = [];
        const stop = queue.subscribe((change) => changes.push(change));
        const id = await post(queue);
        const claim = await claimOne(queue);
        await queue.gathered(claim, "{}");
        await queue.cancel(id);
        await queue.cancelled(claim);
        stop();
        await queue.retry(id);
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
        const id = await post(queue);
        const claim = await claimOne(queue);
        await finish(queue, claim);
        const changes: JobChange[] = [];
        queue.subscribe((change) => changes.push(change));
        await finish(queue, claim);
        await queue.cancel(id);
        expect(changes).toEqual([]);
      });
    });

    describe("pruning", () => {
      test("removes what ended before the time, with all that belongs to it, and names the reports", async () => {
        const id = await post(queue, { dataSet: "{}" });
        const claim = await claimOne(queue);
        await queue.rendered(claim, aReport(id));
        await queue.delivering(claim, "folder", "a.pdf");
        await queue.complete(claim, { to: "/a", url: null });
        clock.advance(HOUR);
        const open = await post(queue);
        const recent = await post(queue);
        await queue.cancel(recent);
        const before = new Date(clock.now().getTime() - 1);
        expect(await queue.prune(before)).toEqual({ removed: 1, reports: [`reports/${id}.pdf`] });
        expect(await queue.get(id)).toBeNull();
        expect(await queue.attempts(id)).toEqual([]);
        expect(await queue.deliveryPath(id, "folder")).toBeNull();
        expect(await statusOf(open)).toBe("queued");
        expect(await statusOf(recent)).toBe("cancelled");
        expect(await queue.counts()).toMatchObject({ completed: 0, cancelled: 1, queued: 1 });
        expect(await queue.prune(before)).toEqual({ removed: 0, reports: [] });
      });

      test("removes a thousand at most", async () => {
        const jobs = await queue.submit(Array.from({ length: 1_100 }, () => newJob()));
        await Promise.all(jobs.map(({ job }) => queue.cancel(job.id)));
        clock.advance(1);
        expect((await queue.prune(clock.now())).removed).toBe(1_000);
        expect((await queue.prune(clock.now())).removed).toBe(100);
      });

      test("a key whose job was pruned makes a new one", async () => {
        const idempotency = { key: "k", fingerprint: "f", item: 0 };
        const id = await post(queue, { idempotency });
        await queue.cancel(id);
        clock.advance(1);
        await queue.prune(clock.now());
        expect(await post(queue, { idempotency })).not.toBe(id);
      });
    });
  });
}

/** Everything an attempt can do; the answers. */
async function triesOfAll(queue: Queue, claim: Claim): Promise<readonly boolean[]> {
  const { id } = claim.job;
  return [
    await queue.gathered(claim, '{"stale":true}'),
    await queue.rendered(claim, aReport(id)),
    await queue.delivering(claim, "folder", "stale.pdf"),
    await queue.complete(claim, { to: "/stale", url: null }),
    await queue.fail(claim, { code: "stale", message: "stale" }, null),
    await queue.fail(claim, { code: "stale", message: "stale" }, 0),
    await queue.cancelled(claim),
    await queue.release(claim),
  ];
}
