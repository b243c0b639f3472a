import { methodMix } from "../figures/auction.ts";
import type { Deal } from "../figures/deal.ts";
import { MIN_PRICES, quantile } from "../figures/figure.ts";
import { pricesOf } from "../figures/price.ts";
import type { Practice } from "../model.ts";
import { asPrinted } from "../wording.ts";

/** The prices that part a suburb's disclosed sales into thirds. */
export type Thirds = readonly [number, number];

/** Fewer prices than these make no thirds that mean anything. */
const MIN_FOR_THIRDS = 9;

/** As they are printed. Null with fewer than 9 prices, or where so many are equal that one of the thirds has none. */
export function thirdsOf(sold: readonly Deal[]): Thirds | null {
  const prices = pricesOf(sold);
  if (prices.length < MIN_FOR_THIRDS) return null;
  const [lower, upper] = [asPrinted(quantile(prices, 1 / 3) ?? 0), asPrinted(quantile(prices, 2 / 3) ?? 0)];
  const thirds: Thirds = [lower, upper];
  return tiers(prices, thirds)?.counts.every((n) => n > 0) ? thirds : null;
}

/**
 * How these sales were made. `sellersOf`: the agents or agencies of a sale; more than one make a joint sale. Null
 * without a sale.
 */
export function practiceOf(
  sold: readonly Deal[],
  sellersOf: (deal: Deal) => readonly unknown[],
  thirds: Thirds | null,
): Practice | null {
  if (sold.length === 0) return null;
  const joint = sold.filter((deal) => sellersOf(deal).length > 1).length;
  return {
    solo: sold.length - joint,
    joint,
    methods: methodsOf(sold),
    tiers: thirds && tiers(pricesOf(sold), thirds),
  };
}

/** Of one or two sales none is the usual one. */
function methodsOf(sold: readonly Deal[]): Practice["methods"] {
  const stated = sold.filter(({ method }) => method !== "not_stated");
  return stated.length < MIN_PRICES ? [] : methodMix(stated);
}

function tiers(prices: readonly number[], edges: Thirds): Practice["tiers"] {
  if (prices.length === 0) return null;
  const below = prices.filter((price) => price < edges[0]).length;
  const above = prices.filter((price) => price >= edges[1]).length;
  return { counts: [below, prices.length - below - above, above], edges };
}
