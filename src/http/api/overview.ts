import { Type as t } from "@sinclair/typebox";
import type { HealthSnapshot } from "../../observability/health.ts";
import type { Running } from "../../pipeline/attempt.ts";
import type { CallbackCounts } from "../../queue/callback.ts";
import { type Job, STAGES, STATUSES } from "../../queue/job.ts";
import type { Queue, QueueAction } from "../../queue/queue.ts";
import {
  type Catalogue,
  type CatalogueImported,
  type CatalogueSummary,
  rowsInWords,
} from "../../report/sources/catalogue.ts";
import { compareText } from "../../text/text.ts";
import { nullable, time, type Viewed } from "../../views/nullable.ts";
import { statusOf } from "../../views/status-word.ts";
import { disclosedReason, targetProblem, withoutFolders } from "../../views/views.ts";
import { messages } from "../messages.ts";

const MOST_RUNNING = 200;
const LATEST_ACTIONS = 5;

const count = (description?: string) =>
  t.Integer({ minimum: 0, ...(description === undefined ? {} : { description }) });
/** A market's figures are by quarters: without a sale in so many days, a report is outdated. */
const STALE_DAYS = 92;
const DAY_MS = 86_400_000;
const bytes = () => t.Integer({ minimum: 0 });

/** Whether anything new is started. */
export const Paused = t.Object({
  paused: nullable(
    t.Object({
      since: time("When the queue was paused"),
      by: t.String({ description: "The client who paused it" }),
      reason: t.Optional(
        t.String({ description: "The reason, if the service paused itself: the data folder may be a copy" }),
      ),
    }),
  ),
});

/** Whether the service is well, at a glance. */
export const Overview = t.Object({
  version: t.String(),
  started_at: time("When the process began"),
  now: time("The current time of this host's clock"),
  paused: Paused.properties.paused,
  counts: t.Object(Object.fromEntries(STATUSES.map((status) => [status, count()]))),
  oldest_queued_at: nullable(time("When the oldest queued job was accepted")),
  running: t.Array(
    t.Object({
      job_id: t.String(),
      suburb: t.String(),
      state: t.String(),
      postcode: nullable(t.String()),
      client: t.String(),
      stage: t.Union(STAGES.map((stage) => t.Literal(stage))),
      progress: t.Integer({ minimum: 0, maximum: 100 }),
      section: nullable(t.String({ description: "The part of the report that is being made" })),
      waiting_for: nullable(t.String()),
      started_at: nullable(time("When its attempt began")),
    }),
  ),
  memory: t.Object({ used_bytes: bytes(), limit_bytes: bytes() }),
  threads: t.Object({ busy: count("Renders in progress"), total: count() }),
  disk: t.Object({ free_bytes: bytes(), total_bytes: bytes() }),
  event_loop_lag_ms: t.Number({ minimum: 0 }),
  failed_last_hour: count("Jobs that failed in the last 60 minutes, without those that will be retried"),
  deliveries: t.Array(
    t.Object({
      target: t.String(),
      ok: t.Boolean({
        description: "Whether the target accepts reports: no known problem, and the latest delivery did not fail",
      }),
      problem: nullable(t.String({ description: "What an operator has to fix" })),
      last_success_at: nullable(time("When the last delivery succeeded; null: none since the process started")),
      last_failure_at: nullable(time("When the last delivery failed; null: none since the process started")),
      failing_since: nullable(time("Since when every delivery has failed; null if the latest succeeded")),
      failures: count("How many deliveries failed since the last success"),
      last_error: nullable(t.String({ description: "Why the latest failed" })),
    }),
  ),
  actions: t.Array(
    t.Object({
      at: time("When the action was made"),
      action: t.Union([t.Literal("paused"), t.Literal("resumed"), t.Literal("imported")]),
      actor: t.String({
        description: 'The client, followed by " (dashboard)" for an action there; "operator": a change in the database',
      }),
      detail: nullable(t.String({ description: "What was imported" })),
    }),
    { description: "Pauses and resumes of the queue, and imports into this host's catalogue, the latest first" },
  ),
  callbacks: t.Object({
    pending: count("Callbacks still to be sent, including the failing ones"),
    failing: count("Pending callbacks whose last attempt failed"),
    failed: count("Callbacks that were given up"),
    oldest_failing: nullable(
      t.Object(
        {
          since: time("When its attempts began"),
          attempts: t.Integer({ minimum: 1 }),
          error: nullable(t.String({ description: "Why its last attempt failed" })),
        },
        { description: "The failing callback whose attempts started first" },
      ),
    ),
    problem: nullable(t.String({ description: "Why callbacks cannot be read or written" })),
  }),
  catalogue: t.Object(
    {
      state: t.Union([t.Literal("empty"), t.Literal("sample"), t.Literal("stale"), t.Literal("current")], {
        description: `sample: the catalogue has the synthetic sample; stale: its newest sale is older than ${STALE_DAYS} days`,
      }),
      localities: count(),
      sales: count(),
      newest: nullable(t.String({ description: "The day of the newest sale" })),
      other_source: t.Boolean({
        description: "Whether reports also have another source, so an empty catalogue is sufficient",
      }),
    },
    { description: "The data that this host makes reports from" },
  ),
  ready: t.Object({ ok: t.Boolean(), problems: t.Array(t.String()) }),
});

