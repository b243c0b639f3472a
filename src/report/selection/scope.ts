import { compareText } from "../../text/text.ts";
import type { Agency, Agent, DataSet, Listing, Sale } from "../data-set.ts";
import { areComparable, gapsIn, isEvenlyKnown, uncovered } from "../figures/coverage.ts";
import { isWithin, monthsBefore, type Period, periodBefore, toDay, toIso, twelveMonthsTo } from "../figures/days.ts";
import { type Deal, readDeals } from "../figures/deal.ts";
import { limitsOf, type OtherUnit, type PriceLimits, withoutNominal } from "../figures/nominal.ts";
import { uniqueListings } from "../identity/listings.ts";
import { findAgency, foldName } from "../identity/named.ts";
import type { ReportOptions } from "../options.ts";
import { isJudgedBy } from "../request/filter.ts";
import { isSpokenFor, type Lagging, laggingOf, type Spoken, spokenBy } from "./as-of.ts";
import { datesOfSales } from "./tables.ts";

export type NamedAgent = Agent & { readonly id: string };

/** What all parts of a report are computed from: the data set, read once, hidden agents already gone. */
export interface ReportScope {
  readonly dataSet: DataSet;
  readonly options: ReportOptions;
  readonly asOf: number;
  readonly period: Period;
  /** Sales after the report's day, or after that of their source, which are not counted. */
  readonly later: number;
  /** Sources that end before the report does. */
  readonly early: Spoken["early"];
  /** Sources behind these records whose newest rows are incomplete. */
  readonly lagging: { readonly sales: Lagging; readonly series: Lagging };
  /** Every dated record until the report's day, oldest first. */
  readonly deals: readonly Deal[];
  /**
   * The records that show what of the time is covered: of all the data those that a filter can judge, not those that
   * pass.
   */
  readonly recorded: readonly Deal[];
  /** Records of the 12 months, sold or not. */
  readonly results: readonly Deal[];
  /** Sales of the 12 months, and of the 12 before. */
  readonly sold: readonly Deal[];
  readonly soldBefore: readonly Deal[];
  /** Of all the data: a filter does not change what is a price. */
  readonly limits: PriceLimits;
  /** Of the 12 months: transfers at a nominal price that were left out, and sales whose price was. */
  readonly nominal: {
    readonly transfers: number;
    readonly unpriced: number;
    readonly placeholders: number;
    /** By property type. */
    readonly otherUnits: readonly OtherUnit[];
  };
  /** The first day on record, of all the data: a filter does not make it begin later. */
  readonly oldest: number | null;
  /** The same where the records begin within the 12 months; null where they reach further back. */
  readonly begins: number | null;
  /** True where the 12 months and those before are covered well enough to be compared. */
  readonly comparable: boolean;
  /** The same of all the data, where a filter selects some of it. */
  readonly isAllComparable: boolean;
  /** The quarters back from the report's day that the records reach into, oldest first, and those with a hole in them. */
  readonly quarters: readonly Period[];
  readonly holes: readonly Period[];
  /** Stretches within those quarters that have no record, and should have some. */
  readonly gaps: readonly Period[];
  /** The end of the 12 months, where it has no record, and should have some; null where nothing is missing there. */
  readonly endsEarly: Period | null;
  /** Each property that is for sale once, with the agencies of all its listings. */
  readonly listings: readonly Listing[];
  /** The day that days on the market are counted to: that of the newest listing, where the report's day is before it. */
  readonly listedUntil: number;
  /** Listings that were joined with another. */
  readonly joinedListings: number;
  /** Agencies by id, those that are only referred to among them, in a fixed order. */
  readonly agencies: ReadonlyMap<string, Agency>;
  /** Agents by id without the hidden ones, in a fixed order. */
  readonly agents: ReadonlyMap<string, NamedAgent>;
  readonly preparedFor: Agency | null;
  /** Whom the request highlights, where the data contains them. */
  readonly featured: { readonly agent: NamedAgent | null; readonly agency: Agency | null };
  agencyName(id: string): string;
  /** Agencies of a listing, its agents' where it names none. */
  listingAgencies(listing: Listing): readonly string[];
}

/** The records must begin in the first quarter of the previous 12 months, even with few sales. */
const SLACK_DAYS = 91;

