import { md5 } from "../../host/hash.ts";
import { badResponse } from "../../outbound/bad-response.ts";
import type { BreakerClock } from "../../outbound/breaker-clock.ts";
import type { CircuitBreaker } from "../../outbound/circuit-breaker.ts";
import { parseRetryAfter } from "../../outbound/retry-after.ts";
import { type DeliverySignals, SENDING } from "../delivery.ts";
import { messages } from "../messages.ts";
import { type BucketOptions, type BucketResponse, openBucketClient } from "./client.ts";
import { explainResponse } from "./refusal.ts";

/** One bucket, as seen by what delivers into it: every call sends again where nothing came back. */
export interface Bucket {
  /** Whether the bucket is there and lets these keys in, whatever is at the key. */
  reach(key: string, call: BucketCall): Promise<void>;
  /** What is at the key; null where nothing is. */
  head(key: string, call: BucketCall): Promise<Headers | null>;
  get(key: string, call: BucketCall): Promise<Uint8Array<ArrayBuffer>>;
  /** Puts where nothing is; false where something is by now. */
  putIfAbsent(key: string, content: Uint8Array<ArrayBuffer>, call: BucketCall): Promise<boolean>;
  put(key: string, content: Uint8Array<ArrayBuffer>, call: BucketCall): Promise<void>;
  remove(key: string, call: BucketCall): Promise<void>;
}

interface BucketCall {
  readonly signal: AbortSignal;
  /** Whose work it is, for the circuit breaker. */
  readonly owner: string;
  /** Of a put: sent once, its response is waited for, despite any cancel. */
  readonly signals?: DeliverySignals;
}

export interface OpenBucketOptions extends BucketOptions {
  readonly breaker: CircuitBreaker;
  readonly clock: BreakerClock;
  readonly timeoutMs: number;
}

const SLOW_DOWN: ReadonlySet<string> = new Set([
  "SlowDown",
  "SlowDownRead",
  "SlowDownWrite",
  "TooManyRequests",
  "ThrottlingException",
]);
/** A server's own problem by its code, whatever status it gives it. */
const WITHOUT_RESPONSE: ReadonlySet<string> = new Set([
  "InternalError",
  "RequestTimeout",
  "OperationAborted",
  "ServiceUnavailable",
]);

/** The codes that mean, with 409, that an object exists by now. Any other code is a problem that every put would have. */
const IS_THERE: ReadonlySet<string> = new Set([
  "",
  "ConditionalRequestConflict",
  "FileAlreadyExists",
  "ObjectAlreadyExists",
  "PreconditionFailed",
]);
/** The codes of services that, with 400, refuse a header that they do not know. */
const UNKNOWN_HEADER: ReadonlySet<string> = new Set([
  "",
  "BadRequest",
  "InvalidArgument",
  "InvalidHeader",
  "InvalidRequest",
  "NotImplemented",
  "NotSupported",
]);

/**
 * @throws (each call) Failure that is transient where nothing comes back or the bucket requests a pause, Refused
 *   where the operator has to fix something.
 */
