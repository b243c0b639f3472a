import type { Database } from "bun:sqlite";
import { dirname } from "node:path";
import { asFailure, Failure } from "../../failure.ts";
import { sqliteFailure } from "../../host/files/sqlite-failure.ts";
import type { Quota } from "../../queue/quota.ts";
import { messages } from "../messages.ts";
import { createActiveKeys } from "./active-keys.ts";
import { isDamage } from "./database.ts";
import { openKeysFile } from "./file.ts";
import {
  fingerprint,
  type Key,
  type KeyRing,
  type KeyStore,
  keysLost,
  type MadeKey,
  makeKey,
  type RequestedKey,
  type RevokeOptions,
  type StoredKey,
  withoutHash,
} from "./key.ts";
import { keysWereMade, rememberKeys } from "./marker.ts";
import { callbackSecrets, insertKey, listKeys, noteUses, revokeKeys, setQuota, storeCallbackSecret } from "./rows.ts";
import { createUses } from "./uses.ts";

/** Those of this host, in a file. */
export interface LocalKeyRing extends KeyRing, KeyStore {
  create(requested: RequestedKey): MadeKey;
  list(): readonly Key[];
  setQuota(idOrName: string, quota: Quota | null): readonly Key[];
  revoke(idOrName: string, options?: RevokeOptions): readonly Key[];
  callbackSecrets(): ReadonlyMap<string, string>;
  close(): void;
}

/** How old what is known of the keys may be: one made or revoked by the command line counts within this time. */
const POLL_EVERY_MS = 250;

export interface KeysOptions {
  readonly path: string;
  /** Called with words for the log when created keys are missing, and with null when keys exist again. */
  readonly onLost?: (how: string | null) => void;
}

/**
 * Opens the keys. A secret is 256 random bits, so its plain SHA-256 is stored: slow hashes are for passwords, which can be
 * guessed, and would only give a flood of wrong keys something to burn. It is found by that hash, so no secret is ever
 * compared letter by letter, and the time a response takes gives a guesser no information.
 * @throws Failure "keys_database" for a file of another program's or a newer agentlink's. One that is damaged or gone
 *   though keys were made is no reason to stop the service's work: it opens, and denies all access.
 */
export function openKeys({ path, onLost = () => {} }: KeysOptions): LocalKeyRing {
  const dataDir = dirname(path);
  const file = openKeysFile(path);
  /** Written by `refresh`. */
  let lost: string | null = null;
  const active = createActiveKeys();
  /** Written by `refresh` and `remember`. */
  let any = false;
  /** Written by `refresh`. */
  let seen: { readonly db: Database; readonly version: number } | null = null;
  /** Written by `refresh`. */
  let recheckAt = 0;

  /** Reads them again when another process has written them, or this one has (`own`). */
  function refresh(own = false): void {
    const at = performance.now();
    if (at < recheckAt && !own) {
      if (lost !== null) throw keysLost(lost);
      return;
    }
    let now: string | null = null;
    try {
      any ||= keysWereMade(dataDir);
      const db = file.connection({ create: !any });
      const version = db.query<{ data_version: number }, []>("PRAGMA data_version").get()?.data_version ?? 0;
      if (db !== seen?.db || version !== seen.version || own) {
        remember(listKeys(db));
        seen = { db, version };
      }
      if (any && active.size === 0 && listKeys(db).length === 0) now = messages.emptyKeys(path);
    } catch (error) {
      // A caller whose key may have been revoked in the meantime must not get in by what was known before.
      if (asFailure(error).code === "keys_lost") now = `${path} is gone`;
      else if (isDamage(error)) now = asFailure(error).message;
      else
        throw new Failure("keys_unreadable", messages.keysUnreadable, {
          transient: true,
          cause: error,
        });
    }
    recheckAt = at + POLL_EVERY_MS;
    if (now !== lost) {
      lost = now;
      onLost(now);
    }
    if (lost !== null) throw keysLost(lost);
  }

  function remember(keys: readonly StoredKey[]): void {
    if (keys.length > 0) rememberKeys(dataDir);
    any ||= keys.length > 0;
    active.replace(keys);
  }

  const uses = createUses((noted) => {
    // If the file is missing, a new one, without keys, would be the wrong place to store it.
    noteUses(file.connection({ create: false }), noted);
  });

  try {
    refresh();
  } catch (error) {
    const { code, options } = asFailure(error);
    if (code === "keys_unreadable") throw options.cause;
    if (code !== "keys_lost") throw error;
  }

  return {
    configured() {
      refresh();
      return any;
    },
    find(secret) {
      refresh();
      return active.find(secret);
    },
    active(id) {
      refresh();
      return active.byId(id);
    },
    clients: active.clients,
    used: uses.note,
    create: (requested) =>
      stored(() => {
        const made = makeKey(requested);
        const db = file.recreated();
        // Before the key is there: a service that had keys is never one without, wherever this is cut short.
        rememberKeys(dataDir);
        insertKey(db, { ...made.key, sha256: fingerprint(made.secret) });
        refresh(true);
        return made;
      }),
    list: () =>
      stored(() => {
        const db = file.made();
        uses.flush();
        return listKeys(db).map(withoutHash);
      }),
    setQuota: (idOrName, quota) =>
      stored(() => {
        const changed = setQuota(file.made(), idOrName, quota);
        if (changed.length > 0) refresh(true);
        return changed;
      }),
    revoke: (idOrName, { unlessLastAdmin = false } = {}) =>
      stored(() => {
        const revoked = revokeKeys(file.made(), idOrName, { unlessLastAdmin });
        if (revoked.length > 0) refresh(true);
        return revoked;
      }),
    stored: () => listKeys(file.made()),
    put: (keys) =>
      stored(() => {
        const db = file.made();
        if (keys.length > 0) rememberKeys(dataDir);
        for (const key of keys) insertKey(db, key);
        if (keys.length > 0) refresh(true);
      }),
    callbackSecrets: () => callbackSecrets(file.connection({ create: !any })),
    storeCallbackSecret: (client, secret) => stored(() => storeCallbackSecret(file.made(), client, secret)),
    close() {
      uses.close();
      file.close();
    },
  };
}

/** What the disk or the file refuses is reported as it is: no caller is to blame. */
function stored<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteFailure(error, messages.keysFile);
  }
}
