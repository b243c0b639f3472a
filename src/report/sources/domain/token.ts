import { asFailure, Failure } from "../../../failure.ts";
import type { Outbound } from "../../../outbound/outbound.ts";
import { parseRetryAfter } from "../../../outbound/retry-after.ts";
import { tokenLife } from "../../../outbound/token-life.ts";
import { messages } from "../messages.ts";

/** The credentials: a key in a header, or the client of OAuth 2. */
export type DomainCredentials = { readonly key: string } | { readonly clientId: string; readonly clientSecret: string };

export interface Tokens {
  /**
   * The headers that a request carries.
   * @throws Failure "domain_refused", or a transient one; "domain_quota" where tokens are requested too often.
   */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** The token in these headers was refused; returns whether another can be requested. */
  drop(headers: Readonly<Record<string, string>>): boolean;
}

/**
 * A client may lack some of the scopes: then only those that every report needs are requested.
 * See the scopes of each operation in Domain's OpenAPI document.
 */
const SCOPES = [
  "api_listings_read api_agencies_read api_suburbperformance_read api_locations_read api_addresslocators_read api_properties_read api_salesresults_read",
  "api_listings_read api_agencies_read api_suburbperformance_read api_locations_read api_addresslocators_read api_properties_read",
  "api_listings_read api_agencies_read api_suburbperformance_read api_locations_read",
  "api_listings_read api_agencies_read",
] as const;
const USUAL_LIFE_S = 43_200;
/** If another is not available yet, a still valid one is used for this long before the next attempt. */
const RENEW_AGAIN_MS = 30_000;
const TIMEOUT_MS = 30_000;

/**
 * One token at a time (https://www.rfc-editor.org/rfc/rfc6749#section-4.4): requests that need one together wait for
 * the same.
 */
export function createTokens(options: {
  readonly credentials: DomainCredentials;
  readonly tokenUrl: string;
  readonly outbound: Pick<Outbound, "request">;
  readonly now: () => Date;
}): Tokens {
  const { credentials, tokenUrl, outbound, now } = options;
  if ("key" in credentials) {
    const headers = { "X-Api-Key": credentials.key };
    return { headers: async () => headers, drop: () => false };
  }
  const { clientId, clientSecret } = credentials;
  /** Written by `renew`, `stillServing` and `drop`. */
  let token: { readonly value: string; readonly renewAt: number; readonly endsAt: number } | null = null;
  /** Written by `headers`. */
  let pending: Promise<string> | null = null;

  async function request(scope: string) {
    const basic = Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString("base64");
    return outbound.request(tokenUrl, {
      method: "POST",
      headers: {
        Accept: "application/json",
        Authorization: `Basic ${basic}`,
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "AgentLink",
      },
      body: new URLSearchParams({ grant_type: "client_credentials", scope }).toString(),
      timeoutMs: TIMEOUT_MS,
      maxBytes: 100_000,
      redirects: 0,
    });
  }

  async function renew(): Promise<string> {
    for (const scope of SCOPES) {
      const { status, headers, body } = await request(scope);
      const response = parse(body);
      if (status === 200 && typeof response.access_token === "string" && isToken(response.access_token)) {
        const { renewInMs, endsInMs } = tokenLife(response.expires_in, USUAL_LIFE_S);
        const at = now().getTime();
        token = { value: response.access_token, renewAt: at + renewInMs, endsAt: at + endsInMs };
        return token.value;
      }
      if (status === 400 && response.error === "invalid_scope" && scope !== SCOPES.at(-1)) continue;
      const why = typeof response.error === "string" ? ` (${response.error.slice(0, 100)})` : "";
      if (status === 400 || status === 401 || status === 403)
        throw new Failure("domain_refused", messages.tokenRefused(status, why));
      const retryAfterMs = parseRetryAfter(headers.get("retry-after"), now());
      throw new Failure(
        status === 429 ? "domain_quota" : "domain_unavailable",
        messages.tokenUnavailable(status, why),
        { transient: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
      );
    }
    throw new Failure("domain_refused", messages.noTokenForScopes);
  }

  /** The current token, if no other is available and it has not expired. */
  function stillServing(error: unknown): string {
    const at = now().getTime();
    if (token === null || at >= token.endsAt || !(error instanceof Failure) || !error.transient) throw error;
    token = { ...token, renewAt: Math.min(token.endsAt, at + RENEW_AGAIN_MS) };
    return token.value;
  }

  return {
    async headers() {
      if (token !== null && now().getTime() < token.renewAt) return { Authorization: `Bearer ${token.value}` };
      pending ??= renew()
        .catch(stillServing)
        .finally(() => {
          pending = null;
        });
      return { Authorization: `Bearer ${await pending}` };
    },
    drop({ Authorization }) {
      // Another request may have had it renewed since.
      if (token !== null && Authorization === `Bearer ${token.value}`) token = null;
      return true;
    },
  };
}

/** RFC 6749, section 2.3.1: both are form-encoded before they are joined. */
function formEncoded(text: string): string {
  return new URLSearchParams({ text }).toString().slice("text=".length);
}

/** Of RFC 6750, section 2.1, and blanks: anything else cannot be in a header. */
function isToken(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    return { error: asFailure(error).message.slice(0, 100) };
  }
}
