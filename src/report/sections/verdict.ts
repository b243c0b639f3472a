import { allClearances, clearanceRate, recordsBothResults } from "../figures/auction.ts";
import { isWithin, toDay, toIso } from "../figures/days.ts";
import { computed, isFew, MIN_RESULTS, percentOf, RELIABLE_FROM } from "../figures/figure.ts";
import { daysOnMarket, disclosureRate } from "../figures/price.ts";
import { monthsOfSupply } from "../figures/supply.ts";
import { messages } from "../messages.ts";
import type { AgencyLeague, AgentRow, Figure, MarketSegment, Standing, Tile, Verdict } from "../model.ts";
import { countedAreaName } from "../request/beside.ts";
import type { Lagging } from "../selection/as-of.ts";
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

export interface Findings {
  readonly scope: ReportScope;
  /** Suburbs of the report without data. */
  readonly silent: readonly string[];
  readonly market: readonly MarketSegment[];
  readonly agencies: AgencyLeague;
  readonly agents: readonly AgentRow[];
  readonly preparedFor: Standing | null;
}

const TILES = 6;

/** Page 2 at a glance: at most six figures and four sentences, none without content. */
export function verdict(findings: Findings): Verdict {
  return {
    tiles: tiles(findings),
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

/** The six that matter most; then others that have a value. */
function tiles({ scope, market, agencies, agents }: Findings): readonly Tile[] {
  const { sold, soldBefore, comparable, results } = scope;
  const before = comparable ? percentOf(sold.length - soldBefore.length, soldBefore.length) : null;
  const clearance = bestClearance(scope, market);
  const own = computed(sold.length, sold.length);
  const sales = sold.length > 0 ? own : (sumOfSupplied(market) ?? computed(results.length > 0 ? 0 : null, 0));
  const listings = scope.listings.length;
  const all = allCounted(market);
  const main: readonly Tile[] = [
    {
      label: "Sales, 12 months",
      figure: sales,
      unit: "count",
      note: provisional(
        all !== null
          ? messages.listedOf(count(all))
          : before === null
            ? salesNote(sales, scope)
            : onTheYearBefore(before, soldBefore.length),
        sold.length > 0 ? scope.lagging.sales : scope.lagging.series,
      ),
    },
    medianTile("Median house", market, "house"),
    medianTile("Median unit", market, "unit"),
    tileOf(
      "Days on market",
      onlyOne(market, "daysOnMarket") ?? daysOnMarket(sold),
      "days",
      messages.saleWithListingDate,
    ),
    {
      label: "Clearance rate",
      figure: clearance,
      unit: "share",
      note: clearanceNote(clearance, scope),
    },
    supplyTile(
      onlyOne(market, "monthsOfSupply") ??
        monthsOfSupply(listings > 0 && scope.begins === null ? listings : null, sold.length),
      sold.length,
    ),
  ];
  const rest: readonly Tile[] = [
    medianTile("Median land", market, "land"),
    { label: "Agencies", figure: counted(agencies.rows.length), unit: "count", note: messages.namedInData },
    { label: "Agents", figure: counted(agents.length), unit: "count", note: messages.namedInData },
    { label: "Current listings", figure: counted(listings), unit: "count", note: "for sale" },
  ];
  return [...main.filter((tile) => !isBlank(tile)), ...rest.filter(({ figure }) => figure.value !== null)].slice(
    0,
    TILES,
  );
}

/** Nothing known, and not for too small an n either, which is worth showing. */
function isBlank({ figure }: Tile): boolean {
  return figure.value === null && (figure.n ?? 0) === 0;
}

function counted(n: number): Figure {
  return computed(n > 0 ? n : null, n);
}

function tileOf(label: string, figure: Figure, unit: Tile["unit"], of: string): Tile {
  return { label, figure, unit, note: noteOf(figure, of) };
}

/** `of`: one of what it rests on, its first word in the singular. */
function noteOf(figure: Figure, of: string): string {
  if (figure.supplied) return "as supplied";
  const n = figure.n ?? 0;
  return n === 0 ? messages.notInData : unreliable(`n ${count(n)} ${n === 1 ? of : of.replace(/^\w+/, "$&s")}`, figure);
}

/** The note of a tile if a source lags. */
export function provisional(note: string, lagging: Lagging): string {
  return lagging.length === 0 ? note : messages.provisionalNote(note);
}

/** The note of a tile for a figure with few observations, or with so few that it has none. */
export function unreliable(note: string, figure: Figure): string {
  if (figure.value === null) return messages.tooFewToShow(note);
  return isFew(figure) ? messages.tooFewToRely(note) : note;
}

function salesNote(sales: Figure, { oldest, soldBefore, isAllComparable }: ReportScope): string {
  if (sales.supplied || sales.value === null || oldest === null) return noteOf(sales, "sale");
  if (sales.value === 0) return messages.noneInReport;
  const before = soldBefore.length;
  if (isAllComparable) return messages.inPreviousYear(before === 0 ? "none" : count(before));
  const from = messages.noteDataFrom(longDate(toIso(oldest)));
  return before > 0 ? messages.unlikePreviousYear : messages.noPreviousYear(from);
}

/** Few sales make a rate of sale that means little; none make no rate, however many listings there are. */
function supplyTile(figure: Figure, sold: number): Tile {
  const tile = tileOf("Months of supply", figure.value === null ? computed(null, 0) : figure, "months", "listing");
  if (figure.value === null || figure.supplied || sold >= RELIABLE_FROM) return tile;
  return {
    ...tile,
    note: unreliable(`n ${plural(figure.n ?? 0, "listing")}, ${plural(sold, "sale")}`, { ...figure, n: sold }),
  };
}

/** "up 20% on the year before"; of few sales also how many these were, where the change does not indicate it. */
export function onTheYearBefore(difference: number, before: number): string {
  return messages.onYearBefore(
    change(difference),
    difference !== 0 && before < RELIABLE_FROM ? ` (${count(before)})` : "",
  );
}

/** What is the suburb's because a single kind of property has it: page 3 must not know what page 2 does not. */
function onlyOne(market: readonly MarketSegment[], key: "daysOnMarket" | "monthsOfSupply"): Figure | null {
  const known = market.filter((segment) => segment[key].value !== null);
  const [only] = known;
  return known.length === 1 && only?.[key].supplied ? only[key] : null;
}

function clearanceNote(clearance: Figure, { deals }: ReportScope): string {
  const n = clearance.n ?? 0;
  const results = plural(n, "auction result");
  if (n === 0) return messages.notInData;
  if (clearance.value !== null) return unreliable(results, clearance);
  return n < MIN_RESULTS
    ? unreliable(results, clearance)
    : messages.onlyResults(results, deals.some(({ outcome }) => outcome === "sold") ? "unsold" : "sold");
}

function medianTile(label: string, market: readonly MarketSegment[], category: MarketSegment["category"]): Tile {
  const segment = market.find((each) => each.category === category);
  const figure = segment?.median ?? computed(null, 0);
  const disclosed = segment?.disclosureRate.value ?? null;
  const note =
    figure.supplied || disclosed === null
      ? noteOf(figure, "price")
      : unreliable(`n ${count(figure.n ?? 0)} · ${percent(shareOf(disclosed))} disclosed`, figure);
  return { label, figure, unit: "money", note };
}

function sumOfSupplied(market: readonly MarketSegment[]): Figure | null {
  const known = market.flatMap(({ sales12m }) => (sales12m.supplied ? (sales12m.value ?? []) : []));
  return known.length === 0 ? null : { value: known.reduce((sum, n) => sum + n, 0), n: null, supplied: true };
}

/** Of all property types together. */
function bestClearance(scope: ReportScope, market: readonly MarketSegment[]): MarketSegment["clearance"] {
  const own = clearanceRate(scope.results, recordsBothResults(scope.deals));
  // Of some property types a source's own counts may be all that there is: page 3 shows these.
  const all = allClearances(market.map(({ clearance }) => clearance));
  return (all.n ?? 0) > (own.value === null ? 0 : (own.n ?? 0)) ? all : own;
}

/** A source's own count may be another by so much: it ends on another day, or has other records. */
const SAME_COUNT = 0.25;
const SAME_COUNT_SALES = 5;

/** All sales by the sources' own counts, where the data lists some of them only; null where it lists all it can. */
export function allCounted(market: readonly MarketSegment[]): number | null {
  let [listed, unlisted] = [0, 0];
  for (const { sales12m, counted: by } of market) {
    const own = sales12m.supplied ? 0 : (sales12m.value ?? 0);
    const more = (by.value ?? 0) - own;
    listed += own;
    if (more > Math.max(SAME_COUNT_SALES, own * SAME_COUNT)) unlisted += more;
  }
  return listed > 0 && unlisted > 0 ? listed + unlisted : null;
}

/** What the sources' own series count of the 12 months, where they do not cover all of them. */
export function countedInPart({ period }: ReportScope, market: readonly MarketSegment[]): number {
  const points = market.flatMap(({ seriesSupplied, series }) => (seriesSupplied ? series : []));
  return points.reduce((sum, { periodEnd, sold }) => sum + (isWithin(period, toDay(periodEnd)) ? (sold ?? 0) : 0), 0);
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
      const given = median.supplied ? messages.medianSupplied : "";
      return messages.medianOf(
        CATEGORY_WORDS[category].one,
        money(median.value ?? 0),
        beside.length === 0 ? "" : ` (${beside.join("; ")})`,
        given,
      );
    });
  if (parts.length > 0) return sentence(parts.join(", "));
  const priced = scope.sold.filter(({ price }) => price !== null).length;
  if (priced === 0) return null;
  return messages.tooFewForMedian(plural(priced, "disclosed price"), priced === 1 ? "is" : "are");
}

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
