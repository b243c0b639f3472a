import { Failure } from "../../failure.ts";
import { compareText } from "../../host/compare-text.ts";
import { parseRedisAddress } from "../../redis/address.ts";
import { redisFailure } from "../../redis/failures.ts";
import { connect, createClient, type RedisClient } from "../../redis/redis.ts";
import { messages } from "../messages.ts";
import { createActiveKeys } from "./active-keys.ts";
import {
  fingerprint,
  HIGHEST_PRIORITY,
  type Key,
  type KeyRing,
  type KeyStore,
  keysLost,
  lastAdminKey,
  makeKey,
  type StoredKey,
} from "./key.ts";
import { keysWereMade, rememberKeys } from "./marker.ts";
import { createUses } from "./uses.ts";

/** How often it is looked whether a key was made or revoked, on any host. */
const LOOK_EVERY_MS = 300;
/** What is known of the keys is not used when it is older: whoever was shut out in the meantime must not come in by it. */
const KNOWN_FOR_MS = 3_000;

/**
 * Of two hosts that revoke at once only one may take the last but one: it is looked at in the script that revokes. KEYS:
 * the keys, their version. ARGV: "1" to leave an admin's, by how much the version grows, then ids and revoked keys.
 */
const REVOKE = `
  if ARGV[1] == '1' then
    local revoked, left = {}, false
    for index = 3, #ARGV, 2 do revoked[ARGV[index]] = true end
    for _, text in ipairs(redis.call('HVALS', KEYS[1])) do
      local each = cjson.decode(text)
      local active = each.revokedAt == nil or each.revokedAt == cjson.null
      if each.scope == 'admin' and active and not revoked[each.id] then left = true end
    end
    if not left then return 0 end
  end
  for index = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1]) end
  redis.call('INCRBY', KEYS[2], ARGV[2])
  return 1`;

/** By chance, so that a Redis that was emptied never comes to the same number again. */
function versionStep(): number {
  return 1 + Math.floor(Math.random() * 2 ** 31);
}

export interface RedisKeysOptions {
  readonly client: RedisClient;
  /** What the names of keys in Redis begin with, in braces. */
  readonly base: string;
}

/** The keys of all hosts: made once, by any of them. Only hashes are stored. */
export function openRedisKeyStore({ client, base }: RedisKeysOptions): KeyStore {
  const [hash, version] = [`${base}:keys`, `${base}:keys-version`];
  const usesOf = () => client.hgetall(usesName(base));

  async function list(): Promise<readonly StoredKey[]> {
    const [all, uses] = await Promise.all([client.hgetall(hash), usesOf()]);
    const stored = Object.values(all).map((text) => {
      const key = JSON.parse(text) as StoredKey;
      return { ...key, lastUsedAt: uses[key.id] ?? key.lastUsedAt ?? null };
    });
    return stored.toSorted((a, b) => compareText(a.createdAt, b.createdAt));
  }

  async function write(...keys: readonly StoredKey[]): Promise<void> {
    const fields = keys.flatMap((key) => [key.id, JSON.stringify(key)]);
    await client
      .multi()
      .hset(hash, ...fields)
      .incrby(version, versionStep())
      .exec();
  }

  /** The active key of this id, else those of this name. */
  async function activeOf(idOrName: string): Promise<readonly StoredKey[]> {
    const active = (await list()).filter(({ revokedAt }) => revokedAt === null);
    const byId = active.filter(({ id }) => id === idOrName);
    return byId.length > 0 ? byId : active.filter(({ name }) => name === idOrName);
  }

  return {
    async create(requested) {
      const made = makeKey(requested);
      await write({ ...made.key, sha256: fingerprint(made.secret) });
      return made;
    },
    list: async () => (await list()).map(withoutHash),
    async setQuota(idOrName, quota) {
      const changed = (await activeOf(idOrName)).map((key) => ({ ...key, quota }));
      if (changed.length > 0) await write(...changed);
      return changed.map(withoutHash);
    },
    async revoke(idOrName, { unlessLastAdmin = false } = {}) {
      const revoked = (await activeOf(idOrName)).map((key) => ({ ...key, revokedAt: new Date().toISOString() }));
      if (revoked.length === 0) return [];
      const fields = revoked.flatMap((key) => [key.id, JSON.stringify(key)]);
      const step = String(versionStep());
      const done = await client.eval(REVOKE, 2, hash, version, unlessLastAdmin ? "1" : "0", step, ...fields);
      if (done === 0) throw lastAdminKey();
      return revoked.map(withoutHash);
    },
    callbackSecrets: async () => new Map(Object.entries(await client.hgetall(`${base}:callback-secrets`))),
    storeCallbackSecret: async (name, secret) => void (await client.hset(`${base}:callback-secrets`, name, secret)),
    stored: list,
    put: (keys) => write(...keys),
  };
}

