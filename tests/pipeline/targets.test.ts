import { describe, expect, test } from "bun:test";
import type { DeliveryTarget } from "../../src/delivery/delivery.ts";
import { Failure } from "../../src/failure.ts";
import { createPipeline } from "../../src/pipeline/pipeline.ts";
import { createTargetSlots } from "../../src/pipeline/target-slots.ts";
import { deliverToAll } from "../../src/pipeline/targets.ts";
import { toDocumentFile } from "../../src/queue/job.ts";
import { aReport, post } from "../queue/builders.ts";
import { until } from "../until.ts";
import { fakeStages } from "./stages.ts";
import { newTargetsWorld, target } from "./targets-world.ts";

const world = newTargetsWorld();
const { aClaim, deliver } = world;

const passing = () => new Failure("unreachable", "later", { transient: true });
const lasting = () => new Failure("delivery_path", "never");
const blocked = () =>
  new Failure("delivery_credentials", "dead", { transient: true, uncounted: true, retryAfterMs: 10 });

describe("several targets", () => {
  test("all get the report; the result names the first, and the first link", async () => {
    const [folder, dropbox] = [target("folder"), target("dropbox")];
    const claim = await aClaim();
    const path = `${claim.job.id}.pdf`;
    expect(await deliver(claim, folder, dropbox)).toMatchObject({
      to: `folder:${path}`,
      url: "https://dropbox.example/x",
    });
    expect([folder.delivered, dropbox.delivered]).toEqual([[path], [path]]);
  });

  test("what goes to one target is stored by the end of the job, and is in flight until then", async () => {
    const claim = await aClaim();
    const only = target("folder");
    const delivered = await deliverToAll(world.queue, [only.delivery], claim, [toDocumentFile(aReport(claim.job.id))], {
      ...{ signal: new AbortController().signal, cancel: new AbortController().signal, progress: () => {} },
      ...{ slots: createTargetSlots({ slots: 4 }), completes: true },
    });
    expect((await world.queue.deliveries(claim.job.id))[0]).toMatchObject({
      delivered: null,
      inFlightSince: expect.any(String),
    });
    expect(await world.queue.complete(claim, delivered)).toBe(true);
    const to = `folder:${claim.job.id}.pdf`;
    expect((await world.queue.deliveries(claim.job.id))[0]).toMatchObject({
      delivered: { to, url: null },
      inFlightSince: null,
    });
  });

  test("one that fails does not delay others, and what is done is not done again", async () => {
    const [folder, dropbox, s3] = [target("folder"), target("dropbox", [passing(), passing()]), target("s3")];
    const claim = await aClaim();
    for (let time = 1; time <= 2; time += 1)
      await expect(deliver(claim, folder, dropbox, s3)).rejects.toMatchObject({ code: "unreachable" });
    await deliver(claim, folder, dropbox, s3);
    for (const { delivered } of [folder, dropbox, s3]) expect(delivered).toHaveLength(1);
  });

  test("a later attempt goes to the path that was recorded, though the settings name another by now", async () => {
    let folder = "old";
    const dropbox = target("dropbox", [passing()]);
    const delivery: DeliveryTarget = { ...dropbox.delivery, pathFor: ({ id }) => `${folder}/${id}.pdf` };
    const claim = await aClaim();
    await expect(deliver(claim, { delivery })).rejects.toMatchObject({ code: "unreachable" });
    folder = "new";
    await deliver(claim, { delivery });
    expect(dropbox.delivered).toEqual([`old/${claim.job.id}.pdf`]);
  });

  test("the job fails for good only when no attempt is left", async () => {
    const claim = await aClaim();
    const [bad, shut, slow] = [
      target("folder", [lasting(), lasting(), lasting()]),
      target("dropbox", [blocked(), blocked()]),
      target("s3", [passing()]),
    ];
    const codes: string[] = [];
    for (let time = 1; time <= 3; time += 1)
      await deliver(claim, bad, shut, slow).catch(({ code }) => codes.push(code));
    expect(codes).toEqual(["unreachable", "delivery_credentials", "delivery_path"]);
  });

  test("all take documents at once: one that hangs delays none of the others, nor one that fails", async () => {
    const claim = await aClaim();
    const kinds = ["agents", "commission"].map((kind) => ({ ...toDocumentFile(aReport(claim.job.id)), kind }));
    const [folder, dropbox] = [target("folder"), target("dropbox", [passing()])];
    const { promise: responded, resolve: response } = Promise.withResolvers<void>();
    const s3 = target("s3");
    const hanging: DeliveryTarget = {
      ...s3.delivery,
      deliver: (...item) => responded.then(() => s3.delivery.deliver(...item)),
    };
    const seen: number[] = [];
    const ended = deliverToAll(world.queue, [hanging, dropbox.delivery, folder.delivery], claim, kinds, {
      signal: new AbortController().signal,
      cancel: new AbortController().signal,
      progress: (done) => void seen.push(done),
      slots: createTargetSlots({ slots: 4 }),
    }).catch(({ code }) => code);
    await until(() => folder.delivered.length === 2 && dropbox.delivered.length === 1);
    expect(s3.delivered).toEqual([]);
    response();
    expect(await ended).toBe("unreachable");
    expect(s3.delivered).toHaveLength(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test("a hanging target occupies only its own slots: every other one gets all jobs, and it gets them when it responds", async () => {
    const folder = target("folder");
    const s3 = target("s3");
    const { promise: responses, resolve: reply } = Promise.withResolvers<void>();
    let [now, most] = [0, 0];
    const hanging: DeliveryTarget = {
      ...s3.delivery,
      async deliver(...item) {
        now += 1;
        most = Math.max(most, now);
        await responses;
        now -= 1;
        return s3.delivery.deliver(...item);
      },
    };
    const slots = createTargetSlots({ slots: 2, stalledMs: 50 });
    const fake = fakeStages({
      deliver: (claim, documents, step) =>
        deliverToAll(world.queue, [hanging, folder.delivery], claim, documents, { ...step, slots }),
    });
    const ids = await Promise.all(Array.from({ length: 20 }, () => post(world.queue)));
    const pipeline = createPipeline({
      ...{
        queue: world.queue,
        stages: fake.stages,
        renderSlots: 2,
        gatherSlots: 2,
        deliverSlots: 4,
        jobTimeoutMs: 60_000,
      },
      ...{ maxAttempts: 1, renderBlockedBy: () => null },
    });
    pipeline.start();
    await until(() => folder.delivered.length === ids.length, 60_000, "all jobs in the folder");
    expect(s3.delivered).toEqual([]);
    expect(most).toBe(2);
    await until(async () => (await world.queue.counts()).waiting === ids.length - 2);
    const [waiting] = (await world.queue.list({ status: "waiting", limit: 1 })).jobs;
    expect(waiting).toMatchObject({ attempts: 0, error: { code: "target_stalled" }, waitsFor: ["s3"] });
    reply();
    await until(async () => (await world.queue.counts()).completed === 2);
    await world.queue.wake("s3", 100);
    await until(async () => (await world.queue.counts()).completed === ids.length);
    expect(new Set(s3.delivered).size).toBe(ids.length);
    expect(folder.delivered).toHaveLength(ids.length);
    await pipeline.stop(0);
  }, 90_000);

  test("a job that several refuse waits for each of them, and for none where an attempt of its own failed", async () => {
    const claim = await aClaim();
    const away = (name: string) =>
      new Failure("away", `${name} is away`, { transient: true, uncounted: true, waitsFor: [name] });
    const [dropbox, s3] = [
      target("dropbox", [away("dropbox"), away("dropbox")]),
      target("s3", [away("s3"), passing()]),
    ];
    const waits: unknown[] = [];
    for (let time = 1; time <= 2; time += 1)
      await deliver(claim, dropbox, s3).catch(({ options }) => waits.push(options.waitsFor));
    expect(waits).toEqual([["dropbox", "s3"], undefined]);
  });

  test("nothing is sent for a job that was cancelled", async () => {
    const folder = target("folder");
    const claim = await aClaim();
    await world.queue.cancel(claim.job.id);
    await expect(deliver(claim, folder)).rejects.toMatchObject({ code: "not_wanted" });
    expect(folder.delivered).toEqual([]);
  });
});

describe("while the credentials are dead", () => {
  test("jobs wait in the queue with all their attempts, and resume by themselves", async () => {
    let dead = true;
    let runs = 0;
    const fake = fakeStages({
      async deliver({ job }) {
        runs += 1;
        if (dead) throw blocked();
        return { to: job.id, url: null };
      },
    });
    const pipeline = createPipeline({
      queue: world.queue,
      stages: fake.stages,
      renderSlots: 2,
      gatherSlots: 2,
      deliverSlots: 2,
      jobTimeoutMs: 10_000,
      maxAttempts: 1,
      renderBlockedBy: () => null,
      deliveriesAtOnce: () => ({ now: dead && runs > 0 ? 0 : 2, atBest: 2 }),
    });
    const ids = await Promise.all(Array.from({ length: 30 }, () => post(world.queue)));
    pipeline.start();
    const rendered = async () =>
      (await world.queue.list({ limit: 200 })).jobs.filter(({ stage }) => stage === "delivering");
    await until(async () => (await rendered()).length >= 30 && (await world.queue.counts()).running === 0);
    expect(runs).toBeLessThanOrEqual(4);
    expect(await world.queue.counts()).toMatchObject({ failed: 0, completed: 0 });
    for (const { attempts } of await rendered()) expect(attempts).toBe(0);
    dead = false;
    await until(async () => (await world.queue.counts()).completed >= ids.length);
    await pipeline.stop(0);
  }, 120_000);
});
