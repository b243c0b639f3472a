import type { Logger } from "pino";
import type { Metrics } from "./metrics/metrics.ts";
import { ENDED, type Job } from "./queue/job.ts";
import type { JobChange, Queue } from "./queue/queue.ts";

/** What comes of each try and each job, for the log and what is measured: one line an event, and why where it failed. */
export function noteOutcomes(
  queue: Pick<Queue, "subscribe" | "get">,
  log: Logger,
  metrics: Pick<Metrics, "ended" | "failedTry">,
): () => void {
  return queue.subscribe((change) => {
    if (change.elsewhere || (!ENDED.has(change.status) && change.status !== "waiting")) return;
    queue
      .get(change.id)
      .then((job) => job !== null && note(job, change))
      .catch((error) => log.warn({ job_id: change.id, err: error }, `job ${change.status}; more cannot be read`));
  });

  function note(job: Job, { status }: JobChange): void {
    const line = { job_id: job.id, client: job.client, suburb: job.suburb, state: job.state, tries: job.attempts };
    const { error } = job;
    if (status === "waiting") {
      metrics.failedTry(error?.code ?? "unknown");
      log.warn({ ...line, error, retry_at: job.runAt }, "a try failed; it is tried again");
      return;
    }
    metrics.ended({ ...job, status });
    if (status === "failed") {
      metrics.failedTry(error?.code ?? "unknown");
      log.warn({ ...line, error }, "job failed");
    } else log.info({ ...line, ...(status === "completed" ? doneOf(job) : {}) }, `job ${status}`);
  }
}

function doneOf({ createdAt, startedAt, ranMs, report }: Job) {
  const between = (from: string | null, to: string | null) =>
    from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 1_000;
  return { queued_s: between(createdAt, startedAt), took_s: ranMs / 1_000, pages: report?.pages ?? null };
}
