/*
 * Sessions of browsers: who signed in with which key, and until when.
 * Stored by the hash of their token in a file of this host, or in Redis for all hosts. A session ends with its key.
 * Not here: how keys are stored, and the sign-in page (dashboard/).
 */

import { sha256 } from "../../host/hash.ts";
import type { Key, KeyRing } from "../keys/key.ts";
import type { SessionStore } from "./store.ts";

/** Who signed in with a key in a browser. The browser has a token of its own; the key is stored nowhere. */
export interface Sessions {
  /** Begins a session of a key; returns the cookie's line. */
  begin(key: Key): Promise<string>;
  /** Reads what other hosts know of a request's session; to be awaited before it is searched for. */
  prepare(headers: Headers): Promise<void>;
  /** The key of a request's session; null without one, and once its time is up or its key revoked. */
  find(headers: Headers): Key | null;
  /** What distinguishes a request's session from others, for {@link lasts}; null if it shows none. */
  shown(headers: Headers): string | null;
  /** Whether such a session is still open, on whichever host it was ended. Its key may be revoked. */
  lasts(shown: string): Promise<boolean>;
  /** Ends a request's session; returns the cookie's line that makes the browser forget it. */
  end(headers: Headers): Promise<string>;
}

/** The prefix lets no other name of the same domain, and nothing over http, set it (RFC 6265bis, section 4.1.3.2). */
const NAMES = { open: "agentlink_session", secure: "__Host-agentlink_session" } as const;
const LASTS_S = 12 * 3_600;

/**
 * Sessions, stored over a restart. `secure` is set where browsers connect by https. Scripts cannot read the cookie. Another
 * site's links carry it, so that one from a mail opens; a change is checked for its origin (see access.ts).
 */
export function createSessions(keys: KeyRing, store: SessionStore, { secure }: { readonly secure: boolean }): Sessions {
  const name = secure ? NAMES.secure : NAMES.open;
  const pattern = new RegExp(`(?:^|;\\s*)${name}=([\\w-]{43})(?:;|$)`);
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;

  return {
    async begin({ id }) {
      const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
      await store.put(fingerprint(token), { keyId: id, endsAt: Date.now() + LASTS_S * 1_000 });
      return `${name}=${token}; Max-Age=${LASTS_S}; ${attributes}`;
    },
    async prepare(headers) {
      const shown = store.refresh === undefined ? null : shownBy(headers);
      if (shown !== null) await store.refresh?.(shown);
    },
    find(headers) {
      const shown = shownBy(headers);
      const session = shown === null ? null : store.find(shown);
      return session === null ? null : keys.active(session.keyId);
    },
    shown: shownBy,
    async lasts(shown) {
      await store.refresh?.(shown);
      return store.find(shown) !== null;
    },
    async end(headers) {
      const shown = shownBy(headers);
      if (shown !== null) await store.forget(shown);
      return `${name}=; Max-Age=0; ${attributes}`;
    },
  };

  /** The hash of the token a request shows: the time that a lookup takes reveals nothing about a guessed token. */
  function shownBy(headers: Headers): string | null {
    const token = pattern.exec(headers.get("cookie") ?? "")?.[1];
    return token === undefined ? null : fingerprint(token);
  }
}

function fingerprint(token: string): string {
  return sha256(token);
}
