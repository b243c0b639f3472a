import type { MarketSeries } from "../data-set.ts";
import type { Deal } from "../figures/deal.ts";
import { computed, supplied } from "../figures/figure.ts";
import { daysOnMarket, growth, medianPrice } from "../figures/price.ts";
import type { BedroomRow } from "../model.ts";
import { ofSales as daysIn, medianOf, newestOf } from "./given.ts";

/** Homes with so many bedrooms or more are one row. */
const MANY_BEDROOMS = 5;

/**
 * A segment's sales by bedrooms, fewest first: `sold` and, where that year is covered, `soldBefore` of the segment alone.
 * Where there are none, the newest medians of the source's series by bedrooms, as supplied. Sales whose bedrooms are not
 * known are in no row. Empty where no row would have a median.
 */
export function byBedrooms(
  sold: readonly Deal[],
  soldBefore: readonly Deal[] | null,
  series: readonly MarketSeries[],
): readonly BedroomRow[] {
  const rows = sold.length > 0 ? ofSales(sold, soldBefore) : ofSeries(series);
  return rows.some(({ median }) => median.value !== null) ? rows : [];
}

function ofSales(sold: readonly Deal[], soldBefore: readonly Deal[] | null): readonly BedroomRow[] {
  const groups = groupByBedrooms(sold);
  const before = groupByBedrooms(soldBefore ?? []);
  return [...groups].map(([bedrooms, deals]) => {
    const median = medianPrice(deals);
    return {
      bedrooms,
      orMore: bedrooms === MANY_BEDROOMS,
      sales: computed(deals.length, deals.length),
      median,
      growth: growth(median, soldBefore === null ? computed(null, 0) : medianPrice(before.get(bedrooms) ?? [])),
      daysOnMarket: daysOnMarket(deals),
    };
  });
}

function groupByBedrooms(deals: readonly Deal[]): ReadonlyMap<number, readonly Deal[]> {
  const groups = new Map<number, Deal[]>();
  for (const deal of deals) {
    const { beds } = deal.sale;
    if (beds == null) continue;
    const bedrooms = Math.min(beds, MANY_BEDROOMS);
    groups.set(bedrooms, [...(groups.get(bedrooms) ?? []), deal]);
  }
  return new Map([...groups].sort(([a], [b]) => a - b));
}

function ofSeries(series: readonly MarketSeries[]): readonly BedroomRow[] {
  const rows = series.flatMap(({ category, bedrooms, series: points }): BedroomRow[] => {
    const median = newestOf(points, (point) => medianOf(point, category));
    const newest =
      points.find(({ period_end }) => period_end === median.period?.end) ??
      points.findLast(({ median_sold_price }) => (median_sold_price ?? 0) > 0);
    if (bedrooms == null || newest === undefined) return [];
    return [
      {
        bedrooms,
        orMore: false,
        sales: supplied(newest.period_months === 12 ? newest.number_sold : null),
        median,
        growth: supplied(null),
        daysOnMarket: supplied(daysIn(newest, "days_on_market")),
      },
    ];
  });
  return rows.sort((a, b) => a.bedrooms - b.bedrooms);
}
