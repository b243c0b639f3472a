import { AGENCIES, AGENTS, type Dealing, dayOf } from "./dealings.ts";

// What really happened, in plain loops: without any code of the product.

export const YEAR = 365;

export function truthOf(dealings: readonly Dealing[]) {
  const known = dealings.filter((each) => dayOf(each) >= 0);
  const sold = known.filter(({ outcome }) => outcome === "sold");
  const now = sold.filter((each) => dayOf(each) < YEAR);
  const before = sold.filter((each) => dayOf(each) >= YEAR && dayOf(each) < 2 * YEAR);
  const by = (all: readonly Dealing[], key: (each: Dealing) => readonly string[]) => {
    const counts = new Map<string, number>();
    for (const each of all) for (const id of key(each)) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  };
  return {
    ...{ known, sold, now, before },
    agencies: by(now, agenciesOf),
    agents: by(now, ({ agents }) => agents),
  };
}

/** Whose sale it is where no agency is named: that of its agents, as they are now. */
export function agenciesOf({ agencies, agents }: Dealing): readonly string[] {
  if (agencies.length > 0) return agencies;
  return [...new Set(agents.flatMap((id) => AGENTS.find((agent) => agent.id === id)?.agency_id ?? []))];
}

export function middle(values: readonly number[]): number | null {
  if (values.length < 3) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low, high] = sorted.length % 2 === 1 ? [half, half] : [half - 1, half];
  return ((sorted[low] ?? 0) + (sorted[high] ?? 0)) / 2;
}
export const prices = (all: readonly Dealing[]) => all.flatMap(({ price }) => price ?? []);

/** Three figures, halves up: $1.63m for 1,627,500. */
export function dollars(value: number): string {
  if (value < 999_500) return `$${Math.round(value / 1_000)}k`;
  return `$${(Math.floor(value / 10_000 + 0.5) / 100).toFixed(2)}m`;
}
export const oneDecimal = (value: number) => String(Math.round(Number((value * 10).toPrecision(12))) / 10);

/** Could a market half as busy have so few sales in a quarter by chance, once in a hundred times? */
export function isPlausible(count: number, expected: number): boolean {
  let [term, sum] = [1, 1];
  for (let n = 1; n <= count; n++) {
    term = (term * expected) / n;
    sum += term;
  }
  return sum * Math.exp(-expected) >= 0.01;
}

/** Is each quarter of the year that ends `from` days ago there, of a market of `sales` a year? */
export function isWhole(sold: readonly Dealing[], from: number, sales: number): boolean {
  const days = sold.map(dayOf);
  const edges = [0, 1, 2, 3, 4].map((quarter) => from + YEAR - Math.round((quarter * YEAR) / 4));
  return [0, 1, 2, 3].every((quarter) =>
    isPlausible(
      days.filter((day) => day < (edges[quarter] ?? 0) && day >= (edges[quarter + 1] ?? 0)).length,
      sales / 8,
    ),
  );
}

/** Has each quarter of the year before a third of what the same one has a year later, where that is more than two? */
export function isNearly(before: readonly Dealing[], now: readonly Dealing[]): boolean {
  const edges = [0, 1, 2, 3, 4].map((quarter) => YEAR - Math.round((quarter * YEAR) / 4));
  const count = (all: readonly Dealing[], quarter: number, back: number) =>
    all.filter((each) => dayOf(each) - back < (edges[quarter] ?? 0) && dayOf(each) - back >= (edges[quarter + 1] ?? 0))
      .length;
  return [0, 1, 2, 3].every((quarter) => {
    const later = count(now, quarter, 0);
    return later <= 2 || count(before, quarter, YEAR) >= later / 3;
  });
}

/** Are there three weeks or more without a sale that neither chance nor the other year explains? */
export function hasHole(own: readonly Dealing[], other: readonly Dealing[], from: number, otherFrom: number): boolean {
  const days = own.map(dayOf).sort((a, b) => a - b);
  const stops = [from - 1, ...days, from + YEAR];
  return stops.slice(1).some((stop, at) => {
    const length = stop - (stops[at] ?? 0) - 1;
    if (length < 21) return false;
    const shift = otherFrom - from;
    const there = other.filter((each) => dayOf(each) > (stops[at] ?? 0) + shift && dayOf(each) < stop + shift).length;
    const expected = Math.min((own.length * length) / YEAR, (there * own.length) / other.length);
    const isAtAnEnd = at === 0 || at === stops.length - 2;
    return isAtAnEnd ? Math.exp(-expected) < 0.01 : Math.exp(-expected) * (stops.length - 1) < 0.05;
  });
}

export function areComparable(now: readonly Dealing[], before: readonly Dealing[]): boolean {
  return (
    before.length > 0 &&
    isWhole(before, YEAR, now.length) &&
    isWhole(now, 0, now.length) &&
    isNearly(before, now) &&
    !hasHole(before, now, YEAR, 0) &&
    !hasHole(now, before, 0, YEAR)
  );
}

export function comparable({ known, now, before }: ReturnType<typeof truthOf>): boolean {
  const oldest = Math.max(...known.map(dayOf));
  return oldest >= 2 * YEAR - 92 && areComparable(now, before);
}

export const name = (id: string) => [...AGENCIES, ...AGENTS].find((each) => each.id === id)?.name ?? id;
/** Names of those with so many, in an order of no account. */
export const withCount = (counts: ReadonlyMap<string, number>, n: number) =>
  [...counts].filter(([, count]) => count === n).map(([id]) => name(id));
export const most = (counts: ReadonlyMap<string, number>) => Math.max(0, ...counts.values());
export const share = (part: number, whole: number) => `${oneDecimal((part / whole) * 100)}%`;
