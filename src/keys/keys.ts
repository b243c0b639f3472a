import { Failure } from "../failure.ts";
import { openKeysDatabase } from "./database.ts";
import type { Rate } from "./rate.ts";
import type { Scope } from "./scope.ts";

/** A key, without its secret: that is nowhere kept. */
export interface Key {
  readonly id: string;
  /** The client it stands for. Several keys may share a name, so that a new one can take the place of an old. */
  readonly name: string;
  readonly scope: Scope;
  /** null: as fast as it likes. */
  readonly rate: Rate | null;
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

/** The keys as the door asks for them. */
export interface KeyRing {
  /** Whether a key was ever made: from then on nobody is served without one, also when all are revoked. */
  configured(): boolean;
  /** The key with this secret; null when there is none, or it is revoked. */
  find(secret: string): Key | null;
  /** The same by its id, for who has shown the secret before. */
  active(id: string): Key | null;
}

/** The keys as those see them who hand them out. */
export interface KeyStore {
  /** Makes a key. The secret is told this once. @throws Failure "usage" for a name that cannot be used. */
  create(wish: KeyWish): MadeKey | Promise<MadeKey>;
  /** All, the revoked too, oldest first. */
  list(): readonly Key[] | Promise<readonly Key[]>;
  /** Revokes the active key of this id, or all active keys of this name; answers them. */
  revoke(idOrName: string): readonly Key[] | Promise<readonly Key[]>;
  /** All with what is kept of their secrets, to be kept elsewhere. */
  kept(): readonly KeptKey[] | Promise<readonly KeptKey[]>;
  /** Keeps keys that were made elsewhere. */
  keep(keys: readonly KeptKey[]): void | Promise<void>;
}

/** A key with the SHA-256 of its secret. */
export type KeptKey = Key & { readonly sha256: string };

export type KeyWish = Pick<Key, "name" | "scope" | "rate">;

export interface MadeKey {
  readonly key: Key;
  readonly secret: string;
}

/** Those of this host, in a file. */
export interface Keys extends KeyRing, KeyStore {
  create(wish: KeyWish): MadeKey;
  list(): readonly Key[];
  revoke(idOrName: string): readonly Key[];
  close(): void;
}

/** How old what is known of the keys may be: one made or revoked by the command line counts within this time. */
const LOOK_EVERY_MS = 250;
/** What a secret looks like. */
export const SECRET = /^al_[\w-]{43}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly sha256: string;
  readonly rate_requests: number | null;
  readonly rate_window_s: number | null;
  readonly created_at: string;
  readonly revoked_at: string | null;
}

const INSERT = `
  INSERT INTO keys (id, name, scope, sha256, rate_requests, rate_window_s, created_at, revoked_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const LIST = "SELECT * FROM keys ORDER BY created_at, rowid";
const REVOKE = `
  UPDATE keys SET revoked_at = ?1 WHERE revoked_at IS NULL
    AND (id = ?2 OR (name = ?2 AND NOT EXISTS (SELECT 1 FROM keys WHERE id = ?2)))
  RETURNING *`;

/**
 * Opens the keys. A secret is 256 random bits, so its plain SHA-256 is kept: slow hashes are for passwords, which can be
 * guessed, and would only give a flood of wrong keys something to burn. It is found by that hash, so no secret is ever
 * compared letter by letter, and the time an answer takes tells a guesser nothing to go on with.
 */
export function openKeys({ path }: { readonly path: string }): Keys {
  const db = openKeysDatabase(path);
  const insert = db.prepare(INSERT);
  const all = db.prepare<KeyRow, []>(LIST);
  const revoke = db.prepare<KeyRow, [string, string]>(REVOKE);
  const version = db.prepare<{ data_version: number }, []>("PRAGMA data_version");

  let byHash = new Map<string, Key>();
  let byId = new Map<string, Key>();
  let any = false;
  let seen = -1;
  let lookAgainAt = 0;

  /** Reads them anew when another process has written, or `own` says that this one has. */
  function look(own = false): void {
    const at = performance.now();
    if (at < lookAgainAt && !own) return;
    try {
      const now = version.get()?.data_version ?? 0;
      if (now !== seen || own) {
        const rows = all.all();
        const active = rows.filter(({ revoked_at }) => revoked_at === null);
        any = rows.length > 0;
        byHash = new Map(active.map((row) => [row.sha256, toKey(row)]));
        byId = new Map(active.map((row) => [row.id, toKey(row)]));
        seen = now;
      }
      lookAgainAt = at + LOOK_EVERY_MS;
    } catch (error) {
      // Whoever may have been shut out meanwhile must not come in by what was known before.
      throw new Failure("keys_unreadable", "The keys cannot be read just now, so nobody is let in. Try again.", {
        transient: true,
        cause: error,
      });
    }
  }
  look();

  return {
    configured() {
      look();
      return any;
    },
    find(secret) {
      if (!SECRET.test(secret)) return null;
      look();
      return byHash.get(fingerprint(secret)) ?? null;
    },
    active(id) {
      look();
      return byId.get(id) ?? null;
    },
    create(wish) {
      const made = makeKey(wish);
      const { id, name, scope, rate, createdAt } = made.key;
      const { requests, windowS } = rate ?? { requests: null, windowS: null };
      insert.run(id, name, scope, fingerprint(made.secret), requests, windowS, createdAt, null);
      look(true);
      return made;
    },
    list: () => all.all().map(toKey),
    revoke(idOrName) {
      const revoked = revoke.all(new Date().toISOString(), idOrName).map(toKey);
      look(true);
      return revoked;
    },
    kept: () => all.all().map((row) => ({ ...toKey(row), sha256: row.sha256 })),
    keep(keys) {
      for (const { id, name, scope, sha256, rate, createdAt, revokedAt } of keys)
        insert.run(id, name, scope, sha256, rate?.requests ?? null, rate?.windowS ?? null, createdAt, revokedAt);
      look(true);
    },
    close: () => db.close(),
  };
}

function toKey(row: KeyRow): Key {
  const { id, name, scope, rate_requests: requests, rate_window_s: windowS, created_at, revoked_at } = row;
  const rate = requests === null || windowS === null ? null : { requests, windowS };
  return { id, name, scope, rate, createdAt: created_at, revokedAt: revoked_at };
}

/** A new key, which is nowhere kept yet. @throws Failure "usage" for a name that cannot be used. */
export function makeKey({ name, scope, rate }: KeyWish): MadeKey {
  if (!NAME.test(name))
    throw new Failure("usage", `${JSON.stringify(name)} cannot be a name: use 1 to 64 letters, digits, . _ and -`);
  return {
    secret: `al_${random(32).toString("base64url")}`,
    key: { id: random(4).toString("hex"), name, scope, rate, createdAt: new Date().toISOString(), revokedAt: null },
  };
}

/** What is kept of a secret. */
export function fingerprint(secret: string): string {
  return new Bun.CryptoHasher("sha256").update(secret).digest("hex");
}

function random(bytes: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes)));
}
