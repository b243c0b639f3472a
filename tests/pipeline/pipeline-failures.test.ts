import { describe, expect, test } from "bun:test";
import { Failure } from "../../src/failure.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { aReport, post } from "../queue/builders.ts";
import { never, newPipelineWorld } from "./pipeline-world.ts";
import { fakeStages } from "./stages.ts";

describe("the pipeline", () => {
  const world = newPipelineWorld();

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
      world.start(fake.stages);
      const id = await post(world.queue);
      await world.until("failed", id);
      expect(await world.queue.get(id)).toMatchObject({
        attempts: 1,
        error: { code: "no_data", message: "no data for Manly NSW 2095: import some" },
      });
    });

    test("for now, it is retried, and only that stage", async () => {
      const fail = once(new Failure("unreachable", "no network", { transient: true }));
      const fake = fakeStages({
        deliver: async () => {
          fail();
          return { to: "/x", url: null };
        },
      });
      world.start(fake.stages);
      const id = await post(world.queue);
      await world.until("completed", id);
      expect(fake.did("gather")).toEqual([id]);
      expect(fake.did("render")).toEqual([id]);
      expect(fake.did("deliver")).toEqual([id, id]);
      expect((await world.queue.attempts(id)).map(({ outcome }) => outcome)).toEqual(["failed", "completed"]);
    });

    test("again and again, it fails after its last attempt, with the last error", async () => {
      let attempts = 0;
      const fake = fakeStages({
        gather: async () => {
          attempts += 1;
          throw new Failure("unreachable", `try ${attempts}`, { transient: true });
        },
      });
      world.start(fake.stages);
      const id = await post(world.queue);
      await world.until("failed", id);
      expect(await world.queue.get(id)).toMatchObject({
        attempts: 3,
        error: { code: "unreachable", message: "try 3" },
      });
    });

    test("with an unknown error, it is retried", async () => {
      for (const thrown of [new TypeError("x is not a function"), "a text", undefined, null]) {
        const fail = once(thrown);
        const pipeline = world.start({
          ...fakeStages().stages,
          // Not even a promise.
          gather: () => {
            fail();
            return Promise.resolve("{}");
          },
        });
        const id = await post(world.queue);
        await world.until("completed", id);
        expect((await world.queue.get(id))?.attempts).toBe(2);
        await pipeline.stop(1_000);
      }
    });

    test("the waits double with each attempt, and the jitter takes all of them", async () => {
      const waits: number[] = [];
      const random = [1, 1, 0.5, 0];
      const fake = fakeStages({
        gather: async () => {
          throw new Failure("unreachable", "no network", { transient: true });
        },
      });
      const watched: Queue = {
        ...world.queue,
        fail(claim, error, retryInMs, options) {
          if (retryInMs !== null) waits.push(retryInMs);
          return world.queue.fail(claim, error, retryInMs === null ? null : 0, options);
        },
      };
      world.start(fake.stages, {
        queue: watched,
        maxAttempts: 5,
        backoff: { baseMs: 100, capMs: 350, random: () => random.shift() ?? 1 },
      });
      const id = await post(world.queue);
      await world.until("failed", id);
      expect(waits).toEqual([100, 200, 175, 0]);
    });

    test("and the other side requested a pause, it is", async () => {
      const fake = fakeStages({
        deliver: async () => {
          throw new Failure("rate_limited", "later", { transient: true, retryAfterMs: 3_600_000 });
        },
      });
      world.start(fake.stages);
      const id = await post(world.queue);
      const before = Date.now();
      await world.until("waiting", id);
      const job = await world.queue.get(id);
      expect(Date.parse(job?.runAt ?? "")).toBeGreaterThanOrEqual(before + 3_600_000);
    });

    test("because it is too large, the next attempt has no neighbour", async () => {
      let rendering = 0;
      const neighbours: number[] = [];
      const fail = once(new Failure("memory_limit", "too large", { transient: true, crashed: true }));
      let large = "";
      const fake = fakeStages({
        render: async ({ job }) => {
          rendering += 1;
          try {
            if (job.id === large) {
              if (job.isolated) neighbours.push(rendering - 1);
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
      const ids = await world.posts(12);
      large = ids[3] ?? "";
      world.start(fake.stages);
      await world.until("completed", ...ids);
      expect(neighbours).toEqual([0, 0]);
    });

    test("with a value the database refuses, the job fails and says so", async () => {
      world.start(fakeStages({ render: async ({ job }) => ({ ...aReport(job.id), pages: -1 }) }).stages);
      const id = await post(world.queue);
      await world.until("failed", id);
      expect((await world.queue.get(id))?.error?.code).toBe("not_storable");
    });
  });

  describe("a render that never ends", () => {
    test("is ended at the job timeout and attempted again; what it returns later counts for nothing", async () => {
      const late: (() => void)[] = [];
      const signals: AbortSignal[] = [];
      const fake = fakeStages({
        render({ job }, _, { signal }) {
          signals.push(signal);
          if (signals.length > 1) return Promise.resolve(aReport(job.id));
          return new Promise((resolve) => late.push(() => resolve({ ...aReport(job.id), path: "late.pdf" })));
        },
        deliver: async ({ job }) => {
          for (const response of late) response();
          await Bun.sleep(1);
          return { to: job.id, url: null };
        },
      });
      world.start(fake.stages, { jobTimeoutMs: 30 });
      const id = await post(world.queue);
      await world.until("completed", id);
      expect(signals[0]?.reason).toMatchObject({ name: "Failure", code: "job_timeout", transient: true });
      expect(signals[1]?.aborted).toBe(false);
      expect((await world.queue.get(id))?.report).toEqual(aReport(id));
      const [first, second] = await world.queue.attempts(id);
      expect(first).toMatchObject({ outcome: "failed", error: { code: "job_timeout" } });
      expect(second).toMatchObject({ outcome: "completed" });
    });

    test("gives its slot to the next", async () => {
      let stuck = "";
      const fake = fakeStages({
        render: ({ job }) => (job.id === stuck ? never() : Promise.resolve(aReport(job.id))),
      });
      stuck = await post(world.queue);
      const others = await world.posts(5);
      world.start(fake.stages, { renderSlots: 1, jobTimeoutMs: 30, maxAttempts: 1 });
      await world.until("completed", ...others);
      await world.until("failed", stuck);
    });

    test("gathering and delivering have timeouts, too", async () => {
      world.start(fakeStages({ gather: never }).stages, { gatherTimeoutMs: 10, maxAttempts: 1 });
      const gathering = await post(world.queue);
      await world.until("failed", gathering);
      await world.pipelines[0]?.stop(0);
      world.start(fakeStages({ deliver: never }).stages, { deliverTimeoutMs: 10, maxAttempts: 1 });
      const delivering = await post(world.queue, { dataSet: "{}" });
      await world.until("failed", delivering);
      for (const id of [gathering, delivering]) expect((await world.queue.get(id))?.error?.code).toBe("job_timeout");
    });
  });
});
