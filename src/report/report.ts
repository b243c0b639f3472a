/*
 * The domain, pure: request, data set, suburbs, figures, the model of a report and its documents.
 * sources/ has the sources of data sets: the catalogue, the operator's own service, Domain.
 * Not here: any other room, except host, and outbound for the sources.
 */

import { Failure } from "../failure.ts";
import { comparables } from "./comparison/comparables.ts";
import { comparison } from "./comparison/comparison.ts";
import type { DataSet } from "./data-set.ts";
import { toIso } from "./figures/days.ts";
import type { Deal } from "./figures/deal.ts";
import { MIN_PRICES, quantile } from "./figures/figure.ts";
import { pricesOf } from "./figures/price.ts";
import { salesByAgency } from "./figures/standing.ts";
import type { Locator } from "./gazetteer/locator.ts";
import { offsetKm } from "./gazetteer/neighbours.ts";
import { headOf, sizeOf } from "./head.ts";
import { findSuburb, type Locality, neighbours } from "./localities/suburbs.ts";
import { messages } from "./messages.ts";
import type { AgencyLeague, HeatMap, ReportModel } from "./model.ts";
import type { ReportOptions } from "./options.ts";
import { paidPlacements } from "./partners/paid-placements.ts";
import { agencyLeague, agentLeague, standingOf } from "./sections/league.ts";
import { marketSegments } from "./sections/market.ts";
import { method, pricesNotUsed, rentalsAlone, rentsNotUsed } from "./sections/method.ts";
import { agentCards, listingRows, saleRows, suburbRows } from "./sections/rows.ts";
import { verdict } from "./sections/verdict.ts";
import { isoPeriod, localityName, type ReportScope } from "./selection/scope.ts";
import { select, silentWarnings } from "./selection/selection.ts";
import type { GatheredDataSet } from "./selection/surroundings.ts";
import { allOf, roundMoney } from "./wording.ts";

export type { ReportOptions } from "./options.ts";

const NEIGHBOURS = 8;

/**
 * Computes the content of the report. Pure: the same data and options give the same model, on every machine, in
 * whatever order the data set lists its rows.
 * @throws Failure "no_data" (permanent) where there is nothing to report.
 */
export function buildReport(gathered: GatheredDataSet, options: ReportOptions): ReportModel {
  const { scope, selection } = select(gathered, options);
  const { dataSet } = scope;
  const undated = (dataSet.sales ?? []).filter(({ sold_date }) => !sold_date).length;
  if (isEmpty(scope) && selection?.nothing !== true && undated > 0)
    throw new Failure(
      "no_data",
      messages.undatedSales(localityName(options), undated === 1 ? "the sale has" : `${allOf(undated, "sale")} have`),
    );
  if (isEmpty(scope) && selection?.nothing !== true)
    throw new Failure("no_data", messages.noData(localityName(options)));

  const market = marketSegments(scope);
  const agencies = agencyLeague(scope);
  const agents = agentLeague(scope);
  const standing = standingOf(agencies);
  const preparedFor = standing && { ...standing, logo: scope.agencies.get(standing.agencyId)?.logo ?? null };
  const paid = paidPlacements(scope, agents);
  const shown = {
    market,
    agencies,
    agents: { rows: agents },
    preparedFor,
    comparison: comparison(scope, { agents, agencies }),
    verdict: verdict({ scope, silent: selection?.silent ?? [], market, agencies, agents, preparedFor }),
  };
  const head = headOf(dataSet, options);
  return {
    ...head,
    locality: {
      ...head.locality,
      ...sizeOf(dataSet),
      ...homes(dataSet.suburb),
      age: dataSet.suburb?.age ?? null,
    },
    period: isoPeriod(scope.period),
    asOf: toIso(scope.asOf),
    selection,
    provisional: { sales: scope.lagging.sales.length > 0, series: scope.lagging.series.length > 0 },
    preparedFor,
    preparedForUnknown: preparedFor === null ? options.preparedFor?.trim() || null : null,
    verdict: shown.verdict,
    market,
    locator: locatorOf(options, scope),
    agencies,
    agents: shown.agents,
    cards: agentCards(scope, agents),
    paid,
    heatMap: heatMap(scope, agencies),
    comparison: shown.comparison,
    comparables: comparables(scope),
    sections: options.sections ?? null,
    listings: listingRows(scope),
    sales: saleRows(scope, selection),
    suburbs: suburbRows(scope, selection),
    method: method(scope, selection, paid, shown),
    warnings: [
      ...pricesNotUsed(scope),
      ...rentsNotUsed(market),
      ...silentWarnings(selection?.silent ?? [], "sales"),
      ...rentalsAlone(dataSet),
    ],
  };
}

