import { rm } from "node:fs/promises";
import { join } from "node:path";
import { MessageChannel, type Worker } from "node:worker_threads";
import { Piscina } from "piscina";
import { Failure, type Outcome, returned } from "../../failure.ts";
import { messages } from "../messages.ts";
import {
  partOf,
  type Rendered,
  type RenderProgress,
  type RenderStep,
  type RenderTask,
  type WorkerTask,
} from "../render.ts";

export type { Rendered, RenderTask };

export interface RenderPool {
  readonly threads: number;
  /** Renders in progress. */
  busy(): number;
  /**
   * Renders in a thread of its own. An abort ends the thread, however busy it is, and rejects with the signal's reason.
   * @throws Failure "no_data" (permanent) for a data set without anything to report; "render_crashed" (transient)
   *   when the thread died; "disk_full" (transient).
   */
  render(
    task: RenderTask,
    options: { readonly signal?: AbortSignal; readonly onProgress?: RenderProgress },
  ): Promise<Rendered>;
  close(): Promise<void>;
}

export interface RenderPoolOptions {
  /** Renders at once: so many threads, each started with its first render and reused. */
  readonly threads: number;
  /** The module that renders in each thread; its default export takes a WorkerTask and returns an Outcome. */
  readonly workerFile?: string;
}

type PoolRunOptions = NonNullable<Parameters<Piscina["run"]>[1]>;

/** Set by build.ts: where the compiled binary stores the module. */
declare const AGENTLINK_RENDER_WORKER: string | undefined;

const WORKER_FILE =
  typeof AGENTLINK_RENDER_WORKER === "string" ? AGENTLINK_RENDER_WORKER : join(import.meta.dir, "worker.ts");

export function createRenderPool({ threads, workerFile = WORKER_FILE }: RenderPoolOptions): RenderPool {
  const piscina = new Piscina({
    filename: workerFile,
    // Started when they are needed: a start of the service does not wait for them, nor has their memory.
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    // An idle thread that waits in Atomics.wait receives nothing else, not even its own timers.
    atomics: "disabled",
  });
  /** Written by `render`. */
  const renders = new Set<AbortController>();
  // Without a listener the event would end the process. A thread that dies without a task is replaced when the next
  // one comes; but where none can start, a task would wait for ever.
  piscina.on("error", (error: unknown) => {
    if (piscina.threads.length > 0) return;
    for (const render of renders) render.abort(crashed(error));
  });
  const endings = trackEndings(piscina);

  return {
    threads,
    busy: () => renders.size,
    async render(task, { signal, onProgress }) {
      signal?.throwIfAborted();
      const lost = new AbortController();
      const either = signal ? AbortSignal.any([signal, lost.signal]) : lost.signal;
      const { port1: progress, port2 } = new MessageChannel();
      progress.on("message", ({ done, section }: RenderStep) => onProgress?.(done, section));
      renders.add(lost);
      try {
        const message: WorkerTask = { ...task, progress: port2 };
        return returned(
          (await piscina.run(message, {
            signal: either,
            // What is empty stays here: several documents that are made of no data share it.
            transferList: [port2, ...(task.dataSet.length > 0 ? [task.dataSet.buffer] : [])] as unknown as NonNullable<
              PoolRunOptions["transferList"]
            >,
          })) as Outcome<Rendered>,
        );
      } catch (error) {
        if (error instanceof Failure) throw error;
        // Not before the thread is really gone: until then it could still write, into the next attempt's file.
        await endings();
        await rm(partOf(task.output), { force: true });
        if (either.aborted) throw either.reason;
        throw crashed(error);
      } finally {
        renders.delete(lost);
        progress.close();
      }
    },
    async close() {
      const closed = new Failure("stopping", messages.stopping, {
        transient: true,
      });
      for (const render of renders) render.abort(closed);
      await piscina.destroy();
    },
  };
}

/** Returns a function that resolves once every thread the pool has given up has really ended. */
function trackEndings(piscina: Piscina): () => Promise<void> {
  /** Threads that have not ended. Written by `track`. */
  const alive = new Map<Worker, Promise<void>>();
  const track = () => {
    for (const worker of piscina.threads) {
      if (alive.has(worker)) continue;
      const { promise, resolve } = Promise.withResolvers<void>();
      alive.set(worker, promise);
      worker.once("exit", () => {
        alive.delete(worker);
        resolve();
      });
    }
  };
  piscina.on("workerCreate", track);
  track();
  return async () => {
    const running = new Set(piscina.threads);
    await Promise.all([...alive].filter(([worker]) => !running.has(worker)).map(([, ended]) => ended));
  };
}

function crashed(cause: unknown): Failure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Failure("render_crashed", messages.threadEnded(reason), {
    transient: true,
    crashed: true,
    cause,
  });
}
