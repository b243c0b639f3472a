import type { Status } from "../job.ts";
import type { JobListQuery, JobSelection } from "../queue.ts";
import { idIn, SHORTEST_END, statusesOf, wordsOf } from "../search.ts";
import type { Counts } from "./counts.ts";

/** As many jobs can be put in order at once without delaying anything. */
const SORT_AT_ONCE = 5_000;
const POSITION_PARAMETERS = 6;

/** Where the jobs of a selection are found, newest first, and what they must pass. */
export interface SqliteQueryPlan {
  readonly from: string;
  readonly where: string;
  /** What they are ordered by. */
  readonly time: "created_at" | "ended_at" | "ran_ms";
  /** They are few: all at once. */
  readonly whole: boolean;
  /** Further conditions, with values of their own after the six of the position and the limit. */
  readonly conditions: string;
  readonly values: readonly string[];
}

/** `ending`: the jobs whose id ends with {@link idIn}. */
export function queryPlan(selection: JobListQuery, counts: Counts, ending: readonly number[]): SqliteQueryPlan {
  const values: string[] = [];
  const value = (text: string) => `?${POSITION_PARAMETERS + values.push(text)}`;
  const conditions: string[] = [];
  const { client, suburb, state, order = "created" } = selection;
  if (client !== undefined) conditions.push(`client = ${value(client)}`);
  if (suburb !== undefined) conditions.push(`suburb = ${value(suburb)} COLLATE NOCASE`);
  if (state !== undefined) conditions.push(`state = ${value(state)}`);
  const words = wordsOf(selection);
  for (const word of words) conditions.push(matches(value, word));
  conditions.push(...particulars(selection, value));
  const statuses = statusesOf(selection);
  const id = idIn(selection);
  const ended = order !== "created";
  if (ended && selection.createdAfter !== undefined) conditions.push(`created_at >= ${value(selection.createdAfter)}`);
  if (ended && selection.createdBefore !== undefined) conditions.push(`created_at < ${value(selection.createdBefore)}`);
  const plan =
    id !== undefined
      ? byId(value, id, ending, statuses)
      : order === "ended"
        ? byEnd(statuses)
        : order === "duration"
          ? byDuration(statuses)
          : byStatus(statuses, counts);
  if (id !== undefined && ended) conditions.push("ended_at IS NOT NULL");
  return {
    ...plan,
    time: TIMES[order],
    conditions: conditions.map((each) => ` AND ${each}`).join(""),
    values,
  };
}

/** What a person remembers of a job beside its suburb and time. */
function particulars(selection: JobSelection, value: (text: string) => string): readonly string[] {
  const {
    endedAfter,
    endedBefore,
    errorCode,
    error,
    errorCodes,
    undelivered,
    preparedFor,
    filename,
    document,
    metadata,
    draft,
  } = selection;
  const part = (what: string, text: string) => `${what} LIKE ${value(`%${literal(text)}%`)} ESCAPE '\\'`;
  const inDocuments = (condition: string) =>
    `EXISTS (SELECT 1 FROM documents WHERE documents.job_id = jobs.id AND ${condition})`;
  const requested = (field: string) =>
    `iif(json_valid(coalesce(requested, request)), json_extract(coalesce(requested, request), '$.${field}'), NULL)`;
  return [
    ...(endedAfter === undefined ? [] : [`ended_at >= ${value(endedAfter)}`]),
    ...(endedBefore === undefined ? [] : [`ended_at < ${value(endedBefore)}`]),
    ...(errorCode === undefined ? [] : [`error_code = ${value(errorCode)}`]),
    ...(error === undefined ? [] : [part("error", error)]),
    ...(error === undefined || errorCodes === undefined
      ? []
      : [`error_code IN (${errorCodes.map((code) => value(code)).join(", ")})`]),
    ...(undelivered ?? []).map(
      (target) =>
        `EXISTS (SELECT 1 FROM deliveries WHERE job_id = jobs.id AND target = ${value(target)} AND delivered_at IS NULL)`,
    ),
    ...(preparedFor === undefined ? [] : [part(requested("prepared_for"), preparedFor)]),
    ...(filename === undefined ? [] : [inDocuments(part("filename", filename))]),
    ...(document === undefined ? [] : [inDocuments(`kind = ${value(document)}`)]),
    ...(metadata === undefined ? [] : [part(requested("metadata"), metadata)]),
    ...(draft === undefined ? [] : [`draft = ${draft ? 1 : 0}`]),
  ];
}

