import type { Job } from "../answers.ts";
import { progressOf } from "../live.ts";

/** How far a job is, as far as has been told. */
export function Progress({ job }: { readonly job: Pick<Job, "job_id" | "progress" | "stage"> }) {
  const told = progressOf(job.job_id).value;
  const percent = told !== null && told.progress > job.progress ? told.progress : job.progress;
  return <ProgressBar percent={percent} label={`Progress of job ${job.job_id}`} />;
}

export function ProgressBar({ percent, label }: { readonly percent: number; readonly label: string }) {
  return (
    <span class="progress">
      <progress value={percent} max={100} aria-label={label} />
      <span class="figure">{percent} %</span>
    </span>
  );
}
