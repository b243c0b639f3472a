import { posix } from "node:path";
import { asFailure, Failure } from "../failure.ts";
import { type BadRow, CATALOGUE_KINDS, type CatalogueImport } from "../report/sources/catalogue.ts";
import { formatOf } from "./files/json-document.ts";
import { type ZipEntry, zipEntries } from "./files/zip.ts";
import { type FileReading, type OmittedRow, type ReadOptions, readInto } from "./import.ts";
import { messages } from "./messages.ts";
import { planOf } from "./plan.ts";
import { headOf, type ImportSource } from "./source.ts";

/** A table in a zip, as it was imported. */
export interface ZippedTable {
  /** With the zip it is in: "export.zip/sales.csv". */
  readonly file: string;
  readonly rows: FileReading["rows"];
  readonly warnings: readonly string[];
  /** Null for a whole data set. */
  readonly reading: FileReading | null;
}

export type ZippedOptions = Omit<ReadOptions, "kind" | "format" | "sheet">;

const TABLE = /\.(csv|tsv|tab|xlsx|xlsm|xls|ods|json|ndjson|jsonl)$/i;
const MAX_TABLES = 1_000;

/** Whether a zip's file is a table by its name; not the companion files of macOS, and not empty files. */
export async function isZippedTable({ path, source }: ZipEntry): Promise<boolean> {
  if (!TABLE.test(path) || path.includes("/__MACOSX/") || posix.basename(path).startsWith(".")) return false;
  return (await headOf(source, 1)).head.length > 0;
}

/**
 * Reads the tables of a zip, whom others name before those who name them: agencies and agents before sales, whatever their
 * order in the zip. @throws Failure as readInto, which names the file.
 */
export async function readZippedTables(
  session: CatalogueImport,
  source: ImportSource,
  paths: ReadonlySet<string>,
  options: ZippedOptions,
): Promise<readonly ZippedTable[]> {
  if (paths.size > MAX_TABLES) throw new Failure("bad_zip", messages.zipTables(source.name, paths.size, MAX_TABLES));
  const rankOf = (path: string) => {
    const { kind } = planOf(posix.basename(path));
    return kind === null ? CATALOGUE_KINDS.length : CATALOGUE_KINDS.indexOf(kind);
  };
  const tables: ZippedTable[] = [];
  for (const rank of [...new Set([...paths].map(rankOf))].sort((a, b) => a - b))
    for await (const entry of zipEntries(source))
      if (paths.has(entry.path) && rankOf(entry.path) === rank) tables.push(await readOne(session, entry, options));
  return tables;
}

async function readOne(
  session: CatalogueImport,
  { path, source }: ZipEntry,
  { onBadRow, onLeftOut, ...options }: ZippedOptions,
): Promise<ZippedTable> {
  const named = <Row extends { readonly reason: string }>(row: Row): Row => ({
    ...row,
    reason: `${path}: ${row.reason}`,
  });
  const callbacks = {
    onBadRow: (row: BadRow) => onBadRow?.(named(row)),
    onLeftOut: (row: OmittedRow) => onLeftOut?.(named(row)),
  };
  const plan = planOf(posix.basename(path));
  try {
    const format = await formatOf(source, plan.format);
    if (format === "data_set")
      return { file: path, ...(await session.readDocument(source.open(), callbacks)), reading: null };
    const reading = await readInto(session, source, { ...options, ...callbacks, kind: plan.kind, format });
    return {
      file: path,
      rows: reading.rows,
      warnings: reading.warnings.map((warning) => `${path}: ${warning}`),
      reading,
    };
  } catch (error) {
    const { code, message, options: more } = asFailure(error);
    throw new Failure(code, `${path}: ${message}`, more);
  }
}
