import type { Callback, CallbackAttempt } from "../queue/callback.ts";
import type { Attempt, Delivery, Job, JobEvent } from "../queue/job.ts";
import type { Pause, QueueAction } from "../queue/queue.ts";
import type { UsageDay, UsageMonth } from "../queue/usage.ts";

/** A job with everything that is stored of it, in either backend. */
export interface StoredJob {
  /** Never running: no process has leased it while jobs are moved. */
  readonly job: Job;
  readonly totalAttempts: number;
  readonly crashes: number;
  readonly callbackUrl: string | null;
  readonly dataSet: string | null;
  readonly attempts: readonly Attempt[];
  readonly deliveries: readonly (Delivery & { readonly createdAt: string })[];
  readonly callbacks: readonly StoredCallback[];
  readonly history: readonly JobEvent[];
  readonly idempotency: readonly StoredIdempotencyKey[];
}

export interface StoredCallback extends Omit<Callback, "jobId"> {
  readonly attemptLog: readonly CallbackAttempt[];
}

/** An idempotency key that led to the job. */
export interface StoredIdempotencyKey {
  readonly key: string;
  readonly item: number;
  readonly fingerprint: string;
  readonly expiresAt: string;
}

/** What was counted of all clients, whatever became of their jobs. */
export interface StoredUsage {
  readonly months: readonly UsageMonth[];
  readonly days: readonly UsageDay[];
}

/** Where jobs are taken from. */
export interface MigrationSource {
  /** All of them, the oldest first. */
  jobs(): AsyncIterable<StoredJob>;
  /** How many there are. */
  count(): Promise<number>;
  /** Since when and by whom the queue is paused; null if it is not. */
  paused(): Promise<Pause | null>;
  /** Who paused and resumed, the latest first. */
  actions(): Promise<readonly QueueAction[]>;
  /** What clients requested and were given so far. */
  usage(): Promise<StoredUsage>;
  /** They are elsewhere from now on: the original data stays, and no service works on it again. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/** Where jobs are put. */
export interface MigrationTarget {
  /** Stores the job unless it is there already as it is now; returns whether it was not. */
  put(job: StoredJob): Promise<boolean>;
  /** Pauses the queue there as well, until it is resumed; null resumes it, whatever was stored before. */
  pause(pause: Pause | null, actions: readonly QueueAction[]): Promise<void>;
  /** Replaces the counts by those of the origin. */
  usage(usage: StoredUsage): Promise<void>;
  /** All are there: services may work on them. */
  open(): Promise<void>;
  close(): Promise<void>;
}
