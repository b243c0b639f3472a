/*
 * The life of a job behind one interface: accepted, claimed under a lease, ended.
 * sqlite/ and redis/ are its backends. Both pass one suite: tests/queue/contract.
 * Not here: HTTP, PDFs and settings; the contents of a request belong to the report.
 */

import type { Callbacks } from "./callback.ts";
import type {
  AllDelivered,
  Attempt,
  Claim,
  ClientChange,
  Delivered,
  Delivery,
  Job,
  JobError,
  JobEvent,
  Lane,
  NewJob,
  ReleaseReason,
  RenderedDocument,
  Stage,
  Status,
  Submitted,
} from "./job.ts";
import type { Quota } from "./quota.ts";
import type { Statistics, StatisticsWindow } from "./statistics.ts";
import type { TargetRecords } from "./target-records.ts";
import type { UsageMonth, UsageRange } from "./usage.ts";

/** How many more jobs of each lane the caller has room for; none of a lane left out. */
export type Room = Readonly<Partial<Record<Lane, number>>>;

/**
 * The only interface to the jobs. A promise that resolves is on disk; one that rejects changed nothing. Both backends pass
 * the one suite in tests/queue/contract.ts.
 */
export interface Queue {
  /**
   * Accepts all of the jobs or none. Returns in order, after the commit is durable.
   * @throws Failure "queue_full" (transient, with retryAfterMs) past the client's part of the limit of jobs not yet ended;
   *   "quota_reached" (the same) where these, all of one client, are more than its quota allows; what an idempotency key
   *   names already counts nothing. "idempotency_conflict" when a key comes again with another fingerprint; "disk_full" (transient).
   */
  submit(jobs: readonly NewJob[], quota?: Quota | null): Promise<readonly Submitted[]>;

  /**
   * Leases due jobs to this process, each lane independently, so that a slow one delays no other. In each
   * the clients take turns, whatever was retried, waited or has priority: the next is the one that was given a job there
   * the longest time ago, so that between two jobs of one client every other with a queued job there is given one. A
   * client's own are ordered by priority, then by age. While the queue is paused, nothing is claimed.
   */
  claim(room: Room): Promise<readonly Claim[]>;

