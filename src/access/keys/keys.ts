import type { Database } from "bun:sqlite";
import { renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { asFailure, Failure } from "../../failure.ts";
import { sqliteFailure } from "../../host/sqlite-failure.ts";
import type { Quota } from "../../queue/quota.ts";
import { messages } from "../messages.ts";
import { createActiveKeys } from "./active-keys.ts";
import { isDamage, openKeysDatabase } from "./database.ts";
import {
  fingerprint,
  HIGHEST_PRIORITY,
  type Key,
  type KeyRing,
  type KeyStore,
  keysLost,
  lastAdminKey,
  type MadeKey,
  makeKey,
  type RequestedKey,
  type RevokeOptions,
  type StoredKey,
} from "./key.ts";
import { keysWereMade, rememberKeys } from "./marker.ts";
import type { Scope } from "./scope.ts";
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
const LOOK_EVERY_MS = 250;

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly sha256: string;
  readonly rate_requests: number | null;
  readonly rate_window_s: number | null;
  readonly max_priority: number;
  readonly quota_day: number | null;
  readonly quota_month: number | null;
  readonly created_at: string;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}

const INSERT = `
  INSERT INTO keys
    (id, name, scope, sha256, rate_requests, rate_window_s, created_at, revoked_at, max_priority, last_used_at, quota_day,
      quota_month)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const USED = "UPDATE keys SET last_used_at = ?1 WHERE id = ?2 AND (last_used_at IS NULL OR last_used_at < ?1)";
const LIST = "SELECT * FROM keys ORDER BY created_at, rowid";
const SET_QUOTA = `
  UPDATE keys SET quota_day = ?1, quota_month = ?2 WHERE revoked_at IS NULL
    AND (id = ?3 OR (name = ?3 AND NOT EXISTS (SELECT 1 FROM keys WHERE id = ?3)))
  RETURNING *`;
const HAS_ADMIN = "SELECT 1 FROM keys WHERE scope = 'admin' AND revoked_at IS NULL";
const REVOKE = `
  UPDATE keys SET revoked_at = ?1 WHERE revoked_at IS NULL
    AND (id = ?2 OR (name = ?2 AND NOT EXISTS (SELECT 1 FROM keys WHERE id = ?2)))
  RETURNING *`;

export interface KeysOptions {
  readonly path: string;
  /** Called when keys that were made are gone, in words for the log, and null when there are some again. */
  readonly onLost?: (how: string | null) => void;
}

/** A connection, and what it is to: another file, or this one written over, has the same name. */
interface Opened {
  readonly db: Database;
  readonly file: string;
}

/**
 * Opens the keys. A secret is 256 random bits, so its plain SHA-256 is stored: slow hashes are for passwords, which can be
 * guessed, and would only give a flood of wrong keys something to burn. It is found by that hash, so no secret is ever
 * compared letter by letter, and the time a response takes gives a guesser no information.
 * @throws Failure "keys_database" for a file of another program's or a newer agentlink's. One that is damaged or gone
 *   though keys were made is no reason to stop the service's work: it is opened, and lets nobody in.
 */
export function openKeys({ path, onLost = () => {} }: KeysOptions): LocalKeyRing {
  const dataDir = dirname(path);
  let opened: Opened | null = null;
  let lost: string | null = null;
  const active = createActiveKeys();
  let any = false;
  let seen = -1;
  let lookAgainAt = 0;

  /** The connection to the file that has the name now. @throws Failure "keys_lost" or "keys_database". */
  function connection({ create }: { readonly create: boolean }): Database {
    const there = fileOf(path);
    if (opened !== null && opened.file === there) return opened.db;
    opened?.db.close();
    opened = null;
    if (there === null && !create) throw keysLost(`${path} is gone`);
    const db = openKeysDatabase(path, { create });
    opened = { db, file: fileOf(path) ?? "" };
    seen = -1;
    return db;
  }

  /** Reads them again when another process has written, or `own` says that this one has. */
  function look(own = false): void {
    const at = performance.now();
    if (at < lookAgainAt && !own) {
      if (lost !== null) throw keysLost(lost);
      return;
    }
    let now: string | null = null;
    try {
      any ||= keysWereMade(dataDir);
      const db = connection({ create: !any });
      const version = db.query<{ data_version: number }, []>("PRAGMA data_version").get()?.data_version ?? 0;
      if (version !== seen || own) {
        remember(db.query<KeyRow, []>(LIST).all());
        seen = version;
      }
      if (any && active.size === 0 && emptied(db)) now = messages.emptyKeys(path);
    } catch (error) {
      // Whoever may have been shut out in the meantime must not come in by what was known before.
      if (asFailure(error).code === "keys_lost") now = `${path} is gone`;
      else if (isDamage(error)) now = asFailure(error).message;
      else
        throw new Failure("keys_unreadable", messages.keysUnreadable, {
          transient: true,
          cause: error,
        });
    }
    lookAgainAt = at + LOOK_EVERY_MS;
    if (now !== lost) {
      lost = now;
      onLost(now);
    }
    if (lost !== null) throw keysLost(lost);
  }

  function remember(rows: readonly KeyRow[]): void {
    if (rows.length > 0) rememberKeys(dataDir);
    any ||= rows.length > 0;
    active.replace(rows.flatMap((row) => (row.revoked_at === null ? [[row.sha256, toKey(row)] as const] : [])));
  }

  /** For whoever reads or writes them, not for whoever asks to come in. */
  function store(): Database {
    return connection({ create: true });
  }

  /** The same, where what cannot be read any more is moved aside and begun again. */
  function recreateStore(): Database {
    try {
      return store();
    } catch (error) {
      if (!isDamage(error)) throw error;
      setAside(path);
      return store();
    }
  }

  function insert(db: Database, { sha256, ...key }: StoredKey): void {
    const { id, name, scope, rate, createdAt, revokedAt, maxPriority = HIGHEST_PRIORITY, lastUsedAt = null } = key;
    const { perDay, perMonth } = key.quota ?? { perDay: null, perMonth: null };
    const { requests, windowS } = rate ?? { requests: null, windowS: null };
    db.query(INSERT).run(
      ...[id, name, scope, sha256, requests, windowS, createdAt, revokedAt, maxPriority, lastUsedAt, perDay, perMonth],
    );
  }

  const uses = createUses((noted) => {
    // Where the file is gone a new one, without keys, would be no place to note it.
    const db = connection({ create: false });
    db.transaction(() => {
      for (const [id, at] of noted) db.query(USED).run(at, id);
    })();
  });

  try {
    look();
  } catch (error) {
    const { code, options } = asFailure(error);
    if (code === "keys_unreadable") throw options.cause;
    if (code !== "keys_lost") throw error;
  }

  return {
    configured() {
      look();
      return any;
    },
    find(secret) {
      look();
      return active.find(secret);
    },
    active(id) {
      look();
      return active.byId(id);
    },
    clients: active.clients,
    used: uses.note,
    create: (requested) =>
      stored(() => {
        const made = makeKey(requested);
        const db = recreateStore();
        // Before the key is there: a service that had keys is never one without, wherever this is cut short.
        rememberKeys(dataDir);
        insert(db, { ...made.key, sha256: fingerprint(made.secret) });
        look(true);
        return made;
      }),
    list: () =>
      stored(() => {
        const db = store();
        uses.flush();
        return db.query<KeyRow, []>(LIST).all().map(toKey);
      }),
    setQuota: (idOrName, quota) =>
      stored(() => {
        const changed = store()
          .query<KeyRow, [number | null, number | null, string]>(SET_QUOTA)
          .all(quota?.perDay ?? null, quota?.perMonth ?? null, idOrName)
          .map(toKey);
        if (changed.length > 0) look(true);
        return changed;
      }),
    revoke: (idOrName, { unlessLastAdmin = false } = {}) =>
      stored(() => {
        const db = store();
        const revoked = db
          .transaction(() => {
            const rows = db.query<KeyRow, [string, string]>(REVOKE).all(new Date().toISOString(), idOrName);
            if (unlessLastAdmin && rows.length > 0 && db.query(HAS_ADMIN).get() === null) throw lastAdminKey();
            return rows.map(toKey);
          })
          .immediate();
        if (revoked.length > 0) look(true);
        return revoked;
      }),
    stored: () =>
      store()
        .query<KeyRow, []>(LIST)
        .all()
        .map((row) => ({ ...toKey(row), sha256: row.sha256 })),
    put: (keys) =>
      stored(() => {
        const db = store();
        if (keys.length > 0) rememberKeys(dataDir);
        for (const key of keys) insert(db, key);
        if (keys.length > 0) look(true);
      }),
    callbackSecrets: () => {
      const rows = connection({ create: !any }).query<{ client: string; secret: string }, []>(
        "SELECT client, secret FROM callback_secrets",
      );
      return new Map(rows.all().map(({ client, secret }) => [client, secret]));
    },
    storeCallbackSecret: (client, secret) =>
      stored(() => {
        store()
          .query("INSERT OR REPLACE INTO callback_secrets (client, secret, created_at) VALUES (?, ?, ?)")
          .run(client, secret, new Date().toISOString());
      }),
    close() {
      uses.close();
      opened?.db.close();
      opened = null;
    },
  };
}

/** What the disk or the file refuses is said as it is: no caller is to blame. */
function stored<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteFailure(error, messages.keysFile);
  }
}

/** Which file has the name, and as who last wrote it: null where there is none. */
function fileOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? null : [found.dev, found.ino, found.size, found.mtimeNs].join();
}

function emptied(db: Database): boolean {
  return db.query<KeyRow, []>(LIST).get() === null;
}

function setAside(path: string): void {
  const suffix = `.damaged-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  for (const part of ["", "-wal", "-shm"])
    if (statSync(path + part, { throwIfNoEntry: false }) !== undefined) renameSync(path + part, path + suffix + part);
}

function toKey(row: KeyRow): Key {
  const { id, name, scope, rate_requests: requests, rate_window_s: windowS, created_at, revoked_at } = row;
  const rate = requests === null || windowS === null ? null : { requests, windowS };
  const { max_priority: maxPriority, last_used_at: lastUsedAt, quota_day: perDay, quota_month: perMonth } = row;
  const quota = perDay === null && perMonth === null ? null : { perDay, perMonth };
  return { id, name, scope, rate, maxPriority, quota, createdAt: created_at, revokedAt: revoked_at, lastUsedAt };
}
