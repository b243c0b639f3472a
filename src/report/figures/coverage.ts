import { isWithin, type Period } from "./days.ts";

const QUARTERS = 4;
/** Of a year like the one it is compared with, so much may be missing from a quarter because fewer were sold. */
const QUIET = 0.5;
/** Beside a quarter whose records are missing, less than that part of a usual one is a part of the hole. */
const STRAYS = 1 / 3;
/** So seldom does a quarter have so few sales by chance: then its records are missing, and not its sales. */
const BY_CHANCE = 0.01;

/**
 * Are the records of a year whole enough to compare another with, that has `sales` sales? Each quarter must have as many
 * as a market half as busy would have, but for chance (Poisson): of 60 sales a year at least 3 in each quarter, of 12
 * none need be. A year without any sale is compared with nothing.
 */
export function isCovered(year: Period, sold: readonly { readonly day: number }[], sales: number): boolean {
  if (sold.length === 0) return false;
  const days = year.to - year.from + 1;
  const expected = (sales / QUARTERS) * QUIET;
  return Array.from({ length: QUARTERS }, (_, quarter) => ({
    from: year.from + Math.round((quarter * days) / QUARTERS),
    to: year.from + Math.round(((quarter + 1) * days) / QUARTERS) - 1,
  })).every((quarter) => atMost(sold.filter(({ day }) => isWithin(quarter, day)).length, expected) >= BY_CHANCE);
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
  const usual = counts.toSorted((a, b) => a - b)[counts.length >> 1] ?? 0;
  const missing = counts.map((count) => atMost(count, usual * QUIET) < BY_CHANCE);
  // Strays before a hole, or behind one, are no quarter either, where they are not even a third of a usual one.
  const spread = (index: number, next: number) => {
    if (missing[index] === true && (counts[next] ?? usual) < usual * STRAYS) missing[next] = true;
  };
  for (let index = 1; index < counts.length; index++) spread(index - 1, index);
  for (let index = counts.length - 1; index > 0; index--) spread(index, index - 1);
  return quarters.filter((_, index) => missing[index]);
}

/** How probable it is that there are so many or fewer, where so many are expected. */
function atMost(count: number, expected: number): number {
  let term = Math.exp(-expected);
  let sum = term;
  for (let n = 1; n <= count; n++) {
    term *= expected / n;
    sum += term;
  }
  return sum;
}
