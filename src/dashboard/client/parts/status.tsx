import type { FunctionComponent } from "preact";
import type { Status } from "../../../queue/job.ts";
import type { ShownJob, ShownStage } from "../responses.ts";
import { CancelledIcon, CompletedIcon, FailedIcon, QueuedIcon, RunningIcon, WaitingIcon } from "./icons.tsx";

export type { Status };
export const STATUSES = [
  "queued",
  "running",
  "waiting",
  "completed",
  "failed",
  "cancelled",
] as const satisfies readonly Status[];
const ICONS: Readonly<Record<Status, FunctionComponent>> = {
  queued: QueuedIcon,
  running: RunningIcon,
  waiting: WaitingIcon,
  completed: CompletedIcon,
  failed: FailedIcon,
  cancelled: CancelledIcon,
};

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  queued: "Queued",
  running: "Running",
  waiting: "Waiting",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** How a job is, in the words of the list's filter. */
export function statusOf({ stage }: { readonly stage: ShownStage }): Status {
  return stage === "gathering" || stage === "rendering" || stage === "delivering" ? "running" : stage;
}

/** Whichever words its `status` has: AGENTLINK_STATUS_CONTRACT decides them. */
export function hasEnded({ stage }: { readonly stage: ShownStage }): boolean {
  return stage === "completed" || stage === "failed" || stage === "cancelled";
}

/** Its shape, its colour and its word each mean the same. */
export function StatusMark({ status, word }: { readonly status: Status; readonly word?: string }) {
  const Icon = ICONS[status];
  return (
    <span class={`status ${status}`}>
      <Icon />
      <span class="word">{word ?? STATUS_WORDS[status]}</span>
    </span>
  );
}

/** A job's status, and the stage of one that runs. */
export function JobStatus({ job }: { readonly job: Pick<ShownJob, "stage" | "draft"> }) {
  const status = statusOf(job);
  if (job.draft && status === "completed") return <StatusMark status={status} word="Draft" />;
  return <StatusMark status={status} word={status === "running" ? stageWord(job.stage) : STATUS_WORDS[status]} />;
}

export function stageWord(stage: ShownStage): string {
  return stage.slice(0, 1).toUpperCase() + stage.slice(1);
}
