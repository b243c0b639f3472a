/** Calendar days as whole numbers since 1970-01-01, so that no clock and no time zone matters. */
export function toDay(iso: string): number {
  return Date.UTC(numberAt(iso, 0, 4), numberAt(iso, 5, 7) - 1, numberAt(iso, 8, 10)) / 86_400_000;
}

const ZERO = "0".charCodeAt(0);

/** A report reads several thousand days: no strings are created for year, month and day. */
function numberAt(iso: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) {
    const digit = iso.charCodeAt(index) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number(iso.slice(from, to));
    value = 10 * value + digit;
  }
  return value;
}

export function toIso(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** False for the 31st of June and its like. */
export function isCalendarDay(iso: string): boolean {
  return toIso(toDay(iso)) === iso;
}

/** The last day of a month, which counts from 1. */
export function monthEnd(year: number, month: number): string {
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

/** Days `from` to `to`, both inclusive. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** The rolling 365 days to `to`, that day included. */
export function twelveMonthsTo(to: number): Period {
  return { from: to - 364, to };
}

/** The period of the same length that ends the day before. */
export function periodBefore({ from, to }: Period): Period {
  return { from: from - (to - from) - 1, to: from - 1 };
}

export function isWithin(period: Period, day: number): boolean {
  return day >= period.from && day <= period.to;
}

/**
 * The same day of an earlier month, or that month's last day where it has no such day; the last day of a month stays
 * the last (three months before 30 June is 31 March).
 */
export function monthsBefore(day: number, months: number): number {
  const date = new Date(day * 86_400_000);
  const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const isLast = dayOfMonth === lastDayOfMonth(year, month);
  const last = lastDayOfMonth(year, month - months);
  return Date.UTC(year, month - months, isLast ? last : Math.min(dayOfMonth, last)) / 86_400_000;
}

function lastDayOfMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}
