import { describe, expect, test } from "bun:test";
import type { Claim } from "../../../src/queue/job.ts";
import type { Queue } from "../../../src/queue/queue.ts";
import { aReport, claimOne, dataSetOf, EVERYTHING, finish, post, postFor, renderOne, the } from "../builders.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;

/** How attempts continue and end, and what becomes of them when the process does. */
export function describeAttempts(world: World): void {
  describe("the stages", () => {
    test("each is stored before the next, and the job ends with all it has reached", async () => {
      const id = await post(world.queue);
      const claim = await claimOne(world.queue);
      expect(await world.queue.gathered(claim, '{"sales":[]}')).toBe(true);
      expect(await world.queue.get(id)).toMatchObject({ status: "running", stage: "rendering" });
      expect(await dataSetOf(world.queue, id)).toBe('{"sales":[]}');
      expect(await world.queue.rendered(claim, aReport(id))).toBe(true);
      expect(await world.queue.get(id)).toMatchObject({ stage: "delivering", report: aReport(id) });
      expect(await world.queue.delivering(claim, "folder", "NSW/Manly/a.pdf")).toBe(true);
      const announced = { kind: "agents", target: "folder", path: "NSW/Manly/a.pdf" };
      expect(await world.queue.deliveries(id)).toEqual([
        { ...announced, delivered: null, deliveredAt: null, inFlightSince: "2026-07-01T09:00:00.000Z" },
      ]);
      expect(await world.queue.delivered(claim, "folder", { to: "/out/a.pdf", url: null })).toBe(true);
      expect(await world.queue.deliveries(id)).toEqual([
        {
          ...announced,
          delivered: { to: "/out/a.pdf", url: null },
          deliveredAt: "2026-07-01T09:00:00.000Z",
          inFlightSince: null,
        },
      ]);
      world.clock.advance(MINUTE);
      expect(await world.queue.complete(claim, { to: "/out/a.pdf", url: "https://example.com/a" })).toBe(true);
      expect(await world.queue.get(id)).toMatchObject({
        status: "completed",
        error: null,
        delivered: { to: "/out/a.pdf", url: "https://example.com/a" },
        endedAt: "2026-07-01T09:01:00.000Z",
      });
      expect(the(await world.queue.attempts(id))).toMatchObject({ number: 1, outcome: "completed", error: null });
    });

    test("the data set is gone once the job is completed", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      await finish(world.queue, await claimOne(world.queue));
      expect(await dataSetOf(world.queue, id)).toBeNull();
    });

    test("the data set of a failed job is there for a retry", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      await world.queue.fail(await claimOne(world.queue), { code: "x", message: "x" }, null);
      expect(await dataSetOf(world.queue, id)).toBe("{}");
    });

    test("a job whose PDF is gone is rendered again from its data set, and the attempt does not count", async () => {
      const id = await post(world.queue, { dataSet: '{"stored":true}' });
      const first = await claimOne(world.queue);
      await world.queue.rendered(first, aReport(id));
      await world.queue.release(first, "delivery_busy");
      expect(await world.queue.renderAgain(first)).toBe(false);
      const claim = the(await world.queue.claim({ delivering: 1 }));
      expect(await world.queue.renderAgain(claim)).toBe(true);
      expect(await world.queue.get(id)).toMatchObject({ status: "queued", stage: "rendering", attempts: 0 });
      expect(await world.queue.claim({ delivering: 1 })).toEqual([]);
      const again = the(await world.queue.claim({ rendering: 1 }));
      // Else nothing would be rendered, and the PDF be gone for ever, again and again.
      expect(again.job.documents).toEqual([]);
      expect(await dataSetOf(world.queue, id)).toBe('{"stored":true}');
      await finish(world.queue, again);
      expect((await world.queue.attempts(id)).map(({ releaseReason }) => releaseReason)).toEqual([
        "delivery_busy",
        "report_gone",
        null,
      ]);
      expect((await world.queue.history(id)).map(({ to }) => `${to.status} ${to.stage}`)).toContain("queued rendering");
    });

    test("it is not where it was cancelled", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      const claim = await claimOne(world.queue);
      await world.queue.rendered(claim, aReport(id));
      await world.queue.cancel(id);
      expect(await world.queue.renderAgain(claim)).toBe(false);
      expect(await world.queue.cancelled(claim)).toBe(true);
    });

    test("an ended attempt can do nothing more", async () => {
      const id = await post(world.queue);
      const claim = await claimOne(world.queue);
      await finish(world.queue, claim);
      const before = await world.queue.get(id);
      expect(await attemptsOfAll(world.queue, claim)).toEqual(Array(10).fill(false));
      expect(await world.queue.get(id)).toEqual(before);
    });

    test("an attempt that was replaced can do nothing to the one that replaced it", async () => {
      const id = await post(world.queue);
      const stale = await claimOne(world.queue);
      await world.queue.release(stale, "stopping");
      const current = await claimOne(world.queue);
      expect(current.token).not.toBe(stale.token);
      expect(await attemptsOfAll(world.queue, stale)).toEqual(Array(10).fill(false));
      expect(await world.queue.get(id)).toMatchObject({ status: "running", stage: "gathering", attempts: 1 });
      expect(await finish(world.queue, current)).toBe(true);
    });
  });

  describe("attempts", () => {
    test("a job that is to be retried waits its time, and knows why", async () => {
      const id = await post(world.queue);
      await world.queue.fail(await claimOne(world.queue), { code: "timeout", message: "no response" }, 2 * MINUTE);
      expect(await world.queue.get(id)).toMatchObject({
        status: "waiting",
        error: { code: "timeout", message: "no response" },
        runAt: "2026-07-01T09:02:00.000Z",
      });
      world.clock.advance(2 * MINUTE - 1);
      expect(await world.queue.claim(EVERYTHING)).toEqual([]);
      world.clock.advance(1);
      expect(the(await world.queue.claim(EVERYTHING)).job).toMatchObject({ id, attempts: 2, runAt: null });
    });

    test("resumes from the last stage that was stored", async () => {
      const id = await post(world.queue);
      const claim = await claimOne(world.queue);
      await world.queue.gathered(claim, "{}");
      await world.queue.rendered(claim, aReport(id));
      await world.queue.fail(claim, { code: "x", message: "x" }, 0);
      expect(the(await world.queue.claim({ delivering: 1 })).job).toMatchObject({
        id,
        stage: "delivering",
        report: aReport(id),
      });
    });

    test("a job that is not retried has failed", async () => {
      const id = await post(world.queue);
      await world.queue.fail(await claimOne(world.queue), { code: "no_data", message: "no data for Manly" }, null);
      expect(await world.queue.get(id)).toMatchObject({
        status: "failed",
        error: { code: "no_data", message: "no data for Manly" },
      });
      expect(the(await world.queue.attempts(id))).toMatchObject({ outcome: "failed", error: { code: "no_data" } });
      expect(await world.queue.claim(EVERYTHING)).toEqual([]);
    });

    test("a released attempt does not count, and the job is the next again", async () => {
      const [first] = await postFor(world.queue, "a", "a");
      await world.queue.release(await claimOne(world.queue), "stopping");
      const claim = await claimOne(world.queue);
      expect(claim.job).toMatchObject({ id: first, attempts: 1 });
      expect((await world.queue.attempts(claim.job.id)).map(({ number, outcome }) => [number, outcome])).toEqual([
        [1, "released"],
        [2, null],
      ]);
    });
  });

  describe("a killed process", () => {
    test("its jobs are taken up from their last stage", async () => {
      const id = await post(world.queue);
      const claim = await claimOne(world.queue);
      await world.queue.gathered(claim, "{}");
      await world.killAndReopen();
      expect(await world.queue.get(id)).toMatchObject({ status: "queued", stage: "rendering" });
      expect(the(await world.queue.attempts(id))).toMatchObject({ outcome: "crashed" });
      expect(await dataSetOf(world.queue, id)).toBe("{}");
    });

    test("a job that was being rendered is under suspicion, and its attempt counts", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      await renderOne(world.queue);
      await world.killAndReopen();
      expect(await world.queue.get(id)).toMatchObject({
        status: "queued",
        attempts: 1,
        isolated: true,
        error: { code: "crashed" },
      });
    });

    const notBlamed: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
      "was being gathered": () => claimOne(world.queue),
      "was gathered, and waited for a render slot": async () => world.queue.gathered(await claimOne(world.queue), "{}"),
      "was rendered, and being delivered": async (id) => {
        const claim = await claimOne(world.queue);
        await world.queue.gathered(claim, "{}");
        await world.queue.rendering(claim);
        await world.queue.rendered(claim, aReport(id));
      },
    };
    for (const [what, reach] of Object.entries(notBlamed))
      test(`a job that ${what} is to blame for nothing, however often the process dies`, async () => {
        const id = await post(world.queue);
        await reach(id);
        for (let kill = 1; kill <= 4; kill += 1) {
          await world.killAndReopen();
          expect(await world.queue.get(id)).toMatchObject({
            status: "queued",
            attempts: 0,
            isolated: false,
            error: null,
          });
          expect((await claimOne(world.queue)).job).toMatchObject({ id, attempts: 1, isolated: false });
        }
      });

    test("a render that a stale attempt, or of a cancelled job, would begin is not begun", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      const stale = await claimOne(world.queue);
      await world.queue.release(stale, "stopping");
      expect(await world.queue.rendering(stale)).toBe(false);
      const claim = await claimOne(world.queue);
      await world.queue.cancel(id);
      expect(await world.queue.rendering(claim)).toBe(false);
    });

    test("what was recovered is reported: what it was, whether it was being rendered, and who is blamed", async () => {
      const [rendered, waiting, unwanted] = [
        await post(world.queue, { dataSet: "{}" }),
        await post(world.queue, { client: "b" }),
        await post(world.queue, { client: "c" }),
      ];
      await renderOne(world.queue);
      await world.queue.claim({ gathering: 2 });
      await world.queue.cancel(unwanted);
      await world.killAndReopen();
      const notified = world.recovered.map(({ job, rendering, blamed }) => [job.id, job.status, rendering, blamed]);
      const reasons = [rendered, waiting, unwanted].map(async (id) => (await world.queue.attempts(id)).at(-1)?.error);
      expect(await Promise.all(reasons)).toEqual([
        { code: "crashed", message: "the process ended while it rendered this report" },
        ...new Array(2).fill({ code: "crashed", message: expect.stringContaining("the attempt does not count") }),
      ]);
      expect(notified.toSorted()).toEqual(
        [
          [rendered, "queued", true, true],
          [waiting, "queued", false, false],
          [unwanted, "cancelled", false, false],
        ].toSorted(),
      );
      await world.reopen();
      expect(world.recovered).toHaveLength(3);
    });

    test("its attempts can do nothing more", async () => {
      const id = await post(world.queue);
      const stale = await claimOne(world.queue);
      await world.killAndReopen();
      const current = await claimOne(world.queue);
      expect(await attemptsOfAll(world.queue, stale)).not.toContain(true);
      expect(await world.queue.get(id)).toMatchObject({ status: "running", attempts: 1 });
      expect(await finish(world.queue, current)).toBe(true);
    });

    test("a job whose renders brought three processes down has failed, and the others continue", async () => {
      const poison = await post(world.queue, { dataSet: "{}" });
      const other = await post(world.queue, { dataSet: "{}" });
      for (let i = 0; i < 3; i += 1) {
        const claim = await renderOne(world.queue);
        expect(claim.job.id).toBe(poison);
        await world.killAndReopen();
        // A statement that it was no crash lets it be rendered beside the others again.
        if (i < 2) await world.queue.fail(await claimOne(world.queue), { code: "x", message: "x" }, 0);
      }
      expect(await world.queue.get(poison)).toMatchObject({ status: "failed", error: { code: "poisonous" } });
      expect((await claimOne(world.queue)).job.id).toBe(other);
    });

    test("an isolated render is not to blame for the death of this process, however often that dies", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      await renderOne(world.queue);
      await world.killAndReopen();
      for (let i = 0; i < 10; i += 1) {
        expect((await renderOne(world.queue)).job).toMatchObject({ id, isolated: true, attempts: 2 });
        await world.killAndReopen();
      }
      expect(await world.queue.get(id)).toMatchObject({ status: "queued", attempts: 1, isolated: true });
    });

    test("a job that brings down what runs it three times has failed as poisonous, with the last reason", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      for (let i = 0; i < 3; i += 1)
        await world.queue.fail(await claimOne(world.queue), { code: "render_crashed", message: "exit code 9" }, 0, {
          crashed: true,
        });
      expect(await world.queue.get(id)).toMatchObject({
        status: "failed",
        error: { code: "poisonous", message: expect.stringContaining("exit code 9") },
      });
    });

    test("the path recorded before a delivery is found again", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      const claim = await claimOne(world.queue);
      await world.queue.rendered(claim, aReport(id));
      await world.queue.delivering(claim, "folder", "NSW/Manly/a.pdf");
      await world.killAndReopen();
      expect(await world.queue.deliveries(id)).toMatchObject([{ path: "NSW/Manly/a.pdf", delivered: null }]);
    });

    test("each target's delivery is stored for itself, over a kill, and only by the lease holder", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      const claim = await claimOne(world.queue);
      await world.queue.rendered(claim, aReport(id));
      for (const target of ["folder", "dropbox"]) await world.queue.delivering(claim, target, "a.pdf");
      await world.queue.delivered(claim, "dropbox", { to: "/a.pdf", url: "https://example.com/a" });
      await world.killAndReopen();
      expect(await world.queue.delivered(claim, "folder", { to: "/late.pdf", url: null })).toBe(false);
      const retained = new Map((await world.queue.deliveries(id)).map(({ target, delivered }) => [target, delivered]));
      expect(retained.get("dropbox")).toEqual({ to: "/a.pdf", url: "https://example.com/a" });
      expect(retained.get("folder")).toBeNull();
    });

    test("an attempt that could not have succeeded waits and does not count", async () => {
      const id = await post(world.queue, { dataSet: "{}" });
      for (let time = 1; time <= 4; time += 1) {
        const claim = await claimOne(world.queue);
        expect(claim.job.attempts).toBe(1);
        expect(await world.queue.fail(claim, { code: "x", message: "x" }, MINUTE, { uncounted: true })).toBe(true);
        expect(await world.queue.get(id)).toMatchObject({ status: "waiting", attempts: 0 });
        world.clock.advance(MINUTE);
      }
    });

    test("a cancel it had not got round to is done", async () => {
      const id = await post(world.queue);
      await claimOne(world.queue);
      await world.queue.cancel(id);
      await world.killAndReopen();
      expect(await world.statusOf(id)).toBe("cancelled");
    });
  });

  describe("closing", () => {
    test("a job that is still leased is released, and its attempt does not count", async () => {
      const id = await post(world.queue);
      await claimOne(world.queue);
      await world.reopen();
      expect(await world.queue.get(id)).toMatchObject({ status: "queued", attempts: 0, isolated: false });
    });

    test("what was requested before is still done; what comes after is refused", async () => {
      const before = post(world.queue);
      await world.queue.close();
      expect(await before).toBeString();
      await expect(post(world.queue)).rejects.toMatchObject({ code: "queue_closed" });
      await world.reopen();
      expect((await world.queue.counts()).queued).toBe(1);
    });
  });
}

/** Everything an attempt can do; the results. */
async function attemptsOfAll(queue: Queue, claim: Claim): Promise<readonly boolean[]> {
  const { id } = claim.job;
  return [
    await queue.gathered(claim, '{"stale":true}'),
    await queue.rendered(claim, aReport(id)),
    await queue.delivering(claim, "folder", "stale.pdf"),
    await queue.withdrawn(claim, "folder"),
    await queue.renderAgain(claim),
    await queue.complete(claim, { to: "/stale", url: null }),
    await queue.fail(claim, { code: "stale", message: "stale" }, null),
    await queue.fail(claim, { code: "stale", message: "stale" }, 0),
    await queue.cancelled(claim),
    await queue.release(claim, "stopping"),
  ];
}
