// What the records of a report are from: sources, and tables without one; and how far each goes.

import type { DataSet, Rental, Sale } from "../data-set.ts";
import { toDay } from "../figures/days.ts";
import type { ReportOptions } from "../options.ts";

/** What a record is from: a source, and where it names none, the table of its suburb. */
export interface Origin {
  readonly source?: string | null | undefined;
  readonly suburb?: string | null | undefined;
}

/** A dated record of a source. */
export interface DatedRecord extends Origin {
  /** ISO; null where unknown. */
  readonly date: string | null;
}

export function datesOfSales(sales: readonly Sale[] = []): readonly DatedRecord[] {
  return sales.map(({ sold_date = null, source, suburb }) => ({ date: sold_date, source, suburb }));
}

/** The newest day of each rental, of its source: what was listed or leased by then is known. */
export function datesOfRentals(rentals: readonly Rental[] = [], today: string): readonly DatedRecord[] {
  return rentals.map(({ listed_date, leased_date, source, suburb }) => {
    const past = [listed_date ?? "", leased_date ?? ""].filter((day) => day !== "" && day <= today).sort();
    return { date: past.at(-1) ?? null, source, suburb };
  });
}

/** How far the rows of a source go in a suburb, and those that name none that is listed (null). */
export interface TableReach {
  /** Null for the report's own. */
  readonly suburb: string | null;
  readonly source: string | null;
  /** The newest record of any suburb; null where unknown. */
  readonly newest: string | null;
  /** The day that its data set states; null where it states none. */
  readonly stated: string | null;
}

/** Of several suburbs, each gathered for itself: what they were gathered from may end on different days. */
export type ReachedDataSet = DataSet & { readonly reaches?: readonly TableReach[] };

/** The last day that a data set states; null where it states none. */
export function statedBy({ as_of, period }: DataSet): string | null {
  return as_of ?? period?.to ?? null;
}

/** What a row is from: a source, or a table without one, as far as it goes in the row's suburb. */
export interface OriginTable {
  readonly key: string;
  /** That of the source; "" without one. */
  readonly id: string;
  readonly newest: string | null;
  readonly stated: string | null;
}

/** Which table a row is from. */
export function tableFinder(dataSet: ReachedDataSet, records: readonly DatedRecord[]): (row: Origin) => OriginTable {
  const { sources = [], newest = null, reaches } = dataSet;
  const own = { suburb: null, stated: statedBy(dataSet) };
  const all = reaches ?? [
    { ...own, source: null, newest },
    ...sources.map(({ id, newest = null }) => ({ ...own, source: id, newest })),
  ];
  const known = new Map(all.map((reach) => [keyOf(reach), reach]));
  const reachOf = (suburb: string | null, source: string | null) =>
    known.get(keyOf({ suburb, source })) ?? known.get(keyOf({ suburb: null, source })) ?? null;
  // A row without a source belongs to the only one.
  const only = sources.length === 1 ? (sources[0]?.id ?? null) : null;
  const isMixed = only !== null && records.some(({ source }) => source == null);
  const listed = new Set(sources.map(({ id }) => id));
  const find = ({ source, suburb }: Origin): OriginTable => {
    const id = source ?? only ?? "";
    const isUnlisted = source == null || !listed.has(source);
    const [named, unnamed] = [reachOf(suburb || null, id), reachOf(suburb || null, null)];
    const ends = [named, isUnlisted || (isMixed && id === only) ? unnamed : null].map((reach) => reach?.newest ?? "");
    const [end = "", stated] = [ends.sort().at(-1), (isUnlisted ? (unnamed ?? named) : named)?.stated ?? null];
    return { key: JSON.stringify([id, end, stated]), id, newest: end || null, stated };
  };
  // Of twenty thousand rows most are of one.
  const found = new Map<string, OriginTable>();
  return (row) => {
    const origin = `${row.suburb || ""}\n${row.source ?? "\n"}`;
    const table = found.get(origin) ?? find(row);
    found.set(origin, table);
    return table;
  };
}

function keyOf({ suburb, source }: Pick<TableReach, "suburb" | "source">): string {
  return JSON.stringify([suburb, source]);
}

/** The tables of some records, with the days of these until today. */
export function tablesIn(records: readonly DatedRecord[], tableOf: (row: Origin) => OriginTable, today: number) {
  const tables = new Map<string, OriginTable & { readonly days: number[]; readonly suburbs: Set<string | null> }>();
  for (const record of records) {
    const day = record.date ? toDay(record.date) : Number.POSITIVE_INFINITY;
    if (day > today) continue;
    const table = tableOf(record);
    const known = tables.get(table.key) ?? { ...table, days: [], suburbs: new Set() };
    tables.set(table.key, known);
    known.days.push(day);
    known.suburbs.add(record.suburb || null);
  }
  return [...tables.values()];
}

/**
 * The data set with how far its tables go, of these rows of any suburb: where some are of elsewhere, they show that the
 * data goes on after the newest of the report's own.
 */
export function withReach<T extends DataSet>(dataSet: T, rows: readonly DatedRecord[], options: ReportOptions): T {
  const newest = new Map<string | null, string>();
  const listed = new Set((dataSet.sources ?? []).map(({ id }) => id));
  for (const { date, source = null } of rows) {
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
