import type { Job, NewJob, Stage, Status } from "./job.ts";
import { warningsOf, warningsText } from "./request.ts";

/** What a column of SQLite contains; a field of Redis has it as text, and "" for null. */
type StoredValue = string | number | null;

interface Codec<Value, Reserved extends StoredValue> {
  /** Also from what an earlier version left out. */
  read(stored: StoredValue | undefined): Value;
  write(value: Value): Reserved;
}

const text: Codec<string, string> = { read: (stored) => String(stored ?? ""), write: (value) => value };
const textOrNull: Codec<string | null, string | null> = {
  read: (stored) => (stored == null || stored === "" ? null : String(stored)),
  write: (value) => value,
};
const number: Codec<number, number> = { read: (stored) => Number(stored ?? 0), write: (value) => value };
const flag: Codec<boolean, 0 | 1> = { read: (stored) => Number(stored) === 1, write: (value) => (value ? 1 : 0) };
const texts: Codec<readonly string[], string | null> = {
  read: (stored) => warningsOf(stored == null ? null : String(stored)),
  write: warningsText,
};
const names: Codec<readonly string[], string | null> = {
  read: (stored) => (stored ? String(stored).split(",") : []),
  write: (value) => (value.length === 0 ? null : value.join(",")),
};
/** A word that its writer has validated. */
const word = <Word extends string>() => text as unknown as Codec<Word, Word>;

/** `fresh` is its value in a job that is accepted at this moment. */
function field<const Column extends string, Value, Reserved extends StoredValue>(
  column: Column,
  codec: Codec<Value, Reserved>,
  fresh: (job: NewJob, at: string) => Value,
) {
  return { ...codec, column, fresh };
}

/** Fields that are stored otherwise: in several columns, a table of their own, or beside the job. */
type StoredOtherwise = "id" | "error" | "report" | "delivered" | "documents" | "attemptStartedAt";

/**
 * The fields of a job that both backends store as they are: a column of SQLite and a field of Redis, both of this name.
 * Rows, records, their reading, a new job's values and the move between the backends come from here. A field more is
 * written in four places: `Job`, this table, a migration (a file) that adds the column and names it in the callback's
 * snapshot, and the view in src/views/job-view.ts, with a title if the command line and the dashboard are to show it.
 * `bun run client` makes the client's types.
 */
const JOB_FIELDS = {
  client: field("client", text, ({ client }) => client),
  status: field("status", word<Status>(), () => "queued"),
  stage: field("stage", word<Stage>(), ({ dataSet, gathers = false }) =>
    dataSet === null || gathers ? "gathering" : "rendering",
  ),
  priority: field("priority", number, ({ priority }) => priority),
  suburb: field("suburb", text, ({ suburb }) => suburb),
  state: field("state", text, ({ state }) => state),
  postcode: field("postcode", textOrNull, ({ postcode }) => postcode),
  request: field("request", text, ({ request }) => request),
  attempts: field("attempts", number, () => 0),
  createdAt: field("created_at", text, (_, at) => at),
  startedAt: field("started_at", textOrNull, () => null),
  endedAt: field("ended_at", textOrNull, () => null),
  ranMs: field("ran_ms", number, () => 0),
  warnings: field("warnings", texts, ({ warnings = [] }) => warnings),
  runAt: field("run_at", textOrNull, () => null),
  waitsFor: field("waits_for", names, () => []),
  cancelRequested: field("cancel_requested", flag, () => false),
  draft: field("draft", flag, ({ draft = false }) => draft),
  isolated: field("isolated", flag, () => false),
} as const satisfies { readonly [Name in Exclude<keyof Job, StoredOtherwise>]: Codec<Job[Name], StoredValue> };

type JobFields = typeof JOB_FIELDS;
type Plain = { readonly [Name in keyof JobFields]: Job[Name] };
/** The columns of these fields, as SQLite returns them. */
export type JobColumns = {
  readonly [Name in keyof JobFields as JobFields[Name]["column"]]: ReturnType<JobFields[Name]["write"]>;
};

const ALL = Object.entries(JOB_FIELDS) as readonly [
  keyof JobFields,
  Codec<unknown, StoredValue> & JobFields[keyof JobFields],
][];

export const JOB_COLUMNS: readonly (keyof JobColumns)[] = ALL.map(([, { column }]) => column);

/** The fields from a row, a record or a snapshot. */
export function readFields(stored: Readonly<Partial<Record<keyof JobColumns, StoredValue>>>): Plain {
  const read: Record<string, unknown> = {};
  for (const [name, { column, read: of }] of ALL) read[name] = of(stored[column]);
  return read as Plain;
}

/** The columns of a job. */
export function columnsOf(job: Plain): JobColumns {
  const columns: Record<string, StoredValue> = {};
  for (const [name, { column, write }] of ALL) columns[column] = write(job[name]);
  return columns as JobColumns;
}

/** The fields of a job as Redis stores them. */
export function textsOf(job: Plain): Readonly<Record<keyof JobColumns, string>> {
  const texts = Object.entries(columnsOf(job)).map(([column, value]) => [column, String(value ?? "")]);
  return Object.fromEntries(texts) as Record<keyof JobColumns, string>;
}

/** A job that is accepted at this moment, ISO-8601. */
export function acceptedJob(id: string, job: NewJob, at: string): Job {
  const fresh: Record<string, unknown> = {};
  for (const [name, { fresh: of }] of ALL) fresh[name] = of(job, at);
  const nothing = { error: null, report: null, delivered: null, documents: [], attemptStartedAt: null };
  return Object.assign(fresh as Plain, nothing, { id });
}
