import { linkTo } from "../address.ts";
import type { Overview } from "../answers.ts";
import { progressOf } from "../live.ts";
import { ProgressBar } from "../parts/progress.tsx";
import { StatusMark, stageWord } from "../parts/status.tsx";
import { Since } from "../parts/time.tsx";
import { placeName, waitsFor } from "../words.ts";

interface RunningProps {
  readonly running: Overview["running"];
  readonly paused: boolean;
}

/** What is being worked on, and how far each is. */
export function Running({ running, paused }: RunningProps) {
  return (
    <section class="panel" aria-labelledby="running-now">
      <h2 id="running-now">Running now</h2>
      {running.length === 0 ? (
        <p class="hint">{paused ? "Nothing, as the queue is paused." : "Nothing. The next job starts at once."}</p>
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

function RunningRow({ job }: { readonly job: Overview["running"][number] }) {
  const told = progressOf(job.job_id).value;
  // Both come from the same service, each when it has something to tell: the one that is further is the newer.
  const latest = told !== null && told.progress >= job.progress ? told : job;
  return (
    <tr>
      <td>
        <StatusMark status="running" word={stageWord(latest.stage)} />
      </td>
      <td>
        <a href={linkTo(`jobs/${job.job_id}`)}>{placeName(job)}</a> <span class="second">{job.client}</span>
      </td>
      <td class="wide">
        {latest.waiting_for === null ? (
          <>
            <ProgressBar part={latest.progress} label={`Progress of ${placeName(job)}`} />
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
