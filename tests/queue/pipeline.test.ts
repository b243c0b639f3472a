import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Failure } from "../../src/failure.ts";
import type { Status } from "../../src/queue/job.ts";
import {
  createPipeline,
  type Pipeline,
  type PipelineOptions,
  type Stages,
  type Step,
} from "../../src/queue/pipeline.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { aReport, newJob, post, the } from "./builders.ts";
import { sqlitePlace } from "./place.ts";
import { fakeStages } from "./stages.ts";

const never = () => new Promise<never>(() => {});
const NO_WAIT = { baseMs: 0, capMs: 0, random: () => 0 };

describe("the pipeline", () => {
  let place: Awaited<ReturnType<typeof sqlitePlace>>;
  let queue: Queue;
  let pipelines: Pipeline[];

  beforeEach(async () => {
    place = await sqlitePlace();
    queue = await open();
    pipelines = [];
  });
  afterEach(async () => {
    for (const pipeline of pipelines) await pipeline.stop(0);
    await queue.close();
    await place.remove();
  });

  const open = () => place.open({ queueLimit: 10_000, now: () => new Date() });

  function start(stages: Stages, options: Partial<PipelineOptions> = {}): Pipeline {
    const pipeline = createPipeline({
      queue,
      stages,
      renderSlots: 2,
      gatherSlots: 3,
      deliverSlots: 3,
      jobTimeoutMs: 10_000,
      maxAttempts: 3,
      backoff: NO_WAIT,
      holdRender: () => null,
      ...options,
    });
    pipelines.push(pipeline);
    pipeline.start();
    return pipeline;
  }

  /** Resolves when all of the jobs have the status. */
  async function until(status: Status, ...ids: readonly string[]): Promise<void> {
    const left = new Set(ids);
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = queue.subscribe((change) => {
      if (change.status === status) left.delete(change.id);
      if (left.size === 0) resolve();
    });
    for (const id of ids) if ((await queue.get(id))?.status === status) left.delete(id);
    if (left.size > 0) await promise;
    stop();
  }

  const posts = (count: number, changes = {}) => Promise.all(Array.from({ length: count }, () => post(queue, changes)));

  test("takes a job through gathering, rendering and delivering, each with what the one before made", async () => {
    const seen: unknown[] = [];
    const { stages } = fakeStages({
      gather: async ({ job }) => `{"suburb":"${job.suburb}"}`,
      render: async ({ job }, dataSet) => {
        seen.push(dataSet);
        return aReport(job.id);
      },
      deliver: async ({ job }, report) => {
        seen.push(report);
        return { to: `/out/${job.id}.pdf`, url: "https://example.com/1" };
      },
    });
    start(stages);
    const id = await post(queue);
    await until("completed", id);
    expect(seen).toEqual(['{"suburb":"Manly"}', aReport(id)]);
    expect(await queue.get(id)).toMatchObject({
      status: "completed",
      attempts: 1,
      delivered: { to: `/out/${id}.pdf`, url: "https://example.com/1" },
    });
  });

  test("a job that brought its data is not gathered", async () => {
    const fake = fakeStages();
    start(fake.stages);
    const id = await post(queue, { dataSet: '{"agents":[]}' });
    await until("completed", id);
    expect(fake.did("gather")).toEqual([]);
    expect(fake.did("render")).toEqual([id]);
  });

  test("takes up what was there before it started, and what comes later", async () => {
    const before = await posts(5);
    start(fakeStages().stages);
    await until("completed", ...before);
    const after = await posts(5);
    await until("completed", ...after);
  });

  test("keeps to its limits, and uses them", async () => {
    const pause = () => Bun.sleep(2);
    const fake = fakeStages({
      gather: async () => pause().then(() => "{}"),
      render: async ({ job }) => pause().then(() => aReport(job.id)),
      deliver: async () => pause().then(() => ({ to: "/x", url: null })),
    });
    start(fake.stages);
    await until("completed", ...(await posts(40)));
    expect(fake.most).toEqual({ gather: 3, render: 2, deliver: 3 });
  });

  test("claims little ahead, so that an urgent job is soon the next", async () => {
    const gates: (() => void)[] = [];
    const fake = fakeStages({
      render: ({ job }) => new Promise((resolve) => gates.push(() => resolve(aReport(job.id)))),
    });
    const pipeline = start(fake.stages, { renderSlots: 1 });
    await posts(50, { dataSet: "{}" });
    while (gates.length === 0) await Bun.sleep(1);
    const urgent = await post(queue, { dataSet: "{}", priority: 9 });
    expect(pipeline.running().size).toBe(2);
    const opener = setInterval(() => gates.shift()?.(), 1);
    await until("completed", urgent);
    clearInterval(opener);
    expect(fake.did("render").indexOf(urgent)).toBeLessThanOrEqual(3);
  });

  test("gives the next render slot to the most urgent, whichever way it came", async () => {
    const gates: (() => void)[] = [];
    const fake = fakeStages({
      render: ({ job }) => new Promise((resolve) => gates.push(() => resolve(aReport(job.id)))),
    });
    const pipeline = start(fake.stages, { renderSlots: 1 });
    const [first, second] = await posts(2, { dataSet: "{}" });
    const urgent = await post(queue, { priority: 9 });
    while (pipeline.running().get(urgent)?.waitingFor !== "render slot") await Bun.sleep(1);
    const opener = setInterval(() => gates.shift()?.(), 1);
    await until("completed", first ?? "", second ?? "", urgent);
    clearInterval(opener);
    expect(fake.did("render")).toEqual([first ?? "", urgent, second ?? ""]);
  });

  test("slow delivery holds up no render", async () => {
    const gates: (() => void)[] = [];
    const fake = fakeStages({
      deliver: ({ job }) => new Promise((resolve) => gates.push(() => resolve({ to: job.id, url: null }))),
    });
    const pipeline = start(fake.stages, { deliverSlots: 1 });
    const ids = await posts(30);
    const rendered = new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (fake.did("render").length < 30) return;
        clearInterval(look);
        resolve();
      }, 2);
    });
    await rendered;
    // What waits for delivery waits in the queue, where a kill of this process does not blame it.
    while (pipeline.running().size > 3) await Bun.sleep(1);
    expect(await queue.counts()).toMatchObject({ completed: 0, failed: 0 });
    expect(fake.most.deliver).toBe(1);
    const opener = setInterval(() => gates.shift()?.(), 1);
    await until("completed", ...ids);
    clearInterval(opener);
    expect(fake.did("render").toSorted()).toEqual(ids.toSorted());
    expect(fake.did("deliver").toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect((await queue.get(id))?.attempts).toBe(1);
  });

  test("a source that does not answer holds up no job that brought its data", async () => {
    start(fakeStages({ gather: never }).stages);
    await posts(20);
    await until("completed", ...(await posts(20, { dataSet: "{}" })));
  });

  describe("when a stage fails", () => {
    const once = (failure: unknown) => {
      let thrown = false;
      return () => {
        if (thrown) return;
        thrown = true;
        throw failure;
      };
    };

    test("for good, the job has failed at once, with the reason", async () => {
      const fake = fakeStages({
        gather: async () => {
          throw new Failure("no_data", "no data for Manly NSW 2095: import some");
        },
      });
      start(fake.stages);
      const id = await post(queue);
      await until("failed", id);
      expect(await queue.get(id)).toMatchObject({
        attempts: 1,
        error: { code: "no_data", message: "no data for Manly NSW 2095: import some" },
      });
    });

    test("for now, it is tried again, and only that stage", async () => {
      const fail = once(new Failure("unreachable", "no network", { transient: true }));
      const fake = fakeStages({
        deliver: async () => {
          fail();
          return { to: "/x", url: null };
        },
      });
      start(fake.stages);
      const id = await post(queue);
      await until("completed", id);
      expect(fake.did("gather")).toEqual([id]);
      expect(fake.did("render")).toEqual([id]);
      expect(fake.did("deliver")).toEqual([id, id]);
      expect((await queue.attempts(id)).map(({ outcome }) => outcome)).toEqual(["failed", "completed"]);
    });

    test("again and again, it fails after its last try, with the last error", async () => {
      let tries = 0;
      const fake = fakeStages({
        gather: async () => {
          tries += 1;
          throw new Failure("unreachable", `try ${tries}`, { transient: true });
        },
      });
      start(fake.stages);
      const id = await post(queue);
      await until("failed", id);
      expect(await queue.get(id)).toMatchObject({ attempts: 3, error: { code: "unreachable", message: "try 3" } });
    });

    test("with what nobody named, it is tried again", async () => {
      for (const thrown of [new TypeError("x is not a function"), "a text", undefined, null]) {
        const fail = once(thrown);
        const pipeline = start({
          ...fakeStages().stages,
          // Not even a promise.
          gather: () => {
            fail();
            return Promise.resolve("{}");
          },
        });
        const id = await post(queue);
        await until("completed", id);
        expect((await queue.get(id))?.attempts).toBe(2);
        await pipeline.stop(1_000);
      }
    });

    test("the waits double with each try, and the jitter takes all of them", async () => {
      const waits: number[] = [];
      const random = [1, 1, 0.5, 0];
      const fake = fakeStages({
        gather: async () => {
          throw new Failure("unreachable", "no network", { transient: true });
        },
      });
      const watched: Queue = {
        ...queue,
        fail(claim, error, retryInMs, options) {
          if (retryInMs !== null) waits.push(retryInMs);
          return queue.fail(claim, error, retryInMs === null ? null : 0, options);
        },
      };
      start(fake.stages, {
        queue: watched,
        maxAttempts: 5,
        backoff: { baseMs: 100, capMs: 350, random: () => random.shift() ?? 1 },
      });
      const id = await post(queue);
      await until("failed", id);
      expect(waits).toEqual([100, 200, 175, 0]);
    });

    test("and the other side asked to be left alone, it is", async () => {
      const fake = fakeStages({
        deliver: async () => {
          throw new Failure("rate_limited", "later", { transient: true, retryAfterMs: 3_600_000 });
        },
      });
      start(fake.stages);
      const id = await post(queue);
      const before = Date.now();
      await until("waiting", id);
      const job = await queue.get(id);
      expect(Date.parse(job?.runAt ?? "")).toBeGreaterThanOrEqual(before + 3_600_000);
    });

    test("because it is too large, the next try has no neighbour", async () => {
      let rendering = 0;
      const neighbours: number[] = [];
      const fail = once(new Failure("memory_limit", "too large", { transient: true, crashed: true }));
      let large = "";
      const fake = fakeStages({
        render: async ({ job }) => {
          rendering += 1;
          try {
            if (job.id === large) {
              if (job.alone) neighbours.push(rendering - 1);
              fail();
            }
            await Bun.sleep(2);
            if (job.id === large) neighbours.push(rendering - 1);
            return aReport(job.id);
          } finally {
            rendering -= 1;
          }
        },
      });
      const ids = await posts(12);
      large = ids[3] ?? "";
      start(fake.stages);
      await until("completed", ...ids);
      expect(neighbours).toEqual([0, 0]);
    });

    test("with a value the database refuses, the job fails and says so", async () => {
      start(fakeStages({ render: async ({ job }) => ({ ...aReport(job.id), pages: -1 }) }).stages);
      const id = await post(queue);
      await until("failed", id);
      expect((await queue.get(id))?.error?.code).toBe("not_storable");
    });
  });

  describe("a render that never ends", () => {
    test("is ended at the job timeout and tried again; what it answers later counts for nothing", async () => {
      const late: (() => void)[] = [];
      const signals: AbortSignal[] = [];
      const fake = fakeStages({
        render({ job }, _, { signal }) {
          signals.push(signal);
          if (signals.length > 1) return Promise.resolve(aReport(job.id));
          return new Promise((resolve) => late.push(() => resolve({ ...aReport(job.id), path: "late.pdf" })));
        },
        deliver: async ({ job }) => {
          for (const answer of late) answer();
          await Bun.sleep(1);
          return { to: job.id, url: null };
        },
      });
      start(fake.stages, { jobTimeoutMs: 30 });
      const id = await post(queue);
      await until("completed", id);
      expect(signals[0]?.reason).toMatchObject({ name: "Failure", code: "job_timeout", transient: true });
      expect(signals[1]?.aborted).toBe(false);
      expect((await queue.get(id))?.report).toEqual(aReport(id));
      const [first, second] = await queue.attempts(id);
      expect(first).toMatchObject({ outcome: "failed", error: { code: "job_timeout" } });
      expect(second).toMatchObject({ outcome: "completed" });
    });

    test("gives its slot to the next", async () => {
      let stuck = "";
      const fake = fakeStages({
        render: ({ job }) => (job.id === stuck ? never() : Promise.resolve(aReport(job.id))),
      });
      stuck = await post(queue);
      const others = await posts(5);
      start(fake.stages, { renderSlots: 1, jobTimeoutMs: 30, maxAttempts: 1 });
      await until("completed", ...others);
      await until("failed", stuck);
    });

    test("gathering and delivering have timeouts, too", async () => {
      start(fakeStages({ gather: never }).stages, { gatherTimeoutMs: 10, maxAttempts: 1 });
      const gathering = await post(queue);
      await until("failed", gathering);
      await pipelines[0]?.stop(0);
      start(fakeStages({ deliver: never }).stages, { deliverTimeoutMs: 10, maxAttempts: 1 });
      const delivering = await post(queue, { dataSet: "{}" });
      await until("failed", delivering);
      for (const id of [gathering, delivering]) expect((await queue.get(id))?.error?.code).toBe("job_timeout");
    });
  });

  describe("a job that is cancelled", () => {
    async function startedRender(cancel: (id: string) => Promise<unknown>) {
      const { promise: started, resolve: begin } = Promise.withResolvers<Step>();
      const fake = fakeStages({
        render: (_claim, _dataSet, step) => {
          begin(step);
          return never();
        },
      });
      start(fake.stages);
      const id = await post(queue);
      const { signal } = await started;
      await cancel(id);
      await until("cancelled", id);
      return { id, signal, fake };
    }

    test("while it runs is told so and ends, whether or not the stage does", async () => {
      const { id, signal, fake } = await startedRender((id) => queue.cancel(id));
      expect(signal.reason).toMatchObject({ name: "Failure", code: "cancelled" });
      expect(fake.did("deliver")).toEqual([]);
      expect(the(await queue.attempts(id)).outcome).toBe("cancelled");
    });

    test("by another hand in the database ends as well", async () => {
      const { signal } = await startedRender(async (id) => {
        const { Database } = await import("bun:sqlite");
        const other = new Database(place.path());
        other.query("UPDATE jobs SET status = 'cancelled' WHERE id = ?").run(id);
        other.close();
        while (pipelines[0]?.running().has(id)) await Bun.sleep(5);
      });
      expect(signal.aborted).toBe(true);
    });

    test("while it waits for a slot never begins", async () => {
      const { promise: gate, resolve: finish } = Promise.withResolvers<void>();
      const fake = fakeStages({ render: ({ job }) => gate.then(() => aReport(job.id)) });
      const pipeline = start(fake.stages, { renderSlots: 1 });
      const [first, second, third] = await posts(3, { dataSet: "{}" });
      while (pipeline.running().size < 2) await Bun.sleep(1);
      expect(pipeline.running().get(second ?? "")?.waitingFor).toBe("render slot");
      await queue.cancel(second ?? "");
      await until("cancelled", second ?? "");
      finish();
      await until("completed", first ?? "", third ?? "");
      expect(fake.did("render")).toEqual([first ?? "", third ?? ""]);
    });

    test("can be tried again and completes", async () => {
      let tries = 0;
      const fake = fakeStages({
        render: ({ job }) => {
          tries += 1;
          return tries === 1 ? never() : Promise.resolve(aReport(job.id));
        },
      });
      start(fake.stages);
      const id = await post(queue);
      while (tries === 0) await Bun.sleep(1);
      await queue.cancel(id);
      await until("cancelled", id);
      await queue.retry(id);
      await until("completed", id);
    });
  });

  describe("a restart", () => {
    test("goes on from what was kept, and never does again what is done", async () => {
      const first = fakeStages({ deliver: never });
      start(first.stages);
      const ids = await posts(3);
      while (first.did("deliver").length < 3) await Bun.sleep(1);
      const before = queue;
      await place.kill(before);
      queue = await open();
      const second = fakeStages();
      start(second.stages);
      await until("completed", ...ids);
      expect(second.did("gather")).toEqual([]);
      expect(second.did("render")).toEqual([]);
      expect(second.did("deliver").toSorted()).toEqual(ids.toSorted());
    });

    test("what was in flight has no neighbour", async () => {
      const first = fakeStages({ render: never });
      start(first.stages);
      const ids = await posts(2, { dataSet: "{}" });
      while (first.did("render").length < 2) await Bun.sleep(1);
      await place.kill(queue);
      queue = await open();
      const second = fakeStages({ render: async ({ job }) => Bun.sleep(2).then(() => aReport(job.id)) });
      start(second.stages);
      await until("completed", ...ids, ...(await posts(4, { dataSet: "{}" })));
      expect(second.did("render").slice(0, 2).toSorted()).toEqual(ids.toSorted());
    });
  });

  describe("when it stops", () => {
    test("what runs may end within the grace time, and nothing new begins", async () => {
      const gates: (() => void)[] = [];
      const fake = fakeStages({
        render: ({ job }) => new Promise((resolve) => gates.push(() => resolve(aReport(job.id)))),
      });
      const pipeline = start(fake.stages, { renderSlots: 1 });
      const [id] = await posts(20, { dataSet: "{}" });
      while (gates.length === 0) await Bun.sleep(1);
      const claimed = pipeline.running().size;
      const stopping = pipeline.stop(10_000);
      const opener = setInterval(() => gates.shift()?.(), 1);
      await stopping;
      clearInterval(opener);
      expect((await queue.get(id ?? ""))?.status).toBe("completed");
      expect(await queue.counts()).toMatchObject({ completed: claimed, queued: 20 - claimed, running: 0 });
    });

    test("what does not end in time is told so and put back, and the try does not count", async () => {
      const signals: AbortSignal[] = [];
      const fake = fakeStages({
        render: (_claim, _dataSet, { signal }) => {
          signals.push(signal);
          return never();
        },
      });
      const pipeline = start(fake.stages);
      const ids = await posts(3, { dataSet: "{}" });
      while (signals.length < 2) await Bun.sleep(1);
      await pipeline.stop(5);
      expect(signals[0]?.reason).toMatchObject({ code: "stopping" });
      expect(await queue.counts()).toMatchObject({ queued: 3, running: 0 });
      for (const id of ids) expect((await queue.get(id))?.attempts).toBe(0);
      start(fakeStages().stages);
      await until("completed", ...ids);
    });

    test("at once when nothing runs", async () => {
      const pipeline = start(fakeStages().stages);
      await pipeline.stop(60_000);
      const id = await post(queue);
      expect((await queue.get(id))?.status).toBe("queued");
    });
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
    const { claim, gathered, rendered, complete, fail, cancelled, release } = queue;
    const sick: Queue = {
      ...queue,
      claim: unreliable(claim),
      gathered: unreliable(gathered),
      rendered: unreliable(rendered),
      complete: unreliable(complete),
      fail: unreliable(fail),
      cancelled: unreliable(cancelled),
      release: unreliable(release),
    };
    const fake = fakeStages();
    start(fake.stages, { queue: sick });
    const ids = await posts(8);
    await until("completed", ...ids);
    for (const did of ["gather", "render", "deliver"] as const)
      expect(fake.did(did).toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect((await queue.get(id))?.attempts).toBe(1);
  }, 20_000);

  test("holds renders while it is told to, and says why", async () => {
    let reason: string | null = "memory";
    const fake = fakeStages();
    const pipeline = start(fake.stages, { holdRender: () => reason });
    const id = await post(queue);
    while (pipeline.running().get(id)?.waitingFor !== "memory") await Bun.sleep(1);
    expect(fake.did("render")).toEqual([]);
    reason = null;
    await until("completed", id);
    expect(pipeline.running().size).toBe(0);
  });

  test("says how far a job is, and how long they take", async () => {
    const { promise: started, resolve: begin } = Promise.withResolvers<Step>();
    const { promise: gate, resolve: finish } = Promise.withResolvers<void>();
    const fake = fakeStages({
      render: async ({ job }, _dataSet, step) => {
        begin(step);
        await gate;
        return aReport(job.id);
      },
    });
    const pipeline = start(fake.stages);
    expect(pipeline.typicalMs()).toBeNull();
    const id = await post(queue);
    const step = await started;
    const seen = [0, 0.25, 0.5, 1, 7].map((done) => {
      step.progress(done);
      return pipeline.running().get(id)?.progress ?? Number.NaN;
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen[0]).toBeGreaterThan(0);
    expect(seen.at(-1)).toBeLessThan(1);
    finish();
    await until("completed", id);
    while (pipeline.typicalMs() === null) await Bun.sleep(1);
    expect(pipeline.typicalMs()).toBeGreaterThan(0);
  });

  test("a thousand jobs of many clients all complete, once", async () => {
    const fake = fakeStages();
    start(fake.stages, { renderSlots: 8, gatherSlots: 8, deliverSlots: 8 });
    const jobs = Array.from({ length: 1_000 }, (_, index) =>
      newJob({ client: `client ${index % 13}`, priority: index % 10, dataSet: index % 2 === 0 ? "{}" : null }),
    );
    const ids = (await queue.submit(jobs)).map(({ job }) => job.id);
    await until("completed", ...ids);
    expect(fake.did("deliver").toSorted()).toEqual(ids.toSorted());
    expect(await queue.counts()).toEqual({
      queued: 0,
      running: 0,
      waiting: 0,
      completed: 1_000,
      failed: 0,
      cancelled: 0,
    });
  });
});
