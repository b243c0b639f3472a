import { useEffect, useMemo } from "preact/hooks";
import { linkTo } from "../address.ts";
import { parseFilter } from "../jobs/filter.ts";
import { openRows } from "../jobs/list.ts";
import { RowAction } from "../jobs/table.tsx";
import { JobStatus } from "../parts/status.tsx";
import { Ago, TimesOf } from "../parts/time.tsx";
import { bytes, localityName } from "../words.ts";

const SHOWN = 6;

interface LatestProps {
  readonly title: string;
  readonly status: "failed" | "completed";
  /** What is shown if there are none. */
  readonly none: string;
}

/** The last few jobs that ended so, by their end. */
export function Latest({ title, status, none }: LatestProps) {
  const rows = useMemo(
    () => openRows(parseFilter(new URLSearchParams({ status })), { pageSize: SHOWN, order: "ended" }),
    [status],
  );
  useEffect(() => () => rows.close(), [rows]);
  const jobs = rows.jobs.value.slice(0, SHOWN);
  const heading = `latest-${status}`;
  return (
    <section class="panel" aria-labelledby={heading}>
      <h2 id={heading}>
        {title}
        {jobs.length > 0 && (
          <a class="all" href={linkTo("jobs", { status })}>
            All<span class="visually-hidden"> {status} jobs</span>
          </a>
        )}
      </h2>
      {jobs.length === 0 ? (
        <p class="hint">{rows.phase.value === "loading" ? "…" : none}</p>
      ) : (
        <ul class="latest">
          {jobs.map((job) => (
            <li key={job.job_id}>
              <JobStatus job={job} />
              <a class="row" href={linkTo(`jobs/${job.job_id}`)}>
                {localityName(job)}
              </a>
              <span class="second truncated">
                {job.failure?.message ??
                  (job.result === null ? "" : `${job.result.pages} pages, ${bytes(job.result.bytes)}`)}
              </span>
              <span class="second when">
                <TimesOf locality={job}>
                  <Ago at={job.ended_at ?? job.created_at} />
                </TimesOf>
              </span>
              <RowAction job={job} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
