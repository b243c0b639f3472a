import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { asFailure, Failure } from "../failure.ts";
import { makePrivateFolder } from "../host/files/private-folder.ts";
import { type ArchiveReading, fileKindOf, ignoredOptions, readArchive, requireNoSheet } from "../import/archive.ts";
import type { ImportMap } from "../import/columns/map.ts";
import { formatOf } from "../import/files/json-document.ts";
import { addUp, type FileReading, type OmittedRow, readInto } from "../import/import.ts";
import type { ServedJob } from "../import/inbox/logged-inbox.ts";
import { messages as importMessages } from "../import/messages.ts";
import { type FilePlan, planOf } from "../import/plan.ts";
import { fileSource, type ImportSource, storedSource } from "../import/source.ts";
import { todayIn } from "../import/today.ts";
import {
  type BadRow,
  CATALOGUE_KINDS,
  type CatalogueChanges,
  type CatalogueImport,
  type CatalogueKind,
  type ImportInput,
  openCatalogue,
} from "../report/sources/catalogue.ts";
import {
  describeChanges,
  describeFeed,
  describeReading,
  describeRegisters,
  describeRows,
  describeServed,
} from "./import-summary.ts";
import { messages } from "./messages.ts";

export interface ImportFilesOptions {
  readonly dataDir: string;
  /** Paths; "-" is standard input. */
  readonly files: readonly string[];
  /** The kind of rows; else taken from each file's name, or from its columns. */
  readonly kind?: string;
  readonly map?: ImportMap;
  readonly sheet?: string;
  /** Reads and reports, and changes nothing. */
  readonly dryRun?: boolean;
  /** Leaves out rows that cannot be read, and imports the others. */
  readonly skipBad?: boolean;
  /** What earlier imports of a file of the same name brought, and this one no longer has, is removed. */
  readonly replace?: boolean;
  /** One object with what is known of each file, in place of the lines for people. */
  readonly json?: boolean;
  /** Failed jobs that would be served now, after an import; null where no service runs here. */
  readonly servedJobs?: () => Promise<readonly ServedJob[] | null>;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly stdin?: ImportInput;
  readonly now?: () => Date;
}

/** The remarks of one kind about rows that are printed; `--json` has as many, and their total. */
const MOST_NAMED = 20;

interface FileResult {
  readonly file: string;
  readonly rows: Partial<Readonly<Record<CatalogueKind, number>>>;
  readonly warnings: readonly string[];
  readonly error: string | null;
  readonly bad_rows: readonly BadRow[];
  readonly left_out: readonly OmittedRow[];
  readonly reading: FileReading | null;
  /** Of a feed, and of the register. */
  readonly archive: ArchiveReading | null;
}

/**
 * Fills the catalogue: all files or none. Prints what each contains and every bad row as `FILE:LINE: reason`. Returns the
 * exit code: 0 done, 1 something is wrong with the files and nothing was imported.
 * @throws Failure "usage" when it cannot know what a file contains.
 */
