import type { Figure } from "../model.ts";
import type { Deal } from "./deal.ts";
import { computed, percentOf } from "./figure.ts";

/** Sales by agency, a joint sale counted once for each. */
export function salesByAgency(sold: readonly Deal[]): ReadonlyMap<string, readonly Deal[]> {
  return groupBy(sold, ({ agencyIds }) => agencyIds);
}

/** Sales by agent: those led, and all they were involved in (lead + co). */
export function salesByAgent(
  sold: readonly Deal[],
): ReadonlyMap<string, { readonly lead: readonly Deal[]; readonly involved: readonly Deal[] }> {
  const involved = groupBy(sold, ({ agents }) => agents.map(({ id }) => id));
  const lead = groupBy(sold, ({ agents }) => agents.flatMap(({ id, role }) => (role === "lead" ? [id] : [])));
  return new Map([...involved].map(([id, deals]) => [id, { lead: lead.get(id) ?? [], involved: deals }]));
}

/** Market share: own sales / all sales of the suburb, percent; n all sales. Joint sales make shares pass 100 %. */
export function marketShare(own: number, all: number): Figure {
  return computed(percentOf(own, all), all);
}

/**
 * Concentration (HHI): the sum of the squared agency shares in percent, 0–10,000; n the sales. A joint sale is divided
 * equally here, so that the shares make 100 % and one sale of two agencies is not more than a monopoly. A sale of
 * an unknown agency counts for none.
 */
export function concentration(sold: readonly Deal[]): Figure {
  const credits = new Map<string, number>();
  for (const { agencyIds } of sold)
    for (const id of agencyIds) credits.set(id, (credits.get(id) ?? 0) + 1 / agencyIds.length);
  // Added up from the largest: the sum of floats depends on the order, the report must not.
  const squares = [...credits.values()].map((credit) => ((credit / sold.length) * 100) ** 2).sort((a, b) => b - a);
  const known = squares.length > 0;
  return computed(known ? squares.reduce((sum, square) => sum + square, 0) : null, sold.length);
}

/** Ranks by count, best first, 1-based; equal counts share a rank and the next is skipped (1, 2, 2, 4). No rank for 0. */
export function ranks(counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const sorted = [...counts].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
  const ranked = new Map<string, number>();
  let rank = 0;
  let last = Number.NaN;
  for (const [index, [id, count]] of sorted.entries()) {
    if (count !== last) rank = index + 1;
    last = count;
    ranked.set(id, rank);
  }
  return ranked;
}

/** Places won against the 12 months before (negative: lost); null where either rank is unknown. */
export function rankChange(now: number | undefined, before: number | undefined): number | null {
  return now === undefined || before === undefined ? null : before - now;
}

/** The sales it takes to pass the next better rank, and which that is; null for a leader. */
export function gapToNext(
  own: number,
  counts: ReadonlyMap<string, number>,
): { readonly sales: number; readonly rank: number } | null {
  const better = [...counts.values()].filter((count) => count > own);
  if (better.length === 0) return null;
  const next = Math.min(...better);
  return { sales: next - own + 1, rank: better.filter((count) => count > next).length + 1 };
}

function groupBy(deals: readonly Deal[], keys: (deal: Deal) => readonly string[]): Map<string, Deal[]> {
  const groups = new Map<string, Deal[]>();
  for (const deal of deals) {
    for (const key of keys(deal)) {
      const group = groups.get(key);
      if (group) group.push(deal);
      else groups.set(key, [deal]);
    }
  }
  return groups;
}
