/*
 * The parts of a report's model: leagues, market, tables, the sentences at a glance, and Method.
 * Pure: the same scope gives the same part. report.ts and brief.ts join them.
 * Not here: how a part is drawn (render/sections), and parts of the agency and commission documents alone.
 */

import { compareText } from "../../text/text.ts";
import type { Listing } from "../data-set.ts";
import { uncovered, withGap } from "../figures/coverage.ts";
import { isWithin, toIso } from "../figures/days.ts";
import { type Deal, listedOn } from "../figures/deal.ts";
import { daysOf, daysOnMarket, medianPrice } from "../figures/price.ts";
import { salesByAgent } from "../figures/standing.ts";
import type { AgentCard, AgentRow, ListingRow, ReportModel, SaleRow, SuburbRow } from "../model.ts";
import { isReached, type ReportScope } from "../selection/scope.ts";
import type { Selection } from "../selection/selection.ts";
import { practiceOf, thirdsOf } from "./practice.ts";

/** A page of each: more rows show nothing more, and the total is above them. */
const SALES = 18;
const LISTINGS = 12;
const CARDS = 12;
const RECENT = 5;
const QUARTERS = 8;

/** Where several suburbs count, a table of these is above the sales, and each sale names its suburb in one more line. */
const SALES_FEWER = 4;
const FEWEST_SALES = 6;

/** The sales of the 12 months, newest first. */
export function saleRows(scope: ReportScope, selection: Selection | null): ReportModel["sales"] {
  const beside = selection?.beside.length ?? 0;
  const most = beside === 0 ? SALES : Math.max(FEWEST_SALES, SALES - SALES_FEWER - beside);
  const rows = newestFirst(scope.sold)
    .slice(0, most)
    .map((deal) => saleRow(scope, deal));
  return { total: scope.sold.length, rows, hasOtherUnit: scope.nominal.otherUnits.length > 0 };
}

/** The suburb and those that count beside it, each by itself; none where only the suburb counts. */
export function suburbRows(scope: ReportScope, selection: Selection | null): readonly SuburbRow[] {
  const beside = selection?.beside ?? [];
  if (beside.length === 0) return [];
  return [null, ...beside].map((name) => {
    const sold = scope.sold.filter(({ sale }) => (sale.suburb ?? null) === name);
    const isKnown = selection?.silent.includes(name ?? scope.options.suburb) !== true;
    return {
      name: name ?? scope.options.suburb,
      isKnown,
      sales: sold.length,
      median: medianPrice(sold),
      daysOnMarket: daysOnMarket(sold),
      listings:
        scope.listings.length === 0 || !isKnown
          ? null
          : scope.listings.filter(({ suburb }) => (suburb ?? null) === name).length,
    };
  });
}

/** The current listings, newest first, undated last. */
export function listingRows(scope: ReportScope): ReportModel["listings"] {
  const sorted = [...scope.listings].sort(
    (a, b) => compareText(b.listed_date ?? "", a.listed_date ?? "") || compareText(a.id, b.id),
  );
  const rows = sorted.slice(0, LISTINGS).map((listing) => listingRow(scope, listing));
  return { total: sorted.length, rows, daysTo: scope.listedUntil === scope.asOf ? null : toIso(scope.listedUntil) };
}

