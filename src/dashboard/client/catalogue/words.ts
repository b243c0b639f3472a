import type { Imports } from "../responses.ts";
import { many, number } from "../words.ts";

const DAY_MS = 86_400_000;
const STALE_DAYS = 92;

/** What a person searches for first comes first. */
const KIND_WORDS: Readonly<Record<string, readonly [one: string, more: string]>> = {
  sales: ["sale", "sales"],
  listings: ["listing", "listings"],
  rentals: ["rental", "rentals"],
  agents: ["agent", "agents"],
  agencies: ["agency", "agencies"],
  market: ["market figure", "market figures"],
  partners: ["partner", "partners"],
  commission_rates: ["commission rate", "commission rates"],
  area_kinds: ["kind of area", "kinds of area"],
  sources: ["source", "sources"],
};
const ORDER = Object.keys(KIND_WORDS);

/** "1 sale", "12 market figures". */
export function rowsOf(kind: string, count: number): string {
  const [one, more] = KIND_WORDS[kind] ?? [`${kind} row`, `${kind} rows`];
  return many(count, one, more);
}

/** "Sales". */
export function kindTitle(kind: string): string {
  const [, more] = KIND_WORDS[kind] ?? [kind, kind];
  return more[0]?.toUpperCase() + more.slice(1);
}

type ImportChanges = NonNullable<Imports[number]["changes"]>;

const COUNTED = ["new", "changed", "removed"] as const;

/** What an import did, or would do: "12 new and 3 changed sales, 2 new agents"; null where nothing. */
export function changeWords(
  changes: ImportChanges,
  counted: readonly (typeof COUNTED)[number][] = COUNTED,
): string | null {
  const sorted = Object.entries(changes).toSorted(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const parts = sorted.flatMap(([kind, each]) => {
    const counts = counted.flatMap((what) => (each[what] > 0 ? [`${number(each[what])} ${what}`] : []));
    if (counts.length === 0) return [];
    const [one, more] = KIND_WORDS[kind] ?? [kind, kind];
    const total = counted.reduce((sum, what) => sum + each[what], 0);
    return [`${counts.join(" and ").replace(/ and (?=.* and )/, ", ")} ${total === 1 ? one : more}`];
  });
  return parts.length === 0 ? null : parts.join(", ");
}

/** How old the newest sale is, as people write it of data. */
export function ageOf(day: string | null, nowMs: number): string {
  if (day === null) return "no sales";
  const days = Math.max(0, Math.floor((nowMs - Date.parse(day)) / DAY_MS));
  if (days < 14) return days === 0 ? "today" : many(days, "day");
  if (days < STALE_DAYS) return many(Math.round(days / 7), "week");
  return days < 730 ? many(Math.round(days / 30.4), "month") : many(Math.floor(days / 365), "year");
}

/** Whether a report from it would be of another time. */
export function isStale(day: string | null, nowMs: number): boolean {
  return day !== null && nowMs - Date.parse(day) > STALE_DAYS * DAY_MS;
}

const dayFormat = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** A day of the calendar, which is the same in every time zone. */
export function dayWords(day: string): string {
  return dayFormat.format(new Date(day));
}

const dollars = new Intl.NumberFormat("en-AU", { style: "currency", currency: "AUD", maximumFractionDigits: 0 });

export function price(value: unknown): string {
  return typeof value === "number" ? dollars.format(value) : "–";
}
