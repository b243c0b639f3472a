import { progressOf } from "../live.ts";
import type { ShownJob } from "../responses.ts";

/** How far a job is, as far as it is known. */
export function Progress({ job }: { readonly job: Pick<ShownJob, "job_id" | "progress" | "stage"> }) {
  const latest = progressOf(job.job_id).value;
  const percent = latest !== null && latest.progress > job.progress ? latest.progress : job.progress;
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
