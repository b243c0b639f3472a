// What somebody types who must type a price and has none.

/** Dollars. No property sells for less: it is a placeholder. */
const LEAST_PRICE = 1_000;

/** Below any price, or only nines and more of them than any price has. */
export function isPlaceholderPrice(price: number): boolean {
  return price < LEAST_PRICE || /^9{8,}$/.test(String(Math.floor(price)));
}

/** A price as it was given; null for none, and for what is typed in the place of one. */
export function likelyPrice(price: number | null | undefined): number | null {
  return price == null || isPlaceholderPrice(price) ? null : price;
}
