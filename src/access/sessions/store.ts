import { Database } from "bun:sqlite";
import { rmSync } from "node:fs";
import { Failure } from "../../failure.ts";
import { sqliteReason } from "../../host/files/sqlite-failure.ts";
import { messages } from "../messages.ts";

/** A sign-in of a browser. */
export interface Session {
  readonly keyId: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/** Sign-ins by the hash of their token, so that a reader of the file cannot take one over. */
export interface SessionStore {
  /**
   * The oldest of the same key go where there are more than {@link SESSIONS_OF_A_KEY}: a sign-in with another key signs no
   * one out.
   * @throws Failure "sessions_unavailable" (transient), as all here, where the disk fails.
   */
  put(hash: string, session: Session): void | Promise<void>;
  /** null where there is none, and once its time is up. */
  find(hash: string): Session | null;
  forget(hash: string): void | Promise<void>;
  /** Where other hosts store and remove them, too: makes `find` know of this one what they know. */
  refresh?(hash: string): Promise<void>;
  close(): void;
}

/** Browsers that are signed in with one key at once. */
export const SESSIONS_OF_A_KEY = 20;
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (
    sha256 TEXT PRIMARY KEY NOT NULL,
    key_id TEXT NOT NULL,
    ends_at INTEGER NOT NULL
  ) STRICT`;
const PUT = "INSERT OR REPLACE INTO sessions (sha256, key_id, ends_at) VALUES (?, ?, ?)";
const FIND = "SELECT key_id AS keyId, ends_at AS endsAt FROM sessions WHERE sha256 = ? AND ends_at > ?";
const FORGET = "DELETE FROM sessions WHERE sha256 = ?";
const TIDY = "DELETE FROM sessions WHERE ends_at <= ?";
const BOUND = `
  DELETE FROM sessions WHERE key_id = ?1 AND sha256 NOT IN
    (SELECT sha256 FROM sessions WHERE key_id = ?1 ORDER BY ends_at DESC, rowid DESC LIMIT ${SESSIONS_OF_A_KEY})`;

/**
 * Persists sign-ins over a restart, in a file of their own that is opened when the first browser comes. Instances that
 * share a data folder share them.
 */
export function openSessionStore({ path }: { readonly path: string }): SessionStore {
  /** Opened when it is first needed. Written by `db`. */
  let opened: Database | null = null;
  const db = () => {
    opened ??= openAnyhow(path);
    return opened;
  };

  return {
    put: (hash, { keyId, endsAt }) =>
      attempting(() => {
        db().query(TIDY).run(Date.now());
        db().query(PUT).run(hash, keyId, endsAt);
        db().query(BOUND).run(keyId);
      }),
    find: (hash) => attempting(() => db().query<Session, [string, number]>(FIND).get(hash, Date.now())),
    forget: (hash) => attempting(() => void db().query(FORGET).run(hash)),
    close: () => opened?.close(),
  };
}

function attempting<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const words = messages.signInsUnreadable(sqliteReason(error, "their file, sessions.db,"));
    throw new Failure("sessions_unavailable", words, { transient: true, cause: error });
  }
}

/** A damaged file is created again: browsers then have to sign in again. */
function openAnyhow(path: string): Database {
  try {
    return open(path);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    for (const part of ["", "-wal", "-shm"]) rmSync(path + part, { force: true });
    return open(path);
  }
}

function isDamaged(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^SQLITE_(NOTADB|CORRUPT)/.test(code);
}

function open(path: string): Database {
  const db = new Database(path, { create: true, readwrite: true, strict: true });
  try {
    db.run("PRAGMA busy_timeout = 5000");
    db.run("PRAGMA journal_mode = WAL");
    db.run("PRAGMA synchronous = NORMAL");
    db.run(SCHEMA);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
