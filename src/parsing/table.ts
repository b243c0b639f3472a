import type { TSchema } from "@sinclair/typebox";
import { asFailure, Failure } from "../failure.ts";
import { parseRecords } from "../report/input/csv.ts";
import { ReportRequest } from "../report/request/request.ts";
import { decode } from "./json.ts";
import { messages } from "./messages.ts";

/** Requests from a table: a row each. */
export interface RequestTable {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Unknown columns. */
  readonly unknown: readonly string[];
}

type ReadCell = (row: Record<string, unknown>, cell: string) => void;

/**
 * Requests from CSV in UTF-8 with a header row: the columns are a request's fields, those of an object flat
 * (`branding_name`, `delivery_folder`, `subject_address`, `metadata_deal`), in any case; separated by commas, semicolons or tabs. What a
 * cell means is decided as for JSON. An empty row is ignored.
 * @throws Failure "not_utf8"; "invalid_request" for what is no table, or one of too many rows.
 */
export function readRequestTable(bytes: Uint8Array, maxRows: number): RequestTable {
  const [header = [], ...records] = recordsOf(decode(bytes), maxRows);
  const names = header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, "_"),
  );
  if (!names.includes("suburb")) throw invalid(messages.missingSuburb);
  const twice = names.find((name, index) => name !== "" && names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(messages.columnTwice(twice));
  const longer = records.find((cells) => cells.slice(names.length).some((cell) => cell !== ""));
  if (longer !== undefined) throw invalid(messages.longRow(longer[0] ?? "", longer.length, names.length));
  const columns = names.map(columnOf);
  return {
    rows: records.map((cells) => {
      const row: Record<string, unknown> = {};
      for (const [index, read] of columns.entries()) read?.(row, cells[index] ?? "");
      return row;
    }),
    unknown: names.filter((name, index) => name !== "" && columns[index] === null),
  };
}

function recordsOf(text: string, maxRows: number): readonly (readonly string[])[] {
  try {
    return parseRecords(text, {
      delimiter: separatorOf(text),
      to: maxRows + 2,
      trim: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    });
  } catch (error) {
    throw invalid(messages.notCsv(asFailure(error).message));
  }
}

/** Of the signs that separate columns the one that the first line has most of. */
function separatorOf(text: string): string {
  const [line = ""] = text.split(/\r?\n/, 1);
  const count = (sign: string) => line.split(sign).length;
  return [",", ";", "\t"].reduce((most, sign) => (count(sign) > count(most) ? sign : most));
}

const FIELDS: Readonly<Record<string, TSchema>> = ReportRequest.properties;

/** The field of a column's cells; null if a request has no such field. A cell cannot contain a data set. */
function columnOf(name: string): ReadCell | null {
  if (name === "data") return null;
  if (Object.hasOwn(FIELDS, name)) return (row, cell) => Object.assign(row, { [name]: cell });
  const field = Object.keys(FIELDS).find((each) => FIELDS[each]?.type === "object" && name.startsWith(`${each}_`));
  if (field === undefined || field === "data") return null;
  const inner = name.slice(field.length + 1);
  const properties = FIELDS[field]?.properties as object | undefined;
  // Only metadata takes any name.
  if (inner === "" || (properties !== undefined && !Object.hasOwn(properties, inner))) return null;
  return (row, cell) => {
    if (cell !== "") row[field] = { ...(row[field] as object | undefined), [inner]: cell };
  };
}

function invalid(message: string): Failure {
  return new Failure("invalid_request", message, { details: { problems: [{ path: "", message }] } });
}
