import { csvNumber, csvText } from "../text/csv.ts";
import { visibleText } from "../text/visible-text.ts";
import { xmlCharacters } from "../text/xml.ts";
import { PROTECTION } from "./response.ts";

export type Cell = string | number | null;

/** A table that is made while it is sent. */
export interface TableFile {
  /** Of the file, without its ending; also the sheet's. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly Cell[]>;
}

export const TABLE_TYPES = {
  csv: "text/csv",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;
export type TableType = keyof typeof TABLE_TYPES;

/** Sent at once. */
const PIECE = 65_536;

/**
 * A table as a file, row by row as its reader takes it: nothing of it is buffered. No cell is a formula, whatever
 * its source: in CSV an apostrophe makes it a text, in a workbook it is one by its type.
 */
export async function tableFile(type: TableType, file: TableFile): Promise<Response> {
  const body = type === "csv" ? csvOf(file) : await workbookOf(file);
  return new Response(body, {
    headers: {
      ...PROTECTION,
      "Content-Type": type === "csv" ? "text/csv; charset=utf-8; header=present" : TABLE_TYPES.xlsx,
      "Content-Disposition": `attachment; filename="${file.name}.${type}"`,
    },
  });
}

function csvOf({ columns, rows }: TableFile): ReadableStream<Uint8Array> {
  const utf8 = new TextEncoder();
  async function* pieces() {
    let text = `${columns.map(csvText).join(",")}\r\n`;
    for await (const row of rows) {
      text += `${row.map(csvCell).join(",")}\r\n`;
      if (text.length < PIECE) continue;
      yield utf8.encode(text);
      text = "";
    }
    yield utf8.encode(text);
  }
  const made = pieces();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await made.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await made.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

function csvCell(cell: Cell): string {
  if (cell === null) return "";
  return typeof cell === "number" ? csvNumber(cell) : csvText(cell);
}

/** A workbook's own way to write a character (ECMA-376, part 1, 22.4.2.4): as a text it would be read as that. */
const ESCAPED = /_(?=x[0-9A-Fa-f]{4}_)/g;
/** Characters that a cell may have. */
const LONGEST_CELL = 32_767;

/** Nothing in it shows itself as something else, as in CSV. */
function cellText(text: string): string {
  const shown = xmlCharacters(visibleText(text), "\uFFFD").slice(0, LONGEST_CELL);
  return shown.replace(ESCAPED, "_x005F_");
}

async function workbookOf({ name, columns, rows }: TableFile): Promise<ReadableStream<Uint8Array>> {
  const { writeXlsxStream } = await import("../import/spreadsheet.ts");
  async function* cells() {
    for await (const row of rows) yield row.map((cell) => (typeof cell === "string" ? cellText(cell) : cell));
  }
  return writeXlsxStream(cells(), {
    name: name.slice(0, 31),
    columns: columns.map((header) => ({ header })),
    freezePane: { rows: 1 },
  });
}
