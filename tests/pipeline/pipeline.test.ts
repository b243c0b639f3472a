import { describe, expect, test } from "bun:test";
import { Failure } from "../../src/failure.ts";
import type { Step } from "../../src/pipeline/pipeline.ts";
import { toDocumentFile } from "../../src/queue/job.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { aReport, newJob, post, the } from "../queue/builders.ts";
import { until } from "../until.ts";
import { never, newPipelineWorld } from "./pipeline-world.ts";
import { fakeStages } from "./stages.ts";

describe("the pipeline", () => {
  const world = newPipelineWorld();

  test("takes a job through gathering, rendering and delivering, each with what the one before made", async () => {
    const seen: unknown[] = [];
    const { stages } = fakeStages({
      gather: async ({ job }) => `{"suburb":"${job.suburb}"}`,
      render: async ({ job }, { dataSet }) => {
        seen.push(new TextDecoder().decode(dataSet));
        return aReport(job.id);
      },
      deliver: async ({ job }, documents) => {
        seen.push(...documents);
        return { to: `/out/${job.id}.pdf`, url: "https://example.com/1" };
      },
    });
    world.start(stages);
    const id = await post(world.queue);
    await world.until("completed", id);
    expect(seen).toEqual(['{"suburb":"Manly"}', toDocumentFile(aReport(id))]);
    expect(await world.queue.get(id)).toMatchObject({
      status: "completed",
      attempts: 1,
      delivered: { to: `/out/${id}.pdf`, url: "https://example.com/1" },
    });
  });

  test("a job that brought its data is not gathered", async () => {
    const fake = fakeStages();
    world.start(fake.stages);
    const id = await post(world.queue, { dataSet: '{"agents":[]}' });
    await world.until("completed", id);
    expect(fake.did("gather")).toEqual([]);
    expect(fake.did("render")).toEqual([id]);
  });

  test("starts the jobs of a queue that is resumed in the very turn in which they are claimed", async () => {
    const [before = ""] = await world.posts(1);
    await world.queue.pause("local");
    world.start(fakeStages().stages);
    // Its first claim is in the same transaction.
    await world.queue.resume();
    await world.until("completed", before);

    // So is the one for a job that comes later: the pipeline is notified of it first.
    await world.queue.pause("local");
    const stop = world.queue.subscribe(({ status }) => void (status === "queued" && world.queue.resume()));
    const [later = ""] = await world.posts(1);
    await world.until("completed", later);
    stop();
  });

  test("takes up what was there before it started, and what comes later", async () => {
    const before = await world.posts(5);
    world.start(fakeStages().stages);
    await world.until("completed", ...before);
    const after = await world.posts(5);
    await world.until("completed", ...after);
  });

  test("respects its limits, and uses them", async () => {
    const pause = () => Bun.sleep(2);
    const fake = fakeStages({
      gather: async () => pause().then(() => "{}"),
      render: async ({ job }) => pause().then(() => aReport(job.id)),
      deliver: async () => Bun.sleep(10).then(() => ({ to: "/x", url: null })),
    });
    world.start(fake.stages);
    await world.until("completed", ...(await world.posts(40)));
    expect(fake.most).toEqual({ gather: 3, render: 2, deliver: 3 });
  });

  test("claims little ahead, so that an urgent job is soon the next", async () => {
    const gates: (() => void)[] = [];
    const fake = fakeStages({
      render: ({ job }) => new Promise((resolve) => gates.push(() => resolve(aReport(job.id)))),
    });
    const pipeline = world.start(fake.stages, { renderSlots: 1 });
    await world.posts(50, { dataSet: "{}" });
    await until(() => gates.length !== 0);
    const urgent = await post(world.queue, { dataSet: "{}", priority: 9 });
    expect(pipeline.running().size).toBe(2);
    const opener = setInterval(() => gates.shift()?.(), 1);
    await world.until("completed", urgent);
    clearInterval(opener);
    expect(fake.did("render").indexOf(urgent)).toBeLessThanOrEqual(3);
  });

  test("gives the next render slot to the most urgent, whichever way it came", async () => {
    const gates: (() => void)[] = [];
    const fake = fakeStages({
      render: ({ job }) => new Promise((resolve) => gates.push(() => resolve(aReport(job.id)))),
    });
    const pipeline = world.start(fake.stages, { renderSlots: 1 });
    const [first, second] = await world.posts(2, { dataSet: "{}" });
    const urgent = await post(world.queue, { priority: 9 });
    await until(() => pipeline.running().get(urgent)?.waitingFor === "render slot");
    const opener = setInterval(() => gates.shift()?.(), 1);
    await world.until("completed", first ?? "", second ?? "", urgent);
    clearInterval(opener);
    expect(fake.did("render")).toEqual([first ?? "", urgent, second ?? ""]);
  });

  test("slow delivery delays no render", async () => {
    const gates: (() => void)[] = [];
    const fake = fakeStages({
      deliver: ({ job }) => new Promise((resolve) => gates.push(() => resolve({ to: job.id, url: null }))),
    });
    const pipeline = world.start(fake.stages, { deliverSlots: 1 });
    const ids = await world.posts(30);
    const rendered = new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (fake.did("render").length < 30) return;
        clearInterval(look);
        resolve();
      }, 2);
    });
    await rendered;
    // What waits for delivery waits in the queue, where a kill of this process does not blame it.
    await until(() => pipeline.running().size <= 3);
    expect(await world.queue.counts()).toMatchObject({ completed: 0, failed: 0 });
    expect(fake.most.deliver).toBe(1);
    const opener = setInterval(() => gates.shift()?.(), 1);
    await world.until("completed", ...ids);
    clearInterval(opener);
    expect(fake.did("render").toSorted()).toEqual(ids.toSorted());
    expect(fake.did("deliver").toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect((await world.queue.get(id))?.attempts).toBe(1);
  });

  test("a draft is not delivered, and waits for no delivery slot, also after a restart", async () => {
    const fake = fakeStages({ deliver: () => new Promise(() => {}) });
    const pipeline = world.start(fake.stages, { deliverSlots: 1 });
    const [stuck] = await world.posts(1);
    await until(() => fake.did("deliver").length === 1);
    const drafts = await world.posts(3, { draft: true });
    await world.until("completed", ...drafts);
    await pipeline.stop(0);
    // Rendered by an attempt that ended before it could record that all is done.
    const [rendered] = await world.posts(1, { draft: true, dataSet: "{}" });
    const claims = await world.queue.claim({ rendering: 9, delivering: 9 });
    const claim = the(claims.filter(({ job }) => job.id === rendered));
    await world.queue.rendered(claim, aReport(rendered ?? ""));
    for (const each of claims) await world.queue.release(each, "stopping");
    const next = fakeStages({ deliver: () => new Promise(() => {}) });
    world.start(next.stages);
    await world.until("completed", rendered ?? "");
    expect(next.did("render")).toEqual([]);
    expect(new Set([...fake.did("deliver"), ...next.did("deliver")])).toEqual(new Set([stuck ?? ""]));
  });

  test("a rendered job waits for a delivery slot that is soon free, and is not put back for it", async () => {
    const taken: (() => void)[] = [];
    const fake = fakeStages({
      deliver: ({ job }) =>
        new Promise((resolve) => {
          taken.push(() => resolve({ to: `/${job.id}`, url: null }));
          // The first one goes as soon as the second waits for its slot.
          if (taken.length > 1) for (const end of taken) end();
        }),
    });
    const pipeline = world.start(fake.stages, { deliverSlots: 1 });
    const ids = await world.posts(2, { dataSet: "{}" });
    await until(() => [...pipeline.running().values()].some(({ waitingFor }) => waitingFor === "delivery slot"));
    taken[0]?.();
    await world.until("completed", ...ids);
    for (const id of ids) expect(await world.queue.attempts(id)).toMatchObject([{ outcome: "completed" }]);
  });

  test("no more deliveries run than the targets in use take, however many more might", async () => {
    const fake = fakeStages({ deliver: () => new Promise(() => {}) });
    world.start(fake.stages, { deliverSlots: 4, deliveriesAtOnce: () => ({ now: 2, atBest: 2 }) });
    const ids = await world.posts(3, { dataSet: "{}" });
    const released = async () => (await Promise.all(ids.map((id) => world.queue.attempts(id)))).flat();
    await until(async () => (await released()).some(({ outcome }) => outcome === "released"));
    expect((await released()).filter(({ outcome }) => outcome === "released")).toMatchObject([
      { releaseReason: "delivery_busy" },
    ]);
    expect(fake.did("deliver")).toHaveLength(2);
  });

  test("at a slow delivery the clients take turns, also one that comes when many wait for it", async () => {
    const gates: (() => void)[] = [];
    const delivered: string[] = [];
    const fake = fakeStages({
      deliver: ({ job }) => {
        delivered.push(job.client);
        return new Promise((resolve) => gates.push(() => resolve({ to: job.id, url: null })));
      },
    });
    world.start(fake.stages, { deliverSlots: 2 });
    const flood = await world.posts(20, { client: "flood", priority: 9 });
    await until(() => fake.did("render").length === 20);
    const small = await world.posts(3, { client: "small", priority: 0 });
    await until(() => fake.did("render").length === 23);
    await until(async () => (await world.queue.counts()).running === 2);
    const opener = setInterval(() => gates.shift()?.(), 2);
    await world.until("completed", ...small);
    await world.until("completed", ...flood);
    clearInterval(opener);
    // Two of the flood's were running.
    expect(delivered.slice(2, 8).filter((client) => client === "small")).toHaveLength(3);
  });

  test("for a render slot the clients take turns, whichever way their jobs came, and whatever their priority", async () => {
    const gates: (() => void)[] = [];
    const fake = fakeStages({
      render: ({ job }) => new Promise((resolve) => gates.push(() => resolve(aReport(job.id)))),
    });
    world.start(fake.stages, { renderSlots: 1 });
    const clients = new Map<string, string>();
    for (const [client, changes] of [
      ["direct", { dataSet: "{}", priority: 9 }],
      ["gathered", { priority: 1 }],
    ] as const)
      for (const id of await world.posts(10, { client, ...changes })) clients.set(id, client);
    await until(() => fake.did("gather").length >= 2);
    const opener = setInterval(() => gates.shift()?.(), 2);
    await world.until("completed", ...clients.keys());
    clearInterval(opener);
    const order = fake.did("render").map((id) => clients.get(id));
    // The first ones began before there were others.
    const after = order.slice(order.indexOf("gathered"), order.lastIndexOf("gathered"));
    for (let at = 0; at + 2 < after.length && after.slice(at).includes("direct"); at += 1)
      expect(new Set(after.slice(at, at + 3)).size).toBe(2);
  });

  test("a source that does not respond delays no job that brought its data", async () => {
    world.start(fakeStages({ gather: never }).stages);
    await world.posts(20);
    await world.until("completed", ...(await world.posts(20, { dataSet: "{}" })));
  });

  test("survives a queue that cannot write for a while: nothing is lost, nothing done twice", async () => {
    let turn = 0;
    const unreliable = <T extends unknown[], R>(write: (...args: T) => Promise<R>) => {
      return async (...args: T): Promise<R> => {
        turn += 1;
        if (turn % 3 === 0) throw new Failure("disk_full", "the disk is full", { transient: true });
        return write(...args);
      };
    };
    const { claim, gathered, rendered, complete, fail, cancelled, release } = world.queue;
    const sick: Queue = {
      ...world.queue,
      claim: unreliable(claim),
      gathered: unreliable(gathered),
      rendered: unreliable(rendered),
      complete: unreliable(complete),
      fail: unreliable(fail),
      cancelled: unreliable(cancelled),
      release: unreliable(release),
    };
    const fake = fakeStages();
    world.start(fake.stages, { queue: sick });
    const ids = await world.posts(8);
    await world.until("completed", ...ids);
    for (const did of ["gather", "render", "deliver"] as const)
      expect(fake.did(did).toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect((await world.queue.get(id))?.attempts).toBe(1);
  }, 120_000);

  test("delays renders for as long as it must, and says why", async () => {
    let reason: string | null = "memory";
    const fake = fakeStages();
    const pipeline = world.start(fake.stages, { renderBlockedBy: () => reason });
    const id = await post(world.queue);
    await until(() => pipeline.running().get(id)?.waitingFor === "memory");
    expect(fake.did("render")).toEqual([]);
    reason = null;
    await world.until("completed", id);
    expect(pipeline.running().size).toBe(0);
  });

  test("says how far a job is, and how long they take", async () => {
    const { promise: started, resolve: begin } = Promise.withResolvers<Step>();
    const { promise: opened, resolve: finish } = Promise.withResolvers<void>();
    const fake = fakeStages({
      render: async ({ job }, _dataSet, step) => {
        begin(step);
        await opened;
        return aReport(job.id);
      },
    });
    const pipeline = world.start(fake.stages);
    expect(pipeline.typicalMs()).toBeNull();
    const id = await post(world.queue);
    const step = await started;
    const seen = [0, 0.25, 0.5, 1, 7].map((done) => {
      step.progress(done);
      return pipeline.running().get(id)?.progress ?? Number.NaN;
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen[0]).toBeGreaterThan(0);
    expect(seen.at(-1)).toBeLessThan(1);
    finish();
    await world.until("completed", id);
    await until(() => pipeline.typicalMs() !== null);
    expect(pipeline.typicalMs()).toBeGreaterThan(0);
  });

  test("a thousand jobs of many clients all complete, once", async () => {
    const fake = fakeStages();
    world.start(fake.stages, { renderSlots: 8, gatherSlots: 8, deliverSlots: 8 });
    const jobs = Array.from({ length: 1_000 }, (_, index) =>
      newJob({ client: `client ${index % 13}`, priority: index % 10, dataSet: index % 2 === 0 ? "{}" : null }),
    );
    const ids = (await world.queue.submit(jobs)).map(({ job }) => job.id);
    await world.until("completed", ...ids);
    expect(fake.did("deliver").toSorted()).toEqual(ids.toSorted());
    expect(await world.queue.counts()).toEqual({
      queued: 0,
      running: 0,
      waiting: 0,
      completed: 1_000,
      failed: 0,
      cancelled: 0,
    });
  });
});
