import { Type as t } from "@sinclair/typebox";
import { ENDED, type Job, type Stage } from "../queue/job.ts";
import { REQUESTED_FIELDS, requestedOf, requestOf } from "../queue/request.ts";
import { ReportRequest } from "../report/request.ts";
import { describeRequested } from "../report/requested.ts";
import { nullable, time, type Viewed } from "./nullable.ts";
import { type Audience, disclosedError, disclosedPlace } from "./views.ts";

/** A job as the API tells it. `status` has the four words of the old API; `stage` says more. */
export const JobView = t.Object(
  {
    job_id: t.String(),
    status: t.Union([t.Literal("processing"), t.Literal("completed"), t.Literal("failed"), t.Literal("cancelled")]),
    stage: t.Union(
      (["queued", "waiting", "gathering", "rendering", "delivering", "completed", "failed", "cancelled"] as const).map(
        (stage) => t.Literal(stage),
      ),
      { description: '"waiting" is between two tries; the last three are the end' },
    ),
    progress: t.Number({ minimum: 0, maximum: 1, description: "0 to 1 over the whole job" }),
    section: nullable(t.String({ description: 'The part of the report that is being made, such as "market"' })),
    client: t.String({ description: "Who asked" }),
    suburb: t.String(),
    state: t.String(),
    postcode: nullable(t.String()),
    priority: t.Integer({ minimum: 0, maximum: 9 }),
    queue_position: nullable(
      t.Integer({ minimum: 1, description: "1 is next. Null when the job is not queued, and in lists" }),
    ),
    eta_seconds: nullable(
      t.Integer({
        minimum: 0,
        description:
          "Until the end, where it is known. Null in lists, while the queue is paused and while its target is held",
      }),
    ),
    waiting_for: nullable(t.String({ description: "Why the job does not go on, where it does not" })),
    cancel_requested: t.Boolean({
      description: "Somebody cancelled it, and it has not ended yet: something may be under way to a delivery target",
    }),
    attempts: t.Integer({ minimum: 0, description: "Tries begun" }),
    error: nullable(
      t.Object(
        { code: t.String(), message: t.String() },
        { description: "Why the job failed, or why its last try did" },
      ),
    ),
    created_at: time("When it was accepted"),
    started_at: nullable(time("When its first try began")),
    attempt_started_at: nullable(time("When the attempt began that runs; null while none does")),
    ended_at: nullable(time("When it ended")),
    ran_seconds: t.Number({
      minimum: 0,
      description: "Time in attempts that are over, since it was accepted or retried; waits between them are not in it",
    }),
    retry_at: nullable(time("When a waiting job is tried again")),
    result: nullable(
      t.Object(
        {
          pdf_url: t.String({ description: "Where this service hands the PDF out" }),
          pages: t.Integer({ minimum: 1 }),
          bytes: t.Integer({ minimum: 1 }),
          sha256: t.String({ pattern: "^[0-9a-f]{64}$" }),
          delivered_to: nullable(t.String({ description: "Where the PDF was put" })),
          url: nullable(t.String({ description: "Where the delivery hands it out, when it does" })),
        },
        { description: "The PDF, from the moment it is rendered; delivered_to is null until it is delivered" },
      ),
    ),
    warnings: t.Array(t.String(), { description: "What was odd about the request, as far as it was known at once" }),
    metadata: nullable(t.Record(t.String(), t.Unknown(), { description: "As sent with the request" })),
    requested: t.Partial(t.Pick(ReportRequest, [...REQUESTED_FIELDS]), {
      description: "What the request asked for beside the place: filters, neighbours, edition, price band",
    }),
    requested_text: t.String({
      description:
        'The same in words: "houses, 3 bedrooms or more, Manly and 4 neighbours"; empty for the usual report',
    }),
    status_url: t.String(),
  },
  { description: "One accepted request for a report" },
);

/** What is known of a job beside what is kept of it. */
export interface Live {
  /** 0 to 1 over the whole job. */
  readonly progress: number;
  readonly section: string | null;
  /** Jobs that are claimed before this one; null when it is not queued or nobody asked. */
  readonly position: number | null;
  /** Milliseconds to the end; null when nobody can tell. */
  readonly etaMs: number | null;
  readonly waitingFor: string | null;
}

/** The word of the old API for where a job is. */
export function oldStatus(job: Job): "processing" | "completed" | "failed" | "cancelled" {
  switch (job.status) {
    case "completed":
    case "failed":
    case "cancelled":
      return job.status;
    default:
      return "processing";
  }
}

/** Describes a job to this audience. Its shape is {@link JobView}. */
export function viewOf(job: Job, audience: Audience, live: Live) {
  const request = requestOf(job.request);
  return {
    job_id: job.id,
    status: oldStatus(job),
    stage: job.status === "running" ? job.stage : job.status,
    progress: live.progress,
    section: live.section,
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
    error: job.status === "completed" ? null : disclosedError(job.error, audience.admin),
    created_at: job.createdAt,
    started_at: job.startedAt,
    attempt_started_at: job.attemptStartedAt,
    ended_at: job.endedAt,
    ran_seconds: job.ranMs / 1_000,
    retry_at: job.status === "waiting" ? job.runAt : null,
    result: resultOf(job, audience),
    warnings: job.warnings,
    // An object, as the schema had it that let it in.
    metadata: (request.metadata ?? null) as Readonly<Record<string, unknown>> | null,
    requested: requestedOf(request),
    requested_text: describeRequested(request, job),
    status_url: audience.origin + statusPath(job),
  } satisfies Viewed<typeof JobView>;
}

/** A job that has ended, as those who wait for it are told: the operator (`admin`) all of it, a client what is its own. */
export function endedJobView(job: Job, audience: Audience) {
  const live = { progress: keptProgress(job), section: null, position: null, etaMs: 0, waitingFor: null };
  return viewOf(job, audience, live);
}

/** The path of a job's status, as in `Location`. */
export function statusPath(job: Pick<Job, "id">): string {
  return `/api/job-status/${job.id}`;
}

/** How far the kept results of a job bring it, until the pipeline tells more. */
const CHECKPOINT: Readonly<Record<Stage, number>> = { gathering: 0, rendering: 0.1, delivering: 0.9 };

/** 0 to 1 over the whole job, by what is kept of it. */
export function keptProgress({ status, stage }: Job): number {
  return status === "completed" ? 1 : CHECKPOINT[stage];
}

/** There as soon as the PDF is rendered, whatever becomes of its delivery. */
function resultOf({ id, report, delivered }: Job, { origin, admin, folders }: Audience) {
  if (report === null) return null;
  return {
    pdf_url: `${origin}/api/jobs/${id}/report.pdf`,
    pages: report.pages,
    bytes: report.bytes,
    sha256: report.sha256,
    delivered_to: disclosedPlace(delivered?.to ?? null, admin, folders),
    url: delivered?.url ?? null,
  };
}
