import { Dropbox, type DropboxRequestOptions, type DropboxResponse } from "dropbox";
import { Failure } from "../../failure.ts";
import type { Clock, Gate } from "../gate.ts";
import { type Credentials, createCredentials, type DropboxKeys, type Fetch } from "./credentials.ts";
import { explainRefusal, member, type Refusal, sortRefusal } from "./refusal.ts";

export interface ConnectionOptions {
  readonly keys: DropboxKeys;
  /** The namespace paths are in: null is the member's own, "team" the team's space, else a namespace id. */
  readonly pathRoot: string | null;
  readonly fetch: Fetch;
  readonly gate: Gate;
  readonly clock: Clock;
  /** How long one request may take. */
  readonly timeoutMs: number;
}

/** An endpoint's answer, or its own error. */
export type Answer<T> = { readonly value: T } | { readonly refused: Extract<Refusal, { kind: "refused" }> };
export type Request = (client: Dropbox, options: DropboxRequestOptions) => Promise<DropboxResponse<unknown>>;

/** One account: its token, its gate, and what to do when a request fails. */
export interface Connection {
  /**
   * Sends a request, again where nothing came back. `parse` takes from the result what is wanted, and answers undefined
   * for half an answer.
   * @throws Failure (transient) when it stays without answer, when all have to wait or the credentials are refused.
   */
  call<T>(request: Request, parse: (result: unknown) => T | undefined, signal: AbortSignal): Promise<Answer<T>>;
  /** Tries the refresh token. @throws Failure when it is not good. */
  renew(): Promise<void>;
  /** Whether the last refresh of the token was refused. */
  refreshRefused(): boolean;
}

const SENDS = 3;
const SEND_AGAIN_MS = 250;

export function openConnection(options: ConnectionOptions): Connection {
  const { keys, pathRoot, fetch, gate, clock, timeoutMs } = options;
  let refused = false;
  let last: { token: string; root: string | null; client: Dropbox } | null = null;
  let teamRoot: string | null = null;

  const credentials: Credentials = createCredentials({
    keys,
    fetch,
    now: clock.now,
    onRefused(message) {
      refused = true;
      return gate.refuse(message);
    },
    onUnanswered(message, retryAfterMs) {
      if (retryAfterMs !== null) gate.pause(retryAfterMs, "dropbox_busy", message);
      return retryAfterMs === null
        ? gate.unanswered("dropbox_unreachable", message, undefined)
        : new Failure("dropbox_busy", message, { transient: true, uncounted: true, retryAfterMs });
    },
  });

  async function token(): Promise<string> {
    const good = await credentials.token();
    refused = false;
    return good;
  }

  function client(token: string, root: string | null): Dropbox {
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

  async function rootNamespace(signal: AbortSignal): Promise<string | null> {
    if (pathRoot !== "team") return pathRoot;
    if (teamRoot !== null) return teamRoot;
    const answer = await send(
      (dropbox, request) => dropbox.usersGetCurrentAccount(request),
      (result) => member(member(result, "root_info"), "root_namespace_id"),
      null,
      signal,
    );
    if ("refused" in answer) throw explainRefusal(answer.refused, "the team's space");
    teamRoot = String(answer.value);
    return teamRoot;
  }

  async function send<T>(
    request: Request,
    parse: (result: unknown) => T | undefined,
    root: string | null,
    signal: AbortSignal,
  ): Promise<Answer<T>> {
    let renewed = false;
    for (let sends = 1; ; ) {
      await gate.pass(signal);
      const good = await token();
      const refusal = await attempt(request, parse, client(good, root), signal);
      if ("value" in refusal) {
        gate.answered();
        return refusal;
      }
      switch (refusal.kind) {
        case "refused":
          gate.answered();
          return { refused: refusal };
        case "unauthorised":
          gate.answered();
          credentials.discard(good);
          if (renewed) throw gate.refuse(refusal.message);
          renewed = true;
          break;
        case "throttled":
          gate.answered();
          gate.pause(refusal.retryAfterMs, "dropbox_busy", refusal.message);
          break;
        case "unanswered": {
          const failure = gate.unanswered("dropbox_unreachable", refusal.message, undefined);
          if (sends === SENDS) throw failure;
          await clock.sleep(SEND_AGAIN_MS * 2 ** sends, signal);
          sends += 1;
        }
      }
    }
  }

  async function attempt<T>(
    request: Request,
    parse: (result: unknown) => T | undefined,
    dropbox: Dropbox,
    signal: AbortSignal,
  ): Promise<{ readonly value: T } | Refusal> {
    try {
      const { result } = await request(dropbox, { signal, timeout: timeoutMs });
      const value = parse(result);
      return value === undefined ? { kind: "unanswered", message: "Dropbox sent half an answer" } : { value };
    } catch (error) {
      signal.throwIfAborted();
      return sortRefusal(error);
    }
  }

  return {
    call: async (request, parse, signal) => send(request, parse, await rootNamespace(signal), signal),
    renew: async () => void (await token()),
    refreshRefused: () => refused,
  };
}
