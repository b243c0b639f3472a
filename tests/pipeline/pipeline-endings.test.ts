import { describe, expect, test } from "bun:test";
import type { Step } from "../../src/pipeline/pipeline.ts";
import { aReport, post, the } from "../queue/builders.ts";
import { until } from "../until.ts";
import { never, newPipelineWorld } from "./pipeline-world.ts";
import { fakeStages } from "./stages.ts";

describe("the pipeline", () => {
  const world = newPipelineWorld();

  describe("a job that is cancelled", () => {
    async function startedRender(cancel: (id: string) => Promise<unknown>) {
      const { promise: started, resolve: begin } = Promise.withResolvers<Step>();
      const fake = fakeStages({
        render: (_claim, _dataSet, step) => {
          begin(step);
          return never();
        },
      });
      world.start(fake.stages);
      const id = await post(world.queue);
      const { signal } = await started;
      await cancel(id);
      await world.until("cancelled", id);
      return { id, signal, fake };
    }

    test("while it runs is signalled and ends, whether or not the stage does", async () => {
      const { id, signal, fake } = await startedRender((id) => world.queue.cancel(id));
      expect(signal.reason).toMatchObject({ name: "Failure", code: "cancelled" });
      expect(fake.did("deliver")).toEqual([]);
      expect(the(await world.queue.attempts(id)).outcome).toBe("cancelled");
    });

    test("by an operator in the database ends as well", async () => {
      const { signal } = await startedRender(async (id) => {
        const { Database } = await import("bun:sqlite");
        const other = new Database(world.storage.path());
        other.query("UPDATE jobs SET status = 'cancelled' WHERE id = ?").run(id);
        other.close();
        await until(() => !world.pipelines[0]?.running().has(id));
      });
      expect(signal.reason).toMatchObject({ code: "lease_lost" });
    });

    test("while it waits for a slot never begins", async () => {
      const { promise: opened, resolve: finish } = Promise.withResolvers<void>();
      const fake = fakeStages({ render: ({ job }) => opened.then(() => aReport(job.id)) });
      const pipeline = world.start(fake.stages, { renderSlots: 1 });
      const [first, second, third] = await world.posts(3, { dataSet: "{}" });
      await until(() => pipeline.running().size >= 2);
      expect(pipeline.running().get(second ?? "")?.waitingFor).toBe("render slot");
      await world.queue.cancel(second ?? "");
      await world.until("cancelled", second ?? "");
      finish();
      await world.until("completed", first ?? "", third ?? "");
      expect(fake.did("render")).toEqual([first ?? "", third ?? ""]);
    });

    test("can be retried and completes", async () => {
      let attempts = 0;
      const fake = fakeStages({
        render: ({ job }) => {
          attempts += 1;
          return attempts === 1 ? never() : Promise.resolve(aReport(job.id));
        },
      });
      world.start(fake.stages);
      const id = await post(world.queue);
      await until(() => attempts !== 0);
      await world.queue.cancel(id);
      await world.until("cancelled", id);
      await world.queue.retry(id);
      await world.until("completed", id);
    });
  });

  describe("a restart", () => {
    test("resumes from what was stored, and never does again what is done", async () => {
      const first = fakeStages({ deliver: never });
      world.start(first.stages);
      const ids = await world.posts(3);
      await until(() => first.did("deliver").length >= 3);
      const before = world.queue;
      await world.storage.kill(before);
      await world.reopen();
      const second = fakeStages();
      world.start(second.stages);
      await world.until("completed", ...ids);
      expect(second.did("gather")).toEqual([]);
      expect(second.did("render")).toEqual([]);
      expect(second.did("deliver").toSorted()).toEqual(ids.toSorted());
    });

    test("what was being rendered is isolated, one after the other, while others are rendered beside it", async () => {
      const first = fakeStages({ render: never });
      world.start(first.stages);
      const ids = await world.posts(2, { dataSet: "{}" });
      await until(() => first.did("render").length >= 2);
      await world.storage.kill(world.queue);
      await world.reopen();
      const gates = new Map<string, () => void>();
      const second = fakeStages({
        render: ({ job }) =>
          job.isolated
            ? new Promise((resolve) => gates.set(job.id, () => resolve(aReport(job.id))))
            : Promise.resolve(aReport(job.id)),
      });
      world.start(second.stages);
      for (let isolated = 0; isolated < 2; isolated += 1) {
        await until(() => gates.size === 1);
        await world.until("completed", ...(await world.posts(4, { dataSet: "{}" })));
        const [[id, open]] = [...gates] as [[string, () => void]];
        gates.clear();
        open();
        await world.until("completed", id);
      }
      await world.until("completed", ...ids);
    });

    test("deliveries that hang again delay no other job, and make no job suspected", async () => {
      const first = fakeStages({ deliver: never });
      world.start(first.stages);
      const ids = await world.posts(3);
      for (let kill = 1; kill <= 4; kill += 1) {
        const hanging = kill === 1 ? first : fakeStages({ deliver: never });
        if (kill > 1) world.start(hanging.stages);
        await until(() => hanging.did("deliver").length >= 3);
        const [fresh] = await world.posts(1);
        await until(async () => (await world.queue.get(fresh ?? ""))?.stage === "delivering");
        await world.queue.cancel(fresh ?? "");
        await world.storage.kill(world.queue);
        await world.reopen();
      }
      for (const id of ids)
        expect(await world.queue.get(id)).toMatchObject({
          status: "queued",
          stage: "delivering",
          attempts: 0,
          isolated: false,
        });
    });

    test("a job that waited for memory, a render slot or a closed target is to blame for nothing", async () => {
      const [first, second, rendered] = await world.posts(3, { dataSet: "{}" });
      for (let kill = 1; kill <= 4; kill += 1) {
        const pipeline = world.start(fakeStages().stages, {
          renderBlockedBy: () => "memory",
          deliveriesAtOnce: () => ({ now: 0, atBest: 4 }),
          renderSlots: 1,
        });
        await until(() => pipeline.running().get(first ?? "")?.waitingFor === "memory");
        await world.storage.kill(world.queue);
        await world.reopen();
      }
      for (const id of [first, second, rendered])
        expect(await world.queue.get(id ?? "")).toMatchObject({ status: "queued", attempts: 0, isolated: false });
    });

    test("a suspected job that may not be rendered yet prevents no other from being gathered or delivered", async () => {
      const first = fakeStages({ render: never });
      world.start(first.stages);
      const [suspected] = await world.posts(1, { dataSet: "{}" });
      await until(() => first.did("render").length === 1);
      await world.storage.kill(world.queue);
      await world.reopen();
      const [waiting] = await world.posts(1, { dataSet: "{}" });
      const claim = the((await world.queue.claim({ rendering: 1 })).filter(({ job }) => job.id === waiting));
      await world.queue.rendered(claim, aReport(waiting ?? ""));
      await world.queue.release(claim, "delivery_busy");
      const second = fakeStages();
      const pipeline = world.start(second.stages, { renderBlockedBy: () => "memory" });
      const [gathered] = await world.posts(1);
      await world.until("completed", waiting ?? "");
      await until(() => second.did("gather").includes(gathered ?? ""));
      await until(() => pipeline.running().get(suspected ?? "")?.waitingFor === "memory");
    });
  });

  describe("when it stops", () => {
    test("what runs may end within the grace time, and nothing new begins", async () => {
      const gates: (() => void)[] = [];
      const fake = fakeStages({
        render: ({ job }) => new Promise((resolve) => gates.push(() => resolve(aReport(job.id)))),
      });
      const pipeline = world.start(fake.stages, { renderSlots: 1 });
      const [id] = await world.posts(20, { dataSet: "{}" });
      await until(() => gates.length !== 0);
      const claimed = pipeline.running().size;
      const stopping = pipeline.stop(10_000);
      const opener = setInterval(() => gates.shift()?.(), 1);
      await stopping;
      clearInterval(opener);
      expect((await world.queue.get(id ?? ""))?.status).toBe("completed");
      expect(await world.queue.counts()).toMatchObject({ completed: claimed, queued: 20 - claimed, running: 0 });
    });

    test("what does not end in time is aborted and put back, and the attempt does not count", async () => {
      const signals: AbortSignal[] = [];
      const fake = fakeStages({
        render: (_claim, _dataSet, { signal }) => {
          signals.push(signal);
          return never();
        },
      });
      const pipeline = world.start(fake.stages);
      const ids = await world.posts(3, { dataSet: "{}" });
      await until(() => signals.length >= 2);
      await pipeline.stop(5);
      expect(signals[0]?.reason).toMatchObject({ code: "stopping" });
      expect(await world.queue.counts()).toMatchObject({ queued: 3, running: 0 });
      for (const id of ids) expect((await world.queue.get(id))?.attempts).toBe(0);
      world.start(fakeStages().stages);
      await world.until("completed", ...ids);
    });

    test("at once when nothing runs", async () => {
      const pipeline = world.start(fakeStages().stages);
      await pipeline.stop(60_000);
      const id = await post(world.queue);
      expect((await world.queue.get(id))?.status).toBe("queued");
    });
  });
});
