import { Readable } from "node:stream";
import { type Options, parse } from "csv-parse";
import { parse as parseNow } from "csv-parse/sync";
import { Failure } from "../failure.ts";
import { decodeText, detectEncoding, type Encoding } from "./encoding.ts";
import { HEADER_WITHIN, type HeaderHints, headerOf } from "./header.ts";
import { messages } from "./messages.ts";
import { headOf, type ImportSource } from "./source.ts";
import { isEmptyRow, SAMPLE_ROWS, type Table, type TableRow } from "./table.ts";

/** Longer than any row with a picture of the permitted size; a quote nobody closes ends here and not in all memory. */
const MAX_RECORD_BYTES = 4_000_000;
const HEAD_BYTES = 262_144;

const SEPARATORS: Readonly<Record<string, string>> = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };
/** Other signs that may separate columns: not letters, digits, blanks, quotes, nor what stands in names and numbers. */
const OTHER_SEPARATOR = /[^\p{L}\p{N}\p{M}\s"'’.$()/&#%+_-]|\p{Cc}/gu;

interface Info {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

export interface CsvHints extends HeaderHints {
  readonly encoding?: Encoding;
}

const SHARED: Options = { bom: true, relax_column_count: true, relax_quotes: true };

/**
 * A table in text: any sign between the columns, quotes as in RFC 4180, LF or CRLF, in UTF-8, UTF-16 or Windows' letters.
 * @throws Failure "bad_header" where it is empty; WrongGuess {encoding} where it turns out to be of another one.
 */
export async function openCsv(source: ImportSource, { encoding: told, ...hints }: CsvHints): Promise<Table> {
  const { head, whole } = await headOf(source, HEAD_BYTES);
  const encoding = told ?? detectEncoding(head);
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
 * What separates the columns: what gives most names that are known, and then most columns. Signs that few use are tried
 * where the usual ones find no header.
 */
function sniff(text: string, known: CsvHints["known"]): { readonly separator: string; readonly records: string[][] } {
  const tried = (separator: string) => {
    const records = parseHead(text, separator);
    const names = Math.max(0, ...records.slice(0, HEADER_WITHIN).map(known));
    const columns = Math.max(0, ...records.slice(0, HEADER_WITHIN).map((cells) => cells.length));
    return { separator, records, names, score: names * 1_000 + columns };
  };
  const best = (separators: readonly string[]) =>
    separators
      .map(tried)
      .reduce<ReturnType<typeof tried> | null>((a, b) => (a === null || b.score > a.score ? b : a), null);
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

function parseHead(text: string, delimiter: string): string[][] {
  try {
    return parseNow(text, {
      ...SHARED,
      delimiter,
      max_record_size: MAX_RECORD_BYTES,
      skip_records_with_error: true,
      to: HEADER_WITHIN + SAMPLE_ROWS,
    }) as string[][];
  } catch {
    // A quote that is not closed within the beginning: the rows before it say enough.
    const lines = text.split(/\r?\n/, HEADER_WITHIN).filter((line) => line.trim() !== "");
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
  const skipped: TableRow[] = [];
  let tooLong = false;
  const parser = parse({
    ...SHARED,
    delimiter,
    info: true,
    skip_records_with_error: true,
    max_record_size: MAX_RECORD_BYTES,
    on_skip: (error) => {
      const { code, message = messages.unreadableRow } = error ?? {};
      // A quote that nothing closes is told once, not for each part of the file behind it.
      if (code === TOO_LONG && tooLong) return undefined;
      tooLong ||= code === TOO_LONG;
      skipped.push({ line: Number(error?.lines ?? 0) || null, cells: [], reason: reasonOf(code, message) });
      return undefined;
    },
  });
  const source = Readable.from(text);
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);

  let index = -1;
  let lastLine = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<Info>) {
      index += 1;
      // The parser tells the line a record ends on, and a quoted cell may hold line ends.
      const line = info.lines - lineEndsIn(record);
      lastLine = info.lines;
      // The parser is ahead of its reader: what it skipped further on is told there.
      while (skipped[0] && (skipped[0].line ?? 0) < line) yield* skipped.splice(0, 1);
      if (index <= header) continue;
      if (record.length < columns && !isEmptyRow(record)) {
        yield { line, cells: record, reason: messages.cellCount(record.length, columns) };
        continue;
      }
      if (record.length > columns && !isEmptyRow(record.slice(columns)))
        yield { line, cells: record, reason: messages.cellCount(record.length, columns) };
      else if (!isEmptyRow(record)) yield { line, cells: record };
    }
  } catch (error) {
    // The parser gives up on a quote that nothing closes; what the text itself says is not the parser's.
    if (!(error instanceof Error && "code" in error && String(error.code).startsWith("CSV_"))) throw error;
    yield* skipped.splice(0);
    if (!tooLong) yield { line: lastLine + 1, cells: [], reason: reasonOf(String(error.code), error.message) };
    return;
  } finally {
    source.destroy();
    parser.destroy();
  }
  yield* skipped.splice(0);
}

const TOO_LONG = "CSV_MAX_RECORD_SIZE";

/** What a person can do about it; the parser's own words where nothing better is known. */
function reasonOf(code: string | undefined, message: string): string {
  if (code === TOO_LONG || code === "CSV_QUOTE_NOT_CLOSED") return messages.openQuote;
  return message;
}

function lineEndsIn(record: readonly string[]): number {
  let ends = 0;
  for (const cell of record) for (let at = cell.indexOf("\n"); at >= 0; at = cell.indexOf("\n", at + 1)) ends++;
  return ends;
}
