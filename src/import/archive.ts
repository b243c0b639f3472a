import { Failure } from "../failure.ts";
import type { CatalogueImport } from "../report/sources/catalogue.ts";
import { isWorkbook, zipEntries } from "./files/zip.ts";
import { messages } from "./messages.ts";
import { type FeedReading, readFeed } from "./reaxml/feed.ts";
import { beginsAsRegister, type RegisterReading, readRegister, stageRegisterSource } from "./register/sales.ts";
import { headOf, type ImportSource } from "./source.ts";
import { isZippedTable, readZippedTables, type ZippedOptions, type ZippedTable } from "./zipped-tables.ts";

/** The result of a file that is no table: a feed, files of the register, or a zip of these and of tables. */
export interface ArchiveReading {
  readonly feeds: readonly FeedReading[];
  readonly registers: readonly RegisterReading[];
  readonly tables: readonly ZippedTable[];
  /** Files of a zip that are none of these, such as a licence. */
  readonly skipped: number;
}

/** What a file is, by its beginning; "table" where it is none of the others. @throws Failure "bad_header" for a web page. */
export async function fileKindOf(source: ImportSource): Promise<"feed" | "register" | "zip" | "table"> {
  const { head } = await headOf(source, 1_024);
  if (!/\.xml$/i.test(source.name) && isSheetInMarkup(head))
    throw new Failure("bad_header", messages.webPage, { details: { line: 1 } });
  if (beginsAsXml(head)) return "feed";
  if (beginsAsRegister(head)) return "register";
  const [p, k, a, b] = head;
  if (p === 0x50 && k === 0x4b && a === 5 && b === 6)
    throw new Failure("bad_zip", messages.emptyZip, { details: { line: 1 } });
  const isZip = p === 0x50 && k === 0x4b && a === 3 && b === 4;
  return isZip && !(await isWorkbook(source)) ? "zip" : "table";
}

/**
 * Reads a file that is no table into an import. Of a zip each file is read that is a feed's, the register's or a table, also
 * in zips within it; `tables` null: no table.
 * @throws Failure "bad_zip"; "bad_header" for a zip without such a file; as readFeed and readInto.
 */
export async function readArchive(
  session: CatalogueImport,
  source: ImportSource,
  fileKind: "feed" | "register" | "zip",
  today: string,
  tableOptions: Omit<ZippedOptions, "today"> | null,
): Promise<ArchiveReading> {
  const feeds: FeedReading[] = [];
  const registers: RegisterReading[] = [];
  const paths = new Set<string>();
  let skipped = 0;
  const readOne = async (file: ImportSource, what: "feed" | "register" | "zip" | "table") => {
    if (what === "feed") feeds.push(await readFeed(session, file, { today }));
    else if (what === "register") registers.push(await readRegister(session, file, today));
    else skipped += 1;
  };
  if (fileKind !== "zip") await readOne(source, fileKind);
  else
    for await (const { path, source: entry } of zipEntries(source)) {
      if (/\.(dat|xml)$/i.test(path)) await readOne(entry, await fileKindOf(entry));
      else if (tableOptions !== null && (await isZippedTable({ path, source: entry }))) paths.add(path);
      // A licence is no table to import.
      else skipped += 1;
    }
  if (feeds.length + registers.length + paths.size === 0)
    throw new Failure("bad_header", tableOptions === null ? messages.zipWithoutFeed : messages.zipWithoutTable);
  if (registers.length > 0) await stageRegisterSource(session);
  const tables =
    tableOptions === null || paths.size === 0
      ? []
      : await readZippedTables(session, source, paths, { ...tableOptions, today });
  return { feeds, registers, tables, skipped };
}

/** @throws Failure "bad_sheet" where a file that is no table should have a sheet. */
export function requireNoSheet(sheet: string | null | undefined): void {
  if (sheet != null) throw new Failure("bad_sheet", messages.noWorkbook(sheet));
}

/** Hints given for a file that is no table, which had no effect: a warning for each. */
export function ignoredOptions(
  { reading, archive }: { readonly reading: unknown; readonly archive: ArchiveReading | null },
  { kind, hasMap }: { readonly kind: string | null; readonly hasMap: boolean },
): readonly string[] {
  if (archive === null && reading !== null) return [];
  return [
    ...(kind === null ? [] : [messages.kindIgnored(kind)]),
    ...(hasMap && (archive?.tables ?? []).length === 0 ? [messages.mapIgnored] : []),
  ];
}

/** What programs of old write as .xls: a table in HTML, or Excel's XML of 2003. */
function isSheetInMarkup(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head).replaceAll("\0", "");
  return (
    /^[\ufeff\ufffd\s]*<(!doctype html|html|table|meta|style)\b/i.test(text) ||
    text.includes("urn:schemas-microsoft-com:office:spreadsheet")
  );
}

/** Whether a file is XML: it begins with "<". */
function beginsAsXml(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head.subarray(0, 64)).replaceAll("\0", "");
  return text.replace(/^[\ufeff\ufffd\s]+/, "").startsWith("<");
}