/** Of the data {@link until} `asOf`, the day that the report speaks for, as {@link reportDay} finds it in all of it. */
export function readScope(
  dataSet: DataSet,
  options: ReportOptions,
  { asOf, later, early }: Pick<ReportScope, "asOf" | "later" | "early">,
  whole: ReportScope | null = null,
): ReportScope {
  const everyAgent = nameAgents(dataSet.agents ?? []);
  const agencyOf = new Map(everyAgent.map(({ id, agency_id }) => [id, agency_id ?? null]));
  const read = readDeals(dataSet.sales ?? [], {
    suburb: options.suburb,
    agencyOf: (id) => agencyOf.get(id) ?? null,
  });
  const limits = whole?.limits ?? limitsOf(read);
  const priced = withoutNominal(read, limits);
  const { deals } = priced;
  const listingAgencies = (listing: Listing) => {
    const named = listing.agency_ids ?? [];
    return [...new Set(named.length > 0 ? named : (listing.agent_ids ?? []).flatMap((id) => agencyOf.get(id) ?? []))];
  };
  const listed = uniqueListings(
    (dataSet.listings ?? []).map((listing) => ({ ...listing, agency_ids: listingAgencies(listing) })),
    options.suburb,
    options.date,
  );
  const listings = listed.rows.toSorted((a, b) => compareText(a.id, b.id));

  const period = periodOf(dataSet, asOf);
  const before = periodBefore(period);
  const results = deals.filter(({ day }) => isWithin(period, day));
  const year = period.to - period.from + 1;
  // Of a source that ends early, both years lack the same days.
  const isComparable = ({ sale, day }: Deal) => isSpokenFor({ early }, sale, day + year);
  const soldBefore = deals.filter(
    (deal) => deal.outcome === "sold" && isWithin(before, deal.day) && isComparable(deal),
  );
  const sold = results.filter(({ outcome }) => outcome === "sold");

  const lagging = (rows: readonly { readonly source?: string | null }[] = []) =>
    laggingOf(dataSet.sources ?? [], new Set(rows.map(({ source }) => source ?? null)));
  const [first] = deals;
  const oldest = whole === null ? (first?.day ?? null) : whole.oldest;
  const isLate = first !== undefined && !isReached(period, first.day) && soldBefore.length === 0;
  const comparable = areComparable(period, sold, soldBefore) && (oldest ?? asOf) <= before.from + SLACK_DAYS;
  const { quarters, holes, gaps, endsEarly } = whole ?? coverageOf(deals, asOf, period);
  const isJudged = isJudgedBy(options.filter);
  const recorded = whole === null ? deals : whole.deals.filter(({ sale }) => isJudged(sale));
  // In a year whose records have fewer details, fewer can match.
  const isEven = whole === null || isEvenlyKnown(whole.sold, whole.soldBefore, ({ sale }) => isJudged(sale));
  const agencies = collectAgencies(dataSet, everyAgent, deals, listings);
  const agents = new Map(everyAgent.filter(({ hidden }) => hidden !== true).map((agent) => [agent.id, agent]));
  return {
    dataSet,
    options,
    asOf,
    period,
    later,
    early,
    lagging: { sales: lagging(dataSet.sales), series: lagging(dataSet.market) },
    deals,
    recorded,
    results,
    sold,
    soldBefore,
    limits,
    nominal: {
      transfers: priced.transfers.filter(({ day }) => isWithin(period, day)).length,
      unpriced: priced.unpriced.filter(({ day }) => isWithin(period, day)).length,
      placeholders: priced.placeholders.filter(({ day }) => isWithin(period, day)).length,
      otherUnits: priced.otherUnits.flatMap((each) => {
        const deals = each.deals.filter(({ day }) => isWithin(period, day));
        return deals.length === 0 ? [] : [{ ...each, deals }];
      }),
    },
    oldest,
    begins: whole === null ? (isLate ? oldest : null) : whole.begins,
    comparable: whole === null ? comparable : comparable && whole.comparable && isEven && soldBefore.length > 0,
    isAllComparable: whole === null ? comparable : whole.comparable && isEven,
    quarters,
    holes,
    gaps,
    endsEarly,
    listings,
    listedUntil: whole === null ? listedUntil(dataSet, asOf, options) : whole.listedUntil,
    joinedListings: listed.joined,
    agencies,
    agents,
    preparedFor: findAgency(agencies, options.preparedFor),
    featured: {
      agent: findAgency(agents, options.featured?.agent ?? null),
      agency: findAgency(agencies, options.featured?.agency ?? null),
    },
    agencyName: (id) => agencies.get(id)?.name || id,
    listingAgencies,
  };
}

/** Sales lag, listings do not: the sales may end months before the day that the listings are of. */
function listedUntil({ as_of, listings = [] }: DataSet, asOf: number, { date }: ReportOptions): number {
  const latest = Math.min(toDay(date), as_of ? toDay(as_of) : toDay(date));
  const days = listings.flatMap(({ listed_date }) => (listed_date ? [toDay(listed_date)] : []));
  return days.reduce((newest, day) => (day <= latest ? Math.max(newest, day) : newest), asOf);
}

/** The day the report speaks for, without a dated sale the latest day in the data, else the day of the request. */
export function reportDay(dataSet: DataSet, options: ReportOptions): Spoken & { readonly day: number } {
  const today = toDay(options.date);
  const spoken = spokenBy(dataSet, datesOfSales(dataSet.sales), options);
  return { ...spoken, day: spoken.day ?? Math.min(today, latestDay(dataSet) ?? today) };
}

