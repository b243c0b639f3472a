import { type Static, Type as t } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Failure } from "../../failure.ts";
import { explain } from "../../report/input/schema.ts";
import type { DateOrder } from "../dates.ts";
import { messages } from "../messages.ts";
import { wordKey } from "./words.ts";

/** What a person states about a table whose columns or words are not recognised. */
export const MapSchema = t.Object({
  columns: t.Optional(
    t.Record(t.String(), t.Union([t.String(), t.Array(t.String())]), {
      description: "The column of each field, or several columns, of which the first one that is filled in is used",
      examples: [{ address: ["Where", "Street"], price: "Sold $" }],
    }),
  ),
  values: t.Optional(
    t.Record(t.String(), t.Record(t.String(), t.String()), { description: "Replacements for words, by field" }),
  ),
  ignore: t.Optional(t.Array(t.String(), { description: "Columns to leave out" })),
  date: t.Optional(
    t.String({
      description:
        "DD/MM/YYYY or MM/DD/YYYY; default: decided by the values of each column, with the day first if both are possible",
    }),
  ),
  decimal: t.Optional(
    t.Union([t.Literal("."), t.Literal(",")], {
      description: "The decimal separator; default: decided by each number",
    }),
  ),
  amounts: t.Optional(
    t.Union([t.Literal("dollars"), t.Literal("thousands"), t.Literal("millions"), t.Literal("cents")], {
      description: "The unit of prices; default: decided by the name of each column, and checked by the values",
    }),
  ),
  sheet: t.Optional(t.String()),
  header_row: t.Optional(
    t.Integer({
      minimum: 0,
      description:
        'The row with the column names, counted from 1; 0 if there is none: the columns are then called "column 1", "column 2" …',
    }),
  ),
});
export type MapDocument = Readonly<Omit<Static<typeof MapSchema>, "columns">> & {
  readonly columns?: Readonly<Record<string, string | readonly string[]>>;
};

export interface ImportMap {
  readonly document: MapDocument;
  /** The field of a column; "" for one to leave out; null if the map does not contain it. */
  fieldOf(header: string): string | null;
  /** The position of a column among those that the map names for its field, from 0. */
  rankOf(header: string): number;
  /** What a word means in a field; null if the map does not contain it. */
  meaningOf(field: string, word: string): string | null;
  readonly dateOrder: DateOrder | null;
}

const KNOWN = Object.keys(MapSchema.properties);

/** @throws Failure "bad_map" that states what a map is. */
export function parseMap(value: unknown, name: string): ImportMap {
  const bad = (what: string) => new Failure("bad_map", messages.badMap(name, what));
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad(messages.mapNotObject);
  const unknown = Object.keys(value).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw bad(messages.mapUnknownField(unknown.slice(0, 60), KNOWN.join(", ")));
  const problem = Value.Errors(MapSchema, value).First();
  if (problem !== undefined) {
    const { path, message } = explain(problem);
    throw bad(messages.mapInvalid(path, message));
  }
  const document = value as MapDocument;
  if (document.date !== undefined && orderIn(document.date) === null && document.date !== "auto")
    throw bad(messages.mapDate(document.date.slice(0, 40)));
  const fields = new Map<string, string>();
  const ranks = new Map<string, number>();
  for (const [field, headers] of Object.entries(document.columns ?? {}))
    for (const [rank, header] of (typeof headers === "string" ? [headers] : headers).entries()) {
      fields.set(wordKey(header), field);
      ranks.set(wordKey(header), rank);
    }
  for (const header of document.ignore ?? []) fields.set(wordKey(header), "");
  const meanings = new Map<string, string>();
  for (const [field, words] of Object.entries(document.values ?? {}))
    for (const [word, meaning] of Object.entries(words)) meanings.set(`${field}\n${wordKey(word)}`, meaning);
  return {
    document,
    fieldOf: (header) => fields.get(wordKey(header)) ?? null,
    rankOf: (header) => ranks.get(wordKey(header)) ?? 0,
    meaningOf: (field, word) => meanings.get(`${field}\n${wordKey(word)}`) ?? null,
    dateOrder: document.date === undefined ? null : orderIn(document.date),
  };
}

function orderIn(format: string): DateOrder | null {
  const letters = format.toLowerCase().replace(/[^dmy]/g, "");
  if (/^d+m+y+$/.test(letters)) return "day_first";
  return /^m+d+y+$/.test(letters) ? "month_first" : null;
}
