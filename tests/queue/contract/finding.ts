import { describe, expect, test } from "bun:test";
import type { Claim } from "../../../src/queue/job.ts";
import type { JobSelection } from "../../../src/queue/queue.ts";
import { claimOne, finish, newJob, post, postFor } from "../builders.ts";
import type { World } from "./world.ts";

const HOUR = 3_600_000;

/** Which jobs a selection means, to list and to retry many. */
export function describeFinding(world: World): void {
  const ids = async (selection: JobSelection) =>
    (await world.queue.list({ limit: 50, ...selection })).jobs.map(({ id }) => id);

  describe("finding", () => {
    test("several statuses are any of them, in one order, page by page", async () => {
      const [done, failed, waiting, queued] = await postFor(world.queue, "a", "b", "c", "d");
      const claims = await world.queue.claim({ gathering: 3 });
      await finish(world.queue, claims[0] as Claim);
      await world.queue.fail(claims[1] as Claim, { code: "x", message: "x" }, null);
      await world.queue.fail(claims[2] as Claim, { code: "x", message: "x" }, HOUR);
      expect(await ids({ status: ["failed", "waiting"] })).toEqual([waiting ?? "", failed ?? ""]);
      expect(await ids({ status: ["completed", "queued"] })).toEqual([queued ?? "", done ?? ""]);
      expect(await ids({ status: [] })).toEqual([]);
      const every = ["queued", "running", "waiting", "completed", "failed", "cancelled"] as const;
      expect(await ids({ status: every })).toEqual([queued, waiting, failed, done] as string[]);
      const first = await world.queue.list({ status: ["failed", "waiting", "queued"], limit: 2 });
      const cursor = first.nextCursor ?? "";
      const second = await world.queue.list({ status: ["failed", "waiting", "queued"], limit: 2, cursor });
      expect([...first.jobs, ...second.jobs].map(({ id }) => id)).toEqual([queued, waiting, failed] as string[]);
    });

    test("a list has the metadata of each request, and not the rest of it", async () => {
      const request = JSON.stringify({
        suburb: "Manly",
        metadata: { deal: [7, null] },
        branding: { logo: "x".repeat(600_000) },
      });
      const ids = [await post(world.queue, { request }), await post(world.queue), await post(world.queue, { request })];
      const { jobs } = await world.queue.list({ limit: 50 });
      expect(jobs.map(({ id }) => id)).toEqual(ids.toReversed());
      const metadata = { deal: [7, null] };
      expect(jobs.map((job) => JSON.parse(job.request))).toEqual([{ metadata }, { metadata: null }, { metadata }]);
    });

    test("a search finds ids, suburbs, states, postcodes and clients by their beginnings", async () => {
      const manly = await post(world.queue, { suburb: "Manly", client: "make" });
      const vale = await post(world.queue, { suburb: "Manly Vale", postcode: "2093", client: "agency-north" });
      const hobart = await post(world.queue, { suburb: "Hobart", state: "TAS", postcode: "7000", client: "make" });
      expect(await ids({ search: "manly" })).toEqual([vale, manly]);
      expect(await ids({ search: "MANLY v" })).toEqual([vale]);
      expect(await ids({ search: "vale" })).toEqual([vale]);
      expect(await ids({ search: "anly" })).toEqual([]);
      expect(await ids({ search: "tas" })).toEqual([hobart]);
      expect(await ids({ search: "manly nsw 2093" })).toEqual([vale]);
      expect(await ids({ search: "make" })).toEqual([hobart, manly]);
      expect(await ids({ search: "north" })).toEqual([vale]);
      expect(await ids({ search: "make hobart" })).toEqual([hobart]);
      expect(await ids({ search: "  " })).toEqual([hobart, vale, manly]);
    });

    test("a job is found by its id, and by the beginning of it", async () => {
      const [id] = await postFor(world.queue, "a", "b");
      expect(await ids({ search: id ?? "" })).toEqual([id ?? ""]);
      expect(await ids({ search: id?.toUpperCase() ?? "" })).toEqual([id ?? ""]);
      expect(await ids({ search: id?.slice(0, 8) ?? "" })).toContain(id ?? "");
      expect(await ids({ search: id ?? "", status: "failed" })).toEqual([]);
      expect(await ids({ search: "00000000-0000" })).toEqual([]);
    });

    test("the signs of a pattern are letters like any other", async () => {
      const odd = await post(world.queue, { client: "100%_a\\b" });
      await post(world.queue, { client: "100x-a-b" });
      for (const search of ["100%", "%_a", "a\\b"]) expect(await ids({ search })).toEqual([odd]);
      expect(await ids({ search: "%" })).toEqual([odd]);
      expect(await ids({ search: "'; DROP TABLE jobs; --" })).toEqual([]);
    });
  });

  describe("trying many again", () => {
    const failAll = async () => {
      for (const claim of await world.queue.claim({ gathering: 1_000 }))
        await world.queue.fail(claim, { code: "x", message: "x" }, null);
    };

    test("every failed job of a filter is queued again, once, and no other", async () => {
      await world.queue.submit(Array.from({ length: 230 }, () => newJob()));
      const hobart = await post(world.queue, { suburb: "Hobart" });
      await failAll();
      const cancelled = await post(world.queue);
      await world.queue.cancel(cancelled);
      expect(await world.queue.retryAll({ suburb: "Manly" })).toBe(230);
      expect(await world.queue.counts()).toMatchObject({ queued: 230, failed: 1, cancelled: 1 });
      expect(await world.statusOf(hobart)).toBe("failed");
      expect(await world.queue.retryAll({ suburb: "Manly" })).toBe(0);
      expect(await world.queue.retryAll({})).toBe(1);
      expect(await world.queue.get(hobart)).toMatchObject({ status: "queued", attempts: 0, error: null });
    });

    test("other statuses are retried where they are named, and jobs that are not at their end stay", async () => {
      const cancelled = await post(world.queue);
      await world.queue.cancel(cancelled);
      const done = await post(world.queue);
      await finish(world.queue, await claimOne(world.queue));
      expect(await world.queue.retryAll({ status: ["cancelled", "completed"] })).toBe(1);
      expect(await world.statusOf(cancelled)).toBe("queued");
      expect(await world.statusOf(done)).toBe("completed");
    });

    test("the oldest goes first, and they are claimed like any other", async () => {
      const posted: string[] = [];
      for (let at = 0; at < 5; at++) {
        posted.push(await post(world.queue));
        world.clock.advance(1_000);
      }
      await failAll();
      await world.queue.retryAll({});
      const claims = await world.queue.claim({ gathering: 5 });
      expect(claims.map(({ job }) => job.id)).toEqual(posted);
    });
  });
}
