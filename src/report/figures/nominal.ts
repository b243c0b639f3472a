import type { Deal } from "./deal.ts";

/** Less than a tenth of the suburb's median for the kind of property is no price that a market made. */
const SHARE = 0.1;
/** Fewer prices say nothing of what is usual. */
const LEAST_PRICES = 5;

export interface Priced {
  readonly deals: readonly Deal[];
  /** Left out: nobody sold it, so it is a transfer, such as one within a family. */
  readonly transfers: readonly Deal[];
  /** Kept as sales, without the price: an agent or agency sold it, so the price is mistyped or of a part. */
  readonly unpriced: readonly Deal[];
}

/** Takes nominal prices out of what figures are computed from. Registers of sales are full of them. */
export function withoutNominal(deals: readonly Deal[]): Priced {
  const least = new Map<string, number>();
  for (const category of new Set(deals.map((deal) => deal.category))) {
    const prices = deals.flatMap((deal) =>
      deal.category === category && deal.outcome === "sold" ? (deal.price ?? []) : [],
    );
    const middle = prices.sort((a, b) => a - b)[prices.length >> 1] ?? 0;
    if (prices.length >= LEAST_PRICES) least.set(category, SHARE * middle);
  }
  const isNominal = ({ outcome, category, sale }: Deal) =>
    outcome === "sold" && (sale.price ?? 0) > 0 && (sale.price ?? 0) < (least.get(category) ?? 0);
  const isTransfer = (deal: Deal) => isNominal(deal) && deal.agencyIds.length === 0 && deal.agents.length === 0;
  return {
    deals: deals.flatMap((deal) => (isTransfer(deal) ? [] : isNominal(deal) ? { ...deal, price: null } : deal)),
    transfers: deals.filter(isTransfer),
    unpriced: deals.filter((deal) => isNominal(deal) && !isTransfer(deal) && deal.price !== null),
  };
}