/** The first agents of the league that have figures; where none has any, the first agents. */
export function agentCards(scope: ReportScope, league: readonly AgentRow[]): readonly AgentCard[] {
  const ranked = league.filter(({ rank }) => rank !== null);
  const sales = salesByAgent(scope.deals.filter(({ outcome }) => outcome === "sold"));
  const soldNow = salesByAgent(scope.sold);
  const thirds = thirdsOf(scope.sold);
  const suburb = { median: medianPrice(scope.sold), daysOnMarket: daysOnMarket(scope.sold) };
  return (ranked.length > 0 ? ranked : league).slice(0, CARDS).map((row): AgentCard => {
    const agent = scope.agents.get(row.id);
    const own = (sales.get(row.id)?.involved ?? []).filter(({ day }) => day <= scope.asOf);
    return {
      ...row,
      photo: agent?.photo ?? null,
      agencyLogo: scope.agencies.get(row.agencyId ?? "")?.logo ?? null,
      phone: agent?.phone ?? null,
      email: scope.options.printEmails ? (agent?.email ?? null) : null,
      reviews: (agent?.reviews ?? []).flatMap(({ provider, rating, count }) =>
        typeof rating === "number" && rating > 0 ? [{ provider, rating, count: count ?? null }] : [],
      ),
      suburb,
      practice: practiceOf(soldNow.get(row.id)?.involved ?? [], ({ agents }) => agents, thirds),
      sparkline: quarterCounts(own, scope),
      recent: newestFirst(own)
        .slice(0, RECENT)
        .map((deal) => saleRow(scope, deal)),
    };
  });
}

/** Sales by quarter back from the report's day, of the quarters that the records reach into. */
function quarterCounts(own: readonly Deal[], scope: ReportScope): AgentCard["sparkline"] {
  const { holes, gaps, recorded, asOf } = scope;
  const quarters = scope.quarters.filter((each) => isReached(each, recorded[0]?.day ?? asOf) || each.to === asOf);
  const missing = [...holes, ...uncovered(quarters, recorded), ...withGap(quarters, gaps)];
  const counts = quarters.slice(-QUARTERS).map((quarter) => ({
    periodEnd: toIso(quarter.to),
    value: missing.includes(quarter) ? null : own.filter(({ day }) => isWithin(quarter, day)).length,
  }));
  // What begins with a hole begins behind it.
  return counts.slice(
    Math.max(
      0,
      counts.findIndex(({ value }) => value !== null),
    ),
  );
}

function newestFirst(deals: readonly Deal[]): readonly Deal[] {
  return [...deals].sort((a, b) => b.day - a.day || compareText(a.id, b.id));
}

/** A sale as tables show it. */
export function saleRow(scope: ReportScope, deal: Deal): SaleRow {
  const { sale } = deal;
  return {
    id: deal.id,
    address: sale.address,
    suburb: sale.suburb ?? null,
    category: deal.category,
    beds: sale.beds ?? null,
    baths: sale.baths ?? null,
    cars: sale.cars ?? null,
    soldDate: toIso(deal.day),
    price: deal.price,
    method: deal.method,
    daysOnMarket: daysOf(deal),
    agencyNames: agencyNames(scope, deal.agencyIds),
    agentNames: agentNames(
      scope,
      deal.agents.map(({ id }) => id),
    ),
    isPreparedFor: isPreparedFor(scope, deal.agencyIds),
  };
}

function listingRow(scope: ReportScope, listing: Listing): ListingRow {
  const agencyIds = scope.listingAgencies(listing);
  const until = scope.listedUntil;
  const listed = listedOn(listing.listed_date, until);
  return {
    id: listing.id,
    address: listing.address,
    suburb: listing.suburb ?? null,
    category: listing.category,
    listedDate: listed === null ? null : toIso(listed),
    daysListed: listed === null || listed > until ? null : until - listed,
    displayPrice: listing.display_price ?? null,
    agencyNames: agencyNames(scope, agencyIds),
    agentNames: agentNames(scope, listing.agent_ids ?? []),
    isPreparedFor: isPreparedFor(scope, agencyIds),
  };
}

/** The one the report is prepared for first: of many names the last are left out. */
function agencyNames(scope: ReportScope, ids: readonly string[]): readonly string[] {
  const own = (id: string) => Number(id === scope.preparedFor?.id);
  return [...ids].sort((a, b) => own(b) - own(a)).map(scope.agencyName);
}

/** Hidden agents and those without a record have no name to print. */
function agentNames(scope: ReportScope, ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].flatMap((id) => scope.agents.get(id)?.name ?? []);
}

function isPreparedFor(scope: ReportScope, agencyIds: readonly string[]): boolean {
  return scope.preparedFor !== null && agencyIds.includes(scope.preparedFor.id);
}
