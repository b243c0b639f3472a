// The day a report speaks for: where its sources end, and how far they lag behind.

import { compareText } from "../host/compare-text.ts";
import type { DataSet, Source } from "./data-set.ts";
import { isWithin, toDay, twelveMonthsTo } from "./figures/days.ts";
import { messages } from "./messages.ts";
import type { ReportOptions } from "./options.ts";
import { listWords, plural } from "./wording.ts";

/** A dated record of a source. */
export interface Dated {
  /** ISO; null where unknown. */
  readonly date: string | null;
  readonly source: string | null;
}

/** Sources whose newest rows are incomplete: the newest quarter is provisional because of them. */
export type Lagging = readonly { readonly name: string; readonly days: number }[];

/** Of the records of a year, so much must be of a source for it to have a say in where the year ends. */
const HAS_A_SAY = 0.1;

/**
 * The data set's own day; else the end of its period; else the last day that its sources speak for; null where none of
 * the records is dated. Never after the day of the request, nor the day a file was fetched: no sale is known because of it.
 */
export function statedOrSpoken(dataSet: DataSet, records: readonly Dated[], options: ReportOptions): number | null {
  const today = toDay(options.date);
  const stated = dataSet.as_of ?? dataSet.period?.to;
  if (stated) return Math.min(today, toDay(stated));
  const last = lastDayOf(records, dataSet.sources ?? [], today);
  return last === null ? null : Math.min(today, last);
}

/**
 * The last day that every source speaks for: its newest record less the days by which it lags behind, for after that day
 * records are missing. A source with hardly a record of that year has no say; nor has a record dated after today, which is
 * a mistake. Null without a record.
 */
function lastDayOf(records: readonly Dated[], sources: readonly Source[], today: number): number | null {
  const bySource = new Map<string, number[]>();
  for (const { date, source } of records) {
    const day = date ? toDay(date) : Number.POSITIVE_INFINITY;
    if (day > today) continue;
    const of = source ?? (sources.length === 1 ? (sources[0]?.id ?? "") : "");
    const days = bySource.get(of);
    if (days) days.push(day);
    else bySource.set(of, [day]);
  }
  const lastOf = ([id, days]: readonly [string, readonly number[]]): number => {
    const source = sources.find((each) => each.id === id);
    const newest = days.reduce((a, b) => Math.max(a, b));
    // A suburb where little is sold is covered as far as the source has anything of any.
    const ofAnyPlace = source?.newest ? toDay(source.newest) : newest;
    return Math.max(newest, Math.min(ofAnyPlace, today)) - (source?.lag_days ?? 0);
  };
  const all = [...bySource].sort(([a, one], [b, other]) => other.length - one.length || compareText(a, b));
  const [main] = all;
  if (main === undefined) return null;
  const year = twelveMonthsTo(lastOf(main));
  const ofTheYear = all.map((each) => ({ each, records: each[1].filter((day) => isWithin(year, day)).length }));
  const least = HAS_A_SAY * ofTheYear.reduce((sum, { records: n }) => sum + n, 0);
  return Math.min(
    ...ofTheYear.flatMap(({ each, records: n }) => (each === main || (n > 0 && n >= least) ? lastOf(each) : [])),
  );
}

/** The sources that lag, of those that some of the rows are of. */
export function laggingOf(sources: readonly Source[], used: ReadonlySet<string | null>): Lagging {
  // What names no source is of the only one.
  const isUsed = (id: string) => used.has(id) || (sources.length === 1 && used.has(null));
  return sources.flatMap(({ id, name, lag_days }) =>
    lag_days && isUsed(id) ? [{ name: name || id, days: lag_days }] : [],
  );
}

/** For Method: "The Register lags by 84 days: …"; nothing where no source lags. */
export function lagNotes(...lagging: readonly Lagging[]): readonly string[] {
  const names = [...new Set(lagging.flat().map(({ name, days }) => `${name} by ${plural(days, "day")}`))];
  if (names.length === 0) return [];
  return [messages.recordsLate(listWords(names), PROVISIONAL)];
}

/** Marks what a lagging source may still add to. */
export const PROVISIONAL = "(p)";
