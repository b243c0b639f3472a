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

/** What the prices of each property type show about what is none. */
export interface PriceLimits {
  /** Of types whose prices cannot all be in dollars. */
  readonly units: ReadonlyMap<Category, Pick<OtherUnit, "unit" | "median">>;
  /** Dollars: what is below is nominal, what is above a placeholder. */
  readonly least: ReadonlyMap<Category, number>;
  readonly most: ReadonlyMap<Category, number>;
}

/** Found in all the data: the dearest homes alone, as a filter leaves them, look like homes in cents. */
export function limitsOf(all: readonly Deal[]): PriceLimits {
  const pricesOf = new Map<Category, readonly number[]>();
  for (const [category, deals] of Map.groupBy(all, (deal) => deal.category))
    pricesOf.set(
      category,
      deals.flatMap(({ outcome, price }) => (outcome === "sold" ? (price ?? []) : [])).sort((a, b) => a - b),
    );
  const homes = [...(pricesOf.get("house") ?? []), ...(pricesOf.get("unit") ?? [])];
  const units = new Map<Category, Pick<OtherUnit, "unit" | "median">>();
  const [least, most] = [new Map<Category, number>(), new Map<Category, number>()];
  for (const [category, prices] of pricesOf) {
    const usable = prices.filter((price) => price >= LEAST_OF_UNIT && !isNines(price));
    const median = middleOf(usable);
    const unit = usable.length < LEAST_FOR_UNIT ? null : unitOfMedian(median, category);
    if (unit !== null && !(unit === "cents" && areInDollars(homes, median))) {
      units.set(category, { unit, median });
      continue;
    }
    const likely = prices.filter((price) => !isPlaceholderPrice(price, category));
    if (likely.length < LEAST_PRICES) continue;
    const middle = middleOf(likely);
    least.set(category, SHARE * middle);
    most.set(category, (category === "house" || category === "unit" ? TIMES_OF_HOMES : TIMES) * middle);
  }
  return { units, least, most };
}

/**
 * Do the prices of homes show that a median above all others is in dollars? Some of them would be next to nothing in
 * cents; and if those of another file are in dollars, one in cents is a hundred times as dear.
 */
function areInDollars(homes: readonly number[], median: number): boolean {
  const likely = homes.filter((price) => !isPlaceholderPrice(price, "house"));
  const low = likely.filter((price) => price < LEAST_HOME_IN_CENTS).sort((a, b) => a - b);
  const some = Math.max(LEAST_FOR_UNIT, SHARE * likely.length);
  return low.length >= some && median < TIMES_OF_HOMES * middleOf(low);
}

/** $50,000: where the median is six times that, homes do not sell for less. */
const LEAST_HOME_IN_CENTS = 5_000_000;

function middleOf(sorted: readonly number[]): number {
  return sorted[sorted.length >> 1] ?? 0;
}

function isNines(price: number): boolean {
  return /^9{8,}$/.test(String(price));
}

/** Takes nominal prices and placeholders out of what figures are computed from. Registers of sales are full of them. */
export function withoutNominal(all: readonly Deal[], { units, least, most }: PriceLimits): Priced {
  const otherUnits = [...units].flatMap(([category, { unit, median }]): readonly OtherUnit[] => {
    const deals = all.filter(
      (deal) => deal.category === category && deal.outcome === "sold" && (deal.price ?? 0) >= LEAST_OF_UNIT,
    );
    return deals.length === 0 ? [] : [{ category, unit, median, deals }];
  });
  const odd = new Set(otherUnits.flatMap(({ deals }) => deals));
  const deals = odd.size === 0 ? all : all.map((deal) => (odd.has(deal) ? { ...deal, price: null } : deal));
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
