import { Database } from "bun:sqlite";
import { MIGRATION_COUNT, migrationTexts } from "./migration-files.ts";

/** "AgLk": distinguishes this program's databases from all others. */
export const APPLICATION_ID = 0x41674c6b;

/** The schema this binary writes. Forward only: never change a file of `migrations` that was released. */
export const SCHEMA_VERSION = MIGRATION_COUNT;

/** Brings the database to this binary's schema, or an older one, each step whole or not at all. */
export function migrate(db: Database, upTo = SCHEMA_VERSION): void {
  const { user_version: version } = db.query("PRAGMA user_version").get() as { user_version: number };
  if (version >= upTo) return;
  migrationTexts()
    .slice(version, upTo)
    .forEach((sql, index) => {
      db.transaction(() => {
        runBesideOtherViews(db, sql, version + index);
        // Both are part of the file's header, and so of the transaction.
        db.run(`PRAGMA application_id = ${APPLICATION_ID}`);
        db.run(`PRAGMA user_version = ${version + index + 1}`);
      }).immediate();
    });
}

/**
 * SQLite carries a new name of a column into an operator's own views, too, but refuses to rename while one of them cannot
 * be carried along, such as a view of a dropped table. Then they are restored unchanged, and do no harm.
 */
function runBesideOtherViews(db: Database, migration: string, version: number): void {
  try {
    db.transaction(() => db.run(migration))();
  } catch (error) {
    const own = new Set(schemaAt(version).map(({ what }) => what));
    const others = schemaOf(db).filter(({ what }) => what.startsWith("view ") && !own.has(what));
    if (others.length === 0) throw error;
    for (const { name } of others) db.run(`DROP VIEW "${name.replaceAll('"', '""')}"`);
    db.run(migration);
    for (const { sql } of others) if (sql !== null) db.run(sql);
  }
}

/** A table, index, view or trigger, as SQLite has stored its text; null for an index that a table brings with it. */
export interface SchemaObject {
  /** Such as "view queue_now". */
  readonly what: string;
  readonly name: string;
  readonly sql: string | null;
}

/** In the order in which they were made. */
export function schemaOf(db: Database): readonly SchemaObject[] {
  return db
    .query("SELECT type || ' ' || name AS what, name, sql FROM sqlite_schema ORDER BY rowid")
    .all() as SchemaObject[];
}

/** What a database of this version has. The migrations run in memory for that, which takes a fifth of a start. */
export function schemaAt(version: number): readonly SchemaObject[] {
  const sound = new Database(":memory:");
  try {
    migrate(sound, version);
    return schemaOf(sound);
  } finally {
    sound.close();
  }
}
