export type StatisticsWindow = "hour" | "day";

/** How a window is cut: an hour into minutes, a day into quarters of an hour. */
export const WINDOWS = {
  hour: { buckets: 60, bucketMs: 60_000 },
  day: { buckets: 96, bucketMs: 15 * 60_000 },
} as const satisfies Readonly<Record<StatisticsWindow, { readonly buckets: number; readonly bucketMs: number }>>;

/** What ended in each part of a window: oldest first, the last is the one that has not ended. */
export type Statistics = readonly StatisticsBucket[];

export interface StatisticsBucket {
  /** Its beginning, at a whole minute or quarter of an hour. */
  readonly at: string;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Time in attempts, of those that completed; null where none did. */
  readonly medianSeconds: number | null;
  readonly p95Seconds: number | null;
}

/** The beginnings of a window's parts, as milliseconds, oldest first. */
export function bucketStarts(window: StatisticsWindow, now: Date): readonly number[] {
  const { buckets, bucketMs } = WINDOWS[window];
  const last = Math.floor(now.getTime() / bucketMs) * bucketMs;
  return Array.from({ length: buckets }, (_, index) => last - (buckets - 1 - index) * bucketMs);
}

/** One part, from how long each completed job took, in any order, and how many ended otherwise. */
export function bucketOf(
  startMs: number,
  seconds: readonly number[],
  { failed, cancelled }: { readonly failed: number; readonly cancelled: number },
): StatisticsBucket {
  const sorted = seconds.toSorted((a, b) => a - b);
  return {
    at: new Date(startMs).toISOString(),
    completed: sorted.length,
    failed,
    cancelled,
    medianSeconds: quantile(sorted, 0.5),
    p95Seconds: quantile(sorted, 0.95),
  };
}

/** The nearest rank: a time that a job really took. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
