import { Parser } from "htmlparser2";
import { Failure } from "../../failure.ts";
import { foreignCurrency } from "../amounts.ts";
import { UNSAVED_FORMULA } from "../cell-text.ts";
import { messages } from "../messages.ts";
import type { TableRow } from "../table.ts";
import { readEntry, type ZipFiles } from "./zip.ts";

/** A workbook's sheets, in their order, without those that are hidden; and what its cells refer to. */
export interface Workbook {
  readonly names: readonly string[];
  /** Of days that are plain numbers: how many to add to them, for a calendar that begins at 1904. */
  readonly daysBefore: number;
  /** The rows of a sheet, one after another: no more of it is in memory. */
  rows(sheet: string, maxRows?: number): AsyncGenerator<TableRow>;
}

interface Sheet {
  readonly name: string;
  readonly path: string;
}

/** Days of the calendar that begins at 1904, which old Macs wrote. */
const DAYS_TO_1904 = 1_462;
const DAY_MS = 86_400_000;
const DATE_FORMATS = new Set([
  14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 28, 29, 30, 31, 34, 35, 36, 45, 46, 47, 50, 51, 52, 53, 54, 55, 56, 57, 58,
]);
const MAX_COLUMNS = 16_384;
const MAX_ROWS = 1_048_576;
/** A cell has 32,767 characters at most, and its table of texts is in memory. */
const MAX_CELL = 200_000;
const MAX_TEXTS = 300_000_000;

/** @throws Failure "bad_workbook" for more text than a spreadsheet can contain: such a file is made to fill the memory. */
function checkSize(characters: number, most: number): void {
  if (characters > most)
    throw new Failure("bad_workbook", messages.workbookText, {
      details: { line: 1 },
    });
}

/**
 * Opens a workbook (.xlsx, ECMA-376) from the files of its zip. Its table of texts is in memory, its sheets never are.
 * @throws Failure "bad_workbook" where it is none.
 */
export async function openXlsx(files: ZipFiles): Promise<Workbook> {
  const relations = await relationsOf(files);
  const { sheets, hidden, since1904 } = await sheetsOf(files, relations);
  if (sheets.length === 0)
    throw new Failure("bad_workbook", hidden > 0 ? messages.hiddenSheets : messages.noReadableSheet, {
      details: { line: 1 },
    });
  let texts: readonly string[] | null = null;
  let formats: readonly CellFormat[] | null = null;
  return {
    names: sheets.map(({ name }) => name),
    daysBefore: since1904 ? DAYS_TO_1904 : 0,
    async *rows(name, maxRows = Number.POSITIVE_INFINITY) {
      const sheet = sheets.find((each) => each.name === name);
      if (sheet === undefined) return;
      texts ??= await textsOf(files, pathOf(relations, "sharedStrings") ?? "xl/sharedStrings.xml");
      formats ??= await formatsOf(files, pathOf(relations, "styles") ?? "xl/styles.xml");
      yield* sheetRows(files, sheet.path, { texts, formats, since1904 }, maxRows);
    },
  };
}

interface Relation {
  readonly type: string;
  readonly path: string;
}

async function relationsOf(files: ZipFiles): Promise<ReadonlyMap<string, Relation>> {
  const relations = new Map<string, Relation>();
  await parse(files, "xl/_rels/workbook.xml.rels", {
    open(name, { Id = "", Type = "", Target = "" }) {
      if (name !== "Relationship") return;
      const path = Target.startsWith("/") ? Target.slice(1) : `xl/${Target.replace(/^\.\//, "")}`;
      relations.set(Id, { type: Type.slice(Type.lastIndexOf("/") + 1), path });
    },
  });
  return relations;
}

function pathOf(relations: ReadonlyMap<string, Relation>, type: string): string | null {
  return [...relations.values()].find((each) => each.type === type)?.path ?? null;
}

async function sheetsOf(files: ZipFiles, relations: ReadonlyMap<string, Relation>) {
  const sheets: Sheet[] = [];
  let hidden = 0;
  let since1904 = false;
  await parse(files, "xl/workbook.xml", {
    open(name, attributes) {
      if (name === "workbookPr") since1904 = /^(1|true)$/.test(attributes.date1904 ?? "");
      if (name !== "sheet") return;
      if (/hidden/i.test(attributes.state ?? "")) {
        hidden += 1;
        return;
      }
      const id = Object.entries(attributes).find(([key]) => key === "id" || key.endsWith(":id"))?.[1] ?? "";
      const relation = relations.get(id);
      if (relation?.type === "worksheet") sheets.push({ name: attributes.name ?? "", path: relation.path });
    },
  });
  return { sheets, hidden, since1904 };
}

