import { startOfDay } from "../host/time-zone.ts";
import { duration } from "../settings/setting.ts";
import { messages } from "./messages.ts";

const DAY_OR_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * A moment as somebody types it, as ISO-8601 UTC: a duration is so long ago, a day begins at midnight of the zone.
 * @throws Error that says what it may look like.
 */
export function moment(text: string, zone: string, now: Date = new Date()): string {
  const typed = text.trim();
  try {
    return new Date(now.getTime() - duration(0)(typed)).toISOString();
  } catch {
    // It is no duration.
  }
  const time = DAY_OR_TIME.test(typed) ? toDate(typed, zone) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) throw new Error(messages.badMoment);
  return time.toISOString();
}

/** Invalid where there is no such day or time. */
function toDate(typed: string, zone: string): Date {
  const date = new Date(typed.replace(" ", "T"));
  return typed.length > "2026-11-24".length || Number.isNaN(date.getTime()) ? date : startOfDay(zone, typed);
}
