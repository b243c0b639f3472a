import { Failure } from "../../failure.ts";
import { readJson } from "../../report/sources/catalogue/input.ts";
import { CATALOGUE_KINDS, type CatalogueKind } from "../../report/sources/catalogue.ts";
import { namesKnown } from "../columns/columns.ts";
import { fieldsNamed } from "../columns/synonyms.ts";
import { messages } from "../messages.ts";
import { headOf, type ImportSource } from "../source.ts";
import type { FileFormat } from "../table.ts";
import { inUtf8 } from "./encoding.ts";

/** Longer than any row with a picture of the permitted size. */
const MAX_LINE_BYTES = 4_000_000;
const HEAD_BYTES = 65_536;

/**
 * How a file is read of which only `format` is known: a list of rows, rows line by line, a whole data set, or a
 * table of another kind. What begins with "{" is a row of NDJSON where another line follows it, else one document.
 * @throws Failure "bad_json", "not_utf8" and "too_large" for a document.
 */
export async function formatOf(source: ImportSource, format: FileFormat | null): Promise<FileFormat | "data_set"> {
  if (format === "ndjson") return format;
  const { source: text } = await inUtf8(source);
  const { head, whole } = await headOf(text, HEAD_BYTES);
  const begins = new TextDecoder().decode(head).trimStart();
  // What is called .csv or .txt may be JSON all the same; no header of a table begins so.
  if (format === "table" && !/^(\{\s*"|\[\s*[{[])/.test(begins)) return format;
  const first = begins.charAt(0);
  if (first !== "{") return format === "json" || first === "[" ? "json" : "table";
  if (await hasLines(text, whole ? head : null)) return "ndjson";
  return isDataSet(await readJson(text.open())) ? "data_set" : "json";
}

/** The rows of a document, and the kind where it is what they are called: `{"agents": [ … ]}`. */
export interface DocumentRows {
  readonly rows: readonly unknown[];
  readonly kind: CatalogueKind | null;
}

/** What services call the list in their responses: Airtable, Google Sheets, OData, CRMs, portals. */
const LISTS = new Set([
  ...CATALOGUE_KINDS,
  ...["data", "records", "results", "result", "items", "rows", "values", "value", "list", "entries", "hits", "content"],
  ...["response", "payload", "body", "properties", "docs", "objects", "elements", "features", "nodes", "edges"],
  ...["sold", "collection", "embedded", "_embedded", "searchresults", "search_results", "soldlistings"],
]);
const DEEPEST = 4;

/**
 * The rows within a document: the list that a service wraps ({"records": [ … ]}, {"response": {"listings": [ … ]}}), or the
 * document itself where it is one row. @throws Failure "bad_json" that names the fields there are.
 */
export function rowsOf(document: unknown): DocumentRows {
  if (Array.isArray(document)) return { rows: document, kind: null };
  if (!isObject(document)) throw noRows(document);
  if (isRow(document)) return { rows: [document], kind: null };
  const wrapped = wrappedIn(document, DEEPEST);
  if (wrapped !== null) return wrapped;
  if (namesKnown(Object.keys(document)) >= 2) return { rows: [document], kind: null };
  const lists = Object.values(document).filter(isRows);
  const [longest] = [...lists].sort((a, b) => b.length - a.length);
  if (longest === undefined) throw noRows(document);
  return { rows: longest, kind: null };
}

function wrappedIn(document: Readonly<Record<string, unknown>>, depth: number): DocumentRows | null {
  const wrappers = Object.entries(document).filter(([name]) => LISTS.has(name.toLowerCase()));
  const lists = wrappers.filter(([, inside]) => isRows(inside));
  const [best] = [...lists].sort(([, a], [, b]) => (b as unknown[]).length - (a as unknown[]).length);
  if (best !== undefined) {
    const kind = CATALOGUE_KINDS.find((each) => each === best[0].toLowerCase()) ?? null;
    return { rows: best[1] as readonly unknown[], kind };
  }
  if (depth === 0) return null;
  for (const [, inside] of wrappers) {
    if (!isObject(inside)) continue;
    const found = isRow(inside) ? { rows: [inside], kind: null } : wrappedIn(inside, depth - 1);
    if (found !== null) return found;
  }
  return null;
}

/** One row by itself: texts and numbers under names that are known, one of which states what it is about. */
function isRow(value: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(value).filter((name) => typeof value[name] !== "object");
  return namesKnown(names) >= 2 && names.some((name) => fieldsNamed(name).some(({ field }) => SUBJECTS.has(field)));
}

const SUBJECTS = new Set(["address", "street_name", "name", "first_name", "suburb", "period_end"]);

/** A list of objects or of lists; an empty one contains no rows, and its kind is known by its name alone. */
function isRows(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.every((each) => typeof each === "object" && each !== null);
}

/** A document of the data set's shape: it describes a suburb, or has several kinds of rows. */
function isDataSet(document: unknown): boolean {
  if (!isObject(document)) return false;
  const kinds = CATALOGUE_KINDS.filter((kind) => Array.isArray(document[kind]));
  return "schema_version" in document || isObject(document.suburb) || kinds.length > 1;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function noRows(document: unknown): Failure {
  const fields = isObject(document) ? Object.keys(document).slice(0, 20) : [];
  const found = fields.length === 0 ? "" : messages.jsonFields(fields.join(", "));
  return new Failure("bad_json", messages.jsonWithoutRows(found));
}

/** Whether the first line is an object by itself and something follows it. `all`: the whole content, where it is known. */
async function hasLines(source: ImportSource, all: Uint8Array | null): Promise<boolean> {
  let bytes = all ?? new Uint8Array();
  if (all === null)
    for await (const chunk of source.open()) {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length > MAX_LINE_BYTES || (chunk.includes(10) && bytes.length > HEAD_BYTES)) break;
    }
  const text = new TextDecoder().decode(bytes).trimStart();
  const end = text.indexOf("\n");
  if (end < 0 || text.slice(end).trim() === "") return false;
  try {
    return isObject(JSON.parse(text.slice(0, end)));
  } catch {
    return false;
  }
}
