// The day a report speaks for: where its sources end, and how far they lag behind.

import type { DataSet, Rental, Sale, Source } from "../data-set.ts";
import { isWithin, toDay, toIso, twelveMonthsTo } from "../figures/days.ts";
import { messages } from "../messages.ts";
import type { ReportOptions } from "../options.ts";
import { count, listWords, longDate, plural } from "../wording.ts";

/** A dated record of a source. */
export interface DatedRecord {
  /** ISO; null where unknown. */
  readonly date: string | null;
  readonly source: string | null;
}

export function datesOfSales(sales: readonly Sale[] = []): readonly DatedRecord[] {
  return sales.map(({ sold_date = null, source = null }) => ({ date: sold_date, source }));
}

/** The newest day of each rental, of its source: what was listed or leased by then is known. */
export function datesOfRentals(rentals: readonly Rental[] = [], today: string): readonly DatedRecord[] {
  return rentals.map(({ listed_date, leased_date, source = null }) => {
    const past = [listed_date ?? "", leased_date ?? ""].filter((day) => day !== "" && day <= today).sort();
    return { date: past.at(-1) ?? null, source };
  });
}

/** Sources whose newest rows are incomplete: the newest quarter is provisional because of them. */
export type Lagging = readonly { readonly name: string; readonly days: number }[];

/** The share of a year's records that a source must have to influence where the year ends. */
const SIGNIFICANT_SHARE = 0.1;
/** A source that lags has one, too, where so much of the year could be missing without it. */
const MAY_BE_MISSING = 0.01;
const YEAR = 365;

/** A source that has no influence on where the year ends, and ends before. */
export interface EarlySource {
  readonly name: string;
  /** The last day it speaks for. */
  readonly end: number;
  /** Its records of the year until then. */
  readonly records: number;
  /** Does it lag? Its later records are then not counted; of one that does not lag there are none. */
  readonly lags: boolean;
}

/** What the sources of some records speak for. */
export interface Spoken {
  /** The day they all speak for; null where none of the records is dated, and no day is stated. */
  readonly day: number | null;
  /** Those that end before it, by id; null for rows that name none. */
  readonly early: ReadonlyMap<string | null, EarlySource>;
}

/**
 * The last day that every source speaks for: its newest record less the days by which it lags, for after that day
 * records are missing; not after the day or the end of the period that the data set states, which does not show what a
 * source lacks. A source with hardly a record of that year has no influence: it is {@link isSpokenFor} until its own
 * end. Never after the day of the request, nor the day a file was fetched: no sale is known because of it; and a record
 * dated after today is a mistake.
 */
export function spokenBy(dataSet: DataSet, records: readonly DatedRecord[], options: ReportOptions): Spoken {
  const today = toDay(options.date);
  const given = dataSet.as_of ?? dataSet.period?.to;
  const stated = given ? Math.min(today, toDay(given)) : null;
  const sources = dataSet.sources ?? [];
  const ended = [...daysBySource(records, sources, today)].map(([id, { days, isUnlisted }]) => {
    const source = sources.find((each) => each.id === id);
    const lag = source?.lag_days ?? 0;
    // A suburb where little is sold is covered as far as the source, or the table, has anything of any.
    const reached = [source?.newest, isUnlisted ? dataSet.newest : null].flatMap((day) => (day ? [toDay(day)] : []));
    const newest = days.reduce((a, b) => Math.max(a, b));
    const speaks = Math.max(newest, ...reached.map((day) => Math.min(day, today))) - lag;
    const end = lag > 0 ? Math.min(speaks, stated ?? speaks) : (stated ?? speaks);
    const whole = days.filter((each) => each <= end);
    return { id, source, lag, end, days: whole, atItsEnd: within(whole, end) };
  });
  if (ended.length === 0) return { day: stated, early: new Map() };
  // The newest year of a source that counts: not that of an archive, however large, nor that of two strays behind it.
  const most = ended.reduce((a, { atItsEnd }) => Math.max(a, atItsEnd), 0);
  const last = Math.max(...ended.flatMap(({ atItsEnd, end }) => (atItsEnd >= SIGNIFICANT_SHARE * most ? end : [])));
  const weighed = ended.map((each) => ({ ...each, n: within(each.days, last) }));
  const all = weighed.reduce((sum, { n }) => sum + n, 0);
  const isSignificant = ({ n, end, lag }: (typeof weighed)[number]) =>
    n > 0 && (n >= SIGNIFICANT_SHARE * all || (lag > 0 && (n * (last - end)) / YEAR >= MAY_BE_MISSING * all));
  const day = Math.min(
    today,
    stated ?? today,
    ...(all === 0 ? [last] : weighed.flatMap((each) => (isSignificant(each) ? each.end : []))),
  );
  const early = weighed.flatMap((each): (readonly [string | null, EarlySource])[] => {
    const { id, source, lag, end, n } = each;
    if (isSignificant(each) || (n === 0 && lag === 0) || end >= day) return [];
    const about = { name: source?.name || id, end, records: n, lags: lag > 0 };
    // A row without a source belongs to the only one.
    return [[id, about], ...(sources.length === 1 ? [[null, about] as const] : [])];
  });
  return { day, early: new Map(early) };
}

