import { compareText } from "../../text/text.ts";
import type { Agency } from "../data-set.ts";
import type { Deal } from "../figures/deal.ts";
import { computed, percentOf, RELIABLE_FROM, supplied, suppressBelow } from "../figures/figure.ts";
import { likelyPrice } from "../figures/placeholder.ts";
import { daysOnMarket, medianPrice, salesValue } from "../figures/price.ts";
import {
  concentration,
  gapToNext,
  marketShare,
  rankChange,
  ranks,
  salesByAgency,
  salesByAgent,
} from "../figures/standing.ts";
import { momentum } from "../figures/supply.ts";
import type { AgencyLeague, AgencyRow, AgentRow, Figure, Standing } from "../model.ts";
import type { NamedAgent, ReportScope } from "../selection/scope.ts";

/** The agencies by sales, then value, then name. Those without a sale or listing come last and have no rank. */
export function agencyLeague(scope: ReportScope): AgencyLeague {
  const now = salesByAgency(scope.sold);
  const before = salesByAgency(scope.soldBefore);
  const rankNow = ranks(countsOf(now));
  const rankBefore = scope.comparable ? ranks(countsOf(before)) : new Map<string, number>();
  const listings = listingsByAgency(scope);

  const row = (agency: Agency): AgencyRow => {
    const sold = now.get(agency.id) ?? [];
    const listed = listings === null ? null : (listings.counts.get(agency.id) ?? (listings.supplied ? null : 0));
    const share = shareOf(scope, sold.length);
    const shareBefore = percentOf(before.get(agency.id)?.length ?? 0, scope.soldBefore.length);
    const listedShare = listings === null || listings.isPart ? null : percentOf(listed ?? 0, listings.total);
    const ownMomentum = momentum(listedShare, share.value, listed ?? 0);
    return {
      id: agency.id,
      name: agency.name || agency.id,
      colour: agency.colour ?? null,
      rank: rankNow.get(agency.id) ?? null,
      rankChange: rankChange(rankNow.get(agency.id), rankBefore.get(agency.id)),
      sales: countOf(scope, sold.length),
      share,
      shareChange: scope.comparable && share.value !== null && shareBefore !== null ? share.value - shareBefore : null,
      value: salesValue(sold),
      median: medianPrice(sold),
      daysOnMarket: daysOnMarket(sold),
      listings: listed,
      isNew: scope.comparable && rankNow.has(agency.id) && !rankBefore.has(agency.id),
      momentum: listings?.supplied ? { ...ownMomentum, n: null, supplied: ownMomentum.value !== null } : ownMomentum,
      ownSales: ownSales(scope, sold),
      isPreparedFor: agency.id === scope.preparedFor?.id,
      isFeatured: agency.id === scope.featured.agency?.id,
    };
  };
  const unattributed = scope.sold.filter(({ agencyIds }) => agencyIds.length === 0).length;
  return {
    totalSales: scope.sold.length,
    jointSales: scope.sold.filter(({ agencyIds }) => agencyIds.length > 1).length,
    unattributed,
    // With few sales, or those of a part of the agencies, it does not describe the market; one agency is no market.
    concentration:
      unattributed * 5 > scope.sold.length || new Set(scope.sold.flatMap(({ agencyIds }) => agencyIds)).size < 2
        ? computed(null, 0)
        : suppressBelow(RELIABLE_FROM, concentration(scope.sold)),
    rows: [...scope.agencies.values()]
      .map(row)
      .sort(
        (a, b) =>
          byFigure(a.sales, b.sales) ||
          byFigure(a.value, b.value) ||
          (b.listings ?? 0) - (a.listings ?? 0) ||
          compareText(a.name, b.name) ||
          compareText(a.id, b.id),
      ),
  };
}

/** The position of the requesting agency in its league. */
export function standingOf(league: AgencyLeague): Standing | null {
  const own = league.rows.find(({ isPreparedFor }) => isPreparedFor);
  if (!own) return null;
  const counts = new Map(league.rows.map(({ id, sales }) => [id, sales.value ?? 0]));
  return {
    agencyId: own.id,
    name: own.name,
    colour: own.colour,
    rank: own.rank,
    rankChange: own.rankChange,
    share: own.share,
    shareChange: own.shareChange,
    gap: gapToNext(own.sales.value ?? 0, counts),
  };
}

/**
 * The agents by sales they were involved in, then those they led, then value, then name. Where no sale of the data
 * names an agent, as in a register, the figures are as supplied, and so are the ranks.
 */
