import type { Figure } from "../model.ts";
import { computed } from "./figure.ts";

/** Months of supply: current listings / (12-month sales / 12). Null without a sale; n the listings. */
export function monthsOfSupply(listings: number | null, sales12m: number): Figure {
  return computed(listings === null || sales12m === 0 ? null : listings / (sales12m / 12), listings ?? 0);
}

/** Momentum: share of the current listings less share of the sales, percentage points. Null where either is unknown. */
export function momentum(listingShare: number | null, salesShare: number | null, listings: number): Figure {
  return computed(listingShare === null || salesShare === null ? null : listingShare - salesShare, listings);
}
