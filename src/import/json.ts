import { readRows } from "../report/sources/catalogue/input.ts";
import type { CatalogueKind } from "../report/sources/catalogue.ts";
import { headOf, type ImportSource } from "./source.ts";
import { SAMPLE_ROWS, type Table, type TableRow } from "./table.ts";

/**
 * Objects as rows of a table: their fields are its columns. What is nested and no field of the kind's is flat, one level
 * deep, with both names ("fields Address"), as Airtable and web scrapers write it.
 * @throws Failure "bad_json", "not_utf8" and "too_large".
 */
export async function openJson(
  source: ImportSource,
  format: "json" | "ndjson",
  kind: CatalogueKind,
  isNested: (name: string) => boolean,
): Promise<Table> {
  const flatRows = async function* (): AsyncGenerator<{
    line: number | null;
    flat: Map<string, unknown> | null;
    value?: unknown;
    reason?: string;
  }> {
    for await (const { line, value, reason } of readRows(kind, format, source.open(), () => {})) {
      if (reason !== undefined) yield { line, flat: null, reason };
      else if (typeof value !== "object" || value === null || Array.isArray(value)) yield { line, flat: null, value };
      else yield { line, flat: flatten(value as Record<string, unknown>, isNested) };
    }
  };
  const headers: string[] = [];
  const first: Map<string, unknown>[] = [];
  for await (const { flat } of flatRows()) {
    if (flat === null) continue;
    for (const name of flat.keys()) if (!headers.includes(name) && headers.length < 500) headers.push(name);
    first.push(flat);
    if (first.length >= SAMPLE_ROWS) break;
  }
  const cellsOf = (flat: Map<string, unknown>) => headers.map((name) => flat.get(name) ?? null);
  return {
    facts: { format },
    headers,
    sample: first.map(cellsOf),
    async *rows(): AsyncGenerator<TableRow> {
      for await (const { line, flat, value, reason } of flatRows()) {
        if (reason !== undefined) yield { line, cells: [], reason };
        else if (flat === null) yield { line, cells: [], reason: `the row must be an object, not ${nameOf(value)}` };
        else {
          const rest = Object.fromEntries([...flat].filter(([name]) => !headers.includes(name)));
          yield { line, cells: cellsOf(flat), rest };
        }
      }
    },
  };
}

function flatten(value: Readonly<Record<string, unknown>>, isNested: (name: string) => boolean): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [name, inside] of Object.entries(value)) {
    if (typeof inside !== "object" || inside === null || Array.isArray(inside) || isNested(name))
      flat.set(name, inside);
    else
      for (const [inner, each] of Object.entries(inside))
        flat.set(flat.has(inner) || inner in value ? `${name} ${inner}` : inner, each);
  }
  return flat;
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return value === null ? "null" : `a ${typeof value === "string" ? "text" : typeof value}`;
}

/** "[" begins a JSON list, "{" a row of NDJSON or a JSON document; null for anything else. */
export async function jsonBeginning(source: ImportSource): Promise<"[" | "{" | null> {
  const { head } = await headOf(source, 65_536);
  const first = new TextDecoder().decode(head).trimStart().charAt(0);
  return first === "[" || first === "{" ? first : null;
}
