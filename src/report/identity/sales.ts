// Which two sales of different sources are one.

import { compareText } from "../../text/text.ts";
import type { Sale } from "../data-set.ts";
import { toDay } from "../figures/days.ts";
import { propertyKey, readAddress } from "./address.ts";

/** A contract and its record, or its settlement as some write it, are not further apart than this. */
const SAME_SALE_DAYS = 21;
/** Prices of one sale that two sources give: one may be without its furniture, or rounded. */
const SAME_PRICE = 0.02;

export interface SalePair {
  readonly one: string;
  readonly other: string;
  readonly days: number;
}

/**
 * Pairs of sales that are one: the same address, and days that are no more than 21 apart. Those nearest in time go first,
 * and what a pair joins a third may join that may be one with both. Sales of one source are never joined: it knows its own.
 */
export function sameSales(sales: readonly Sale[], suburb: string | null): readonly SalePair[] {
  if (new Set(sales.map(({ source }) => source ?? null)).size < 2) return [];
  const byAddress = new Map<string, Candidate[]>();
  for (const sale of sales) {
    const address = sale.sold_date ? readAddress(sale.address, sale.suburb ?? suburb) : null;
    if (address === null || !sale.sold_date) continue;
    const key = propertyKey(sale, suburb ?? "");
    const known = byAddress.get(key) ?? [];
    byAddress.set(key, known);
    known.push({ sale, day: toDay(sale.sold_date), unit: address.unit });
  }
  const pairs: (SalePair & { readonly doubt: number; readonly of: readonly [Candidate, Candidate] })[] = [];
  for (const candidates of byAddress.values())
    for (const [at, a] of candidates.entries())
      for (const b of candidates.slice(at + 1)) {
        if (!mayBeOne(a, b)) continue;
        const days = Math.abs(a.day - b.day);
        const [one, other] = [a.sale.id, b.sale.id].sort(compareText) as [string, string];
        pairs.push({ one, other, days, doubt: samePrice(a.sale, b.sale) === true ? 0 : 1, of: [a, b] });
      }
  pairs.sort(
    (x, y) => x.days - y.days || x.doubt - y.doubt || compareText(x.one, y.one) || compareText(x.other, y.other),
  );
  const groups = new Map<Candidate, readonly Candidate[]>();
  return pairs.flatMap(({ one, other, days, of: [a, b] }) => {
    const [left, right] = [groups.get(a) ?? [a], groups.get(b) ?? [b]];
    if (left === right || !left.every((each) => right.every((next) => mayBeOne(each, next)))) return [];
    const joined = [...left, ...right];
    for (const each of joined) groups.set(each, joined);
    return [{ one, other, days }];
  });
}

interface Candidate {
  readonly sale: Sale;
  readonly day: number;
  readonly unit: string | null;
}

function mayBeOne(a: Candidate, b: Candidate): boolean {
  if ((a.sale.source ?? null) === (b.sale.source ?? null) || Math.abs(a.day - b.day) > SAME_SALE_DAYS) return false;
  if ((a.sale.outcome ?? "sold") !== (b.sale.outcome ?? "sold")) return false;
  if (a.unit !== null) return true;
  // Without a unit's number a block's address is that of all its homes: what is known of them must agree.
  const isBlock = a.sale.category === "unit" || b.sale.category === "unit";
  if (!isBlock) return true;
  if (a.sale.category !== b.sale.category) return samePrice(a.sale, b.sale) === true;
  if (differ(a.sale.beds, b.sale.beds)) return false;
  return samePrice(a.sale, b.sale) !== false;
}

function differ(a: number | null | undefined, b: number | null | undefined): boolean {
  return typeof a === "number" && typeof b === "number" && a !== b;
}

/** Null where one is unknown. */
function samePrice(a: Sale, b: Sale): boolean | null {
  const [one, other] = [priceOf(a), priceOf(b)];
  return one === null || other === null ? null : Math.abs(one - other) <= SAME_PRICE * Math.max(one, other);
}

function priceOf({ price, price_disclosed: disclosed }: Sale): number | null {
  return disclosed === false ? null : price || null;
}
