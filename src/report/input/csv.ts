import { Readable } from "node:stream";
import { type Options, parse } from "csv-parse";
import { parse as parseAtOnce } from "csv-parse/sync";
import { messages } from "../messages.ts";

/** Longer than any row with a picture of the permitted size; an unclosed quote ends here and not in all memory. */
const MAX_RECORD_BYTES = 4_000_000;
/**
 * Common faults of files: a byte order mark, rows of other lengths than the header, a quotation mark within a cell.
 */
const LENIENT: Options = {
  bom: true,
  relax_column_count: true,
  relax_quotes: true,
  // Files are often joined from others.
  record_delimiter: ["\r\n", "\n", "\r"],
  max_record_size: MAX_RECORD_BYTES,
};
const TOO_LONG = "CSV_MAX_RECORD_SIZE";

interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** The handling of a record. */
export interface RecordReader<Row> {
  readonly delimiter?: string;
  /** `line`: where the record begins, from 1. Null for what is no row. */
  row(cells: readonly string[], line: number): Row | null;
  /** A record that cannot be read, and why. */
  unread(line: number | null, reason: string): Row;
}

/**
 * The records of CSV (RFC 4180, LF or CRLF), one after another, in bounded memory. What cannot be parsed is skipped and
 * reported where it is; the records behind it follow.
 * @throws what the chunks and the reader's functions throw.
 */
export async function* readRecords<Row>(
  chunks: AsyncIterable<string | Uint8Array>,
  { delimiter = ",", row, unread }: RecordReader<Row>,
): AsyncGenerator<Row> {
  const skipped: { readonly line: number | null; readonly row: Row }[] = [];
  let tooLong = false;
  const parser = parse({
    ...LENIENT,
    delimiter,
    info: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      const { code, message = "cannot be read" } = error ?? {};
      // A quote that nothing closes is reported once, not for each part of the file behind it.
      if (code === TOO_LONG && tooLong) return undefined;
      tooLong ||= code === TOO_LONG;
      const line = Number(error?.lines ?? 0) || null;
      skipped.push({ line, row: unread(line, reasonOf(code, message)) });
      return undefined;
    },
  });
  const passedOver = () => skipped.splice(0).map((each) => each.row);
  const source = Readable.from(chunks);
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);

  let lastLine = 0;
  let counted = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<ParsedRecord>) {
      // The parser counts to the line a record ends on, and a quoted cell may have line ends, of which CRLF counts twice.
      counted += lineEndsIn(record, /\r\n/g);
      lastLine = info.lines - counted;
      const line = lastLine - lineEndsIn(record, /\r\n|\n|\r/g);
      // The parser is ahead of its reader: what it skipped further on has its turn there.
      while (skipped[0] && (skipped[0].line ?? 0) < line) yield (skipped.shift() as (typeof skipped)[number]).row;
      const read = row(record, line);
      if (read !== null) yield read;
    }
  } catch (error) {
    // The parser gives up on a quote that nothing closes; what the text itself is at fault for is not the parser's.
    if (!(error instanceof Error && "code" in error && String(error.code).startsWith("CSV_"))) throw error;
    yield* passedOver();
    if (!tooLong) yield unread(lastLine + 1, reasonOf(String(error.code), error.message));
    return;
  } finally {
    source.destroy();
    parser.destroy();
  }
  yield* passedOver();
}

type CsvTextOptions = Pick<
  Options,
  "delimiter" | "to" | "trim" | "skip_empty_lines" | "skip_records_with_empty_values"
>;

/** The records of a text that is in memory. @throws Error where one cannot be parsed: none is skipped. */
export function parseRecords(text: string, options: CsvTextOptions): readonly (readonly string[])[] {
  return parseAtOnce(text, { ...LENIENT, ...options }) as string[][];
}

/** Advice for a person; the parser's own words if there is none. */
function reasonOf(code: string | undefined, message: string): string {
  return code === TOO_LONG || code === "CSV_QUOTE_NOT_CLOSED" ? messages.openQuote : message;
}

function lineEndsIn(record: readonly string[], pattern: RegExp): number {
  let ends = 0;
  for (const cell of record) if (cell.includes("\n") || cell.includes("\r")) ends += cell.match(pattern)?.length ?? 0;
  return ends;
}
