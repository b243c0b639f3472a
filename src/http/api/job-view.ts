import { Type as t } from "@sinclair/typebox";
import type { Access } from "../../access/access.ts";
import type { Running } from "../../pipeline/attempt.ts";
import { ENDED, type Job, type Stage } from "../../queue/job.ts";
import type { Queue } from "../../queue/queue.ts";
import { REQUESTED_FIELDS, requestedOf, requestOf } from "../../queue/request.ts";
import { ReportRequest } from "../../report/request.ts";
import { describeRequested } from "../../report/requested.ts";
import { originOf, statusPath } from "../http.ts";
import { nullable, time } from "../openapi/nullable.ts";
import { disclosedError, disclosedPlace } from "./disclosure.ts";
import { type Holds, holdsOf, NO_HOLDS } from "./holds.ts";

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

/** What is known about a job beside its row. */
export interface Surroundings {
  readonly origin: string;
  readonly running: Running | null;
  /** Jobs that are claimed before this one; null when it is not queued or nobody asked. */
  readonly position: number | null;
  readonly typicalMs: number | null;
  readonly renderSlots: number;
  readonly holds: Holds;
  /** Whether all may be said, or what is of the operator's surroundings is left out. */
  readonly admin: boolean;
  /** Folders of this machine that reports are put below. */
  readonly folders: readonly string[];
}

/** The parts an answer about a job is made from. */
export interface ViewParts {
  readonly publicUrl: string | null;
  readonly running: () => ReadonlyMap<string, Running>;
  readonly typicalMs: () => number | null;
  readonly renderSlots: number;
  readonly holdGather: () => string | null;
  readonly holdDeliver: () => string | null;
  readonly queue: Pick<Queue, "paused">;
  /** Who asks. */
  readonly access?: Pick<Access, "callerOf">;
  /** Folders of this machine that nobody but an admin is told of. */
  readonly folders?: readonly string[];
}

/** What surrounds a job in the answer to this request. */
export async function surroundings(
  parts: ViewParts,
  request: Request,
  job: Job,
  position: number | null,
): Promise<Surroundings> {
  const admin = parts.access?.callerOf(request)?.scope === "admin";
  return around(parts, originOf(parts.publicUrl, request), job, position, await holdsOf(parts), admin);
}

