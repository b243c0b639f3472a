import type { Logger } from "pino";
import { asFailure } from "../failure.ts";
import type { Queue } from "../queue/queue.ts";
import type { Reports } from "../storage/reports/reports.ts";
import { messages } from "./messages.ts";

const PRUNE_EVERY_MS = 10 * 60_000;
const REPORTS_AT_ONCE = 100;
/** More that are left are not counted. */
const COUNTED = 100_000;

/** The result of a prune. */
export interface PruneResult {
  readonly removed: number;
  /** Old jobs that stay for a while: their callback is not accepted yet, or an Idempotency-Key still names them. */
  readonly retained: number;
  readonly reportsRemoved: number;
  /** PDFs that could not be removed; the next prune retries. */
  readonly reportsLeft: number;
}

export interface Pruning {
  /** Removes jobs that ended before the time, with their PDFs, one prune after the other. */
  prune(endedBefore: Date): Promise<PruneResult>;
  stop(): Promise<void>;
}

interface PruningDependencies {
  readonly queue: Pick<Queue, "prune" | "removals" | "reportsRemoved" | "get" | "paused">;
  /** The PDFs. */
  readonly reports: Pick<Reports, "remove" | "old" | "tidy">;
  readonly retentionMs: number;
  /** By the clock that jobs end by: one host whose own is a year ahead would remove all. */
  readonly now: () => Date;
  readonly log: Logger;
}

/** Removes what is older than the retention from time to time, a little at once, and PDFs that no job refers to. */
export function startPruning({ queue, reports, retentionMs, now, log }: PruningDependencies): Pruning {
  /** The latest prune, which the next one waits for. Written by `prune`. */
  let work: Promise<unknown> = Promise.resolve();
  /** Written by `stop`. */
  let stopped = false;

  async function removeJobs(endedBefore: Date) {
    const total = { removed: 0, retained: 0 };
    for (let examined = 1; examined > 0 && !stopped; ) {
      const { removed, retained } = await queue.prune(endedBefore, total.retained);
      total.removed += removed;
      total.retained += retained;
      examined = removed + retained;
    }
    return total;
  }

  /** Those of deleted jobs: each stays on record until it is deleted, too. */
  async function removeReports() {
    let reportsRemoved = 0;
    for (let paths = await queue.removals(REPORTS_AT_ONCE); paths.length > 0 && !stopped; ) {
      const removed: string[] = [];
      try {
        for (const path of paths) {
          if (await reports.remove(path)) reportsRemoved += 1;
          removed.push(path);
        }
      } catch (error) {
        log.warn({ err: asFailure(error) }, messages.pdfsNotDeleted);
        await queue.reportsRemoved(removed);
        break;
      }
      await queue.reportsRemoved(removed);
      paths = await queue.removals(REPORTS_AT_ONCE);
    }
    return { reportsRemoved, reportsLeft: (await queue.removals(COUNTED)).length };
  }

  /** Those that no job refers to: from an older program, or from before a restored database. */
  async function sweep(before: Date): Promise<number> {
    let swept = 0;
    for await (const { id, path } of reports.old(before)) {
      if (stopped) break;
      if ((await queue.get(id)) === null && (await reports.remove(path))) swept += 1;
    }
    return swept;
  }

  async function removeBefore(endedBefore: Date): Promise<PruneResult> {
    const jobs = await removeJobs(endedBefore);
    const { reportsRemoved, reportsLeft } = await removeReports();
    const pruned = { ...jobs, reportsRemoved: reportsRemoved + (await sweep(endedBefore)), reportsLeft };
    if (pruned.removed + pruned.reportsRemoved > 0)
      log.info(
        {
          ended_before: endedBefore,
          removed: pruned.removed,
          retained: pruned.retained,
          reports_removed: pruned.reportsRemoved,
          reports_left: pruned.reportsLeft,
        },
        "pruned old jobs",
      );
    await reports.tidy();
    return pruned;
  }

  const prune = (endedBefore: Date) => {
    const pruned = work.then(() => removeBefore(endedBefore));
    work = pruned.catch(() => 0);
    return pruned;
  };
  const run = () => {
    pruneOld().catch((error) => log.error({ err: error }, messages.pruningFailed));
  };
  const pruneOld = async () => {
    // A copy deletes nothing that the original may have in the same bucket.
    if ((await queue.paused())?.reason === undefined) await prune(new Date(now().getTime() - retentionMs));
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
