import type { Client, Job, JobFilter } from "../client/client.ts";
import { type Asking, askService } from "./asking.ts";
import { table } from "./table.ts";

export interface JobsOptions {
  readonly config: Asking;
  readonly json: boolean;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Of the terminal; lines are not cut where there is none. */
  readonly columns?: number | undefined;
}

/** Prints jobs, newest first: a table, or with `json` a job a line. */
export function listJobs(
  filter: JobFilter,
  limit: number,
  { config, json, out, err, columns }: JobsOptions,
): Promise<void> {
  return askService(config, async (client) => {
    const jobs = await firstOf(client, filter, limit);
    if (json) for (const job of jobs) out(JSON.stringify(job));
    else if (jobs.length === 0) err("there are no such jobs");
    else for (const line of table(HEADS, jobs.map(row), columns)) out(line);
  });
}

async function firstOf(client: Client, filter: JobFilter, limit: number): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  for await (const job of client.each({ ...filter, limit: Math.min(limit, PAGE) })) {
    jobs.push(job);
    if (jobs.length === limit) break;
  }
  return jobs;
}

const PAGE = 200;
const HEADS = ["ID", "STAGE", "PLACE", "ACCEPTED", "TOOK", "TRIES", ""] as const;

function row(job: Job): readonly string[] {
  return [
    job.job_id,
    job.stage,
    placeOf(job),
    `${job.created_at.slice(0, 10)} ${job.created_at.slice(11, 19)}`,
    tookOf(job),
    String(job.attempts),
    job.error?.message ?? job.waiting_for ?? job.result?.delivered_to ?? "",
  ];
}

export function placeOf({ suburb, state, postcode }: Pick<Job, "suburb" | "state" | "postcode">): string {
  return [suburb, state, postcode].filter((part) => part !== null).join(" ");
}

function tookOf({ started_at: from, ended_at: to }: Job): string {
  if (from === null || to === null) return "-";
  const seconds = (Date.parse(to) - Date.parse(from)) / 1_000;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}

/** Does something to each of these jobs, all of them even where one refuses. Answers whether none did. */
export async function changeJobs(
  what: "cancel" | "retry",
  ids: readonly string[],
  { config, json, out, err }: JobsOptions,
): Promise<boolean> {
  let good = true;
  for (const id of ids) {
    try {
      const job = await askService(config, (client) => client[what](id));
      out(json ? JSON.stringify(job) : `${id}  ${what === "cancel" ? cancelledAs(job) : job.stage}`);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      good = false;
      err(`agentlink: ${error.message}`);
    }
  }
  return good;
}

/** A running job ends at its next step. */
function cancelledAs({ stage }: Job): string {
  return stage === "cancelled" ? stage : `${stage}, is being cancelled`;
}

const REFUSALS: ReadonlySet<unknown> = new Set(["unknown_job", "job_not_cancellable", "job_not_retryable"]);

function isRefusal(error: unknown): error is Error {
  return error instanceof Error && "code" in error && REFUSALS.has(error.code);
}
