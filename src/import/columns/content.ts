import { STATES } from "../../report/data-set.ts";
import { findSuburb, parseState } from "../../report/localities/suburbs.ts";
import { readArea, readPrice } from "../amounts.ts";
import { orderOf, readDay } from "../dates.ts";
import { messages } from "../messages.ts";
import { type ContentColumns, isEmptyRow } from "../table.ts";
import { meansNoPrice, meansNothing, WORDS, wordKey } from "./words.ts";

/** The share of a column's values that must be of its kind. */
const MOST = 0.8;
const DAY_MS = 86_400_000;
/** A price of a property is more than this, and a weekly rent less. */
const RENT_BELOW = 15_000;

const ADDRESS = /^(?=.*\d)(?=.*\p{L}{3})(?:[\p{L}.]+\s+)?\d+[\p{L}\d/,\- ]*\s+[\p{L}'’.\- ]{3,}/u;
const PERSON = /^\p{Lu}[\p{L}'’.-]*(?:\s+(?:\p{Lu}[\p{L}'’.-]*|de|van|von|der|da|di|la|le|du))*\s+\p{Lu}[\p{L}'’.-]+$/u;
const AGENCY =
  /\b(real ?estate|realt(y|ors?)|propert(y|ies)|estate agents?|agency|agents|group|partners|homes|residential|& co|pty|ray white|lj hooker|mcgrath|belle|harcourts|century 21|raine & horne|barry plant|jellis craig|first national|professionals|stone|laing)\b/i;
const EMAIL = /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i;
const PHONE = /^\+?[\d ()-]{8,16}$/;

interface SampledColumn {
  readonly index: number;
  readonly values: readonly unknown[];
  readonly texts: readonly string[];
}

/**
 * The columns of a table without names: an address beside a day or a price makes sales (or rentals), names beside e-mail
 * addresses make agents. Null where the rows are neither, or where the first one is unlike the others: it names the columns
 * then, in unknown words.
 */
export function columnsByContent(rows: readonly (readonly unknown[])[]): ContentColumns | null {
  const filled = rows.filter((cells) => !isEmptyRow(cells));
  const columns = columnsOf(filled);
  const fields: (string | null)[] = columns.map(() => null);
  const notes: string[] = [];
  const open = () => columns.filter(({ index, values }) => fields[index] === null && values.length > 0);
  const take = (name: string, test: (column: SampledColumn) => boolean): SampledColumn | null => {
    const found = open().find(test);
    if (found !== undefined) fields[found.index] = name;
    return found ?? null;
  };
  const email = take("agent_email", ({ texts }) => share(texts, (text) => EMAIL.test(text)));
  const address = take("address", ({ texts }) => share(texts, isAddress));
  if (address === null) return email === null ? null : peopleIn(filled, columns, email);
  take("state", ({ texts }) => share(texts, (text) => parseState(text) !== null));
  take("suburb", ({ texts }) => share(texts, isLocality));
  take("category", ({ texts }) => share(texts, (text) => WORDS.category?.has(wordKey(text)) === true));
  take("method", ({ texts }) => share(texts, (text) => WORDS.method?.has(wordKey(text)) === true));
  take("postcode", ({ texts }) => share(texts, (text) => /^(0[289]|[1-9]\d)\d\d$/.test(text)));
  const days = open()
    .filter(({ values }) => share(values, (value) => dayOf(value) !== null))
    .map((column) => ({ ...column, middle: median(column.values.flatMap((value) => dayOf(value) ?? [])) }))
    .sort((a, b) => a.middle - b.middle);
  const sold = days.length === 1 ? days[0] : days[1];
  if (sold !== undefined) fields[sold.index] = "sold_date";
  if (days.length > 1 && days[0] !== undefined && sold !== undefined) {
    fields[days[0].index] = "listed_date";
    notes.push(messages.columnOfDays(days[0].index + 1, sold.index + 1));
  }
  const priced = open().find(({ texts }) => share(texts, isAmount) && texts.some((text) => readPrice(text) !== null));
  if (priced !== undefined) {
    const middle = median(priced.texts.flatMap((text) => readPrice(text)?.from ?? []));
    fields[priced.index] = middle < RENT_BELOW ? "weekly_rent" : "price";
  }
  const rooms = open().filter(({ texts }) =>
    share(texts, (text) => /^(\d|10|studio)$/i.test(text) || meansNothing(text)),
  );
  for (const [at, name] of ["beds", "baths", "cars"].entries()) {
    const column = rooms[at];
    if (column !== undefined) fields[column.index] = name;
  }
  take("land_sqm", ({ texts }) => share(texts, (text) => /\p{L}/u.test(text) && readArea(text) !== null));
  take("agency", ({ texts }) => share(texts, (text) => AGENCY.test(text), 0.5));
  take("agent", ({ texts }) => share(texts, (text) => PERSON.test(text)));
  take("co_agent", ({ texts }) => share(texts, (text) => PERSON.test(text)));
  const key = sold ?? priced;
  if (key === undefined || !isLike(filled[0], address, isAddress)) return null;
  const first = filled[0]?.[key.index];
  const fits = key === sold ? dayOf(first) !== null : isAmount(textOf(first));
  return fits || textOf(first) === "" ? { fields, notes } : null;
}

/**
 * Where a table that names its columns does not name its suburb: the column that contains localities, and those beside
 * it.
 */
export function assignByContent(
  headers: readonly string[],
  rows: readonly (readonly unknown[])[],
  isTaken: (index: number) => boolean,
): readonly (string | null)[] {
  const fields: (string | null)[] = headers.map(() => null);
  const columns = columnsOf(rows).filter(
    ({ index, values }) => values.length > 0 && !isTaken(index) && !NO_LOCALITY.test(headers[index] ?? ""),
  );
  const suburb = columns.find(({ texts }) => share(texts, isLocality));
  if (suburb === undefined) return fields;
  fields[suburb.index] = "suburb";
  const state = columns.find(({ texts }) => share(texts, (text) => parseState(text) !== null));
  if (state !== undefined) fields[state.index] = "state";
  return fields;
}

/** Columns of localities that are not the property's suburb. */
const NO_LOCALITY =
  /region|council|lga|district|metro|branch|office|vendor|owner|buyer|purchaser|agent|agency|manager|staff|name/i;

function peopleIn(
  rows: readonly (readonly unknown[])[],
  columns: readonly SampledColumn[],
  email: SampledColumn,
): ContentColumns | null {
  if (!isLike(rows[0], email, (text) => EMAIL.test(text))) return null;
  const fields: (string | null)[] = columns.map(() => null);
  fields[email.index] = "email";
  const name = columns.find(({ index, texts }) => index !== email.index && share(texts, (text) => PERSON.test(text)));
  if (name === undefined) return null;
  fields[name.index] = "name";
  for (const [field, pattern] of [
    ["phone", PHONE],
    ["agency", AGENCY],
  ] as const) {
    const found = columns.find(
      ({ index, texts }) => fields[index] === null && share(texts, (text) => pattern.test(text)),
    );
    if (found !== undefined) fields[found.index] = field;
  }
  return { fields, notes: [] };
}

function columnsOf(rows: readonly (readonly unknown[])[]): readonly SampledColumn[] {
  const width = Math.max(0, ...rows.map((cells) => cells.length));
  return Array.from({ length: width }, (_, index) => {
    const values = rows.map((cells) => cells[index]).filter((value) => textOf(value) !== "");
    return { index, values, texts: values.map(textOf) };
  });
}

function textOf(value: unknown): string {
  return value === null || value === undefined || value instanceof Date
    ? value
      ? "\u0000"
      : ""
    : String(value).trim();
}

function share<T>(values: readonly T[], test: (value: T) => boolean, least = MOST): boolean {
  return values.length > 0 && values.filter(test).length / values.length >= least;
}

function isAddress(text: string): boolean {
  return ADDRESS.test(text) && readDay(text, "day_first", 2026) === null && !EMAIL.test(text);
}

function isLocality(text: string): boolean {
  return /^\p{L}/u.test(text) && STATES.some((state) => findSuburb({ suburb: text, state }) !== null);
}

function isAmount(text: string): boolean {
  if (meansNoPrice(text)) return true;
  const price = readPrice(text);
  return price !== null && (/[$km]/i.test(text) || (price.from ?? 0) >= 100_000);
}

/** The day of a value in days; null for none. A number without separators does not count: it may be anything. */
function dayOf(value: unknown): number | null {
  if (value instanceof Date) return value.getTime() / DAY_MS;
  const text = textOf(value);
  if (!/\D/.test(text)) return null;
  const day = readDay(text, orderOf(text) ?? "day_first", 2026) ?? readDay(text, "month_first", 2026);
  return day === null ? null : Date.parse(day.day) / DAY_MS;
}

function isLike(
  cells: readonly unknown[] | undefined,
  { index }: SampledColumn,
  test: (text: string) => boolean,
): boolean {
  return cells !== undefined && test(textOf(cells[index]));
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
