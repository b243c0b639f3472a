import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { DeliveryTarget } from "../../src/delivery/delivery.ts";
import { Failure } from "../../src/failure.ts";
import { createCircuitBreaker } from "../../src/outbound/circuit-breaker.ts";
import { createPipeline } from "../../src/pipeline/pipeline.ts";
import { createTargetSlots } from "../../src/pipeline/target-slots.ts";
import { deliverToAll } from "../../src/pipeline/targets.ts";
import { type Claim, toDocumentFile } from "../../src/queue/job.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { aReport, claimOne, post } from "../queue/builders.ts";
import { sqlitePlace } from "../queue/place.ts";
import { until, within } from "../until.ts";
import { fakeStages } from "./stages.ts";

let place: Awaited<ReturnType<typeof sqlitePlace>>;
let queue: Queue;
beforeEach(async () => {
  place = await sqlitePlace();
  queue = await place.open({ queueLimit: 1_000, now: () => new Date() });
});
afterEach(async () => {
  await queue.close();
  await place.remove();
});

/** A target that fails as often as there are failures, and then takes everything. */
function target(name: string, failures: Failure[] = []) {
  const delivered: string[] = [];
  const delivery: DeliveryTarget = {
    target: name,
    pathFor: ({ id }) => `${id}.pdf`,
    async deliver(_job, _report, path) {
      const failure = failures.shift();
      if (failure) throw failure;
      delivered.push(path);
      return { to: `${name}:${path}`, url: name === "dropbox" ? "https://dropbox.example/x" : null };
    },
    find: async (_job, _report, path) => (delivered.includes(path) ? { to: `${name}:${path}`, url: null } : null),
    arrivesWithinMs: 0,
    breaker: createCircuitBreaker(),
    check: async () => {},
    problem: async () => null,
  };
  return { delivery, delivered };
}

const passing = () => new Failure("unreachable", "later", { transient: true });
const lasting = () => new Failure("delivery_path", "never");
const blocked = () =>
  new Failure("delivery_credentials", "dead", { transient: true, uncounted: true, retryAfterMs: 10 });

async function aClaim(): Promise<Claim> {
  const id = await post(queue, { dataSet: "{}" });
  const claim = await claimOne(queue);
  await queue.rendered(claim, aReport(id));
  return claim;
}

function deliver(claim: Claim, ...targets: readonly { readonly delivery: DeliveryTarget }[]) {
  return deliverUnder(new AbortController(), claim, ...targets);
}

