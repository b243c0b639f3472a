import { useEffect, useRef } from "preact/hooks";
import { at, linkTo } from "../address.ts";
import { now } from "../clock.ts";
import { cancel, cancellable, retry, retryable } from "../operations.tsx";
import { CloseIcon, DocumentIcon, RetryIcon } from "../parts/icons.tsx";
import { Progress } from "../parts/progress.tsx";
import { JobStatus, statusOf } from "../parts/status.tsx";
import { Ago, TimesOf } from "../parts/time.tsx";
import type { ShownJob } from "../responses.ts";
import { maySubmit } from "../viewer.ts";
import { bytes, localityName, passing, span, waitsFor } from "../words.ts";
import type { JobRows } from "./list.ts";
import { useNarrow } from "./narrow.ts";
import { isPicked, toggle, toggleAll } from "./selection.ts";
import { useRowWindow } from "./window.ts";

/** The same as in the styles. */
const ROW_HEIGHT = 44;
const NARROW_ROW_HEIGHT = 64;
/** The next rows are requested this long before the last is in view. */
const AHEAD = 60;

/** All the jobs of a filter, of which those in view are drawn. */
export function JobTable({ rows, caption }: { readonly rows: JobRows; readonly caption: string }) {
  const scroller = useRef<HTMLElement>(null);
  const narrow = useNarrow();
  const jobs = rows.jobs.value;
  const phase = rows.phase.value;
  const { first, last, above, below } = useRowWindow(
    jobs.length,
    narrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT,
    () => scroller.current,
  );
  useEffect(() => {
    if (last >= jobs.length - AHEAD) rows.more();
  }, [rows, last, jobs.length, phase]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls what has the focus
    <section class="rows" data-count={jobs.length} ref={scroller} aria-label={caption} tabIndex={0}>
      <table class="jobs" aria-rowcount={phase === "all" ? jobs.length + 1 : -1} aria-busy={phase === "loading"}>
        <caption class="visually-hidden">{caption}</caption>
        <JobHead all={jobs.map(({ job_id }) => job_id)} />
        <tbody>
          <Space height={above} />
          {jobs.slice(first, last + 1).map((job, i) => (
            <JobRow key={job.job_id} job={job} number={first + i + 2} picks />
          ))}
          <Space height={below} />
        </tbody>
      </table>
    </section>
  );
}

/** `all`: what is picked by the box in the head; none unless given. */
function JobHead({ all }: { readonly all?: readonly string[] }) {
  return (
    <thead>
      <tr>
        {all !== undefined && (
          <th scope="col" class="row-select">
            <label>
              <span class="visually-hidden">Select all shown</span>
              <input type="checkbox" checked={all.length > 0 && all.every(isPicked)} onChange={() => toggleAll(all)} />
            </label>
          </th>
        )}
        <th scope="col" class="how">
          Status
        </th>
        <th scope="col" class="what">
          Suburb
        </th>
        <th scope="col" class="more">
          How it goes
        </th>
        <th scope="col" class="who">
          Client
        </th>
        <th scope="col" class="duration number">
          Took
        </th>
        <th scope="col" class="when">
          Accepted
        </th>
        <th scope="col" class="row-actions">
          <span class="visually-hidden">Actions</span>
        </th>
      </tr>
    </thead>
  );
}

function Space({ height }: { readonly height: number }) {
  if (height === 0) return null;
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it is empty, and no row can have the focus
  return <tr class="space" aria-hidden="true" style={{ height: `${height}px` }} />;
}

interface JobRowProps {
  readonly job: ShownJob;
  readonly number?: number;
  /** Whether it can be picked. */
  readonly picks?: boolean;
}

function JobRow({ job, number, picks = false }: JobRowProps) {
  return (
    <tr aria-rowindex={number} class={statusOf(job)}>
      {picks && (
        <td class="row-select">
          <label>
            <span class="visually-hidden">Select {localityName(job)}</span>
            <input type="checkbox" checked={isPicked(job.job_id)} onChange={() => toggle(job.job_id)} />
          </label>
        </td>
      )}
      <td class="how">
        <JobStatus job={job} />
      </td>
      <td class="what">
        <a class="row" href={linkTo(`jobs/${job.job_id}`)}>
          <span class="suburb">{job.suburb}</span> <span class="second">{[job.state, job.postcode].join(" ")}</span>
        </a>
        <span class="extra">
          <JobProgress job={job} />
        </span>
      </td>
      <td class="more">
        <JobProgress job={job} />
      </td>
      <td class="who">{job.client}</td>
      <td class="duration number">{took(job)}</td>
      <td class="when">
        <TimesOf locality={job}>
          <Ago at={job.created_at} />
        </TimesOf>
      </td>
      <td class="row-actions">
        <RowAction job={job} />
      </td>
    </tr>
  );
}

/** What matters about a job at a glance, which differs by status. */
function JobProgress({ job }: { readonly job: ShownJob }) {
  switch (statusOf(job)) {
    case "running":
      return job.waiting_for === null ? <Progress job={job} /> : waitsFor(job.waiting_for);
    case "waiting":
      return (
        <span class="truncated">
          {job.retry_at === null ? "again soon" : `again in ${passing((Date.parse(job.retry_at) - now.value) / 1_000)}`}
          {job.failure === null ? "" : `: ${job.failure.message}`}
        </span>
      );
    case "completed":
      return job.result === null ? null : (
        <>
          {job.result.pages} pages, {bytes(job.result.bytes)}
          {job.draft ? ", not sent" : ""}
        </>
      );
    case "failed":
      return <span class="truncated">{job.failure?.message}</span>;
    case "queued":
      return job.waiting_for === null ? null : waitsFor(job.waiting_for);
    case "cancelled":
      return null;
  }
}

/** The time its attempts took: what lies between two of them, such as the day before a retry, is not in it. */
function took(job: ShownJob): string {
  if (job.started_at === null) return "";
  if (job.attempt_started_at !== null)
    return passing(job.ran_seconds + (now.value - Date.parse(job.attempt_started_at)) / 1_000);
  return job.ended_at === null && job.ran_seconds === 0 ? "" : span(job.ran_seconds);
}

/** The one action that makes sense for a job in this state. */
export function RowAction({ job }: { readonly job: ShownJob }) {
  const name = localityName(job);
  if (job.result !== null && job.stage === "completed")
    return (
      <a
        class="quiet"
        href={at(`api/jobs/${job.job_id}/report.pdf`)}
        target="_blank"
        title="Open the PDF"
        aria-label={`PDF of ${name}`}
        rel="noopener"
      >
        <DocumentIcon />
      </a>
    );
  if (!maySubmit) return null;
  if (retryable(job))
    return (
      <button type="button" class="quiet" title="Retry" aria-label={`Retry ${name}`} onClick={() => retry(job)}>
        <RetryIcon />
      </button>
    );
  if (!cancellable(job)) return null;
  return (
    <button type="button" class="quiet" title="Cancel" aria-label={`Cancel ${name}`} onClick={() => cancel(job)}>
      <CloseIcon />
    </button>
  );
}
