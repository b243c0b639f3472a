import type { Category } from "../data-set.ts";

// Placeholders that people type into a required price field.

/** Dollars. No property sells for less: it is a placeholder. */
const LEAST_PRICE = 1_000;
/** Dollars. No home is sold for less, but land in the outback is. */
const LEAST_HOME_PRICE = 10_000;

/** Below any price, or only nines and more of them than any price has. `category`: null for any. */
export function isPlaceholderPrice(price: number, category: Category | null = null): boolean {
  const least = category === "house" || category === "unit" ? LEAST_HOME_PRICE : LEAST_PRICE;
  return price < least || /^9{8,}$/.test(String(Math.floor(price)));
}

/** A price as supplied; null for none, and for a placeholder. */
export function likelyPrice(price: number | null | undefined, category: Category | null = null): number | null {
  return price == null || isPlaceholderPrice(price, category) ? null : price;
}

/** Advertised instead of a price: nothing, or an implausible amount, "$1". */
export function isPlaceholderText(price: string): boolean {
  const amount = /^\s*\$?\s*([\d,]+)(?:\.\d+)?\s*$/.exec(price)?.[1];
  return price.trim() === "" || (amount !== undefined && isPlaceholderPrice(Number(amount.replaceAll(",", ""))));
}

/** Dollars between which the median of a property type is, in any suburb; of other types anything is possible. */
const MEDIANS: Readonly<Partial<Record<Category, { readonly least: number; readonly most: number }>>> = {
  house: { least: 20_000, most: 30_000_000 },
  unit: { least: 20_000, most: 30_000_000 },
  land: { least: 3_000, most: 30_000_000 },
};

/** The unit of prices that their median suggests; null for dollars. */
export function unitOfMedian(median: number, category: Category): "thousands" | "cents" | null {
  const limits = MEDIANS[category];
  if (limits === undefined || (median >= limits.least && median <= limits.most)) return null;
  return median < limits.least ? "thousands" : "cents";
}
