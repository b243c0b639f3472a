import type { Database } from "bun:sqlite";
import { Failure } from "../../failure.ts";
import { sqliteReason } from "../../host/files/sqlite-failure.ts";
import { messages } from "../messages.ts";
import { openOffice } from "../office.ts";
import type { RecordKind, Records, StoredRecord } from "./records.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL CHECK (json_valid(value)),
    changed_at TEXT NOT NULL,
    PRIMARY KEY (kind, name)
  ) STRICT, WITHOUT ROWID`;
const GET = "SELECT name, value FROM records WHERE kind = ? AND name = ?";
const LAST = "SELECT name, value FROM records WHERE kind = ? ORDER BY name DESC LIMIT ?";
const PUT = "INSERT OR REPLACE INTO records (kind, name, value, changed_at) VALUES (?, ?, ?, ?)";
const PUT_IF_ABSENT = "INSERT OR IGNORE INTO records (kind, name, value, changed_at) VALUES (?, ?, ?, ?)";
const REMOVE = "DELETE FROM records WHERE kind = ? AND name = ?";
const TRIM = `
  DELETE FROM records WHERE kind = ?1 AND substr(name, 1, length(?3)) = ?3 AND name <=
    (SELECT name FROM records WHERE kind = ?1 AND substr(name, 1, length(?3)) = ?3 ORDER BY name DESC LIMIT 1 OFFSET ?2)`;

/**
 * Of this host, in a file that is made when the first is written.
 * @throws Failure "records_unavailable" (transient), from every call, where the disk does not do its part.
 */
export function openLocalRecords({ path }: { readonly path: string }): Records {
  /** Written by `attempting` and `close`. */
  let opened: Database | null = null;

  async function attempting<T>(work: (db: Database) => T): Promise<T> {
    try {
      opened ??= openOffice(path, SCHEMA);
      return work(opened);
    } catch (cause) {
      const words = messages.recordsUnreadable(sqliteReason(cause, "their file, office.db,"));
      throw new Failure("records_unavailable", words, { transient: true, cause });
    }
  }
  const now = () => new Date().toISOString();

  return {
    get: (kind, name) =>
      attempting((db) => db.query<StoredRecord, [RecordKind, string]>(GET).get(kind, name)?.value ?? null),
    last: (kind, limit) => attempting((db) => db.query<StoredRecord, [RecordKind, number]>(LAST).all(kind, limit)),
    put: (kind, name, value) => attempting((db) => void db.query(PUT).run(kind, name, value, now())),
    putIfAbsent: (kind, name, value) =>
      attempting((db) => db.query(PUT_IF_ABSENT).run(kind, name, value, now()).changes > 0),
    remove: (kind, name) => attempting((db) => db.query(REMOVE).run(kind, name).changes > 0),
    trim: (kind, most, within = "") => attempting((db) => void db.query(TRIM).run(kind, most, within)),
    close() {
      opened?.close();
      opened = null;
    },
  };
}
