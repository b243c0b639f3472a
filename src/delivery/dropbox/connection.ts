import type { Dropbox, DropboxRequestOptions, DropboxResponse } from "dropbox";
import type { BreakerClock } from "../../outbound/breaker-clock.ts";
import type { CircuitBreaker } from "../../outbound/circuit-breaker.ts";
import { type DeliverySignals, SENDING } from "../delivery.ts";
import { messages } from "../messages.ts";
import { Refused } from "../refused.ts";
import { type Credentials, createCredentials, type DropboxKeySource, type SendRequest } from "./credentials.ts";
import { type DropboxRefusal, explainRefusal, member, sortRefusal } from "./refusal.ts";

export interface ConnectionOptions {
  readonly keys: DropboxKeySource;
  /** The namespace paths are in: null is the member's own, "team" the team's space, else a namespace id. */
  readonly pathRoot: string | null;
  readonly fetch: SendRequest;
  readonly breaker: CircuitBreaker;
  readonly clock: BreakerClock;
  /** How long one request that brings something may take; the others have half a minute, or as long where that is less. */
  readonly timeoutMs: number;
}

/** An endpoint's response, or its own error. */
export type DropboxResult<T> =
  | { readonly value: T }
  | { readonly refused: Extract<DropboxRefusal, { kind: "refused" }> };
export type Request = (client: Dropbox, options: DropboxRequestOptions) => Promise<DropboxResponse<unknown>>;

/** One account: its token, its circuit breaker, and what to do when a request fails. */
export interface Connection {
  /**
   * Sends a request, again where nothing came back. `parse` takes from the result what is needed, and returns undefined
   * for half a response. `key` identifies the job. With a `passage` it is what puts the file there: sent once, its
   * response is waited for, despite any cancel.
   * @throws Failure (transient) when no response comes or all have to wait; Refused when the credentials are.
   */
  call<T>(
    request: Request,
    parse: (result: unknown) => T | undefined,
    signal: AbortSignal,
    key: string,
    signals?: DeliverySignals | undefined,
  ): Promise<DropboxResult<T>>;
  /** Tests the refresh token. @throws Failure if it is not valid. */
  renew(): Promise<void>;
  /** Whether the last refresh of the token was refused. */
  refreshRefused(): boolean;
}

class LostRoot extends Refused {
  constructor(message: string) {
    super("settings", "dropbox_path_root", message);
  }
}

export function openConnection(options: ConnectionOptions): Connection {
  const { keys, pathRoot, fetch, breaker, clock, timeoutMs } = options;
  /** Written by `onRefused` and `token`. */
  let refused = false;
  /** Written by `client`. */
  let last: { token: string; root: string | null; client: Dropbox } | null = null;
  /** Written by `rootNamespace` and `call`. */
  let teamRoot: string | null = null;
  /** Whose it is. Written by `rootNamespace`. */
  let rootKeys = keys();

  const credentials: Credentials = createCredentials({
    keys,
    fetch,
    now: clock.now,
    onRefused(message) {
      refused = true;
      return new Refused("credentials", "delivery_credentials", message);
    },
    onNoResponse: (message, retryAfterMs) =>
      retryAfterMs === null
        ? breaker.recordFailure(null, "dropbox_unreachable", message)
        : breaker.recordThrottle(retryAfterMs, "dropbox_busy", message),
  });

  async function token(): Promise<string> {
    const good = await credentials.token();
    refused = false;
    return good;
  }

  async function client(token: string, root: string | null): Promise<Dropbox> {
    // Loaded with the first request: most services deliver elsewhere.
    const { Dropbox } = await import("dropbox");
    if (last?.token !== token || last.root !== root)
      last = {
        token,
        root,
        client: new Dropbox({
          accessToken: token,
          fetch,
          ...(root === null ? {} : { pathRoot: JSON.stringify({ ".tag": "namespace_id", namespace_id: root }) }),
        }),
      };
    return last.client;
  }

  async function rootNamespace(signal: AbortSignal, key: string): Promise<string | null> {
    if (pathRoot !== "team") return pathRoot;
    if (teamRoot !== null && rootKeys === keys()) return teamRoot;
    rootKeys = keys();
    const response = await send(
      (dropbox, request) => dropbox.usersGetCurrentAccount(request),
      (result) => member(member(result, "root_info"), "root_namespace_id"),
      null,
      signal,
      key,
    );
    if ("refused" in response) throw explainRefusal(response.refused, "the team's space");
    teamRoot = String(response.value);
    return teamRoot;
  }

  async function send<T>(
    request: Request,
    parse: (result: unknown) => T | undefined,
    root: string | null,
    signal: AbortSignal,
    key: string,
    signals?: DeliverySignals | undefined,
  ): Promise<DropboxResult<T>> {
    const pausing = signals === undefined ? signal : AbortSignal.any([signal, signals.cancel]);
    let renewed = false;
    for (let sends = 1; ; ) {
      await breaker.pass(pausing);
      const good = await token();
      const dropbox = await client(good, root);
      pausing.throwIfAborted();
      signals?.inFlight(true);
      const refusal = await attempt(
        request,
        parse,
        dropbox,
        signal,
        signals === undefined ? SENDING.quickMs : timeoutMs,
      );
      if ("value" in refusal || refusal.kind !== "no_response") {
        signals?.inFlight(false);
        breaker.recordResponse();
      }
      if ("value" in refusal) return refusal;
      switch (refusal.kind) {
        case "refused":
          return { refused: refusal };
        case "unauthorised":
          credentials.discard(good);
          if (renewed) throw new Refused("credentials", "delivery_credentials", refusal.message);
          renewed = true;
          break;
        case "forbidden":
          throw new Refused("credentials", "delivery_credentials", refusal.message);
        case "no such root":
          throw new LostRoot(refusal.message);
        case "throttled":
          breaker.recordThrottle(refusal.retryAfterMs, "dropbox_busy", refusal.message);
          break;
        case "no_response":
          if (sends === SENDING.sends) throw breaker.recordFailure(key, "dropbox_unreachable", refusal.message);
          await clock.sleep(SENDING.againMs * 2 ** sends, pausing);
          sends += 1;
      }
    }
  }

  async function attempt<T>(
    request: Request,
    parse: (result: unknown) => T | undefined,
    dropbox: Dropbox,
    signal: AbortSignal,
    limitMs: number,
  ): Promise<{ readonly value: T } | DropboxRefusal> {
    try {
      const { result } = await request(dropbox, { signal, timeout: Math.min(limitMs, timeoutMs) });
      const value = parse(result);
      return value === undefined ? { kind: "no_response", message: messages.dropboxIncomplete } : { value };
    } catch (error) {
      signal.throwIfAborted();
      return sortRefusal(error);
    }
  }

  return {
    async call(request, parse, signal, key, signals) {
      try {
        return await send(request, parse, await rootNamespace(signal, key), signal, key, signals);
      } catch (error) {
        // A team gets another namespace when it is migrated: it is looked up again.
        if (!(error instanceof LostRoot) || teamRoot === null) throw error;
        teamRoot = null;
        return send(request, parse, await rootNamespace(signal, key), signal, key, signals);
      }
    },
    renew: async () => void (await token()),
    refreshRefused: () => refused,
  };
}
