import { linkTo } from "../address.ts";
import { now } from "../clock.ts";
import { progressOf } from "../live.ts";
import { ProgressBar } from "../parts/progress.tsx";
import { hasEnded, stageWord, statusOf } from "../parts/status.tsx";
import type { ShownJob } from "../responses.ts";
import { mayOperate } from "../viewer.ts";
import { asSentence, number, passing, span, waitsFor } from "../words.ts";
import { messages } from "./messages.tsx";

const STAGES = ["gathering", "rendering", "delivering"] as const;

/** Where a job that has not ended is, or why it failed. */
export function Now({ job }: { readonly job: ShownJob }) {
  const latest = progressOf(job.job_id).value;
  const status = statusOf(job);
  if (job.failure !== null && (status === "failed" || status === "waiting"))
    return (
      <section class="callout bad" aria-labelledby="why">
        <h2 id="why">{status === "failed" ? "Why it failed" : "Why it waits"}</h2>
        <p>{asSentence(job.failure.message)}</p>
        {job.failure.code === "no_data" && mayOperate && (
          <p>
            <a class="button primary" href={linkTo("catalogue/import", localityOf(job))}>
              Add data for {job.suburb}
            </a>
          </p>
        )}
        <p class="second">
          <code>{job.failure.code}</code>
          {job.retry_at !== null && <> · next attempt in {passing((Date.parse(job.retry_at) - now.value) / 1_000)}</>}
        </p>
      </section>
    );
  if (hasEnded(job)) return null;
  const percent = latest !== null && latest.progress > job.progress ? latest.progress : job.progress;
  const stage = latest !== null && latest.progress > job.progress ? latest.stage : job.stage;
  return (
    <section class="callout" aria-label="Progress">
      <ol class="stages">
        {STAGES.map((each) => (
          <li
            key={each}
            aria-current={each === stage ? "step" : undefined}
            class={isPast(each, stage) ? "past" : undefined}
          >
            {stageWord(each)}
          </li>
        ))}
      </ol>
      <ProgressBar percent={percent} label="Progress" />
      <p class="second">{wordsOf(job, latest)}</p>
    </section>
  );
}

function localityOf({ suburb, state, postcode }: ShownJob): Readonly<Record<string, string>> {
  return { suburb, state, postcode: postcode ?? "" };
}

function isPast(stage: (typeof STAGES)[number], current: string): boolean {
  return STAGES.indexOf(stage) < STAGES.indexOf(current as (typeof STAGES)[number]);
}

function wordsOf(
  job: ShownJob,
  latest: { readonly section: string | null; readonly waiting_for: string | null } | null,
): string {
  const waits = latest?.waiting_for ?? job.waiting_for;
  const parts = [
    ...(waits === null ? [] : [waitsFor(waits)]),
    ...(job.queue_position === null
      ? []
      : [job.queue_position === 1 ? messages.nextInQueue : messages.numberInQueue(number(job.queue_position))]),
    ...(latest?.section == null || waits !== null ? [] : [latest.section]),
    ...(job.eta_seconds === null ? [] : [`done in about ${span(job.eta_seconds)}`]),
  ];
  return parts.join(" · ");
}
