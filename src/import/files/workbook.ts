import { asFailure, Failure } from "../../failure.ts";
import { HEADER_WITHIN, type HeaderHints, headerOf } from "../columns/header.ts";
import { messages } from "../messages.ts";
import type { ImportSource } from "../source.ts";
import { isEmptyRow, SAMPLE_ROWS, type Table, type TableRow } from "../table.ts";
import { openXlsx } from "./xlsx.ts";
import { openZipFiles, readEntry, type ZipFiles } from "./zip.ts";

/** A workbook is a zip, which is read from its end; a million rows are about 50 MB. */
const MAX_WORKBOOK_BYTES = 256 * 1_024 * 1_024;

export interface WorkbookHints extends HeaderHints {
  /** The sheet's name; else the one whose header has most names that are known. */
  readonly sheet?: string;
}

/**
 * A sheet of an Excel workbook (.xlsx, .xlsm; .xls) or of an OpenDocument spreadsheet (.ods). Its rows are streamed: only the file itself and its table of texts are in
 * memory. @throws Failure "bad_workbook" that states what is wrong with it; "bad_sheet" with the names of those there are.
 */
export async function openWorkbook(source: ImportSource, hints: WorkbookHints): Promise<Table> {
  const bytes = await source.bytes(MAX_WORKBOOK_BYTES);
  const book = bytes[0] === OLD_EXCEL ? await openOld(bytes) : await openNew(bytes, source.name);
  const { names } = book;
  if (hints.sheet !== undefined && !names.includes(hints.sheet))
    throw new Failure("bad_sheet", messages.noSheet(hints.sheet, names.map((name) => `"${name}"`).join(", ")));
  const heads = await Promise.all(
    (hints.sheet === undefined ? names : [hints.sheet]).map(async (sheet) => ({
      sheet,
      rows: await head(book, sheet),
    })),
  );
  const filled = heads.filter(({ rows }) => rows.some(({ cells }) => !isEmptyRow(cells)));
  const scored = filled.map((each) => ({
    ...each,
    score: Math.max(0, ...each.rows.map(({ cells }) => hints.known(cells))),
  }));
  const [best] = scored.sort((a, b) => b.score - a.score);
  if (best === undefined)
    throw new Failure("bad_header", messages.emptyWorkbook, {
      details: { line: 1 },
    });
  const rows = best.rows.filter(({ cells }) => !isEmptyRow(cells));
  const given = hints.headerRow;
  const named = given === undefined || given === 0 ? -1 : rows.findIndex(({ line }) => line === given);
  if (given !== undefined && given > 0 && named < 0)
    throw new Failure("bad_header", messages.emptyHeaderRow(given, best.sheet), {
      details: { line: given },
    });
  const { at, headers, byContent } = headerOf(
    rows.map(({ cells }) => cells),
    { ...hints, ...(named < 0 ? {} : { headerRow: named + 1 }) },
  );
  const headerLine = at < 0 ? 0 : (rows[at]?.line ?? 1);
  return {
    facts: {
      format: book.format,
      sheet: best.sheet,
      ...(filled.length > 1
        ? { other_sheets: filled.map(({ sheet }) => sheet).filter((sheet) => sheet !== best.sheet) }
        : {}),
      ...(headerLine === 1 ? {} : { header_row: headerLine }),
    },
    headers,
    daysBefore: book.daysBefore,
    notes: filled
      .filter(({ sheet, rows }) => sheet !== best.sheet && rows.some(({ cells }) => isSameHeader(cells, headers)))
      .map(({ sheet }) => messages.sheetAlike(sheet)),
    ...(byContent === undefined ? {} : { byContent }),
    sample: rows.filter(({ line }) => (line ?? 0) > headerLine).map(({ cells }) => pad(cells, headers.length)),
    async *rows() {
      for await (const row of book.rows(best.sheet)) {
        if ((row.line ?? 0) <= headerLine || isEmptyRow(row.cells)) continue;
        yield { line: row.line, cells: pad(row.cells, headers.length) };
      }
    },
  };
}

function isSameHeader(cells: readonly unknown[], headers: readonly string[]): boolean {
  const names = cells.map((cell) =>
    String(cell ?? "")
      .replace(/\s+/g, " ")
      .trim()
      .toLowerCase(),
  );
  return headers.length > 1 && headers.every((header, at) => header.toLowerCase() === (names[at] ?? ""));
}

/** A workbook of before 2007 begins with this byte; a zip with "P". */
const OLD_EXCEL = 0xd0;

interface SpreadsheetFile {
  readonly format: "xlsx" | "xls" | "ods";
  readonly names: readonly string[];
  readonly daysBefore: number;
  rows(sheet: string, maxRows?: number): AsyncIterable<TableRow>;
}

async function openNew(bytes: Uint8Array, name: string): Promise<SpreadsheetFile> {
  const files = await explained(() => openZipFiles(bytes, name));
  if (files.has("content.xml") && files.has("mimetype")) return openDocument(files, bytes);
  const other = [...files.entries.keys()]
    .map((path) => OTHER_DOCUMENTS.find(([part]) => part.test(path)))
    .find(Boolean);
  if (other !== undefined)
    throw new Failure("bad_workbook", messages.notWorkbook(other[1], other[2]), {
      details: { line: 1 },
    });
  const { names, daysBefore, rows } = await explained(() => openXlsx(files));
  return {
    format: "xlsx",
    names,
    daysBefore,
    async *rows(sheet, maxRows) {
      const all = rows(sheet, maxRows);
      try {
        for (;;) {
          const { done, value } = await explained(() => all.next());
          if (done === true) return;
          yield value;
        }
      } finally {
        await all.return(undefined);
      }
    },
  };
}

