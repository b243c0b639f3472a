import { compareText } from "../../text/text.ts";
import type { Category, MarketPoint, MarketSeries } from "../data-set.ts";
import {
  clearanceOfCounts,
  clearanceRate,
  countsBothResults,
  methodMix,
  recordsBothResults,
} from "../figures/auction.ts";
import { areComparable, gapsIn, uncovered, withGap } from "../figures/coverage.ts";
import { isWithin, monthsBefore, type Period, toDay, toIso } from "../figures/days.ts";
import type { Deal } from "../figures/deal.ts";
import { computed, MIN_DAYS, MIN_PRICES, quantile, supplied } from "../figures/figure.ts";
import { likelyPrice, unitOfMedian } from "../figures/placeholder.ts";
import {
  daysOnMarket,
  disclosureRate,
  grossYield,
  growth,
  medianPrice,
  pricesOf,
  saleToList,
  vendorDiscount,
} from "../figures/price.ts";
import { unlikelyRent } from "../figures/rent.ts";
import { monthsOfSupply } from "../figures/supply.ts";
import type { Figure, MarketSegment, SeriesPoint } from "../model.ts";
import { isReached, type ReportScope } from "../selection/scope.ts";
import { byBedrooms } from "./bedrooms.ts";

const CATEGORIES: readonly Category[] = ["house", "unit", "land", "other"];
const QUARTERS = 12;
/** A year that ended longer ago is another one. */
const MONTHS_LATE = 4;
/** Fewer prices than these make no quartiles and no 5th and 95th percentile. */
const MIN_FOR_QUARTILES = 5;
const MIN_FOR_TAILS = 20;
/** Of fewer sales whose method is stated, how homes are sold is not known. */
const FEWEST_STATED = 3;
/** A single method is no mix. */
const FEWEST_METHODS = 2;

/** Houses, then units, then what else there is; a segment without sales, results and series is left out. */
export function marketSegments(scope: ReportScope): readonly MarketSegment[] {
  return CATEGORIES.flatMap((category) => segment(scope, category) ?? []);
}

function mixOf(sold: readonly Deal[]): MarketSegment["methodMix"] {
  const mix = methodMix(sold);
  const stated = sold.filter(({ method }) => method !== "not_stated").length;
  return stated < FEWEST_STATED || mix.length < FEWEST_METHODS ? [] : mix;
}

function segment(scope: ReportScope, category: Category): MarketSegment | null {
  const of = (deals: readonly Deal[]) => deals.filter((deal) => deal.category === category);
  const allSupplies = givenSeries(scope, category);
  const given = allSupplies[0] ?? [];
  const results = of(scope.results);
  const deals = of(scope.deals);
  if (results.length === 0 && given.length === 0) return null;

  const sold = of(scope.sold);
  const year = given.filter(({ period_end }) => isWithin(scope.period, toDay(period_end)));
  const medianSold = first(medianPrice(sold), supplied(lastOf(year, "median_sold_price", category)));
  const before = of(scope.soldBefore);
  // Of one kind records may begin later than of the others.
  const comparable = scope.comparable && areComparable(scope.period, sold, before);
  const yearAgo = comparable ? medianPrice(before) : computed(null, 0);
  const fromResults = clearanceRate(results, recordsBothResults(scope.deals));
  const countsBoth = countsBothResults(given.map(({ auctions }) => auctions));
  const fromCounts = clearanceOfCounts(
    year.map(({ auctions }) => auctions),
    countsBoth,
  );
  const { supplies, middle } = inWeeklyRents(allSupplies, category, medianSold.value);
  const rents = supplies.map((points) => points.filter(({ period_end }) => isWithin(scope.period, toDay(period_end))));
  const listed = stock(scope, category, year);
  const counted = suppliedSales(year, scope.asOf);
  const sales12m = sold.length > 0 || given.length === 0 ? computed(sold.length, sold.length) : counted;
  const supply = monthsOfSupply(
    // Of a part of a year the rate of sale is unknown.
    scope.begins === null || sales12m.supplied ? listed : null,
    sales12m.value ?? 0,
  );
  const isGiven = given.length > 0 && (deals.length === 0 || given.some(hasSales));
  // What rests on a source's own counts is its figure, on every page.
  const isTheirs = sales12m.supplied || scope.listings.length === 0;
  return {
    category,
    sales12m,
    counted,
    median: medianSold,
    disclosureRate: disclosureRate(sold),
    growth: first(growth(medianSold, yearAgo), growthOfSeries(given, scope.period, category)),
    daysOnMarket: first(daysOnMarket(sold), supplied(lastOf(year, "days_on_market"))),
    vendorDiscount: first(vendorDiscount(sold), supplied(lastOf(year, "discount_pct"))),
    saleToList: saleToList(sold),
    // Who lists sales alone may count its auctions all the same.
    clearance: fromResults.value !== null || fromCounts.value === null ? fromResults : fromCounts,
    monthsOfSupply: { ...supply, supplied: supply.value !== null && isTheirs },
    grossYield: grossYield(newestRent(rents), medianSold),
    rentNotUsed: middle,
    methodMix: mixOf(sold),
    bedrooms: byBedrooms(sold, comparable ? before : null, seriesByBedrooms(scope, category)),
    seriesSupplied: isGiven,
    series: isGiven
      ? given.slice(-QUARTERS).map((point) => givenPoint(point, category, supplies, countsBoth))
      : quarters(deals, of(scope.recorded), scope),
  };
}

