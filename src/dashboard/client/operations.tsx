import { go, linkTo } from "./address.ts";
import { post } from "./api.ts";
import { overview } from "./live.ts";
import { messages } from "./messages.ts";
import { confirmed } from "./parts/confirm.tsx";
import { notify, notifyError } from "./parts/notices.tsx";
import { hasEnded, statusOf } from "./parts/status.tsx";
import type { ShownJob } from "./responses.ts";
import { localityName, many } from "./words.ts";

export function cancellable(job: ShownJob): boolean {
  return !hasEnded(job);
}

export function retryable(job: ShownJob): boolean {
  return job.stage === "failed" || job.stage === "cancelled";
}

/** Waits for its next attempt, which can be made at once. */
export function retryableNow(job: ShownJob): boolean {
  return job.stage === "waiting";
}

/** A draft that is rendered and was not delivered. */
export function sendable(job: ShownJob): boolean {
  return job.draft && job.stage === "completed";
}

/** Delivers a draft as it is. The person has just seen it, so there is no confirmation. */
export async function send(job: ShownJob): Promise<void> {
  await done(() => post(`api/jobs/${job.job_id}/send`), `${localityName(job)}: on its way`);
}

/** Removes a draft, once the viewer is sure. */
export async function discard(job: ShownJob): Promise<void> {
  const sure = await confirmed({
    title: messages.discardTitle(localityName(job)),
    body: <p>{messages.discardConsequence}</p>,
    action: "Discard the draft",
    dangerous: true,
  });
  if (!sure) return;
  await done(
    () => post("api/jobs/delete", { ids: [job.job_id] }),
    () => {
      go(linkTo("jobs"));
      return `${localityName(job)}: draft discarded`;
    },
  );
}

/** Cancels a job, once the viewer is sure. */
export async function cancel(job: ShownJob): Promise<void> {
  const sure = await confirmed({
    title: messages.cancelTitle(localityName(job)),
    body: (
      <p>
        {statusOf(job) === "running" ? messages.cancelRunning : messages.cancelQueued} {messages.canBeRetried}
      </p>
    ),
    action: "Cancel the job",
    dangerous: true,
  });
  if (!sure) return;
  await done(
    () => post<ShownJob>(`api/jobs/${job.job_id}/cancel`),
    (now) =>
      now.stage === "cancelled"
        ? `${localityName(job)}: cancelled`
        : hasEnded(now)
          ? messages.cancelCameTooLate(localityName(job), now.stage)
          : messages.cancelRequested(localityName(job)),
  );
}

/** Queues a job again. It undoes nothing and costs little, so there is no confirmation. */
export async function retry(job: ShownJob): Promise<void> {
  await done(() => post(`api/jobs/${job.job_id}/retry`), `${localityName(job)}: queued again`);
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
    title: failed === undefined ? messages.retryTitle : `Retry ${many(failed, "failed job")}?`,
    body: (
      <>
        <p>
          {failed === 1
            ? "The failed job"
            : words.length === 0
              ? "Every failed job"
              : messages.everyMatchingJob(words.join(", "))}{" "}
          {messages.queuedAgain}
        </p>
        <p>{messages.resumesAtLastStage}</p>
      </>
    ),
    action: failed === 1 ? "Retry the job" : "Retry them all",
  });
  if (!sure) return;
  await done(
    () => post<{ readonly retried: number }>("api/jobs/retry", { ...fields, status: "failed" }),
    ({ retried }) => (retried === 0 ? messages.noFailedJobLeft : `${many(retried, "job")} queued again`),
  );
}

/** Stops anything new from being started, once the viewer is sure. */
export async function pause(): Promise<void> {
  const sure = await confirmed({
    title: "Pause the queue?",
    body: <p>{messages.pauseConsequence}</p>,
    action: "Pause the queue",
  });
  if (sure) await switchQueue("pause", messages.queuePaused);
}

/** Lets jobs be started again, once the viewer is sure. */
export async function resume(): Promise<void> {
  const queued = overview.value?.counts.queued ?? 0;
  const sure = await confirmed({
    title: "Resume the queue?",
    body: <p>{queued === 0 ? messages.noneWaiting : messages.canStart(many(queued, "job"))}</p>,
    action: "Resume the queue",
  });
  if (sure) await switchQueue("resume", messages.queueResumed);
}

async function switchQueue(to: "pause" | "resume", notice: string): Promise<void> {
  await done(
    () => post<{ readonly paused: { readonly since: string; readonly by: string } | null }>(`api/queue/${to}`),
    ({ paused }) => {
      if (overview.value !== null) overview.value = { ...overview.value, paused };
      return notice;
    },
  );
}

async function done<T>(work: () => Promise<T>, notice: string | ((response: T) => string)): Promise<void> {
  try {
    const response = await work();
    notify(typeof notice === "string" ? notice : notice(response));
  } catch (error) {
    notifyError(error);
  }
}