/** What an overview is made from. */
export interface OverviewDependencies {
  readonly queue: Queue;
  readonly catalogue: Pick<Catalogue, "imports" | "summary">;
  readonly hasOtherSource?: boolean;
  readonly version: string;
  readonly running: () => ReadonlyMap<string, Running>;
  readonly health: () => Promise<HealthSnapshot>;
  readonly ready: () => Promise<readonly string[]>;
}

type OverviewBody = Viewed<typeof Overview>;

/** An overview as this reader may see it: to others than an admin what is wrong, and not where or why. */
export function disclosedOverview(overview: OverviewBody, admin: boolean, folders: readonly string[]): OverviewBody {
  if (admin) return overview;
  const { paused, callbacks, ready, deliveries } = overview;
  const { oldest_failing: oldest } = callbacks;
  return {
    ...overview,
    paused: paused && {
      ...paused,
      ...(paused.reason !== undefined && { reason: withoutFolders(paused.reason, folders) }),
    },
    deliveries: deliveries.map((each) => ({
      ...each,
      problem: disclosedReason(each.problem, admin, targetProblem(each.target)),
      last_error: disclosedReason(each.last_error, admin),
    })),
    callbacks: {
      ...callbacks,
      oldest_failing: oldest && { ...oldest, error: disclosedReason(oldest.error, admin) },
      problem: disclosedReason(callbacks.problem, admin, messages.callbacksUnreadable),
    },
    ready: { ...ready, problems: ready.problems.map((each) => withoutFolders(each, folders)) },
  };
}

/** Its shape is {@link Overview}. */
export async function overviewOf(dependencies: OverviewDependencies) {
  const { queue, catalogue, version, running, health, ready, hasOtherSource = false } = dependencies;
  const [counts, paused, oldestQueuedAt, page, callbacks, lastHour, actions, now, problems] = await Promise.all([
    queue.counts(),
    queue.paused(),
    queue.oldestQueuedAt(),
    queue.list({ status: "running", limit: MOST_RUNNING }),
    queue.callbacks.counts(),
    queue.statistics("hour"),
    queue.actions(LATEST_ACTIONS),
    health(),
    ready(),
  ]);
  const known = running();
  return {
    version,
    started_at: now.startedAt,
    now: new Date().toISOString(),
    paused,
    counts,
    oldest_queued_at: oldestQueuedAt,
    running: page.jobs.map((job) => runningView(job, known.get(job.id))),
    memory: { used_bytes: now.memory.usedBytes, limit_bytes: now.memory.limitBytes },
    threads: now.threads,
    disk: { free_bytes: now.disk.freeBytes, total_bytes: now.disk.totalBytes },
    event_loop_lag_ms: Math.round(now.eventLoopLagMs * 10) / 10,
    failed_last_hour: lastHour.reduce((sum, { failed }) => sum + failed, 0),
    deliveries: now.deliveries.map(deliveryView),
    actions: latestOf(actions, catalogue.imports(LATEST_ACTIONS)),
    callbacks: callbacksView(callbacks, now.callbackProblem),
    catalogue: { ...catalogueView(catalogue.summary()), other_source: hasOtherSource },
    ready: { ok: problems.length === 0, problems },
  } satisfies Viewed<typeof Overview>;
}

function deliveryView({ target, problem, record }: HealthSnapshot["deliveries"][number]) {
  return {
    target,
    ok: problem === null && record.failingSince === null,
    problem,
    last_success_at: record.lastSuccessAt,
    last_failure_at: record.lastFailureAt,
    failing_since: record.failingSince,
    failures: record.failures,
    last_error: record.lastError,
  };
}

function latestOf(actions: readonly QueueAction[], imports: readonly CatalogueImported[]) {
  const imported = imports.map(({ at, actor, rows }) => ({
    at,
    action: "imported" as const,
    actor,
    detail: Object.entries(rows)
      .map(([kind, count]) => rowsInWords(count, kind))
      .join(", "),
  }));
  return [...actions.map((each) => ({ ...each, detail: null })), ...imported]
    .toSorted((a, b) => compareText(b.at, a.at))
    .slice(0, LATEST_ACTIONS);
}

function catalogueView({ localities, sales, newest, synthetic }: CatalogueSummary) {
  const isStale = newest !== null && Date.now() - Date.parse(newest) > STALE_DAYS * DAY_MS;
  const state = localities === 0 ? "empty" : synthetic ? "sample" : isStale ? "stale" : "current";
  return { state, localities, sales, newest } as const;
}

function callbacksView({ pending, failing, failed, oldestFailing }: CallbackCounts, problem: string | null) {
  return { pending, failing, failed, oldest_failing: oldestFailing, problem };
}

function runningView(job: Job, known: Running | undefined) {
  return {
    job_id: job.id,
    suburb: job.suburb,
    state: job.state,
    postcode: job.postcode,
    client: job.client,
    stage: job.stage,
    progress: statusOf(job, known ?? null).progress,
    section: known?.section ?? null,
    waiting_for: known?.waitingFor ?? null,
    started_at: job.attemptStartedAt,
  };
}
