import { readJson, readRows } from "../../report/sources/catalogue/input.ts";
import type { CatalogueKind } from "../../report/sources/catalogue.ts";
import { type HeaderHints, headerOf } from "../columns/header.ts";
import { messages } from "../messages.ts";
import { headOf, type ImportSource } from "../source.ts";
import { isEmptyRow, SAMPLE_ROWS, type Table, type TableRow } from "../table.ts";
import { rowsOf } from "./json-document.ts";

interface JsonItem {
  readonly line: number | null;
  readonly value?: unknown;
  readonly reason?: string;
}

/**
 * Rows of JSON as rows of a table. Objects have their fields as columns, also those within objects in them ("address
 * suburb"), as Airtable, CRMs and web scrapers write it; lists of lists are a sheet, whose first rows name the columns, as
 * Google Sheets writes it. What wraps the list is skipped.
 * @throws Failure "bad_json", "not_utf8" and "too_large".
 */
export async function openJson(
  source: ImportSource,
  format: "json" | "ndjson",
  kind: CatalogueKind,
  isNested: (name: string) => boolean,
  hints: HeaderHints,
): Promise<Table> {
  const wrapped = format === "json" && (await beginsAsObject(source)) ? rowsOf(await readJson(source.open())) : null;
  const items = async function* (): AsyncGenerator<JsonItem> {
    if (wrapped === null) yield* readRows(kind, format, source.open(), () => {});
    else for (const value of wrapped.rows) yield { line: null, value };
  };
  const declaredKind = wrapped?.kind == null ? {} : { declaredKind: wrapped.kind };
  for await (const { value } of items()) {
    if (value === undefined) continue;
    if (Array.isArray(value)) return { ...(await sheetOf(items, format, hints)), ...declaredKind };
    break;
  }
  return { ...(await objectsOf(items, format, isNested)), ...declaredKind };
}

async function objectsOf(
  items: () => AsyncGenerator<JsonItem>,
  format: "json" | "ndjson",
  isNested: (name: string) => boolean,
): Promise<Table> {
  const headers: string[] = [];
  const first: ReadonlyMap<string, unknown>[] = [];
  for await (const { value } of items()) {
    if (!isObject(value)) continue;
    const flat = flatten(value, isNested);
    for (const name of flat.keys()) if (!headers.includes(name) && headers.length < 500) headers.push(name);
    first.push(flat);
    if (first.length >= SAMPLE_ROWS) break;
  }
  const cellsOf = (flat: ReadonlyMap<string, unknown>) => headers.map((name) => flat.get(name) ?? null);
  return {
    facts: { format },
    ofObjects: true,
    headers,
    sample: first.map(cellsOf),
    async *rows(): AsyncGenerator<TableRow> {
      for await (const { line, value, reason } of items()) {
        if (reason !== undefined) yield { line, cells: [], reason };
        else if (!isObject(value)) yield { line, cells: [], reason: messages.rowNotObject(nameOf(value)) };
        else {
          const flat = flatten(value, isNested);
          const rest = Object.fromEntries([...flat].filter(([name]) => !headers.includes(name)));
          yield { line, cells: cellsOf(flat), rest };
        }
      }
    },
  };
}

/** A sheet leaves out the empty cells at a row's end. */
async function sheetOf(
  items: () => AsyncGenerator<JsonItem>,
  format: "json" | "ndjson",
  hints: HeaderHints,
): Promise<Table> {
  const first: (readonly unknown[])[] = [];
  for await (const { value } of items()) {
    if (Array.isArray(value)) first.push(value);
    if (first.length >= SAMPLE_ROWS) break;
  }
  const { at, headers, byContent } = headerOf(first, hints);
  return {
    facts: { format, ...(at === 0 ? {} : { header_row: at + 1 }) },
    headers,
    ...(byContent === undefined ? {} : { byContent }),
    sample: first.slice(at + 1).filter((cells) => !isEmptyRow(cells)),
    async *rows(): AsyncGenerator<TableRow> {
      let index = -1;
      for await (const { line, value, reason } of items()) {
        index += 1;
        if (index <= at) continue;
        if (reason !== undefined) yield { line, cells: [], reason };
        else if (!Array.isArray(value)) yield { line, cells: [], reason: messages.rowNotList(nameOf(value)) };
        else if (!isEmptyRow(value)) yield { line, cells: headers.map((_, column) => value[column] ?? null) };
      }
    },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  return typeof value === "string" ? "text" : String(value);
}

async function beginsAsObject(source: ImportSource): Promise<boolean> {
  const { head } = await headOf(source, 65_536);
  return new TextDecoder().decode(head).trimStart().startsWith("{");
}

/** Objects that only wrap the fields of a row: their names do not describe what is in them. */
const WRAPPERS = /^(fields|attributes|properties|data|json|item|node|record|row|listing|details|propertydetails)$/i;
/** Names that mean nothing without the one around them: `suburb.name`, `landArea.value`. */
const GENERIC =
  /^(name|value|values|text|label|title|display|abbreviation|code|number|amount|unit|units|type|date|id|full|short|long|min|max|from|to|url|price|status|description|key)$/i;
const DEEPEST = 6;

/**
 * The fields of an object as columns, those of objects within it, too. A field is called by its own name, with that of the
 * object around it where its own means too little or is taken: `address.suburb.name` is "suburb name".
 * `isNested`: objects that are one value.
 */
function flatten(
  value: Readonly<Record<string, unknown>>,
  isNested: (name: string) => boolean,
): ReadonlyMap<string, unknown> {
  const flat = new Map<string, unknown>();
  const later: { readonly path: readonly string[]; readonly inside: unknown }[] = [];
  const walk = (object: Readonly<Record<string, unknown>>, path: readonly string[]) => {
    for (const [name, inside] of Object.entries(object)) {
      const isObject = typeof inside === "object" && inside !== null && !Array.isArray(inside);
      if (isObject && path.length < DEEPEST && !(path.length === 0 && isNested(name)))
        walk(inside as Readonly<Record<string, unknown>>, [...path, name]);
      else if (path.length === 0) flat.set(name, inside);
      else later.push({ path: [...path, name], inside });
    }
  };
  walk(value, []);
  for (const { path, inside } of later) flat.set(columnOf(path, flat), inside);
  return flat;
}

function columnOf(path: readonly string[], taken: ReadonlyMap<string, unknown>): string {
  const naming = path.filter((name, at) => at === path.length - 1 || !WRAPPERS.test(name));
  let from = naming.length - 1;
  if (GENERIC.test(naming[from] ?? "") && from > 0) from -= 1;
  const suffix = (parts: readonly string[], at: number) => parts.slice(at).join(" ");
  while (from > 0 && taken.has(suffix(naming, from))) from -= 1;
  if (!taken.has(suffix(naming, from))) return suffix(naming, from);
  return path.join(" ");
}
