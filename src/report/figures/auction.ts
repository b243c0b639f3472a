import { compareText } from "../../text/text.ts";
import type { MarketPoint, SaleMethod } from "../data-set.ts";
import type { Figure, MethodShare } from "../model.ts";
import type { Deal } from "./deal.ts";
import { computed, MIN_RESULTS, percentOf, RELIABLE_FROM, suppressBelow } from "./figure.ts";

export type Clearance = Figure & { readonly reliable: boolean };

const AUCTION_METHODS: readonly SaleMethod[] = ["auction", "sold_prior", "sold_after"];

/**
 * Clearance rate: sold (prior + at + after) / known results (those + passed in + withdrawn), percent. n the known
 * results, reliable from 10, none below 3. An auction passed in whose sale afterwards is on record too counts once, as
 * sold. Unknown where the data does not record both results: a list of sales alone would have a rate of 100%, one of
 * what was passed in a rate of 0%.
 */
export function clearanceRate(deals: readonly Deal[], recordsBoth: boolean): Clearance {
  const sold = deals.filter(({ outcome, method }) => outcome === "sold" && AUCTION_METHODS.includes(method)).length;
  const unsold = deals.filter((deal) => isAuctionWithoutSale(deal) && !deal.superseded).length;
  const rate = clearance(sold, sold + unsold);
  return recordsBoth ? rate : { ...rate, value: null };
}

/** Do the records contain an auction that failed, and a sale, of whatever method? */
export function recordsBothResults(deals: readonly Deal[]): boolean {
  return deals.some(isAuctionWithoutSale) && deals.some(({ outcome }) => outcome === "sold");
}

/** The same from a source's own counts of a period; an unreported result is unknown. */
export function clearanceOfCounts(
  counts: readonly MarketPoint["auctions"][],
  countsBoth = countsBothResults(counts),
): Clearance {
  let sold = 0;
  let known = 0;
  for (const count of counts) {
    const cleared = (count?.sold_prior ?? 0) + (count?.sold_at ?? 0) + (count?.sold_after ?? 0);
    sold += cleared;
    known += cleared + (count?.passed_in ?? 0) + (count?.withdrawn ?? 0);
  }
  const rate = clearance(sold, known);
  return countsBoth ? rate : { ...rate, value: null };
}

/** Of several property types together, those that have a rate. */
export function allClearances(parts: readonly Clearance[]): Clearance {
  let [sold, known] = [0, 0];
  for (const { value, n } of parts) {
    if (value === null || n === null) continue;
    sold += (value * n) / 100;
    known += n;
  }
  return clearance(Math.round(sold), known);
}

/** Does a source count what failed, and what was sold? A number of sold ones that it states may be 0. */
export function countsBothResults(counts: readonly MarketPoint["auctions"][]): boolean {
  const statesSold = counts.some(
    (count) => (count?.sold_prior ?? count?.sold_at ?? count?.sold_after ?? null) !== null,
  );
  return statesSold && counts.some((count) => (count?.passed_in ?? 0) + (count?.withdrawn ?? 0) > 0);
}

function clearance(sold: number, known: number): Clearance {
  return {
    ...suppressBelow(MIN_RESULTS, computed(percentOf(sold, known), known)),
    reliable: known >= RELIABLE_FROM,
  };
}

/** A withdrawal from private treaty is no auction result; what was passed in was an auction, stated or not. */
function isAuctionWithoutSale({ outcome, method }: Deal): boolean {
  return outcome === "passed_in" || (outcome === "withdrawn" && AUCTION_METHODS.includes(method));
}

/** Share of each method among the sales, percent, largest first. */
export function methodMix(sold: readonly Deal[]): readonly MethodShare[] {
  const counts = new Map<SaleMethod, number>();
  for (const { method } of sold) counts.set(method, (counts.get(method) ?? 0) + 1);
  return [...counts]
    .map(([method, n]) => ({ method, n, of: sold.length, share: (n / sold.length) * 100 }))
    .sort((a, b) => b.n - a.n || compareText(a.method, b.method));
}