/** The workbook's table of texts; the readings of Japanese letters are left out. */
async function textsOf(files: ZipFiles, path: string): Promise<readonly string[]> {
  const texts: string[] = [];
  let text = "";
  let all = 0;
  let inText = false;
  let phonetic = 0;
  await parse(files, path, {
    open(name) {
      if (name === "si") text = "";
      else if (name === "t") inText = true;
      else if (name === "rPh") phonetic += 1;
    },
    text(part) {
      if (!inText || phonetic > 0) return;
      text += part;
      all += part.length;
      checkSize(text.length, MAX_CELL);
      checkSize(all, MAX_TEXTS);
    },
    close(name) {
      if (name === "t") inText = false;
      else if (name === "rPh") phonetic -= 1;
      else if (name === "si") texts.push(text);
    },
  });
  return texts;
}

/** What a cell's number is shown as: "" a number, "day" a day, else with the sign of a currency that is not the dollar. */
type CellFormat = string;

/** How the cells' styles show a number. */
async function formatsOf(files: ZipFiles, path: string): Promise<readonly CellFormat[]> {
  const custom = new Map<number, CellFormat>();
  const styles: CellFormat[] = [];
  let within = false;
  await parse(files, path, {
    open(name, { numFmtId = "0", formatCode = "" }) {
      if (name === "numFmt") custom.set(Number(numFmtId), formatOf(formatCode));
      else if (name === "cellXfs") within = true;
      else if (name === "xf" && within)
        styles.push(custom.get(Number(numFmtId)) ?? (DATE_FORMATS.has(Number(numFmtId)) ? DAY : ""));
    },
    close(name) {
      if (name === "cellXfs") within = false;
    },
  });
  return styles;
}

const DAY = "day";

/** `[$NZD] #,##0`, `"£"#,##0`, `[$€-407] #,##0`; a dollar of any country is written with the same sign. */
function formatOf(code: string): CellFormat {
  if (isDateFormat(code)) return DAY;
  const signs = [...code.matchAll(/\[\$([^\]-]*)|"([^"]*)"|([£€¥])/g)].map(([, a = "", b = "", c = ""]) => a + b + c);
  return signs.map(foreignCurrency).find((sign) => sign !== null) ?? "";
}

