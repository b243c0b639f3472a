/** A job: one accepted request for a report, from the moment its commit is on disk until it is pruned. */
export const STATUSES = ["queued", "running", "waiting", "completed", "failed", "cancelled"] as const;
/** `waiting` is between two attempts; the last three are the end. */
export type Status = (typeof STATUSES)[number];

export const STAGES = ["gathering", "rendering", "delivering"] as const;
/** What a job does, or where it resumes: the result of each stage is stored before the next begins. */
export type Stage = (typeof STAGES)[number];

/** Where a queued job waits: in the lane of its stage, or in `isolated` if its render may have crashed a process. */
export const LANES = [...STAGES, "isolated"] as const;
export type Lane = (typeof LANES)[number];

export const ENDED: ReadonlySet<Status> = new Set(["completed", "failed", "cancelled"]);

/** Retries of one job that may be requested: each makes its history, attempts and callbacks longer. */
export const MOST_RETRIES = 100;

/** What a client requests. */
export interface NewJob {
  /** The client: the fair share of the queue is by client. */
  readonly client: string;
  /** 0–9, 9 first among the client's own. */
  readonly priority: number;
  readonly suburb: string;
  readonly state: string;
  readonly postcode: string | null;
  /** The request as JSON text, without its data set; the queue reads its `metadata`, and what its views show. */
  readonly request: string;
  /** The data set as JSON text, when the request brought it: the job then begins at rendering, unless it `gathers`. */
  readonly dataSet: string | null;
  /**
   * Its own data set is completed (by pictures at addresses, by who pays to be shown): the job begins at gathering all
   * the same.
   */
  readonly gathers?: boolean;
  readonly idempotency: Idempotency | null;
  /** Who is notified of the job's end, an absolute http(s) URL; none when left out. */
  readonly callbackUrl?: string | null;
  /** Oddities of the request, in words for the client; stored with the job. */
  readonly warnings?: readonly string[];
  /** To be rendered, and delivered and called back only when it is sent. */
  readonly draft?: boolean;
}

export interface Idempotency {
  readonly key: string;
  /** SHA-256 of the request's body, hex. */
  readonly fingerprint: string;
  /** The index in a batch; 0 for a single request. */
  readonly item: number;
}

export interface Submitted {
  readonly job: Job;
  /** False if the idempotency key named an existing job. */
  readonly created: boolean;
}

export interface Job {
  readonly id: string;
  readonly client: string;
  readonly status: Status;
  readonly stage: Stage;
  readonly priority: number;
  readonly suburb: string;
  readonly state: string;
  readonly postcode: string | null;
  /** As in {@link NewJob} where the job is claimed; everywhere else without what may be long, such as a logo. */
  readonly request: string;
  /** Number of attempts started, this one included. */
  readonly attempts: number;
  /** Why the last attempt, or the job, failed. */
  readonly error: JobError | null;
  /** The main document, from the moment it is rendered. */
  readonly report: ReportFile | null;
  /** Where the main document is, once the job is completed. */
  readonly delivered: Delivered | null;
  /** All that are rendered, the main one first. */
  readonly documents: readonly JobDocument[];
  /** ISO-8601 UTC with milliseconds, as all times. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** When the attempt began that runs; null while none does. */
  readonly attemptStartedAt: string | null;
  /** Milliseconds in attempts since it was queued or retried; what lies between two attempts is not in it. */
  readonly ranMs: number;
  /** Oddities of the request. */
  readonly warnings: readonly string[];
  /** When a waiting job is retried. */
  readonly runAt: string | null;
  /** The dependencies outside that a waiting job waits for, as the host that was refused names them; else none. */
  readonly waitsFor: readonly string[];
  /** A running job that was cancelled ends at its next step. */
  readonly cancelRequested: boolean;
  /** Once completed, it is neither delivered nor called back until it is sent; after that it is no draft. */
  readonly draft: boolean;
  /** Being rendered when its process died, or over the memory limit: its next render is isolated. */
  readonly isolated: boolean;
}

export interface JobError {
  readonly code: string;
  readonly message: string;
}

