// One attempt of a callback on the wire, as Standard Webhooks specify it: signed, and no redirect followed.

import { Webhook } from "standardwebhooks";
import { asFailure, Failure } from "../../failure.ts";
import { parseRetryAfter } from "../../outbound/retry-after.ts";
import type { Callback, CallbackAttempt } from "../../queue/callback.ts";
import type { Job } from "../../queue/job.ts";
import { messages } from "../messages.ts";
import type { CallbackLine } from "./line.ts";
import { signingSecrets } from "./secret.ts";

/** Of a response; it is stored for the operator. */
const MAX_RESPONSE_BYTES = 2_000;
/** The longest pause, whatever a receiver requests: then one attempt probes, as with every other dependency. */
export const LONGEST_PAUSE_MS = 5 * 60_000;
const GONE = 410;

export interface PostOptions {
  readonly lineFor: (callback: Callback) => Promise<CallbackLine>;
  readonly describe: (job: Job, operators: boolean) => string;
  readonly timeoutMs: number;
  readonly now: () => Date;
}

/** What the history has of an attempt, and what comes of it. */
export interface SentAttempt {
  readonly attempt: CallbackAttempt;
  /** Null when it succeeded. */
  readonly failure: Failure | null;
  /** The receiver accepts no more. */
  readonly isGone: boolean;
}

/** Sends it once; what went wrong is returned. */
export async function postCallback(callback: Callback, options: PostOptions): Promise<SentAttempt> {
  const at = options.now();
  const began = performance.now();
  const { status, response, failure } = await exchange(callback, at, options);
  const attempt = {
    startedAt: at.toISOString(),
    durationMs: Math.round(performance.now() - began),
    httpStatus: status,
    response,
    error: failure?.message ?? null,
  };
  return { attempt, failure, isGone: status === GONE };
}

interface CallbackExchange {
  /** Null where there was no response. */
  readonly status: number | null;
  readonly response: string | null;
  readonly failure: Failure | null;
}

async function exchange(callback: Callback, at: Date, options: PostOptions): Promise<CallbackExchange> {
  try {
    const line = await options.lineFor(callback);
    const body = options.describe(callback.job, line.operators);
    const {
      status,
      headers,
      body: response,
    } = await line.outbound.request(callback.url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "AgentLink",
        "webhook-id": callback.id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
        // Receivers take any one of them that they know.
        "webhook-signature": signingSecrets(line.secret, at)
          .map((secret) => new Webhook(secret).sign(callback.id, at, body))
          .join(" "),
      },
      body,
      timeoutMs: options.timeoutMs,
      maxBytes: MAX_RESPONSE_BYTES,
      cut: true,
      // Following a redirect would send the POST to an address that was not configured: the error requests that address
      // instead.
      redirects: 0,
    });
    return { status, response, failure: refusalOf(status, headers, options.now()) };
  } catch (error) {
    return { status: null, response: null, failure: asFailure(error) };
  }
}

/** Null for a status that counts as accepted. */
function refusalOf(status: number, headers: Headers, at: Date): Failure | null {
  if (status >= 200 && status < 300) return null;
  const retryAfterMs = Math.min(LONGEST_PAUSE_MS, parseRetryAfter(headers.get("retry-after"), at) ?? 0);
  const options = { transient: true, retryAfterMs };
  if (status === GONE) return new Failure("callback_gone", messages.callbackGone, options);
  const redirected = status >= 300 && status < 400 && headers.has("location");
  const until = retryAfterMs > 0 ? new Date(at.getTime() + retryAfterMs).toISOString() : null;
  return new Failure("callback_refused", messages.callbackRefused(status, redirected, until), options);
}
