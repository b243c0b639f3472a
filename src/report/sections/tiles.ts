// The tiles of page 2, and what their notes share with the sentences.

import { allClearances, clearanceRate, recordsBothResults } from "../figures/auction.ts";
import { isWithin, toDay, toIso } from "../figures/days.ts";
import { computed, isFew, MIN_RESULTS, percentOf, RELIABLE_FROM } from "../figures/figure.ts";
import { daysOnMarket } from "../figures/price.ts";
import { monthsOfSupply } from "../figures/supply.ts";
import { messages } from "../messages.ts";
import type { AgencyLeague, AgentRow, Figure, MarketSegment, Tile } from "../model.ts";
import type { Lagging } from "../selection/as-of.ts";
import type { ReportScope } from "../selection/scope.ts";
import { change, count, longDate, percent, plural, shareOf } from "../wording.ts";

/** What the tiles are made from. */
export interface TileFindings {
  readonly scope: ReportScope;
  readonly market: readonly MarketSegment[];
  readonly agencies: AgencyLeague;
  readonly agents: readonly AgentRow[];
}

const TILES = 6;

/** The six that matter most; then others that have a value. */
export function tilesOf({ scope, market, agencies, agents }: TileFindings): readonly Tile[] {
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
  if (figure.supplied) return figure.period ? messages.suppliedTo(longDate(figure.period.end)) : "as supplied";
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
  if (figure.value === null || figure.supplied) return tile;
  const listings = `n ${plural(figure.n ?? 0, "listing")}`;
  // Few listings are all that there are: the table of the market does not mark these either.
  if (sold >= RELIABLE_FROM) return { ...tile, note: listings };
  return { ...tile, note: unreliable(`${listings}, ${plural(sold, "sale")}`, { ...figure, n: sold }) };
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

export function sumOfSupplied(market: readonly MarketSegment[]): Figure | null {
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
