import type { Database } from "bun:sqlite";
import { type DrawPicture, withDrawnPictures } from "./drawn-pictures.ts";
import { BAD_ROWS_NAMED, type BadRow, badRowsFailure } from "./import-failures.ts";
import type { InputRow } from "./input-row.ts";
import type { CatalogueKind } from "./kind-names.ts";
import type { RowLocality } from "./kinds.ts";
import { createRowReader, type StoredRow } from "./row.ts";
import type { Slices } from "./slices.ts";
import { COLUMNS, DATED_KINDS, TABLE_ENDS } from "./tables.ts";

export interface ImportOptions {
  readonly onBadRow?: (row: BadRow) => void;
  /** The locality of rows that name none. */
  readonly locality?: RowLocality;
  readonly signal?: AbortSignal;
  /** Whom the list of imports names; "operator" by default. */
  readonly actor?: string;
}

export interface StageOptions extends ImportOptions {
  /** Leaves bad rows out instead of refusing all. */
  readonly skipBad?: boolean;
  /** Called with each row as it will be stored. */
  readonly onRow?: (row: StoredRow) => void;
}

/** What the rows are staged into. */
export interface StagingSession {
  readonly database: Database;
  readonly drawPicture: DrawPicture;
  readonly slice: Slices;
  /** Waits for the disk now and then. */
  readonly pace: () => Promise<void>;
  readonly isOpen: () => boolean;
  /** @throws Failure "catalogue_closed". */
  readonly assertOpen: () => void;
}

/** Rows written to the file before the event loop runs again. */
const CHUNK_ROWS = 100;

const INSERT_STAGED = (kind: CatalogueKind) =>
  `INSERT INTO staging.${kind} VALUES (${COLUMNS.map(() => "?").join(", ")})`;

/** Checks rows of one kind and stages them. Returns how many. @throws Failure "bad_rows", unless `skipBad`. */
export async function stageRows(
  { database, drawPicture, slice, pace, isOpen, assertOpen }: StagingSession,
  kind: CatalogueKind,
  rows: AsyncIterable<InputRow> | Iterable<InputRow>,
  warn: (warning: string) => void,
  { onBadRow, locality, signal, skipBad = false, onRow }: StageOptions,
): Promise<number> {
  const read = createRowReader(kind, locality ?? null, warn);
  const insert = database.prepare(INSERT_STAGED(kind));
  const bad: BadRow[] = [];
  let badRows = 0;
  let count = 0;
  let waiting: StoredRow[] = [];
  const end = createTableEnd(kind);
  const write = database.transaction((batch: readonly StoredRow[]) => {
    for (const row of batch) insert.run(...row);
  });
  try {
    for await (const { line, row: at, value, reason } of rows) {
      count++;
      const drawn = reason === undefined ? await withDrawnPictures(value, drawPicture) : { reason };
      const taken = "reason" in drawn ? drawn : read(drawn.value);
      if ("reason" in taken) {
        const row = { kind, line, row: at ?? count, reason: taken.reason };
        badRows++;
        if (skipBad) count--;
        if (bad.length < BAD_ROWS_NAMED) bad.push(row);
        onBadRow?.(row);
      } else if (badRows === 0 || skipBad) {
        for (const row of taken.rows) {
          onRow?.(row);
          end.see(row);
          waiting.push(row);
        }
      }
      if (waiting.length >= CHUNK_ROWS) {
        write(waiting);
        waiting = [];
        await pace();
        assertOpen();
      }
      if (slice.over()) {
        await slice.next();
        signal?.throwIfAborted();
        assertOpen();
      }
    }
    write(waiting);
    if (badRows === 0 || skipBad) end.stage(database);
  } finally {
    if (isOpen()) insert.finalize();
  }
  if (badRows > 0 && !skipBad) throw badRowsFailure(badRows, bad);
  return count;
}

const LOCALITY = COLUMNS.indexOf("locality");
const DATE = COLUMNS.indexOf("date");
const SOURCE = COLUMNS.indexOf("source");

/** Finds where a table ends of which rows have no source, and of which localities it has such rows. */
function createTableEnd(kind: CatalogueKind) {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  /** Written by `see`. */
  const localities = new Set<string>();
  /** Written by `see`. */
  let newest = "";
  return {
    see(row: StoredRow) {
      const [locality, date] = [row[LOCALITY], row[DATE]];
      if (!locality || row[SOURCE]) return;
      localities.add(locality);
      if (date && date > newest && date <= tomorrow) newest = date;
    },
    stage(database: Database) {
      if (newest === "" || !DATED_KINDS.some((each) => each === kind)) return;
      const insert = database.prepare(`INSERT INTO staging.${TABLE_ENDS} VALUES (?, ?, ?)`);
      database.transaction(() => {
        for (const locality of localities) insert.run(kind, locality, newest);
      })();
      insert.finalize();
    },
  };
}
