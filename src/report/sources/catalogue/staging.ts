import type { Database } from "bun:sqlite";
import { Failure } from "../../../failure.ts";
import { isBusy } from "../../../host/files/sqlite-failure.ts";
import { messages } from "../messages.ts";
import { leaveStoring } from "./commit.ts";
import { openCatalogueDatabase } from "./database.ts";
import { CATALOGUE_KINDS } from "./kind-names.ts";
import { FEED, TABLE_ENDS, tableDefinition } from "./tables.ts";

const BUSY_ATTEMPTS = 20;
const BUSY_WAIT_MS = 100;

/** How far the staging was. */
export type StagingMark = Readonly<Record<(typeof MARKED)[number], number>>;

/** What can be staged, and dropped again, by turns. */
const MARKED = [...CATALOGUE_KINDS, TABLE_ENDS] as const;

/** A connection to the catalogue with a file of its own beside it, into which rows are read before they are merged. */
export function openStaging(path: string, staging: string): Database {
  const database = openCatalogueDatabase(path);
  database.run("PRAGMA busy_timeout = 0");
  leaveStoring(database);
  // What undoes a statement stays in memory: a file for it was written again for every few hundred rows.
  database.run("PRAGMA temp_store = MEMORY");
  database.run(`ATTACH ${quote(staging)} AS staging`);
  database.run("PRAGMA staging.synchronous = OFF");
  // It leaves the journal's file open from one transaction to the next: see startImport.
  database.run("PRAGMA staging.locking_mode = EXCLUSIVE");
  for (const kind of [...CATALOGUE_KINDS, FEED]) database.run(`${tableDefinition(`staging.${kind}`)}) STRICT`);
  database.run("CREATE TABLE staging.removals (kind TEXT NOT NULL, id TEXT NOT NULL) STRICT");
  database.run(
    `CREATE TABLE staging.${TABLE_ENDS} (kind TEXT NOT NULL, locality TEXT NOT NULL, day TEXT NOT NULL) STRICT`,
  );
  return database;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** How far each kind has been staged. */
export function markOf(database: Database): StagingMark {
  const last = (table: string) =>
    (database.query(`SELECT max(rowid) AS last FROM staging.${table}`).get() as { last: number | null }).last ?? 0;
  return Object.fromEntries(MARKED.map((table) => [table, last(table)])) as StagingMark;
}

/** Drops what was staged since. */
export function resetToMark(database: Database, mark: StagingMark): void {
  for (const table of MARKED) database.run(`DELETE FROM staging.${table} WHERE rowid > ?`, [mark[table]]);
}

/** Waits a little for another import to end, without blocking the thread in the meantime. */
export async function beginImmediate(database: Database): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      database.run("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (attempt === BUSY_ATTEMPTS)
        throw new Failure("catalogue_busy", messages.otherImport, {
          transient: true,
          retryAfterMs: 5_000,
          cause: error,
        });
    }
    await Bun.sleep(BUSY_WAIT_MS);
  }
}
