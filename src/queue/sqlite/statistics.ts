import type { Database } from "bun:sqlite";
import type { Status } from "../job.ts";
import {
  bucketOf,
  bucketStarts,
  type Statistics,
  type StatisticsBucket,
  type StatisticsWindow,
  WINDOWS,
} from "../statistics.ts";

/** A job may be retried manually for a while after its end: a bucket is cached only when that time is over. */
const SETTLED_MS = 60_000;

const ENDED = `
  SELECT status, ran_ms
  FROM jobs WHERE ended_at >= +? AND ended_at < +?`;

/** The jobs that ended recently, counted; of what is long over the count is stored, so that a busy day is read once. */
export function createStatistics(db: Database, now: () => Date) {
  const ended = db.prepare<{ status: Status; ran_ms: number }, [string, string]>(ENDED);
  const known: Record<StatisticsWindow, Map<number, StatisticsBucket>> = { hour: new Map(), day: new Map() };

  function read(startMs: number, bucketMs: number): StatisticsBucket {
    const rows = ended.all(new Date(startMs).toISOString(), new Date(startMs + bucketMs).toISOString());
    const count = (status: Status) => rows.filter((row) => row.status === status).length;
    const seconds = rows.flatMap((row) => (row.status === "completed" ? row.ran_ms / 1_000 : []));
    return bucketOf(startMs, seconds, { failed: count("failed"), cancelled: count("cancelled") });
  }

  return async (window: StatisticsWindow): Promise<Statistics> => {
    const { bucketMs } = WINDOWS[window];
    const at = now();
    const starts = bucketStarts(window, at);
    const cached = known[window];
    for (const start of cached.keys()) if (start < (starts[0] ?? 0)) cached.delete(start);
    const buckets: StatisticsBucket[] = [];
    for (const start of starts) {
      const before = cached.get(start);
      const bucket = before ?? read(start, bucketMs);
      buckets.push(bucket);
      if (before !== undefined) continue;
      if (start + bucketMs + SETTLED_MS <= at.getTime()) cached.set(start, bucket);
      // Between two that had to be read the others have their turn.
      if (bucket.completed > 0) await new Promise(setImmediate);
    }
    return buckets;
  };
}
