/*
 * Where reports are rendered: threads of lower priority, within the memory that there is, and a separate process for a
 * job that may have crashed one. thread.ts runs in a thread, the other files start, watch and end one.
 * Not here: what is drawn.
 */

import type { Rendered, RenderProgress, RenderTask } from "../render.ts";
import { createIsolatedRenderer } from "./isolated.ts";
import { createMemoryGuard, type OtherMemory } from "./memory.ts";
import { createRenderPool, type RenderPool } from "./pool.ts";
import { createRecyclingPool } from "./recycling.ts";

export interface RendererOptions {
  readonly threads: number;
  /** Memory of the whole process. */
  readonly limitBytes: number;
  /** Starts a process that renders one report alone. */
  readonly command: readonly string[];
  /** What renders in each thread; the product's own when left out. */
  readonly workerFile?: string | undefined;
}

/** Renders documents within the memory that there is: in threads, and in a process of its own what may crash one. */
export interface Renderer extends Pick<RenderPool, "threads" | "busy" | "close"> {
  /**
   * `isolated`: in a process of its own. Rejects with the signal's reason when that is aborted.
   * @throws Failure as the pool's, and "memory_limit" (transient) for a render that had to be ended.
   */
  render(
    task: RenderTask,
    options: {
      readonly isolated: boolean;
      readonly signal?: AbortSignal;
      readonly onProgress?: RenderProgress;
    },
  ): Promise<Rendered>;
  /** Why no render may start now, or null. */
  blockedBy(): "memory" | null;
  /** From now on the memory of this is released before any render is ended. */
  share(other: OtherMemory): void;
}

export function openRenderer({ threads, limitBytes, command, workerFile }: RendererOptions): Renderer {
  const pool = createRecyclingPool({
    threads,
    create: () => createRenderPool({ threads: 1, ...(workerFile === undefined ? {} : { workerFile }) }),
  });
  const separate = createIsolatedRenderer({ command, limitBytes });
  const memory = createMemoryGuard({ limitBytes });
  return {
    threads,
    busy: pool.busy,
    async render(task, { isolated, signal, ...options }) {
      if (isolated) return separate.render(task, { ...options, ...(signal && { signal }) });
      const tooLarge = new AbortController();
      const leave = memory.enter(task.dataSet.length, (reason) => tooLarge.abort(reason));
      try {
        const either = AbortSignal.any([tooLarge.signal, ...(signal ? [signal] : [])]);
        return await pool.render(task, { ...options, signal: either });
      } finally {
        leave();
      }
    },
    blockedBy: () => (memory.full() ? "memory" : null),
    share: memory.share,
    async close() {
      memory.close();
      await pool.close();
    },
  };
}
