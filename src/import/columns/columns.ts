/*
 * What the columns of a table are: by the map that the operator gave, by their names, by other names for the same,
 * or by what is in them. words.ts has the words of portals and CRMs, template.ts a table with every column.
 * Not here: what a single value means (values.ts).
 */

import type { CatalogueKind } from "../../report/sources/catalogue.ts";
import { readArea, readPrice, readRent } from "../amounts.ts";
import { orderOf, readDay } from "../dates.ts";
import { messages } from "../messages.ts";
import { type Field, fieldsOf, type NamePart, partsOf } from "./fields.ts";
import type { ImportMap } from "./map.ts";
import { dayNamed, fieldsNamed, isColumnName } from "./synonyms.ts";
import { meaningOfPhrase, meansAnyHome, meansNoPrice, meansNothing, WORDS, wordKey, wordsIn } from "./words.ts";

/** A column of a table, and what it is taken for. */
export interface ImportColumn {
  readonly header: string;
  readonly index: number;
  /** Null for one that is not used. */
  readonly target: Field | NamePart | null;
  /** By its own name, by another name for the same, by the map, by what is in it, or not at all. */
  readonly by: "name" | "synonym" | "map" | "content" | null;
  /** Of one that is not used and whose name is known: the field it is not taken for, and the column that is, if one is. */
  readonly passedOver?: { readonly field: string; readonly for: string | null };
  /** Of one whose name is not known and whose values are days: the field of days that no column is taken for. */
  readonly mayBe?: string;
}

export function targetName(target: Field | NamePart): string {
  return typeof target === "string" ? target : target.name;
}

/** The share of a column's values that must fit its name, where the name alone leaves a doubt. */
const FITS = 0.6;

/**
 * What each column of a table is: by the map, else by the catalogue's own names, else by the names that exports use, where
 * the values do not speak against it, else by what is in them (`byContent`: a field's name each). No field is taken twice.
 */
export function recogniseColumns(
  kind: CatalogueKind,
  headers: readonly string[],
  sample: readonly (readonly unknown[])[],
  map: ImportMap | null,
  byContent: readonly (string | null)[] = [],
): readonly ImportColumn[] {
  const fields = fieldsOf(kind);
  const parts = new Set<string>(partsOf(kind));
  const lookUp = (name: string): Field | NamePart | null =>
    fields.get(name) ?? (parts.has(name) ? (name as NamePart) : null);
  const taken = new Set<string>();
  const columns: (ImportColumn | null)[] = headers.map((header, index) => {
    const named = map?.fieldOf(header) ?? null;
    if (named === null) return null;
    const target = named === "" ? null : lookUp(named);
    if (target !== null) taken.add(targetName(target));
    return { header, index, target, by: "map" };
  });
  const own = (header: string) => header.trim().toLowerCase();
  for (const [index, header] of headers.entries()) {
    const target = columns[index] === null ? lookUp(own(header)) : null;
    if (target === null || taken.has(targetName(target)) || !ownNameFits(target, values(sample, index))) continue;
    taken.add(targetName(target));
    columns[index] = { header, index, target, by: "name" };
  }
  const candidates = headers
    .flatMap((header, index) =>
      columns[index] === null ? fieldsNamed(header).map((each) => ({ ...each, header, index })) : [],
    )
    .sort((a, b) => a.rank - b.rank || a.index - b.index);
  for (const { field, header, index } of candidates) {
    const target = lookUp(field);
    if (target === null || columns[index] !== null || taken.has(field)) continue;
    const given = values(sample, index);
    if (!saysAll(header, target) && !(fits(target, given, header) && isNoOther(header, target, given))) continue;
    if (clashes(field, taken)) continue;
    taken.add(field);
    columns[index] = { header, index, target, by: "synonym" };
  }
  for (const [index, field] of byContent.entries()) {
    const target = field === null || columns[index] !== null ? null : lookUp(field);
    if (target === null || field === null || taken.has(field) || clashes(field, taken)) continue;
    taken.add(field);
    columns[index] = { header: headers[index] ?? "", index, target, by: "content" };
  }
  const taker = new Map(
    columns.flatMap((column) => (column?.target ? [[targetName(column.target), column.header]] : [])),
  );
  const lacking = ["sold_date", "leased_date", "listed_date"].find((field) => fields.has(field) && !taken.has(field));
  return headers.map((header, index) => {
    const [known] = fieldsNamed(header).filter(({ field }) => lookUp(field) !== null);
    const passedOver = known && { field: known.field, for: taker.get(known.field) ?? null };
    const mayBe = passedOver === undefined && areDays(values(sample, index)) ? lacking : undefined;
    return (
      columns[index] ?? {
        ...{ header, index, target: null, by: null },
        ...(passedOver === undefined ? {} : { passedOver }),
        ...(mayBe === undefined ? {} : { mayBe }),
      }
    );
  });
}

