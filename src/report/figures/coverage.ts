import { isWithin, type Period, periodBefore } from "./days.ts";
import { countWithin, holesIn } from "./holes.ts";

const QUARTERS = 4;
/** The part of a quarter that may be missing in comparison with the other year, because fewer were sold. */
const QUIET = 0.5;
/** Beside a quarter whose records are missing, less than that part of a usual one is a part of the hole. */
const STRAYS = 1 / 3;
/** The probability below which so few sales in a quarter are no chance: its records are missing, not its sales. */
const BY_CHANCE = 0.01;

/**
 * Are the records of a year whole enough to compare another with, that has `sales` sales? Each quarter must have as many
 * as a market half as busy would have, but for chance (Poisson): of 60 sales a year at least 3 in each quarter, of 12
 * none need be. A year without any sale is compared with nothing.
 */
export function isCovered(year: Period, sold: readonly { readonly day: number }[], sales: number): boolean {
  if (sold.length === 0) return false;
  const expected = (sales / QUARTERS) * QUIET;
  return countsOf(year, sold).every((count) => atMost(count, expected) >= BY_CHANCE);
}

/** Sales by quarter of a year. */
function countsOf(year: Period, sold: readonly RecordDay[]): readonly number[] {
  const days = year.to - year.from + 1;
  return Array.from({ length: QUARTERS }, (_, quarter) =>
    countWithin(
      {
        from: year.from + Math.round((quarter * days) / QUARTERS),
        to: year.from + Math.round(((quarter + 1) * days) / QUARTERS) - 1,
      },
      daysOf(sold),
    ),
  );
}

/** Of one or two sales in a quarter none may be left a year before. */
const FEW = 2;

/** Has each quarter at least a third of the sales of the same quarter a year later? */
function isNearly(before: readonly number[], now: readonly number[]): boolean {
  return now.every((count, quarter) => count <= FEW || (before[quarter] ?? 0) * 3 >= count);
}

/** A record, by its day. */
interface RecordDay {
  readonly day: number;
}

/** Are both years, the 12 months and those before them, whole enough to be compared, in each quarter and without a hole? */
export function areComparable(period: Period, sold: readonly RecordDay[], soldBefore: readonly RecordDay[]): boolean {
  const before = periodBefore(period);
  const year = period.to - period.from + 1;
  const isWhole = (span: Period, own: readonly RecordDay[], other: readonly RecordDay[], shift: number) =>
    holesIn({
      span,
      days: daysOf(own),
      usual: ({ from, to }) =>
        (countWithin({ from: from + shift, to: to + shift }, daysOf(other)) * own.length) / Math.max(1, other.length),
    }).length === 0;
  return (
    isCovered(before, soldBefore, sold.length) &&
    isCovered(period, sold, sold.length) &&
    isNearly(countsOf(before, soldBefore), countsOf(period, sold)) &&
    isWhole(before, soldBefore, sold, year) &&
    isWhole(period, sold, soldBefore, -year)
  );
}

/** Is it known of about as many records of both years? Else fewer of one can match what is asked for. */
export function isEvenlyKnown<T>(now: readonly T[], before: readonly T[], isKnown: (record: T) => boolean): boolean {
  const part = (all: readonly T[]) => all.filter(isKnown).length / Math.max(1, all.length);
  return Math.abs(part(now) - part(before)) <= UNEVEN;
}

/** A tenth of the records of a year. */
const UNEVEN = 0.1;

/** Stretches of the quarters without a record where other years have some in the same weeks. */
export function gapsIn(quarters: readonly Period[], records: readonly RecordDay[]): readonly Period[] {
  const [first, last] = [quarters[0], quarters.at(-1)];
  if (first === undefined || last === undefined) return [];
  const span = { from: first.from, to: last.to };
  const days = daysOf(records);
  return holesIn({
    span,
    days,
    usual({ from, to }) {
      const others = [-2, -1, 1, 2]
        .map((years) => ({ from: from + years * YEAR, to: to + years * YEAR }))
        .filter((other) => other.from >= span.from && other.to <= span.to);
      return others.length === 0
        ? null
        : others.reduce((sum, other) => sum + countWithin(other, days), 0) / others.length;
    },
  });
}

/** Those of the quarters that lack a good part of a month. */
export function withGap(quarters: readonly Period[], gaps: readonly Period[]): readonly Period[] {
  return quarters.filter(({ from, to }) =>
    gaps.some((gap) => Math.min(to, gap.to) - Math.max(from, gap.from) >= LEAST_OVERLAP),
  );
}

const YEAR = 365;
/** Days. Of a hole of three weeks at least one quarter has that much. */
const LEAST_OVERLAP = 10;

function daysOf(records: readonly RecordDay[]): readonly number[] {
  return records.map(({ day }) => day);
}

/**
 * Those of the quarters whose records are missing: far fewer than in half of a usual one, and not by chance. A quarter
 * with few records in a source that has many is a hole in it, and no quiet quarter.
 */
export function uncovered(
  quarters: readonly Period[],
  records: readonly { readonly day: number }[],
): readonly Period[] {
  const counts = quarters.map((quarter) => records.filter(({ day }) => isWithin(quarter, day)).length);
  // In a year with strays of earlier ones, most quarters have none: they do not show what is usual.
  const some = counts.filter((count) => count > 0).sort((a, b) => a - b);
  const usual = some[some.length >> 1] ?? 0;
  const missing = counts.map((count) => atMost(count, usual * QUIET) < BY_CHANCE);
  // Strays before a hole, or behind one, are no quarter either, where they are not even a third of a usual one.
  const spread = (index: number, next: number) => {
    if (missing[index] === true && (counts[next] ?? usual) < usual * STRAYS) missing[next] = true;
  };
  for (let index = 1; index < counts.length; index++) spread(index - 1, index);
  for (let index = counts.length - 1; index > 0; index--) spread(index, index - 1);
  return quarters.filter((_, index) => missing[index]);
}

/** The probability of at most this number of sales, if `expected` are expected. */
function atMost(count: number, expected: number): number {
  let term = Math.exp(-expected);
  let sum = term;
  for (let n = 1; n <= count; n++) {
    term *= expected / n;
    sum += term;
  }
  return sum;
}
