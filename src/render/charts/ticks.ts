import type { ScaleContinuousNumeric } from "d3-scale";
import { count, dollars, money, percent } from "../style/format.ts";

/** What an axis shows, which decides how its ticks read. */
export type Measure = "money" | "dollars" | "percent" | "count";

/** How a single value of a measure is printed. */
export const PRINTED: Readonly<Record<Measure, (value: number) => string>> = { money, dollars, percent, count };

export interface Tick {
  readonly value: number;
  readonly label: string;
}

/**
 * The round values of a scale within `low` and `high`, each with an exact label: as few decimals as
 * all of them need, and one unit of money. Amounts of which there are no halves have whole ticks only.
 */
export function ticksOf(
  scale: Pick<ScaleContinuousNumeric<number, number>, "ticks">,
  measure: Measure,
  { count, low, high }: { readonly count: number; readonly low: number; readonly high: number },
): readonly Tick[] {
  const isWhole = measure === "count" || measure === "dollars";
  const values = scale
    .ticks(count)
    .filter((tick) => tick >= low && tick <= high && (!isWhole || Number.isInteger(tick)));
  const label = labelsOf(values, measure);
  return values.map((value) => ({ value, label: label(value) }));
}

/** How ticks of a measure read beside each other. */
export function labelsOf(values: readonly number[], measure: Measure): (value: number) => string {
  if (measure === "count" || measure === "dollars") return PRINTED[measure];
  if (measure === "percent") return exactly(values, { prefix: "", size: 1, suffix: "%" });
  return exactly(values, { prefix: "$", ...unitOf(Math.max(...values.map(Math.abs))) });
}

function unitOf(most: number): { readonly size: number; readonly suffix: string } {
  if (most >= 1e9) return { size: 1e9, suffix: "b" };
  if (most >= 1e6) return { size: 1e6, suffix: "m" };
  if (most >= 1e3) return { size: 1e3, suffix: "k" };
  return { size: 1, suffix: "" };
}

/** With enough decimals that no tick is rounded; a 0 needs no unit. */
function exactly(
  values: readonly number[],
  { prefix, size, suffix }: { readonly prefix: string; readonly size: number; readonly suffix: string },
): (value: number) => string {
  const decimals = Math.max(0, ...values.map((value) => decimalsOf(value / size)));
  return (value) =>
    value === 0
      ? `${prefix}0${prefix === "" ? suffix : ""}`
      : signed(value, (amount) => `${prefix}${(amount / size).toFixed(decimals)}${suffix}`);
}

const MOST_DECIMALS = 4;

function decimalsOf(value: number): number {
  for (let decimals = 0; decimals < MOST_DECIMALS; decimals++)
    if (Math.abs(value - Number(value.toFixed(decimals))) < 1e-9 * Math.max(1, Math.abs(value))) return decimals;
  return MOST_DECIMALS;
}

function signed(value: number, format: (size: number) => string): string {
  return `${value < 0 ? "−" : ""}${format(Math.abs(value))}`;
}
