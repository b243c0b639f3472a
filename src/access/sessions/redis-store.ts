import { Failure } from "../../failure.ts";
import type { RedisKeysOptions } from "../keys/redis.ts";
import { messages } from "../messages.ts";
import { SESSIONS_OF_A_KEY, type Session, type SessionStore } from "./store.ts";

/** For this long a cached session is not read again: a page requests many things at once. */
const KNOWN_FOR_MS = 1_000;
/** The number that is cached here; others are read again. */
const MOST_KNOWN = 1_000;

/**
 * KEYS: the session, and those of its key by their end. ARGV: the session, its end, its hash, how many may be, the
 * time.
 */
const PUT = `
  redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[5])
  redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
  redis.call('PEXPIREAT', KEYS[2], ARGV[2])
  local before = string.sub(KEYS[1], 1, -#ARGV[3] - 1)
  for _, hash in ipairs(redis.call('ZRANGE', KEYS[2], 0, -ARGV[4] - 1)) do redis.call('DEL', before .. hash) end
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -ARGV[4] - 1)`;

/** The sign-ins of all hosts, so that a balancer may send a browser to any of them. Redis ends them at their time. */
export function openRedisSessionStore({ client, base }: RedisKeysOptions): SessionStore {
  /** Written by `remember`, `forget` and `refresh`. */
  const known = new Map<string, { readonly session: Session; readonly at: number }>();
  /** Written by `refresh`. */
  const lookups = new Map<string, Promise<string | null>>();
  const keyOf = (hash: string) => `${base}:session:${hash}`;

  function remember(hash: string, session: Session): void {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(hash, { session, at: performance.now() });
  }

  async function reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const words = messages.sessionsUnreadable;
      throw new Failure("sessions_unavailable", words, { transient: true, cause });
    }
  }

  return {
    async put(hash, session) {
      const names = [keyOf(hash), `${base}:sessions-of:${session.keyId}`] as const;
      const { endsAt } = session;
      const most = String(SESSIONS_OF_A_KEY);
      await reach(() => client.eval(PUT, 2, ...names, JSON.stringify(session), endsAt, hash, most, Date.now()));
      remember(hash, session);
    },
    find(hash) {
      const session = known.get(hash)?.session;
      return session !== undefined && session.endsAt > Date.now() ? session : null;
    },
    async forget(hash) {
      known.delete(hash);
      await reach(() => client.del(keyOf(hash)));
    },
    async refresh(hash) {
      if (performance.now() - (known.get(hash)?.at ?? Number.NEGATIVE_INFINITY) < KNOWN_FOR_MS) return;
      // A thousand requests that wait for one browser look it up once.
      const pending = lookups.get(hash) ?? reach(() => client.get(keyOf(hash))).finally(() => lookups.delete(hash));
      lookups.set(hash, pending);
      const text = await pending;
      if (text === null) known.delete(hash);
      else remember(hash, JSON.parse(text) as Session);
    },
    close: () => {},
  };
}
