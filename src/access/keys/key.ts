/*
 * Keys: created, found by their hash, revoked, with their quotas and the time of their last use.
 * Stored in a file of this host, or in Redis for all hosts. Of a secret only the hash is stored.
 * Not here: sessions, and whether a request is admitted.
 */

import { Failure } from "../../failure.ts";
import { sha256 } from "../../host/hash.ts";
import type { Quota } from "../../queue/quota.ts";
import { messages } from "../messages.ts";
import type { Rate } from "../rate.ts";
import { covers, type Scope } from "./scope.ts";

/** A key, without its secret: that is nowhere stored. */
export interface Key {
  readonly id: string;
  /** The client it stands for. Several keys may share a name, so that a new one can replace an old one. */
  readonly name: string;
  readonly scope: Scope;
  /** null: that of all keys without one (AGENTLINK_KEY_RATE). */
  readonly rate: Rate | null;
  /** 0–9: a higher priority in a request is lowered to this. It orders only the client's own jobs. */
  readonly maxPriority: number;
  /** What its client may request, whichever of its keys it shows; null: as much as it likes. */
  readonly quota: Quota | null;
  readonly createdAt: string;
  readonly revokedAt: string | null;
  /** When a request last came in by it, to some seconds; null for never, or not since this is recorded. */
  readonly lastUsedAt: string | null;
}

/**
 * The keys as the server reads them. If created keys are missing (a file removed or damaged, a Redis emptied)
 * each of these throws Failure "keys_lost": no one is authenticated until there are some again.
 */
export interface KeyRing {
  /** Whether a key was ever made: from then on every request needs one, also when all are revoked. */
  configured(): boolean;
  /** The key with this secret; null when there is none, or it is revoked. */
  find(secret: string): Key | null;
  /** The same by its id, for a caller that has shown the secret before. */
  active(id: string): Key | null;
  /** How many clients there are that may post, as far as was seen: the queue is shared out between them. */
  clients(): number;
  /** Notes that a request came in by this key. It costs nothing: what is noted is stored some seconds later. */
  used(id: string): void;
}

/**
 * Whether there is none, so that only the service's own user is served. Lost keys are reported elsewhere, and do not
 * count as none.
 */
export function isKeyless(keys: Pick<KeyRing, "configured">): boolean {
  try {
    return !keys.configured();
  } catch {
    return false;
  }
}

/** Failure for keys that were created and are missing. `how` is for the log, with the path; the client does not see it. */
export function keysLost(how: string): Failure {
  return new Failure("keys_lost", messages.keysLost, { cause: new Error(how) });
}

/** The keys, as the people see them who issue them. */
export interface KeyStore {
  /** Creates a key. Only this call returns its secret. @throws Failure "usage" for a name that cannot be used. */
  create(requested: RequestedKey): MadeKey | Promise<MadeKey>;
  /** All, the revoked too, oldest first. */
  list(): readonly Key[] | Promise<readonly Key[]>;
  /** Gives the active keys of this id or name a quota, or with null none; returns them. */
  setQuota(idOrName: string, quota: Quota | null): readonly Key[] | Promise<readonly Key[]>;
  /**
   * Revokes the active key of this id, or all active keys of this name; returns them.
   * @throws Failure "last_admin_key", with `unlessLastAdmin`, where no active admin key would be left on any host.
   */
  revoke(idOrName: string, options?: RevokeOptions): readonly Key[] | Promise<readonly Key[]>;
  /** All with what is stored of their secrets, to be stored elsewhere. */
  stored(): readonly StoredKey[] | Promise<readonly StoredKey[]>;
  /** Stores keys that were made elsewhere. */
  put(keys: readonly StoredKey[]): void | Promise<void>;
  /** The secrets that sign callbacks, of clients that have one of their own. */
  callbackSecrets(): ReadonlyMap<string, string> | Promise<ReadonlyMap<string, string>>;
  /** Gives a client one, in place of what it had. */
  storeCallbackSecret(client: string, secret: string): void | Promise<void>;
}

export interface RevokeOptions {
  readonly unlessLastAdmin?: boolean;
}

/** Refuses to take the last admin key. */
export function lastAdminKey(): Failure {
  return new Failure("last_admin_key", messages.lastAdminKey);
}

/** A key with the SHA-256 of its secret. */
export type StoredKey = Key & { readonly sha256: string };

/** By default with the highest priority. */
export type RequestedKey = Pick<Key, "name" | "scope" | "rate"> & Partial<Pick<Key, "maxPriority" | "quota">>;

export interface MadeKey {
  readonly key: Key;
  readonly secret: string;
}

/** What of a stored key is shown. One in Redis that an older agentlink made has no highest priority and no quota. */
export function withoutHash({ sha256: _, ...key }: StoredKey): Key {
  const { id, name, scope, rate, maxPriority = HIGHEST_PRIORITY, createdAt, revokedAt, lastUsedAt = null } = key;
  return { id, name, scope, rate, maxPriority, quota: key.quota ?? null, createdAt, revokedAt, lastUsedAt };
}

export const HIGHEST_PRIORITY = 9;
/** What a secret looks like. */
export const SECRET = /^al_[\w-]{43}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A new key, which is nowhere stored yet. @throws Failure "usage" for a name that cannot be used. */
export function makeKey({ name, scope, rate, maxPriority = HIGHEST_PRIORITY, quota = null }: RequestedKey): MadeKey {
  if (!NAME.test(name)) throw new Failure("usage", messages.badName(name));
  return {
    secret: `al_${random(32).toString("base64url")}`,
    key: {
      id: random(4).toString("hex"),
      name,
      scope,
      rate,
      maxPriority,
      quota,
      createdAt: new Date().toISOString(),
      revokedAt: null,
      lastUsedAt: null,
    },
  };
}

/** How many clients may post with some of these keys. */
export function countClients(active: Iterable<Key>): number {
  return new Set([...active].flatMap(({ name, scope }) => (covers(scope, "submit") ? [name] : []))).size;
}

/** What is stored of a secret. */
export function fingerprint(secret: string): string {
  return sha256(secret);
}

function random(bytes: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes)));
}
