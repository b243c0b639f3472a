import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { seesSurroundings } from "../../../access/caller.ts";
import { type Attempt, type Delivery, type JobEvent, RELEASE_REASONS } from "../../../queue/job.ts";
import { requestOf } from "../../../queue/request.ts";
import { JobView } from "../../../views/job-view.ts";
import { nullable, time, type Viewed } from "../../../views/nullable.ts";
import { disclosedError, disclosedPath, disclosedRequest, readsCallbacks } from "../../../views/views.ts";
import { JOB_ID, operation, ref } from "../../openapi/operation.ts";
import { jobView, surroundings } from "../job-status.ts";
import type { Shared } from "../shared.ts";
import { CallbackList, callbackListView } from "./callbacks.ts";
import { findJob } from "./status.ts";

const stage = JobView.properties.stage;

/** Everything that is known of one job. */
export const JobDetail = t.Object({
  job: t.Unsafe(ref("Job")),
  client: t.String({ description: "The client that submitted the job" }),
  request: t.Record(t.String(), t.Unknown(), { description: "The request, without the data set" }),
  attempts: t.Array(
    t.Object({
      number: t.Integer({ minimum: 1 }),
      started_at: time("When the attempt began"),
      gathered_at: nullable(time("When its data set was stored")),
      rendered_at: nullable(time("When its PDF was stored")),
      ended_at: nullable(time("When it ended")),
      outcome: nullable(
        t.Union(
          (["completed", "failed", "cancelled", "crashed", "released"] as const).map((word) => t.Literal(word)),
          { description: '"released": returned to the queue without counting; release_reason gives the reason' },
        ),
      ),
      release_reason: nullable(
        t.Union(
          RELEASE_REASONS.map((reason) => t.Literal(reason)),
          {
            description:
              "stopping: the service stopped; delivery_busy: all delivery slots were in use; delivery_closed: the target " +
              "was not available; unclaimed: the host never received the claim; cancelling: the job is being cancelled, " +
              "and the next attempt checks what this one delivered; report_gone: its PDF was missing and is rendered again. Null if unknown",
          },
        ),
      ),
      error: JobView.properties.failure,
    }),
  ),
  deliveries: t.Array(
    t.Object({
      kind: t.String({ description: "Kind of the document" }),
      target: t.String(),
      path: t.String({ description: "Path of the file within the target" }),
      delivered_at: nullable(time("When it was delivered")),
      delivered_to: nullable(t.String()),
      url: nullable(t.String()),
    }),
  ),
  callbacks: CallbackList.properties.callbacks,
  history: t.Array(
    t.Object({
      id: t.Integer(),
      at: time("When the change was made"),
      from: nullable(stage),
      to: stage,
      by: t.Union([t.Literal("service"), t.Literal("operator")], {
        description: '"operator": a change in the database itself',
      }),
      actor: nullable(
        t.String({
          description:
            'Who requested the change: a client, followed by " (dashboard)" for a person there; null for the service',
        }),
      ),
    }),
    { description: "All changes, oldest first; the first has no from_status" },
  ),
});

/** A job's page: its attempts with their times, its deliveries, its callbacks, and each change. */
export function jobDetailRoutes(shared: Shared) {
  const { queue } = shared;
  return new Elysia().use(shared.admission).get(
    "/api/jobs/:id",
    async ({ request, params, caller }) => {
      const job = await findJob(queue, caller, params.id);
      const [position, requested, attempts, deliveries, callbacks, history] = await Promise.all([
        queue.position(job.id),
        queue.request(job.id),
        queue.attempts(job.id),
        queue.deliveries(job.id),
        queue.callbacks.of(job.id),
        queue.history(job.id),
      ]);
      const admin = seesSurroundings(caller);
      const reader = { admin, client: caller.client };
      const sent = requestOf(requested ?? "{}");
      return shared.outgoing.json<typeof JobDetail>(
        { request, owner: caller.client },
        {
          job: jobView(job, await surroundings(shared, request, job, position)),
          client: job.client,
          request: disclosedRequest(reader, job, sent),
          attempts: attempts.map((each) => attemptView(each, admin)),
          deliveries: deliveries.map((each) => deliveryView(each, admin, shared.folders ?? [])),
          ...callbackListView(callbacks, readsCallbacks(reader, job, sent), shared.callbacks),
          history: history.map(eventView),
        },
      );
    },
    { detail: DETAIL },
  );
}

function attemptView(
  { number, startedAt, gatheredAt, renderedAt, endedAt, outcome, releaseReason, error }: Attempt,
  admin: boolean,
) {
  return {
    number,
    started_at: startedAt,
    gathered_at: gatheredAt,
    rendered_at: renderedAt,
    ended_at: endedAt,
    outcome,
    release_reason: releaseReason,
    error: disclosedError(error, admin),
  } satisfies Viewed<typeof JobDetail>["attempts"][number];
}

function deliveryView(
  { kind, target, path, delivered, deliveredAt }: Delivery,
  admin: boolean,
  folders: readonly string[],
) {
  return {
    kind,
    target,
    path,
    delivered_at: deliveredAt,
    delivered_to: disclosedPath(delivered?.to ?? null, admin, folders),
    url: delivered?.url ?? null,
  } satisfies Viewed<typeof JobDetail>["deliveries"][number];
}

function eventView({ id, at, from, to, by, actor }: JobEvent) {
  const change = { id, at, from: from === null ? null : word(from), to: word(to), by, actor };
  return change satisfies Viewed<typeof JobDetail>["history"][number];
}

/** A job's `stage`, as everywhere in the API. */
function word({ status, stage }: JobEvent["to"]) {
  return status === "running" ? stage : status;
}

const DETAIL = operation({
  operationId: "getJob",
  tags: ["Jobs"],
  summary: "Show everything about a job",
  description: "The attempts with their times, the deliveries of the PDF, the callbacks, and all changes.",
  parameters: [JOB_ID],
  responses: { 200: { description: "The job", content: { "application/json": ref("JobDetail") } } },
  problems: [404, 409],
});