/** Without the rents of a series that cannot be of a week, and the median of these. */
function inWeeklyRents(
  supplies: readonly (readonly MarketPoint[])[],
  category: Category,
  price: number | null,
): { readonly supplies: readonly (readonly MarketPoint[])[]; readonly middle: number | null } {
  const middles = supplies.map((points) =>
    unlikelyRent(
      points.flatMap(({ median_weekly_rent }) => median_weekly_rent || []),
      { category, price, areAsked: false },
    ),
  );
  return {
    supplies: supplies.map((points, at) =>
      middles[at] == null ? points : points.map((point) => ({ ...point, median_weekly_rent: null })),
    ),
    middle: middles.find((middle) => middle !== null) ?? null,
  };
}

/** A value computed from enough sales precedes the source's own; where neither is known, the computed n remains. */
function first(own: Figure, given: Figure): Figure {
  return own.value === null && given.value !== null ? given : own;
}

/**
 * The points of each source's series for all bedrooms, of the period length it has most of (quarters on a tie), oldest
 * first. The first series is the longest with sales: a table of rents is beside it.
 */
function givenSeries(scope: ReportScope, category: Category): readonly (readonly MarketPoint[])[] {
  return (scope.dataSet.market ?? [])
    .filter((each) => each.category === category && (each.bedrooms ?? null) === null && each.series.length > 0)
    .sort(
      (a, b) =>
        Number(b.series.some(hasSales)) - Number(a.series.some(hasSales)) ||
        b.series.length - a.series.length ||
        compareText(textOf(a), textOf(b)),
    )
    .map(({ series }) => pointsOf(series, scope.asOf))
    .filter((points) => points.length > 0);
}

function hasSales(point: MarketPoint): boolean {
  return (["median_sold_price", "number_sold", "auctions", "days_on_market", "sale_listings"] as const).some(
    (key) => (point[key] ?? null) !== null,
  );
}

function pointsOf(series: readonly MarketPoint[], asOf: number): readonly MarketPoint[] {
  const past = series.filter(({ period_end }) => toDay(period_end) <= asOf);
  const lengths = new Map<number, number>();
  for (const { period_months } of past) lengths.set(period_months, (lengths.get(period_months) ?? 0) + 1);
  const [length] = [...lengths].sort((a, b) => b[1] - a[1] || Math.abs(a[0] - 3) - Math.abs(b[0] - 3))[0] ?? [3];
  const byEnd = new Map(
    past.filter((point) => point.period_months === length).map((point) => [point.period_end, point]),
  );
  return [...byEnd.values()].sort((a, b) => compareText(a.period_end, b.period_end));
}

