import { Database } from "bun:sqlite";
import { Failure } from "../failure.ts";

/** "ALKY" */
const APPLICATION_ID = 0x414c4b59;
const VERSION = 1;

const SCHEMA = `
  CREATE TABLE keys (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('read', 'submit', 'admin')),
    sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
    rate_requests INTEGER,
    rate_window_s INTEGER,
    created_at TEXT NOT NULL,
    revoked_at TEXT,
    CHECK ((rate_requests IS NULL) = (rate_window_s IS NULL))
  ) STRICT`;

/**
 * A connection to the keys; the table is there. They have a file of their own because the command line writes it while
 * the service, which alone may open the jobs' database, runs.
 * @throws Failure "keys_database" where the file is none of keys; then nothing was changed.
 */
export function openKeysDatabase(path: string): Database {
  let db: Database | undefined;
  try {
    db = new Database(path, { create: true, readwrite: true, strict: true });
    db.run("PRAGMA busy_timeout = 5000");
    migrate(db, path);
    db.run("PRAGMA journal_mode = WAL");
    db.run("PRAGMA synchronous = FULL");
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure("keys_database", `the keys in ${path} cannot be opened: ${reason}`, { cause: error });
  }
}

function migrate(db: Database, path: string): void {
  const read = (name: string) => Object.values(db.query(`PRAGMA ${name}`).get() as Record<string, number>)[0] ?? 0;
  const known = () => read("application_id") === APPLICATION_ID && read("user_version") === VERSION;
  if (known()) return;
  db.transaction(() => {
    // Another process may have made it since.
    if (known()) return;
    if (read("application_id") === APPLICATION_ID)
      throw new Failure("keys_database", `${path} was written by a newer agentlink: run that one`);
    const { objects } = db.query("SELECT count(*) AS objects FROM sqlite_schema").get() as { objects: number };
    if (objects > 0 || read("application_id") !== 0)
      throw new Failure("keys_database", `${path} is a database of another program: move it away`);
    db.run(SCHEMA);
    db.run(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.run(`PRAGMA user_version = ${VERSION}`);
  }).immediate();
}