/** What else is stored in the container of .xls, by the name of a part that it has. */
const OTHER_COMPOUNDS: readonly (readonly [part: string, message: string])[] = [
  ["EncryptedPackage", messages.workbookPassword],
  ["WordDocument", messages.notWorkbook("a Word document", messages.copyTable)],
  ["PowerPoint Document", messages.notWorkbook("a presentation", messages.copyTable)],
  ["__properties_version1.0", messages.notWorkbook("an Outlook e-mail", messages.saveAttachment)],
];
/** The record that begins a workbook's stream, and that which means that it has a password. */
const FIRST_RECORD = Buffer.from([0x09, 0x08, 0x10, 0x00, 0x00, 0x06, 0x05, 0x00]);
const FILE_PASS = 0x2f;

/** @throws Failure "bad_workbook" for what is no workbook, and for one with a password. */
function refuseOtherCompound(bytes: Uint8Array): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [, message] = OTHER_COMPOUNDS.find(([part]) => buffer.includes(Buffer.from(part, "utf16le"))) ?? [];
  if (message !== undefined) throw new Failure("bad_workbook", message, { details: { line: 1 } });
  let at = buffer.indexOf(FIRST_RECORD);
  // It is among the first records, which are in one piece.
  for (let records = 0; at >= 0 && at + 4 <= buffer.length && records < 4; records++) {
    if (buffer.readUInt16LE(at) === FILE_PASS)
      throw new Failure("bad_workbook", messages.workbookPassword, { details: { line: 1 } });
    at += 4 + buffer.readUInt16LE(at + 2);
  }
}

/** Zips of other programs, by a part that each has. */
const OTHER_DOCUMENTS: readonly (readonly [part: RegExp, what: string, then: string])[] = [
  [/^Index(\.zip|\/.*\.iwa)$/, "a Numbers document", messages.exportNumbers],
  [/^word\/document\.xml$/, "a Word document", messages.copyTable],
  [/^xl\/workbook\.bin$/, "a binary workbook (.xlsb)", messages.saveAsXlsx],
  [/^ppt\/presentation\.xml$/, "a presentation", messages.copyTable],
];

/** A spreadsheet of LibreOffice (.ods) is read whole. */
const MAX_DOCUMENT_BYTES = 128 * 1_024 * 1_024;

async function openDocument(files: ZipFiles, bytes: Uint8Array): Promise<SpreadsheetFile> {
  let size = 0;
  // Unpacked once before, by what enforces the sizes that a zip claims.
  for await (const chunk of readEntry(files, "content.xml")) {
    size += chunk.length;
    if (size > MAX_DOCUMENT_BYTES)
      throw new Failure("bad_workbook", messages.odsTooLarge, {
        details: { line: 1 },
      });
  }
  const { readOds } = await import("../spreadsheet.ts");
  const { sheets } = await explained(async () => readOds(bytes));
  return {
    format: "ods",
    names: sheets.map(({ name }) => name),
    daysBefore: 0,
    rows: (sheet, maxRows) => rowsOf(sheets, sheet, maxRows),
  };
}

async function* rowsOf(
  sheets: readonly { readonly name: string; readonly rows: readonly (readonly unknown[])[] }[],
  sheet: string,
  maxRows = Number.POSITIVE_INFINITY,
): AsyncGenerator<TableRow> {
  const found = sheets.find(({ name }) => name === sheet);
  for (const [index, cells] of (found?.rows ?? []).slice(0, maxRows).entries()) yield { line: index + 1, cells };
}

/** An .xls has 65,536 rows at most, and is read whole. */
async function openOld(bytes: Uint8Array): Promise<SpreadsheetFile> {
  refuseOtherCompound(bytes);
  const { readXls } = await import("../spreadsheet.ts");
  const { sheets } = await explained(async () => readXls(bytes));
  return {
    format: "xls",
    names: sheets.map(({ name }) => name),
    daysBefore: 0,
    rows: (sheet, maxRows) => rowsOf(sheets, sheet, maxRows),
  };
}

async function head(book: SpreadsheetFile, sheet: string): Promise<readonly TableRow[]> {
  return Array.fromAsync(book.rows(sheet, HEADER_WITHIN + SAMPLE_ROWS));
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure && error.code !== "bad_zip") throw error;
    const { message, name } = asNamed(error);
    const encrypted = /encrypt|password/i.test(`${name} ${message}`);
    throw new Failure(
      "bad_workbook",
      encrypted
        ? messages.workbookPassword
        : /BIFF/.test(message)
          ? messages.ancientWorkbook
          : messages.unreadableWorkbook(message.split(": ")[0] ?? message),
      {
        details: { line: 1 },
        cause: error,
      },
    );
  }
}

function asNamed(error: unknown): { readonly message: string; readonly name: string } {
  return { message: asFailure(error).message, name: error instanceof Error ? error.name : "" };
}

function pad(cells: readonly unknown[], length: number): readonly unknown[] {
  return cells.length >= length
    ? cells.slice(0, length)
    : [...cells, ...Array.from({ length: length - cells.length }, () => null)];
}
