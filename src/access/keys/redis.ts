import { parseRedisAddress } from "../../redis/address.ts";
import { redisFailure } from "../../redis/failures.ts";
import { connect, createClient, type RedisClient } from "../../redis/redis.ts";
import { compareText } from "../../text/text.ts";
import { fingerprint, type KeyStore, lastAdminKey, makeKey, type StoredKey, withoutHash } from "./key.ts";

/**
 * Of two hosts that revoke at once only one may take the last but one: it is examined in the script that revokes. KEYS:
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

/** Random, so that an emptied Redis never reaches the same number again. */
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

/** Where the last use of each key is. */
export function usesName(base: string): string {
  return `${base}:keys-used`;
}