function values(sample: readonly (readonly unknown[])[], index: number): readonly unknown[] {
  return sample.flatMap((cells) => {
    const value = cells[index];
    return value === null || value === undefined || String(value).trim() === "" ? [] : [value];
  });
}

/** Where a file has ids and names, the names are used. A column of agents beside the lead's own is for the others. */
function clashes(field: string, taken: ReadonlySet<string>): boolean {
  if (field === "agency_ids" || field === "agency_id") return taken.has("agency");
  if (field === "agency") return taken.has("agency_ids") || taken.has("agency_id");
  if (field === "agent") return taken.has("agents") || taken.has("agent_ids");
  return false;
}

/** Days as people write them; a number by itself may be anything. */
function areDays(given: readonly unknown[]): boolean {
  const isDay = (value: unknown) => {
    const text = String(value).trim();
    return value instanceof Date || (/\D/.test(text) && readDay(text, orderOf(text) ?? "day_first", 2026) !== null);
  };
  return given.length > 0 && given.filter(isDay).length / given.length >= FITS;
}

/**
 * A column that is called `agents` is the field even if it contains names: they are distinguished from ids row by row. But
 * one that is called `agency` and contains methods is another's.
 */
function ownNameFits(target: Field | NamePart, given: readonly unknown[]): boolean {
  return (target !== "agency" && target !== "agent") || fits(target, given);
}

/**
 * A name that leaves no doubt, such as "Sold Date" and "Sale Price": values that are no dates and no prices are refused
 * then, instead of a file of sales that is read as one without days or prices.
 */
function saysAll(header: string, target: Field | NamePart): boolean {
  if (typeof target === "string") return false;
  if (target.name === "sold_date") {
    const day = dayNamed(header);
    return day?.isSure === true && (day.event === "sold" || day.event === "contract");
  }
  return target.name === "price" && /(sold|sale|selling)\W*price/i.test(header);
}

/**
 * "Sale" and "Sold" may be over days, prices or a mark for yes. A number that may be a day of Excel or a price is neither
 * there, and one that is no price of a property is no price.
 */
function isNoOther(header: string, target: Field | NamePart, given: readonly unknown[]): boolean {
  if (typeof target === "string" || dayNamed(header)?.isSure !== false) return true;
  const texts = given.map((value) => String(value).trim());
  if (target.type === "date") return !texts.some((text) => /^\d{5}(\.\d+)?$/.test(text));
  return target.name !== "price" || texts.every((text) => meansNoPrice(text) || !/^\d{1,5}(\.\d+)?$/.test(text));
}

/** Half of all homes of Australia have three bedrooms or fewer, and few have so few rooms in all. */
const MOST_BEDROOMS = 4;

/** Rooms as published lists of Melbourne's sales count them: bedrooms. Living rooms and kitchens would make more. */
function areBedrooms(given: readonly unknown[]): boolean {
  const rooms = given.map(Number).sort((a, b) => a - b);
  return rooms.every(Number.isInteger) && (rooms[rooms.length >> 1] ?? 0) <= MOST_BEDROOMS;
}