/** The newest rent that the first series has, else the first of the others that has one. */
function newestRent(supplies: readonly (readonly MarketPoint[])[]): number | null {
  for (const points of supplies) {
    const rent = lastOf(points, "median_weekly_rent");
    if (rent !== null) return rent;
  }
  return null;
}

/** The source's points of the 12 months, for each number of bedrooms that it distinguishes. */
function seriesByBedrooms({ dataSet, period }: ReportScope, category: Category): readonly MarketSeries[] {
  return (dataSet.market ?? [])
    .filter((each) => each.category === category)
    .map((each) => ({
      ...each,
      series: each.series
        .filter(({ period_end }) => isWithin(period, toDay(period_end)))
        .sort((a, b) => compareText(a.period_end, b.period_end)),
    }));
}

function textOf(series: MarketSeries): string {
  return JSON.stringify(series);
}

type NumberKey = "median_sold_price" | "days_on_market" | "discount_pct" | "median_weekly_rent" | "sale_listings";

/** The newest point that has it; a rent of 0 counts as missing. */
function lastOf(points: readonly MarketPoint[], key: NumberKey, category: Category | null = null): number | null {
  const known = (point: MarketPoint) => {
    if (key === "median_sold_price") return medianOf(point, category);
    if (key === "days_on_market" || key === "discount_pct") return ofSales(point, key);
    return key === "median_weekly_rent" ? point[key] || null : point[key];
  };
  const newest = points.findLast((point) => (known(point) ?? null) !== null);
  return newest === undefined ? null : (known(newest) ?? null);
}

/** What a source's own series count in the 12 months; unknown where they end months before. */
function suppliedSales(year: readonly MarketPoint[], asOf: number): Figure {
  const newest = year.at(-1);
  if (newest === undefined || toDay(newest.period_end) < monthsBefore(asOf, MONTHS_LATE)) return supplied(null);
  if (newest.period_months === 12) return supplied(newest.number_sold);
  const known = year.flatMap(({ number_sold }) => number_sold ?? []);
  // Three quarters are not a year: only a whole one may be called so.
  const months = known.length * newest.period_months;
  return supplied(months === 12 ? known.reduce((sum, n) => sum + n, 0) : null);
}

function growthOfSeries(given: readonly MarketPoint[], period: Period, category: Category): Figure {
  const newest = given.findLast(
    (point) => medianOf(point, category) !== null && isWithin(period, toDay(point.period_end)),
  );
  if (newest === undefined) return supplied(null);
  const end = toIso(monthsBefore(toDay(newest.period_end), 12));
  const point = given.find(({ period_end }) => period_end === end);
  const [now, then] = [medianOf(newest, category), point && medianOf(point, category)];
  return supplied(now && then ? (now / then - 1) * 100 : null);
}

function stock(scope: ReportScope, category: Category, year: readonly MarketPoint[]): number | null {
  if (scope.listings.length > 0) return scope.listings.filter((listing) => listing.category === category).length;
  return lastOf(year, "sale_listings");
}

/** Sources have a price of 0 where nothing was sold. A median of one or two sales is meaningless, whatever its source. */
function medianOf({ median_sold_price, number_sold }: MarketPoint, category: Category | null): number | null {
  const median = (number_sold ?? MIN_PRICES) < MIN_PRICES ? null : likelyPrice(median_sold_price, category);
  return median === null || (category !== null && unitOfMedian(median, category) !== null) ? null : median;
}

/** A figure of the sales of a period: unknown for fewer than 3 sales, and for 0 days on market. */
function ofSales(point: MarketPoint, key: "days_on_market" | "discount_pct"): number | null {
  if ((point.number_sold ?? MIN_DAYS) < MIN_DAYS) return null;
  return (key === "days_on_market" ? point[key] || null : point[key]) ?? null;
}

