import type { Database } from "bun:sqlite";
import type { Status } from "../job.ts";
import type { Change } from "./transaction.ts";

/** How many ends of jobs the rate is taken from, and how old they may be. */
const RATE_SAMPLE = 256;
const RATE_WINDOW_MS = 5 * 60_000;
const UNKNOWN_RATE_MS = 30_000;
const LONGEST_MS = 15 * 60_000;

type Totals = Record<Status, number>;

/** How many jobs have each status, stored in memory beside the table, and how fast they end. */
export interface Counts {
  apply(changes: readonly Change[], now: Date): void;
  /** Counts again: another process wrote. */
  recount(): void;
  /** Jobs not yet ended. */
  open(): number;
  running(): number;
  all(): Readonly<Totals>;
  /** Since when the first queued one is queued; null when there is none. */
  oldestQueuedAt(): string | null;
  /** How long until this many more have ended, at the recent pace. */
  msUntilEnded(jobs: number): number;
}

/**
 * Each status has a small index of its own but `completed`, which is what remains of all: counting an index without a
 * condition reads its pages and decodes no row.
 */
const COUNT_ALL = "SELECT count(*) AS jobs FROM jobs";
const countOf = (status: Status) => `SELECT count(*) AS jobs FROM jobs WHERE status = '${status}'`;

/** The index is read, and no row: what was accepted first has the least number. Queued again, it waits since then. */
const OLDEST_QUEUED = `
  SELECT coalesce((SELECT max(at) FROM events WHERE job_id = jobs.id AND to_status = 'queued'), created_at) AS at
  FROM jobs WHERE seq = (SELECT min(seq) FROM jobs INDEXED BY jobs_queue WHERE status = 'queued')`;

export function createCounts(db: Database, now: () => Date): Counts {
  const statements = {
    queued: db.prepare<{ jobs: number }, []>(countOf("queued")),
    running: db.prepare<{ jobs: number }, []>(countOf("running")),
    waiting: db.prepare<{ jobs: number }, []>(countOf("waiting")),
    failed: db.prepare<{ jobs: number }, []>(countOf("failed")),
    cancelled: db.prepare<{ jobs: number }, []>(countOf("cancelled")),
  };
  const oldestQueued = db.prepare<{ at: string }, []>(OLDEST_QUEUED);
  const countAll = db.prepare<{ jobs: number }, []>(COUNT_ALL);
  /** Written by `apply`, `recount` and `all`. */
  let totals = count();
  /**
   * `completed` is counted on the first question for it: a start with a million jobs need not wait for that.
   * Written by `all` and `recount`.
   */
  let completedIsKnown = false;
  /** When the latest ended. Written by `apply`. */
  const ends: number[] = [];

  function count(): Totals {
    return {
      queued: statements.queued.get()?.jobs ?? 0,
      running: statements.running.get()?.jobs ?? 0,
      waiting: statements.waiting.get()?.jobs ?? 0,
      completed: 0,
      failed: statements.failed.get()?.jobs ?? 0,
      cancelled: statements.cancelled.get()?.jobs ?? 0,
    };
  }

  return {
    apply(changes, at) {
      for (const { from, to } of changes) {
        if (from === to) continue;
        if (from !== null) totals[from] -= 1;
        if (to !== null) totals[to] += 1;
        if (to === "completed" || to === "failed" || (to === "cancelled" && from !== null)) ends.push(at.getTime());
      }
      if (ends.length > RATE_SAMPLE) ends.splice(0, ends.length - RATE_SAMPLE);
    },
    recount() {
      totals = count();
      completedIsKnown = false;
    },
    open() {
      const { queued, running, waiting } = totals;
      return queued + running + waiting;
    },
    running: () => totals.running,
    all() {
      if (!completedIsKnown) {
        const { queued, running, waiting, failed, cancelled } = totals;
        totals.completed = (countAll.get()?.jobs ?? 0) - queued - running - waiting - failed - cancelled;
        completedIsKnown = true;
      }
      return { ...totals };
    },
    oldestQueuedAt: () => oldestQueued.get()?.at ?? null,
    msUntilEnded(jobs) {
      const at = now().getTime();
      const recent = ends.filter((end) => end > at - RATE_WINDOW_MS);
      const first = recent[0];
      if (first === undefined || recent.length < 2) return UNKNOWN_RATE_MS;
      const msPerJob = Math.max(1, at - first) / recent.length;
      return Math.min(LONGEST_MS, Math.max(1_000, Math.ceil(jobs * msPerJob)));
    },
  };
}
