import { describe, expect, test } from "bun:test";
import type { Failure } from "../../../src/failure.ts";
import { claimOne, dataSetOf, finish, newJob, post, postFor, the } from "../builders.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What a backend promises to a client that posts. */
export function describeAccepting(world: World): void {
  describe("accepting", () => {
    test("a job is there, as it was requested, once it is accepted", async () => {
      const id = await post(world.queue, { client: "agency", priority: 7, suburb: "Byron Bay", postcode: null });
      expect(await world.queue.get(id)).toEqual({
        id,
        client: "agency",
        status: "queued",
        stage: "gathering",
        priority: 7,
        suburb: "Byron Bay",
        state: "NSW",
        postcode: null,
        request: '{"metadata":null}',
        attempts: 0,
        error: null,
        report: null,
        delivered: null,
        documents: [],
        createdAt: "2026-07-01T09:00:00.000Z",
        startedAt: null,
        endedAt: null,
        attemptStartedAt: null,
        ranMs: 0,
        warnings: [],
        runAt: null,
        waitsFor: [],
        cancelRequested: false,
        draft: false,
        isolated: false,
      });
    });

    test("of its request callers are given only the metadata, the renderer all of it", async () => {
      const metadata = { deal: [7, null], note: "Søren" };
      const request = JSON.stringify({ suburb: "Manly", metadata, branding: { logo: "x".repeat(600_000) } });
      const { job } = the(await world.queue.submit([newJob({ request })]));
      const light = JSON.stringify({ metadata });
      expect((await world.queue.get(job.id))?.request).toBe(light);
      expect(await world.queue.request(job.id)).toBe(request);
      expect(await world.queue.request("nobody")).toBeNull();
      expect((await claimOne(world.queue)).job.request).toBe(request);
      expect((await world.queue.cancel(job.id))?.request).toBe(light);
    });

    test("what a request contains beside its locality is shown with its job, in lists and in its callback", async () => {
      const requested = { property_types: ["House", "Semi"], min_bedrooms: 0, include_surrounding_suburbs: true };
      const said = { suburb: "Manly", postcode: "2095", ...requested, region: 'North "Shore"', edition: "brief" };
      const secret = { callback_url: "https://hooks.example/secret", branding: { logo: "x".repeat(600_000) } };
      const request = JSON.stringify({ ...said, ...secret, max_bedrooms: null });
      const { job } = the(await world.queue.submit([newJob({ request, callbackUrl: secret.callback_url })]));
      const shown = { metadata: null, ...requested, region: 'North "Shore"', edition: "brief" };
      expect(JSON.parse((await world.queue.get(job.id))?.request ?? "")).toEqual(shown);
      const listed = (await world.queue.list({ limit: 1 })).jobs.map((each) => JSON.parse(each.request) as unknown);
      expect(listed).toEqual([shown]);
      await world.queue.cancel(job.id);
      const [callback] = await world.queue.callbacks.of(job.id);
      expect(JSON.parse(callback?.job.request ?? "")).toEqual(shown);
    });

    test("a job that brings its data set begins at rendering", async () => {
      const id = await post(world.queue, { dataSet: '{"agents":[]}' });
      expect((await world.queue.get(id))?.stage).toBe("rendering");
      expect(await dataSetOf(world.queue, id)).toBe('{"agents":[]}');
    });

    test("a job whose own data are completed by others begins at gathering, and has them there", async () => {
      const id = await post(world.queue, { dataSet: '{"agents":[]}', gathers: true });
      const claim = await claimOne(world.queue);
      expect([claim.job.id, claim.job.stage]).toEqual([id, "gathering"]);
      expect(await dataSetOf(world.queue, id)).toBe('{"agents":[]}');
      expect(await world.queue.gathered(claim, '{"partners":[]}')).toBe(true);
      expect(await dataSetOf(world.queue, id)).toBe('{"partners":[]}');
    });

    test("jobs posted together are returned in their order", async () => {
      const suburbs = ["Manly", "Balgowlah", "Seaforth", "Fairlight"];
      const submitted = await world.queue.submit(suburbs.map((suburb) => newJob({ suburb })));
      expect(submitted.map(({ job }) => job.suburb)).toEqual(suburbs);
      expect(new Set(submitted.map(({ job }) => job.id)).size).toBe(4);
    });

    test("an accepted job survives a kill", async () => {
      const id = await post(world.queue);
      await world.killAndReopen();
      expect(await world.statusOf(id)).toBe("queued");
    });

    test("past the limit all of a batch is refused, with a time to come back, and nothing is stored", async () => {
      await world.reopen(3);
      await postFor(world.queue, "a", "a");
      const failure: Failure = await world.queue.submit([newJob(), newJob()]).catch((error) => error);
      expect(failure).toMatchObject({ name: "Failure", code: "queue_full", transient: true });
      expect(failure.options.retryAfterMs).toBeGreaterThan(0);
      expect((await world.queue.counts()).queued).toBe(2);
      await post(world.queue);
      expect((await world.queue.counts()).queued).toBe(3);
    });

    test("requests that arrive together cannot pass the limit together", async () => {
      await world.reopen(5);
      const responses = await Promise.allSettled(Array.from({ length: 20 }, () => post(world.queue)));
      expect(responses.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
      expect((await world.queue.counts()).queued).toBe(5);
    });

    test("no client is locked out by another: each has its share of the limit, in batches, too", async () => {
      await world.reopen(40, 2);
      const batch = (client: string, count: number) =>
        world.queue.submit(Array.from({ length: count }, () => newJob({ client })));
      await batch("flood", 30);
      await expect(batch("flood", 1)).rejects.toMatchObject({ code: "queue_full" });
      await batch("small", 4);
      await expect(batch("small", 7)).rejects.toMatchObject({ code: "queue_full" });
      await batch("small", 6);
      expect((await world.queue.counts()).queued).toBe(40);
      await expect(batch("small", 1)).rejects.toMatchObject({ code: "queue_full" });
      await batch("unexpected", 6);
      await finish(world.queue, the(await world.queue.claim({ gathering: 1 })));
      await expect(batch("flood", 1)).rejects.toMatchObject({ code: "queue_full" });
    });

    test("what of a client has ended, was retried or cancelled is counted as it is", async () => {
      await world.reopen(8, 2);
      const ids = await postFor(world.queue, ...Array.from({ length: 6 }, () => "a"));
      await expect(post(world.queue, { client: "a" })).rejects.toMatchObject({ code: "queue_full" });
      await world.queue.fail(await claimOne(world.queue), { code: "x", message: "x" }, null);
      await world.queue.cancel(ids[5] ?? "");
      await world.queue.retry(ids[0] ?? "");
      await world.killAndReopen();
      await world.reopen(8, 2);
      await post(world.queue, { client: "a" });
      await expect(post(world.queue, { client: "a" })).rejects.toMatchObject({ code: "queue_full" });
    });

    test("a job that ends makes room", async () => {
      await world.reopen(1);
      await post(world.queue);
      await finish(world.queue, await claimOne(world.queue));
      expect(await post(world.queue)).toBeString();
    });
  });

  describe("idempotency", () => {
    const keyed = (key: string, fingerprint = "f1", item = 0) => newJob({ idempotency: { key, fingerprint, item } });

    test("the same key and request give the same job, once", async () => {
      const first = the(await world.queue.submit([keyed("k")]));
      const again = the(await world.queue.submit([keyed("k")]));
      expect(first.created).toBe(true);
      expect(again.created).toBe(false);
      expect(again.job.id).toBe(first.job.id);
      expect((await world.queue.counts()).queued).toBe(1);
    });

    test("the same key sent many times at once gives one job", async () => {
      const replies = await Promise.all(Array.from({ length: 50 }, () => world.queue.submit([keyed("k")])));
      expect(new Set(replies.map((response) => the(response).job.id)).size).toBe(1);
      expect(replies.filter((reply) => the(reply).created)).toHaveLength(1);
    });

    test("the same key with another request is refused", async () => {
      await world.queue.submit([keyed("k", "f1")]);
      await expect(world.queue.submit([keyed("k", "f2")])).rejects.toMatchObject({
        code: "idempotency_conflict",
        transient: false,
      });
    });

    test("a batch with one conflict is refused whole", async () => {
      await world.queue.submit([keyed("old", "f1")]);
      const batch = [newJob(), keyed("old", "f2"), newJob()];
      await expect(world.queue.submit(batch)).rejects.toMatchObject({ code: "idempotency_conflict" });
      expect((await world.queue.counts()).queued).toBe(1);
    });

    test("one call that brings a key twice makes one job of it", async () => {
      const [first, second] = await world.queue.submit([keyed("k"), keyed("k")]);
      expect(second?.job.id).toBe(first?.job.id ?? "");
      expect([first?.created, second?.created]).toEqual([true, false]);
    });

    test("one call that brings a key twice for two requests is refused whole", async () => {
      await expect(world.queue.submit([keyed("k", "f1"), keyed("k", "f2")])).rejects.toMatchObject({
        code: "idempotency_conflict",
      });
      expect((await world.queue.counts()).queued).toBe(0);
    });

    test("the items of a batch, and other clients' keys, are apart", async () => {
      const jobs = [keyed("k", "f", 0), keyed("k", "f", 1), { ...keyed("k", "g"), client: "another" }];
      expect((await world.queue.submit(jobs)).every(({ created }) => created)).toBe(true);
    });

    test("a key is remembered for 24 hours, over a kill too, and then forgotten", async () => {
      const first = the(await world.queue.submit([keyed("k")]));
      world.clock.advance(24 * HOUR - 1);
      await world.killAndReopen();
      expect(the(await world.queue.submit([keyed("k")])).job.id).toBe(first.job.id);
      world.clock.advance(1);
      const later = the(await world.queue.submit([keyed("k", "another")]));
      expect(later.created).toBe(true);
      expect(later.job.id).not.toBe(first.job.id);
    });

    test("a full queue still knows the keys it has seen", async () => {
      await world.reopen(1);
      const first = the(await world.queue.submit([keyed("k")]));
      expect(the(await world.queue.submit([keyed("k")])).job.id).toBe(first.job.id);
    });
  });
}
