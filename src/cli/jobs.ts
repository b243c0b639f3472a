import type { ApiJob, Client, JobFilter } from "../client/client.ts";
import { visibleLine } from "../text/visible-text.ts";
import { ageOf, clockOf, type TimePrinter, timesIn } from "./clock.ts";
import { confirmed } from "./confirm.ts";
import { messages } from "./messages.ts";
import { table } from "./table.ts";
import { type ServiceAddress, withService } from "./with-service.ts";

export interface JobsOptions {
  readonly config: ServiceAddress;
  readonly json: boolean;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Of the terminal; undefined where there is none. */
  readonly columns?: number | undefined;
  /** Whether stages have colours, in lines that go to `paint` then. */
  readonly colour?: boolean;
  /** Writes a line whose texts are visible already, with its colours; `out` where it is left out. */
  readonly paint?: (line: string) => void;
  /** What prints times; the machine's clock where it is left out. */
  readonly clock?: TimePrinter;
}

/** Prints jobs, newest first: a table, or with `json` a job a line. */
export function listJobs(
  filter: JobFilter,
  limit: number,
  { config, clock = clockOf({ timeZone: null }), json, out, err, columns, colour = false, paint = out }: JobsOptions,
): Promise<void> {
  return withService(config, async (client) => {
    const jobs = await firstOf(client, filter, limit);
    if (json) for (const job of jobs) out(JSON.stringify(job));
    else if (jobs.length === 0) err(whyNone(filter, await firstOf(client, {}, PAGE)));
    else if (columns === undefined) for (const line of wholeTable(jobs, clock)) out(line);
    // Each of its texts was made visible; what the colours are made of must reach the terminal as it is.
    else for (const line of shortTable(jobs, clock, columns, colour)) (colour ? paint : out)(line);
  });
}

async function firstOf(client: Client, filter: JobFilter, limit: number): Promise<readonly ApiJob[]> {
  const jobs: ApiJob[] = [];
  for await (const job of client.each({ ...filter, limit: Math.min(limit, PAGE) })) {
    jobs.push(job);
    if (jobs.length === limit) break;
  }
  return jobs;
}

const PAGE = 200;

/** A code or a client that none of the latest jobs has is often a typing error: those that they have are named. */
function whyNone({ error_code: code, client }: JobFilter, latest: readonly ApiJob[]): string {
  const codes = new Set(latest.flatMap(({ failure }) => failure?.code ?? []));
  const clients = new Set(latest.flatMap((job) => job.client ?? []));
  if (latest.length === 0) return messages.noJobsYet;
  if (code !== undefined && !codes.has(code)) return messages.noJobWithCode(code, [...codes].sort().join(", "));
  if (client !== undefined && !clients.has(client))
    return messages.noJobOfClient(client, [...clients].sort().join(", "));
  return messages.noJobListed;
}

/** Off a terminal: a line a job, with all of it, for programs and for eyes that scroll. */
function wholeTable(jobs: readonly ApiJob[], clock: TimePrinter): readonly string[] {
  const rows = jobs.map((job) => [
    job.job_id,
    job.stage,
    localityOf(job),
    clock(job.created_at, job),
    tookOf(job),
    String(job.attempts),
    remarkOf(job, clock),
  ]);
  return table(["ID", "STAGE", "SUBURB", "ACCEPTED", "TOOK", "ATTEMPTS", ""], rows);
}

/**
 * On a terminal: short ids and ages, the suburb cut where the line would be too long for it, and what is to be shown of a
 * job behind it, or where the terminal is too narrow for that on lines of its own.
 */
function shortTable(jobs: readonly ApiJob[], clock: TimePrinter, columns: number, colour: boolean): readonly string[] {
  const short = jobs.map(({ job_id }) => job_id.slice(-SHORT_ID));
  const ids = new Set(short).size === jobs.length ? short : jobs.map(({ job_id }) => job_id);
  const heads = ["ID", "STAGE", "SUBURB", "AGE", "TOOK", "ATTEMPTS"];
  const rows = jobs.map((job, at) => [
    ids[at] ?? "",
    job.stage,
    localityOf(job),
    ageOf(job.created_at),
    tookOf(job),
    String(job.attempts),
  ]);
  const remarks = jobs.map((job) => remarkOf(job, clock));
  const [head = "", ...lines] = table(heads, rows, { width: columns, shrinks: SUBURB });
  const widest = Math.max(0, ...lines.map((line) => line.length));
  const fits = remarks.every((remark) => widest + 2 + remark.length <= columns);
  const indent = " ".repeat((ids[0]?.length ?? 0) + 2);
  const shown = (line: string, { stage }: ApiJob) => (colour ? coloured(line, stage) : line);
  return [
    head,
    ...jobs.flatMap((job, at) => {
      const line = shown(lines[at] ?? "", job);
      const remark = remarks[at] ?? "";
      if (remark === "") return [line];
      if (fits) return [line + " ".repeat(widest + 2 - (lines[at]?.length ?? 0)) + remark];
      return [line, ...wrapped(remark, indent, columns)];
    }),
  ];
}