  /** Stores the gathered data set. False when the claim is stale or the job was cancelled. */
  gathered(claim: Claim, dataSet: string): Promise<boolean>;
  /**
   * Notes that this process begins to render the job: should it die from here on, the job may be to blame. It outlives
   * the process, but not a power cut. False as above.
   */
  rendering(claim: Claim): Promise<boolean>;
  /**
   * Stores a finished document. If `main` (the default), it is the job's report; `more`: others are still to be
   * rendered, and the job continues with them; `warnings` are added to the job's. False as above.
   */
  rendered(claim: Claim, document: RenderedDocument, options?: RenderedOptions): Promise<boolean>;
  /**
   * Writes down where the file will be put before it is, so that after a crash it is recognised: from here on it is under
   * way. False as above, but that a cancel comes too late once one target has one of the job's documents: the rest is
   * delivered, too. A document of kind "agents" is meant where none is named.
   */
  delivering(claim: Claim, target: string, path: string, kind?: string): Promise<boolean>;
  /**
   * Records that the file is there, for this target alone. False when the claim is stale; a cancel makes no difference,
   * it is there.
   */
  delivered(claim: Claim, target: string, delivered: Delivered, kind?: string): Promise<boolean>;
  /** No upload of this document to this target is in flight, and none arrived. False when the claim is stale. */
  withdrawn(claim: Claim, target: string, kind?: string): Promise<boolean>;
  /**
   * Completes the job. False when the claim is stale; a cancel that came after the delivery came too late. Null: a draft,
   * which is delivered nowhere yet; its data set stays, and it counts as no report. What `delivered.arrived` names is
   * stored in the same step, as `delivered` would.
   */
  complete(claim: Claim, delivered: AllDelivered | null): Promise<boolean>;
  /**
   * Ends the attempt with a failure: with `retryInMs` the job waits that long for its next attempt, with null it has
   * failed. `crashed`: it brought down what rendered it; the next render is isolated, and after three such the job has
   * failed as "poisonous". `uncounted`: no attempt could have succeeded; an attempt that is followed by a wait does not
   * count. Both: the job is under suspicion alone, so its next render is isolated, and neither an attempt nor a crash
   * counts. `waitsFor`: the dependencies outside that it waits for, see `wake`.
   */
  fail(claim: Claim, error: JobError, retryInMs: number | null, options?: FailOptions): Promise<boolean>;
  /**
   * Makes jobs due that `fail`, on any host, deferred for this dependency, the oldest first, `limit` of them at most. Those
   * that wait for a time of their own are paused. Returns how many.
   */
  wake(dependency: string, limit: number): Promise<number>;
  /**
   * Ends the attempt of a cancelled job. While an upload is in flight, the job is not ended: it goes back to the line,
   * its cancel still requested, so that the next attempt sees its outcome. The same applies wherever else a cancel is
   * carried out: in `fail`, `release`, `cancel` and when a dead process's jobs are recovered.
   */
  cancelled(claim: Claim): Promise<boolean>;
  /** Requeues a job without counting the attempt, and stores the reason. */
  release(claim: Claim, reason: ReleaseReason): Promise<boolean>;
  /**
   * Returns a job whose PDFs are missing to rendering, so that those of these kinds (by default all) are rendered
   * again, without counting the attempt. False, and nothing is changed, if its data set is missing, too, the claim is
   * stale or the job was cancelled.
   */
  renderAgain(claim: Claim, kinds?: readonly string[]): Promise<boolean>;
  /**
   * The data set stored for a job, JSON in UTF-8, in a buffer of its own; null if there is none (not yet, or no
   * longer).
   */
  dataSet(id: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** What `delivering` and `delivered` recorded, by earlier attempts too: an entry a document and target. */
  deliveries(id: string): Promise<readonly Delivery[]>;

  /**
   * Cancels: at once if it is not running and no upload is in flight; otherwise the cancel is requested.
   * Returns the job; null when there is none. Ended jobs stay as they are. `by` is stored in its history.
   */
  cancel(id: string, by?: string): Promise<Job | null>;
  /**
   * Queues a failed, cancelled or waiting job again, at once, from its last checkpoint, with all its attempts. Null when
   * there is none; others stay as they are.
   * @throws Failure "job_retried_too_often" for one that was retried so MOST_RETRIES times.
   */
  retry(id: string, by?: string): Promise<Job | null>;
  /**
   * The same with every failed job that passes the filter, or with those of the statuses it names; what was retried too
   * often is left out. Returns how many.
   */
  retryAll(filter: JobSelection, by?: string): Promise<number>;
  /**
   * Queues a completed draft for delivery, unchanged; it is then no draft. Returns the job; null when there
   * is none. Others stay as they are, so that of two who send it one does. `by` is stored in its history.
   */
  send(id: string, by?: string): Promise<Job | null>;
  /**
   * Starts nothing new, on any host, until it is resumed: what runs continues, and jobs are accepted. A second pause
   * changes nothing.
   */
  pause(by: string): Promise<void>;
  /** Those that claim notice within a second. */
  resume(by?: string): Promise<void>;
  /** Since when and by whom the queue is paused; null when it is not. */
  paused(): Promise<Pause | null>;

  /** What people did to the queue as a whole, the latest first. */
  actions(limit: number): Promise<readonly QueueAction[]>;

  get(id: string): Promise<Job | null>;
  /** The whole request, as it was accepted; null when there is no such job. */
  request(id: string): Promise<string | null>;
  /**
   * The jobs whose id begins or ends with this, newest first, up to the limit; of one client if it is named. Reads
   * every id for those that end so, in parts that give way.
   */
  find(fragment: string, options: { readonly client?: string; readonly limit: number }): Promise<readonly Job[]>;
  attempts(id: string): Promise<readonly Attempt[]>;
  /** Newest first, by acceptance or by their end. */
  list(filter: JobListQuery): Promise<JobPage>;
  /**
   * How many queued jobs of its lane are claimed before this one; null when it is not queued. Counts no further than
   * 10,000.
   */
  position(id: string): Promise<number | null>;
  /** The jobs of each status. The first call may take as long as a check of each job ever stored. */
  counts(): Promise<Readonly<Record<Status, number>>>;
  /**
   * Jobs not yet ended, as the limit counts them; quick, however many have ended. Rejects where jobs may not be
   * worked on any more, though they can be read.
   */
  open(): Promise<number>;
  /** Since when the job that was accepted first of all queued ones has been queued; null when none is. */
  oldestQueuedAt(): Promise<string | null>;
  /** What ended in the last hour or day, and how long it took. */
  statistics(window: StatisticsWindow): Promise<Statistics>;
  /**
   * What clients requested and were given, a month and client each, the latest month first; months with nothing are left
   * out. It is counted when it happens and stays when the jobs are pruned.
   */
  usage(range: UsageRange): Promise<readonly UsageMonth[]>;

  /** The changes of all jobs after this one, oldest first, 1,000 at most. */
  events(after: number, limit: number): Promise<readonly JobEvent[]>;
  /**
   * The changes of one client's jobs after this one, oldest first, `limit` (1,000) at most; a job's earlier changes may
   * be left out where later ones are among them. What others' jobs went through is not examined.
   */
  changesOf(client: string, after: number, limit: number): Promise<readonly ClientChange[]>;
  /** The id of the latest change; 0 before the first. */
  latestEvent(): Promise<number>;
  /** The changes of one job, oldest first. */
  history(id: string): Promise<readonly JobEvent[]>;

  /** The callbacks of jobs, and their responses. */
  readonly callbacks: Callbacks;

  /** The results of the delivery targets. */
  readonly targets: TargetRecords;

  /**
   * Calls back after each committed change of a job's status or stage, also one made by the operator's shell. Returns
   * how to stop it.
   */
  subscribe(listener: (change: JobChange) => void): () => void;

  /**
   * Removes jobs that ended before the time, of the oldest 1,000 after the first `skip`. Those stay whose callback is
   * not accepted yet, and those, except drafts, that an Idempotency-Key still names. The PDFs of removed ones are noted
   * for `removals`.
   */
  prune(endedBefore: Date, skip?: number): Promise<{ readonly removed: number; readonly retained: number }>;
  /**
   * Removes those of these jobs that have ended, 1,000 at most, in the way that `prune` does; what was promised for
   * longer stays.
   */
  remove(ids: readonly string[]): Promise<RemovalResult>;
  /** Paths of PDFs whose jobs are deleted, until `reportsRemoved` is called for them. */
  removals(limit: number): Promise<readonly string[]>;
  reportsRemoved(paths: readonly string[]): Promise<void>;

  /** No more claims or writes; this process's leases are released. */
  close(): Promise<void>;
}

/** The result of a removal. Jobs that are not there are counted nowhere. */
export interface RemovalResult {
  readonly removed: number;
  /** Their callback is not taken yet, or an Idempotency-Key still names them. */
  readonly retained: number;
  /** They have not ended. */
  readonly open: number;
}

/** See {@link Queue.fail}. */
export interface FailOptions {
  readonly crashed?: boolean;
  readonly uncounted?: boolean;
  /** Words of letters, digits and hyphens. */
  readonly waitsFor?: readonly string[];
}

/** See {@link Queue.rendered}. */
export interface RenderedOptions {
  readonly main?: boolean;
  readonly more?: boolean;
  readonly warnings?: readonly string[];
}

export interface JobChange {
  readonly id: string;
  readonly status: Status;
  readonly stage: Stage;
  /** A cancel of this running job was requested. */
  readonly cancelRequested: boolean;
  /** The job was retried or sent manually, so it starts at once, even during a pause that it would wait for. */
  readonly manual?: true;
  /** What this job was deferred for works again, as the host that woke it has seen. */
  readonly reached?: string;
  /** Another host made it, and has counted and logged it. */
  readonly elsewhere?: true;
}

export interface Pause {
  readonly since: string;
  /** The client, or "operator" for a change made directly in the store. */
  readonly by: string;
  /** Why, where it was the service itself that paused it; for an admin. */
  readonly reason?: string;
}

/** Something a person did to the queue as a whole. */
export interface QueueAction {
  readonly at: string;
  readonly action: "paused" | "resumed";
  /** As of {@link Pause.by}. */
  readonly actor: string;
}

/** Jobs that match every named criterion. */
export interface JobSelection {
  /** Any of them. */
  readonly status?: Status | readonly Status[];
  readonly client?: string;
  readonly suburb?: string;
  readonly state?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
  readonly endedAfter?: string;
  readonly endedBefore?: string;
  /** The code of its last failure. */
  readonly errorCode?: string;
  /** A part of the words of its last failure, whatever the case, as in all parts that follow. */
  readonly error?: string;
  /** Where `error` is given: those alone whose failure has one of these codes. */
  readonly errorCodes?: readonly string[];
  /** Delivery targets that it was to be put into and that do not have it; each of them. */
  readonly undelivered?: readonly string[];
  /** A part of the name that the report is prepared for. */
  readonly preparedFor?: string;
  /** A part of the name of one of its documents. */
  readonly filename?: string;
  /** It has a document of this kind. */
  readonly document?: string;
  /** A part of its metadata, as JSON text. */
  readonly metadata?: string;
  /** Whether it is a draft: rendered, or to be, and not sent. */
  readonly draft?: boolean;
  /**
   * Words, each of which is the beginning or the end of the id, the beginning of a word of the suburb, of the state or
   * the postcode, or a part of the client's name.
   */
  readonly search?: string;
}

export const LIST_ORDERS = ["created", "ended", "duration"] as const;
/** "created" by default; by duration the longest comes first. */
export type ListOrder = (typeof LIST_ORDERS)[number];

export interface JobListQuery extends JobSelection {
  /** By which time, the latest first, or by how long they ran; the last two leave out what has not ended. */
  readonly order?: ListOrder;
  /** 1–200. */
  readonly limit: number;
  /** From the page before; newest first. */
  readonly cursor?: string;
}

export interface JobPage {
  readonly jobs: readonly Job[];
  readonly nextCursor: string | null;
}
