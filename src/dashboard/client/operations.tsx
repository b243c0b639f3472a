import { go, linkTo } from "./address.ts";
import { post } from "./api.ts";
import { overview } from "./live.ts";
import { confirmed } from "./parts/confirm.tsx";
import { complain, notify } from "./parts/notices.tsx";
import { hasEnded, statusOf } from "./parts/status.tsx";
import type { Job } from "./responses.ts";
import { many, placeName } from "./words.ts";

export function cancellable(job: Job): boolean {
  return !hasEnded(job);
}

export function retryable(job: Job): boolean {
  return job.stage === "failed" || job.stage === "cancelled";
}

/** Waits for its next attempt, which can be made at once. */
export function hurriable(job: Job): boolean {
  return job.stage === "waiting";
}

/** A draft that is rendered, and that nobody was given. */
export function sendable(job: Job): boolean {
  return job.draft && job.stage === "completed";
}

/** Delivers a draft as it is. The person has just looked at it, so nobody is asked. */
export async function send(job: Job): Promise<void> {
  await done(() => post(`api/jobs/${job.job_id}/send`), `${placeName(job)}: on its way`);
}

/** Removes a draft, once the viewer is sure. */
export async function discard(job: Job): Promise<void> {
  const sure = await confirmed({
    title: `Discard the draft for ${placeName(job)}?`,
    body: <p>The draft and its PDF are deleted. It was not delivered.</p>,
    action: "Discard the draft",
    dangerous: true,
  });
  if (!sure) return;
  await done(
    () => post("api/jobs/delete", { ids: [job.job_id] }),
    () => {
      go(linkTo("jobs"));
      return `${placeName(job)}: draft discarded`;
    },
  );
}

/** Cancels a job, once the viewer is sure. */
export async function cancel(job: Job): Promise<void> {
  const sure = await confirmed({
    title: `Cancel the report for ${placeName(job)}?`,
    body: (
      <p>
        {statusOf(job) === "running"
          ? "The job is running and ends at its next step. An upload to a delivery target that has started is completed first; if it succeeds, the job completes."
          : "The job has not started and will not start."}{" "}
        It can be retried later.
      </p>
    ),
    action: "Cancel the job",
    dangerous: true,
  });
  if (!sure) return;
  await done(
    () => post<Job>(`api/jobs/${job.job_id}/cancel`),
    (now) =>
      now.stage === "cancelled"
        ? `${placeName(job)}: cancelled`
        : hasEnded(now)
          ? `${placeName(job)}: ${now.stage}; the cancel came too late`
          : `${placeName(job)}: cancel requested; an upload to a delivery target that has started is completed first`,
  );
}

/** Queues a job again. It undoes nothing and costs little, so nobody is asked. */
export async function retry(job: Job): Promise<void> {
  await done(() => post(`api/jobs/${job.job_id}/retry`), `${placeName(job)}: queued again`);
}

/** What a filter of the list narrows, as the service takes it, and the same in words. */
export interface Narrowing {
  readonly fields: Readonly<Record<string, string>>;
  readonly words: readonly string[];
}

/** Queues all failed jobs of a filter again, once the viewer is sure. */
export async function retryAll({ fields, words }: Narrowing): Promise<void> {
  const failed = words.length === 0 ? overview.value?.counts.failed : undefined;
  const sure = await confirmed({
    title: failed === undefined ? "Retry these failed jobs?" : `Retry ${many(failed, "failed job")}?`,
    body: (
      <>
        <p>
          {words.length === 0 ? "Every failed job" : `Every failed job that matches ${words.join(", ")}`} is queued
          again, with all attempts available.
        </p>
        <p>Each resumes at its last finished stage: what was rendered is not rendered again.</p>
      </>
    ),
    action: "Retry them all",
  });
  if (!sure) return;
  await done(
    () => post<{ readonly retried: number }>("api/jobs/retry", { ...fields, status: "failed" }),
    ({ retried }) => (retried === 0 ? "No failed job is left" : `${many(retried, "job")} queued again`),
  );
}

/** Stops anything new from being started, once the viewer is sure. */
export async function pause(): Promise<void> {
  const sure = await confirmed({
    title: "Pause the queue?",
    body: (
      <p>
        New requests are still accepted and stored. Running jobs finish; no other job starts, on any host, until the
        queue is resumed.
      </p>
    ),
    action: "Pause the queue",
  });
  if (sure) await switchQueue("pause", "The queue is paused");
}

/** Lets jobs be started again, once the viewer is sure. */
export async function resume(): Promise<void> {
  const queued = overview.value?.counts.queued ?? 0;
  const sure = await confirmed({
    title: "Resume the queue?",
    body: <p>{queued === 0 ? "No job is waiting to start." : `${many(queued, "job")} can be started at once.`}</p>,
    action: "Resume the queue",
  });
  if (sure) await switchQueue("resume", "The queue is resumed");
}

async function switchQueue(to: "pause" | "resume", said: string): Promise<void> {
  await done(
    () => post<{ readonly paused: { readonly since: string; readonly by: string } | null }>(`api/queue/${to}`),
    ({ paused }) => {
      if (overview.value !== null) overview.value = { ...overview.value, paused };
      return said;
    },
  );
}

async function done<T>(work: () => Promise<T>, say: string | ((response: T) => string)): Promise<void> {
  try {
    const response = await work();
    notify(typeof say === "string" ? say : say(response));
  } catch (error) {
    complain(error);
  }
}
