import { Failure } from "../failure.ts";
import type { RedisKeysOptions } from "./redis.ts";
import type { Session, SessionStore } from "./sessions.ts";

/** What was known so short a time ago is not asked for again: a page asks for many things at once. */
const KNOWN_FOR_MS = 1_000;
/** As many are remembered here; the others are had again. */
const MOST_KNOWN = 1_000;

/** The sign-ins of all hosts, so that a balancer may send a browser to any of them. Redis ends them at their time. */
export function openRedisSessionStore({ client, base }: RedisKeysOptions): SessionStore {
  const known = new Map<string, { readonly session: Session; readonly at: number }>();
  const keyOf = (hash: string) => `${base}:session:${hash}`;

  function remember(hash: string, session: Session): void {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(hash, { session, at: performance.now() });
  }

  async function reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const words = "Sign-ins cannot be read or kept just now: Redis does not answer. Try again.";
      throw new Failure("sessions_unavailable", words, { transient: true, cause });
    }
  }

  return {
    async keep(hash, session) {
      await reach(() => client.set(keyOf(hash), JSON.stringify(session), "PXAT", session.endsAt));
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
      const text = await reach(() => client.get(keyOf(hash)));
      if (text === null) known.delete(hash);
      else remember(hash, JSON.parse(text) as Session);
    },
    close: () => {},
  };
}
