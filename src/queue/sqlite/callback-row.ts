import type { Callback, CallbackAttempt } from "../callback.ts";
import { type JobRow, toJob } from "./job-row.ts";

/** A row of the table `callbacks`. */
export interface CallbackRow {
  readonly id: string;
  readonly job_id: string;
  readonly status: Callback["status"];
  readonly url: string;
  readonly host: string;
  readonly attempts: number;
  readonly created_at: string;
  readonly since: string;
  readonly next_attempt_at: string | null;
  readonly ended_at: string | null;
  readonly job: string;
}

/** A row of the table `callback_attempts`. */
export interface CallbackAttemptRow {
  readonly started_at: string;
  readonly duration_ms: number;
  readonly http_status: number | null;
  readonly response: string | null;
  readonly error: string | null;
}

export function toCallback(row: CallbackRow): Callback {
  const job = JSON.parse(row.job) as JobRow & { readonly request: unknown };
  return {
    id: row.id,
    jobId: row.job_id,
    url: row.url,
    host: row.host,
    job: toJob({ ...job, request: JSON.stringify(job.request) }),
    status: row.status,
    attempts: row.attempts,
    createdAt: row.created_at,
    since: row.since,
    nextAttemptAt: row.next_attempt_at,
    endedAt: row.ended_at,
  };
}

export function toCallbackAttempt(row: CallbackAttemptRow): CallbackAttempt {
  return {
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    httpStatus: row.http_status,
    response: row.response,
    error: row.error,
  };
}
