import { Database } from "bun:sqlite";
import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";

/** "ALKY" */
const APPLICATION_ID = 0x414c4b59;

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

/** Of version 2. Receivers check with them, so they are stored as they are. */
const CALLBACK_SECRETS = `
  CREATE TABLE callback_secrets (
    client TEXT PRIMARY KEY NOT NULL,
    secret TEXT NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT`;

/** Of version 3. */
const MAX_PRIORITY =
  "ALTER TABLE keys ADD COLUMN max_priority INTEGER NOT NULL DEFAULT 9 CHECK (max_priority BETWEEN 0 AND 9)";

/** Of version 4: more scopes (SQLite changes no CHECK of a table that is there), and when a key was last used. */
const MORE_SCOPES = `
  CREATE TABLE keys_4 (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('metrics', 'read', 'viewer', 'submit', 'admin')),
    sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
    rate_requests INTEGER,
    rate_window_s INTEGER,
    created_at TEXT NOT NULL,
    revoked_at TEXT,
    max_priority INTEGER NOT NULL DEFAULT 9 CHECK (max_priority BETWEEN 0 AND 9),
    last_used_at TEXT,
    CHECK ((rate_requests IS NULL) = (rate_window_s IS NULL))
  ) STRICT;
  INSERT INTO keys_4 (id, name, scope, sha256, rate_requests, rate_window_s, created_at, revoked_at, max_priority)
    SELECT id, name, scope, sha256, rate_requests, rate_window_s, created_at, revoked_at, max_priority FROM keys ORDER BY rowid;
  DROP TABLE keys;
  ALTER TABLE keys_4 RENAME TO keys`;

/** Of version 5: how many reports the client may request. */
const QUOTA = `
  ALTER TABLE keys ADD COLUMN quota_day INTEGER CHECK (quota_day > 0);
  ALTER TABLE keys ADD COLUMN quota_month INTEGER CHECK (quota_month > 0)`;

/** The n-th brings a file to `user_version` n. */
const MIGRATIONS = [SCHEMA, CALLBACK_SECRETS, MAX_PRIORITY, MORE_SCOPES, QUOTA];
const VERSION = MIGRATIONS.length;

/**
 * A connection to the keys; the tables are there. They have a file of their own because the command line writes it while
 * the service, which alone may open the jobs' database, runs. A missing file is created if `create` is true.
 * @throws Failure "keys_database" where the file is another program's or a newer agentlink's, or cannot be opened; with
 *   `damaged` in its details where it is no database, or none that can be read. Then nothing was changed.
 */
export function openKeysDatabase(path: string, { create }: { readonly create: boolean }): Database {
  let db: Database | undefined;
  try {
    db = new Database(path, { create, readwrite: true, strict: true });
    db.run("PRAGMA busy_timeout = 5000");
    migrate(db, path);
    db.query("SELECT count(*) FROM keys").get();
    db.run("PRAGMA journal_mode = WAL");
    db.run("PRAGMA synchronous = FULL");
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    if (isDamage(error))
      throw new Failure("keys_database", messages.keysDamaged(path, reason), {
        cause: error,
        details: { damaged: true },
      });
    throw new Failure("keys_database", messages.keysUnopened(path, reason), { cause: error });
  }
}

/** Whether an error means that the file is no database, or incomplete: no later read will succeed. */
export function isDamage(error: unknown): boolean {
  if (error instanceof Failure) return error.options.details?.damaged === true;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^SQLITE_(NOTADB|CORRUPT)/.test(code) || (error instanceof Error && /^no such table/.test(error.message));
}

function migrate(db: Database, path: string): void {
  const read = (name: string) => Object.values(db.query(`PRAGMA ${name}`).get() as Record<string, number>)[0] ?? 0;
  const known = () => read("application_id") === APPLICATION_ID && read("user_version") === VERSION;
  if (known()) return;
  db.transaction(() => {
    // Another process may have made it since.
    if (known()) return;
    if (read("application_id") === APPLICATION_ID && read("user_version") > VERSION)
      throw new Failure("keys_database", messages.newerKeys(path));
    const { objects } = db.query("SELECT count(*) AS objects FROM sqlite_schema").get() as { objects: number };
    if (read("application_id") !== APPLICATION_ID && (objects > 0 || read("application_id") !== 0))
      throw new Failure("keys_database", messages.foreignKeys(path));
    for (const migration of MIGRATIONS.slice(read("user_version"))) db.run(migration);
    db.run(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.run(`PRAGMA user_version = ${VERSION}`);
  }).immediate();
}
