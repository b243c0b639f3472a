import type { Database } from "bun:sqlite";
import { renameSync, statSync } from "node:fs";
import { isDamage, openKeysDatabase } from "./database.ts";
import { keysLost } from "./key.ts";

/**
 * The file of the keys, by its name: where another file has the name by now, or this one was written over, that is
 * opened.
 */
export interface KeysFile {
  /** @throws Failure "keys_lost" where there is none and `create` is false, or "keys_database". */
  connection(options: { readonly create: boolean }): Database;
  /** For those who read or write keys, not for callers. */
  made(): Database;
  /** The same, but an unreadable file is moved aside and replaced by a new one. */
  recreated(): Database;
  close(): void;
}

/** A connection, and what it is to: another file, or this one written over, has the same name. */
interface Opened {
  readonly db: Database;
  readonly file: string;
}

export function openKeysFile(path: string): KeysFile {
  /** Written by `connection` and `close`. */
  let opened: Opened | null = null;

  function connection({ create }: { readonly create: boolean }): Database {
    const there = fileOf(path);
    if (opened !== null && opened.file === there) return opened.db;
    opened?.db.close();
    opened = null;
    if (there === null && !create) throw keysLost(`${path} is gone`);
    const db = openKeysDatabase(path, { create });
    opened = { db, file: fileOf(path) ?? "" };
    return db;
  }

  const made = () => connection({ create: true });
  return {
    connection,
    made,
    recreated() {
      try {
        return made();
      } catch (error) {
        if (!isDamage(error)) throw error;
        setAside(path);
        return made();
      }
    },
    close() {
      opened?.db.close();
      opened = null;
    },
  };
}

/** Which file has the name, and as who last wrote it: null where there is none. */
function fileOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? null : [found.dev, found.ino, found.size, found.mtimeNs].join();
}

function setAside(path: string): void {
  const suffix = `.damaged-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  for (const part of ["", "-wal", "-shm"])
    if (statSync(path + part, { throwIfNoEntry: false }) !== undefined) renameSync(path + part, path + suffix + part);
}
