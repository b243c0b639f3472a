import { randomBytes } from "node:crypto";
import { Failure } from "../../failure.ts";
import { sha256 } from "../../host/hash.ts";
import { type SendRequest, sendForm } from "./credentials.ts";
import { member } from "./refusal.ts";

/** What the service needs of an account, and no more. */
const SCOPES = [
  "account_info.read",
  "files.metadata.read",
  "files.content.read",
  "files.content.write",
  "sharing.read",
  "sharing.write",
];
const AUTHORIZE_URL = "https://www.dropbox.com/oauth2/authorize";

/** A login that has begun. All of it is needed to complete it. */
export interface PendingLogin {
  readonly appKey: string;
  /** Proves who began it (RFC 7636); a secret. */
  readonly verifier: string;
  /** Where Dropbox sends the browser back to; null where it shows the code instead. */
  readonly redirectUri: string | null;
}

interface LoginRequest {
  readonly appKey: string;
  readonly redirectUri?: string | null;
  /** Dropbox returns it with the code; needed with a `redirectUri`. */
  readonly state?: string;
}

/**
 * OAuth with PKCE (RFC 7636): the app's secret is not needed, and an intercepted code is worthless.
 * `url` is where a person allows the app, and gets a code.
 */
export function beginLogin({ appKey, redirectUri = null, state }: LoginRequest): {
  url: string;
  pending: PendingLogin;
} {
  const verifier = randomBytes(48).toString("base64url");
  const parameters = new URLSearchParams({
    response_type: "code",
    client_id: appKey,
    token_access_type: "offline",
    scope: SCOPES.join(" "),
    code_challenge_method: "S256",
    code_challenge: Buffer.from(sha256(verifier), "hex").toString("base64url"),
    ...(redirectUri === null ? {} : { redirect_uri: redirectUri }),
    ...(state === undefined ? {} : { state }),
  });
  return { url: `${AUTHORIZE_URL}?${parameters}`, pending: { appKey, verifier, redirectUri } };
}

/**
 * Exchanges the code for a refresh token.
 * @throws Failure "dropbox_code" for a code that is wrong, used or too old, "dropbox_app" for an app that Dropbox does not
 *   know so, "dropbox_unreachable" (transient) where it does not respond: the same code may be sent again.
 */
export async function finishLogin(pending: PendingLogin, code: string, fetch: SendRequest): Promise<string> {
  const { appKey, verifier, redirectUri } = pending;
  const { status, body } = await sendForm(fetch, {
    grant_type: "authorization_code",
    code: code.trim(),
    client_id: appKey,
    code_verifier: verifier,
    ...(redirectUri === null ? {} : { redirect_uri: redirectUri }),
  });
  const token = member(body, "refresh_token");
  if (status === 200 && typeof token === "string" && token !== "") return token;
  const error = String(member(body, "error") ?? "");
  if (/^(invalid_client|unauthorized_client)/.test(error))
    throw new Failure(
      "dropbox_app",
      `Dropbox does not know the app key ${appKey}: copy it from the App Console, under Settings, and begin again`,
    );
  if (status >= 400 && status < 500 && status !== 408 && status !== 429)
    throw new Failure(
      "dropbox_code",
      "Dropbox did not accept the code: it is wrong, expired or was already used. Start again, and copy the complete new code",
    );
  if (status === 200)
    throw new Failure("dropbox_code", "Dropbox gave no refresh token: begin again, and allow the app access");
  throw new Failure(
    "dropbox_unreachable",
    status === 0
      ? "Dropbox does not respond: send the code again in a moment"
      : `Dropbox responded with ${status}: send the code again in a moment`,
    { transient: true },
  );
}
