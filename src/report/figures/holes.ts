// Stretches of days from which records are missing: too long without any to be chance, or the time of the year.

import { isWithin, type Period, toIso } from "./days.ts";

/** Fewer days without a sale are nothing unusual: auctions are weekly, and there are Easter and school holidays. */
const LEAST_DAYS = 21;
/** The probability below which a stretch without a record at the beginning or the end is no chance. */
const BY_CHANCE = 0.01;
/** The same for any of the stretches of a year. */
const ANYWHERE = 0.05;

/** The span to check, its records' days, and how many records another year has in the same stretch of it. */
interface SpanRecords {
  readonly span: Period;
  readonly days: readonly number[];
  /** Null where no other year shows it. */
  usual(stretch: Period): number | null;
}

/**
 * Stretches of at least 21 days without a record where, at the rate of the span and by what another year has in the same
 * weeks, there would be some: one in Christmas week is no hole. A beginning and an end are single stretches; of those
 * between, some may be long by chance.
 */
export function holesIn({ span, days, usual }: SpanRecords): readonly Period[] {
  const inside = days.filter((day) => isWithin(span, day)).sort((a, b) => a - b);
  const all = span.to - span.from + 1;
  const stops = [span.from - 1, ...inside, span.to + 1];
  return stops.slice(1).flatMap((next, at): readonly Period[] => {
    const stretch = { from: (stops[at] ?? next) + 1, to: next - 1 };
    const length = stretch.to - stretch.from + 1;
    if (length < LEAST_DAYS || inside.length === 0) return [];
    const rate = inside.length / all;
    const expected = Math.min(rate * length, usual(stretch) ?? rate * ordinaryDays(stretch));
    const isAtAnEnd = at === 0 || at === stops.length - 2;
    const chance = Math.exp(-expected) * (isAtAnEnd ? 1 : stops.length - 1);
    return chance < (isAtAnEnd ? BY_CHANCE : ANYWHERE) ? [stretch] : [];
  });
}

/** Little is sold from before Christmas to the end of January, anywhere. */
function ordinaryDays({ from, to }: Period): number {
  let days = 0;
  for (let day = from; day <= to; day++) {
    const monthAndDay = toIso(day).slice(5);
    if (monthAndDay > "01-31" && monthAndDay < "12-20") days++;
  }
  return days;
}

export function countWithin(period: Period, days: readonly number[]): number {
  return days.filter((day) => isWithin(period, day)).length;
}
