import { compareText } from "../text/text.ts";

/** What a client requested and was given in one month: counted when it happens, so that it outlives its jobs. */
export interface UsageMonth {
  /** As 2026-11, in the service's time zone. */
  readonly month: string;
  readonly client: string;
  /** Requests that were accepted. */
  readonly accepted: number;
  /** Jobs that were completed. */
  readonly reports: number;
  /** Documents of those jobs, and the pages of all of them. */
  readonly documents: number;
  readonly pages: number;
}

/** How many requests of a client were accepted on a day, as 2026-11-24; of the last weeks. */
export interface UsageDay {
  readonly day: string;
  readonly client: string;
  readonly accepted: number;
}

/** Days whose counts are stored. */
export const USAGE_DAYS = 31;
/** Nothing was counted before. */
export const FIRST_MONTH = "2024-01";

/** Months from the first to the last, both as 2026-11; of one client where it is named. */
export interface UsageRange {
  readonly from: string;
  readonly to: string;
  readonly client?: string;
}

/** Whose days and months are counted. */
export interface Calendar {
  /** The day of a moment, as 2026-11-24. */
  dayOf(at: Date): string;
  /** The moment at which such a day begins. */
  startOf(day: string): Date;
}

export const UTC_CALENDAR: Calendar = {
  dayOf: (at) => at.toISOString().slice(0, 10),
  startOf: (day) => new Date(`${day}T00:00:00Z`),
};

/** The month of a day. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** All months of a range, the first before the others. */
export function monthsOf({ from, to }: Pick<UsageRange, "from" | "to">): readonly string[] {
  const months: string[] = [];
  for (let month = from; month <= to; month = nextMonth(month)) months.push(month);
  return months;
}

/** The month after this one. */
export function nextMonth(month: string): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
}

/** By month, the latest before the others, then by client. */
export function inOrder(months: readonly UsageMonth[]): readonly UsageMonth[] {
  return months.toSorted((a, b) => compareText(b.month, a.month) || compareText(a.client, b.client));
}
