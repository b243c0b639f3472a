// What the old service's partner webhooks return, however a scenario or a sheet spells it.
import type { Partner } from "../data-set.ts";
import { foldName } from "../identity/named.ts";

/** Make responds with JSON, or with a bare word. */
export function parseResponse(body: string): unknown {
  const text = body.trim();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The partners of a list of rows. */
export function readRows(value: unknown): readonly ListedPartner[] {
  return rowsOf(value).flatMap((row) => readRow(row) ?? []);
}

/** Whether an agent is a partner: a word, also in a list or an object of it alone, such as `{"is_partner": true}`. */
export function confirms(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isYes(value);
  const [only, ...more] = Object.entries(value);
  if (only === undefined || more.length > 0) return false;
  // "ok" or "accepted" is the body of a webhook that returns nothing.
  return (Array.isArray(value) || /partner|result|value|answer/i.test(only[0])) && isYes(only[1]);
}

/** A list, or an object that has one; a single row, too. */
function rowsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const list = Array.isArray(value)
    ? value
    : typeof value === "object" && value !== null
      ? (Object.values(value).find(Array.isArray) ?? [value])
      : [];
  return list.flatMap((row) => (typeof row === "object" && row !== null ? [named(row as object)] : []));
}

/** The columns in the order in which the old list had them. */
const COLUMNS = [
  "name",
  "agency",
  "tier",
  "manual",
  "totalsales",
  "mediansoldprice",
  "totalsalesvalue",
  "photo",
  "logo",
];

/** A row by the names of its columns: scenarios also pass rows of sheets as lists, or by the numbers of their columns. */
function named(row: object): Readonly<Record<string, unknown>> {
  const names = Object.keys(row);
  const isNumbered = Array.isArray(row) || (names.length > 0 && names.every((name) => /^\d+$/.test(name)));
  if (!isNumbered) return row as Readonly<Record<string, unknown>>;
  return Object.fromEntries(COLUMNS.map((name, index) => [name, (row as Readonly<Record<string, unknown>>)[index]]));
}

export interface ListedPartner {
  readonly partner: Partner;
  readonly photo: string | null;
  readonly logo: string | null;
}

/** A row of the old list, whatever its columns are called; null for the one with an empty name, which means none. */
function readRow(row: Readonly<Record<string, unknown>>): ListedPartner | null {
  const fields = new Map(
    Object.entries(row).map(([name, value]) => [name.toLowerCase().replace(/[^a-z]/g, ""), value]),
  );
  /**
   * The first column that the first of the patterns fits; a column for which only a later one speaks may mean another
   * thing.
   */
  const find = (...patterns: readonly RegExp[]) =>
    patterns.flatMap((pattern) => [...fields].filter(([name]) => pattern.test(name)))[0]?.[1];
  const agent = textOf(find(/^(agent)?(full)?name$|^agent$/, /^(sales|realestate|featured|partner)?agent(full)?name$/));
  if (agent === "") return null;
  const agency = textOf(
    find(/^(agency|office)(name)?$/, /^(agents?|realestate|partner)?(agency|office|company)(name)?$/),
  );
  const flag = find(/(manual|typed|byhand)/, /(custom|override)/);
  const typed = flag === undefined || isYes(flag);
  const number = (pattern: RegExp) => (typed ? numberOf(find(pattern)) : null);
  return {
    partner: {
      id: `listed:${foldName(agent)}`,
      agent,
      agency: agency || null,
      tier: tierOf(textOf(find(/tier/, /level|plan|package/, /type|status/))),
      sales: number(/^(total)?(number)?(of)?(propert(y|ies))?(sales|sold)(count|number|total)?$/),
      median_price: number(/median/),
      sales_value: number(/value/),
    },
    photo: addressOf(find(/photo|headshot|portrait/, /^(?!.*(agency|office|logo)).*(picture|image|avatar)/)),
    logo: addressOf(find(/logo/, /(agency|office).*(picture|image)/)),
  };
}

function tierOf(text: string): NonNullable<Partner["tier"]> {
  if (!/featured/i.test(text)) return "standard";
  return /plus|\+/i.test(text) ? "featured_plus" : "featured";
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim().slice(0, 200) : "";
}

/** "$1,250,000" is a number; other texts are unknown. */
function numberOf(value: unknown): number | null {
  const number = typeof value === "string" ? Number(value.replace(/[$,\s]/g, "") || Number.NaN) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? Math.round(number) : null;
}

function addressOf(value: unknown): string | null {
  const text = typeof value === "string" ? value.trim() : "";
  return /^https?:\/\//i.test(text) ? text : null;
}

function isYes(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === "string" && /^(true|yes|y|1)$/i.test(value.trim()));
}
