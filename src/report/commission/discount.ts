import type { Band } from "../input/price-band.ts";

/** How the discount of a featured partner is worked out: five numbers, each a setting. */
export interface DiscountRule {
  /** Per cent of the commission. */
  readonly sharePct: number;
  /** Per cent of that. */
  readonly partPct: number;
  /** Dollars it is rounded to. */
  readonly step: number;
  readonly least: number;
  readonly most: number;
}

/** The settings that the rule comes from. */
export interface DiscountSettings {
  readonly discountShare: number;
  readonly discountPart: number;
  readonly discountStep: number;
  readonly discountMin: number;
  readonly discountMax: number;
}

export function discountRule(settings: DiscountSettings): DiscountRule {
  const { discountShare, discountPart, discountStep, discountMin, discountMax } = settings;
  return { sharePct: discountShare, partPct: discountPart, step: discountStep, least: discountMin, most: discountMax };
}

export const USUAL_RULE: DiscountRule = { sharePct: 20, partPct: 25, step: 250, least: 500, most: 10_000 };

/** Less than any step in cents: 0.1 + 0.2 must not be rounded down from 0.3. */
const FLOAT = 1e-9;

/**
 * The discount in whole dollars: the lowest price of the band × the lowest rate (per cent) × the share × the part,
 * rounded to the step, halves up, and limited to the bounds.
 */
export function discountOf({ from }: Pick<Band, "from">, lowestRate: number, rule: DiscountRule): number {
  const exact = (from * lowestRate * rule.sharePct * rule.partPct) / 1_000_000;
  const rounded = Math.floor(exact / rule.step + 0.5 + FLOAT) * rule.step;
  return Math.min(rule.most, Math.max(rule.least, rounded));
}
