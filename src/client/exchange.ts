import { sleep } from "../outbound/sleep.ts";
import { ApiError, errorOf } from "./api-error.ts";
import { messages } from "./messages.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ExchangeOptions {
  readonly url: string;
  readonly key: string | null;
  readonly retryForMs: number;
  readonly unreachableMs: number;
  readonly fetch: Fetch;
}

export interface ApiCall {
  readonly method?: "GET" | "POST";
  /** Sent as JSON; made once, so that a resend has the same bytes. */
  readonly body?: unknown;
  /** Sent as it is, with a Content-Type of the call's own. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Longest the response may take; 30 s. Null for one that does not end. */
  readonly timeoutMs?: number | null;
  /**
   * Whether it may be sent again when its outcome is unknown (the connection broke, a proxy gave up). What the
   * service refused with 429 or 503 was not done, and is always sent again.
   */
  readonly resendable: boolean;
}

const TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** Sends calls until they get a response, as long as it is worth it. */
export interface Exchange {
  /** Returns what `read` makes of the first response that is a success. @throws ApiError, or the signal's reason. */
  send<T>(path: string, call: ApiCall, read: (response: Response) => Promise<T>): Promise<T>;
}

export function createExchange({ url, key, retryForMs, unreachableMs, fetch }: ExchangeOptions): Exchange {
  async function once<T>(path: string, call: ApiCall, body: string | null, read: (response: Response) => Promise<T>) {
    const { method = "GET", signal, timeoutMs = TIMEOUT_MS } = call;
    const headers = headersOf(call, key, body !== null);
    const timeout = timeoutMs === null ? null : AbortSignal.timeout(timeoutMs);
    const signals = [signal, timeout].filter((each) => each !== undefined && each !== null);
    try {
      const response = await fetch(url + path, {
        method,
        headers,
        ...(body === null ? {} : { body }),
        signal: AbortSignal.any(signals),
      });
      if (!response.ok) throw await errorOf(response);
      return await read(response);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ApiError) throw error;
      const reason = timeout?.aborted ? messages.noResponse((timeoutMs ?? 0) / 1_000) : messageOf(error);
      throw new ApiError(messages.unreachable(url, reason), { code: "unreachable", status: 0, cause: error });
    }
  }

  return {
    async send(path, call, read) {
      const body = call.text ?? (call.body === undefined ? null : JSON.stringify(call.body));
      const began = performance.now();
      for (let sends = 1; ; sends += 1) {
        try {
          return await once(path, call, body, read);
        } catch (error) {
          if (!(error instanceof ApiError) || !worthAnother(error, call.resendable)) throw error;
          const pauseMs = pauseBefore(error, sends);
          const retryMs = error.code === "unreachable" ? unreachableMs : retryForMs;
          if (performance.now() - began + pauseMs > retryMs) throw error;
          await sleep(pauseMs, call.signal);
        }
      }
    },
  };
}

/** @throws ApiError where the key is one that no header can contain: sending it again would not help. */
function headersOf(call: ApiCall, key: string | null, hasBody: boolean): Headers {
  if (key !== null && !/^[\x21-\x7e]+$/.test(key)) {
    throw new ApiError(messages.badKey, { code: "key_unknown", status: 0 });
  }
  return new Headers({
    Accept: "application/json",
    ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
    ...(hasBody ? { "Content-Type": "application/json" } : {}),
    ...call.headers,
  });
}

function worthAnother({ code, status }: ApiError, resendable: boolean): boolean {
  if (status === 429 || status === 503) return true;
  return resendable && (code === "unreachable" || status === 502 || status === 504);
}

/**
 * As long as the service requested; else doubling, half of it by chance, so that those refused together do not come
 * back together.
 */
function pauseBefore({ retryAfterMs }: ApiError, sends: number): number {
  const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (sends - 1));
  return Math.max(retryAfterMs ?? 0, ms * (0.5 + Math.random() / 2));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
