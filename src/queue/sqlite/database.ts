import { Database, SQLiteError } from "bun:sqlite";
import { existsSync, readFileSync, statSync } from "node:fs";
import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";
import { databaseFailure, isBusy, tolerant } from "./failures.ts";
import { APPLICATION_ID, SCHEMA_VERSION } from "./migrations.ts";
import { bringToNewest, missingFrom } from "./schema.ts";

/** A database up to this size is checked whole at start; of a larger one only the edges of each tree: start is quick. */
const CHECK_WHOLE_BYTES = 8_000_000;
/** How long a process that is just ending may still lock the data folder. */
const LOCK_WAIT_MS = 500;
/** Blocks the event loop, so it is short: a writer that waits longer comes back later (see group-commit.ts). */
const BUSY_MS = 20;
const WAL_BYTES = 16_000_000;

export interface OpenedDatabase {
  readonly db: Database;
  /** Empties the WAL, closes the database, and releases it for another process. */
  close(): void;
}

/**
 * Opens the jobs' database for this process alone, made or brought to this binary's schema as needed.
 * @throws Failure "data_dir_in_use", "database_foreign", "database_newer" or "database_damaged"; then nothing was changed.
 */
export function openDatabase(path: string): OpenedDatabase {
  checkSqliteVersion();
  const lock = lockFor(path);
  try {
    if (existsSync(path) && !isMade(path)) rollBack(path);
    inspect(path);
    const db = new Database(path, { create: true, readwrite: true });
    try {
      configure(db);
      bringToNewest(db);
    } catch (error) {
      db.close();
      throw error;
    }
    return {
      db,
      close() {
        // A log that a full disk does not let empty is read by the next process.
        tolerant(() => void db.run("PRAGMA wal_checkpoint(TRUNCATE)"))();
        db.close();
        lock.run("ROLLBACK");
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw openingFailure(error, path);
  }
}

/**
 * SQLite 3.7.0–3.51.2 can corrupt a WAL that two processes write (and the operator's shell is a second one).
 * @throws Failure "sqlite_version"
 */
export function checkSqliteVersion(version: string = engineVersion()): void {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const number = major * 1_000_000 + minor * 1_000 + patch;
  if (number >= 3_007_000 && number <= 3_051_002) throw new Failure("sqlite_version", messages.oldSqlite(version));
}

function engineVersion(): string {
  const db = new Database(":memory:");
  try {
    return (db.query("SELECT sqlite_version() AS version").get() as { version: string }).version;
  } finally {
    db.close();
  }
}

/** A lock of the operating system on a file beside the database: gone with the process, however it ends. */
export function lockFor(path: string): Database {
  const lock = new Database(`${path}.lock`, { create: true, readwrite: true });
  try {
    lock.run(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}`);
    lock.run("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw databaseFailure(error);
    throw new Failure("data_dir_in_use", messages.inUse(path), {
      cause: error,
    });
  }
}

/** Whether a process works on the database at this path now. Creates nothing. */
export function isInUse(path: string): boolean {
  if (!existsSync(`${path}.lock`)) return false;
  const lock = new Database(`${path}.lock`, { readwrite: true });
  try {
    lock.run("PRAGMA busy_timeout = 0");
    lock.run("BEGIN EXCLUSIVE");
    lock.run("ROLLBACK");
    return false;
  } catch (error) {
    if (!isBusy(error)) throw databaseFailure(error);
    return true;
  } finally {
    lock.close();
  }
}

/** Where a rollback journal has the number of pages that the database had before (SQLite's file format, section 3). */
const PAGES_BEFORE = { from: 16, to: 20 };

/**
 * Whether there is a database. There is none, either, where a process was killed before it had made its first table: the
 * journal beside the file is of at most one page then, and every table has one besides the file's first.
 */
export function isMade(path: string): boolean {
  if (!existsSync(path) || statSync(path).size === 0) return false;
  if (!existsSync(`${path}-journal`)) return true;
  const pages = readFileSync(`${path}-journal`).subarray(PAGES_BEFORE.from, PAGES_BEFORE.to);
  return pages.length < 4 || pages.readUInt32BE() > 1;
}

/** SQLite applies that journal when it reads, but not on a read-only connection, such as the inspection's. */
function rollBack(path: string): void {
  const db = new Database(path, { readwrite: true });
  try {
    db.query("SELECT count(*) FROM sqlite_schema").get();
  } finally {
    db.close();
  }
}

/** Reads only: a read-only connection also leaves another program's WAL where it is. */
function inspect(path: string): void {
  if (!existsSync(path) || statSync(path).size === 0) return;
  const db = new Database(path, { readonly: true });
  try {
    const pragma = (name: string) => Object.values(db.query(`PRAGMA ${name}`).get() as Record<string, number>)[0] ?? 0;
    const applicationId = pragma("application_id");
    const { objects } = db.query("SELECT count(*) AS objects FROM sqlite_schema").get() as { objects: number };
    if (applicationId !== APPLICATION_ID && (applicationId !== 0 || objects > 0))
      throw new Failure("database_foreign", messages.foreignDatabase(path));
    const version = pragma("user_version");
    if (version > SCHEMA_VERSION)
      throw new Failure("database_newer", messages.newerDatabase(path, version, SCHEMA_VERSION));
    checkHealth(db, path);
    // What the operator has added beside it is none of our business.
    const missing = missingFrom(db, version);
    if (missing !== null) throw damaged(path, `its ${missing} was changed`);
  } catch (error) {
    throw openingFailure(error, path);
  } finally {
    db.close();
  }
}

function checkHealth(db: Database, path: string): void {
  if (statSync(path).size <= CHECK_WHOLE_BYTES) {
    const { quick_check: found } = db.query("PRAGMA quick_check(1)").get() as { quick_check: string };
    if (found !== "ok") throw damaged(path, found.replaceAll("\n", " "));
    return;
  }
  const tables = db
    .query("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%WITHOUT ROWID%'")
    .all() as { name: string }[];
  for (const { name } of tables) {
    db.query(`SELECT * FROM "${name}" ORDER BY rowid LIMIT 1`).get();
    db.query(`SELECT * FROM "${name}" ORDER BY rowid DESC LIMIT 1`).get();
  }
}

/** A database that cannot even be queried ("no such column", "unsupported file format") has lost what makes it one. */
function openingFailure(error: unknown, path: string): unknown {
  return error instanceof SQLiteError && error.code === "SQLITE_ERROR"
    ? damaged(path, error.message, error)
    : databaseFailure(error);
}

function damaged(path: string, how: string, cause?: unknown): Failure {
  return new Failure("database_damaged", messages.damaged(path, how), { cause });
}

function configure(db: Database): void {
  db.run(`PRAGMA busy_timeout = 5000`);
  // Of a new database alone, and before anything is in it: what is removed is given back bit by bit, see upkeep.ts.
  db.run("PRAGMA auto_vacuum = INCREMENTAL");
  db.run("PRAGMA journal_mode = WAL");
  // A commit that a response confirmed is on the disk.
  db.run("PRAGMA synchronous = FULL");
  db.run("PRAGMA foreign_keys = ON");
  // Bun's engine has them on; the triggers are written for the default, which the operator's shell has.
  db.run("PRAGMA recursive_triggers = OFF");
  db.run(`PRAGMA journal_size_limit = ${WAL_BYTES}`);
  // What is read again and again, the indexes, is in the system's own cache, too; a larger one fills with data sets.
  db.run("PRAGMA cache_size = -4000");
  // A statement that fires a trigger writes a journal to undo it: in a temporary file that costs four times the statement.
  db.run("PRAGMA temp_store = MEMORY");
  db.run(`PRAGMA busy_timeout = ${BUSY_MS}`);
}
