import type { Database } from "bun:sqlite";
import jobs from "./migrations/001-jobs.sql" with { type: "text" };
import deliveries from "./migrations/002-deliveries.sql" with { type: "text" };
import callbacks from "./migrations/003-callbacks.sql" with { type: "text" };

/** "AgLk": tells this program's databases from all others. */
export const APPLICATION_ID = 0x41674c6b;

/** Forward only: the n-th brings a database to `user_version` n. Never change one that was released. */
const MIGRATIONS: readonly string[] = [jobs, deliveries, callbacks];

/** The schema this binary writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the database to this binary's schema, each step whole or not at all. */
export function migrate(db: Database): void {
  const { user_version: version } = db.query("PRAGMA user_version").get() as { user_version: number };
  MIGRATIONS.slice(version).forEach((sql, index) => {
    db.transaction(() => {
      db.run(sql);
      // Both are part of the file's header, and so of the transaction.
      db.run(`PRAGMA application_id = ${APPLICATION_ID}`);
      db.run(`PRAGMA user_version = ${version + index + 1}`);
    }).immediate();
  });
}
