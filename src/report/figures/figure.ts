/*
 * The figures: each rule in one file, with its formula, what it leaves out, and from how many rows it counts.
 * Days are whole numbers, so that no clock and no time zone changes a figure.
 * Not here: sources, and how a figure is shown.
 */

import type { Figure } from "../model.ts";

/** A figure from fewer observations is marked everywhere: a rate, a median, days, a rent, a share. */
export const RELIABLE_FROM = 10;
/** Fewer prices than this make no median. */
export const MIN_PRICES = 3;
/** Fewer campaigns than this make no days on market. */
export const MIN_DAYS = 3;
/** Fewer known results than this make no clearance rate: of one or two it is 0, 50 or 100%. */
export const MIN_RESULTS = 3;
/** Fewer asks than this make no sale-to-list. */
export const MIN_ASKS = 5;

export function computed(value: number | null, n: number): Figure {
  return { value, n, supplied: false };
}

/** As the source gave it; unknown where it gave nothing. */
export function supplied(value: number | null | undefined): Figure {
  return { value: value ?? null, n: null, supplied: value !== null && value !== undefined };
}

/** A figure that rests on too little is not shown; its n is. */
export function suppressBelow(minimum: number, figure: Figure): Figure {
  return figure.n !== null && figure.n < minimum ? { ...figure, value: null } : figure;
}

/** Is it shown, but from so few records that it must be marked? A figure as supplied has no n, and cannot. */
export function isFew({ value, n }: Figure): boolean {
  return value !== null && n !== null && n > 0 && n < RELIABLE_FROM;
}

/** Does a report show anything of it: the value, or its n? */
export function isShown(figure: Figure | null | undefined): boolean {
  return figure != null && (figure.value !== null || (figure.n ?? 0) > 0);
}

/** The middle value, or the mean of the two in the middle; null for none. */
export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5);
}

/** The quantile `q` (0–1), interpolated between the two nearest values; null for none. */
export function quantile(values: readonly number[], q: number): number | null {
  const sorted = Float64Array.from(values).sort();
  const position = (sorted.length - 1) * q;
  const low = sorted[Math.floor(position)];
  const high = sorted[Math.ceil(position)];
  if (low === undefined || high === undefined) return null;
  return low + (high - low) * (position - Math.floor(position));
}

/** part / whole in percent; null for a whole of 0. */
export function percentOf(part: number, whole: number): number | null {
  return whole > 0 ? (part / whole) * 100 : null;
}
