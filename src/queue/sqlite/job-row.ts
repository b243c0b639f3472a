import {
  type Attempt,
  documentsOf,
  type Job,
  type JobDocument,
  type JobError,
  type Stage,
  type Status,
} from "../job.ts";
import { warningsOf } from "../request.ts";

/** A row of the table `jobs`. */
export interface JobRow {
  readonly seq: number;
  readonly id: string;
  readonly status: Status;
  readonly stage: Stage;
  readonly priority: number;
  readonly client: string;
  readonly suburb: string;
  readonly state: string;
  readonly postcode: string | null;
  readonly attempts: number;
  readonly attempts_ever: number;
  readonly crashes: number;
  readonly error_code: string | null;
  readonly error: string | null;
  readonly report_path: string | null;
  readonly report_sha256: string | null;
  readonly report_bytes: number | null;
  readonly report_pages: number | null;
  readonly delivered_to: string | null;
  readonly delivered_url: string | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly run_at: string | null;
  /** Missing in a callback's job. */
  readonly waits_for?: string | null;
  readonly cancel_requested: 0 | 1;
  readonly alone: 0 | 1;
  readonly token: number | null;
  readonly ran_ms: number;
  /** Of the table `attempts`, where who reads the row needs it. */
  readonly attempt_started_at?: string | null;
  readonly warnings: string | null;
  /** Of the table `documents`, JSON, where who reads the row needs them; a callback's snapshot has them as they are. */
  readonly documents?: string | readonly JobDocument[];
  readonly request: string;
}

/** A row of the table `attempts`. */
export interface AttemptRow {
  readonly token: number;
  readonly number: number;
  readonly started_at: string;
  readonly gathered_at: string | null;
  readonly rendered_at: string | null;
  readonly ended_at: string | null;
  readonly outcome: Attempt["outcome"];
  readonly error_code: string | null;
  readonly error: string | null;
  readonly release_reason: Attempt["releaseReason"];
}

/** A job's documents as JSON, in the shape of {@link JobDocument}. */
export const DOCUMENTS = `
  (SELECT json_group_array(json_object('kind', kind, 'path', path, 'filename', filename, 'sha256', sha256, 'bytes', bytes,
      'pages', pages, 'facts', json(facts),
      'delivered', iif(documents.delivered_to IS NULL, NULL,
        json_object('to', documents.delivered_to, 'url', documents.delivered_url))))
    FROM documents WHERE documents.job_id = jobs.id) AS documents`;

export function toJob(row: JobRow): Job {
  const delivered = row.delivered_to === null ? null : { to: row.delivered_to, url: row.delivered_url };
  const report =
    row.report_path === null
      ? null
      : {
          path: row.report_path,
          sha256: row.report_sha256 ?? "",
          bytes: row.report_bytes ?? 0,
          pages: row.report_pages ?? 0,
        };
  return {
    id: row.id,
    client: row.client,
    status: row.status,
    stage: row.stage,
    priority: row.priority,
    suburb: row.suburb,
    state: row.state,
    postcode: row.postcode,
    request: row.request,
    attempts: row.attempts,
    error: toError(row),
    report,
    delivered,
    documents: documentsOf(documentsIn(row.documents), report, delivered),
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    attemptStartedAt: row.attempt_started_at ?? null,
    // A callback of before the column was there has none.
    ranMs: row.ran_ms ?? 0,
    warnings: warningsOf(row.warnings),
    runAt: row.run_at,
    waitsFor: row.waits_for?.split(",") ?? [],
    cancelRequested: row.cancel_requested === 1,
    alone: row.alone === 1,
  };
}

function documentsIn(stored: JobRow["documents"]): readonly JobDocument[] {
  return typeof stored === "string" ? (JSON.parse(stored) as readonly JobDocument[]) : (stored ?? []);
}

export function toAttempt(row: AttemptRow): Attempt {
  return {
    number: row.number,
    startedAt: row.started_at,
    gatheredAt: row.gathered_at,
    renderedAt: row.rendered_at,
    endedAt: row.ended_at,
    outcome: row.outcome,
    releaseReason: row.release_reason,
    error: toError(row),
  };
}

function toError(row: { readonly error_code: string | null; readonly error: string | null }): JobError | null {
  return row.error_code === null ? null : { code: row.error_code, message: row.error ?? "" };
}
