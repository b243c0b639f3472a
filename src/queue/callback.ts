import type { Job } from "./job.ts";

/** A receiver is to be notified of a job's end. Stored in the transaction that ended the job, whatever ended it. */
export interface Callback {
  /** The same for all attempts, restarts and resends: it shows the receiver what it has already received. */
  readonly id: string;
  readonly jobId: string;
  readonly url: string;
  /** With its port. */
  readonly host: string;
  /** The job as it was in that moment; of its request, what views of the job show. */
  readonly job: Job;
  readonly status: "pending" | "delivered" | "failed";
  /** Attempts so far. */
  readonly attempts: number;
  readonly createdAt: string;
  /** When its attempts began, or began again. */
  readonly since: string;
  /** When the next attempt is made, "" at once, as with a manual resend; null when it is not. */
  readonly nextAttemptAt: string | null;
  readonly endedAt: string | null;
}

/** One attempt, with the response. */
export interface CallbackAttempt {
  readonly startedAt: string;
  readonly durationMs: number;
  /** Of the response; null when there was none. */
  readonly httpStatus: number | null;
  /** The beginning of the response's body. */
  readonly response: string | null;
  /** Why it did not succeed. */
  readonly error: string | null;
}

/** The result of an attempt: it succeeded, it is given up, or it is retried at a time. */
export type CallbackOutcome = "delivered" | "failed" | { readonly againAt: Date };

export interface CallbackCounts {
  readonly pending: number;
  /** Pending ones whose last attempt failed. */
  readonly failing: number;
  /** Given up. */
  readonly failed: number;
  /** The failing one whose attempts began first; null when none fails. */
  readonly oldestFailing: {
    readonly since: string;
    readonly attempts: number;
    /** Why its last attempt failed. */
    readonly error: string | null;
  } | null;
}

/** The callbacks to one host that are still to be sent. */
export interface CallbackHost {
  readonly host: string;
  readonly pending: number;
  /** Pending ones whose last attempt failed. */
  readonly failing: number;
  /** When the attempts of the first failing one began; null where none fails. */
  readonly failingSince: string | null;
  /** Why its last attempt failed. */
  readonly error: string | null;
}

/** The callbacks of ended jobs. A promise that resolves is on disk. */
export interface Callbacks {
  /**
   * Pending ones whose time has come, the longest due of each address first, with a limit for each address, so that
   * those of a dead receiver do not block others: one host may be the receivers of many (all of Make.com is). None of
   * those that are paused, unless one was made due manually. They stay due until an attempt is recorded.
   */
  due(perAddress: number, paused?: readonly string[]): Promise<readonly Callback[]>;
  /** When the next one that is not due yet will be, as ISO-8601 text; null when there is none. */
  nextDue(): Promise<string | null>;
  /** Records an attempt and its result. */
  recordAttempt(id: string, attempt: CallbackAttempt, outcome: CallbackOutcome): Promise<void>;
  /** Makes the job's latest callback due at once, with all its attempts, whatever became of it. Null when there is none. */
  resend(jobId: string): Promise<Callback | null>;
  /** How many are pending, how many of those failed at least once, and how many were given up. */
  counts(): Promise<CallbackCounts>;
  /** The jobs whose callbacks to this host fail, those that have failed longest first, 1,000 at most. */
  failing(host: string): Promise<readonly string[]>;
  /** By the hosts that they go to, those that fail first, 200 at most. */
  hosts(): Promise<readonly CallbackHost[]>;
  /** Those of a job, oldest first, each with its attempts. */
  of(jobId: string): Promise<readonly (Callback & { readonly attemptLog: readonly CallbackAttempt[] })[]>;
}