export async function importFiles(options: ImportFilesOptions): Promise<number> {
  const { dataDir, files, out, err, json = false, dryRun = false } = options;
  if (options.replace && options.skipBad) throw new Failure("usage", messages.replaceWithSkip);
  const plans = files.map((file) => plan(file, options.kind));
  await makePrivateFolder(dataDir);
  // A service may run beside it.
  const catalogue = openCatalogue({ path: join(dataDir, "catalogue.db"), background: true });
  const session = catalogue.startImport();
  const results: FileResult[] = [];
  const end = async (changes: CatalogueChanges | null, imported: boolean) => {
    const served = imported ? await options.servedJobs?.() : null;
    if (!json && served != null) for (const line of describeServed(served)) out(line);
    if (json)
      out(
        JSON.stringify({
          imported,
          dry_run: dryRun,
          changes: changes?.kinds ?? null,
          import_id: changes?.id ?? null,
          sample_removed: changes?.sampleRemoved ?? false,
          failed_jobs: served ?? null,
          files: results,
        }),
      );
    return imported || (dryRun && changes !== null) ? 0 : 1;
  };
  try {
    // Whom others name comes before those who name them.
    for (const each of inOrder(plans)) results.push(await readFile(session, each, options));
    results.sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file));
    if (!json)
      for (const { file, rows, error, reading, archive } of results) {
        if (error === null && archive === null) out(`${file}: ${describeRows(rows)}`);
        for (const line of describeReading(reading, dryRun)) out(line);
        for (const table of archive?.tables ?? []) {
          out(`${table.file}: ${describeRows(table.rows)}`);
          for (const line of describeReading(table.reading, dryRun)) out(line);
        }
      }
    const feeds = results.flatMap(({ archive }) => archive?.feeds ?? []);
    const registers = results.flatMap(({ archive }) => archive?.registers ?? []);
    if (results.some(({ error }) => error !== null)) {
      const rows = results.some(({ bad_rows }) => bad_rows.length > 0);
      err(rows ? messages.correctRows : messages.correctProblem);
      return await end(null, false);
    }
    if (
      feeds.length + registers.length === 0 &&
      results.every(({ rows }) => Object.values(rows).every((count) => count === 0)) &&
      results.some(({ left_out }) => left_out.length > 0)
    ) {
      err(messages.noUsableRow);
      return await end(null, false);
    }
    if (
      feeds.length > 0 &&
      feeds.every(({ listings }) => listings === 0) &&
      results.every(({ archive }) => archive !== null && archive.registers.length + archive.tables.length === 0)
    ) {
      for (const { file, bad } of feeds) for (const line of bad) err(`${file}: ${line}`);
      err(messages.noReadableListing);
      return await end(null, false);
    }
    if (options.replace) for (const { file, reading } of results) replaceEarlier(session, file, reading);
    const changes = dryRun
      ? await session.preview()
      : await session.commit({ files: files.map((file) => basename(file)) });
    for (const feed of json ? [] : feeds) for (const line of describeFeed(feed)) out(line);
    if (!json) for (const line of describeRegisters(registers)) out(line);
    for (const { file, warnings } of registers) for (const line of warnings) err(`${file}: ${line}`);
    for (const { file, bad, pending, warnings } of feeds)
      for (const line of [...bad, ...pending, ...warnings]) err(`${file}: ${line}`);
    if (!json && dryRun) out(messages.dryRun(resolve(dataDir), describeChanges(changes)));
    else if (!json) out(messages.imported(resolve(dataDir), describeChanges(changes)));
    if (changes.sampleRemoved) err(`note: ${dryRun ? importMessages.sampleWouldGo : importMessages.sampleRemoved}`);
    return await end(dryRun ? { ...changes, id: null } : changes, !dryRun);
  } finally {
    session.rollback();
    catalogue.close();
  }
}

/** @throws Failure "usage" for what is no table, and for one without rows. */
function replaceEarlier(session: CatalogueImport, file: string, reading: FileReading | null): void {
  if (reading === null || file === "-") throw new Failure("usage", messages.replaceTable(file));
  if ((reading.rows[reading.kind] ?? 0) === 0) throw new Failure("usage", messages.replaceWithNothing(file));
  session.removeOthers(reading.kind, basename(file));
}

interface ImportPlan extends FilePlan {
  readonly file: string;
}

function plan(file: string, kind: string | undefined): ImportPlan {
  if (kind !== undefined && !isKind(kind))
    throw new Failure("usage", messages.kindOptionUnknown(kind, CATALOGUE_KINDS.join(", ")));
  const named = planOf(file === "-" ? "" : basename(file));
  return { file, format: named.format, kind: kind ?? named.kind };
}

function inOrder(plans: readonly ImportPlan[]): readonly ImportPlan[] {
  const rankOf = ({ kind }: ImportPlan) => (kind === null ? CATALOGUE_KINDS.length : CATALOGUE_KINDS.indexOf(kind));
  return [...plans].sort((a, b) => rankOf(a) - rankOf(b));
}