function literal(text: string): string {
  return text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
}

/** As {@link wordsOf} describes. */
function matches(value: (text: string) => string, word: string): string {
  const escaped = literal(word);
  const beginning = value(`${escaped}%`);
  const like = (what: string, pattern: string) => `${what} LIKE ${pattern} ESCAPE '\\'`;
  return `(${[
    like("id", beginning),
    ...(word.length >= SHORTEST_END ? [like("id", value(`%${escaped}`))] : []),
    like("' ' || replace(suburb, '-', ' ')", value(`% ${escaped}%`)),
    like("state", beginning),
    like("postcode", beginning),
    like("client", value(`%${escaped}%`)),
  ].join(" OR ")})`;
}

type Path = Pick<SqliteQueryPlan, "from" | "where" | "whole">;

function byId(
  value: (text: string) => string,
  id: string,
  ending: readonly number[],
  statuses: readonly Status[] | undefined,
): Path {
  const range = `(id >= ${value(id)} AND id < ${value(`${id}g`)} OR seq IN (${ending.join(", ")}))`;
  const where = statuses === undefined ? range : `${range} AND status IN (${quotedList(statuses)})`;
  return { from: "jobs", where, whole: true };
}

/** Those that have ended, by their end. Failures are few among the many, and have an index of their own. */
function byEnd(statuses: readonly Status[] | undefined): Path {
  if (statuses?.length === 1 && statuses[0] === "failed")
    return { from: "jobs INDEXED BY jobs_failed_ended", where: "status = 'failed'", whole: false };
  const where = statuses === undefined ? "TRUE" : `status IN (${quotedList(statuses)})`;
  return { from: "jobs INDEXED BY jobs_ended", where: `ended_at IS NOT NULL AND ${where}`, whole: false };
}

/** Those that have ended, by how long they ran. */
function byDuration(statuses: readonly Status[] | undefined): Path {
  const where = statuses === undefined ? "TRUE" : `status IN (${quotedList(statuses)})`;
  return { from: "jobs INDEXED BY jobs_duration", where: `ended_at IS NOT NULL AND ${where}`, whole: false };
}

const TIMES = { created: "created_at", ended: "ended_at", duration: "ran_ms" } as const;

/** Each status has a small index but the completed; those of queued and waiting jobs are not in the order of time. */
const INDEX: Readonly<Record<Exclude<Status, "completed">, string>> = {
  queued: "jobs_queue",
  waiting: "jobs_due",
  running: "jobs_running",
  failed: "jobs_failed",
  cancelled: "jobs_cancelled",
};

/**
 * The index that leads to jobs of some statuses, newest first. The line and the waiting room have none in that order: few
 * are sorted, and where there are many they are soon found among the newest of all.
 */
function byStatus(statuses: readonly Status[] | undefined, counts: Counts): Path {
  if (statuses === undefined) return { from: "jobs INDEXED BY jobs_created", where: "TRUE", whole: false };
  const [only] = statuses;
  if (statuses.length === 1 && (only === "running" || only === "failed" || only === "cancelled"))
    return { from: `jobs INDEXED BY ${INDEX[only]}`, where: `status = '${only}'`, whole: false };
  const all = counts.all();
  const total = statuses.reduce((sum, status) => sum + all[status], 0);
  const small = statuses.filter((status) => status !== "completed");
  if (small.length < statuses.length || total > SORT_AT_ONCE)
    return { from: "jobs INDEXED BY jobs_created", where: `status IN (${quotedList(statuses)})`, whole: false };
  const each = small.map((status) => `SELECT seq FROM jobs INDEXED BY ${INDEX[status]} WHERE status = '${status}'`);
  return { from: "jobs", where: `seq IN (${each.join(" UNION ALL ")})`, whole: true };
}

function quotedList(statuses: readonly Status[]): string {
  return statuses.map((status) => `'${status}'`).join(", ");
}
