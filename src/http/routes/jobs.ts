import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { Failure } from "../../failure.ts";
import { type Job, STATUSES, type Status } from "../../queue/job.ts";
import type { JobFilter } from "../../queue/queue.ts";
import type { Caller } from "../access.ts";
import { json, retryAfter } from "../answer.ts";
import { askAgainMs, JobView, jobView, surroundings } from "../job-view.ts";
import { JOB_ID, operation, ref } from "../openapi/operation.ts";
import { statusPath } from "../parts.ts";
import { invalidParameter, knownParameters } from "../query.ts";
import type { Shared } from "../shared.ts";
import { findJob, unknownJob } from "./status.ts";

const FILTERS = ["status", "suburb", "state", "created_after", "created_before", "limit", "cursor"] as const;
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** A page of jobs, newest first. */
export const JobList = t.Object({
  jobs: t.Array(JobView),
  next_cursor: t.Union([t.String(), t.Null()], { description: "For the next page; null on the last" }),
});

/** The jobs as a list, and what can be done to one. */
export function jobRoutes(shared: Shared) {
  const { queue } = shared;
  const view = (request: Request, job: Job) => jobView(job, surroundings(shared, request, job, null));
  const changed = (request: Request, job: Job) => {
    const around = surroundings(shared, request, job, null);
    const headers = { Location: statusPath(job), "Retry-After": retryAfter(askAgainMs(job, around)) };
    return json(jobView(job, around), headers);
  };

  return new Elysia()
    .use(shared.admission)
    .get(
      "/api/jobs",
      async ({ request, caller }) => {
        const page = await queue.list({ ...parseFilter(knownParameters(request, FILTERS)), ...ownOf(caller) });
        const jobs = page.jobs.map((job) => ({ ...view(request, job), eta_seconds: null }));
        return json({ jobs, next_cursor: page.nextCursor });
      },
      { detail: LIST },
    )
    .post(
      "/api/jobs/:id/cancel",
      async ({ request, params, caller }) => {
        await findJob(queue, caller, params.id);
        const job = await queue.cancel(params.id);
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
        if (before.status !== "failed" && before.status !== "cancelled") {
          throw new Failure("job_not_retryable", whyNotRetried(before));
        }
        const job = await queue.retry(params.id);
        if (job === null) throw unknownJob(params.id);
        return changed(request, job);
      },
      { parse: "none", detail: RETRY },
    );
}

/** The part of the list a caller may see. */
export function ownOf({ client, scope }: Caller): Pick<JobFilter, "client"> {
  return scope === "admin" ? {} : { client };
}

function whyNotRetried({ id, status }: Job): string {
  return status === "completed"
    ? `Job ${id} has completed. Ask for a new report instead.`
    : `Job ${id} is ${status} and goes on by itself. Only a failed or cancelled job can be tried again.`;
}

/** @throws Failure "invalid_request" that names the parameter. */
function parseFilter(query: URLSearchParams): JobFilter {
  const status = query.get("status");
  const suburb = query.get("suburb");
  const state = query.get("state");
  const cursor = query.get("cursor");
  const createdAfter = parseTime(query, "created_after");
  const createdBefore = parseTime(query, "created_before");
  return {
    limit: parseLimit(query.get("limit")),
    ...(status === null ? {} : { status: parseStatus(status) }),
    ...(suburb === null ? {} : { suburb }),
    ...(state === null ? {} : { state: state.toUpperCase() }),
    ...(createdAfter === null ? {} : { createdAfter }),
    ...(createdBefore === null ? {} : { createdBefore }),
    ...(cursor === null ? {} : { cursor }),
  };
}

function parseStatus(text: string): Status {
  const status = STATUSES.find((each) => each === text);
  if (status === undefined) throw invalidParameter("status", `one of ${STATUSES.join(", ")}`);
  return status;
}

function parseLimit(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT) throw invalidParameter("limit", `a whole number, 1 to ${MAX_LIMIT}`);
  return limit;
}

/** The queue compares times as text, so any way to write one becomes the one way they are kept. */
function parseTime(query: URLSearchParams, name: string): string | null {
  const text = query.get(name);
  if (text === null) return null;
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;
  const time = form.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) throw invalidParameter(name, "a time such as 2026-11-24T08:00:00Z, or a day");
  return time.toISOString();
}

const filter = (name: string, description: string, schema: Readonly<Record<string, unknown>>) =>
  ({ name, in: "query", description, schema }) as const;

const LIST = operation({
  operationId: "listJobs",
  tags: ["Jobs"],
  summary: "Jobs, newest first",
  parameters: [
    filter("status", "How they are", { type: "string", enum: STATUSES }),
    filter("suburb", "For which suburb", { type: "string" }),
    filter("state", "In which state or territory", { type: "string", examples: ["NSW"] }),
    filter("created_after", "Accepted after this time, or day (UTC)", { type: "string", examples: ["2026-11-24"] }),
    filter("created_before", "Accepted before this time, or day (UTC)", { type: "string" }),
    filter("limit", "How many", { type: "integer", minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT }),
    filter("cursor", "next_cursor of the page before", { type: "string" }),
  ],
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
  summary: "Try a failed or cancelled job again",
  description: "It goes on from the last thing it finished, with all its tries.",
  parameters: [JOB_ID],
  answers: { 200: { description: "The job", content: { "application/json": ref("Job") } } },
  problems: [404, 409, 429],
});
