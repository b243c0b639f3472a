import type { Stage } from "../job.ts";
import type { JobChange } from "../queue.ts";
import type { Scripts } from "./script.ts";

/** The longest until a host polls: another may have deferred a job, or been about to take one, and died since. */
const POLL_EVERY_MS = 5_000;

export interface DueDependencies {
  readonly scripts: Scripts;
  readonly leaseMs: number;
  /**
   * Called now and then with a queued job: a host with free slots then claims jobs, whatever notification it missed
   * before.
   */
  readonly onQueued: (change: JobChange) => void;
}

/** Queues waiting jobs when they are due, though no host requests jobs. */
export function watchDue({ scripts, leaseMs, onQueued }: DueDependencies) {
  /** Written by `wakeIn`. */
  let timer: Timer | undefined;
  /** Written by `close`. */
  let closed = false;

  const poll = () => {
    if (closed) return;
    clearTimeout(timer);
    scripts.run("due", [leaseMs]).then(
      (response) => {
        const [ms = "", id = "", stage = ""] = response as readonly string[];
        if (id !== "" && !closed) onQueued({ id, status: "queued", stage: stage as Stage, cancelRequested: false });
        wakeIn(ms === "" ? POLL_EVERY_MS : Number(ms));
      },
      () => wakeIn(POLL_EVERY_MS),
    );
  };

  function wakeIn(ms: number): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(poll, Math.min(POLL_EVERY_MS, Math.max(10, ms)));
    timer.unref();
  }
  wakeIn(POLL_EVERY_MS);

  return {
    /** A job was deferred. */
    poll,
    close(): void {
      closed = true;
      clearTimeout(timer);
    },
  };
}