export function agentLeague(scope: ReportScope): readonly AgentRow[] {
  const now = salesByAgent(scope.sold);
  const before = salesByAgent(scope.soldBefore);
  const asSupplied = scope.sold.every(({ agents }) => agents.length === 0);
  // What a source supplies is of all sales, not of those that match a filter.
  const isFiltered = (scope.options.filter ?? null) !== null;
  const suppliedOf = (agent: NamedAgent) => (isFiltered ? null : agent.supplied);
  const agents = [...scope.agents.values()];
  const counts = new Map(
    agents.map((agent) => [
      agent.id,
      asSupplied ? (suppliedOf(agent)?.sales_12m ?? 0) : (now.get(agent.id)?.involved.length ?? 0),
    ]),
  );
  const countsBefore = new Map(agents.map(({ id }) => [id, before.get(id)?.involved.length ?? 0]));
  const rankNow = ranks(counts);
  const rankBefore = scope.comparable && !asSupplied ? ranks(countsBefore) : new Map<string, number>();
  const listings = listingsByAgent(scope);

  const row = (agent: NamedAgent): AgentRow => {
    const { lead, involved } = now.get(agent.id) ?? { lead: [], involved: [] };
    const figures = asSupplied
      ? {
          lead: supplied(null),
          involved: supplied(suppliedOf(agent)?.sales_12m),
          share: supplied(null),
          value: supplied(null),
          median: supplied(likelyPrice(suppliedOf(agent)?.median_price)),
          daysOnMarket: supplied(suppliedOf(agent)?.median_days_on_market || null),
        }
      : {
          lead: computed(lead.length, lead.length),
          involved: computed(involved.length, involved.length),
          share: marketShare(involved.length, scope.sold.length),
          value: salesValue(involved),
          median: medianPrice(involved),
          daysOnMarket: daysOnMarket(involved),
        };
    const agencyId = agent.agency_id ?? null;
    return {
      id: agent.id,
      name: agent.name,
      title: agent.title ?? null,
      agencyId,
      agencyName: agencyId === null ? null : scope.agencyName(agencyId),
      rank: rankNow.get(agent.id) ?? null,
      rankChange: rankChange(rankNow.get(agent.id), rankBefore.get(agent.id)),
      ...figures,
      isNew: scope.comparable && !asSupplied && rankNow.has(agent.id) && !rankBefore.has(agent.id),
      listings: listings === null ? null : (listings.get(agent.id) ?? 0),
      ownSales: asSupplied ? null : ownSales(scope, involved),
      isPreparedFor: agencyId !== null && agencyId === scope.preparedFor?.id,
      isFeatured: agent.id === scope.featured.agent?.id,
    };
  };
  return agents
    .map(row)
    .sort(
      (a, b) =>
        byFigure(a.involved, b.involved) ||
        byFigure(a.lead, b.lead) ||
        byFigure(a.value, b.value) ||
        (b.listings ?? 0) - (a.listings ?? 0) ||
        compareText(a.name, b.name) ||
        compareText(a.id, b.id),
    );
}

function ownSales({ options }: ReportScope, sold: readonly Deal[]): number | null {
  return (options.beside ?? null) !== null ? sold.filter(({ sale }) => !sale.suburb).length : null;
}

/** A count of 0 is a fact only where there are sales to count that name who made them. */
function countOf(scope: ReportScope, n: number): Figure {
  return namesAgencies(scope) ? computed(n, n) : computed(null, 0);
}

function shareOf(scope: ReportScope, n: number): Figure {
  return namesAgencies(scope) ? marketShare(n, scope.sold.length) : computed(null, 0);
}

function namesAgencies({ sold }: ReportScope): boolean {
  return sold.some(({ agencyIds }) => agencyIds.length > 0);
}

interface ListingCounts {
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
  /** The agencies' own `for_sale`, for lack of listings. */
  readonly supplied: boolean;
  /** Of some agencies these are not known, so no share of all listings is. */
  readonly isPart: boolean;
}

/** Null where the data has no listings: no one has none because of that. */
function listingsByAgency(scope: ReportScope): ListingCounts | null {
  const counts = new Map<string, number>();
  if (scope.listings.length > 0) {
    for (const listing of scope.listings)
      for (const id of scope.listingAgencies(listing)) counts.set(id, (counts.get(id) ?? 0) + 1);
    // Listings that name no agency at all mean "0 listed" for no agency.
    if (counts.size > 0) return { counts, total: scope.listings.length, supplied: false, isPart: false };
  }
  for (const { id, for_sale } of scope.agencies.values()) if (for_sale != null) counts.set(id, for_sale);
  if (counts.size === 0) return null;
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  return { counts, total, supplied: true, isPart: counts.size < scope.agencies.size };
}

function listingsByAgent(scope: ReportScope): ReadonlyMap<string, number> | null {
  if (scope.listings.length === 0) return null;
  const counts = new Map<string, number>();
  for (const { agent_ids } of scope.listings)
    for (const id of new Set(agent_ids)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts.size === 0 ? null : counts;
}

function countsOf(groups: ReadonlyMap<string, readonly unknown[]>): ReadonlyMap<string, number> {
  return new Map([...groups].map(([id, deals]) => [id, deals.length]));
}

/** Larger first; unknown last. */
function byFigure(a: Figure, b: Figure): number {
  return (b.value ?? -1) - (a.value ?? -1);
}