function deliverUnder(
  cancel: AbortController,
  claim: Claim,
  ...targets: readonly { readonly delivery: DeliveryTarget }[]
) {
  const all = targets.map(({ delivery }) => delivery);
  return deliverToAll(queue, all, claim, [toDocumentFile(aReport(claim.job.id))], {
    signal: new AbortController().signal,
    cancel: cancel.signal,
    progress: () => {},
    slots: createTargetSlots({ slots: 4 }),
  });
}

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

  test("what goes to one target is left to the end of the job to store, and is under way until then", async () => {
    const claim = await aClaim();
    const only = target("folder");
    const delivered = await deliverToAll(queue, [only.delivery], claim, [toDocumentFile(aReport(claim.job.id))], {
      ...{ signal: new AbortController().signal, cancel: new AbortController().signal, progress: () => {} },
      ...{ slots: createTargetSlots({ slots: 4 }), completes: true },
    });
    expect((await queue.deliveries(claim.job.id))[0]).toMatchObject({
      delivered: null,
      underWaySince: expect.any(String),
    });
    expect(await queue.complete(claim, delivered)).toBe(true);
    const to = `folder:${claim.job.id}.pdf`;
    expect((await queue.deliveries(claim.job.id))[0]).toMatchObject({
      delivered: { to, url: null },
      underWaySince: null,
    });
  });

  test("one that fails keeps the report from no other, and what is done is not done again", async () => {
    const [folder, dropbox, s3] = [target("folder"), target("dropbox", [passing(), passing()]), target("s3")];
    const claim = await aClaim();
    for (let time = 1; time <= 2; time += 1)
      await expect(deliver(claim, folder, dropbox, s3)).rejects.toMatchObject({ code: "unreachable" });
    await deliver(claim, folder, dropbox, s3);
    for (const { delivered } of [folder, dropbox, s3]) expect(delivered).toHaveLength(1);
  });

  test("a later try goes to the path that was written down, though the settings name another by now", async () => {
    let folder = "old";
    const dropbox = target("dropbox", [passing()]);
    const delivery: DeliveryTarget = { ...dropbox.delivery, pathFor: ({ id }) => `${folder}/${id}.pdf` };
    const claim = await aClaim();
    await expect(deliver(claim, { delivery })).rejects.toMatchObject({ code: "unreachable" });
    folder = "new";
    await deliver(claim, { delivery });
    expect(dropbox.delivered).toEqual([`old/${claim.job.id}.pdf`]);
  });

  test("the job fails for good only when nothing is left to try", async () => {
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

  test("all take documents at once: one that hangs keeps none of them from the others, nor one that fails", async () => {
    const claim = await aClaim();
    const kinds = ["agents", "commission"].map((kind) => ({ ...toDocumentFile(aReport(claim.job.id)), kind }));
    const [folder, dropbox] = [target("folder"), target("dropbox", [passing()])];
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const s3 = target("s3");
    const hanging: DeliveryTarget = {
      ...s3.delivery,
      deliver: (...parcel) => answered.then(() => s3.delivery.deliver(...parcel)),
    };
    const seen: number[] = [];
    const ended = deliverToAll(queue, [hanging, dropbox.delivery, folder.delivery], claim, kinds, {
      signal: new AbortController().signal,
      cancel: new AbortController().signal,
      progress: (done) => void seen.push(done),
      slots: createTargetSlots({ slots: 4 }),
    }).catch(({ code }) => code);
    await until(() => folder.delivered.length === 2 && dropbox.delivered.length === 1);
    expect(s3.delivered).toEqual([]);
    answer();
    expect(await ended).toBe("unreachable");
    expect(s3.delivered).toHaveLength(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test("a target that hangs holds its own slots: every other one gets all jobs, and it gets them when it answers", async () => {
    const folder = target("folder");
    const s3 = target("s3");
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    let [now, most] = [0, 0];
    const hanging: DeliveryTarget = {
      ...s3.delivery,
      async deliver(...parcel) {
        now += 1;
        most = Math.max(most, now);
        await answered;
        now -= 1;
        return s3.delivery.deliver(...parcel);
      },
    };
    const slots = createTargetSlots({ slots: 2, stalledMs: 50 });
    const fake = fakeStages({
      deliver: (claim, documents, step) =>
        deliverToAll(queue, [hanging, folder.delivery], claim, documents, { ...step, slots }),
    });
    const ids = await Promise.all(Array.from({ length: 20 }, () => post(queue)));
    const pipeline = createPipeline({
      ...{ queue, stages: fake.stages, renderSlots: 2, gatherSlots: 2, deliverSlots: 4, jobTimeoutMs: 60_000 },
      ...{ maxAttempts: 1, holdRender: () => null },
    });
    pipeline.start();
    await until(() => folder.delivered.length === ids.length, 60_000, "all jobs in the folder");
    expect(s3.delivered).toEqual([]);
    expect(most).toBe(2);
    await until(async () => (await queue.counts()).waiting === ids.length - 2);
    const [waiting] = (await queue.list({ status: "waiting", limit: 1 })).jobs;
    expect(waiting).toMatchObject({ attempts: 0, error: { code: "target_stalled" }, waitsFor: ["s3"] });
    answer();
    await until(async () => (await queue.counts()).completed === 2);
    await queue.wake("s3", 100);
    await until(async () => (await queue.counts()).completed === ids.length);
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
    await queue.cancel(claim.job.id);
    await expect(deliver(claim, folder)).rejects.toMatchObject({ code: "not_wanted" });
    expect(folder.delivered).toEqual([]);
  });
});

describe("a cancel while a target takes the report", () => {
  /** A target that answers when it is told to: with the file there, or without an answer. */
  function slow(name: string, { arrivesWithinMs = 0 } = {}) {
    const { promise: sending, resolve: sent } = Promise.withResolvers<void>();
    const response = Promise.withResolvers<void>();
    const files = new Set<string>();
    const delivery: DeliveryTarget = {
      ...target(name).delivery,
      async deliver(_job, _report, path, _signal, passage) {
        passage?.underWay(true);
        sent();
        await response.promise;
        passage?.underWay(false);
        files.add(path);
        return { to: `${name}:${path}`, url: null };
      },
      find: async (_job, _report, path) => (files.has(path) ? { to: `${name}:${path}`, url: null } : null),
      arrivesWithinMs,
    };
    return { delivery, files, sending, response };
  }

  async function cancelled(claim: Claim, cancel: AbortController) {
    await queue.cancel(claim.job.id);
    cancel.abort(new Failure("cancelled", "the job was cancelled"));
  }

  test("is too late where it arrives: the other targets get it, too", async () => {
    const [s3, folder] = [slow("s3"), target("folder")];
    const [claim, cancel] = [await aClaim(), new AbortController()];
    const ended = deliverUnder(cancel, claim, s3, folder);
    await s3.sending;
    await cancelled(claim, cancel);
    s3.response.resolve();
    expect(await ended).toMatchObject({ to: `s3:${claim.job.id}.pdf` });
    expect(folder.delivered).toHaveLength(1);
  });

  test("where one target stops for it and another takes the report, the first one gets it, too", async () => {
    const [s3, other] = [slow("s3"), slow("dropbox")];
    const [claim, cancel] = [await aClaim(), new AbortController()];
    const ended = deliverUnder(cancel, claim, s3, other);
    await Promise.all([s3.sending, other.sending]);
    await cancelled(claim, cancel);
    s3.response.reject(cancel.signal.reason);
    await until(async () => (await queue.deliveries(claim.job.id)).some(({ underWaySince }) => underWaySince === null));
    s3.delivery.deliver = target("s3").delivery.deliver;
    other.response.resolve();
    const path = `${claim.job.id}.pdf`;
    expect(await ended).toMatchObject({ to: `s3:${path}`, documents: { agents: { to: `s3:${path}` } } });
    expect((await queue.deliveries(claim.job.id)).map(({ delivered }) => delivered?.to).toSorted()).toEqual([
      `dropbox:${path}`,
      `s3:${path}`,
    ]);
  });

  test("ends it where all responses are lost and nothing arrives", async () => {
    const [s3, dropbox] = [slow("s3"), slow("dropbox")];
    const [claim, cancel] = [await aClaim(), new AbortController()];
    const ended = deliverUnder(cancel, claim, s3, dropbox).catch(({ code }) => code);
    await Promise.all([s3.sending, dropbox.sending]);
    await cancelled(claim, cancel);
    for (const { response } of [s3, dropbox]) response.reject(passing());
    expect(await ended).toBe("cancelled");
    expect(await queue.cancelled(claim)).toBe(true);
    expect(await queue.get(claim.job.id)).toMatchObject({ status: "cancelled" });
  });

  test("is too late where it arrives after its response was lost", async () => {
    const s3 = slow("s3", { arrivesWithinMs: 30_000 });
    const [claim, cancel] = [await aClaim(), new AbortController()];
    const ended = deliverUnder(cancel, claim, s3);
    await s3.sending;
    await cancelled(claim, cancel);
    let looks = 0;
    const { find } = s3.delivery;
    s3.delivery.find = (...look) => {
      looks += 1;
      if (looks === 2) s3.files.add(`${claim.job.id}.pdf`);
      return find(...look);
    };
    s3.response.reject(passing());
    expect(await ended).toMatchObject({ to: `s3:${claim.job.id}.pdf` });
  });

  test("is not told where nobody can look, and the next attempt sees", async () => {
    const s3 = slow("s3");
    const [claim, cancel] = [await aClaim(), new AbortController()];
    const ended = deliverUnder(cancel, claim, s3).catch((failure: Failure) => failure);
    await s3.sending;
    await cancelled(claim, cancel);
    const { find } = s3.delivery;
    s3.delivery.find = () => Promise.reject(passing());
    s3.response.reject(passing());
    expect(await ended).toMatchObject({ code: "cancel_unsettled", options: { transient: true, uncounted: true } });
    await queue.fail(claim, { code: "cancel_unsettled", message: "x" }, 0);
    expect(await queue.get(claim.job.id)).toMatchObject({ status: "waiting", cancelRequested: true });
    const again = await claimOne(queue);
    s3.files.add(`${claim.job.id}.pdf`);
    s3.delivery.find = find;
    expect(await deliverUnder(cancel, again, s3)).toMatchObject({ to: `s3:${claim.job.id}.pdf` });
  });

  test("what an earlier attempt sent stays under way while the target cannot be looked at", async () => {
    const s3 = slow("s3");
    const claim = await aClaim();
    s3.response.promise.catch(() => {});
    s3.response.reject(passing());
    await deliver(claim, s3).catch(() => {});
    s3.delivery.deliver = () => Promise.reject(blocked());
    await deliver(claim, s3).catch(() => {});
    expect(await queue.deliveries(claim.job.id)).toMatchObject([{ underWaySince: expect.any(String) }]);
  });

  test("is settled in its time where the clock was set back since", async () => {
    const s3 = slow("s3", { arrivesWithinMs: 50 });
    const claim = await aClaim();
    s3.response.promise.catch(() => {});
    s3.response.reject(passing());
    await deliver(claim, s3).catch(() => {});
    const before = queue.deliveries;
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    const ledger = {
      ...queue,
      deliveries: async (id: string) => (await before(id)).map((each) => ({ ...each, underWaySince: ahead })),
    };
    const cancel = new AbortController();
    await cancelled(claim, cancel);
    const step = {
      ...{ signal: new AbortController().signal, cancel: cancel.signal, progress: () => {} },
      slots: createTargetSlots({ slots: 4 }),
    };
    const ended = deliverToAll(ledger, [s3.delivery], claim, [toDocumentFile(aReport(claim.job.id))], step).catch(
      ({ code }) => code,
    );
    expect(await within(ended, "the look after 50 ms", 20_000)).toBe("cancelled");
  });

  test("nothing is under way once a target has refused it", async () => {
    const claim = await aClaim();
    await deliver(claim, target("s3", [blocked()])).catch(() => {});
    expect(await queue.deliveries(claim.job.id)).toMatchObject([{ underWaySince: null }]);
  });
});

describe("while the credentials are dead", () => {
  test("jobs wait in the queue with all their tries, and go on by themselves", async () => {
    let dead = true;
    let tries = 0;
    const fake = fakeStages({
      async deliver({ job }) {
        tries += 1;
        if (dead) throw blocked();
        return { to: job.id, url: null };
      },
    });
    const pipeline = createPipeline({
      queue,
      stages: fake.stages,
      renderSlots: 2,
      gatherSlots: 2,
      deliverSlots: 2,
      jobTimeoutMs: 10_000,
      maxAttempts: 1,
      holdRender: () => null,
      deliveriesAtOnce: () => ({ now: dead && tries > 0 ? 0 : 2, atBest: 2 }),
    });
    const ids = await Promise.all(Array.from({ length: 30 }, () => post(queue)));
    pipeline.start();
    const rendered = async () => (await queue.list({ limit: 200 })).jobs.filter(({ stage }) => stage === "delivering");
    await until(async () => (await rendered()).length >= 30 && (await queue.counts()).running === 0);
    expect(tries).toBeLessThanOrEqual(4);
    expect(await queue.counts()).toMatchObject({ failed: 0, completed: 0 });
    for (const { attempts } of await rendered()) expect(attempts).toBe(0);
    dead = false;
    await until(async () => (await queue.counts()).completed >= ids.length);
    await pipeline.stop(0);
  }, 20_000);
});
