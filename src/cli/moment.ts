import { duration } from "../setting.ts";

const DAY_OR_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * A moment as somebody types it, as ISO-8601 UTC: a duration is so long ago.
 * @throws Error that says what it may look like.
 */
export function moment(text: string, now: Date = new Date()): string {
  const typed = text.trim();
  try {
    return new Date(now.getTime() - duration(0)(typed)).toISOString();
  } catch {
    // It is no duration.
  }
  const time = DAY_OR_TIME.test(typed) ? new Date(typed.replace(" ", "T")) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new Error("must be how long ago (90m, 2h, 7d), a day (2026-11-24) or a time (2026-11-24T08:00Z)");
  return time.toISOString();
}
