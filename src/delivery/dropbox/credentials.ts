import type { Failure } from "../../failure.ts";
import { parseRetryAfter } from "../../outbound/retry-after.ts";
import { tokenLife } from "../../outbound/token-life.ts";
import { member } from "./refusal.ts";

export interface DropboxKeys {
  readonly appKey: string;
  /** null for an app that was linked with PKCE alone. */
  readonly appSecret: string | null;
  readonly refreshToken: string;
}

/** The result of a refresh of an access token. */
export type Refresh =
  | { readonly token: string; readonly renewInMs: number }
  | { readonly refused: string }
  | { readonly withoutResponse: string; readonly retryAfterMs: number | null };

/** Sends requests; in the tests to a server on loopback. */
export type SendRequest = (url: string, init: RequestInit) => Promise<Response>;

/** The lifetime that Dropbox uses; also the default if it reports none. */
const USUAL_LIFE_S = 14_400;
const TIMEOUT_MS = 30_000;
/** Where a 429 names no time. */
const PAUSE_MS = 5_000;
const TOKEN_URL = "https://api.dropboxapi.com/oauth2/token";

/** The access token of one account: renewed when it is needed, by one request at a time, however many wait for it. */
export interface Credentials {
  /** @throws what `onRefused` or `onNoResponse` returns. */
  token(): Promise<string>;
  /** Forgets this token, if it is still the one in use: the next call renews it. */
  discard(token: string): void;
}

/** What to sign in with now: after a new link another object; null if no account is linked. */
export type DropboxKeySource = () => DropboxKeys | null;

export interface CredentialsOptions {
  readonly keys: DropboxKeySource;
  readonly fetch: SendRequest;
  readonly now: () => number;
  readonly onRefused: (message: string) => Failure;
  readonly onNoResponse: (message: string, retryAfterMs: number | null) => Failure;
}

const NOT_LINKED =
  "no Dropbox account is linked: link one on the dashboard's Delivery page, or with `agentlink dropbox login` and the settings that it prints";

export function createCredentials(options: CredentialsOptions): Credentials {
  const { keys: keysNow, fetch, now, onRefused, onNoResponse } = options;
  /** Written by `renew` and `discard`. */
  let current: { token: string; until: number; keys: DropboxKeys } | null = null;
  /** Written by `token`. */
  let renewal: { token: Promise<string>; keys: DropboxKeys } | null = null;

  async function renew(keys: DropboxKeys): Promise<string> {
    const reply = await refreshAccessToken(keys, fetch);
    if ("refused" in reply) throw onRefused(reply.refused);
    if ("withoutResponse" in reply) throw onNoResponse(reply.withoutResponse, reply.retryAfterMs);
    current = { token: reply.token, until: now() + reply.renewInMs, keys };
    return reply.token;
  }

  return {
    async token() {
      const keys = keysNow();
      if (keys === null) throw onRefused(NOT_LINKED);
      if (current !== null && current.keys === keys && now() < current.until) return current.token;
      if (renewal?.keys !== keys) {
        const mine = {
          keys,
          token: renew(keys).finally(() => {
            if (renewal === mine) renewal = null;
          }),
        };
        renewal = mine;
      }
      return renewal.token;
    },
    discard(token) {
      if (current?.token === token) current = null;
    },
  };
}

/**
 * One refresh (RFC 6749, section 6). Done here and not by the SDK, which puts the secret and the refresh token into the
 * address, from where they get into errors and logs, and sends a request for each that waits.
 */
export async function refreshAccessToken(keys: DropboxKeys, fetch: SendRequest): Promise<Refresh> {
  const { status, body, retryAfterMs } = await sendForm(fetch, {
    grant_type: "refresh_token",
    refresh_token: keys.refreshToken,
    client_id: keys.appKey,
    ...(keys.appSecret === null ? {} : { client_secret: keys.appSecret }),
  });
  const token = member(body, "access_token");
  if (status === 200 && typeof token === "string" && token !== "")
    return { token, renewInMs: tokenLife(member(body, "expires_in"), USUAL_LIFE_S).renewInMs };
  const code = member(body, "error");
  if (status >= 400 && status < 500 && status !== 429 && status !== 408 && typeof code === "string")
    return { refused: explain(code) };
  return { withoutResponse: `Dropbox did not renew the access token (${status || "no response"})`, retryAfterMs };
}

/**
 * One request to the token endpoint, its parameters in the body. Never rejects: `status` is 0 where nothing came back, and
 * an error would name what was sent.
 */
export async function sendForm(fetch: SendRequest, form: Readonly<Record<string, string>>) {
  let status = 0;
  let body: unknown;
  let retryAfterMs: number | null = null;
  try {
    const response = await fetch(TOKEN_URL, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    if (status === 429) retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), new Date()) ?? PAUSE_MS;
    body = JSON.parse(await response.text());
  } catch {
    // The status is enough.
  }
  return { status, body, retryAfterMs };
}

function explain(code: string): string {
  const login =
    "link Dropbox again, on the dashboard's Delivery page or with `agentlink dropbox login` and AGENTLINK_DROPBOX_REFRESH_TOKEN";
  if (code.startsWith("invalid_grant")) return `the Dropbox refresh token is invalid or revoked: ${login}`;
  if (code.startsWith("invalid_client") || code.startsWith("unauthorized_client"))
    return "Dropbox does not know this app key and secret: correct AGENTLINK_DROPBOX_APP_KEY and AGENTLINK_DROPBOX_APP_SECRET";
  return `Dropbox refuses the refresh token (${code.slice(0, 100)}): ${login}`;
}
