import { Failure } from "../failure.ts";
import type { DateOrder } from "./dates.ts";
import { wordKey } from "./words.ts";

/** What a person says of a table whose columns or words are not recognised. */
export interface MapDocument {
  /** Columns of the table by field: `{"address": ["Where", "Street"], "price": "Sold $"}`; of several the first that is filled. */
  readonly columns?: Readonly<Record<string, string | readonly string[]>>;
  /** What words mean, by field: `{"category": {"Farmlet": "land"}}`. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Columns to leave out. */
  readonly ignore?: readonly string[];
  /** "DD/MM/YYYY" or "MM/DD/YYYY"; else each column's values decide, and in doubt the day is first. */
  readonly date?: string;
  readonly sheet?: string;
  /** The row that names the columns, from 1. */
  readonly header_row?: number;
}

export interface ImportMap {
  readonly document: MapDocument;
  /** The field of a column; "" for one to leave out; null where the map says nothing. */
  fieldOf(header: string): string | null;
  /** Where a column stands among those that the map names for its field, from 0. */
  rankOf(header: string): number;
  /** What a word means in a field; null where the map says nothing. */
  meaningOf(field: string, word: string): string | null;
  readonly dateOrder: DateOrder | null;
}

const KNOWN = ["columns", "values", "ignore", "date", "sheet", "header_row"];

/** @throws Failure "bad_map" that says what a map is. */
export function parseMap(value: unknown, name: string): ImportMap {
  const bad = (what: string) =>
    new Failure(
      "bad_map",
      `the map ${name} ${what}; a map is JSON such as {"columns": {"address": "Where"}, "values": {"category": {"Farmlet": "land"}}, "date": "DD/MM/YYYY"}`,
    );
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad("must be an object");
  const unknown = Object.keys(value).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw bad(`has the unknown field "${unknown.slice(0, 60)}" (known: ${KNOWN.join(", ")})`);
  const document = value as MapDocument;
  if (document.date !== undefined && orderIn(document.date) === null && document.date !== "auto")
    throw bad(`has the date "${String(document.date).slice(0, 40)}", and knows "DD/MM/YYYY" and "MM/DD/YYYY"`);
  if (document.header_row !== undefined && !(Number.isInteger(document.header_row) && document.header_row > 0))
    throw bad("must have a header_row of 1 or more");
  const fields = new Map<string, string>();
  const ranks = new Map<string, number>();
  for (const [field, headers] of Object.entries(record(document.columns, () => bad("must have an object of columns"))))
    for (const [rank, header] of (typeof headers === "string" ? [headers] : (headers as readonly string[])).entries()) {
      if (typeof header !== "string") throw bad(`must name the column of "${field}" as a text`);
      fields.set(wordKey(header), field);
      ranks.set(wordKey(header), rank);
    }
  for (const header of document.ignore ?? []) fields.set(wordKey(header), "");
  const meanings = new Map<string, string>();
  for (const [field, words] of Object.entries(record(document.values, () => bad("must have an object of values"))))
    for (const [word, meaning] of Object.entries(
      record(words, () => bad(`must have an object of words for "${field}"`)),
    ))
      meanings.set(`${field}\n${wordKey(word)}`, String(meaning));
  return {
    document,
    fieldOf: (header) => fields.get(wordKey(header)) ?? null,
    rankOf: (header) => ranks.get(wordKey(header)) ?? 0,
    meaningOf: (field, word) => meanings.get(`${field}\n${wordKey(word)}`) ?? null,
    dateOrder: document.date === undefined ? null : orderIn(document.date),
  };
}

function record(value: unknown, bad: () => Failure): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad();
  return value as Readonly<Record<string, unknown>>;
}

function orderIn(format: string): DateOrder | null {
  const letters = String(format)
    .toLowerCase()
    .replace(/[^dmy]/g, "");
  if (/^d+m+y+$/.test(letters)) return "day_first";
  return /^m+d+y+$/.test(letters) ? "month_first" : null;
}
