import { Failure } from "../failure.ts";

/** What a render may need on top of what the process has already: below this no new one starts. */
const RENDER_BYTES = 100_000_000;
/**
 * The part of the limit at which a render is ended: one that allocates without end takes a few more megabytes before it
 * is, and where the limit is a control group's the kernel would end the whole process at it.
 */
const END_AT = 0.9;
/** A thread fills a gigabyte in a second. */
const CHECK_EVERY_MS = 50;

export interface MemoryGuard {
  /** True while another render would go past the limit. Never with none under way: then waiting could not help. */
  full(): boolean;
  /** Counts a render of `bytes` of data; `end` is called with the reason should it have to be ended. Answers how to uncount it. */
  enter(bytes: number, end: (reason: Failure) => void): () => void;
  close(): void;
}

/**
 * Bun ignores a worker's resource limits, so one render that allocates without end would take the whole process with
 * it. This watches the process instead: close to the limit it ends the render with the most data.
 */
export function createMemoryGuard(options: { readonly limitBytes: number; readonly rss?: () => number }): MemoryGuard {
  const rss = options.rss ?? (() => process.memoryUsage.rss());
  const renders = new Set<{ readonly bytes: number; readonly end: (reason: Failure) => void }>();
  const endBytes = END_AT * options.limitBytes;
  const timer = setInterval(() => {
    if (renders.size === 0 || rss() <= endBytes) return;
    const largest = [...renders].reduce((a, b) => (b.bytes > a.bytes ? b : a));
    renders.delete(largest);
    largest.end(
      new Failure(
        "memory_limit",
        `the process passed ${Math.round(endBytes / 1e6)} MB while it rendered this report: give AGENTLINK_MEMORY_LIMIT more, or the report less data`,
        { transient: true, crashed: true },
      ),
    );
  }, CHECK_EVERY_MS);
  timer.unref();
  return {
    full: () => renders.size > 0 && rss() + RENDER_BYTES > endBytes,
    enter(bytes, end) {
      const render = { bytes, end };
      renders.add(render);
      return () => renders.delete(render);
    },
    close: () => clearInterval(timer),
  };
}