/** Without the sales after the report's day, and after that of their source: a lagging one has some, a complete one all. */
export function until(dataSet: DataSet, spoken: Spoken & { readonly day: number }): DataSet {
  const { sales } = dataSet;
  const isKnown = (sale: Sale) => {
    const day = sale.sold_date ? toDay(sale.sold_date) : null;
    return day === null || (day <= spoken.day && isSpokenFor(spoken, sale, day));
  };
  return sales?.every(isKnown) === false ? { ...dataSet, sales: sales.filter(isKnown) } : dataSet;
}

/** Which quarters the records cover. Found in all the data, since a filter makes no hole in them. */
function coverageOf(
  deals: readonly Deal[],
  asOf: number,
  period: Period,
): Pick<ReportScope, "quarters" | "holes" | "gaps" | "endsEarly"> {
  const quarters = quartersOf(deals, asOf);
  return {
    quarters,
    holes: uncovered(quarters, deals),
    gaps: gapsIn(quarters, deals),
    endsEarly: gapsIn([period], deals).find(({ to }) => to === period.to) ?? null,
  };
}

const QUARTERS = 12;
/** The quarter that the records begin in counts where they begin in its first month. */
const A_MONTH = 31;

/** Do records that begin on that day cover the whole quarter? */
export function isReached({ from }: Period, oldest: number): boolean {
  return oldest <= from + A_MONTH;
}

/** Counted back from the report's day, as far as the records go. */
function quartersOf(deals: readonly Deal[], asOf: number): readonly Period[] {
  const quarters: Period[] = [];
  const oldest = deals[0]?.day ?? asOf;
  for (let back = 0; back < QUARTERS; back++) {
    const period = { from: monthsBefore(asOf, 3 * back + 3) + 1, to: monthsBefore(asOf, 3 * back) };
    if (!isReached(period, oldest) && back > 0) break;
    quarters.unshift(period);
  }
  return quarters;
}

function latestDay(dataSet: DataSet): number | null {
  let latest = "";
  const see = (date: string | null | undefined) => {
    if (date && date > latest) latest = date;
  };
  for (const sale of dataSet.sales ?? []) see(sale.listed_date);
  for (const listing of dataSet.listings ?? []) see(listing.listed_date);
  for (const { listed_date, leased_date } of dataSet.rentals ?? []) [listed_date, leased_date].forEach(see);
  for (const { series } of dataSet.market ?? []) for (const point of series) see(point.period_end);
  for (const agent of dataSet.agents ?? []) for (const review of agent.reviews ?? []) see(review.as_of);
  return latest === "" ? null : toDay(latest);
}

/**
 * The stated period where it is 12 months, else the 12 months to its end: the figures are of 12 months, always, and
 * never of days after `asOf`.
 */
export function periodOf({ period }: DataSet, asOf: number): Period {
  if (!period || toDay(period.to) > asOf) return twelveMonthsTo(asOf);
  const stated = { from: toDay(period.from), to: toDay(period.to) };
  const days = stated.to - stated.from + 1;
  return days === 365 || days === 366 ? stated : twelveMonthsTo(stated.to);
}

/** Agents in an order that does not depend on the document's, each with an id: one made from its name where it has none. */
function nameAgents(agents: readonly Agent[]): readonly NamedAgent[] {
  const sorted = [...agents].sort(
    (a, b) => compareText(a.name, b.name) || compareText(JSON.stringify(a), JSON.stringify(b)),
  );
  const taken = new Set(agents.flatMap(({ id }) => id ?? []));
  return sorted.map((agent) => {
    if (agent.id !== undefined) return { ...agent, id: agent.id };
    const base = `agent:${[agent.name, agent.agency_id ?? ""].map(foldName).join(":")}`;
    let id = base;
    for (let n = 2; taken.has(id); n++) id = `${base}:${n}`;
    taken.add(id);
    return { ...agent, id };
  });
}

/** Each id that is referred to as an agency is one, under its id where it has no name. */
function collectAgencies(
  { agencies = [] }: DataSet,
  agents: readonly NamedAgent[],
  deals: readonly Deal[],
  listings: readonly Listing[],
): ReadonlyMap<string, Agency> {
  const known = new Map<string, Agency>();
  for (const agency of agencies) known.set(agency.id, agency);
  const refer = (id: string) => {
    if (!known.has(id)) known.set(id, { id, name: id });
  };
  for (const { agency_id } of agents) if (agency_id) refer(agency_id);
  for (const { agencyIds } of deals) agencyIds.forEach(refer);
  for (const { agency_ids } of listings) agency_ids?.forEach(refer);
  return new Map([...known].sort(([, a], [, b]) => compareText(a.name, b.name) || compareText(a.id, b.id)));
}

export function localityName({ suburb, state, postcode }: ReportOptions): string {
  return [suburb, state, postcode].filter((part) => part !== null).join(" ");
}

export function isoPeriod({ from, to }: Period): { readonly from: string; readonly to: string } {
  return { from: toIso(from), to: toIso(to) };
}
