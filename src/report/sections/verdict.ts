import { toIso } from "../figures/days.ts";
import { isFew, percentOf } from "../figures/figure.ts";
import { daysOnMarket, disclosureRate } from "../figures/price.ts";
import { messages } from "../messages.ts";
import type { AgencyLeague, Figure, Standing, Verdict } from "../model.ts";
import { countedAreaName } from "../request/beside.ts";
import { isoPeriod, type ReportScope } from "../selection/scope.ts";
import {
  allOf,
  CATEGORY_WORDS,
  capitalised,
  change,
  count,
  decimal,
  longDate,
  money,
  namesInTie,
  percent,
  plural,
  shareOf,
  tenths,
} from "../wording.ts";
import { allCounted, countedInPart, onTheYearBefore, sumOfSupplied, type TileFindings, tilesOf } from "./tiles.ts";

export interface Findings extends TileFindings {
  /** Suburbs of the report without data. */
  readonly silent: readonly string[];
  readonly preparedFor: Standing | null;
}

/** Page 2 at a glance: at most six figures and four sentences, none without content. */
export function verdict(findings: Findings): Verdict {
  return {
    tiles: tilesOf(findings),
    sentences: [marketSentence, priceSentence, leaderSentence, lastSentence].flatMap(
      (sentence) => sentence(findings) ?? [],
    ),
    leadingAgencies: findings.agencies.rows
      .filter(({ rank }) => rank === 1)
      .map(({ id, name, share }) => ({ id, name, share })),
    leadingAgents: findings.agents
      .filter(({ rank }) => rank === 1)
      .map(({ id, name, involved }) => ({ id, name, sales: involved })),
  };
}

function marketSentence({ scope, silent, market, agents, agencies }: Findings): string {
  const suburb = countedAreaName(scope.options, { beside: scope.options.beside, silent, of: "sales" });
  const fitting = scope.options.filter ? messages.matchingFilter : "";
  const to = longDate(isoPeriod(scope.period).to);
  const n = scope.sold.length;
  const supplied = sumOfSupplied(market);
  if (n === 0 && supplied !== null && !scope.options.filter) {
    const sales = supplied.value ?? 0;
    return sales === 0 ? messages.suppliedNone(suburb) : messages.suppliedOnly(suburb, plural(sales, "sale"));
  }
  if (n === 0) {
    const known = [
      ...(agencies.rows.length > 0 ? [plural(agencies.rows.length, "agency", "agencies")] : []),
      ...(agents.length > 0 ? [plural(agents.length, "agent")] : []),
    ].join(" and ");
    const counted = countedInPart(scope, market);
    const rest =
      counted > 0 ? messages.countedInPart(plural(counted, "sale")) : known === "" ? "" : messages.namesKnown(known);
    return messages.noSales(suburb, fitting, to, rest);
  }
  const difference = scope.comparable ? percentOf(n - scope.soldBefore.length, scope.soldBefore.length) : null;
  const from = scope.begins === null ? "" : messages.dataFrom(longDate(toIso(scope.begins)));
  const compared = difference === null ? "" : `, ${onTheYearBefore(difference, scope.soldBefore.length)}`;
  const disclosed = disclosureRate(scope.sold).value ?? 0;
  const prices = pricesInWords(disclosed, n, scope.nominal.otherUnits.length > 0);
  const all = allCounted(market);
  if (all !== null) return messages.listedSales(suburb, plural(n, "sale"), fitting, to + from, count(all), prices);
  return messages.salesOf(suburb, plural(n, "sale"), fitting, to, from, compared, prices);
}

function pricesInWords(disclosed: number, sales: number, inOtherUnit: boolean): string {
  if (disclosed === 0)
    return inOtherUnit
      ? messages.noPriceUsable
      : sales === 1
        ? messages.itsPriceUndisclosed
        : messages.noPriceDisclosed;
  const share = percent(shareOf(disclosed));
  if (inOtherUnit) return messages.pricesUsable(share);
  return sales === 1 ? messages.itsPriceDisclosed : messages.pricesDisclosed(share);
}

function priceSentence({ scope, market }: Findings): string | null {
  const parts = market
    .filter(({ median }) => median.value !== null)
    .slice(0, 2)
    .map(({ category, median, growth }) => {
      // Fewer prices than the median has are those of the year before.
      const isFewer = isFew(growth) && (growth.n ?? 0) < (median.n ?? 0);
      const then = isFewer ? messages.fromOnly(onlyPrices(growth.n ?? 0)) : "";
      const grown = growth.value === null ? [] : [messages.onYear(change(growth.value)) + then];
      const beside = [...grown, ...(isFew(median) ? [onlyPrices(median.n ?? 0)] : [])];
      const given = median.supplied ? suppliedFor(median) : "";
      return messages.medianOf(
        CATEGORY_WORDS[category].one,
        money(median.value ?? 0),
        beside.length === 0 ? "" : ` (${beside.join("; ")})`,
        given,
      );
    });
  const isSupplied = market.some(({ median }) => median.value !== null && median.supplied);
  if (parts.length > 0) return sentence(parts.join(isSupplied ? "; " : ", "));
  const priced = scope.sold.filter(({ price }) => price !== null).length;
  if (priced === 0) return null;
  return messages.tooFewForMedian(plural(priced, "disclosed price"), priced === 1 ? "is" : "are");
}

