// What a source's own series of the market state, beside the sales and listings that the data lists.

import { compareText } from "../../text/text.ts";
import type { Category, MarketPoint, MarketSeries } from "../data-set.ts";
import { isWithin, monthsBefore, type Period, toDay, toIso } from "../figures/days.ts";
import { MIN_DAYS, MIN_PRICES, supplied } from "../figures/figure.ts";
import { likelyPrice, unitOfMedian } from "../figures/placeholder.ts";
import type { Figure } from "../model.ts";
import type { ReportScope } from "../selection/scope.ts";

/** A year that ended longer ago is another one. */
const MONTHS_LATE = 4;

/**
 * The points of each source's series for all bedrooms, of the period length it has most of (quarters on a tie), oldest
 * first. The first series is the longest with sales: a table of rents is beside it.
 */
export function givenSeries(scope: ReportScope, category: Category): readonly (readonly MarketPoint[])[] {
  return (scope.dataSet.market ?? [])
    .filter((each) => each.category === category && (each.bedrooms ?? null) === null && each.series.length > 0)
    .map((each) => ({ ...each, series: withoutZeros(each.series) }))
    .sort(
      (a, b) =>
        Number(b.series.some(hasSales)) - Number(a.series.some(hasSales)) ||
        b.series.length - a.series.length ||
        compareText(textOf(a), textOf(b)),
    )
    .map(({ series }) => pointsOf(series, scope.asOf))
    .filter((points) => points.length > 0);
}

/** The source's points of the 12 months, for each number of bedrooms that it distinguishes. */
export function seriesByBedrooms({ dataSet, period }: ReportScope, category: Category): readonly MarketSeries[] {
  return (dataSet.market ?? [])
    .filter((each) => each.category === category)
    .map((each) => ({
      ...each,
      series: each.series
        .filter(({ period_end }) => isWithin(period, toDay(period_end)))
        .sort((a, b) => compareText(a.period_end, b.period_end)),
    }));
}

/** Listings that are 0 at all times are unknown: the source has an empty column. */
function withoutZeros(series: MarketPoint[]): MarketPoint[] {
  const isListed = series.some(({ sale_listings }) => (sale_listings ?? 0) > 0);
  return isListed ? series : series.map((point) => ({ ...point, sale_listings: null }));
}

export function hasSales(point: MarketPoint): boolean {
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

function textOf(series: MarketSeries): string {
  return JSON.stringify(series);
}

/** The newest rent that the first series has, else the first of the others that has one. A rent of 0 is missing. */
export function newestRent(supplies: readonly (readonly MarketPoint[])[]): number | null {
  for (const points of supplies) {
    const rent = newestOf(points, ({ median_weekly_rent }) => median_weekly_rent || null).value;
    if (rent !== null) return rent;
  }
  return null;
}

/** What the newest point states that states it, and for which period. */
export function newestOf(
  points: readonly MarketPoint[],
  of: (point: MarketPoint) => number | null | undefined,
): Figure {
  const newest = points.findLast((point) => (of(point) ?? null) !== null);
  if (newest === undefined) return supplied(null);
  return { ...supplied(of(newest)), period: { end: newest.period_end, months: newest.period_months } };
}

/** What a source's own series count in the 12 months; unknown where they end months before. */
export function suppliedSales(year: readonly MarketPoint[], asOf: number): Figure {
  const newest = year.at(-1);
  if (newest === undefined || toDay(newest.period_end) < monthsBefore(asOf, MONTHS_LATE)) return supplied(null);
  if (newest.period_months === 12) return supplied(newest.number_sold);
  const known = year.flatMap(({ number_sold }) => number_sold ?? []);
  // Three quarters are not a year: only a whole one may be called so.
  const months = known.length * newest.period_months;
  return supplied(months === 12 ? known.reduce((sum, n) => sum + n, 0) : null);
}

export function growthOfSeries(given: readonly MarketPoint[], period: Period, category: Category): Figure {
  const newest = given.findLast(
    (point) => medianOf(point, category) !== null && isWithin(period, toDay(point.period_end)),
  );
  if (newest === undefined) return supplied(null);
  const end = toIso(monthsBefore(toDay(newest.period_end), 12));
  const point = given.find(({ period_end }) => period_end === end);
  const [now, then] = [medianOf(newest, category), point && medianOf(point, category)];
  return supplied(now && then ? (now / then - 1) * 100 : null);
}

/** Sources have a price of 0 where nothing was sold. A median of one or two sales is meaningless, whatever its source. */
export function medianOf({ median_sold_price, number_sold }: MarketPoint, category: Category): number | null {
  const median = (number_sold ?? MIN_PRICES) < MIN_PRICES ? null : likelyPrice(median_sold_price, category);
  return median === null || unitOfMedian(median, category) !== null ? null : median;
}

/** A figure of the sales of a period: unknown for fewer than 3 sales, and for 0 days on market. */
export function ofSales(point: MarketPoint, key: "days_on_market" | "discount_pct"): number | null {
  if ((point.number_sold ?? MIN_DAYS) < MIN_DAYS) return null;
  return (key === "days_on_market" ? point[key] || null : point[key]) ?? null;
}
