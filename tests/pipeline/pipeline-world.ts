import { afterEach, beforeEach } from "bun:test";
import { createPipeline, type Pipeline, type PipelineOptions } from "../../src/pipeline/pipeline.ts";
import type { Stages } from "../../src/pipeline/stage.ts";
import type { NewJob, Status } from "../../src/queue/job.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { post } from "../queue/builders.ts";
import { sqliteStorage } from "../queue/sqlite-storage.ts";
import { within } from "../until.ts";

/** What a stuck stage returns. */
export const never = () => new Promise<never>(() => {});

const NO_WAIT = { baseMs: 0, capMs: 0, random: () => 0 };

/** What a test of the pipeline has: a real queue, and pipelines that are stopped with the test. */
export interface PipelineWorld {
  readonly storage: Awaited<ReturnType<typeof sqliteStorage>>;
  readonly queue: Queue;
  readonly pipelines: readonly Pipeline[];
  start(stages: Stages, options?: Partial<PipelineOptions>): Pipeline;
  /** Resolves when all of the jobs have the status. */
  until(status: Status, ...ids: readonly string[]): Promise<void>;
  posts(count: number, changes?: Partial<NewJob>): Promise<readonly string[]>;
  /** Opens the storage again, after a kill. */
  reopen(): Promise<void>;
}

/** A new world for each test of the surrounding `describe`. */
export function newPipelineWorld(): PipelineWorld {
  let storage: PipelineWorld["storage"];
  let queue: Queue;
  let pipelines: Pipeline[];
  const open = () => storage.open({ queueLimit: 10_000, now: () => new Date() });

  beforeEach(async () => {
    storage = await sqliteStorage();
    queue = await open();
    pipelines = [];
  });
  afterEach(async () => {
    for (const pipeline of pipelines) await pipeline.stop(0);
    await queue.close();
    await storage.remove();
  });

  return {
    get storage() {
      return storage;
    },
    get queue() {
      return queue;
    },
    get pipelines() {
      return pipelines;
    },

    start(stages, options = {}) {
      const pipeline = createPipeline({
        queue,
        stages,
        renderSlots: 2,
        gatherSlots: 3,
        deliverSlots: 3,
        jobTimeoutMs: 10_000,
        maxAttempts: 3,
        backoff: NO_WAIT,
        renderBlockedBy: () => null,
        ...options,
      });
      pipelines.push(pipeline);
      pipeline.start();
      return pipeline;
    },

    async until(status, ...ids) {
      const left = new Set(ids);
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = queue.subscribe((change) => {
        if (change.status === status) left.delete(change.id);
        if (left.size === 0) resolve();
      });
      for (const id of ids) if ((await queue.get(id))?.status === status) left.delete(id);
      if (left.size > 0) await within(promise, `${status} of ${ids.join(", ")}`).finally(stop);
      else stop();
    },

    posts: (count, changes = {}) => Promise.all(Array.from({ length: count }, () => post(queue, changes))),

    async reopen() {
      queue = await open();
    },
  };
}
