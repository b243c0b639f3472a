import { Type as t } from "@sinclair/typebox";
import { ENDED, type Job, type JobError } from "../queue/job.ts";
import { REQUESTED_FIELDS, requestedOf, requestOf } from "../queue/request.ts";
import { PATTERN } from "../report/input/patterns.ts";
import { ReportRequest } from "../report/request/request.ts";
import { describeRequested } from "../report/request/requested.ts";
import { DocumentView, documentView, OldFields, oldFields } from "./document-view.ts";
import { messages } from "./messages.ts";
import { nullable, time, type Viewed } from "./nullable.ts";
import { type LiveJob, STATUS_WORDS, statusOf } from "./status-word.ts";
import { type Audience, disclosedError, disclosedPath } from "./views.ts";

/**
 * A job as the API returns it, to the clients of the service that this one replaces, too: `stage` is more precise than
 * `status`. `agentlink jobs show` and the dashboard's page of a job show each field that has a `title`, by that title.
 */
export const JobView = t.Object(
  {
    job_id: t.String(),
    status: t.Union(
      STATUS_WORDS.map((word) => t.Literal(word)),
      {
        description:
          '"processing" until the job is completed, failed or cancelled; the other values only with AGENTLINK_STATUS_CONTRACT=v1, where a cancelled job is "failed"',
      },
    ),
    stage: t.Union(
      (["queued", "waiting", "gathering", "rendering", "delivering", "completed", "failed", "cancelled"] as const).map(
        (stage) => t.Literal(stage),
      ),
      { description: '"waiting" is between two attempts; the last three are final' },
    ),
    progress: t.Integer({
      minimum: 0,
      maximum: 100,
      description:
        "10 queued, from 30 gathering, from 45 rendering, from 85 delivering, 100 completed; 0 failed or cancelled",
    }),
    ...OldFields,
    section: nullable(
      t.String({ description: 'The section of the document that is being rendered, such as "market"' }),
    ),
    document: nullable(t.String({ description: "The kind of the document that is being rendered or delivered" })),
    client: t.String({ description: "The client that submitted the job" }),
    suburb: t.String(),
    state: t.String(),
    postcode: nullable(t.String()),
    priority: t.Integer({ minimum: 0, maximum: 9, title: "priority" }),
    queue_position: nullable(
      t.Integer({ minimum: 1, description: "1 is next. Null if the job is not queued, and in lists" }),
    ),
    eta_seconds: nullable(
      t.Integer({
        minimum: 0,
        description:
          "Time until the job ends, if it can be estimated. Null in lists, while the queue is paused and while its target is unavailable",
      }),
    ),
    waiting_for: nullable(t.String({ description: "What the job waits for, if it waits" })),
    cancel_requested: t.Boolean({
      description: "The job was cancelled but has not ended yet: an upload to a delivery target may have started",
    }),
    attempts: t.Integer({
      minimum: 0,
      description:
        "Attempts that count towards the limit: not those that waited for a target, the source or a slot, or that the service's stop ended",
    }),
    error: t.String({ description: 'Why the job failed; "" if it did not fail. The code is in failure' }),
    failure: nullable(
      t.Object(
        { code: t.String(), message: t.String() },
        { description: "Why the job failed, or why its last attempt failed" },
      ),
    ),
    created_at: time("When it was accepted"),
    started_at: nullable(time("When its first attempt began")),
    attempt_started_at: nullable(time("When the running attempt started; null if no attempt is running")),
    ended_at: nullable(time("When it ended")),
    ran_seconds: t.Number({
      minimum: 0,
      description:
        "Run time of all finished attempts since the job was accepted or retried, without the waits between them",
    }),
    retry_at: nullable(time("When a waiting job is retried")),
    result: nullable(
      t.Object(
        {
          pdf_url: t.String({ description: "Address of the PDF at this service" }),
          pages: t.Integer({ minimum: 1 }),
          bytes: t.Integer({ minimum: 1 }),
          sha256: t.String({ pattern: PATTERN.sha256 }),
          delivered_to: nullable(t.String({ description: "Where the PDF was delivered" })),
          url: nullable(t.String({ description: "Link of the delivery target, if it provides one" })),
        },
        {
          description: "The main document, present once it is rendered; delivered_to is null until it is delivered",
        },
      ),
    ),
    draft: t.Boolean({
      description: "A draft is not delivered, and its callback not sent, until POST /api/jobs/{id}/send",
    }),
    documents: t.Array(DocumentView, { description: "All rendered documents, the main document first" }),
    warnings: t.Array(t.String(), {
      description: "Warnings about the request and, once the report is rendered, about its data",
    }),
    metadata: nullable(t.Record(t.String(), t.Unknown(), { description: "As sent with the request" })),
    requested: t.Partial(t.Pick(ReportRequest, [...REQUESTED_FIELDS]), {
      description: "The request without the suburb: filters, neighbours, edition, price band",
    }),
    requested_text: t.String({
      description:
        'The same in words: "houses, 3 bedrooms or more, Manly and 4 neighbours"; empty for a report with defaults',
    }),
    status_url: t.String(),
  },
  { description: "One accepted request for a report" },
);

