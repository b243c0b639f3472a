// The file that Domain's responses are stored in, with the means to limit its size.

import { Database } from "bun:sqlite";
import { rmSync } from "node:fs";
import { asFailure, Failure } from "../../../failure.ts";
import { isBusy } from "../../../host/files/sqlite-failure.ts";
import { messages } from "../messages.ts";

/** How long a response is used before it is requested again. */
export const TTL_MS = {
  sold: 24 * 3_600_000,
  /** Months that are over for a month: their sales hardly change. */
  sold_closed: 30 * 24 * 3_600_000,
  listings: 24 * 3_600_000,
  agency: 7 * 24 * 3_600_000,
  market: 7 * 24 * 3_600_000,
  location: 30 * 24 * 3_600_000,
  disclaimers: 7 * 24 * 3_600_000,
  /** One city's, for all its suburbs. */
  auctions: 24 * 3_600_000,
  /** A data set that was put together from these. */
  data_set: 24 * 3_600_000,
  /** One that lacks something for the time being. */
  data_set_partial: 3_600_000,
  /** That a package does not allow something. */
  refused: 24 * 3_600_000,
  /** That there is nothing at an address. */
  nothing: 24 * 3_600_000,
  picture: 30 * 24 * 3_600_000,
  picture_missing: 24 * 3_600_000,
  picture_away: 3_600_000,
} as const;

export type CacheKind = keyof typeof TTL_MS;

export interface Cache {
  /** The text stored under a key, or null where there is none or its time is over. */
  get(key: string): string | null;
  put(kind: CacheKind, key: string, body: string): void;
  /** Whether a data set has this id in its agencies, agents or sales; one whose time is over counts, too. */
  names(list: "agencies" | "agents" | "sales", id: string): boolean;
  remove(key: string): void;
  /** Forgets all of these kinds. */
  forget(...kinds: readonly CacheKind[]): void;
  close(): void;
}

const MAX_BYTES = 256_000_000;
/** The time of use is recorded so often at most: a read should be no write. */
const NOTE_USE_MS = 3_600_000;
const VERSION = 1;
/** Another process that writes as this one does is done by then. */
const BUSY_WAIT_MS = 100;
/**
 * Rows that are removed at once: the pages of each are given back, and the service serves no request during that time.
 */
const REMOVED_AT_ONCE = 100;

/** What is counted and removed is found here: to read a column behind a long body is to read the body. */
const INDEXES = [
  "CREATE INDEX IF NOT EXISTS entries_by_use ON entries (used_at, key, bytes)",
  "CREATE INDEX IF NOT EXISTS entries_by_end ON entries (expires_at, key)",
];

const TABLE = `CREATE TABLE entries (
  key TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, bytes INTEGER NOT NULL,
  stored_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER NOT NULL) STRICT`;

interface CacheEntry {
  readonly body: string;
  readonly used_at: number;
}

export interface CacheFileOptions {
  readonly now?: () => Date;
  readonly maxBytes?: number;
}

/** @throws Failure "cache" where it cannot be opened; what SQLite throws while it is used. */
export function openFile(path: string, options: CacheFileOptions): Cache {
  const { now = () => new Date(), maxBytes = MAX_BYTES } = options;
  const database = open(path);
  const read = database.query<CacheEntry, [string, number]>(
    "SELECT body, used_at FROM entries WHERE key = ? AND expires_at > ?",
  );
  const use = database.query("UPDATE entries SET used_at = ? WHERE key = ?");
  const write = database.query(
    `INSERT OR REPLACE INTO entries (key, kind, body, bytes, stored_at, expires_at, used_at)
     VALUES ($key, $kind, $body, $bytes, $now, $expires, $now)`,
  );
  const total = database.query<{ bytes: number }, []>("SELECT coalesce(sum(bytes), 0) AS bytes FROM entries");
  const expire = database.query(
    `DELETE FROM entries WHERE key IN (SELECT key FROM entries WHERE expires_at <= ? LIMIT ${REMOVED_AT_ONCE})`,
  );
  const evict = database.query(
    `DELETE FROM entries WHERE key IN (
       SELECT key FROM (SELECT key, sum(bytes) OVER (ORDER BY used_at, key) AS upto FROM entries) WHERE upto <= ?)`,
  );
  const named = database.query<{ found: number }, [string, string]>(
    `SELECT EXISTS (
       SELECT 1 FROM entries, json_each(entries.body, '$.dataSet.' || ?) AS each
       WHERE entries.kind IN ('data_set', 'data_set_partial') AND json_extract(each.value, '$.id') = ?) AS found`,
  );
  const remove = database.query("DELETE FROM entries WHERE key = ?");
  const forget = database.query("DELETE FROM entries WHERE kind = ?");
  /** Another process may write as well: counted again now and then. Written by `makeRoom`, `put` and `forget`. */
  let bytes = total.get()?.bytes ?? 0;

  function makeRoom(): void {
    if (bytes <= maxBytes) return;
    expire.run(now().getTime());
    bytes = total.get()?.bytes ?? 0;
    // A little more than is needed, so that not every write does this.
    if (bytes > maxBytes) evict.run(bytes - Math.floor(0.99 * maxBytes));
    bytes = total.get()?.bytes ?? 0;
  }

  return {
    get(key) {
      const at = now().getTime();
      const entry = read.get(key, at);
      if (entry === null) return null;
      if (at - entry.used_at > NOTE_USE_MS) use.run(at, key);
      return entry.body;
    },
    put(kind, key, body) {
      const at = now().getTime();
      const size = Buffer.byteLength(body) + key.length;
      if (size > maxBytes / 2) return;
      write.run({ key, kind, body, bytes: size, now: at, expires: at + TTL_MS[kind] });
      bytes += size;
      makeRoom();
    },
    names: (list, id) => named.get(list, id)?.found === 1,
    forget(...kinds) {
      for (const kind of kinds) forget.run(kind);
      bytes = total.get()?.bytes ?? 0;
    },
    remove: (key) => void remove.run(key),
    close: () => database.close(),
  };
}

function open(path: string): Database {
  try {
    return prepare(path);
  } catch (error) {
    if (path === ":memory:" || isBusy(error)) throw unusable(path, error);
    try {
      removeFile(path);
      return prepare(path);
    } catch (again) {
      throw unusable(path, again);
    }
  }
}

/** Removes it, with what SQLite has beside it. */
export function removeFile(path: string): void {
  if (path !== ":memory:") for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
}

function prepare(path: string): Database {
  const database = new Database(path, { create: true, strict: true });
  try {
    // The service serves no request while it waits.
    database.run(`PRAGMA busy_timeout = ${BUSY_WAIT_MS}`);
    database.run("PRAGMA journal_mode = WAL");
    // A crash may lose the last calls, which are then requested again.
    database.run("PRAGMA synchronous = NORMAL");
    database.run("PRAGMA journal_size_limit = 16777216");
    database
      .transaction(() => {
        const { user_version: version } = database.query("PRAGMA user_version").get() as { user_version: number };
        if (version !== VERSION) {
          database.run("DROP TABLE IF EXISTS entries");
          database.run(TABLE);
          database.run(`PRAGMA user_version = ${VERSION}`);
        }
        for (const index of INDEXES) database.run(index);
      })
      .immediate();
    database.query("SELECT key, kind, body, bytes, stored_at, expires_at, used_at FROM entries LIMIT 1").get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function unusable(path: string, cause: unknown): Failure {
  return new Failure("cache", messages.cacheUnopened(path, asFailure(cause).message), { cause });
}
