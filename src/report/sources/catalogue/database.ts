import { Database } from "bun:sqlite";
import { Failure } from "../../../failure.ts";
import { IMPORTS_TABLE } from "./imports.ts";
import { CATALOGUE_KINDS } from "./kinds.ts";

const VERSION = 1;

/**
 * One table a kind, alike: the key, the place it belongs to, the day that matters, and the row as the data set has it.
 * `locality` is "NSW manly 2095", the same for all spellings and postcodes of a suburb. `agency_ids` and `agent_ids`
 * repeat what `data` says, so that a report's people are found without reading every row's JSON.
 */
export const COLUMNS = [
  "id",
  "locality",
  "suburb",
  "state",
  "postcode",
  "date",
  "agency_ids",
  "agent_ids",
  "source",
  "data",
];

export function tableDefinition(name: string): string {
  return `CREATE TABLE ${name} (
    id TEXT NOT NULL, locality TEXT, suburb TEXT, state TEXT, postcode TEXT, date TEXT,
    agency_ids TEXT, agent_ids TEXT, source TEXT, data TEXT NOT NULL CHECK (json_valid(data))`;
}

/** A connection to the catalogue; its tables are there. @throws Failure "catalogue" where the file is no such database. */
export function openCatalogueDatabase(path: string): Database {
  let database: Database | undefined;
  try {
    database = new Database(path, { create: true, strict: true });
    database.run("PRAGMA busy_timeout = 5000");
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA synchronous = FULL");
    database.run("PRAGMA journal_size_limit = 16777216");
    migrate(database);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure("catalogue", `the catalogue ${path} cannot be opened: ${reason}`, { cause: error });
  }
}

/**
 * Takes the write lock only where there is something to write: another import may hold it for seconds. A table that is
 * missing is made without a new version: an older program that opens the file leaves it alone.
 */
function migrate(database: Database): void {
  if (versionOf(database) === VERSION && missing(database).length === 0) return;
  database
    .transaction(() => {
      const version = versionOf(database);
      if (version > VERSION)
        throw new Failure(
          "catalogue",
          `the catalogue has version ${version}; this program knows ${VERSION}: update it`,
        );
      for (const table of missing(database)) {
        if (table === IMPORTS) database.run(IMPORTS_TABLE);
        else {
          database.run(`${tableDefinition(table)}, PRIMARY KEY (id)) STRICT`);
          database.run(`CREATE INDEX ${table}_by_locality ON ${table} (locality, date)`);
        }
      }
      if (version !== VERSION) database.run(`PRAGMA user_version = ${VERSION}`);
    })
    .immediate();
}

const IMPORTS = "imports";

function missing(database: Database): readonly string[] {
  const tables = database.query("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[];
  const there = new Set(tables.map(({ name }) => name));
  return [IMPORTS, ...CATALOGUE_KINDS].filter((name) => !there.has(name));
}

function versionOf(database: Database): number {
  return (database.query("PRAGMA user_version").get() as { user_version: number }).user_version;
}