/** The same, for who makes many answers and has asked what holds the jobs. */
export function around(
  parts: ViewParts,
  origin: string,
  job: Job,
  position: number | null,
  holds: Holds,
  admin: boolean,
): Surroundings {
  return {
    holds,
    admin,
    folders: parts.folders ?? [],
    origin,
    running: parts.running().get(job.id) ?? null,
    position,
    typicalMs: parts.typicalMs(),
    renderSlots: parts.renderSlots,
  };
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

/** Describes a job. Its shape is {@link JobView}. */
export function jobView(job: Job, around: Surroundings) {
  const request = requestOf(job.request);
  const eta = etaMs(job, around);
  return {
    job_id: job.id,
    status: oldStatus(job),
    stage: job.status === "running" ? job.stage : job.status,
    progress: progressOf(job, around.running),
    section: job.status === "running" ? (around.running?.section ?? null) : null,
    client: job.client,
    suburb: job.suburb,
    state: job.state,
    postcode: job.postcode,
    priority: job.priority,
    queue_position: around.position === null ? null : around.position + 1,
    eta_seconds: eta === null ? null : Math.ceil(eta / 1_000),
    waiting_for: waitingFor(job, around),
    cancel_requested: job.cancelRequested && !ENDED.has(job.status),
    attempts: job.attempts,
    error: job.status === "completed" ? null : disclosedError(job.error, around.admin),
    created_at: job.createdAt,
    started_at: job.startedAt,
    attempt_started_at: job.attemptStartedAt,
    ended_at: job.endedAt,
    ran_seconds: job.ranMs / 1_000,
    retry_at: job.status === "waiting" ? job.runAt : null,
    result: resultOf(job, around),
    warnings: job.warnings,
    metadata: request.metadata ?? null,
    requested: requestedOf(request),
    requested_text: describeRequested(request, job),
    status_url: around.origin + statusPath(job),
  };
}

/** A job that has ended, as those who wait for it are told: the operator (`admin`) all of it, a client what is its own. */
export function endedJobView(job: Job, origin: string, { admin, folders }: Pick<Surroundings, "admin" | "folders">) {
  const ended = { running: null, position: null, typicalMs: null, renderSlots: 1, holds: NO_HOLDS };
  return jobView(job, { origin, admin, folders, ...ended });
}

const SOONEST_MS = 1_000;
const LATEST_MS = 60_000;
const UNKNOWN_MS = 2_000;
/** Somebody has to resume the queue, or to put a target right: that takes minutes, and is then soon noticed. */
const BLOCKED_MS = 30_000;

/** When to ask again: by the time the job takes, but never so late that a client misses its end by more than a minute. */
export function askAgainMs(job: Job, around: Surroundings): number {
  const unknownMs = blockedBy(job, around) === null ? UNKNOWN_MS : BLOCKED_MS;
  return Math.min(LATEST_MS, Math.max(SOONEST_MS, etaMs(job, around) ?? unknownMs));
}

/** Milliseconds to the end, from what a job has lately taken; null when nobody can tell. */
function etaMs(job: Job, around: Surroundings): number | null {
  const { running, position, typicalMs, renderSlots } = around;
  if (ENDED.has(job.status)) return 0;
  if (typicalMs === null || blockedBy(job, around) !== null) return null;
  switch (job.status) {
    case "queued":
      return position === null ? null : (Math.floor(position / Math.max(1, renderSlots)) + 1) * typicalMs;
    case "waiting":
      return (job.runAt === null ? 0 : Math.max(0, Date.parse(job.runAt) - Date.now())) + typicalMs;
    default:
      return (1 - progressOf(job, running)) * typicalMs;
  }
}

/** How far the kept results of a job bring it, until the pipeline tells more. */
const CHECKPOINT: Readonly<Record<Stage, number>> = { gathering: 0, rendering: 0.1, delivering: 0.9 };

function progressOf(job: Job, running: Running | null): number {
  if (ENDED.has(job.status)) return job.status === "completed" ? 1 : CHECKPOINT[job.stage];
  return Math.min(1, Math.max(0, running?.progress ?? CHECKPOINT[job.stage]));
}

const CANCELLING = "what was sent to a delivery target before the cancel";

function waitingFor(job: Job, around: Surroundings): string | null {
  const blocked = blockedBy(job, around);
  if (job.cancelRequested && job.status === "queued")
    return blocked === null ? CANCELLING : `${CANCELLING} (${blocked})`;
  if (blocked !== null) return blocked;
  if (job.status === "waiting") return "backing off after a failed try";
  if (job.status === "queued" && job.stage === "delivering") return "delivery slot";
  if (job.status === "queued") return job.alone && job.stage === "rendering" ? "an isolated render" : null;
  if (job.status !== "running") return null;
  return around.running?.waitingFor ?? (job.cancelRequested ? CANCELLING : null);
}

/** Why a job that does not run will not be started, for as long as nobody can tell; null when it will. */
function blockedBy({ status, stage }: Job, { holds }: Surroundings): string | null {
  if (status !== "waiting" && status !== "queued") return null;
  if (stage === "delivering") return holds.all ?? holds.delivering;
  // What is queued to be gathered may need no source: only who was told so waits for it.
  return holds.all ?? (status === "waiting" && stage === "gathering" ? holds.gathering : null);
}

/** There as soon as the PDF is rendered, whatever becomes of its delivery. */
function resultOf({ id, report, delivered }: Job, { origin, admin, folders }: Surroundings) {
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
