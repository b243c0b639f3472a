import type { Deal } from "./deal.ts";
import { isPlaceholderPrice } from "./placeholder.ts";

/** Less than a tenth of the suburb's median for the kind of property is no price that a market made. */
const SHARE = 0.1;
/** So many times the median is no price either: no house sells for a hundred times the others. */
const TIMES = 100;
/** Fewer prices say nothing of what is usual. */
const LEAST_PRICES = 5;

export interface Priced {
  readonly deals: readonly Deal[];
  /** Left out: a sale without a seller is a transfer, such as one within a family. */
  readonly transfers: readonly Deal[];
  /** Counted as sales, without the price: an agent or agency sold it, so the price is mistyped or of a part. */
  readonly unpriced: readonly Deal[];
  /** Counted as sales, without the price: $1, $99,999,999 and their like are typed to have something there. */
  readonly placeholders: readonly Deal[];
}

/** Takes nominal prices and placeholders out of what figures are computed from. Registers of sales are full of them. */
export function withoutNominal(deals: readonly Deal[]): Priced {
  const least = new Map<string, number>();
  const most = new Map<string, number>();
  for (const category of new Set(deals.map((deal) => deal.category))) {
    const prices = deals.flatMap((deal) =>
      deal.category === category && deal.outcome === "sold" && !isPlaceholderPrice(deal.price ?? 0)
        ? (deal.price ?? [])
        : [],
    );
    const middle = prices.sort((a, b) => a - b)[prices.length >> 1] ?? 0;
    if (prices.length < LEAST_PRICES) continue;
    least.set(category, SHARE * middle);
    most.set(category, TIMES * middle);
  }
  const isNominal = ({ outcome, category, sale }: Deal) =>
    outcome === "sold" && (sale.price ?? 0) > 0 && (sale.price ?? 0) < (least.get(category) ?? 0);
  const isTransfer = (deal: Deal) => isNominal(deal) && deal.agencyIds.length === 0 && deal.agents.length === 0;
  const hasPlaceholder = (deal: Deal) =>
    deal.price !== null &&
    !isTransfer(deal) &&
    (isPlaceholderPrice(deal.price) || deal.price > (most.get(deal.category) ?? Number.POSITIVE_INFINITY));
  return {
    deals: deals.flatMap((deal) =>
      isTransfer(deal) ? [] : isNominal(deal) || hasPlaceholder(deal) ? { ...deal, price: null } : deal,
    ),
    transfers: deals.filter(isTransfer),
    unpriced: deals.filter(
      (deal) => isNominal(deal) && !isTransfer(deal) && !hasPlaceholder(deal) && deal.price !== null,
    ),
    placeholders: deals.filter((deal) => deal.outcome === "sold" && hasPlaceholder(deal)),
  };
}
