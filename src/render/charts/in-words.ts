// What a chart shows, in words: for screen readers.

import { isFew, RELIABLE_FROM } from "../../report/figures/figure.ts";
import { messages } from "../messages.ts";
import { month } from "../style/format.ts";
import type { TimePoint } from "./axis.ts";

/** A measure over time, oldest first; null where it is not known. */
export interface Measured extends TimePoint {
  readonly value: number | null;
  /** The number of observations, if known. */
  readonly rests?: number | null;
  readonly n?: number | null;
}

/** "Median house price, 12 quarters, from $1.2m to $1.4m, Sep 23 to Jun 26; lowest $1.1m, highest $1.5m" */
export function seriesInWords(what: string, points: readonly Measured[], format: (value: number) => string): string {
  const known = points.flatMap(({ periodEnd, value }) => (value === null ? [] : [{ periodEnd, value }]));
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return messages.notKnown(what);
  const few = points.filter(({ value, n = null, rests = n }) => isFew({ value, n: rests, supplied: false })).length;
  // A measure that the newest quarter lacks is not provisional.
  const newest = points.at(-1);
  const late = newest?.isProvisional === true && newest.value !== null ? [messages.newestIsProvisional] : [];
  if (first === last) {
    const one = messages.onePeriod(
      what,
      month(last.periodEnd),
      format(last.value),
      few > 0 ? messages.ofFewerThan(RELIABLE_FROM) : "",
    );
    return [one, ...late].join("; ");
  }
  const [from, to] = [format(first.value), format(last.value)];
  const values = known.map(({ value }) => value);
  const [low, high] = [format(Math.min(...values)), format(Math.max(...values))];
  const extremes = [
    ...(low === from || low === to ? [] : [messages.lowest(low)]),
    ...(high === from || high === to ? [] : [messages.highest(high)]),
  ];
  const number = `${known.length} ${periods(points)}`;
  const span = messages.range(month(first.periodEnd), month(last.periodEnd));
  return [
    from === to
      ? messages.seriesAtOneValue(
          what,
          number,
          from,
          low !== high ? "ends" : known.length === 2 ? "both" : "each",
          span,
        )
      : messages.seriesOf(what, number, messages.range(from, to), span),
    ...(extremes.length === 0 ? [] : [extremes.join(", ")]),
    ...late,
    ...(few === 0 ? [] : [messages.restOnFew(few, RELIABLE_FROM)]),
  ].join("; ");
}

/** What lies between two points of a series. */
function periods(points: readonly Measured[]): string {
  const [before, after] = points.slice(-2).map(({ periodEnd }) => monthsOf(periodEnd));
  const months = (after ?? 0) - (before ?? 0);
  return months === 3 ? "quarters" : months === 12 ? "years" : months === 1 ? "months" : "periods";
}

function monthsOf(day: string): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
}
