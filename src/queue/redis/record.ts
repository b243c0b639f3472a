import { compareText } from "../../text/text.ts";
import type { Callback, CallbackAttempt } from "../callback.ts";
import {
  type Attempt,
  type Delivered,
  type Delivery,
  documentsOf,
  FIRST_KIND,
  type Job,
  type JobDocument,
  type JobError,
  type JobEvent,
  type ReportFile,
  type Stage,
  type Status,
} from "../job.ts";
import { JOB_COLUMNS, readFields, textsOf } from "../job-fields.ts";

/** A hash as Redis stores it. */
export type RedisHash = Readonly<Record<string, string>>;

/** The flat list of names and values that a script responds for a hash; null when there is none. */
export function toFields(flat: unknown): RedisHash | null {
  const list = flat as readonly string[];
  if (list.length === 0) return null;
  const fields: Record<string, string> = {};
  for (let index = 0; index < list.length; index += 2) fields[list[index] ?? ""] = list[index + 1] ?? "";
  return fields;
}

export function toJob(id: string, fields: RedisHash): Job {
  const report = parsed<ReportFile>(fields.report);
  const delivered = parsed<Delivered>(fields.delivered);
  const plain = readFields(fields);
  return {
    ...plain,
    id,
    error: toError(fields.error_code, fields.error),
    report,
    delivered,
    documents: documentsOf(parsed<readonly JobDocument[]>(fields.documents) ?? [], report, delivered, plain.stage),
    attemptStartedAt: fields.attempt_ms ? new Date(Number(fields.attempt_ms)).toISOString() : null,
    // An older version put jobs of every stage apart.
    isolated: plain.isolated && plain.stage === "rendering",
  };
}

/** The record of a job that no process has leased: what {@link toJob} reads. */
export function recordOf(job: Job): RedisHash {
  const json = (value: unknown) => (value === null ? "" : JSON.stringify(value));
  return {
    ...textsOf(job),
    error_code: job.error?.code ?? "",
    error: job.error?.message ?? "",
    report: json(job.report),
    delivered: json(job.delivered),
    documents: job.documents.length === 0 ? "" : json(job.documents),
  };
}

/** The fields of a job that its views show: the request, which may bring a logo, is not among them, but what it requests. */
export const SHOWN = [
  ...JOB_COLUMNS.filter((column) => column !== "request"),
  ...["callback_request", "error_code", "error", "report", "delivered", "documents", "attempt_ms"],
] as const;

/** From the values of {@link SHOWN}, `request` being what it requests without what may be long. */
export function toShownJob(id: string, values: readonly (string | null)[], request: string): Job {
  const fields = Object.fromEntries(SHOWN.map((name, index) => [name, values[index] ?? ""]));
  return toJob(id, { ...fields, request });
}

/** From fields such as `1:started_at`, by their number. */
export function toAttempts(fields: RedisHash): readonly Attempt[] {
  const numbers = new Set(Object.keys(fields).map((name) => Number(name.split(":")[0])));
  return [...numbers]
    .toSorted((a, b) => a - b)
    .map((number) => {
      const field = (name: string) => fields[`${number}:${name}`];
      return {
        number,
        startedAt: field("started_at") ?? "",
        gatheredAt: orNull(field("gathered_at")),
        renderedAt: orNull(field("rendered_at")),
        endedAt: orNull(field("ended_at")),
        outcome: orNull(field("outcome")) as Attempt["outcome"],
        releaseReason: orNull(field("release_reason")) as Attempt["releaseReason"],
        error: toError(field("error_code"), field("error")),
      };
    });
}

/** What the ledger's fields of a document and target begin with; those of older versions named the target alone. */
export function ledgerName(target: string, kind = FIRST_KIND): string {
  return kind === FIRST_KIND ? target : `${kind}/${target}`;
}

/** From fields such as `dropbox:path` and `commission/dropbox:path`, the one recorded first before the others. */
export function toDeliveries(fields: RedisHash): readonly Delivery[] {
  return Object.keys(fields)
    .flatMap((name) => (name.endsWith(":path") ? [name.slice(0, -":path".length)] : []))
    .toSorted((a, b) => compareText(`${fields[`${a}:created_at`]} ${a}`, `${fields[`${b}:created_at`]} ${b}`))
    .map((name) => {
      const [target = "", kind = FIRST_KIND] = name.split("/").toReversed();
      const to = fields[`${name}:to`];
      return {
        kind,
        target,
        path: fields[`${name}:path`] ?? "",
        delivered: to === undefined ? null : { to, url: orNull(fields[`${name}:url`]) },
        deliveredAt: orNull(fields[`${name}:delivered_at`]),
        inFlightSince: orNull(fields[`${name}:in_flight_since`]),
      };
    });
}

export function toCallback(fields: RedisHash): Callback {
  const ofJob = Object.entries(fields).flatMap(([name, value]) =>
    name.startsWith("job.") ? [[name.slice("job.".length), value] as const] : [],
  );
  const jobId = fields.job_id ?? "";
  const nextMs = fields.next_attempt_ms;
  return {
    id: fields.id ?? "",
    jobId,
    url: fields.url ?? "",
    host: fields.host ?? "",
    job: toJob(jobId, Object.fromEntries(ofJob)),
    status: fields.status as Callback["status"],
    attempts: Number(fields.attempts),
    createdAt: fields.created_at ?? "",
    since: fields.since ?? "",
    nextAttemptAt: nextMs ? new Date(Number(nextMs)).toISOString() : null,
    endedAt: orNull(fields.ended_at),
  };
}

export function toCallbackAttempt(text: string): CallbackAttempt {
  return JSON.parse(text) as CallbackAttempt;
}

/** From the values of a change, in the order that the history has them. */
export function toEvent(jobId: string, values: readonly string[]): JobEvent {
  const [id = "", at = "", from = "", fromStage = "", to = "", toStage = "", ...actor] = values;
  return {
    id: Number.parseInt(id, 10),
    jobId,
    at,
    from: from === "" ? null : { status: from as Status, stage: fromStage as Stage },
    to: { status: to as Status, stage: toStage as Stage },
    by: "service",
    // A name may have the sign that parts the values.
    actor: orNull(actor.join("|")),
  };
}

function toError(code: string | undefined, message: string | undefined): JobError | null {
  return code ? { code, message: message ?? "" } : null;
}

function parsed<T>(json: string | undefined): T | null {
  return json ? (JSON.parse(json) as T) : null;
}

function orNull(text: string | undefined): string | null {
  return text ? text : null;
}
