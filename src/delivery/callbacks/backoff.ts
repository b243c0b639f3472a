import type { Failure } from "../../failure.ts";
import type { Callback, CallbackOutcome } from "../../queue/callback.ts";

/** How long after the end of a job, or after it was requested again, its callback is attempted. */
const GIVE_UP_MS = 24 * 3_600_000;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 4 * 3_600_000;

/**
 * When a callback that was not taken is attempted next; null when that was the last attempt. Each wait is about twice the time
 * gone by since the first attempt, and never more than four hours: 5 s, 15 s, 45 s, … With jitter, so that what failed
 * together does not come back together, and not before the receiver's Retry-After. The last attempt is 24 hours
 * after the first.
 */
export function nextAttempt(
  { since }: { readonly since: string },
  retryAfterMs: number,
  { now, random }: { readonly now: Date; readonly random: () => number },
): Date | null {
  const began = Date.parse(since);
  const elapsedMs = now.getTime() - began;
  if (elapsedMs >= GIVE_UP_MS) return null;
  const longestMs = Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, 2 * elapsedMs));
  const waitMs = Math.max(retryAfterMs, longestMs * (0.5 + 0.5 * random()));
  return new Date(Math.min(now.getTime() + Math.ceil(waitMs), began + GIVE_UP_MS));
}

/** The result of an attempt: `failure` is null where the callback was taken, `isGone` where the receiver accepts no more. */
export function outcomeOf(
  callback: Callback,
  { failure, isGone }: { readonly failure: Failure | null; readonly isGone: boolean },
  by: { readonly now: Date; readonly random: () => number },
): CallbackOutcome {
  if (failure === null) return "delivered";
  if (isGone) return "failed";
  const againAt = nextAttempt(callback, failure.options.retryAfterMs ?? 0, by);
  return againAt === null ? "failed" : { againAt };
}
