import type { Category, SaleMethod } from "./data-set.ts";

// Numbers and words as an Australian reader expects them, written out here: they do not depend on the machine's locale.

/**
 * "$2.45m", "$985k": three figures, which is what fits a column and what a person remembers. One function for sentences,
 * tables and charts, rounding whole dollars half up: one page must not print $1.56m and another $1.55m.
 */
export function money(dollars: number): string {
  const size = Math.round(Math.abs(dollars));
  const sign = dollars < 0 && size > 0 ? "−" : "";
  if (size >= 999_500_000) return `${sign}$${threeFigures(size, 1e9)}b`;
  if (size >= 999_500) return `${sign}$${threeFigures(size, 1e6)}m`;
  if (size >= 1_000) return `${sign}$${count(size / 1_000)}k`;
  return `${sign}$${count(size)}`;
}

/**
 * The dollars that {@link money} prints of an amount: what is sorted by an edge that a reader sees must be sorted by
 * that, or a sale at $1,552,000 is "under $1.55m".
 */
export function asPrinted(dollars: number): number {
  const size = Math.round(Math.abs(dollars));
  const unit = size >= 999_500_000 ? 1e9 : size >= 999_500 ? 1e6 : 1_000;
  const step = size < 1_000 ? 1 : unit === 1_000 ? 1_000 : unit / 10 ** decimalsOf(size, unit);
  return Math.sign(dollars) * Math.round(size / step) * step;
}

/** "$1.6m" for $1.60m: for round amounts such as the edges of a price band. */
export function roundMoney(dollars: number): string {
  return money(dollars)
    .replace(/(\.\d*?)0+(?=[mb]$)/, "$1")
    .replace(/\.(?=[mb]$)/, "");
}

export function count(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** One decimal, none where it is 0; "−" is the sign of a negative. */
export function percent(value: number): string {
  return `${decimal(value)}%`;
}

/** A part of a whole, in percent: 299 of 300 are not all, and 1 of 3,000 is not none, on whatever page. */
export function shareOf(part: number): number {
  return part <= 0 || part >= 100 ? part : Math.min(99.9, Math.max(0.1, part));
}

export function decimal(value: number): string {
  const text = String(Math.abs(tenths(value))).replace(/\B(?=(\d{3})+(?:\.|$))/g, ",");
  return value < 0 && text !== "0" ? `−${text}` : text;
}

/**
 * To one decimal, half away from zero, for sentences, tables and charts alike. First to twelve digits: 1.05 may come as
 * 1.0499999999999954, and one page must not print 1% and another 1.1%.
 */
export function tenths(value: number): number {
  return (Math.sign(value) * Math.round(Number((Math.abs(value) * 10).toPrecision(12)))) / 10;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** "all 12 sales", "both sales". */
export function allOf(n: number, one: string, many?: string): string {
  return n === 2 ? plural(n, one, many).replace(/^2/, "both") : `all ${plural(n, one, many)}`;
}

export function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** "houses, villas and units". */
export function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

const MONTHS = "January February March April May June July August September October November December".split(" ");

/** "30 June 2026" for an ISO day. */
export function longDate(iso: string): string {
  return `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)}`;
}

/** "A, B and C"; of many the first two, and how many others. */
export function namesInTie(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} others` : listWords(names);
}

/** "unchanged", "up 4.2%" or "down 4.2%"; what rounds to nothing has changed all the same. */
export function change(percentage: number): string {
  if (tenths(percentage) === 0) return percentage === 0 ? "unchanged" : "almost unchanged";
  return `${percentage > 0 ? "up" : "down"} ${percent(Math.abs(percentage))}`;
}

export const CATEGORY_WORDS: Readonly<Record<Category, { readonly one: string; readonly many: string }>> = {
  house: { one: "house", many: "houses" },
  unit: { one: "unit", many: "units" },
  land: { one: "block of land", many: "blocks of land" },
  other: { one: "other property", many: "other properties" },
};

export const METHOD_WORDS: Readonly<Record<SaleMethod, string>> = {
  auction: "auction",
  sold_prior: "sold before auction",
  sold_after: "sold after auction",
  private_treaty: "private treaty",
  eoi: "expressions of interest",
  tender: "tender",
  off_market: "off market",
  not_stated: "method not stated",
};

function decimalsOf(size: number, unit: number): number {
  return size >= unit * 99.95 ? 0 : size >= unit * 9.995 ? 1 : 2;
}

function threeFigures(size: number, unit: number): string {
  const decimals = decimalsOf(size, unit);
  const steps = 10 ** decimals;
  // The division last, and of whole numbers: 1,555,000 is 1.56 million, which 1.555.toFixed(2) is not.
  return (Math.round(size / (unit / steps)) / steps).toFixed(decimals);
}
