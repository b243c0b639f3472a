import type { Category, MarketPoint } from "../data-set.ts";
import {
  clearanceOfCounts,
  clearanceRate,
  countsBothResults,
  methodMix,
  recordsBothResults,
} from "../figures/auction.ts";
import { areComparable, gapsIn, uncovered, withGap } from "../figures/coverage.ts";
import { isWithin, type Period, toDay, toIso } from "../figures/days.ts";
import type { Deal } from "../figures/deal.ts";
import { computed, quantile } from "../figures/figure.ts";
import { likelyPrice } from "../figures/placeholder.ts";
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
import {
  givenSeries,
  growthOfSeries,
  hasSales,
  medianOf,
  newestOf,
  newestRent,
  ofSales,
  seriesByBedrooms,
  suppliedSales,
} from "./given.ts";

const CATEGORIES: readonly Category[] = ["house", "unit", "land", "other"];
const QUARTERS = 12;
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
  const medianSold = first(
    medianPrice(sold),
    newestOf(year, (point) => medianOf(point, category)),
  );
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
    daysOnMarket: first(
      daysOnMarket(sold),
      newestOf(year, (point) => ofSales(point, "days_on_market")),
    ),
    vendorDiscount: first(
      vendorDiscount(sold),
      newestOf(year, (point) => ofSales(point, "discount_pct")),
    ),
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

function stock(scope: ReportScope, category: Category, year: readonly MarketPoint[]): number | null {
  if (scope.listings.length > 0) return scope.listings.filter((listing) => listing.category === category).length;
  return newestOf(year, ({ sale_listings }) => sale_listings).value;
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
