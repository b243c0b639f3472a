import { describe, expect, test } from "bun:test";
import { RELEASE_REASONS } from "../../../src/queue/job.ts";
import { aReport, claimOne, finish, newJob, post, postFor, the } from "../builders.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const FAILURE = { code: "x", message: "x" };

/** Why things are as they are, and since when: what a person reads must be what happened. */
export function describeReasons(world: World): void {
  const actorsOf = async (id: string) =>
    (await world.queue.history(id)).map(({ to, by, actor }) => `${to.status} by ${actor ?? by}`);

  describe("reasons", () => {
    for (const reason of RELEASE_REASONS)
      test(`an attempt that was released because of "${reason}" says so, also after a restart`, async () => {
        const id = await post(world.queue);
        await world.queue.release(await claimOne(world.queue), reason);
        await world.reopen();
        expect(the(await world.queue.attempts(id))).toMatchObject({ outcome: "released", releaseReason: reason });
      });

    test("what is put back when the queue is closed was put back because the service stopped", async () => {
      const id = await post(world.queue);
      await claimOne(world.queue);
      await world.reopen();
      expect(the(await world.queue.attempts(id))).toMatchObject({ outcome: "released", releaseReason: "stopping" });
    });

    test("no other attempt has such a reason", async () => {
      const id = await post(world.queue);
      await world.queue.fail(await claimOne(world.queue), FAILURE, 0);
      await claimOne(world.queue);
      expect((await world.queue.attempts(id)).map(({ releaseReason }) => releaseReason)).toEqual([null, null]);
    });

    test("what was odd about a request is stored with its job", async () => {
      const warnings = ["an agency that the data does not know", 'ein Wort mit | und "Zeichen" 北'];
      const id = await post(world.queue, { warnings });
      await world.reopen();
      expect((await world.queue.get(id))?.warnings).toEqual(warnings);
      await finish(world.queue, await claimOne(world.queue));
      expect((await world.queue.list({ limit: 1 })).jobs[0]?.warnings).toEqual(warnings);
      expect((await world.queue.get(await post(world.queue)))?.warnings).toEqual([]);
    });
  });

  describe("the time that a job ran", () => {
    const ran = async (id: string) => (await world.queue.get(id))?.ranMs;

    test("is that of its attempts, without what lies between them", async () => {
      const id = await post(world.queue);
      world.clock.advance(MINUTE);
      const first = await claimOne(world.queue);
      world.clock.advance(1_000);
      await world.queue.fail(first, FAILURE, MINUTE);
      expect(await ran(id)).toBe(1_000);
      world.clock.advance(10 * MINUTE);
      const second = await claimOne(world.queue);
      world.clock.advance(250);
      await world.queue.release(second, "delivery_busy");
      world.clock.advance(DAY);
      const third = await claimOne(world.queue);
      expect(await ran(id)).toBe(1_250);
      world.clock.advance(500);
      await finish(world.queue, third);
      expect(await ran(id)).toBe(1_750);
    });

    test("begins again with a manual retry, a day later", async () => {
      const id = await post(world.queue);
      const first = await claimOne(world.queue);
      world.clock.advance(5_000);
      await world.queue.fail(first, FAILURE, null);
      world.clock.advance(DAY);
      await world.queue.retry(id);
      expect(await ran(id)).toBe(0);
      const second = await claimOne(world.queue);
      world.clock.advance(2_000);
      await finish(world.queue, second);
      expect(await ran(id)).toBe(2_000);
      const took = (await world.queue.statistics("hour")).flatMap(({ medianSeconds }) => medianSeconds ?? []);
      expect(took).toEqual([2]);
    });

    test("counts an attempt that was cancelled, and one that ended with its process", async () => {
      const [cancelled, killed] = await postFor(world.queue, "a", "b");
      const claims = await world.queue.claim({ gathering: 2 });
      world.clock.advance(3_000);
      await world.queue.cancel(cancelled ?? "");
      for (const claim of claims) await world.queue.cancelled(claim);
      expect(await ran(cancelled ?? "")).toBe(3_000);
      await world.killAndReopen();
      expect(await ran(killed ?? "")).toBe(3_000);
    });

    test("is in the callback, too", async () => {
      await post(world.queue, { callbackUrl: "https://example.com/notified" });
      const claim = await claimOne(world.queue);
      world.clock.advance(1_234);
      await finish(world.queue, claim);
      expect(the(await world.queue.callbacks.due(1)).job).toMatchObject({ status: "completed", ranMs: 1_234 });
    });
  });

  describe("who it was", () => {
    test("accepting, cancelling and retrying are recorded with who requested them, all else with the service", async () => {
      const id = await post(world.queue, { client: "make" });
      await world.queue.cancel(id, "office (dashboard)");
      await world.queue.retry(id, "anna | ben");
      await world.queue.fail(await claimOne(world.queue), FAILURE, null);
      await world.queue.retryAll({}, "ops");
      await finish(world.queue, await claimOne(world.queue));
      await world.reopen();
      expect(await actorsOf(id)).toEqual([
        "queued by make",
        "cancelled by office (dashboard)",
        "queued by anna | ben",
        "running by service",
        "failed by service",
        "queued by ops",
        "running by service",
        "running by service",
        "running by service",
        "completed by service",
      ]);
      expect((await world.queue.events(0, 2)).map(({ actor }) => actor)).toEqual(["make", "office (dashboard)"]);
    });

    test("a running job that is cancelled is recorded with the name of the canceller, also after a kill", async () => {
      const [running, killed] = await postFor(world.queue, "a", "b");
      const claims = await world.queue.claim({ gathering: 2 });
      await world.queue.cancel(running ?? "", "office");
      for (const claim of claims) await world.queue.cancelled(claim);
      expect((await actorsOf(running ?? "")).at(-1)).toBe("cancelled by office");
      await world.queue.cancel(killed ?? "", "night shift");
      await world.killAndReopen();
      expect((await actorsOf(killed ?? "")).at(-1)).toBe("cancelled by night shift");
    });

    test("an unsigned cancel has no name, even after a signed one", async () => {
      const id = await post(world.queue);
      await world.queue.cancel(id, "anna");
      await world.queue.retry(id);
      await world.queue.cancel(id);
      expect((await actorsOf(id)).slice(1)).toEqual(["cancelled by anna", "queued by service", "cancelled by service"]);
    });

    test("pausing and resuming are recorded with their names; what changes nothing is not", async () => {
      await world.queue.resume("nobody");
      await world.queue.pause("anna");
      world.clock.advance(MINUTE);
      await world.queue.pause("ben");
      await world.queue.resume("cleo (dashboard)");
      await world.queue.resume("dan");
      await world.reopen();
      expect(await world.queue.actions(10)).toEqual([
        { at: "2026-07-01T09:01:00.000Z", action: "resumed", actor: "cleo (dashboard)" },
        { at: "2026-07-01T09:00:00.000Z", action: "paused", actor: "anna" },
      ]);
      expect(await world.queue.actions(1)).toHaveLength(1);
    });
  });

  describe("callbacks that fail", () => {
    const attempted = (error: string | null) => ({
      startedAt: world.clock.now().toISOString(),
      durationMs: 3,
      httpStatus: 500,
      response: null,
      error,
    });
    const one = async () => {
      await post(world.queue, { callbackUrl: "https://example.com/notified" });
      await finish(world.queue, await claimOne(world.queue));
    };

    test("are counted among the pending from the first failed attempt until one is taken or given up", async () => {
      await one();
      expect(await world.queue.callbacks.counts()).toEqual({ pending: 1, failing: 0, failed: 0, oldestFailing: null });
      const since = world.clock.now().toISOString();
      const due = the(await world.queue.callbacks.due(1));
      for (const attempts of [1, 2]) {
        world.clock.advance(1_000);
        const againAt = new Date(world.clock.now().getTime() + MINUTE);
        await world.queue.callbacks.recordAttempt(due.id, attempted(`the receiver responded with 500, ${attempts}`), {
          againAt,
        });
        expect(await world.queue.callbacks.counts()).toEqual({
          pending: 1,
          failing: 1,
          failed: 0,
          oldestFailing: { since, attempts, error: `the receiver responded with 500, ${attempts}` },
        });
      }
      await world.reopen();
      expect(await world.queue.callbacks.counts()).toMatchObject({ pending: 1, failing: 1 });
      await world.queue.callbacks.recordAttempt(due.id, attempted(null), "delivered");
      expect(await world.queue.callbacks.counts()).toEqual({ pending: 0, failing: 0, failed: 0, oldestFailing: null });
    });

    test("given up, they fail no more; sent again, they are on the way", async () => {
      await one();
      const due = the(await world.queue.callbacks.due(1));
      const againAt = new Date(world.clock.now().getTime() + MINUTE);
      await world.queue.callbacks.recordAttempt(due.id, attempted("no"), { againAt });
      await world.queue.callbacks.recordAttempt(due.id, attempted("no"), "failed");
      expect(await world.queue.callbacks.counts()).toMatchObject({ pending: 0, failing: 0, failed: 1 });
      world.clock.advance(DAY);
      await world.queue.callbacks.resend(due.jobId);
      expect(await world.queue.callbacks.counts()).toMatchObject({ pending: 1, failing: 0, failed: 0 });
    });

    test("go with their job", async () => {
      await one();
      const due = the(await world.queue.callbacks.due(1));
      const againAt = new Date(world.clock.now().getTime() + MINUTE);
      await world.queue.callbacks.recordAttempt(due.id, attempted("no"), { againAt });
      world.clock.advance(1);
      await world.queue.prune(world.clock.now());
      const { failing } = await world.queue.callbacks.counts();
      // Where a pending callback outlives its job, it still fails.
      expect(failing).toBeLessThanOrEqual((await world.queue.callbacks.counts()).pending);
    });
  });

  describe("the order of the ends", () => {
    test("the latest end comes first, however long ago the job was accepted, page by page", async () => {
      const [a, b, c, open] = await postFor(world.queue, "a", "b", "c", "d");
      const claims = await world.queue.claim({ gathering: 3 });
      for (const id of [b, c, a]) {
        world.clock.advance(1_000);
        const claim = claims.find(({ job }) => job.id === id);
        if (claim === undefined) throw new Error("it was not claimed");
        await (id === c ? world.queue.fail(claim, FAILURE, null) : finish(world.queue, claim));
      }
      const ids = async (filter: object) =>
        (await world.queue.list({ order: "ended", limit: 10, ...filter })).jobs.map(({ id }) => id);
      expect(await ids({})).toEqual([a, c, b] as string[]);
      expect(await ids({ status: "completed" })).toEqual([a, b] as string[]);
      expect(await ids({ status: "failed" })).toEqual([c] as string[]);
      expect(await ids({ status: ["completed", "failed"], client: "b" })).toEqual([b] as string[]);
      expect(await ids({ search: open ?? "" })).toEqual([]);
      const first = await world.queue.list({ order: "ended", limit: 2 });
      const second = await world.queue.list({ order: "ended", limit: 2, cursor: first.nextCursor ?? "" });
      expect([...first.jobs, ...second.jobs].map(({ id }) => id)).toEqual([a, c, b] as string[]);
      expect(second.nextCursor).toBeNull();
      await world.queue.retry(c ?? "");
      expect(await ids({})).toEqual([a, b] as string[]);
    });

    test("a time of acceptance narrows it as it does the other order", async () => {
      const early = await post(world.queue);
      world.clock.advance(MINUTE);
      const between = world.clock.now().toISOString();
      const late = await post(world.queue);
      for (const _ of [early, late]) await finish(world.queue, await claimOne(world.queue));
      const ids = async (filter: object) =>
        (await world.queue.list({ order: "ended", limit: 10, ...filter })).jobs.map(({ id }) => id);
      expect(await ids({ createdAfter: between })).toEqual([late]);
      expect(await ids({ createdBefore: between })).toEqual([early]);
    });
  });

  describe("a piece of an id", () => {
    test("finds its job by any beginning and any end, of any length, and of any age", async () => {
      const ids = await postFor(world.queue, ..."abcdefghij");
      const id = ids[3] ?? "";
      for (const length of [4, 5, 8, 12, 13, 20, 35, 36])
        expect((await world.queue.find(id.slice(-length), { limit: 50 })).map((job) => job.id)).toContain(id);
      for (const length of [1, 8, 18, 30, 36])
        expect((await world.queue.find(id.slice(0, length), { limit: 50 })).map((job) => job.id)).toContain(id);
      expect(the(await world.queue.find(id.slice(-8), { limit: 50 })).id).toBe(id);
      expect(the(await world.queue.find(id.slice(-8), { limit: 50, client: "d" })).id).toBe(id);
      expect(await world.queue.find(id.slice(-8), { limit: 50, client: "e" })).toEqual([]);
      expect(await world.queue.find("zzzz", { limit: 50 })).toEqual([]);
      expect(await world.queue.find(`${id}0`, { limit: 50 })).toEqual([]);
      const all = await world.queue.find(id.slice(0, 4), { limit: 4 });
      expect(all.map((job) => job.id)).toEqual(ids.toReversed().slice(0, 4));
    });

    test("is found by the search, too, as the names of delivered files have it", async () => {
      const ids = await postFor(world.queue, ..."abcdef");
      const search = async (words: string) =>
        (await world.queue.list({ limit: 50, search: words })).jobs.map((job) => job.id);
      const id = ids[2] ?? "";
      expect(await search(id.slice(-8))).toEqual([id]);
      expect(await search(id.slice(-12).toUpperCase())).toEqual([id]);
      expect(await search(`manly ${id.slice(-8)}`)).toEqual([id]);
      expect(await search(`hobart ${id.slice(-8)}`)).toEqual([]);
      expect(await search(id.slice(-5))).toContain(id);
      expect((await world.queue.list({ limit: 5, search: id.slice(-8), status: "failed" })).jobs).toEqual([]);
    });

    test("is searched for among more jobs than are examined in one go", async () => {
      await world.reopen(20_000);
      const first = await post(world.queue);
      // In small parts: a Redis on a busy machine is given five seconds for each.
      for (let batch = 0; batch < 55; batch += 1)
        await world.queue.submit(Array.from({ length: 200 }, () => newJob({ dataSet: null })));
      expect(the(await world.queue.find(first.slice(-9), { limit: 5 })).id).toBe(first);
    }, 240_000);
  });

  test("a report that was rendered is known from then on, whatever its delivery does", async () => {
    const id = await post(world.queue, { dataSet: "{}" });
    const claim = await claimOne(world.queue);
    await world.queue.rendered(claim, aReport(id));
    expect((await world.queue.get(id))?.report).toEqual(aReport(id));
    await world.queue.fail(claim, FAILURE, MINUTE);
    expect((await world.queue.get(id))?.report).toEqual(aReport(id));
    world.clock.advance(MINUTE);
    await world.queue.fail(await claimOne(world.queue), FAILURE, null);
    expect((await world.queue.get(id))?.report).toEqual(aReport(id));
  });
}
