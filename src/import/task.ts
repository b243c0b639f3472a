import { Failure } from "../failure.ts";
import {
  type BadRow,
  type CatalogueChanges,
  type CatalogueKind,
  openCatalogue,
  type Removal,
  type Undone,
} from "../report/sources/catalogue.ts";
import { type ArchiveReading, fileKindOf, readArchive, requireNoSheet } from "./archive.ts";
import type { MapDocument } from "./columns/map.ts";
import { parseMap } from "./columns/map.ts";
import { formatOf } from "./files/json-document.ts";
import { addUp, type FileReading, type OmittedRow, readInto } from "./import.ts";
import { messages } from "./messages.ts";
import { bytesSource, fileSource } from "./source.ts";
import type { FileFormat } from "./table.ts";

/** An upload that is imported in a thread: everything in it can be passed to one. */
export interface ImportTask {
  readonly cataloguePath: string;
  /** What messages call it. */
  readonly name: string;
  /** All of it, or the file that it was written to. */
  readonly content: { readonly bytes: Uint8Array } | { readonly path: string };
  readonly kind: CatalogueKind | null;
  readonly format: FileFormat | null;
  readonly map: MapDocument | null;
  readonly sheet: string | null;
  readonly locality: {
    readonly suburb: string | null;
    readonly state: string | null;
    readonly postcode: string | null;
  };
  /** What alone is taken; null: either. */
  readonly only: "table" | "feed" | null;
  readonly dryRun: boolean;
  readonly skipBad: boolean;
  /** Whom the list of imports names. */
  readonly actor: string;
  /** YYYY-MM-DD. */
  readonly today: string;
}

export interface ImportDone {
  /** Of a table; null for a feed, and for a whole data set. */
  readonly reading: FileReading | null;
  /** Imported rows by kind; for a feed, see its changes. */
  readonly rows: FileReading["rows"];
  readonly warnings: readonly string[];
  /** Of a feed, and of the register. */
  readonly archive: ArchiveReading | null;
  readonly changes: CatalogueChanges;
  /** The first rows that were left out. */
  readonly left_out: readonly OmittedRow[];
  /** The first rows that could not be read and were skipped. */
  readonly bad_rows: readonly BadRow[];
}

/** Below the main thread, which responds, and those that parse requests. */
export const IMPORT_NICE = 8;

/** The limit of listed rows, for those left out and for those that could not be read. */
const ROWS_NAMED = 20;

/**
 * Imports an upload: all of it or nothing. `background`: in a thread of its own, which rests for others.
 * @throws Failure as readInto, and "bad_rows" where no report could use any row.
 */
export async function runImport(task: ImportTask, background: boolean): Promise<ImportDone> {
  const { content, name, dryRun, map, sheet } = task;
  const source = "bytes" in content ? bytesSource(content.bytes, name) : fileSource(content.path, name);
  const catalogue = openCatalogue({ path: task.cataloguePath, background });
  const session = catalogue.startImport();
  const leftOut: OmittedRow[] = [];
  const badRows: BadRow[] = [];
  const finish = async () => {
    const changes = dryRun
      ? await session.preview()
      : await session.commit({ actor: task.actor, files: name === "" ? [] : [name] });
    return dryRun ? { ...changes, id: null } : changes;
  };
  const asDone = (done: ImportDone): ImportDone =>
    done.changes.sampleRemoved
      ? { ...done, warnings: [dryRun ? messages.sampleWouldGo : messages.sampleRemoved, ...done.warnings] }
      : done;
  try {
    const fileKind = await fileKindOf(source);
    if (fileKind !== "table" && task.only === "table") throw new Failure("bad_header", messages.notRows);
    if (fileKind === "table" && task.only === "feed") throw new Failure("bad_reaxml", messages.notFeed);
    const parsedMap = map === null ? null : parseMap(map, messages.mapOfName);
    const onBadRow = (row: BadRow) => {
      if (badRows.length < ROWS_NAMED) badRows.push(row);
    };
    const onLeftOut = (row: OmittedRow) => {
      if (leftOut.length < ROWS_NAMED) leftOut.push(row);
    };
    const given = { map: parsedMap, locality: task.locality, skipBad: task.skipBad, onBadRow, onLeftOut };
    if (fileKind !== "table") {
      requireNoSheet(sheet);
      const archive = await readArchive(session, source, fileKind, task.today, task.only === "feed" ? null : given);
      const { tables } = archive;
      const bad = archive.feeds.flatMap((feed) => (feed.listings === 0 ? feed.bad : []));
      if (
        archive.registers.length + tables.length === 0 &&
        bad.length > 0 &&
        archive.feeds.every(({ listings }) => listings === 0)
      )
        throw new Failure("bad_reaxml", messages.noListing(bad.slice(0, 3).join("; ")));
      return asDone({
        // A zip of one table is as good as the table.
        reading: tables.length === 1 ? (tables[0]?.reading ?? null) : null,
        rows: addUp(...tables.map(({ rows }) => rows)),
        warnings: tables.flatMap(({ warnings }) => warnings),
        archive,
        changes: await finish(),
        left_out: leftOut,
        bad_rows: badRows,
      });
    }
    const format = await formatOf(source, task.format);
    if (format === "data_set") {
      if (task.only !== null) throw new Failure("bad_json", messages.wholeDataSet);
      requireNoSheet(sheet);
      const { rows, warnings } = await session.readDocument(source.open(), { onBadRow });
      const changes = await finish();
      return asDone({ reading: null, rows, warnings, archive: null, changes, left_out: [], bad_rows: [] });
    }
    const reading = await readInto(session, source, {
      kind: task.kind,
      format,
      ...given,
      ...(sheet === null ? {} : { sheet }),
      today: task.today,
    });
    const { rows, warnings } = reading;
    const changes = await finish();
    return asDone({ reading, rows, warnings, archive: null, changes, left_out: leftOut, bad_rows: badRows });
  } finally {
    session.rollback();
    catalogue.close();
  }
}

/** What is done to the catalogue beside importing; of a million rows it takes seconds, too. */
export type ChangeTask =
  | { readonly change: "undo"; readonly id: number }
  | { readonly change: "remove"; readonly removal: Removal; readonly actor: string }
  | { readonly change: "clear"; readonly kind: CatalogueKind | null }
  /** Counts the rows that would be removed, and removes none. */
  | { readonly change: "count"; readonly removal: Removal };

export interface Changed {
  readonly undo: Undone;
  readonly remove: { readonly id: number | null; readonly removed: number };
  readonly clear: { readonly removed: number };
  readonly count: { readonly removed: number };
}

/** @throws Failure as Catalogue.undo. */
export async function runChange(
  cataloguePath: string,
  task: ChangeTask,
  background: boolean,
): Promise<Changed[ChangeTask["change"]]> {
  const catalogue = openCatalogue({ path: cataloguePath, background });
  try {
    switch (task.change) {
      case "undo":
        return await catalogue.undo(task.id);
      case "remove":
        return await catalogue.remove(task.removal, task.actor);
      case "clear":
        return { removed: await catalogue.clear(task.kind) };
      case "count":
        return { removed: catalogue.count(task.removal) };
    }
  } finally {
    catalogue.close();
  }
}

/** What the thread receives. */
export type ThreadTask =
  | { readonly work: "import"; readonly task: ImportTask }
  | { readonly work: "change"; readonly cataloguePath: string; readonly task: ChangeTask };
export type ThreadDone = ImportDone | Changed[ChangeTask["change"]];