/** The column that gives way. */
const SUBURB = 2;

const COLOURS: Readonly<Record<string, number>> = { completed: 32, failed: 31, waiting: 33, cancelled: 90 };

/** The line with its stage in the colour of the job's result; running jobs have none. */
function coloured(line: string, stage: string): string {
  const colour = COLOURS[stage];
  return colour === undefined ? line : line.replace(`  ${stage}`, `  \u001b[${colour}m${stage}\u001b[0m`);
}

/** As many characters as the names of delivered files have of it. */
const SHORT_ID = 8;

/** What matters about a job, which differs by stage. */
function remarkOf(job: ApiJob, clock: TimePrinter): string {
  return visibleLine(timesIn(remarkIn(job) ?? "", clock, job));
}

function remarkIn(job: ApiJob): string | null | undefined {
  const { stage, failure, waiting_for, retry_at, queue_position, progress, draft, result } = job;
  switch (stage) {
    case "failed":
      return failure?.message;
    case "completed":
      return draft ? "draft, not sent" : result?.delivered_to;
    case "cancelled":
      return null;
    case "waiting":
      return [retryWords(retry_at, waiting_for), failure?.message].filter(Boolean).join(": ");
    case "queued":
      return waiting_for ?? (queue_position === null ? null : `${queue_position} in the queue`);
    default:
      return waiting_for ?? `${progress} %`;
  }
}

function retryWords(retryAt: string | null, waitingFor: string | null): string | null {
  // The reason contains the time, if it is more than the time.
  if (waitingFor !== null && !waitingFor.startsWith("backing off")) return waitingFor;
  if (retryAt === null) return waitingFor;
  const seconds = Math.ceil((Date.parse(retryAt) - Date.now()) / 1_000);
  return seconds <= 0 ? "next attempt now" : `next attempt in ${ageOf(new Date(0).toISOString(), seconds * 1_000)}`;
}

/** The text on as many lines as it takes, broken between words; a word that is longer than a line is cut. */
export function wrapped(text: string, indent: string, columns: number): readonly string[] {
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

export function localityOf({ suburb, state, postcode }: Pick<ApiJob, "suburb" | "state" | "postcode">): string {
  return [suburb, state, postcode].filter((part) => part !== null).join(" ");
}

/** The time its attempts ran, without what lies between them. */
function tookOf({ started_at: from, ended_at: to, ran_seconds: seconds }: ApiJob): string {
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
        err(messages.tooLateToCancel(id, job.status));
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

function tooLate({ stage }: ApiJob): boolean {
  return stage === "completed" || stage === "failed";
}

/** A running job ends at its next step. */
function cancelledAs({ stage }: ApiJob): string {
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

interface PruneOptions {
  readonly config: ServiceAddress;
  readonly olderThanMs: number;
  readonly yes: boolean;
  readonly json: boolean;
  readonly out: (line: string) => void;
}

/** Has the running service remove jobs that ended so long ago, with their PDFs. */
export async function prune({ config, olderThanMs, yes, json, out }: PruneOptions): Promise<void> {
  const endedBefore = new Date(Date.now() - olderThanMs).toISOString();
  await confirmed(messages.confirmPrune(endedBefore), yes);
  const pruned = await withService(config, (client) => client.prune(endedBefore));
  if (json) return out(JSON.stringify(pruned));
  const { removed, retained, reports_removed, reports_left } = pruned;
  out(`${many(removed, "job")} and ${many(reports_removed, "PDF")} removed`);
  if (retained > 0) out(messages.pruneRetained(many(retained, "job")));
  if (reports_left > 0) out(messages.pruneLeft(many(reports_left, "PDF")));
}

function many(count: number, what: string): string {
  return `${count} ${count === 1 ? what : `${what}s`}`;
}
