import type { Client, Job, JobFilter } from "../client/client.ts";
import { visibleLine } from "../host/visible-text.ts";
import { table } from "./table.ts";
import { type ServiceAddress, withService } from "./with-service.ts";

export interface JobsOptions {
  readonly config: ServiceAddress;
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
  return withService(config, async (client) => {
    const jobs = await firstOf(client, filter, limit);
    if (json) for (const job of jobs) out(JSON.stringify(job));
    else if (jobs.length === 0) err("there are no such jobs");
    else for (const line of tableOf(jobs, columns)) out(line);
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
    remarkOf(job),
  ];
}

/** Where the terminal is too narrow for the whole of it: short ids, and what is to be said of a job on lines of its own. */
function tableOf(jobs: readonly Job[], columns = Number.POSITIVE_INFINITY): readonly string[] {
  const whole = table(HEADS, jobs.map(row));
  if (whole.every((line) => line.length <= columns)) return whole;
  const short = jobs.map(({ job_id }) => job_id.slice(-SHORT_ID));
  const ids = new Set(short).size === jobs.length ? short : jobs.map(({ job_id }) => job_id);
  const rows = jobs.map((job, at) => [
    ids[at] ?? "",
    job.stage,
    placeOf(job),
    `${job.created_at.slice(5, 10)} ${job.created_at.slice(11, 16)}`,
    tookOf(job),
  ]);
  const [head = "", ...lines] = table(["ID", "STAGE", "PLACE", "ACCEPTED", "TOOK"], rows, columns);
  const indent = " ".repeat((ids[0]?.length ?? 0) + 2);
  return [head, ...jobs.flatMap((job, at) => [lines[at] ?? "", ...wrapped(remarkOf(job), indent, columns)])];
}

/** As many characters as the names of delivered files have of it. */
const SHORT_ID = 8;

function remarkOf(job: Job): string {
  if (job.draft && job.stage === "completed") return "draft, not sent";
  return visibleLine(job.failure?.message ?? job.waiting_for ?? job.result?.delivered_to ?? "");
}

/** The text on as many lines as it takes, broken between words; a word that is longer than a line is cut. */
function wrapped(text: string, indent: string, columns: number): readonly string[] {
  const room = Math.max(20, columns - indent.length);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    for (let rest = word; rest !== ""; rest = rest.slice(room)) {
      const piece = rest.slice(0, room);
      if (line !== "" && line.length + 1 + piece.length > room) {
        lines.push(line);
        line = "";
      }
      line = line === "" ? piece : `${line} ${piece}`;
    }
  }
  if (line !== "") lines.push(line);
  return lines.map((each) => indent + each);
}

export function placeOf({ suburb, state, postcode }: Pick<Job, "suburb" | "state" | "postcode">): string {
  return [suburb, state, postcode].filter((part) => part !== null).join(" ");
}

/** The time its attempts ran, without what lies between them. */
function tookOf({ started_at: from, ended_at: to, ran_seconds: seconds }: Job): string {
  if (from === null || to === null) return "-";
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}

/** Does something to each of these jobs, all of them even where one refuses. Returns whether none did. */
export async function changeJobs(
  what: "cancel" | "retry" | "send",
  ids: readonly string[],
  { config, json, out, err }: JobsOptions,
): Promise<boolean> {
  let good = true;
  for (const id of ids) {
    try {
      const job = await withService(config, (client) => client[what](id));
      if (what === "cancel" && tooLate(job)) {
        good = false;
        err(`agentlink: the cancel of ${id} came too late: the job has ${job.status}`);
      }
      out(json ? JSON.stringify(job) : `${id}  ${what === "cancel" ? cancelledAs(job) : job.stage}`);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      good = false;
      err(`agentlink: ${error.message}`);
    }
  }
  return good;
}

function tooLate({ stage }: Job): boolean {
  return stage === "completed" || stage === "failed";
}

/** A running job ends at its next step. */
function cancelledAs({ stage }: Job): string {
  return stage === "cancelled" ? stage : `${stage}, is being cancelled`;
}

const REFUSALS: ReadonlySet<unknown> = new Set([
  "unknown_job",
  "ambiguous_id",
  "job_not_cancellable",
  "job_not_retryable",
  "job_not_sendable",
]);

function isRefusal(error: unknown): error is Error {
  return error instanceof Error && "code" in error && REFUSALS.has(error.code);
}
