import type { Database } from "bun:sqlite";
import { APPLICATION_ID, migrate, SCHEMA_VERSION, type SchemaObject, schemaAt, schemaOf } from "./migrations.ts";
import { newestSchema } from "./newest-schema.ts";

/** SQLite makes what it names so by itself. */
const MADE_BY_SQLITE = /^sqlite_/;

/**
 * Brings the database to this binary's schema: an empty one at once, in one transaction, any other step by step. Both
 * end with the same schema, and the migrations leave no rows behind (tests/queue/newest-schema.test.ts).
 */
export function bringToNewest(db: Database): void {
  if (schemaOf(db).length > 0) migrate(db);
  else db.transaction(() => make(db, newestSchema())).immediate();
}

function make(db: Database, parts: readonly SchemaObject[]): void {
  const statements = parts.flatMap(({ name, sql }) => (sql === null || MADE_BY_SQLITE.test(name) ? [] : [sql]));
  db.run(statements.join(";\n"));
  // Both are part of the file's header, and so of the transaction.
  db.run(`PRAGMA application_id = ${APPLICATION_ID}`);
  db.run(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

/** The first thing that a database of this version should have and has not, or has otherwise; null when all is there. */
export function missingFrom(db: Database, version: number): string | null {
  const found = new Map(schemaOf(db).map(({ what, sql }) => [what, sql]));
  const expected = version === SCHEMA_VERSION ? newestSchema() : schemaAt(version);
  return expected.find(({ what, sql }) => found.get(what) !== sql)?.what ?? null;
}
