import type { Database } from "bun:sqlite";

/** Whose days there are in views by day. */
export interface TimeZone {
  readonly name: string;
  /** How far it is ahead of UTC from each moment (ISO-8601 UTC) on, oldest first. */
  readonly offsets: readonly { readonly since: string; readonly minutes: number }[];
}

const STORED = "SELECT since, offset_minutes AS minutes, zone FROM time_zone ORDER BY since";
const CLEAR = "DELETE FROM time_zone";
const STORE = "INSERT INTO time_zone (since, offset_minutes, zone) VALUES (?, ?, ?)";

/** Writes down where days begin for views of the jobs by day, unless it is there already. */
export function storeTimeZone(db: Database, { name, offsets }: TimeZone): void {
  const rows = offsets.map(({ since, minutes }) => ({ since, minutes, zone: name }));
  if (JSON.stringify(db.query(STORED).all()) === JSON.stringify(rows)) return;
  db.transaction(() => {
    db.run(CLEAR);
    const store = db.prepare(STORE);
    for (const { since, minutes } of rows) store.run(since, minutes, name);
  }).immediate();
}
