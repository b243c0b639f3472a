/*
 * What can be seen of the running service: log, metrics, health, readiness.
 * Other rooms report what happens, or a part is wrapped and measured (measured.ts).
 * Not here: decisions. Nothing behaves differently because it is observed.
 */

import type { Logger } from "pino";
import { ENDED, type Job } from "../queue/job.ts";
import type { JobChange, Queue } from "../queue/queue.ts";
import type { RecoveredJob } from "../queue/recovery.ts";
import { messages } from "./messages.ts";
import type { Metrics } from "./metrics.ts";

/** Logs and measures the end of each attempt and each job: one line an event, with the error where one failed. */
export function noteOutcomes(
  queue: Pick<Queue, "subscribe" | "get">,
  log: Logger,
  metrics: Pick<Metrics, "ended" | "failedAttempt">,
): () => void {
  return queue.subscribe((change) => {
    if (change.elsewhere || (!ENDED.has(change.status) && change.status !== "waiting")) return;
    queue
      .get(change.id)
      .then((job) => job !== null && note(job, change))
      .catch((error) => log.warn({ job_id: change.id, err: error }, messages.jobUnreadable(change.status)));
  });

  function note(job: Job, { status }: JobChange): void {
    const line = { job_id: job.id, client: job.client, suburb: job.suburb, state: job.state, attempts: job.attempts };
    const { error } = job;
    if (status === "waiting") {
      metrics.failedAttempt(error?.code ?? "unknown");
      log.warn({ ...line, error, retry_at: job.runAt }, messages.attemptFailed);
      return;
    }
    metrics.ended({ ...job, status });
    if (status === "failed") {
      metrics.failedAttempt(error?.code ?? "unknown");
      log.warn({ ...line, error }, "job failed");
    } else log.info({ ...line, ...(status === "completed" ? doneOf(job) : {}) }, `job ${status}`);
  }
}

function doneOf({ createdAt, startedAt, ranMs, report }: Job) {
  const between = (from: string | null, to: string | null) =>
    from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 1_000;
  return { queued_s: between(createdAt, startedAt), took_s: ranMs / 1_000, pages: report?.pages ?? null };
}

/** The number of jobs at once that get a line each; the rest share one. */
const LINES = 50;

/** The result of attempts whose process ended, for the log and the metrics, also of those before the metrics exist. */
export interface RecoveryLog {
  note(jobs: readonly RecoveredJob[]): void;
  /** Counts from here on, and what was noted before. */
  countIn(metrics: Pick<Metrics, "recovered" | "ended" | "failedAttempt">): void;
}

export function createRecoveryLog(log: Logger): RecoveryLog {
  /** Written by `note` and `countIn`. */
  let early: RecoveredJob[] | null = [];
  /** Written by `countIn`. */
  let count = (_: RecoveredJob) => {};

  return {
    note(jobs) {
      for (const each of jobs.slice(0, LINES)) logRecovered(log, each);
      if (jobs.length > LINES) log.warn({ jobs: jobs.length - LINES }, messages.moreRecovered);
      if (early === null) for (const each of jobs) count(each);
      else early.push(...jobs);
    },
    countIn(metrics) {
      count = ({ job, blamed }) => metrics.recovered(blamed, job.status);
      // No listener for ends was there yet.
      for (const each of early ?? []) {
        count(each);
        if (!ENDED.has(each.job.status)) continue;
        metrics.ended(each.job);
        if (each.job.status === "failed") metrics.failedAttempt(each.job.error?.code ?? "unknown");
      }
      early = null;
    },
  };
}

function logRecovered(log: Logger, { job, rendering, blamed }: RecoveredJob): void {
  const { id, client, suburb, state, stage, status, attempts, error } = job;
  const line = { job_id: id, client, suburb, state, stage, status, rendering, attempts };
  if (status === "failed") log.warn({ ...line, error }, messages.jobCrashed);
  else if (status === "cancelled") log.info(line, messages.cancelledByEnd);
  else if (blamed) log.warn(line, messages.crashedWhileRendering);
  else log.info(line, messages.endedDuringAttempt);
}
