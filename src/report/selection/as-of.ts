// The day a report speaks for: where its sources end, and how far they lag behind.

import type { Source } from "../data-set.ts";
import { isWithin, toDay, toIso, twelveMonthsTo } from "../figures/days.ts";
import { messages } from "../messages.ts";
import type { ReportOptions } from "../options.ts";
import { count, listWords, longDate, plural } from "../wording.ts";
import { type DatedRecord, type Origin, type ReachedDataSet, statedBy, tableFinder, tablesIn } from "./tables.ts";

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

/** The sources that end where the year ends, where none lags: Method explains that in other words. */
export interface EndedBy {
  readonly names: readonly string[];
  readonly end: number;
  /** The last day that any other goes on to. */
  readonly last: number;
}

/** What the sources of some records speak for. */
export interface Spoken {
  /** The day they all speak for; null where none of the records is dated, and no day is stated. */
  readonly day: number | null;
  /** Those that end before it. */
  readonly early: {
    readonly sources: readonly EarlySource[];
    /** That of a row, if it is one of them. */
    of(row: Origin): EarlySource | undefined;
    /** Why the year ends on that day, where others go on after it. */
    readonly endedBy: EndedBy | null;
  };
}

/**
 * The last day that every source speaks for: its newest record less the days by which it lags, for after that day
 * records are missing; not after the day or the end of the period that the data set states, which does not show what a
 * source lacks. Rows that name no source are of the table that their suburb was gathered from, a source of its own.
 * Sources that end before that day have together hardly a record of that year: each {@link isSpokenFor} until its own
 * end. Never after the day of the request, nor the day a file was fetched: no sale is known because of it; and a record
 * dated after today is a mistake.
 */
export function spokenBy(dataSet: ReachedDataSet, records: readonly DatedRecord[], options: ReportOptions): Spoken {
  const today = toDay(options.date);
  const given = statedBy(dataSet);
  const most = given === null ? today : Math.min(today, toDay(given));
  const sources = dataSet.sources ?? [];
  const tableOf = tableFinder(dataSet, records);
  const ended = tablesIn(records, tableOf, today).map((table) => {
    const source = sources.find(({ id }) => id === table.id);
    const lag = source?.lag_days ?? 0;
    const stated = table.stated === null ? null : Math.min(today, toDay(table.stated));
    // A suburb where little is sold is covered as far as the source, or the table, has anything of any.
    const reached = table.newest === null ? 0 : Math.min(today, toDay(table.newest));
    const speaks = table.days.reduce((a, b) => Math.max(a, b), reached) - lag;
    const end = lag > 0 ? Math.min(speaks, stated ?? speaks) : (stated ?? speaks);
    const whole = table.days.filter((each) => each <= end);
    return { table, name: source?.name || table.id, lag, end, days: whole, atItsEnd: within(whole, end) };
  });
  const none = { sources: [], of: () => undefined, endedBy: null };
  if (ended.length === 0) return { day: given === null ? null : most, early: none };
  // The newest year of a source that counts: not that of an archive, however large, nor that of two strays behind it.
  const largest = ended.reduce((a, { atItsEnd }) => Math.max(a, atItsEnd), 0);
  const last = Math.max(...ended.flatMap(({ atItsEnd, end }) => (atItsEnd >= SIGNIFICANT_SHARE * largest ? end : [])));
  const weighed = ended.map((each) => ({ ...each, n: within(each.days, last) })).sort((a, b) => a.end - b.end);
  const total = (some: typeof weighed) => some.reduce((sum, { n }) => sum + n, 0);
  const all = total(weighed);
  const mayLack = ({ n, end, lag }: (typeof weighed)[number]) =>
    n > 0 && lag > 0 && (n * (last - end)) / YEAR >= MAY_BE_MISSING * all;
  // Several small sources that end early may together have much of the year.
  const decides = weighed.find(
    (each, at) => total(weighed.slice(0, at + 1)) >= SIGNIFICANT_SHARE * all || mayLack(each),
  );
  const day = Math.min(most, all === 0 ? last : (decides?.end ?? last));
  const early = weighed.filter(({ n, lag, end }) => (n > 0 || lag > 0) && end < day);
  const nameOf = ({ table, name }: (typeof ended)[number]) => {
    const isPart = ended.some((other) => other.table !== table && other.table.id === table.id);
    const where = isPart || name === "" ? listWords([...table.suburbs].map((suburb) => suburb ?? options.suburb)) : "";
    return name === "" ? messages.dataOn(where) : where === "" ? name : `${name} (${where})`;
  };
  const byTable = new Map(
    early.map((each) => {
      const { table, end, n, lag } = each;
      return [table.key, { name: nameOf(each), end, records: n, lags: lag > 0 }];
    }),
  );
  const ending = weighed.filter(({ end, n }) => end === day && n > 0);
  const isLagging = weighed.some(({ lag }) => lag > 0);
  const latest = Math.min(most, Math.max(...weighed.map(({ end }) => end)));
  const isEnded = decides?.end === day && !isLagging && day < latest;
  const endedBy = isEnded ? { names: ending.map(nameOf), end: day, last: latest } : null;
  return { day, early: { sources: [...byTable.values()], of: (row) => byTable.get(tableOf(row).key), endedBy } };
}

/** Does its source speak for that day? */
export function isSpokenFor({ early }: Pick<Spoken, "early">, row: Origin, day: number): boolean {
  const of = early.of(row);
  return of === undefined || !of.lags || day <= of.end;
}

function within(days: readonly number[], to: number): number {
  const year = twelveMonthsTo(to);
  return days.filter((day) => isWithin(year, day)).length;
}

/** For Method: which source ends the period, and what is done with sources that end before the period does. `all`: of how many, `what`: "sale". */
export function earlyNotes({ early }: Pick<Spoken, "early">, all: number, what: string): readonly string[] {
  const dayOf = (day: number) => longDate(toIso(day));
  const { endedBy } = early;
  return [
    ...(endedBy === null ? [] : [endWords(endedBy)]),
    ...early.sources.map(({ name, end, records, lags }) => {
      const some = `${count(records)} of the ${plural(all, what)}`;
      return lags ? messages.endsEarly(name, some, dayOf(end), what) : messages.newestIsOld(name, some, dayOf(end));
    }),
  ];
}

function endWords({ names, end, last }: EndedBy): string {
  const cover = names.length === 1 ? "covers" : "cover";
  return messages.endedBy(longDate(toIso(end)), listWords(names), cover, longDate(toIso(last)));
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
