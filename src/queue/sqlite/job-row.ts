import { type Attempt, type Delivery, documentsOf, type Job, type JobDocument, type JobError } from "../job.ts";
import { columnsOf, type JobColumns, readFields } from "../job-fields.ts";

/** A row of the table `jobs`. */
export interface JobRow extends JobColumns, Composed {
  readonly seq: number;
  readonly id: string;
  readonly total_attempts: number;
  readonly crashes: number;
  readonly lease_token: number | null;
  /** Of the table `attempts`, where who reads the row needs it. */
  readonly attempt_started_at?: string | null;
  /** Of the table `documents`, JSON, where who reads the row needs them; a callback's snapshot has them as they are. */
  readonly documents?: string | readonly JobDocument[];
}

/** What is one field of a job and several columns. */
interface Composed {
  readonly error_code: string | null;
  readonly error: string | null;
  readonly report_path: string | null;
  readonly report_sha256: string | null;
  readonly report_bytes: number | null;
  readonly report_pages: number | null;
  readonly delivered_to: string | null;
  readonly delivered_url: string | null;
}

/** A row of the table `attempts`. */
export interface AttemptRow {
  readonly lease_token: number;
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
    ...readFields(row),
    id: row.id,
    error: toError(row),
    report,
    delivered,
    documents: documentsOf(documentsIn(row.documents), report, delivered, row.stage),
    attemptStartedAt: row.attempt_started_at ?? null,
  };
}

/** All columns of a job. Its documents have a table. */
export function rowOf(job: Job): JobColumns & Composed & Pick<JobRow, "id"> {
  const { id, report, delivered, error } = job;
  return {
    id,
    ...columnsOf(job),
    error_code: error?.code ?? null,
    error: error?.message ?? null,
    report_path: report?.path ?? null,
    report_sha256: report?.sha256 ?? null,
    report_bytes: report?.bytes ?? null,
    report_pages: report?.pages ?? null,
    delivered_to: delivered?.to ?? null,
    delivered_url: delivered?.url ?? null,
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

/** A row of the table `deliveries`. */
export interface DeliveryRow {
  readonly kind: string;
  readonly target: string;
  readonly path: string;
  readonly created_at: string;
  readonly delivered_at: string | null;
  readonly delivered_to: string | null;
  readonly url: string | null;
  readonly in_flight_since: string | null;
}

export function toDelivery(row: Omit<DeliveryRow, "created_at">): Delivery {
  const { kind, target, path, delivered_to: to, url } = row;
  return {
    kind,
    target,
    path,
    delivered: to === null ? null : { to, url },
    deliveredAt: row.delivered_at,
    inFlightSince: row.in_flight_since,
  };
}

function toError(row: { readonly error_code: string | null; readonly error: string | null }): JobError | null {
  return row.error_code === null ? null : { code: row.error_code, message: row.error ?? "" };
}
