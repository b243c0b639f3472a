import type { Database } from "bun:sqlite";
import { written } from "./import-failures.ts";

/** A map of columns and words that is saved under a name. */
export interface SavedMap {
  readonly name: string;
  /** JSON. */
  readonly document: string;
  readonly saved_at: string;
}

/** By name. */
export function readMaps(database: Database): readonly SavedMap[] {
  return database.query<SavedMap, []>("SELECT name, document, saved_at FROM maps ORDER BY name").all();
}

/** In place of the one of this name. */
export function saveMap(database: Database, name: string, document: string): void {
  writtenSoon(database, () =>
    database
      .query("INSERT OR REPLACE INTO maps (name, document, saved_at) VALUES (?, ?, ?)")
      .run(name, document, new Date().toISOString()),
  );
}

/** False where there was none. */
export function deleteMap(database: Database, name: string): boolean {
  return writtenSoon(database, () => database.query("DELETE FROM maps WHERE name = ?").run(name).changes > 0);
}

/** Writes on the service's own thread, which serves no request while it waits for an import to be written. */
function writtenSoon<T>(database: Database, write: () => T): T {
  database.run("PRAGMA busy_timeout = 100");
  try {
    return written(write);
  } finally {
    database.run("PRAGMA busy_timeout = 5000");
  }
}