function givenPoint(
  point: MarketPoint,
  category: Category,
  supplies: readonly (readonly MarketPoint[])[],
  countsBoth: boolean,
): SeriesPoint {
  const cleared = clearanceOfCounts([point.auctions], countsBoth);
  const at = (price: number | null | undefined, minimum: number) =>
    (point.number_sold ?? minimum) < minimum ? null : likelyPrice(price, category);
  return {
    periodEnd: point.period_end,
    sold: point.number_sold ?? null,
    median: medianOf(point, category),
    medianN: point.number_sold ?? null,
    p5: at(point.p5, MIN_FOR_TAILS),
    p25: at(point.p25, MIN_FOR_QUARTILES),
    p75: at(point.p75, MIN_FOR_QUARTILES),
    p95: at(point.p95, MIN_FOR_TAILS),
    daysOnMarket: ofSales(point, "days_on_market"),
    daysN: point.number_sold ?? null,
    discount: ofSales(point, "discount_pct"),
    discountN: point.number_sold ?? null,
    clearance: cleared.value,
    clearanceN: cleared.n === 0 ? null : cleared.n,
    stock: point.sale_listings ?? null,
    weeklyRent: newestRent(
      supplies.map((points) => points.filter(({ period_end }) => period_end === point.period_end)),
    ),
  };
}

/**
 * The sales by quarter, from the first that the records cover; nothing is known of one whose records are missing.
 * `recorded`: those of the kind that show which quarters are covered. Without a match such a quarter has 0 sales.
 */
function quarters(deals: readonly Deal[], recorded: readonly Deal[], scope: ReportScope): readonly SeriesPoint[] {
  const oldest = recorded[0]?.day ?? scope.asOf;
  const recordsBoth = recordsBothResults(scope.deals);
  const reached = scope.quarters.filter((period) => isReached(period, oldest) || period.to === scope.asOf);
  // One kind may lack records that the others have.
  const gaps = [...scope.gaps, ...gapsIn(reached, recorded)];
  const missing = [...scope.holes, ...uncovered(reached, recorded), ...withGap(reached, gaps)];
  // What begins with a hole begins behind it.
  const first = reached.findIndex((period) => !missing.includes(period));
  return reached.slice(Math.max(0, first)).map((period) =>
    missing.includes(period)
      ? { ...NOTHING_KNOWN, periodEnd: toIso(period.to) }
      : quarter(
          deals.filter(({ day }) => isWithin(period, day)),
          period,
          recordsBoth,
        ),
  );
}

const NOTHING_KNOWN: Omit<SeriesPoint, "periodEnd"> = {
  ...{ medianN: null, daysN: null, discountN: null },
  ...{ sold: null, median: null, p5: null, p25: null, p75: null, p95: null, daysOnMarket: null, discount: null },
  ...{ clearance: null, clearanceN: null, stock: null, weeklyRent: null },
};

function quarter(results: readonly Deal[], period: Period, recordsBoth: boolean): SeriesPoint {
  const sold = results.filter(({ outcome }) => outcome === "sold");
  const prices = pricesOf(sold);
  const at = (q: number, minimum: number) => (prices.length < minimum ? null : quantile(prices, q));
  const cleared = clearanceRate(results, recordsBoth);
  const [median, days, discount] = [medianPrice(sold), daysOnMarket(sold), vendorDiscount(sold)];
  return {
    periodEnd: toIso(period.to),
    sold: sold.length,
    median: median.value,
    medianN: median.n,
    p5: at(0.05, MIN_FOR_TAILS),
    p25: at(0.25, MIN_FOR_QUARTILES),
    p75: at(0.75, MIN_FOR_QUARTILES),
    p95: at(0.95, MIN_FOR_TAILS),
    daysOnMarket: days.value,
    daysN: days.n,
    discount: discount.value,
    discountN: discount.n,
    clearance: cleared.value,
    clearanceN: cleared.n === 0 ? null : cleared.n,
    stock: null,
    weeklyRent: null,
  };
}
