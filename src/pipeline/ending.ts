import { Failure } from "../failure.ts";
import type { Claim } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import { BACKOFF, type Backoff, retryDelay } from "./backoff.ts";
import { messages } from "./messages.ts";

export const STOPPING = new Failure("stopping", messages.stopping, {
  transient: true,
});
export const CANCELLED = new Failure("cancelled", messages.cancelled);
export const LOST = new Failure("lease_lost", messages.claimedByOther);

/** The ways in which an attempt ends without completing its job; each returns whether the queue accepted it. */
export interface Ending {
  /** Ends a cancelled job. One that this attempt still has returns to the queue: nothing else would ever claim it. */
  release(claim: Claim): Promise<boolean>;
  /** The one policy for all failures. */
  fail(claim: Claim, failure: Failure): Promise<boolean>;
}

/** Has no state. */
export function createEnding({
  queue,
  maxAttempts,
  backoff = BACKOFF,
}: {
  readonly queue: Queue;
  readonly maxAttempts: number;
  readonly backoff?: Backoff | undefined;
}): Ending {
  async function release(claim: Claim): Promise<boolean> {
    return (await queue.cancelled(claim)) || queue.release(claim, "unclaimed");
  }

  async function fail(claim: Claim, failure: Failure): Promise<boolean> {
    if (failure === STOPPING) return queue.release(claim, "stopping");
    if (failure === CANCELLED || failure === LOST) return release(claim);
    const { code, message, options: particulars } = failure;
    const { kinds } = particulars.details ?? {};
    const removed = Array.isArray(kinds) ? (kinds as readonly string[]) : undefined;
    if ((code === "report_gone" || code === "report_damaged") && (await queue.renderAgain(claim, removed))) return true;
    const { crashed = false, uncounted = false, retryAfterMs, waitsFor = [] } = particulars;
    const retryInMs = uncounted
      ? (retryAfterMs ?? backoff.baseMs)
      : retryDelay(failure, claim.job.attempts, maxAttempts, backoff);
    return queue.fail(claim, { code, message }, retryInMs, { crashed, uncounted, waitsFor });
  }

  return { release, fail };
}
