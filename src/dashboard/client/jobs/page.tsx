/*
 * The page of all jobs: search, filters, saved views, and actions on many jobs at once.
 * The filter is the page's address, so that it can be shared and gone back to.
 * Not here: other pages.
 */

import { useEffect, useMemo } from "preact/hooks";
import { at, linkTo, type PageProps } from "../address.ts";
import { retryAll } from "../operations.tsx";
import { FirstReport } from "../parts/first-report.tsx";
import { DocumentIcon, RetryIcon } from "../parts/icons.tsx";
import { rowsToReturnTo } from "../spot.ts";
import { zoneChoice, zoneFor } from "../time-zone.ts";
import { maySubmit } from "../viewer.ts";
import { many } from "../words.ts";
import { SelectionBar } from "./bar.tsx";
import { asQuery, describe, isNarrowed, type JobListFilter, narrowing, parseFilter } from "./filter.ts";
import { Filters } from "./filters.tsx";
import { type JobRows, openRows } from "./list.ts";
import { messages } from "./messages.tsx";
import { unpick } from "./selection.ts";
import { JobTable } from "./table.tsx";
import { Views } from "./views.tsx";

/** Every job, found by what one knows of it. */
export function Page({ query }: PageProps) {
  const address = query.toString();
  const filter = useMemo(() => parseFilter(new URLSearchParams(address)), [address]);
  const rows = useMemo(() => openRows(filter, { atLeast: rowsToReturnTo() }), [filter]);
  useEffect(() => () => rows.close(), [rows]);
  useEffect(() => unpick(), [filter]);
  const showsFailed = filter.statuses.length === 0 || filter.statuses.includes("failed");
  const failed = rows.jobs.value.some(({ status }) => status === "failed");
  return (
    <>
      <div class="heading">
        <h1>{describe(filter)}</h1>
        <Count rows={rows} />
        <div class="actions">
          {maySubmit && showsFailed && failed && (
            <button type="button" class="button" onClick={() => retryAll(narrowing(filter))}>
              <RetryIcon />
              Retry all failed
            </button>
          )}
          {rows.jobs.value.length > 0 && <Tables filter={filter} />}
        </div>
      </div>
      <Views filter={filter} />
      <Filters filter={filter} />
      <SelectionBar filter={filter} rows={rows} />
      {rows.problem.value !== null && (
        <p class="error-text" role="alert">
          {rows.problem.value}
        </p>
      )}
      {rows.phase.value === "all" && rows.jobs.value.length === 0 ? (
        <Nothing filter={filter} />
      ) : (
        <JobTable rows={rows} caption={describe(filter)} />
      )}
    </>
  );
}

function Nothing({ filter }: { readonly filter: JobListFilter }) {
  if (!isNarrowed(filter)) return <FirstReport />;
  return (
    <div class="empty">
      <h2>No job matches</h2>
      <p>{messages.howToSearch}</p>
      <a class="button" href={linkTo("jobs")}>
        Show all jobs
      </a>
    </div>
  );
}

/** What is shown, all of it, for a spreadsheet. */
function Tables({ filter }: { readonly filter: JobListFilter }) {
  const query = asQuery(filter);
  query.set("time_zone", zoneChoice.value === "suburb" ? "suburb" : zoneFor().timeZone);
  return (["csv", "xlsx"] as const).map((type) => (
    <a key={type} class="button small" href={at(`api/jobs.${type}?${query}`)} download>
      <DocumentIcon />
      {type === "csv" ? "CSV" : "Excel"}
      <span class="visually-hidden"> {messages.ofMatchingJobs}</span>
    </a>
  ));
}

/** How many there are, as far as they have been read. Not announced: it changes all the time. */
function Count({ rows }: { readonly rows: JobRows }) {
  const { length } = rows.jobs.value;
  if (rows.phase.value === "loading" || length === 0) return null;
  return (
    <span class="count">{rows.phase.value === "all" ? many(length, "job") : `the latest ${many(length, "job")}`}</span>
  );
}
