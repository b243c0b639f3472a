import { linkTo } from "../address.ts";
import { connection, progressOf } from "../live.ts";
import { ProgressBar } from "../parts/progress.tsx";
import { StatusMark, stageWord } from "../parts/status.tsx";
import { Since } from "../parts/time.tsx";
import type { ShownOverview } from "../responses.ts";
import { localityName, many, waitsFor } from "../words.ts";
import { messages } from "./messages.tsx";
import { problemsOf } from "./problems.ts";

/** Why nothing runs, and what would happen next, as far as it is known. */
function nothingRuns(figures: ShownOverview | null): string {
  if (figures === null) return "…";
  if (connection.value !== "live") return messages.runningUnknown;
  if (figures.paused !== null) return messages.nothingWhilePaused;
  const { queued, waiting } = figures.counts;
  if (queued > 0) return `Nothing yet: ${many(queued, "job is", "jobs are")} queued.`;
  if (waiting > 0) return messages.nothingButWaiting(many(waiting, "job waits", "jobs wait"));
  return problemsOf(figures).length > 0 ? "Nothing." : messages.nothingRunning;
}

/** What is being worked on, and how far each is. */
export function Running({ figures }: { readonly figures: ShownOverview | null }) {
  const running = figures?.running ?? [];
  return (
    <section class="panel" aria-labelledby="running-now">
      <h2 id="running-now">Running now</h2>
      {running.length === 0 ? (
        <p class="hint">{nothingRuns(figures)}</p>
      ) : (
        <table class="plain-table running">
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">Suburb</th>
              <th scope="col" class="wide">
                Progress
              </th>
              <th scope="col" class="number">
                For
              </th>
            </tr>
          </thead>
          <tbody>
            {running.map((job) => (
              <RunningRow key={job.job_id} job={job} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function RunningRow({ job }: { readonly job: ShownOverview["running"][number] }) {
  const live = progressOf(job.job_id).value;
  // Both come from the same service, each when it changes: the one that is further is the newer one.
  const latest = live !== null && live.progress >= job.progress ? live : job;
  return (
    <tr>
      <td>
        <StatusMark status="running" word={stageWord(latest.stage)} />
      </td>
      <td>
        <a href={linkTo(`jobs/${job.job_id}`)}>{localityName(job)}</a> <span class="second">{job.client}</span>
      </td>
      <td class="wide">
        {latest.waiting_for === null ? (
          <>
            <ProgressBar percent={latest.progress} label={`Progress of ${localityName(job)}`} />
            <span class="second section">{latest.section}</span>
          </>
        ) : (
          <span class="second">{waitsFor(latest.waiting_for)}</span>
        )}
      </td>
      <td class="number">{job.started_at !== null && <Since at={job.started_at} />}</td>
    </tr>
  );
}
