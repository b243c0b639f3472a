import type { Key, KeyRing } from "../keys/keys.ts";
import type { SessionStore } from "../keys/sessions.ts";

/** Who signed in with a key in a browser. The browser holds a token of its own; the key is kept nowhere. */
export interface Sessions {
  /** Begins a session of a key; answers the cookie's line. */
  begin(key: Key): Promise<string>;
  /** Hears what other hosts know of a request's session; to be awaited before it is looked for. */
  hear(headers: Headers): Promise<void>;
  /** The key of a request's session; null without one, and once its time is up or its key revoked. */
  find(headers: Headers): Key | null;
  /** Ends a request's session; answers the cookie's line that makes the browser forget it. */
  end(headers: Headers): Promise<string>;
}

const COOKIE = "agentlink_session";
const LASTS_S = 12 * 3_600;

/**
 * Sessions, kept over a restart. `secure` is said where browsers come by https. Scripts cannot read the cookie, and no
 * request that another site began carries it.
 */
export function createSessions(keys: KeyRing, store: SessionStore, { secure }: { readonly secure: boolean }): Sessions {
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;

  return {
    async begin({ id }) {
      const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
      await store.keep(fingerprint(token), { keyId: id, endsAt: Date.now() + LASTS_S * 1_000 });
      return `${COOKIE}=${token}; Max-Age=${LASTS_S}; ${attributes}`;
    },
    async hear(headers) {
      const shown = store.refresh === undefined ? null : shownBy(headers);
      if (shown !== null) await store.refresh?.(shown);
    },
    find(headers) {
      const shown = shownBy(headers);
      const session = shown === null ? null : store.find(shown);
      return session === null ? null : keys.active(session.keyId);
    },
    async end(headers) {
      const shown = shownBy(headers);
      if (shown !== null) await store.forget(shown);
      return `${COOKIE}=; Max-Age=0; ${attributes}`;
    },
  };
}

/** The hash of the token a request shows: the time that a look-up takes tells nothing of a token that somebody guesses at. */
function shownBy(headers: Headers): string | null {
  const token = /(?:^|;\s*)agentlink_session=([\w-]{43})(?:;|$)/.exec(headers.get("cookie") ?? "")?.[1];
  return token === undefined ? null : fingerprint(token);
}

function fingerprint(token: string): string {
  return new Bun.CryptoHasher("sha256").update(token).digest("hex");
}