async function readFile(session: CatalogueImport, each: ImportPlan, options: ImportFilesOptions): Promise<FileResult> {
  const { err } = options;
  const { file } = each;
  const badRows: BadRow[] = [];
  const leftOut: OmittedRow[] = [];
  let left = 0;
  try {
    const reading = await readPlanned(session, each, options, {
      onBadRow: (bad) => {
        badRows.push(bad);
        err(`${file}:${bad.line ?? `row ${bad.row}`}: ${bad.reason}`);
      },
      onLeftOut: (row) => {
        left += 1;
        if (left > MOST_NAMED) return;
        leftOut.push(row);
        err(`${file}:${row.line ?? `row ${row.row}`}: left out: ${row.reason}`);
      },
    });
    if (left > MOST_NAMED) err(messages.moreLeftOut(file, left - MOST_NAMED));
    for (const warning of reading.warnings) err(`${file}: ${warning}`);
    return {
      file,
      rows: reading.rows,
      warnings: reading.warnings,
      error: null,
      bad_rows: options.skipBad ? badRows : [],
      left_out: leftOut,
      reading: reading.reading,
      archive: reading.archive ?? null,
    };
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code === "usage") throw failure;
    // Bad rows have been printed one by one.
    if (failure.code !== "bad_rows") err(`${file}:${lineOf(failure)} ${failure.message}`);
    return {
      file,
      rows: {},
      warnings: [],
      error: failure.message,
      bad_rows: badRows,
      left_out: leftOut,
      reading: null,
      archive: null,
    };
  }
}

interface Planned {
  readonly rows: FileResult["rows"];
  readonly warnings: readonly string[];
  /** Null for a whole data set, whose fields are what they are called. */
  readonly reading: FileReading | null;
  readonly archive?: ArchiveReading;
}

async function readPlanned(
  session: CatalogueImport,
  { file, kind, format }: ImportPlan,
  options: ImportFilesOptions,
  { onBadRow, onLeftOut }: { readonly onBadRow: (row: BadRow) => void; readonly onLeftOut: (row: OmittedRow) => void },
): Promise<Planned> {
  const source = await open(file, options);
  const now = options.now?.() ?? new Date();
  const fileKind = await fileKindOf(source);
  const given = { map: options.map ?? null, skipBad: options.skipBad ?? false, onBadRow, onLeftOut };
  const ignored = (archive: ArchiveReading | null) =>
    ignoredOptions({ reading: null, archive }, { kind: options.kind ?? null, hasMap: options.map !== undefined });
  if (fileKind !== "table") {
    requireNoSheet(options.sheet);
    const archive = await readArchive(session, source, fileKind, todayIn(now), given);
    const rows = addUp(...archive.tables.map((table) => table.rows));
    const warnings = [...ignored(archive), ...archive.tables.flatMap((table) => table.warnings)];
    return { rows, warnings, reading: null, archive };
  }
  const actual = await formatOf(source, format);
  if (actual === "data_set") {
    requireNoSheet(options.sheet);
    const { rows, warnings } = await session.readDocument(source.open(), { onBadRow });
    return { rows, warnings: [...ignored(null), ...warnings], reading: null };
  }
  try {
    const reading = await readInto(session, source, {
      kind,
      format: actual,
      ...given,
      ...(options.sheet === undefined ? {} : { sheet: options.sheet }),
      today: todayIn(now),
    });
    return { rows: reading.rows, warnings: reading.warnings, reading };
  } catch (error) {
    if (error instanceof Failure && error.code === "unknown_kind")
      throw new Failure("usage", messages.kindUnclear(file, CATALOGUE_KINDS.join(", ")));
    throw error;
  }
}

/** Standard input is written to a file first: it may have to be read twice. */
async function open(file: string, { stdin, dataDir }: ImportFilesOptions): Promise<ImportSource> {
  if (file !== "-") return fileSource(file);
  return storedSource((stdin ?? Bun.stdin.stream()) as AsyncIterable<Uint8Array>, "-", [tmpdir(), dataDir]);
}

function lineOf({ options }: Failure): string {
  const line = options.details?.line;
  return typeof line === "number" ? `${line}:` : "";
}

function isKind(kind: string): kind is CatalogueKind {
  return (CATALOGUE_KINDS as readonly string[]).includes(kind);
}