/** What makes more than all homes together is wrong, and it is unknown in which. */
function homes(suburb: DataSet["suburb"]): Pick<ReportModel["locality"], "owners" | "tenants"> {
  const [owners, tenants] = [suburb?.owner_pct ?? null, suburb?.renter_pct ?? null];
  return (owners ?? 0) + (tenants ?? 0) > MOST_OF_HOMES ? { owners: null, tenants: null } : { owners, tenants };
}

/** Percent; each may be rounded up. */
const MOST_OF_HOMES = 101;

function isEmpty({ agencies, agents, deals, later, listings, dataSet }: ReportScope): boolean {
  const points = (dataSet.market ?? []).some(({ series }) => series.length > 0);
  return agencies.size === 0 && agents.size === 0 && deals.length + later === 0 && listings.length === 0 && !points;
}

/** The suburb among its nearest neighbours, with the sales of a scope; null where the gazetteer does not know it. */
export function locatorOf(options: ReportOptions, scope: ReportScope | null = null): Locator | null {
  const locality = findSuburb(options);
  if (!locality) return null;
  return {
    neighbours: neighbours(locality, NEIGHBOURS).map(({ locality: { suburb, postcode }, x, y }) => ({
      name: suburb,
      postcode,
      x,
      y,
    })),
    sales: scope?.sold.flatMap((deal) => saleOnMap(locality, deal, scope) ?? []) ?? [],
  };
}

/** To ten metres; null where it is not known where the sale was. */
function saleOnMap(
  locality: Locality,
  { sale, agencyIds }: Deal,
  { preparedFor }: ReportScope,
): Locator["sales"][number] | null {
  if (sale.lat == null || sale.lon == null) return null;
  const { x, y } = offsetKm(locality, { latitude: sale.lat, longitude: sale.lon });
  const isPreparedFor = preparedFor !== null && agencyIds.includes(preparedFor.id);
  return { x: Math.round(x * 100) / 100, y: Math.round(y * 100) / 100, isPreparedFor };
}

const BANDS = 6;
const AGENCIES = 10;

/** Who sells at what price. Null with fewer than 3 prices, or none of an agency. */
function heatMap(scope: ReportScope, league: AgencyLeague): HeatMap | null {
  const prices = pricesOf(scope.sold);
  if (prices.length < MIN_PRICES) return null;
  const edges = bandEdges(prices);
  const sales = salesByAgency(scope.sold);
  const all = league.rows.flatMap(({ id, name, rank, isPreparedFor }) => {
    const counts = edges.concat(0).map(() => 0);
    for (const price of pricesOf(sales.get(id) ?? [])) {
      const band = edges.filter((edge) => price >= edge).length;
      counts[band] = (counts[band] ?? 0) + 1;
    }
    return counts.some((n) => n > 0) ? [{ rank, row: { agencyId: id, name, counts, isPreparedFor } }] : [];
  });
  if (all.length === 0) return null;
  const rows = all.slice(0, AGENCIES).map(({ row }) => row);
  const others = all.slice(AGENCIES);
  const tied = others.filter(({ rank }) => rank === all[AGENCIES - 1]?.rank).length;
  return { bands: bandNames(edges), rows, others: others.length, tied };
}

/** Round prices near the sextiles, so that every band has some of the sales and a name that is easy to read aloud. */
function bandEdges(prices: readonly number[]): readonly number[] {
  const edges = new Set<number>();
  for (let band = 1; band < BANDS; band++) edges.add(roundPrice(quantile(prices, band / BANDS) ?? 0));
  const lowest = prices.reduce((a, b) => Math.min(a, b));
  const highest = prices.reduce((a, b) => Math.max(a, b));
  return [...edges].filter((edge) => edge > lowest && edge <= highest).sort((a, b) => a - b);
}

/** To two digits: 1,640,000 is 1,600,000. */
function roundPrice(price: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(price, 1))) - 1);
  return Math.round(price / unit) * unit;
}

function bandNames(edges: readonly number[]): readonly string[] {
  const [first] = edges;
  if (first === undefined) return ["all prices"];
  const between = edges.slice(1).map((edge, index) => `${roundMoney(edges[index] ?? 0)}–${roundMoney(edge)}`);
  return [`under ${roundMoney(first)}`, ...between, `${roundMoney(edges.at(-1) ?? 0)} and more`];
}
