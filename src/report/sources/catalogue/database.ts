/*
 * The catalogue: imported rows of all suburbs in a database of its own, their imports and how to undo one.
 * An import is staged beside it and becomes visible in one transaction.
 * Not here: other sources, jobs, and how files are recognised (import/).
 */

import { Database } from "bun:sqlite";
import type { TSchema } from "@sinclair/typebox";
import { Failure } from "../../../failure.ts";
import { sqliteReason } from "../../../host/files/sqlite-failure.ts";
import { messages } from "../messages.ts";
import { DECISIONS_TABLE } from "./decisions.ts";
import { CATALOGUE_KINDS, type CatalogueKind } from "./kind-names.ts";
import { KINDS } from "./kinds.ts";
import {
  DATED_KINDS,
  FEED,
  IMPORTS_TABLE,
  LATER_COLUMNS,
  MAPS_TABLE,
  OFFICES_TABLE,
  REPLACED_ROWS_TABLE,
  TABLE_ENDS,
  TABLE_ENDS_TABLE,
  tableDefinition,
} from "./tables.ts";

const VERSION = 1;

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
    throw new Failure("catalogue", messages.catalogueUnopened(path, sqliteReason(error, "it")), { cause: error });
  }
}

/**
 * Takes the write lock only where there is something to write: another import may have it for seconds. A table that is
 * missing is made without a new version: an older program that opens the file leaves it alone.
 */
function migrate(database: Database): void {
  const isWhole =
    [missing, missingColumns, missingViews].every((parts) => parts(database).length === 0) &&
    DATED_KINDS.every((kind) => hasIndex(database, `${kind}_by_source`));
  if (versionOf(database) === VERSION && isWhole) return;
  database
    .transaction(() => {
      const version = versionOf(database);
      if (version > VERSION) throw new Failure("catalogue", messages.newerCatalogue(version, VERSION));
      for (const table of missing(database)) {
        const own = OWN_TABLES[table];
        if (own !== undefined) database.run(own);
        else {
          database.run(`${tableDefinition(table)}, PRIMARY KEY (id)) STRICT`);
          database.run(`CREATE INDEX ${table}_by_locality ON ${table} (locality, date)`);
        }
      }
      for (const { table, column, type } of missingColumns(database))
        database.run(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`);
      // How far a source reaches, for each report of one of its suburbs: a million sales are not read for that.
      for (const kind of DATED_KINDS)
        database.run(`CREATE INDEX IF NOT EXISTS ${kind}_by_source ON ${kind} (source, date)`);
      for (const view of missingViews(database)) makeView(database, view);
      if (version !== VERSION) database.run(`PRAGMA user_version = ${VERSION}`);
    })
    .immediate();
}

function hasIndex(database: Database, name: string): boolean {
  return database.query("SELECT 1 FROM sqlite_schema WHERE name = ?").get(name) !== null;
}

const IMPORTS = "imports";
/** Tables that are no kind of rows. */
const OWN_TABLES: Readonly<Record<string, string>> = {
  [IMPORTS]: IMPORTS_TABLE,
  replaced_rows: REPLACED_ROWS_TABLE,
  maps: MAPS_TABLE,
  offices: OFFICES_TABLE,
  decisions: DECISIONS_TABLE,
  [TABLE_ENDS]: TABLE_ENDS_TABLE,
};

function missing(database: Database): readonly string[] {
  const tables = database.query("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[];
  const there = new Set(tables.map(({ name }) => name));
  return [...Object.keys(OWN_TABLES), ...CATALOGUE_KINDS, FEED].filter((name) => !there.has(name));
}

/** Which import a row came with; what an import did. An older program that opens the file leaves them empty. */
function missingColumns(
  database: Database,
): readonly { readonly table: string; readonly column: string; readonly type: string }[] {
  const required = [
    ...[...CATALOGUE_KINDS, FEED].map((table) => ({ table, column: "import_id", type: "INTEGER" })),
    ...LATER_COLUMNS.map(([column, type]) => ({ table: IMPORTS, column, type })),
  ];
  const there = new Set(
    (
      database
        .query(
          "SELECT m.name || '.' || c.name AS name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'",
        )
        .all() as { name: string }[]
    ).map(({ name }) => name),
  );
  return required.filter(({ table, column }) => !there.has(`${table}.${column}`));
}

function versionOf(database: Database): number {
  return (database.query("PRAGMA user_version").get() as { user_version: number }).user_version;
}

/** A view a kind, for the `sqlite3` shell: `sales_view` has the fields of a sale as columns. */
function missingViews(database: Database): readonly { readonly name: string; readonly sql: string }[] {
  const there = new Map(
    (
      database.query("SELECT name, sql FROM sqlite_schema WHERE type = 'view'").all() as {
        name: string;
        sql: string;
      }[]
    ).map(({ name, sql }) => [name, sql]),
  );
  return CATALOGUE_KINDS.map((kind) => ({ name: `${kind}_view`, sql: viewDefinition(kind) })).filter(
    ({ name, sql }) => there.get(name) !== sql,
  );
}

function makeView(database: Database, { name, sql }: { readonly name: string; readonly sql: string }): void {
  database.run(`DROP VIEW IF EXISTS ${name}`);
  database.run(sql);
}

function viewDefinition(kind: CatalogueKind): string {
  const { row } = KINDS[kind];
  const properties = Object.entries(row.properties as Readonly<Record<string, TSchema>>);
  const columns = properties.flatMap(([name, schema]) => {
    if (["id", "suburb", "state", "postcode"].includes(name)) return [];
    const inner = objectFields(schema);
    if (inner === null) return [`json_extract(data, '$.${name}') AS "${name}"`];
    return inner.map((each) => `json_extract(data, '$.${name}.${each}') AS "${name}_${each}"`);
  });
  return `CREATE VIEW ${kind}_view AS SELECT id, suburb, state, postcode, ${columns.join(", ")}, import_id FROM ${kind}`;
}

function objectFields(schema: TSchema): readonly string[] | null {
  const choices = (schema.anyOf ?? [schema]) as readonly TSchema[];
  const object = choices.find((choice) => choice.type === "object" && choice.properties !== undefined);
  return object === undefined ? null : Object.keys(object.properties as object);
}
