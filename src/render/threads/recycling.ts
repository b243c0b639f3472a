import type { RenderPool } from "./pool.ts";

/**
 * A thread grows by a tenth over a thousand reports, since more and more of its functions are compiled; a new one takes
 * half a second of CPU more for its first report, and a tenth of a second for each of the next few.
 */
const RENDERS_OF_A_THREAD = 200;
/** An idle thread retains some 50 MB. */
const IDLE_MS = 10 * 60_000;

export interface RecyclingPoolOptions {
  /** Renders at once. */
  readonly threads: number;
  /** A pool of one thread, which starts with its first render. */
  readonly create: () => RenderPool;
  /** Renders after which a thread is ended. */
  readonly renders?: number;
  /** Milliseconds without a render after which it is. */
  readonly idleMs?: number;
}

/**
 * A pool whose threads are replaced between two renders: each after a number of them, and after a time
 * without any. The first of those that are free renders, so that under a light load the others end.
 */
export function createRecyclingPool(options: RecyclingPoolOptions): RenderPool {
  const threads = Array.from({ length: options.threads }, () => createThread(options));
  return {
    threads: options.threads,
    busy: () => threads.reduce((sum, thread) => sum + thread.pending(), 0),
    render(task, how) {
      const freest = threads.reduce((best, thread) => (thread.pending() < best.pending() ? thread : best));
      return freest.render(task, how);
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

interface RenderThread extends Pick<RenderPool, "render" | "close"> {
  /** Renders that have begun or wait. */
  pending(): number;
}

function createThread({ create, renders = RENDERS_OF_A_THREAD, idleMs = IDLE_MS }: RecyclingPoolOptions): RenderThread {
  /** Written by `recycle`. */
  let pool = create();
  /** Written by `recycle`: the thread before has ended. */
  let ended: Promise<void> = Promise.resolve();
  /** Written by `render` and `recycle`. */
  let rendered = 0;
  /** Written by `render`. */
  let pending = 0;
  /** Written by `render` and `close`. */
  let idle: Timer | undefined;

  function recycle(): void {
    if (pending > 0 || rendered === 0) return;
    ended = pool.close();
    pool = create();
    rendered = 0;
  }

  return {
    pending: () => pending,
    async render(task, how) {
      clearTimeout(idle);
      pending += 1;
      try {
        // Two threads at once would have more memory than any after so many renders.
        await ended;
        return await pool.render(task, how);
      } finally {
        pending -= 1;
        rendered += 1;
        if (rendered >= renders) recycle();
        idle = setTimeout(recycle, idleMs);
        idle.unref();
      }
    },
    async close() {
      clearTimeout(idle);
      await Promise.all([ended, pool.close()]);
    },
  };
}
