/*
 * Which records a report counts: of which suburbs, to which day, of which 12 months, and which are left out.
 * All documents of a job count the same records.
 * Not here: figures, and sentences about them (sections/).
 */

import type { DataSet } from "../data-set.ts";
import { joinSame } from "../identity/identity.ts";
import type { Locality } from "../localities/suburbs.ts";
import { messages } from "../messages.ts";
import type { ReportOptions } from "../options.ts";
import { allBeside, areaName, localitiesBeside, nameBeside } from "../request/beside.ts";
import { type Criterion, createJudge, type Filter, type FilteredRecord, filterDataSet } from "../request/filter.ts";
import { describeFilter } from "../request/requested.ts";
import { count, listWords, plural } from "../wording.ts";
import { leftOutUnknown } from "./left-out.ts";
import { isoPeriod, type ReportScope, readScope, reportDay, until } from "./scope.ts";
import { type Area, areaOf, type GatheredDataSet, mergeAround, nameAround } from "./surroundings.ts";
import { datesOfRentals, datesOfSales, withReach } from "./tables.ts";

/** Which records a report counts, as stated on its cover and in Method. */
export interface Selection {
  /** "houses, 3 bedrooms or more, Manly and 4 neighbours; 12 sales excluded because their bedrooms are unknown". */
  readonly summary: string;
  /** Whether something narrower than all records was requested. */
  readonly filtered: boolean;
  /** The other suburbs that count, too: those that were named, then those around, nearest first. */
  readonly beside: readonly string[];
  /** The suburbs without data, which may include the report's own. */
  readonly silent: readonly string[];
  /** Sentences for Method. */
  readonly notes: readonly string[];
  /** True if no record of the 12 months and no listing remains. */
  readonly nothing: boolean;
}

/** A data set that contains what a report counts and nothing else, read; and what was selected, null for all there is. */
export interface Selected {
  readonly scope: ReportScope;
  readonly selection: Selection | null;
}

/**
 * Chooses what a report counts, before anything is counted: joins the surrounding suburbs where they were requested,
 * and what several sources or branches name, leaves out what is elsewhere, and filters. The period is that of all the
 * data: a filter makes no report of last year.
 */
export function select(gathered: GatheredDataSet, options: ReportOptions): Selected {
  const { filter = null, beside = null } = options;
  const area = areaOf(options, beside);
  const reached = <T extends DataSet>(part: T, rows = part.sales) => withReach(part, datesOfSales(rows), options);
  const merged = mergeAround(gathered, options.state, reached);
  const inside = reached(inArea(merged, area), merged.sales);
  const elsewhere = countOf(merged) - countOf(inside);
  const spoken = reportDay(inside, options);
  // Before anything is joined: what is sold after that day must change nothing before it.
  const known = until(inside, spoken);
  const around = joinSame(known).dataSet;
  const read = { asOf: spoken.day, later: countOf(inside) - countOf(known), early: spoken.early };
  const whole = readScope(around, options, read);
  if (filter === null && beside === null && elsewhere === 0) return { scope: whole, selection: null };
  const scope = filter === null ? whole : readScope(narrowed(around, filter, whole), options, read, whole);
  const requested = [...describeFilter(filter), ...(beside === null ? [] : [areaName(options, beside)])].join(", ");
  const leftOut =
    filter === null
      ? []
      : unknownOf(
          whole.sold.map(({ sale }) => sale),
          filter,
          "sale",
        );
  const silent = silentIn(
    gathered,
    ({ sales = [], listings = [] }) => [...sales, ...listings],
    [...(whole.dataSet.sales ?? []), ...(whole.dataSet.listings ?? [])],
    options,
  );
  return {
    scope,
    selection: {
      summary: [...(requested === "" ? [] : [requested]), ...leftOut].join("; "),
      filtered: filter !== null,
      beside: area.beside.map((each) => nameBeside(each, options.state)),
      silent,
      notes: [
        ...(filter === null ? [] : filterNotes(whole, filter)),
        ...notes({ whole, scope }, area, gathered, options, silent),
        ...(elsewhere > 0 ? [leftElsewhere(elsewhere)] : []),
      ],
      nothing: filter !== null && scope.results.length === 0 && scope.listings.length === 0,
    },
  };
}

/** All rental listings that a report may count, those of the surrounding suburbs among them where they were requested. */
export function recordsOf(gathered: GatheredDataSet, options: ReportOptions): DataSet {
  const reached = <T extends DataSet>(part: T, rows = part.rentals) =>
    withReach(part, datesOfRentals(rows, options.date), options);
  const merged = mergeAround(gathered, options.state, reached);
  const area = areaOf(options, options.beside ?? null);
  const inside = reached(inArea(merged, area), merged.rentals);
  // Without sales: duplicates among these do not show who lets.
  return joinSame({ ...inside, sales: [] }).dataSet;
}

/**
 * Without records of suburbs that the report is not of; those of a neighbour name it as the gazetteer does, the others
 * none.
 */