/** ", as supplied", with the period if it has one of its own: less than the 12 months, or not to their end. */
function suppliedFor({ period }: Figure): string {
  if (period === undefined) return messages.medianSupplied("", "");
  const { end, months } = period;
  return messages.medianSupplied(PERIODS.get(months) ?? plural(months, "month"), longDate(end));
}

/** By their months. */
const PERIODS: ReadonlyMap<number, string> = new Map([
  [1, "month"],
  [3, "quarter"],
  [6, "half-year"],
  [12, "year"],
]);

function onlyPrices(n: number): string {
  return `only ${plural(n, "price")}`;
}

function leaderSentence({ scope, agencies, agents }: Findings): string | null {
  const leaders = agencies.rows.filter(({ rank }) => rank === 1);
  const [leader] = leaders;
  if (leader) {
    const figures = messages.part(
      count(leader.sales.value ?? 0),
      plural(scope.sold.length, "sale"),
      percent(shareOf(leader.share.value ?? 0)),
    );
    if (isSole(agencies))
      return messages.onlySeller(leader.name, capitalised(allOf(scope.sold.length, "sale")), scope.sold.length === 1);
    if (leaders.length > 1)
      return messages.sharedLead(namesInTie(leaders.map(({ name }) => name)), figures, unattributed(agencies));
    const next = agencies.rows.filter(({ rank }) => rank === 2);
    const [second] = next;
    const ahead = second
      ? messages.aheadOf(namesInTie(next.map(({ name }) => name)), count(second.sales.value ?? 0), next.length > 1)
      : "";
    return messages.leads(leader.name, figures, ahead + unattributed(agencies));
  }
  const [agent, ...equals] = agents.filter(({ rank }) => rank === 1);
  if (agent?.involved.supplied) {
    const most = messages.asSupplied(count(agent.involved.value ?? 0));
    if (equals.length > 0) return messages.manyReportMost(namesInTie([agent, ...equals].map(({ name }) => name)), most);
    return messages.oneReportsMost(agent.name, most);
  }
  return null;
}

/** An agency that sold everything leads no one. */
function isSole({ rows, unattributed: n }: AgencyLeague): boolean {
  return n === 0 && rows.filter(({ rank }) => rank !== null).length === 1;
}

/** The leader among sales with a known agency may not lead all. */
function unattributed({ unattributed: n, totalSales }: AgencyLeague): string {
  return n * 10 < totalSales ? "" : messages.noAgencyKnown(plural(n, "sale"));
}

/**
 * Sales whose agents are not known, not in the list of agents, or hidden: the agent with the most other sales may not
 * have the most.
 */
export function unnamedSales({ sold, agents }: ReportScope): number {
  return sold.filter((deal) => !deal.agents.some(({ id }) => agents.has(id))).length;
}

function lastSentence(findings: Findings): string | null {
  const { scope, preparedFor } = findings;
  // Without a single sale in the data no one has none: the numbers of sales are as supplied.
  if (preparedFor && preparedFor.share.value !== null && !(preparedFor.rank === 1 && isSole(findings.agencies)))
    return standingSentence(preparedFor, findings.agencies.rows);
  const [agent, ...equals] = findings.agents.filter(({ rank }) => rank === 1);
  const unnamed = unnamedSales(scope);
  const unnamedNote = unnamed * 10 < scope.sold.length ? "" : messages.noAgentShown(plural(unnamed, "sale"));
  if (agent && equals.length > 0 && !agent.involved.supplied)
    return messages.manyInMost(
      namesInTie([agent, ...equals].map(({ name }) => name)),
      count(agent.involved.value ?? 0),
      unnamedNote,
    );
  if (agent && !agent.involved.supplied) {
    const few = isFew(agent.median) ? ` (${onlyPrices(agent.median.n ?? 0)})` : "";
    const median = agent.median.value === null ? "" : messages.atMedian(money(agent.median.value), few);
    return messages.oneInMost(agent.name, count(agent.involved.value ?? 0), median, unnamedNote);
  }
  const days = daysOnMarket(scope.sold);
  // Half of them took no time: what has its listing date from the day of sale.
  if (days.value !== null && days.value >= 1)
    return messages.halfTook(plural(days.n ?? 0, "sale"), plural(Math.round(days.value), "day"));
  if (scope.listings.length > 0)
    return messages.forSaleNow(plural(scope.listings.length, "property is", "properties are"));
  return null;
}

function standingSentence(
  { agencyId, name, rank, rankChange, share, shareChange, gap }: Standing,
  league: AgencyLeague["rows"],
): string {
  if (rank === null) {
    const needed = gap === null ? "" : messages.salesToPass(plural(gap.sales, "sale"), gap.rank);
    return messages.ownWithoutSales(name, needed);
  }
  const moves = [
    ...(rankChange ? [messages.moved(rankChange > 0 ? "up" : "down", plural(Math.abs(rankChange), "place"))] : []),
    ...(shareChange !== null && tenths(shareChange) !== 0
      ? [messages.points(shareChange < 0 ? "" : "+", decimal(shareChange))]
      : []),
  ];
  const moved = moves.length > 0 ? ` (${moves.join(", ")})` : "";
  const equals = league.filter((row) => row.rank === rank && row.id !== agencyId).map((row) => row.name);
  const level = equals.length > 0 ? messages.levelWith(namesInTie(equals)) : "";
  const needed = gap === null ? null : messages.moreSalesToPass(plural(gap.sales, "more sale"), gap.rank);
  const ahead = needed ?? (level === "" ? messages.noneHigher : null);
  return messages.ownRank(name, rank, percent(shareOf(share.value ?? 0)), moved, level, ahead);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
