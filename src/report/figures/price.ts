import type { Figure } from "../model.ts";
import type { Deal } from "./deal.ts";
import { computed, MIN_ASKS, MIN_DAYS, MIN_PRICES, median, percentOf, suppressBelow } from "./figure.ts";

/** Median of the disclosed prices, n how many those are; none below 3. */
export function medianPrice(sold: readonly Deal[]): Figure {
  const prices = pricesOf(sold);
  return suppressBelow(MIN_PRICES, computed(median(prices), prices.length));
}

/** Priced / all sales, percent; n all sales. */
export function disclosureRate(sold: readonly Deal[]): Figure {
  return computed(percentOf(pricesOf(sold).length, sold.length), sold.length);
}

/** Sum of the disclosed prices, n how many; null where none is disclosed. */
export function salesValue(sold: readonly Deal[]): Figure {
  const prices = pricesOf(sold);
  return computed(prices.length === 0 ? null : prices.reduce((sum, price) => sum + price, 0), prices.length);
}

/** Median of sold day − first listing day of the campaign; none below 3. A sale dated before its listing is left out. */
export function daysOnMarket(sold: readonly Deal[]): Figure {
  const days = sold.flatMap((deal) => daysOf(deal) ?? []);
  return suppressBelow(MIN_DAYS, computed(median(days), days.length));
}

/** Days one sale took; null where its listing date is unknown or later than the sale. */
export function daysOf({ listed, day }: Deal): number | null {
  return listed === null || listed > day ? null : day - listed;
}

/** Vendor discount: median of (first ask − sold) / first ask, percent, private treaty only; none below 3 prices. */
export function vendorDiscount(sold: readonly Deal[]): Figure {
  const discounts = sold.flatMap(({ method, price, ask }) =>
    method === "private_treaty" && price !== null && ask !== null ? [((ask - price) / ask) * 100] : [],
  );
  return suppressBelow(MIN_PRICES, computed(median(discounts), discounts.length));
}

/** Sale-to-list: median of sold / ask, percent, the ask of a range being its floor; none below 5. */
export function saleToList(sold: readonly Deal[]): Figure {
  const ratios = sold.flatMap(({ price, ask }) => (price !== null && ask !== null ? [(price / ask) * 100] : []));
  return suppressBelow(MIN_ASKS, computed(median(ratios), ratios.length));
}

/** Growth: median now / median a year ago − 1, percent; n the smaller of the two. Null where either is. */
export function growth(now: Figure, yearAgo: Figure): Figure {
  const change = now.value === null || !yearAgo.value ? null : (now.value / yearAgo.value - 1) * 100;
  return computed(change, Math.min(now.n ?? 0, yearAgo.n ?? 0));
}

/** Percent: a higher yield is a rent by the month, or a price in another unit; a lower one a rent by the day. */
const MOST_YIELD = 20;
const LEAST_YIELD = 0.5;

/** Gross yield: weekly rent × 52 / median price, percent; n of the median. Null where no home yields as much, or as little. */
export function grossYield(weeklyRent: number | null, medianSold: Figure): Figure {
  const found = weeklyRent && medianSold.value ? ((weeklyRent * 52) / medianSold.value) * 100 : null;
  const value = found !== null && found >= LEAST_YIELD && found <= MOST_YIELD ? found : null;
  return { value, n: medianSold.n, supplied: value !== null && medianSold.supplied };
}

export function pricesOf(sold: readonly Deal[]): readonly number[] {
  return sold.flatMap(({ price }) => price ?? []);
}
