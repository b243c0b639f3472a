// The words and numbers by which the service that this one replaces reported where a job is: docs/migrate-from-rq.md.
import type { Job, Stage } from "../queue/job.ts";
import { requestOf } from "../queue/request.ts";

/** What is known of a job while it runs. */
export interface LiveJob {
  /** 0–1 over the whole job. */
  readonly progress: number;
  /** The part of the document that is being made. */
  readonly section: string | null;
  /** The kind of the document that is being rendered or delivered. */
  readonly document?: string | null;
}

/** "v1": every word of the old service; "v2": the one for all that has not ended. */
export type StatusContract = "v1" | "v2";

const OLD_PROGRESS = {
  processing: 10,
  fetching_agents_data: 30,
  fetching_agency_data: 30,
  generating_commission_pdf: 45,
  generating_pdf: 60,
  uploading_to_dropbox: 85,
  creating_completed_pdf: 92,
  completed: 100,
  failed: 0,
} as const satisfies Readonly<Record<string, number>>;
type OldWord = keyof typeof OLD_PROGRESS;

export const STATUS_WORDS = [...(Object.keys(OLD_PROGRESS) as OldWord[]), "cancelled"] as const;
export type StatusWord = (typeof STATUS_WORDS)[number];

/** How much of a job is done that waits, by the stage it continues from: what is queued for the first time has no more. */
const WAITS: Readonly<Record<Stage, number>> = { gathering: 10, rendering: 45, delivering: 85 };
/** Where another host runs it. */
const BEGINS: Readonly<Record<Stage, number>> = { gathering: 30, rendering: 45, delivering: 85 };

/** A job's status, and how far it is: a whole number of 0 to 100, that only grows until it fails. */
export function statusOf(
  job: Job,
  running: Pick<LiveJob, "progress" | "document"> | null,
  contract: StatusContract = "v2",
): { readonly status: StatusWord; readonly progress: number } {
  const word = wordOf(job, running?.document ?? null);
  if (contract === "v1") return { status: word, progress: OLD_PROGRESS[word] };
  if (job.status === "completed" || job.status === "failed" || job.status === "cancelled")
    return { status: job.status, progress: job.status === "completed" ? 100 : 0 };
  return { status: "processing", progress: progressOf(job, running) };
}

function progressOf({ status, stage, startedAt }: Job, running: Pick<LiveJob, "progress"> | null): number {
  if (status !== "running") return startedAt === null ? OLD_PROGRESS.processing : WAITS[stage];
  return running === null ? BEGINS[stage] : percentOf(running.progress);
}

/** Of what runs: 99 is the most of what is not done. */
export function percentOf(progress: number): number {
  // A sum of fractions may lack its last digit.
  return Math.min(99, Math.max(0, Math.floor(progress * 100 + 1e-6)));
}

function wordOf({ status, stage, startedAt, request }: Job, document: string | null): OldWord {
  if (status === "completed") return "completed";
  // The old service knew no cancel: a client that waits for an end gets one.
  if (status === "failed" || status === "cancelled") return "failed";
  if (startedAt === null) return "processing";
  if (stage === "delivering") return document === "complete" ? "creating_completed_pdf" : "uploading_to_dropbox";
  if (stage === "rendering" && document === "commission") return "generating_commission_pdf";
  if (stage === "rendering" && (document !== null || status === "running")) return "generating_pdf";
  return requestOf(request).report === "agency" ? "fetching_agency_data" : "fetching_agents_data";
}

/** 0–1 of a job's time, by its progress: some of the numbers that old clients know take no time at all. */
const DONE_BY: readonly (readonly [progress: number, done: number])[] = [
  [0, 0],
  [30, 0],
  [45, 0.1],
  [60, 0.1],
  [85, 0.9],
  [100, 1],
];

/** How much of a job's time is over. */
export function timeShare(progress: number): number {
  const next = Math.max(
    1,
    DONE_BY.findIndex(([at]) => at >= progress),
  );
  const [from, before] = DONE_BY[next - 1] ?? [0, 0];
  const [to, after] = DONE_BY[next] ?? [100, 1];
  return before + ((after - before) * (progress - from)) / (to - from);
}