/** Gives the keys of all hosts to `work`. @throws Failure "redis" when they cannot be reached. */
export async function withRedisKeys(
  url: string,
  prefix: string,
  work: (keys: KeyStore) => Promise<void>,
): Promise<void> {
  const address = parseRedisAddress(url);
  const client = createClient(address);
  try {
    await connect(client, address);
    await work(openRedisKeyStore({ client, base: `{${prefix}}` }));
  } catch (error) {
    throw redisFailure(error);
  } finally {
    client.disconnect();
  }
}

export interface RedisKeyRingOptions extends RedisKeysOptions {
  /** Where this host remembers that there were keys, also when Redis has lost them. */
  readonly dataDir: string;
  /** Called when keys that were made are gone, in words for the log, and null when there are some again. */
  readonly onLost?: (how: string | null) => void;
}

/** The same as the server reads it. `refresh` sees now what this host has just written; `flush` stores noted uses. */
export interface RedisKeyRing extends KeyRing {
  refresh(): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Opens them. @throws what Redis throws when it cannot be read now. */
export async function openRedisKeyRing(options: RedisKeyRingOptions): Promise<RedisKeyRing> {
  const { client, base, dataDir, onLost = () => {} } = options;
  const keys = createActiveKeys();
  let any = keysWereMade(dataDir);
  let lost: string | null = null;
  let seen = "never";
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function look(): Promise<void> {
    const sentAt = performance.now();
    const [version, count] = await Promise.all([client.get(`${base}:keys-version`), client.hlen(`${base}:keys`)]);
    const state = `${version} ${count}`;
    if (state !== seen) {
      const all = Object.values(await client.hgetall(`${base}:keys`)).map((text) => JSON.parse(text) as StoredKey);
      if (all.length > 0) rememberKeys(dataDir);
      any ||= all.length > 0;
      keys.replace(all.flatMap((key) => (key.revokedAt === null ? [[key.sha256, withoutHash(key)] as const] : [])));
      seen = state;
      const now = any && all.length === 0 ? messages.emptyRedis(base) : null;
      if (now !== lost) {
        lost = now;
        onLost(now);
      }
    }
    lookedAt = sentAt;
  }

  function known(): void {
    if (performance.now() - lookedAt > KNOWN_FOR_MS)
      throw new Failure("keys_unreadable", messages.keysUnreadable, {
        transient: true,
      });
    if (lost !== null) throw keysLost(lost);
  }

  const uses = createUses((noted) => client.hset(usesName(base), Object.fromEntries(noted)));
  await look();
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch(() => {})
      .finally(() => {
        looking = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();

  return {
    configured() {
      known();
      return any;
    },
    find(secret) {
      known();
      return keys.find(secret);
    },
    active(id) {
      known();
      return keys.byId(id);
    },
    clients: keys.clients,
    used: uses.note,
    refresh: look,
    flush: async () => uses.flush(),
    async close() {
      clearInterval(timer);
      await uses.close();
    },
  };
}

/** One that an older agentlink made has no highest priority and no quota. */
function withoutHash({ sha256: _, ...key }: StoredKey): Key {
  const { id, name, scope, rate, maxPriority = HIGHEST_PRIORITY, createdAt, revokedAt, lastUsedAt = null } = key;
  return { id, name, scope, rate, maxPriority, quota: key.quota ?? null, createdAt, revokedAt, lastUsedAt };
}

function usesName(base: string): string {
  return `${base}:keys-used`;
}