/** The checkpoint of rendering: a finished PDF below the data folder. */
export interface ReportFile {
  /** Relative to the data folder. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly pages: number;
}

/** The kind of every document that was made before a job had several; the queue knows no more of kinds than this. */
export const FIRST_KIND = "agents";

/** The checkpoint of rendering one document of a job. */
export interface DocumentFile extends ReportFile {
  /** One document of each kind. */
  readonly kind: string;
  /** As it is delivered, served and downloaded; null for one of a version that had several names for it. */
  readonly filename: string | null;
  /** Figures of it that the job's status repeats, by their names; null for none. */
  readonly facts: Readonly<Record<string, string>> | null;
}

/** A document that is rendered. */
export interface JobDocument extends DocumentFile {
  /** null until all targets have it, and the job is completed. */
  readonly delivered: Delivered | null;
}

/** Fields that a document lacks are as they were when a job made only one. */
export type RenderedDocument = ReportFile & Partial<DocumentFile>;

/** The data of a job that made only one document. */
export function toDocumentFile({
  kind = FIRST_KIND,
  filename = null,
  facts = null,
  ...file
}: RenderedDocument): DocumentFile {
  const { path, sha256, bytes, pages } = file;
  return { kind, path, filename, sha256, bytes, pages, facts };
}

/**
 * A job's documents as stored, the main one first; a version of one document stored its report alone. One that is to be
 * rendered again has none, though its report is known from before.
 */
export function documentsOf(
  stored: readonly JobDocument[],
  report: ReportFile | null,
  delivered: Delivered | null,
  stage: Stage,
): readonly JobDocument[] {
  if (stored.length === 0)
    return report === null || stage !== "delivering" ? [] : [{ ...toDocumentFile(report), delivered }];
  const isMain = ({ path }: JobDocument) => Number(path === report?.path);
  return stored.length === 1 ? stored : stored.toSorted((a, b) => isMain(b) - isMain(a));
}

/** The checkpoint of delivery. */
export interface Delivered {
  readonly to: string;
  readonly url: string | null;
}

/** The end of delivery: where the main document is, and, by its kind, each of them; the main one alone when left out. */
export interface AllDelivered extends Delivered {
  readonly documents?: Readonly<Record<string, Delivered & { readonly filename?: string | null }>>;
  /** What arrived last, where the ledger does not have it yet. */
  readonly arrived?: Arrival;
}

/** A document that is at a target. */
export interface Arrival extends Delivered {
  readonly kind: string;
  readonly target: string;
}

/** What the ledger states about one document and target of a job. */
export interface Delivery {
  readonly kind: string;
  readonly target: string;
  /** Where the file is put, recorded before it is. */
  readonly path: string;
  /** null until it is there. */
  readonly delivered: Delivered | null;
  /** When it was there. */
  readonly deliveredAt: string | null;
  /** Since when something may be on its way there, whose arrival is unconfirmed; null when nothing is. */
  readonly inFlightSince: string | null;
}

/** A job and the right to end this one attempt of it: every write names its fencing token, a stale one changes nothing. */
export interface Claim {
  readonly job: Job;
  readonly token: number;
}

/**
 * Why an attempt released its job without a failure: the service stops; the delivery slots are taken; the
 * target takes nothing just now; the host never learned that it had the job; it is cancelled, and the next attempt sees
 * the outcome of what this one sent; its PDF is missing, and is rendered again.
 */
export const RELEASE_REASONS = [
  "stopping",
  "delivery_busy",
  "delivery_closed",
  "unclaimed",
  "cancelling",
  "report_gone",
] as const;
export type ReleaseReason = (typeof RELEASE_REASONS)[number];

/** One attempt, as the operator reads it. */
export interface Attempt {
  readonly number: number;
  readonly startedAt: string;
  readonly gatheredAt: string | null;
  readonly renderedAt: string | null;
  readonly endedAt: string | null;
  readonly outcome: "completed" | "failed" | "cancelled" | "crashed" | "released" | null;
  /** Of a released one; null where it is not known. */
  readonly releaseReason: ReleaseReason | null;
  readonly error: JobError | null;
}

/** That a client's job has changed. */
export interface ClientChange {
  /** Of the {@link JobEvent}. */
  readonly id: number;
  readonly jobId: string;
}

/** One change of a job, stored as long as the job. */
export interface JobEvent {
  /** Grows with each change of any job, and is never given twice. */
  readonly id: number;
  readonly jobId: string;
  readonly at: string;
  /** Null: it was accepted. */
  readonly from: { readonly status: Status; readonly stage: Stage } | null;
  readonly to: { readonly status: Status; readonly stage: Stage };
  /** `operator`: a change made directly in the store, such as with the `sqlite3` shell. */
  readonly by: "service" | "operator";
  /** Who requested it, such as "office (dashboard)"; null: the service itself, or an operator without a name. */
  readonly actor: string | null;
}