function inArea(dataSet: DataSet, area: Area): DataSet {
  if (recordsIn(dataSet).every(({ suburb }) => !suburb)) return dataSet;
  const { sales, listings, rentals } = dataSet;
  const inside = <Row extends { readonly suburb?: string | null }>(rows: readonly Row[]): Row[] =>
    rows.flatMap((row) => {
      if (!row.suburb) return [row];
      const suburb = area.suburbOf(row);
      return suburb === "elsewhere" ? [] : [suburb === row.suburb ? row : { ...row, suburb }];
    });
  const retained = {
    ...dataSet,
    ...(sales && { sales: inside(sales) }),
    ...(listings && { listings: inside(listings) }),
    ...(rentals && { rentals: inside(rentals) }),
  };
  // Series of the market are of the suburb alone: beside sales of its neighbours they would mean something else.
  return recordsIn(retained).some(({ suburb }) => suburb) ? { ...retained, market: [] } : retained;
}

function recordsIn({ sales = [], listings = [], rentals = [] }: DataSet) {
  return [...sales, ...listings, ...rentals];
}

function countOf(dataSet: DataSet): number {
  return recordsIn(dataSet).length;
}

function narrowed(dataSet: DataSet, filter: Filter, { period }: ReportScope): DataSet {
  return { ...filterDataSet(dataSet, filter), period: isoPeriod(period) };
}

/** "12 sales excluded because their bedrooms are unknown": records that nothing known speaks against. */
export function unknownOf(rows: readonly FilteredRecord[], filter: Filter, noun: string): readonly string[] {
  const judge = createJudge(filter);
  const counts = new Map<Criterion, number>();
  for (const row of rows) {
    const verdict = judge(row);
    if (typeof verdict === "string") counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  return leftOutUnknown(counts, noun);
}

function filterNotes({ listings }: ReportScope, filter: Filter): readonly string[] {
  const judge = createJudge(filter);
  const n = listings.filter((listing) => typeof judge(listing) === "string").length;
  const all = messages.onlyTheseRecords;
  if (n === 0) return [all];
  const them = n === 1 ? messages.unknownExcluded : messages.unknownsExcluded;
  return [all, `${plural(n, "current listing")} ${them}.`];
}

/** Which suburbs a report is of, and why these. */
export function besideNotes(options: ReportOptions): readonly string[] {
  const localities = localitiesBeside(options, options.beside ?? null);
  if (localities === null) return [];
  const { named, around, radiusKm } = localities;
  const names = (suburbs: readonly Locality[]) => suburbs.map((each) => nameBeside(each, options.state));
  const requested = listWords([options.suburb, ...names(named)]);
  const means = [
    named.length === 0 ? requested : messages.asRequested(requested),
    ...(around.length === 0 ? [] : [messages.neighbours(listWords(names(around)), radiusKm, options.suburb)]),
  ];
  const rule = around.length === 0 ? [] : [messages.radiusRule];
  const nothingAround =
    radiusKm !== null && around.length === 0 ? [messages.noOtherLocality(radiusKm, options.suburb)] : [];
  if (named.length + around.length === 0) return nothingAround;
  const joined = means.join(named.length > 0 ? "; and " : " and ");
  return [[messages.suburbMeans(joined), ...rule].join(" "), ...nothingAround];
}

/** `scope`: what of the `whole` passes the filter. */
function notes(
  { whole, scope }: Readonly<Record<"whole" | "scope", ReportScope>>,
  area: Area,
  gathered: GatheredDataSet,
  options: ReportOptions,
  silent: readonly string[],
): readonly string[] {
  const suburbs = area.beside;
  if (suburbs.length === 0) return besideNotes(options);
  const outside = scope.sold.filter(({ sale }) => sale.suburb).length;
  return [
    ...besideNotes(options),
    ...(outside === 0
      ? []
      : [
          messages.salesOutside(
            count(outside),
            plural(scope.sold.length, "sale"),
            outside === 1 ? "is" : "are",
            options.suburb,
          ),
        ]),
    ...silentNotes(silent, options, "sales"),
    ...((gathered.market ?? []).length > 0 && (whole.dataSet.market ?? []).length === 0
      ? [messages.noMarketSeries]
      : []),
  ];
}

/**
 * Those that no records were found of: an unknown number of sales is not 0, whatever else is known. `recordsOf`: those of
 * a data set that the report counts.
 */
export function silentIn(
  gathered: GatheredDataSet,
  recordsOf: (dataSet: DataSet) => readonly unknown[],
  rows: readonly { readonly suburb?: string | null }[],
  options: ReportOptions,
): readonly string[] {
  const { suburb: own, state } = options;
  const known = new Set([
    ...(gathered.around ?? []).flatMap((each) => (recordsOf(each.data).length > 0 ? [nameAround(each, state)] : [])),
    ...rows.map(({ suburb }) => suburb || own),
    ...(recordsOf(gathered).length > 0 ? [own] : []),
  ]);
  const names = allBeside(localitiesBeside(options, options.beside ?? null)).map((each) => nameBeside(each, state));
  return [own, ...names].filter((name) => !known.has(name));
}

/** A sentence on the other suburbs without data, for Method. */
export function silentNotes(
  silent: readonly string[],
  { suburb }: ReportOptions,
  of: "sales" | "rentals",
): readonly string[] {
  const others = silent.filter((name) => name !== suburb);
  return others.length === 0 ? [] : [messages.noDataFor(listWords(others), of)];
}

/** The same for the job, of all suburbs without data: whoever requested the report learns it before reading it. */
export function silentWarnings(silent: readonly string[], of: "sales" | "rentals"): readonly string[] {
  return silent.length === 0 ? [] : [messages.noDataFor(listWords(silent), of)];
}

function leftElsewhere(n: number): string {
  return n === 1 ? messages.oneFromOtherSuburb : messages.recordsFromOtherSuburbs(plural(n, "record"));
}