/** A number's format that has days, months or years, outside of texts and colours in it. */
function isDateFormat(code: string): boolean {
  const bare = code.replace(/"[^"]*"|\\.|\[[^\]]*\]|_./g, "");
  return /[dy]|m{1,5}(?![^dy]*[#0])/i.test(bare) && !/[#0?]/.test(bare.replace(/0+$/, ""));
}

interface Refers {
  readonly texts: readonly string[];
  readonly formats: readonly CellFormat[];
  readonly since1904: boolean;
}

async function* sheetRows(files: ZipFiles, path: string, refers: Refers, maxRows: number): AsyncGenerator<TableRow> {
  const fill = createMergedFill(await mergesOf(files, path));
  const ready: TableRow[] = [];
  let cells: unknown[] = [];
  let line = 0;
  let column = -1;
  let kind = "";
  let style = 0;
  let text = "";
  let inValue = false;
  let isFormula = false;
  let phonetic = 0;
  const parser = createParser({
    open(name, attributes) {
      switch (name) {
        case "row":
          line = attributes.r === undefined ? line + 1 : Number(attributes.r);
          cells = [];
          column = -1;
          break;
        case "c":
          column = attributes.r === undefined ? column + 1 : columnOf(attributes.r);
          kind = attributes.t ?? "n";
          style = Number(attributes.s ?? 0);
          text = "";
          isFormula = false;
          break;
        case "f":
          isFormula = true;
          break;
        case "v":
        case "t":
          inValue = true;
          break;
        case "rPh":
          phonetic += 1;
      }
    },
    text(part) {
      if (!inValue || phonetic > 0) return;
      text += part;
      checkSize(text.length, MAX_CELL);
    },
    close(name) {
      switch (name) {
        case "v":
        case "t":
          inValue = false;
          break;
        case "rPh":
          phonetic -= 1;
          break;
        case "c":
          if (column >= 0 && column < MAX_COLUMNS && (text !== "" || isFormula || kind === "inlineStr")) {
            while (cells.length < column) cells.push(null);
            cells[column] =
              isFormula && text === "" && kind !== "str" ? UNSAVED_FORMULA : cellValue(kind, style, text, refers);
          }
          break;
        case "row":
          fill(line, cells);
          ready.push({ line, cells });
      }
    },
  });
  let count = 0;
  const decoder = new TextDecoder();
  for await (const chunk of readEntry(files, path)) {
    parser.write(decoder.decode(chunk, { stream: true }));
    for (const row of ready.splice(0)) {
      yield row;
      count += 1;
      if (count >= Math.min(maxRows, MAX_ROWS)) return;
    }
  }
  parser.end();
  for (const row of ready.splice(0)) {
    yield row;
    count += 1;
    if (count >= maxRows) return;
  }
}

/** Cells of a column that are one: the value is in the first of its rows. */
interface Merged {
  readonly column: number;
  readonly from: number;
  readonly to: number;
}

/**
 * People merge cells in sheets that they made themselves; a larger one than this comes from a program, and is read
 * once.
 */
const MAX_MERGED_BYTES = 33_554_432;
/** The list of them is behind the rows. */
const TAIL_CHARACTERS = 1_048_576;

async function mergesOf(files: ZipFiles, path: string): Promise<readonly Merged[]> {
  if ((files.entries.get(path)?.uncompressedSize ?? 0) > MAX_MERGED_BYTES) return [];
  const decoder = new TextDecoder();
  let tail = "";
  for await (const chunk of readEntry(files, path))
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-TAIL_CHARACTERS);
  return [...tail.matchAll(/<(?:\w+:)?mergeCell\s[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"/g)]
    .map(([, letters = "", from, to]) => ({ column: columnOf(letters), from: Number(from), to: Number(to) }))
    .filter(({ from, to }) => to > from);
}

/** Puts the value of merged cells into each of their rows; the rows come in their order. */
function createMergedFill(merges: readonly Merged[]): (line: number, cells: unknown[]) => void {
  const values = new Map<Merged, unknown>();
  const byFirst = [...merges].sort((a, b) => a.from - b.from);
  let open: Merged[] = [];
  return (line, cells) => {
    while (byFirst[0] !== undefined && byFirst[0].from <= line) open.push(byFirst.shift() as Merged);
    if (open.length === 0) return;
    open = open.filter(({ to }) => to >= line);
    for (const merged of open) {
      if (merged.from === line) values.set(merged, cells[merged.column] ?? null);
      const value = values.get(merged) ?? null;
      if (value === null || (cells[merged.column] ?? null) !== null) continue;
      while (cells.length < merged.column) cells.push(null);
      cells[merged.column] = value;
    }
  };
}

function cellValue(kind: string, style: number, text: string, { texts, formats, since1904 }: Refers): unknown {
  switch (kind) {
    case "s":
      return texts[Number(text)] ?? null;
    case "b":
      return text === "1" || text === "true";
    // The name of the error, which counts as nothing and is counted.
    case "e":
      return text;
    case "n": {
      const number = Number(text);
      if (!Number.isFinite(number)) return text;
      const format = formats[style] ?? "";
      if (format !== DAY && format !== "") return `${format} ${text}`;
      if (format !== DAY || number < 1) return number;
      return new Date(Date.UTC(1899, 11, 30) + Math.floor(number + (since1904 ? DAYS_TO_1904 : 0)) * DAY_MS);
    }
    default:
      return text;
  }
}

/** "AB12" is the 28th column: 27. */
function columnOf(reference: string): number {
  let column = 0;
  for (let at = 0; at < reference.length; at++) {
    const letter = reference.charCodeAt(at) & 0xdf;
    if (letter < 65 || letter > 90) break;
    column = column * 26 + letter - 64;
  }
  return column - 1;
}

interface Handler {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(part: string): void;
  close?(name: string): void;
}

/** Names come without the prefix that some programs give them. No entity is replaced but XML's own. */
function createParser({ open, text, close }: Handler): Parser {
  const bare = (name: string) => (name.includes(":") ? name.slice(name.indexOf(":") + 1) : name);
  return new Parser(
    {
      onopentag: (name, attributes) => open?.(bare(name), attributes),
      ontext: (part) => text?.(part),
      onclosetag: (name) => close?.(bare(name)),
    },
    { xmlMode: true, decodeEntities: true },
  );
}

/** A missing part is empty. */
async function parse(files: ZipFiles, path: string, handler: Handler): Promise<void> {
  if (!files.has(path)) return;
  const parser = createParser(handler);
  const decoder = new TextDecoder();
  for await (const chunk of readEntry(files, path)) parser.write(decoder.decode(chunk, { stream: true }));
  parser.end();
}