export function openBucket(options: OpenBucketOptions): Bucket {
  const { bucket, breaker, clock, timeoutMs } = options;
  const client = openBucketClient(options);
  /**
   * Swift and Alibaba OSS know no `If-None-Match` with a put: found out by the first put without it, and remembered.
   * Written by `put`.
   */
  let knowsCondition = true;

  /** The first response that is not a problem of the other side. */
  async function send(
    method: "HEAD" | "GET" | "PUT" | "DELETE",
    key: string,
    { signal, owner, signals }: BucketCall,
    content: Uint8Array<ArrayBuffer> | null = null,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<BucketResponse> {
    const pausing = signals === undefined ? signal : AbortSignal.any([signal, signals.cancel]);
    for (let sends = 1; ; sends += 1) {
      await breaker.pass(pausing);
      pausing.throwIfAborted();
      signals?.inFlight(true);
      const carriesFile = method === "PUT" || method === "GET";
      const limitMs = carriesFile ? timeoutMs : Math.min(SENDING.quickMs, timeoutMs);
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      const response = await client
        .send({ method, key, headers, signal: deadline, ...(content && { body: content }) })
        .catch((): null => {
          signal.throwIfAborted();
          return null;
        });
      const status = response?.status ?? 0;
      const code = response?.code ?? "";
      if (status !== 0 && status < 500 && status !== 408) signals?.inFlight(false);
      if (status === 429 || SLOW_DOWN.has(code) || (status === 503 && response?.headers.has("retry-after"))) {
        breaker.recordResponse();
        const pauseMs = parseRetryAfter(response?.headers.get("retry-after"), new Date());
        const requested = messages.s3Pause(bucket, code || status);
        const failure = breaker.recordThrottle(pauseMs, "s3_busy", requested);
        if (sends === SENDING.sends) throw failure;
        continue;
      }
      const isWithoutResponse = status === 0 || (status >= 500 && status !== 501 && status !== 507) || status === 408;
      if (response !== null && !isWithoutResponse && !WITHOUT_RESPONSE.has(code)) {
        breaker.recordResponse();
        return response;
      }
      if (sends === SENDING.sends)
        throw breaker.recordFailure(owner, "s3_unreachable", whatFailed(status, code, response?.error));
      await clock.sleep(SENDING.againMs * 2 ** sends, pausing);
    }
  }

  function whatFailed(status: number, code: string, error: unknown): string {
    const where = options.endpoint === null ? `AWS in ${options.region}` : new URL(options.endpoint).host;
    if (status !== 0) return messages.s3Responded(bucket, where, status, code);
    return badResponse(where, error) ?? messages.s3Silent(bucket, where);
  }

  async function request(method: "HEAD" | "GET" | "DELETE", key: string, call: BucketCall, good: readonly number[]) {
    const response = await send(method, key, call);
    if (good.includes(response.status) && !response.isWebPage) return response;
    // The response to HEAD has no body, and so no word for what is wrong.
    const { status } = response;
    const mute = method === "HEAD" && !response.isWebPage && status !== 404;
    const spoken = mute ? await send("GET", key, call, null, { range: "bytes=0-0" }) : response;
    throw explainResponse(spoken.status < 300 || spoken.status === 404 ? response : spoken, options, key);
  }

  async function put(
    key: string,
    content: Uint8Array<ArrayBuffer>,
    call: BucketCall,
    absent: boolean,
  ): Promise<boolean> {
    const condition = absent && knowsCondition;
    const headers = {
      "content-md5": md5(content, "base64"),
      "content-type": "application/pdf",
      ...(condition && { "if-none-match": "*" }),
    };
    const response = await send("PUT", key, call, content, headers);
    const { status, code, isWebPage } = response;
    if ((status === 200 || status === 201) && response.headers.has("etag") && !isWebPage) return true;
    if (condition && (status === 412 || (status === 409 && IS_THERE.has(code)))) return false;
    const isUnknown = status === 501 || code === "NotImplemented" || (status === 400 && UNKNOWN_HEADER.has(code));
    if (condition && isUnknown && !isWebPage) {
      await put(key, content, call, false);
      knowsCondition = false;
      return true;
    }
    throw explainResponse(response, options, key);
  }

  return {
    async reach(key, call) {
      const response = await send("GET", key, call, null, { range: "bytes=0-0" });
      const { status, code, isWebPage } = response;
      const isThere = status === 200 || status === 206 || status === 416 || (status === 404 && code !== "NoSuchBucket");
      if (!isThere || isWebPage) throw explainResponse(response, options, key);
    },
    async head(key, call) {
      const { status, headers } = await request("HEAD", key, call, [200, 404]);
      return status === 404 ? null : headers;
    },
    get: async (key, call) => (await request("GET", key, call, [200])).body,
    putIfAbsent: (key, content, call) => put(key, content, call, true),
    put: async (key, content, call) => void (await put(key, content, call, false)),
    remove: async (key, call) => void (await request("DELETE", key, call, [200, 202, 204, 404])),
  };
}
