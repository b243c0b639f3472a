import { Database } from "bun:sqlite";
import jobs from "./migrations/001-jobs.sql" with { type: "text" };
import deliveries from "./migrations/002-deliveries.sql" with { type: "text" };
import callbacks from "./migrations/003-callbacks.sql" with { type: "text" };
import operating from "./migrations/004-operating.sql" with { type: "text" };
import boundedReads from "./migrations/005-bounded-reads.sql" with { type: "text" };
import reasons from "./migrations/006-reasons.sql" with { type: "text" };
import turns from "./migrations/007-turns.sql" with { type: "text" };
import cancelling from "./migrations/008-cancelling.sql" with { type: "text" };
import callbacksByAddress from "./migrations/009-callbacks-by-address.sql" with { type: "text" };
import removals from "./migrations/010-removals.sql" with { type: "text" };
import retries from "./migrations/011-retries.sql" with { type: "text" };
import days from "./migrations/012-days.sql" with { type: "text" };
import documents from "./migrations/013-documents.sql" with { type: "text" };
import requested from "./migrations/014-requested.sql" with { type: "text" };
import waitsFor from "./migrations/015-waits-for.sql" with { type: "text" };
import report from "./migrations/016-report.sql" with { type: "text" };
import sections from "./migrations/017-sections.sql" with { type: "text" };
import targets from "./migrations/018-targets.sql" with { type: "text" };
import dataFolder from "./migrations/019-data-folder.sql" with { type: "text" };
import words from "./migrations/020-words.sql" with { type: "text" };
import usage from "./migrations/021-usage.sql" with { type: "text" };
import draft from "./migrations/022-draft.sql" with { type: "text" };
import duration from "./migrations/023-duration.sql" with { type: "text" };
import byHand from "./migrations/024-by-hand.sql" with { type: "text" };
import valuesByHand from "./migrations/025-values-by-hand.sql" with { type: "text" };
import isolatedLane from "./migrations/026-isolated-lane.sql" with { type: "text" };

/** "AgLk": distinguishes this program's databases from all others. */
export const APPLICATION_ID = 0x41674c6b;

/** Forward only: the n-th brings a database to `user_version` n. Never change one that was released. */
const MIGRATIONS: readonly string[] = [
  jobs,
  deliveries,
  callbacks,
  operating,
  boundedReads,
  reasons,
  turns,
  cancelling,
  callbacksByAddress,
  removals,
  retries,
  days,
  documents,
  requested,
  waitsFor,
  report,
  sections,
  targets,
  dataFolder,
  words,
  usage,
  draft,
  duration,
  byHand,
  valuesByHand,
  isolatedLane,
];

/** The schema this binary writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the database to this binary's schema, or an older one, each step whole or not at all. */
export function migrate(db: Database, upTo = SCHEMA_VERSION): void {
  const { user_version: version } = db.query("PRAGMA user_version").get() as { user_version: number };
  MIGRATIONS.slice(version, upTo).forEach((sql, index) => {
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
 * be carried along, such as a view of a table that is gone. Then they are put back as they were, and harm nobody.
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
export interface Part {
  /** Such as "view queue_now". */
  readonly what: string;
  readonly name: string;
  readonly sql: string | null;
}

/** In the order in which they were made. */
export function schemaOf(db: Database): readonly Part[] {
  return db.query("SELECT type || ' ' || name AS what, name, sql FROM sqlite_schema ORDER BY rowid").all() as Part[];
}

/** What a database of this version has. The migrations run in memory for that, which takes a fifth of a start. */
export function schemaAt(version: number): readonly Part[] {
  const sound = new Database(":memory:");
  try {
    migrate(sound, version);
    return schemaOf(sound);
  } finally {
    sound.close();
  }
}