/** Does its source speak for that day? */
export function isSpokenFor({ early }: Pick<Spoken, "early">, source: string | null | undefined, day: number): boolean {
  const of = early.get(source ?? null);
  return of === undefined || !of.lags || day <= of.end;
}

function within(days: readonly number[], to: number): number {
  const year = twelveMonthsTo(to);
  return days.filter((day) => isWithin(year, day)).length;
}

/** The dated records of a source, or of those that name none that is listed. */
interface SourceDays {
  readonly days: number[];
  isUnlisted: boolean;
}

function daysBySource(
  records: readonly DatedRecord[],
  sources: readonly Source[],
  today: number,
): ReadonlyMap<string, Readonly<SourceDays>> {
  const listed = new Set<string | null>(sources.map(({ id }) => id));
  const bySource = new Map<string, SourceDays>();
  for (const { date, source } of records) {
    const day = date ? toDay(date) : Number.POSITIVE_INFINITY;
    if (day > today) continue;
    const of = source ?? (sources.length === 1 ? (sources[0]?.id ?? "") : "");
    const known = bySource.get(of) ?? { days: [], isUnlisted: false };
    known.days.push(day);
    known.isUnlisted ||= !listed.has(source);
    bySource.set(of, known);
  }
  return bySource;
}

/**
 * The data set with how far its tables go, of these rows of any suburb: where some are of elsewhere, they show that the
 * data goes on after the newest of the report's own.
 */
export function withReach(dataSet: DataSet, rows: readonly DatedRecord[], options: ReportOptions): DataSet {
  const newest = new Map<string | null, string>();
  const listed = new Set((dataSet.sources ?? []).map(({ id }) => id));
  for (const { date, source } of rows) {
    const of = source !== null && listed.has(source) ? source : null;
    if (date && date <= options.date && date > (newest.get(of) ?? "")) newest.set(of, date);
  }
  const later = (of: string | null, stated: string | null | undefined) =>
    [newest.get(of), stated]
      .flatMap((day) => day ?? [])
      .sort()
      .at(-1) ?? null;
  return {
    ...dataSet,
    newest: later(null, dataSet.newest),
    ...(dataSet.sources && {
      sources: dataSet.sources.map((source) => ({ ...source, newest: later(source.id, source.newest) })),
    }),
  };
}

/** For Method: what is done with sources that end before the period does. `all`: of how many, `what`: "sale". */
export function earlyNotes({ early }: Pick<Spoken, "early">, all: number, what: string): readonly string[] {
  return [...new Set(early.values())].flatMap(({ name, end, records, lags }) => {
    const day = longDate(toIso(end));
    const some = `${count(records)} of the ${plural(all, what)}`;
    return lags ? [messages.endsEarly(name, some, day, what)] : [messages.newestIsOld(name, some, day)];
  });
}

/** The sources that lag, of those that some of the rows are of. */
export function laggingOf(sources: readonly Source[], used: ReadonlySet<string | null>): Lagging {
  // A record without a source belongs to the only one.
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
