import { Database, SQLiteError } from "bun:sqlite";
import { Failure } from "../../../failure.ts";
import { type PacedSync, paceSync, sendOpenFile } from "../../../host/files/paced-sync.ts";
import { messages } from "../messages.ts";
import { openCatalogueDatabase } from "./database.ts";

export interface StoreOptions {
  /** Of the catalogue. */
  readonly path: string;
  /** Its write-ahead log, since before anything of the transaction was written. */
  readonly log: PacedSync;
  readonly background: boolean;
  /** False once the connection is closed. */
  readonly isOpen: () => boolean;
}

/**
 * Returns when what was just committed is on the disk, and as a rule in the database's own file. SQLite would wait for all of
 * it in one fsync for the commit and in another for the checkpoint; beside a hundred megabytes the jobs' commits would wait
 * as long. So the connection, whose `synchronous` is NORMAL, commits without one, and both files are sent to the disk in
 * parts.
 * @throws Failure "disk_error" where the disk did not take all: it may be lost with the machine's power.
 */
export async function storeInParts(database: Database, options: StoreOptions): Promise<void> {
  const reader = readFrom(options.path);
  try {
    await options.log.finish().catch((error: unknown) => {
      const { code = "EIO" } = error as NodeJS.ErrnoException;
      throw new Failure("disk_error", messages.catalogueNotSynced(code), { transient: true, cause: error });
    });
    await checkpoint(database, reader, options);
  } catch (error) {
    // What is in the log is as safe as it was; another checkpoint comes with the next commit.
    if (!(error instanceof SQLiteError)) throw error;
  } finally {
    reader.close();
  }
}

/** For a connection with one large commit, which `storeInParts` follows; outside of a transaction. */
export function leaveStoring(database: Database): void {
  database.run("PRAGMA cache_size = -32000");
  database.run("PRAGMA main.synchronous = NORMAL");
  database.run("PRAGMA wal_autocheckpoint = 0");
}

/**
 * Changes many rows in one transaction, by a connection of its own, and returns when that is on the disk.
 * @throws what `change` does, and Failure as storeInParts.
 */
export async function changeInParts<T>(
  { path, background }: Pick<StoreOptions, "path" | "background">,
  change: (database: Database) => T,
): Promise<T> {
  const database = openCatalogueDatabase(path);
  let log: PacedSync | null = null;
  try {
    leaveStoring(database);
    log = paceSync(`${path}-wal`, { background });
    const result = change(database);
    await storeInParts(database, { path, background, log, isOpen: () => true });
    return result;
  } finally {
    log?.close();
    database.close();
  }
}

/** A connection that reads what is committed now: no checkpoint takes over what comes after it. */
function readFrom(path: string): Database {
  const reader = new Database(path, { readonly: true });
  reader.run("PRAGMA busy_timeout = 1000");
  reader.run("BEGIN");
  reader.query("SELECT 1 FROM imports LIMIT 1").get();
  return reader;
}

/**
 * A checkpoint in two steps. The first copies all that `reader` sees, which is on the disk, and waits for nothing. The log
 * cannot begin again after it, since a frame more is in it than was copied. The second is SQLite's own with its fsyncs, and
 * finds the most written by then.
 */
async function checkpoint(database: Database, reader: Database, options: StoreOptions): Promise<void> {
  if (!options.isOpen()) return;
  // Another writer at this moment waits for its own turn.
  database.run("PRAGMA busy_timeout = 0");
  database.run("PRAGMA main.synchronous = FULL");
  const { user_version: version } = database.query("PRAGMA main.user_version").get() as { user_version: number };
  database.run(`PRAGMA main.user_version = ${version}`);
  database.run("PRAGMA main.synchronous = OFF");
  database.run("PRAGMA main.wal_checkpoint(PASSIVE)");
  database.run("PRAGMA main.synchronous = FULL");
  reader.close();
  if (options.background) await sendOpenFile(options.path);
  if (options.isOpen()) database.run("PRAGMA main.wal_checkpoint(TRUNCATE)");
}
