import type { TSchema } from "@sinclair/typebox";
import { Failure } from "../../../failure.ts";
import { readRecords } from "../../input/csv.ts";
import { messages } from "../messages.ts";
import type { InputRow } from "./input-row.ts";
import type { CatalogueKind } from "./kind-names.ts";
import { KINDS } from "./kinds.ts";

/**
 * The rows of a CSV file: comma-separated, a header row, UTF-8 with or without BOM, LF or CRLF, quotes as in RFC 4180.
 * Columns are the fields of the kind, in any order; nested ones are flat (`first_ask_from`, `supplied_sales_12m`,
 * `auctions_sold_at`), lists separated by semicolons (`agency_ids`), a sale's agents with their roles
 * (`ag1:lead;ag2:co`). An empty cell is unknown.
 */
export async function* readCsv(
  kind: CatalogueKind,
  chunks: AsyncIterable<Uint8Array>,
  warn: (warning: string) => void,
): AsyncGenerator<InputRow> {
  let cells: readonly (CsvCell | null)[] | undefined;
  yield* readRecords<InputRow>(chunks, {
    row(record, line) {
      if (record.length === 1 && record[0] === "") return null;
      if (cells === undefined) {
        cells = readHeader(kind, record, warn);
        return null;
      }
      return record.length === cells.length
        ? { line, value: readRecord(cells, record) }
        : { line, reason: messages.cellCount(record.length, cells.length) };
    },
    unread: (line, reason) => ({ line, reason }),
  });
  if (cells === undefined) throw new Failure("bad_header", messages.emptyFile);
}

interface CsvCell {
  /** Where the value goes: one key, or two for a nested field. */
  readonly path: readonly [string] | readonly [string, string];
  readonly read: (text: string) => unknown;
}

/** @throws Failure "bad_header" when required columns are missing or one occurs twice. */
function readHeader(
  kind: CatalogueKind,
  header: readonly string[],
  warn: (warning: string) => void,
): readonly (CsvCell | null)[] {
  const known = columnsOf(kind);
  const names = header.map((name) => name.trim().toLowerCase());
  const missing = requiredColumns(kind).filter((name) => !names.includes(name));
  const separator = header.length === 1 ? separatorOf(names[0] ?? "") : null;
  if (missing.length > 0 && separator !== null)
    throw new Failure("bad_header", messages.separator(separator), { details: { line: 1 } });
  if (missing.length > 0)
    throw new Failure("bad_header", messages.missingColumns(missing.join(", "), kind, [...known.keys()].join(", ")), {
      details: { line: 1, missing },
    });
  const twice = names.find((name, index) => name !== "" && names.indexOf(name) !== index);
  if (twice !== undefined) throw new Failure("bad_header", messages.columnTwice(twice), { details: { line: 1 } });
  return names.map((name) => {
    const cell = known.get(name);
    if (!cell && name !== "") warn(messages.unknownColumn(name));
    return cell ?? null;
  });
}

/** What is between the names of a first row without commas; null if there is nothing. */
function separatorOf(row: string): string | null {
  const separators = { ";": "semicolons", "\t": "tabs", "|": "bars" } as const;
  const [found] = Object.entries(separators).find(([sign]) => row.split(sign).length > 2) ?? [];
  return found === undefined ? null : separators[found as keyof typeof separators];
}

function requiredColumns(kind: CatalogueKind): readonly string[] {
  const { row, needsLocality } = KINDS[kind];
  return [...((row.required ?? []) as string[]), ...(needsLocality ? ["suburb", "state"] : [])];
}

function readRecord(cells: readonly (CsvCell | null)[], record: readonly string[]): Readonly<Record<string, unknown>> {
  const row: { [key: string]: unknown } = {};
  for (const [index, cell] of cells.entries()) {
    const text = record[index]?.trim() ?? "";
    if (cell === null || text === "") continue;
    const [key, inner] = cell.path;
    const value = cell.read(text);
    if (inner === undefined) row[key] = value;
    else row[key] = { ...(row[key] as object | undefined), [inner]: value };
  }
  return row;
}

/** The columns of a kind, from its schema. */
function columnsOf(kind: CatalogueKind): ReadonlyMap<string, CsvCell> {
  const columns = new Map<string, CsvCell>();
  const properties = KINDS[kind].row.properties as Readonly<Record<string, TSchema>>;
  for (const [name, schema] of Object.entries(properties)) {
    const plain = withoutNull(schema);
    if (plain.type === "object") {
      for (const inner of Object.keys(plain.properties as typeof properties))
        columns.set(`${name}_${inner}`, { path: [name, inner], read: asText });
    } else if (name === "agents" && plain.type === "array") columns.set(name, { path: [name], read: readAgents });
    else if (name === "rates" && plain.type === "array") columns.set(name, { path: [name], read: readRates });
    else if (plain.type !== "array" || (plain.items as TSchema).type === "string")
      columns.set(name, { path: [name], read: asText });
  }
  return columns;
}

/** Numbers, dates and lists are read from texts as everywhere: src/report/input/form.ts. */
function asText(text: string): string {
  return text;
}

function readAgents(text: string): readonly unknown[] {
  const parts = text.split(";").flatMap((part) => part.trim() || []);
  return parts.map((part) => {
    const [, id = part, role] = /^(.*):\s*(\w+)$/.exec(part) ?? [];
    return role === undefined ? { id } : { id: id.trim(), role };
  });
}

/** A partner's rates, as "$1m-$1.5m: 1.8-1.98; NSW $2m-$2.5m: 1.7"; what cannot be read is left to the check. */
function readRates(text: string): readonly unknown[] {
  const parts = text.split(";").flatMap((part) => part.trim() || []);
  return parts.map((part) => {
    const [, state, band, from, to] =
      /^(?:([A-Z]{2,3})\s+)?(.+?):\s*([\d.]+)\s*%?(?:\s*[-–]\s*([\d.]+)\s*%?)?$/.exec(part) ?? [];
    if (from === undefined) return part;
    return { ...(state ? { state } : {}), band, rate_from: from, rate_to: to ?? from };
  });
}

function withoutNull(schema: TSchema): TSchema {
  const choices = (schema.anyOf ?? []) as readonly TSchema[];
  return (choices.length === 2 && choices.find((choice) => choice.type !== "null")) || schema;
}
