import type { Access } from "../../access/access.ts";
import { seesSurroundings } from "../../access/caller.ts";
import type { Running } from "../../pipeline/attempt.ts";
import { ENDED, type Job } from "../../queue/job.ts";
import type { Queue } from "../../queue/queue.ts";
import { viewOf } from "../../views/job-view.ts";
import { type StatusContract, statusOf, timeShare } from "../../views/status-word.ts";
import type { Audience } from "../../views/views.ts";
import { originOf } from "../http.ts";
import { messages } from "../messages.ts";
import { type BlockedBy, readBlocks } from "./blocked-by.ts";

/** What is known about a job beside its row, and the caller. */
export interface StatusContext extends Audience {
  readonly running: Running | null;
  /** Jobs that are claimed before this one; null when it is not queued or was not requested. */
  readonly position: number | null;
  readonly typicalMs: number | null;
  readonly renderSlots: number;
  /** Whether as many jobs are being gathered as may be at once: a hanging source delays the others. */
  readonly gathersAll: boolean;
  readonly blockers: BlockedBy;
}

/** The parts a response about a job is made from. */
export interface StatusDependencies {
  readonly publicUrl: string | null;
  readonly running: () => ReadonlyMap<string, Running>;
  readonly typicalMs: () => number | null;
  readonly renderSlots: number;
  /** Jobs gathered at once; without a number as many as there are. */
  readonly gatherSlots?: number;
  readonly gatherBlockedBy: () => string | null;
  readonly deliverBlockedBy: () => string | null;
  readonly queue: Pick<Queue, "paused">;
  /** The caller. */
  readonly access?: Pick<Access, "callerOf">;
  /** Folders of this machine that only admins see. */
  readonly folders?: readonly string[];
  readonly statusContract?: StatusContract;
}

/** What surrounds a job in the response to this request. */
export async function surroundings(
  dependencies: StatusDependencies,
  request: Request,
  job: Job,
  position: number | null,
): Promise<StatusContext> {
  const admin = seesSurroundings(dependencies.access?.callerOf(request) ?? { scope: "read" });
  return around(
    dependencies,
    originOf(dependencies.publicUrl, request),
    job,
    position,
    await readBlocks(dependencies),
    admin,
  );
}

/** The same, for callers that make many responses and know what blocks the jobs. */
export function around(
  dependencies: StatusDependencies,
  origin: string,
  job: Job,
  position: number | null,
  blockers: BlockedBy,
  admin: boolean,
): StatusContext {
  const running = dependencies.running();
  const gathered = [...running.values()].filter(({ stage }) => stage === "gathering").length;
  return {
    blockers,
    admin,
    folders: dependencies.folders ?? [],
    ...(dependencies.statusContract && { statusContract: dependencies.statusContract }),
    origin,
    running: running.get(job.id) ?? null,
    gathersAll: gathered >= (dependencies.gatherSlots ?? Number.POSITIVE_INFINITY),
    position,
    typicalMs: dependencies.typicalMs(),
    renderSlots: dependencies.renderSlots,
  };
}

/** Describes a job as it is now. Its shape is {@link JobView}. */
export function jobView(job: Job, around: StatusContext) {
  return viewOf(job, around, {
    running: around.running,
    position: around.position,
    etaMs: etaMs(job, around),
    waitingFor: waitingFor(job, around),
  });
}

const SOONEST_MS = 1_000;
const LATEST_MS = 60_000;
const UNKNOWN_MS = 2_000;
/** An operator has to resume the queue, or to fix a target: that takes minutes, and is then soon noticed. */
const BLOCKED_MS = 30_000;

/** When to poll again: by the time the job takes, but never so late that a client misses its end by more than a minute. */
export function retryAfterMs(job: Job, around: StatusContext): number {
  const unknownMs = blockerOf(job, around) === null ? UNKNOWN_MS : BLOCKED_MS;
  return Math.min(LATEST_MS, Math.max(SOONEST_MS, etaMs(job, around) ?? unknownMs));
}

/** Milliseconds to the end, from what a job has recently taken; null when unknown. */
function etaMs(job: Job, around: StatusContext): number | null {
  const { running, position, typicalMs, renderSlots } = around;
  if (ENDED.has(job.status)) return 0;
  if (typicalMs === null || blockerOf(job, around) !== null) return null;
  switch (job.status) {
    case "queued":
      return position === null ? null : (Math.floor(position / Math.max(1, renderSlots)) + 1) * typicalMs;
    case "waiting":
      return (job.runAt === null ? 0 : Math.max(0, Date.parse(job.runAt) - Date.now())) + typicalMs;
    default:
      return (1 - timeShare(statusOf(job, running).progress)) * typicalMs;
  }
}

const CANCELLING = messages.cancelling;

function waitingFor(job: Job, around: StatusContext): string | null {
  const blocked = blockerOf(job, around);
  if (job.cancelRequested && job.status === "queued")
    return blocked === null ? CANCELLING : `${CANCELLING} (${blocked})`;
  if (blocked !== null) return blocked;
  if (job.status === "waiting") return waitsElsewhere(job) ?? messages.backingOff;
  if (job.status === "queued" && job.stage === "delivering") return "delivery slot";
  if (job.status === "queued" && job.stage === "gathering" && around.gathersAll) return "gather slot";
  if (job.status === "queued") return job.isolated && job.stage === "rendering" ? "an isolated render" : null;
  if (job.status !== "running") return null;
  return around.running?.waitingFor ?? (job.cancelRequested ? CANCELLING : null);
}

/** What was unavailable to the host that ran it, if it is available to this one, as far as this one knows. */
function waitsElsewhere({ waitsFor, runAt }: Job): string | null {
  const names = waitsFor.map((name) => (name === "source" ? "the data source" : name));
  return names.length === 0 ? null : messages.nextAttempt(names.join(" and "), runAt);
}

/** Why a job that does not run will not be started, for an unknown time; null when it will. */
function blockerOf({ status, stage }: Job, { blockers }: StatusContext): string | null {
  if (status !== "waiting" && status !== "queued") return null;
  if (stage === "delivering") return blockers.all ?? blockers.delivering;
  // A job that is queued for gathering may need no source: only an event about it shows that it waits for one.
  return blockers.all ?? (status === "waiting" && stage === "gathering" ? blockers.gathering : null);
}
