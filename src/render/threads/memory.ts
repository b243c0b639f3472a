import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";

/** What a render may need on top of what the process has already: below this no new one starts. */
const RENDER_BYTES = 100_000_000;
/**
 * The part of the limit at which a render is ended: one that allocates without end takes a few more megabytes before it
 * is, and where the limit is a control group's the kernel would end the whole process at it.
 */
const END_AT = 0.9;
/** A thread fills a gigabyte in a second. */
const CHECK_EVERY_MS = 50;

/** Other users of memory, which can release it. */
export interface OtherMemory {
  reservedBytes(): number;
  shed(): void;
}

/** The memory of others that is released before any render is ended. */
const WORTH_SHEDDING_BYTES = 4_000_000;
/** Memory that was let go is given back to the system a moment later, as long as there is room for that moment. */
const GIVEN_BACK_MS = 3_000;
const NO_ROOM_AT = 0.97;

export interface MemoryGuard {
  /** True while another render would go past the limit. Never if none is running: then waiting could not help. */
  full(): boolean;
  /**
   * Counts a render of `bytes` of data; `end` is called with the reason should it have to be ended. Returns how to
   * uncount it.
   */
  enter(bytes: number, end: (reason: Failure) => void): () => void;
  /** From now on the memory of this is released first: no render is ended for it. */
  share(other: OtherMemory): void;
  close(): void;
}

/**
 * Bun ignores a worker's resource limits, so one render that allocates without end would take the whole process with
 * it. This watches the process instead: close to the limit it ends the render with the most data, once everything else has
 * let go what it can.
 */
export function createMemoryGuard(options: {
  readonly limitBytes: number;
  /** The process does nothing but this one render: its memory is that one's. */
  readonly isolated?: boolean;
  readonly rss?: () => number;
}): MemoryGuard {
  const rss = options.rss ?? (() => process.memoryUsage.rss());
  /** Written by `timer` and `enter`. */
  const renders = new Set<{ readonly bytes: number; readonly end: (reason: Failure) => void }>();
  const endBytes = END_AT * options.limitBytes;
  /** Written by `share`. */
  let other: OtherMemory | null = null;
  /** Written by `timer`. */
  let waitUntil = 0;
  const timer = setInterval(() => {
    const used = rss();
    if (used <= endBytes) return;
    const now = performance.now();
    const reservedBytes = other?.reservedBytes() ?? 0;
    if (other !== null && reservedBytes > WORTH_SHEDDING_BYTES) {
      other.shed();
      Bun.gc(true);
      waitUntil = now + GIVEN_BACK_MS;
    }
    if (renders.size === 0 || (now < waitUntil && used < NO_ROOM_AT * options.limitBytes)) return;
    const largest = [...renders].reduce((a, b) => (b.bytes > a.bytes ? b : a));
    renders.delete(largest);
    largest.end(tooMuch(endBytes, options.isolated === true));
  }, CHECK_EVERY_MS);
  timer.unref();
  return {
    full: () => renders.size > 0 && rss() + RENDER_BYTES > endBytes,
    enter(bytes, end) {
      const render = { bytes, end };
      renders.add(render);
      return () => renders.delete(render);
    },
    share(another) {
      other = another;
    },
    close: () => clearInterval(timer),
  };
}

/**
 * Whose memory it is cannot be known in a process that does other work as well: there the render is only suspected, and
 * rendered again in one of its own, which proves it. So no flood of requests is ever blamed on a report.
 */
function tooMuch(bytes: number, isolated: boolean): Failure {
  const used = `${Math.round(bytes / 1e6)} MB`;
  return isolated
    ? new Failure("memory_limit", messages.isolatedTooLarge(used), { transient: true, crashed: true })
    : new Failure("memory_limit", messages.tooLarge(used), { transient: true, crashed: true, uncounted: true });
}
