// Domain's responses on disk: in a file of their own, which may be removed at any time.

import { SQLiteError } from "bun:sqlite";
import { asFailure } from "../../../failure.ts";
import { isBusy, isDamage } from "../../../host/files/sqlite-failure.ts";
import { messages } from "../messages.ts";
import { type Cache, type CacheFileOptions, openFile, removeFile } from "./cache-file.ts";

/** Used if no file can be opened. */
const IN_MEMORY_BYTES = 32_000_000;
const BUSY_PAUSE_MS = 5_000;
/** A file that is damaged again so soon is no help. */
const RENEW_AGAIN_MS = 60_000;

export interface CacheOptions extends CacheFileOptions {
  /** A file, or ":memory:". */
  readonly path: string;
  /** Why responses are not stored, or stored in memory only; once for each problem. */
  readonly onProblem?: (message: string) => void;
}

/**
 * Opens the cache, making it where there is none, and again where it is damaged or of another version: nothing is lost
 * with it but calls. It never fails: what cannot be read is requested again, what cannot be stored is used all the same,
 * a file that becomes damaged is created again, and if no file can be opened, memory is used until the restart.
 */
export function openCache(options: CacheOptions): Cache {
  const { path, now = () => new Date(), onProblem = () => {} } = options;
  /** Written by `guarded`. */
  let store = openAny();
  /** Written by `guarded`. */
  let problem: string | null = null;
  /** While another process has locked the file, calls do not wait for it one by one. Written by `guarded`. */
  let busyUntil = 0;
  /** Written by `guarded`. */
  let renewedAt = Number.NEGATIVE_INFINITY;

  function openAny(): Cache {
    try {
      return openFile(path, options);
    } catch (error) {
      onProblem(messages.cacheInMemory(asFailure(error).message));
      return openFile(":memory:", { ...options, maxBytes: IN_MEMORY_BYTES });
    }
  }

  function guarded<T>(work: (store: Cache) => T, otherwise: T): T {
    const at = now().getTime();
    if (at < busyUntil) return otherwise;
    try {
      const result = work(store);
      problem = null;
      return result;
    } catch (error) {
      const { message } = asFailure(error);
      if (problem !== message) onProblem(messages.cacheUnused(path, message));
      problem = message;
      if (isBusy(error)) busyUntil = at + BUSY_PAUSE_MS;
      else if (isSpoilt(error) && at - renewedAt > RENEW_AGAIN_MS) {
        renewedAt = at;
        closeQuietly(store);
        removeFile(path);
        store = openAny();
      }
      return otherwise;
    }
  }

  return {
    get: (key) => guarded((cache) => cache.get(key), null),
    put: (kind, key, body) => guarded((cache) => cache.put(kind, key, body), undefined),
    names: (list, id) => guarded((cache) => cache.names(list, id), false),
    remove: (key) => guarded((cache) => cache.remove(key), undefined),
    forget: (...kinds) => guarded((cache) => cache.forget(...kinds), undefined),
    close: () => closeQuietly(store),
  };
}

function closeQuietly(cache: Cache): void {
  try {
    cache.close();
  } catch {
    // It is damaged, and nothing in it is needed.
  }
}

/** What a new file repairs: damage, or a removed table. */
function isSpoilt(error: unknown): boolean {
  return isDamage(error) || (error instanceof SQLiteError && error.code === "SQLITE_ERROR");
}
