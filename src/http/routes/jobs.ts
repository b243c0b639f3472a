import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { Failure } from "../../failure.ts";
import type { Job } from "../../queue/job.ts";
import { actorOf } from "../actor.ts";
import { json, retryAfter } from "../answer.ts";
import { readJson } from "../body.ts";
import { holdsOf } from "../holds.ts";
import { FILTER_PARAMETERS, FILTERS, filterOf, ownOf, Selection, selectionOf } from "../job-filter.ts";
import { around, askAgainMs, JobView, jobView, surroundings } from "../job-view.ts";
import { JOB_ID, operation, ref } from "../openapi/operation.ts";
import { originOf, statusPath } from "../parts.ts";
import { knownParameters } from "../query.ts";
import type { Shared } from "../shared.ts";
import { findJob, unknownJob } from "./status.ts";

/** A page of jobs, newest first. */
export const JobList = t.Object({
  jobs: t.Array(t.Composite([JobView, t.Object({ client: t.String({ description: "Who asked" }) })])),
  next_cursor: t.Union([t.String(), t.Null()], { description: "For the next page; null on the last" }),
});

/** The jobs as a list, and what can be done to one. */
export function jobRoutes(shared: Shared) {
  const { queue, limits } = shared;
  const changed = async (request: Request, job: Job) => {
    const around = await surroundings(shared, request, job, null);
    const headers = { Location: statusPath(job), "Retry-After": retryAfter(askAgainMs(job, around)) };
    return json(jobView(job, around), headers);
  };

  /** It is queued, and only a target that is left alone keeps it from being tried. */
  const isHeld = ({ status, stage }: Job) =>
    status === "queued" && stage === "delivering" && shared.holdDeliver() !== null;

  return new Elysia()
    .use(shared.admission)
    .get(
      "/api/jobs",
      async ({ request, caller }) => {
        const page = await queue.list({ ...filterOf(knownParameters(request, FILTERS)), ...ownOf(caller) });
        const origin = originOf(shared.publicUrl, request);
        const holds = await holdsOf(shared);
        const jobs = page.jobs.map((job) => ({
          ...jobView(job, around(shared, origin, job, null, holds)),
          eta_seconds: null,
          client: job.client,
        }));
        return json({ jobs, next_cursor: page.nextCursor });
      },
      { detail: LIST },
    )
    .post(
      "/api/jobs/retry",
      async ({ request, caller }) => {
        const { value } = await readJson(request, limits);
        return json({
          retried: await queue.retryAll({ ...selectionOf(value), ...ownOf(caller) }, actorOf(caller, request)),
        });
      },
      { parse: "none", detail: RETRY_ALL },
    )
    .post(
      "/api/jobs/:id/cancel",
      async ({ request, params, caller }) => {
        const { id } = await findJob(queue, caller, params.id);
        const job = await queue.cancel(id, actorOf(caller, request));
        if (job === null) throw unknownJob(params.id);
        if (job.status === "completed" || job.status === "failed") {
          throw new Failure("job_not_cancellable", `Job ${job.id} has ${job.status} already, at ${job.endedAt}.`);
        }
        return changed(request, job);
      },
      { parse: "none", detail: CANCEL },
    )
    .post(
      "/api/jobs/:id/retry",
      async ({ request, params, caller }) => {
        const before = await findJob(queue, caller, params.id);
        if (isHeld(before)) {
          shared.probeNow();
          return changed(request, before);
        }
        if (before.status !== "failed" && before.status !== "cancelled" && before.status !== "waiting") {
          throw new Failure("job_not_retryable", whyNotRetried(before));
        }
        const job = await queue.retry(before.id, actorOf(caller, request));
        if (job === null) throw unknownJob(params.id);
        return changed(request, job);
      },
      { parse: "none", detail: RETRY },
    );
}

function whyNotRetried({ id, status }: Job): string {
  return status === "completed"
    ? `Job ${id} has completed. Ask for a new report instead.`
    : `Job ${id} is ${status} and goes on by itself. Only a failed, cancelled or waiting job can be tried again.`;
}

const LIST = operation({
  operationId: "listJobs",
  tags: ["Jobs"],
  summary: "Jobs, the newest first, or those that ended last",
  parameters: FILTER_PARAMETERS,
  answers: { 200: { description: "A page", content: { "application/json": ref("JobList") } } },
  problems: [422],
});

const CANCEL = operation({
  operationId: "cancelJob",
  tags: ["Jobs"],
  summary: "Cancel a job",
  description:
    "At once when it does not run, else at its next step. A job that is cancelled already is answered as it is.",
  parameters: [JOB_ID],
  answers: { 200: { description: "The job", content: { "application/json": ref("Job") } } },
  problems: [404, 409],
});

const RETRY = operation({
  operationId: "retryJob",
  tags: ["Jobs"],
  summary: "Try a failed, cancelled or waiting job now",
  description:
    "It goes on from the last thing it finished, with all its tries. Where it waits for a target or the data source that is left alone for a while, one attempt is made at once, to see whether that has to be.",
  parameters: [JOB_ID],
  answers: { 200: { description: "The job", content: { "application/json": ref("Job") } } },
  problems: [404, 409, 429],
});

const RETRY_ALL = operation({
  operationId: "retryJobs",
  tags: ["Jobs"],
  summary: "Try all failed jobs of a filter again",
  description:
    "Those that have failed, unless `status` names failed, cancelled or both. Each goes on from the last thing it finished, with all its tries; the oldest first.",
  body: { description: "{} is all of them", content: { "application/json": Selection } },
  answers: {
    200: {
      description: "How many are queued again",
      content: { "application/json": t.Object({ retried: t.Integer({ minimum: 0 }) }) },
    },
  },
  problems: [400, 408, 413, 415, 422],
});
