import { readDay } from "../dates.ts";

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[-T ]+(.*))?$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[-T ]?(\d{2})(\d{2})(\d{2})?)?$/;
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([ap]\.?m\.?)?(?:Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * A time as the feeds of agencies write it ("2026-05-02-09:00:00", "20260530T1100", "2026-5-2 1:00:00 PM"), as
 * YYYY-MM-DDTHH:MM:SS of the office's own clock, which sorts as text; null for other texts, and for 0000-00-00.
 */
export function readMoment(text: string): string | null {
  const trimmed = text.trim();
  const compact = COMPACT.exec(trimmed);
  if (compact) {
    const [, y = "", m = "", d = "", hours = "00", minutes = "00", seconds = "00"] = compact;
    return moment(y, m, d, Number(hours), Number(minutes), Number(seconds));
  }
  const [, y, m = "", d = "", rest = ""] = DATE.exec(trimmed) ?? [];
  if (y === undefined) return null;
  const time = TIME.exec(rest.trim());
  // An invalid time does not invalidate the day.
  if (time === null) return moment(y, m, d, 0, 0, 0);
  const [, hours = "0", minutes = "0", seconds = "0", half] = time;
  const base = Number(hours) % (half === undefined ? 24 : 12);
  return moment(y, m, d, /^p/i.test(half ?? "") ? base + 12 : base, Number(minutes), Number(seconds));
}

/** The day of a time in a message, which some systems write as people do ("30/05/2026"); null for other texts. */
export function readDayOf(text: string): string | null {
  const time = readMoment(text);
  if (time !== null) return dayOf(time);
  const day = readDay(text, "day_first", new Date().getUTCFullYear())?.day ?? null;
  return day !== null && day >= "1900" ? day : null;
}

/** The day of such a time. */
export function dayOf(moment: string): string {
  return moment.slice(0, 10);
}

function moment(y: string, m: string, d: string, hours: number, minutes: number, seconds: number): string | null {
  const date = new Date(Date.UTC(Number(y), Number(m) - 1, Number(d), hours, minutes, seconds));
  if (Number(y) < 1900 || date.getUTCMonth() !== Number(m) - 1 || Number.isNaN(date.getTime())) return null;
  return date.toISOString().slice(0, 19);
}
