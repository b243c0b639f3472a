import type { Category } from "../data-set.ts";
import type { Deal } from "./deal.ts";
import { isPlaceholderPrice, unitOfMedian } from "./placeholder.ts";

/** Less than a tenth of the suburb's median for the kind of property is no price that a market made. */
const SHARE = 0.1;
/** A multiple of the median that is no price: no lot sells for a hundred times the others. */
const TIMES = 100;
/** No home sells for 40 times the others; a price in cents is a hundred times itself. */
const TIMES_OF_HOMES = 40;
/** Fewer prices do not show what is usual. */
const LEAST_PRICES = 5;
/** Fewer do not show the unit of all. */
const LEAST_FOR_UNIT = 3;
/** Dollars: less is a placeholder, whatever the unit of others. */
const LEAST_OF_UNIT = 100;

/** The prices of a property type that cannot all be in dollars. */
export interface OtherUnit {
  readonly category: Category;
  readonly unit: "thousands" | "cents";
  /** What their median would be, in dollars. */
  readonly median: number;
  readonly deals: readonly Deal[];
}

export interface Priced {
  readonly deals: readonly Deal[];
  /** Left out: a sale without a seller is a transfer, such as one within a family. */
  readonly transfers: readonly Deal[];
  /** Counted as sales, without the price: an agent or agency sold it, so the price is mistyped or of a part. */
  readonly unpriced: readonly Deal[];
  /** Counted as sales, without the price: $1, $99,999,999 and their like are typed to have something there. */
  readonly placeholders: readonly Deal[];
  /** Counted as sales, without the price: all of their type are in thousands or cents. */
  readonly otherUnits: readonly OtherUnit[];
}

/** Takes nominal prices and placeholders out of what figures are computed from. Registers of sales are full of them. */
export function withoutNominal(all: readonly Deal[]): Priced {
  const otherUnits = [...new Set(all.map(({ category }) => category))].flatMap((category) => otherUnit(all, category));
  const odd = new Set(otherUnits.flatMap(({ deals }) => deals));
  const deals = odd.size === 0 ? all : all.map((deal) => (odd.has(deal) ? { ...deal, price: null } : deal));
  const least = new Map<string, number>();
  const most = new Map<string, number>();
  for (const category of new Set(deals.map((deal) => deal.category))) {
    const prices = deals.flatMap((deal) =>
      deal.category === category && deal.outcome === "sold" && !isPlaceholderPrice(deal.price ?? 0, category)
        ? (deal.price ?? [])
        : [],
    );
    const middle = prices.sort((a, b) => a - b)[prices.length >> 1] ?? 0;
    if (prices.length < LEAST_PRICES) continue;
    least.set(category, SHARE * middle);
    most.set(category, (category === "house" || category === "unit" ? TIMES_OF_HOMES : TIMES) * middle);
  }
  const isNominal = ({ outcome, category, sale }: Deal) =>
    outcome === "sold" && (sale.price ?? 0) > 0 && (sale.price ?? 0) < (least.get(category) ?? 0);
  const isTransfer = (deal: Deal) => isNominal(deal) && deal.agencyIds.length === 0 && deal.agents.length === 0;
  const hasPlaceholder = (deal: Deal) =>
    deal.price !== null &&
    !isTransfer(deal) &&
    (isPlaceholderPrice(deal.price, deal.category) ||
      deal.price > (most.get(deal.category) ?? Number.POSITIVE_INFINITY));
  return {
    deals: deals.flatMap((deal) =>
      isTransfer(deal) ? [] : isNominal(deal) || hasPlaceholder(deal) ? { ...deal, price: null } : deal,
    ),
    transfers: deals.filter(isTransfer),
    unpriced: deals.filter(
      (deal) => isNominal(deal) && !isTransfer(deal) && !hasPlaceholder(deal) && deal.price !== null,
    ),
    placeholders: deals.filter((deal) => deal.outcome === "sold" && hasPlaceholder(deal)),
    otherUnits,
  };
}

/** One price of $1,250 is nominal; where the median is such a price, all are in thousands. */
function otherUnit(all: readonly Deal[], category: Category): readonly OtherUnit[] {
  const deals = all.filter(
    (deal) => deal.category === category && deal.outcome === "sold" && (deal.price ?? 0) >= LEAST_OF_UNIT,
  );
  const priced = deals.filter(({ price }) => !/^9{8,}$/.test(String(price)));
  const prices = priced.map(({ price }) => price ?? 0).sort((a, b) => a - b);
  const median = prices[prices.length >> 1] ?? 0;
  const unit = prices.length < LEAST_FOR_UNIT ? null : unitOfMedian(median, category);
  return unit === null ? [] : [{ category, unit, median, deals }];
}
