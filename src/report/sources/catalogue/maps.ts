import type { Database } from "bun:sqlite";

/** A map of columns and words that is saved under a name. */
export interface SavedMap {
  readonly name: string;
  /** JSON. */
  readonly document: string;
  readonly saved_at: string;
}

export function readMaps(database: Database): readonly SavedMap[] {
  return database.query<SavedMap, []>("SELECT name, document, saved_at FROM maps ORDER BY name").all();
}

export function saveMap(database: Database, name: string, document: string): void {
  database
    .query("INSERT OR REPLACE INTO maps (name, document, saved_at) VALUES (?, ?, ?)")
    .run(name, document, new Date().toISOString());
}

/** False where there was none. */
export function deleteMap(database: Database, name: string): boolean {
  return database.query("DELETE FROM maps WHERE name = ?").run(name).changes > 0;
}