/** Whether the values can be what the name means. Without values the name decides. */
function fits(target: Field | NamePart, given: readonly unknown[], header = ""): boolean {
  if (given.length === 0) return true;
  const share = (test: (text: string) => boolean) =>
    given.filter((value) => test(String(value).trim())).length / given.length;
  if (typeof target === "string") {
    if (target === "street_name") return share((text) => /\p{L}/u.test(text)) >= FITS;
    if (target === "agency" || target === "agent") return share((text) => /\p{L}/u.test(text) && !isWord(text)) >= FITS;
    return true;
  }
  const { name, type } = target;
  const isDate = (text: string, value?: unknown) =>
    value instanceof Date ||
    readDay(text, orderOf(text) ?? "day_first", 2026) !== null ||
    readDay(text, "month_first", 2026) !== null;
  if (type === "date")
    return (
      given.filter((value) => meansNothing(String(value)) || isDate(String(value).trim(), value)).length /
        given.length >=
      FITS
    );
  if (name === "weekly_rent") return share((text) => meansNoPrice(text) || readRent(text) !== null) >= FITS;
  if (type === "money") return share((text) => meansNoPrice(text) || readPrice(text) !== null) >= FITS;
  if (name === "beds" && wordKey(header) === "rooms") return areBedrooms(given);
  if (type === "area") return share((text) => meansNothing(text) || readArea(text) !== null) >= FITS;
  const words = type === "words" ? wordsIn(name, given) : undefined;
  if (words !== undefined)
    return (
      share(
        (text) =>
          meansNothing(text) ||
          (name === "category" && meansAnyHome(text)) ||
          words.has(wordKey(text)) ||
          meaningOfPhrase(name, text) !== null,
      ) >= (name === "outcome" ? FITS : 0.3)
    );
  if (name === "id") return new Set(given.map(String)).size === given.length;
  if (name === "address") return share((text) => /\p{L}/u.test(text)) >= FITS;
  return true;
}

/** A method, a result or a property type: no name, however a column is called. */
function isWord(text: string): boolean {
  const key = wordKey(text);
  return (["method", "outcome", "category"] as const).some((field) => WORDS[field]?.has(key));
}

/**
 * The kind that a table contains, by its columns: null where they leave a doubt. A sold date or price makes sales, a rent
 * rentals, an address without either listings; people have names and no address.
 */
export function recogniseKind(
  kinds: readonly CatalogueKind[],
  headers: readonly string[],
  sample: readonly (readonly unknown[])[],
  byContent: readonly (string | null)[] = [],
): CatalogueKind | null {
  const has = (kind: CatalogueKind) => {
    if (!kinds.includes(kind)) return null;
    const columns = recogniseColumns(kind, headers, sample, null, byContent);
    return new Set(columns.flatMap(({ target }) => (target === null ? [] : targetName(target))));
  };
  const sales = has("sales");
  const address = sales?.has("address") || sales?.has("street_name");
  const rentals = has("rentals" as CatalogueKind);
  if (
    address &&
    rentals &&
    (byContent.includes("weekly_rent") || headers.some((header) => /rent|lease|per\s?week|\bpw\b/i.test(header)))
  )
    return "rentals" as CatalogueKind;
  if (address && sales?.has("sold_date")) return "sales";
  const listings = has("listings");
  if (listings?.has("address") && (listings.has("listed_date") || listings.has("display_price"))) return "listings";
  if (address) return null;
  const market = has("market");
  if (market?.has("period_end") && market.has("category")) return "market";
  const agents = has("agents");
  if (agents?.has("first_name") || (agents?.has("name") && (agents.has("agency") || agents.has("agency_id"))))
    return "agents";
  const agencies = has("agencies");
  if (agencies?.has("name") && (agencies.has("principal") || agencies.has("colour") || agencies.has("logo")))
    return "agencies";
  return null;
}

/** Of the day of sale: why its column may be another day's; null where the name rules that out. */
export function doubtOfSale(columns: readonly ImportColumn[]): string | null {
  const column = columns.find(
    ({ target, by }) => by === "synonym" && target !== null && targetName(target) === "sold_date",
  );
  if (column === undefined) return null;
  const day = dayNamed(column.header);
  if (day?.event === "settled") return messages.soldBySettlement(column.header);
  if (day?.event === "auction") return messages.soldByAuction(column.header);
  return day === null && wordKey(column.header) === "date" ? messages.soldByDate(column.header) : null;
}

/** How many columns of a row of texts are known names: that distinguishes the header from the rows around it. */
export function namesKnown(cells: readonly unknown[]): number {
  return cells.filter((cell) => typeof cell === "string" && cell.trim() !== "" && isColumnName(cell)).length;
}