/** What is known of a job beside what is stored of it. */
export interface Live {
  /** Where it runs; null where it does not, or on another host. */
  readonly running: LiveJob | null;
  /** Jobs that are claimed before this one; null when it is not queued or was not requested. */
  readonly position: number | null;
  /** Milliseconds to the end; null when unknown. */
  readonly etaMs: number | null;
  readonly waitingFor: string | null;
}

/** Describes a job to this audience. Its shape is {@link JobView}. */
export function viewOf(job: Job, audience: Audience, live: Live) {
  const request = requestOf(job.request);
  const failure = job.status === "completed" ? null : disclosedError(job.error, audience.admin);
  return {
    job_id: job.id,
    ...statusOf(job, live.running, audience.statusContract),
    ...oldFields(job, audience),
    stage: job.status === "running" ? job.stage : job.status,
    section: job.status === "running" ? (live.running?.section ?? null) : null,
    document: job.status === "running" ? (live.running?.document ?? null) : null,
    client: job.client,
    suburb: job.suburb,
    state: job.state,
    postcode: job.postcode,
    priority: job.priority,
    queue_position: live.position === null ? null : live.position + 1,
    eta_seconds: live.etaMs === null ? null : Math.ceil(live.etaMs / 1_000),
    waiting_for: live.waitingFor,
    cancel_requested: job.cancelRequested && !ENDED.has(job.status),
    attempts: job.attempts,
    error: errorText(job, failure, audience),
    failure,
    created_at: job.createdAt,
    started_at: job.startedAt,
    attempt_started_at: job.attemptStartedAt,
    ended_at: job.endedAt,
    ran_seconds: job.ranMs / 1_000,
    retry_at: job.status === "waiting" ? job.runAt : null,
    result: resultOf(job, audience),
    draft: job.draft,
    documents: job.documents.map((document) => documentView(job, document, audience)),
    warnings: job.warnings,
    // An object, as the schema had it that let it in.
    metadata: (request.metadata ?? null) as Readonly<Record<string, unknown>> | null,
    requested: requestedOf(request),
    requested_text: describeRequested(request, job),
    status_url: audience.origin + statusPath(job),
  } satisfies Viewed<typeof JobView>;
}

/** A job that has ended, as its waiting clients get it: the operator (`admin`) all of it, a client what is its own. */
export function endedJobView(job: Job, audience: Audience) {
  return viewOf(job, audience, { running: null, position: null, etaMs: 0, waitingFor: null });
}

/** The path of a job's status, as in `Location`. */
export function statusPath(job: Pick<Job, "id">): string {
  return `/api/job-status/${job.id}`;
}

/** A text in every case: a field that is null or missing stops a scenario of Make that maps it. */
function errorText({ status }: Job, failure: JobError | null, { statusContract }: Audience): string {
  if (status === "failed") return failure?.message ?? messages.failed;
  return status === "cancelled" && statusContract === "v1" ? messages.cancelled : "";
}

/** There as soon as the PDF is rendered, whatever becomes of its delivery. */
function resultOf({ id, report, delivered }: Job, { origin, admin, folders }: Audience) {
  if (report === null) return null;
  return {
    pdf_url: `${origin}/api/jobs/${id}/report.pdf`,
    pages: report.pages,
    bytes: report.bytes,
    sha256: report.sha256,
    delivered_to: disclosedPath(delivered?.to ?? null, admin, folders),
    url: delivered?.url ?? null,
  };
}
