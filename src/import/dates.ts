import { messages } from "./messages.ts";
/** Which of two small numbers is the day; a column has one order. */
export type DateOrder = "day_first" | "month_first";

export interface ReadDay {
  /** YYYY-MM-DD. */
  readonly day: string;
  /** What was done with the text, for the summary; null if it was stored unchanged. */
  readonly rule: string | null;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH_NAMES = "january february march april may june july august september october november december".split(" ");
/** Days of Excel's calendar, which begins at 30 December 1899, from 1950 to 2100. */
const SERIALS = { from: 18_264, to: 73_415 };
const DAY_MS = 86_400_000;

const TIME = String.raw`(?:[T ,]*\s*(?:at\s+)?\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|(?:UTC|GMT)?[+-]\d{1,2}:?\d{2}|[A-Z]{3,5})?\s*(?:\([A-Z ]+\)|\[[A-Z/_]+\])?)?\s*\*?`;
const WEEKDAY = String.raw`(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?`;
const YEAR_FIRST = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})${TIME}$`, "i");
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[T -]?\d{4}(?:\d{2})?)?$/;
const NUMBERS = new RegExp(`^${WEEKDAY}(\\d{1,2})[-/. ](\\d{1,2})[-/. ](\\d{4}|\\d{2}|'\\d{2})${TIME}$`, "i");
const DAY_MONTH = new RegExp(
  `^${WEEKDAY}(\\d{1,2})(?:st|nd|rd|th)?(?:\\s+of)?[-/., ]*\\s*([a-z]{3,9})\\.?[-/., ]*\\s*(\\d{4}|'?\\d{2})${TIME}$`,
  "i",
);
const MONTH_DAY = new RegExp(
  `^${WEEKDAY}([a-z]{3,9})\\.?[-/. ]*\\s*(\\d{1,2})(?:st|nd|rd|th)?(?:,\\s*|[-/. ]+)(\\d{4}|'\\d{2})${TIME}$`,
  "i",
);

/** The order of a column, from a date of two small numbers and a year; null if both orders are possible. */
export function orderOf(text: string): DateOrder | null {
  const [, first, second] = NUMBERS.exec(text.trim()) ?? [];
  if (first === undefined || second === undefined) return null;
  if (Number(first) > 12 && Number(second) <= 12) return "day_first";
  return Number(second) > 12 && Number(first) <= 12 ? "month_first" : null;
}

/** True for two small numbers that are a date either way round, and not the same one. */
export function isAmbiguous(text: string): boolean {
  const [, first, second] = NUMBERS.exec(text.trim()) ?? [];
  return first !== undefined && first !== second && Number(first) <= 12 && Number(second) <= 12;
}

/**
 * The day that a text means, as people, spreadsheets and portals write it; null for a text that is no date. The time of
 * day is dropped, and never converted: the day is the one that is written. `order` is that of the column; `thisYear`
 * decides the century of years in two digits, at most one year ahead.
 */
export function readDay(text: string, order: DateOrder, thisYear: number): ReadDay | null {
  const trimmed = text.trim().replace(/\s+/g, " ");
  const iso = YEAR_FIRST.exec(trimmed);
  if (iso) {
    const day = dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
    if (day === null) return null;
    return { day, rule: day === trimmed ? null : trimmed.length > 10 ? messages.dayOfTime : "year first" };
  }
  const compact = COMPACT.exec(trimmed);
  if (compact) return toRead(dayOf(Number(compact[1]), Number(compact[2]), Number(compact[3])), "dates as YYYYMMDD");
  const numbers = NUMBERS.exec(trimmed);
  if (numbers) {
    const [, first, second, year] = numbers;
    const [d, m] = order === "day_first" ? [first, second] : [second, first];
    return toRead(
      dayOf(yearOf(String(year), thisYear), Number(m), Number(d)),
      order === "day_first" ? messages.dayFirst : messages.monthFirst,
    );
  }
  const words = DAY_MONTH.exec(trimmed);
  if (words) return named(words[3], words[2], words[1], thisYear);
  const american = MONTH_DAY.exec(trimmed);
  if (american) return named(american[3], american[1], american[2], thisYear);
  if (/^\d{5}(\.\d+)?$/.test(trimmed)) return readSerial(Number(trimmed));
  return null;
}

/** Why a text of the field is no day: it has the form of a day that the calendar does not have, or no form of a day. */
export function whyNoDay(field: string, text: string, order: DateOrder): string {
  const trimmed = text.trim().replace(/\s+/g, " ");
  if (NUMBERS.test(trimmed)) return messages.notInCalendar(field, text, order === "day_first" ? "day" : "month");
  const isWritten = [YEAR_FIRST, COMPACT].some((pattern) => pattern.test(trimmed));
  const month = DAY_MONTH.exec(trimmed)?.[2] ?? MONTH_DAY.exec(trimmed)?.[1];
  const isNamed = month !== undefined && isMonth(month);
  return isWritten || isNamed ? messages.notInCalendar(field, text, null) : messages.notDate(field, text);
}

/** A day as Excel counts them; `daysBefore`: what a workbook's own calendar begins later. */
export function readSerial(given: number, daysBefore = 0): ReadDay | null {
  const serial = given + daysBefore;
  if (serial < SERIALS.from || serial > SERIALS.to) return null;
  const day = new Date(Date.UTC(1899, 11, 30) + Math.floor(serial) * DAY_MS).toISOString().slice(0, 10);
  return { day, rule: daysBefore === 0 ? messages.excelDate : messages.excelDate1904 };
}

function named(year = "", month = "", day = "", thisYear: number): ReadDay | null {
  const index = MONTHS.indexOf(month.toLowerCase().slice(0, 3));
  return isMonth(month) ? toRead(dayOf(yearOf(year, thisYear), index + 1, Number(day)), messages.monthName) : null;
}

function isMonth(word: string): boolean {
  const key = word.toLowerCase();
  const index = MONTHS.indexOf(key.slice(0, 3));
  return index >= 0 && (key.length === 3 || key === "sept" || key === MONTH_NAMES[index]);
}

function toRead(day: string | null, rule: string): ReadDay | null {
  return day === null ? null : { day, rule };
}

/** A year of two digits is of this century, unless that is more than a year ahead. */
function yearOf(text: string, thisYear: number): number {
  const digits = text.replace("'", "");
  if (digits.length === 4) return Number(digits);
  const century = Math.floor(thisYear / 100) * 100;
  const year = century + Number(digits);
  return year > thisYear + 1 ? year - 100 : year;
}

function dayOf(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.toISOString().slice(0, 10);
}
