import type { Logger } from "pino";
import type { Queue } from "./queue/queue.ts";

const PRUNE_EVERY_MS = 10 * 60_000;

export interface Pruning {
  /** Removes jobs that ended before the time, with their PDFs, one prune after the other; answers how many. */
  prune(endedBefore: Date): Promise<number>;
  stop(): Promise<void>;
}

interface PruningParts {
  readonly queue: Pick<Queue, "prune">;
  /** The PDFs. */
  readonly reports: { remove(path: string): Promise<void>; tidy(): Promise<void> };
  readonly retentionMs: number;
  /** By the clock that jobs end by: one host whose own is a year ahead would remove all. */
  readonly now: () => Date;
  readonly log: Logger;
}

/** Removes what is older than the retention from time to time, a little at once, and PDFs that no job knows any more. */
export function startPruning({ queue, reports, retentionMs, now, log }: PruningParts): Pruning {
  let work: Promise<unknown> = Promise.resolve();
  let stopped = false;

  const removeBefore = async (endedBefore: Date) => {
    let removed = 0;
    for (let more = true; more && !stopped; ) {
      const batch = await queue.prune(endedBefore);
      for (const report of batch.reports) await reports.remove(report);
      removed += batch.removed;
      more = batch.removed > 0;
    }
    if (removed > 0) log.info({ removed, ended_before: endedBefore }, "pruned old jobs");
    await reports.tidy();
    return removed;
  };
  const prune = (endedBefore: Date) => {
    const pruned = work.then(() => removeBefore(endedBefore));
    work = pruned.catch(() => 0);
    return pruned;
  };
  const run = () => {
    prune(new Date(now().getTime() - retentionMs)).catch((error) =>
      log.error({ err: error }, "pruning failed; it is tried again later"),
    );
  };
  const timer = setInterval(run, PRUNE_EVERY_MS);
  run();
  return {
    prune,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await work;
    },
  };
}
