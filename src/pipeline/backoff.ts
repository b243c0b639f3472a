import type { Failure } from "../failure.ts";

export interface Backoff {
  /** The longest wait before the second attempt; it doubles with each. */
  readonly baseMs: number;
  readonly capMs: number;
  /** 0–1. */
  readonly random: () => number;
}

export const BACKOFF: Backoff = { baseMs: 5_000, capMs: 10 * 60_000, random: Math.random };

/**
 * How long until the next attempt, in milliseconds: exponential with full jitter, so that jobs that failed together are
 * not retried together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), but not before the
 * other side's Retry-After. Null when there is no next attempt.
 */
export function retryDelay(
  failure: Failure,
  attempts: number,
  maxAttempts: number,
  backoff: Backoff = BACKOFF,
): number | null {
  if (!failure.transient || attempts >= maxAttempts) return null;
  const window = Math.min(backoff.capMs, backoff.baseMs * 2 ** (attempts - 1));
  return Math.round(Math.max(failure.options.retryAfterMs ?? 0, backoff.random() * window));
}
