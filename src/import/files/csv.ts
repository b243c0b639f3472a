/*
 * Turns a file into the rows of a table, whatever it is: CSV in any encoding and dialect, a workbook, JSON. Nothing is
 * read whole that can be streamed.
 * Not here: what a column or a value means, except to find a table's header.
 */

import { Failure } from "../../failure.ts";
import { parseRecords, readRecords } from "../../report/input/csv.ts";
import { HEADER_WITHIN, type HeaderHints, headerOf } from "../columns/header.ts";
import { messages } from "../messages.ts";
import { headOf, type ImportSource } from "../source.ts";
import { isEmptyRow, SAMPLE_ROWS, type Table, type TableRow } from "../table.ts";
import { decodeText, detectEncoding, type Encoding } from "./encoding.ts";

const HEAD_BYTES = 262_144;

const SEPARATORS: Readonly<Record<string, string>> = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };
/** Other signs that may separate columns: not letters, digits, blanks, quotes, nor what is in names and numbers. */
const OTHER_SEPARATOR = /[^\p{L}\p{N}\p{M}\s"'’.$()/&#%+_-]|\p{Cc}/gu;

export interface CsvHints extends HeaderHints {
  readonly encoding?: Encoding;
}

/**
 * A table in text: any sign between the columns, quotes as in RFC 4180, LF or CRLF, in UTF-8, UTF-16 or Windows' letters.
 * @throws Failure "bad_header" where it is empty; WrongAssumption {encoding} where it turns out to be of another one.
 */
export async function openCsv(source: ImportSource, { encoding: given, ...hints }: CsvHints): Promise<Table> {
  const { head, whole } = await headOf(source, HEAD_BYTES);
  const encoding = given ?? detectEncoding(head);
  const text = await headText(head, whole, encoding);
  const { separator, records } = sniff(text, hints.known);
  if (records.every(isEmptyRow)) throw new Failure("bad_header", messages.emptyFile, { details: { line: 1 } });
  const { at: header, headers, byContent } = headerOf(records, hints);
  const sample = records.slice(header + 1, header + 1 + SAMPLE_ROWS).filter((cells) => !isEmptyRow(cells));
  return {
    facts: {
      format: "csv",
      encoding,
      separator: SEPARATORS[separator] ?? JSON.stringify(separator),
      ...(header === 0 ? {} : { header_row: header + 1 }),
    },
    headers,
    ...(byContent === undefined ? {} : { byContent }),
    sample,
    rows: () => readRows(decodeText(source.open(), encoding), separator, header, headers),
  };
}

/** The text of the beginning, to its last whole line. */
async function headText(head: Uint8Array, whole: boolean, encoding: Encoding): Promise<string> {
  const end = whole ? head.length : lastLineEnd(head, encoding);
  async function* chunks() {
    yield head.subarray(0, end);
  }
  let text = "";
  for await (const part of decodeText(chunks(), encoding)) text += part;
  return text;
}

function lastLineEnd(head: Uint8Array, encoding: Encoding): number {
  const at = head.lastIndexOf(10);
  if (at < 0) return head.length - (head.length % 2);
  return encoding === "utf-16le" ? at + 2 : at + 1;
}

/**
 * What separates the columns: what gives most names that are known, and then most columns. Signs that few use are attempted
 * where the usual ones find no header.
 */
function sniff(
  text: string,
  known: CsvHints["known"],
): { readonly separator: string; readonly records: readonly (readonly string[])[] } {
  const parseWith = (separator: string) => {
    const records = parseHead(text, separator);
    const names = Math.max(0, ...records.slice(0, HEADER_WITHIN).map(known));
    const columns = Math.max(0, ...records.slice(0, HEADER_WITHIN).map((cells) => cells.length));
    return { separator, records, names, score: names * 1_000 + columns };
  };
  const best = (separators: readonly string[]) =>
    separators
      .map(parseWith)
      .reduce<ReturnType<typeof parseWith> | null>((a, b) => (a === null || b.score > a.score ? b : a), null);
  const usual = best(Object.keys(SEPARATORS));
  if (usual === null) return { separator: ",", records: [] };
  if (usual.names >= 2) return usual;
  const lines = text.split(/[\r\n]+/, HEADER_WITHIN).join("\n");
  const signs = [...new Set(lines.match(OTHER_SEPARATOR))]
    .filter((sign) => sign !== "\n" && !(sign in SEPARATORS))
    .slice(0, 20);
  const rare = best(signs);
  return rare !== null && rare.names >= 2 && rare.names > usual.names ? rare : usual;
}

function parseHead(text: string, delimiter: string): readonly (readonly string[])[] {
  try {
    return parseRecords(text, { delimiter, to: HEADER_WITHIN + SAMPLE_ROWS });
  } catch {
    // A quote that is not closed within the beginning: the rows before it are enough.
    const lines = text.split(/\r\n|\n|\r/, HEADER_WITHIN).filter((line) => line.trim() !== "");
    return lines.map((line) =>
      line
        .replace(/^\ufeff/, "")
        .split(delimiter)
        .map((cell) => cell.replace(/^"|"$/g, "")),
    );
  }
}

async function* readRows(
  text: AsyncIterable<string>,
  delimiter: string,
  header: number,
  headers: readonly string[],
): AsyncGenerator<TableRow> {
  const columns = headers.length;
  let index = -1;
  let end = "";
  async function* noted() {
    for await (const chunk of text) {
      if (chunk !== "") end = chunk.slice(-1);
      yield chunk;
    }
  }
  const rows = readRecords<TableRow>(noted(), {
    delimiter,
    row(cells, line) {
      index += 1;
      if (index <= header || isEmptyRow(cells)) return null;
      const reason = misfit(cells, columns, delimiter);
      if (reason !== null) return { line, cells, reason };
      return { line, cells, ...(cells.length < columns ? { lacks: columns - cells.length } : {}) };
    },
    unread: (line, reason) => ({ line, cells: [], reason }),
  });
  let last: TableRow | null = null;
  for await (const row of rows) {
    if (last !== null) yield last;
    last = row;
  }
  if (last !== null) yield isCut(last, end) ? { ...last, reason: messages.lastRowCut(last.lacks ?? 0) } : last;
}

/** A file that ends within a row, as a download does that was interrupted: its last number may lack digits. */
function isCut({ lacks = 0, cells, reason }: TableRow, end: string): boolean {
  return reason === undefined && lacks > 0 && cells.length >= CUT_FROM && !/[\r\n\0]/.test(end);
}

/** Fewer cells are a note or a total below the table. */
const CUT_FROM = 3;

/**
 * Why a row does not fit its header; null where it does. Programs omit empty cells at the end of a row, or add more of
 * them; but a row that is short since a quotation mark took the next line in, or one whose price was cut at its commas,
 * would be read in the wrong columns.
 */
function misfit(record: readonly string[], columns: number, delimiter: string): string | null {
  const count = messages.cellCount(record.length, columns);
  if (record.length < columns) {
    if (!record.some((cell) => /[\r\n]/.test(cell))) return null;
    return messages.cellsOpenQuote(count);
  }
  const surplus = !isEmptyRow(record.slice(columns));
  const price = delimiter === "," ? cutPrice(record, surplus) : null;
  if (price !== null) return messages.cellsCutPrice(count, price);
  if (!surplus) return null;
  const sign = SEPARATORS[delimiter] ?? JSON.stringify(delimiter);
  return messages.cellsSurplus(count, sign);
}

/** A price such as $2,450,000 without quotes, put together again; `likely`: the row is too long for its header. */
function cutPrice(record: readonly string[], likely: boolean): string | null {
  for (let from = 0; from < record.length - 1; from++) {
    if (!/^\s*(A?\$)?\s*\d{1,3}$/.test(record[from] ?? "")) continue;
    let to = from + 1;
    while (/^\d{3}(\.\d{2})?\s*$/.test(record[to] ?? "")) to += 1;
    const parts = to - from - 1;
    const dollars = record[from]?.includes("$") === true;
    if (parts === 0) continue;
    // "$650" a week beside 450 m² is no price that was cut.
    if (likely ? dollars || parts > 1 : dollars && (parts > 1 || record[from + 1]?.startsWith("0")))
      return record.slice(from, to).join(",").trim();
  }
  return null;
}
