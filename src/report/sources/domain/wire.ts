// How a call goes to Domain and comes back, whatever is in the response.

import type { Outbound, OutboundResponse } from "../../../outbound/outbound.ts";
import type { DomainCall } from "./endpoints.ts";
import type { DomainQuota } from "./quota.ts";
import { createTokens, type DomainCredentials } from "./token.ts";

export const DEFAULT_URL = "https://api.domain.com.au";
const TOKEN_URL = "https://auth.domain.com.au/v1/connect/token";
const TIMEOUT_MS = 30_000;
const MAX_BYTES = 8_000_000;

export interface SentResponse extends OutboundResponse {
  readonly sentAt: Date;
}

export interface WireOptions {
  /** Of the API, without a slash at its end. */
  readonly url: string;
  readonly credentials: DomainCredentials;
  readonly outbound: Pick<Outbound, "request">;
  /** Reads the headers of every response. */
  readonly quota: Pick<DomainQuota, "read">;
  readonly now: () => Date;
}

/** The connection to Domain's API, with the credentials that it takes. */
export function createWire({ url, credentials, outbound, quota, now }: WireOptions) {
  const tokenUrl = url === DEFAULT_URL ? TOKEN_URL : `${url}/v1/connect/token`;
  const tokens = createTokens({ credentials, tokenUrl, outbound, now });

  async function request(call: DomainCall, shown: Readonly<Record<string, string>>): Promise<SentResponse> {
    const sentAt = now();
    const response = await outbound.request(url + call.path, {
      method: call.method,
      headers: {
        Accept: "application/json",
        "User-Agent": "AgentLink",
        ...(call.body === undefined ? {} : { "Content-Type": "application/json" }),
        ...shown,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      redirects: 0,
    });
    quota.read(response.headers, sentAt);
    return { ...response, sentAt };
  }

  return {
    sendOnce: async (call: DomainCall): Promise<SentResponse> => request(call, await tokens.headers()),
    /** The same, and once more with another token where that one is refused. */
    async send(call: DomainCall): Promise<SentResponse> {
      const shown = await tokens.headers();
      const response = await request(call, shown);
      return response.status === 401 && tokens.drop(shown) ? request(call, await tokens.headers()) : response;
    },
  };
}
