import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";
import { createActiveKeys } from "./active-keys.ts";
import { type KeyRing, keysLost, type StoredKey } from "./key.ts";
import { keysWereMade, rememberKeys } from "./marker.ts";
import { type RedisKeysOptions, usesName } from "./redis.ts";
import { createUses } from "./uses.ts";

/** How often it is checked whether a key was made or revoked, on any host. */
const POLL_EVERY_MS = 300;
/**
 * What is known of the keys is not used when it is older: a caller whose key was revoked in the meantime must not get
 * in by it.
 */
const KNOWN_FOR_MS = 3_000;

export interface RedisKeyRingOptions extends RedisKeysOptions {
  /** Where this host remembers that there were keys, also when Redis has lost them. */
  readonly dataDir: string;
  /** Called with words for the log when created keys are missing, and with null when keys exist again. */
  readonly onLost?: (how: string | null) => void;
}

/**
 * The keys of all hosts as the server reads them. `refresh` sees now what this host has just written; `flush` stores
 * noted uses.
 */
export interface RedisKeyRing extends KeyRing {
  refresh(): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Opens them. @throws what Redis throws when it cannot be read now. */
export async function openRedisKeyRing(options: RedisKeyRingOptions): Promise<RedisKeyRing> {
  const { client, base, dataDir, onLost = () => {} } = options;
  const keys = createActiveKeys();
  /** Written by `refresh`. */
  let any = keysWereMade(dataDir);
  /** Written by `refresh`. */
  let lost: string | null = null;
  /** Written by `refresh`. */
  let seen = "never";
  /** Written by `refresh`. */
  let checkedAt = Number.NEGATIVE_INFINITY;

  async function refresh(): Promise<void> {
    const sentAt = performance.now();
    const [version, count] = await Promise.all([client.get(`${base}:keys-version`), client.hlen(`${base}:keys`)]);
    const state = `${version} ${count}`;
    if (state !== seen) {
      const all = Object.values(await client.hgetall(`${base}:keys`)).map((text) => JSON.parse(text) as StoredKey);
      if (all.length > 0) rememberKeys(dataDir);
      any ||= all.length > 0;
      keys.replace(all);
      seen = state;
      const now = any && all.length === 0 ? messages.emptyRedis(base) : null;
      if (now !== lost) {
        lost = now;
        onLost(now);
      }
    }
    checkedAt = sentAt;
  }

  function known(): void {
    if (performance.now() - checkedAt > KNOWN_FOR_MS)
      throw new Failure("keys_unreadable", messages.keysUnreadable, {
        transient: true,
      });
    if (lost !== null) throw keysLost(lost);
  }

  const uses = createUses((noted) => client.hset(usesName(base), Object.fromEntries(noted)));
  await refresh();
  /** Written by `timer`. */
  let checking = false;
  const timer = setInterval(() => {
    if (checking) return;
    checking = true;
    refresh()
      .catch(() => {})
      .finally(() => {
        checking = false;
      });
  }, POLL_EVERY_MS);
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
    refresh: refresh,
    flush: async () => uses.flush(),
    async close() {
      clearInterval(timer);
      await uses.close();
    },
  };
}
