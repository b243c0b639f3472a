// The rows of keys.db, as they are read and written.

import type { Database } from "bun:sqlite";
import type { Quota } from "../../queue/quota.ts";
import { HIGHEST_PRIORITY, type Key, lastAdminKey, type RevokeOptions, type StoredKey } from "./key.ts";
import type { Scope } from "./scope.ts";

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

/** In the order in which they were made, those that were revoked, too. */
export function listKeys(db: Database): readonly StoredKey[] {
  return db
    .query<KeyRow, []>(LIST)
    .all()
    .map((row) => ({ ...toKey(row), sha256: row.sha256 }));
}

export function insertKey(db: Database, { sha256, ...key }: StoredKey): void {
  const { id, name, scope, rate, createdAt, revokedAt, maxPriority = HIGHEST_PRIORITY, lastUsedAt = null } = key;
  const { perDay, perMonth } = key.quota ?? { perDay: null, perMonth: null };
  const { requests, windowS } = rate ?? { requests: null, windowS: null };
  db.query(INSERT).run(
    ...[id, name, scope, sha256, requests, windowS, createdAt, revokedAt, maxPriority, lastUsedAt, perDay, perMonth],
  );
}

/** Notes when each of these keys, by id, was used last. */
export function noteUses(db: Database, noted: Iterable<readonly [id: string, at: string]>): void {
  db.transaction(() => {
    for (const [id, at] of noted) db.query(USED).run(at, id);
  })();
}

/** Of the active key of this id, else those of this name. Returns those that were changed. */
export function setQuota(db: Database, idOrName: string, quota: Quota | null): readonly Key[] {
  return db
    .query<KeyRow, [number | null, number | null, string]>(SET_QUOTA)
    .all(quota?.perDay ?? null, quota?.perMonth ?? null, idOrName)
    .map(toKey);
}

/** Revokes the active key of this id, else those of this name; all or none. @throws Failure as {@link lastAdminKey}. */
export function revokeKeys(db: Database, idOrName: string, { unlessLastAdmin = false }: RevokeOptions): readonly Key[] {
  return db
    .transaction(() => {
      const rows = db.query<KeyRow, [string, string]>(REVOKE).all(new Date().toISOString(), idOrName);
      if (unlessLastAdmin && rows.length > 0 && db.query(HAS_ADMIN).get() === null) throw lastAdminKey();
      return rows.map(toKey);
    })
    .immediate();
}

/** By client. */
export function callbackSecrets(db: Database): ReadonlyMap<string, string> {
  const rows = db.query<{ client: string; secret: string }, []>("SELECT client, secret FROM callback_secrets").all();
  return new Map(rows.map(({ client, secret }) => [client, secret]));
}

/** In place of the one that the client has. */
export function storeCallbackSecret(db: Database, client: string, secret: string): void {
  db.query("INSERT OR REPLACE INTO callback_secrets (client, secret, created_at) VALUES (?, ?, ?)").run(
    client,
    secret,
    new Date().toISOString(),
  );
}

function toKey(row: KeyRow): Key {
  const { id, name, scope, rate_requests: requests, rate_window_s: windowS, created_at, revoked_at } = row;
  const rate = requests === null || windowS === null ? null : { requests, windowS };
  const { max_priority: maxPriority, last_used_at: lastUsedAt, quota_day: perDay, quota_month: perMonth } = row;
  const quota = perDay === null && perMonth === null ? null : { perDay, perMonth };
  return { id, name, scope, rate, maxPriority, quota, createdAt: created_at, revokedAt: revoked_at, lastUsedAt };
}
