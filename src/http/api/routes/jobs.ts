import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type Caller, seesSurroundings } from "../../../access/caller.ts";
import type { Failure } from "../../../failure.ts";
import { retryAfter } from "../../../outbound/retry-after.ts";
import { ENDED, type Job } from "../../../queue/job.ts";
import type { JobPage, Queue } from "../../../queue/queue.ts";
import { requestOf } from "../../../queue/request.ts";
import { JobView, statusPath } from "../../../views/job-view.ts";
import type { Viewed } from "../../../views/nullable.ts";
import { errors } from "../../errors.ts";
import { originOf } from "../../http.ts";
import { messages } from "../../messages.ts";
import { JOB_ID, operation, ref } from "../../openapi/operation.ts";
import { json } from "../../response.ts";
import { actorOf } from "../audited.ts";
import { readBlocks } from "../blocked-by.ts";
import { LIST_QUERY, ownOf, pageOf } from "../job-filter.ts";
import { around, jobView, retryAfterMs, surroundings } from "../job-status.ts";
import { longPoll, untilEnded } from "../long-poll.ts";
import type { Shared } from "../shared.ts";
import { findJob, unknownJob } from "./status.ts";

/** A page of jobs, newest first. */
export const JobList = t.Object({
  jobs: t.Array(
    t.Composite([JobView, t.Object({ client: t.String({ description: "The client that submitted the job" }) })]),
  ),
  next_cursor: t.Union([t.String(), t.Null()], { description: "Cursor of the next page; null on the last page" }),
});

/** The jobs as a list, and what can be done to one. */
export function jobRoutes(shared: Shared) {
  const { queue } = shared;
  const changed = async (request: Request, job: Job, status = 200, warnings: readonly string[] = []) => {
    const around = await surroundings(shared, request, job, null);
    const headers = { Location: statusPath(job), "Retry-After": retryAfter(retryAfterMs(job, around)) };
    const view = jobView(job, around);
    return json<typeof JobView>({ ...view, warnings: [...view.warnings, ...warnings] }, headers, status);
  };

  /** Of several targets some may have a report before its job is cancelled: it stays there. */
  const alreadyThere = async ({ id, status }: Job): Promise<readonly string[]> => {
    if (status !== "cancelled") return [];
    const there = (await queue.deliveries(id)).filter(({ delivered }) => delivered !== null);
    return [...new Set(there.map(({ target }) => target))].map((target) => messages.deliveredBefore(target));
  };

  /** Cancels it, and waits for uploads in flight: the response is "cancelled" once nothing more can arrive at a target. */
  const cancelled = (request: Request, caller: Caller, id: string) => {
    const steps = [() => queue.cancel(id, actorOf(caller, request)), () => queue.get(id)];
    const read = () => (steps.shift() ?? (() => queue.get(id)))();
    // A client with many open long polls gets the state of the cancel at once.
    const waitS = shared.waiters.room(caller.client) ? CANCEL_WAIT_S : 0;
    return longPoll({ ...shared, caller, request, waitS }, id, read, untilEnded);
  };

  /** It is queued, and only a target that is paused prevents it from being attempted. */
  const isBlocked = ({ status, stage }: Job) =>
    status === "queued" && stage === "delivering" && shared.deliverBlockedBy() !== null;

  return new Elysia()
    .use(shared.admission)
    .get(
      "/api/jobs",
      async ({ request, caller }) => {
        const filter = { ...pageOf(LIST_QUERY.read(request)), ...ownOf(caller) };
        const origin = originOf(shared.publicUrl, request);
        const blocks = await readBlocks(shared);
        const view = (job: Job) =>
          ({
            ...jobView(job, around(shared, origin, job, null, blocks, seesSurroundings(caller))),
            eta_seconds: null,
            client: job.client,
          }) satisfies Viewed<typeof JobList>["jobs"][number];
        const to = { request, owner: caller.client };
        return shared.outgoing.pieces(to, async () => {
          const page = listingOf(await queue.list(filter));
          return listItems(queue, page, (job) => JSON.stringify(view(job)));
        });
      },
      { detail: LIST },
    )
    .post(
      "/api/jobs/:id/cancel",
      async ({ request, params, caller }) => {
        const before = await findJob(queue, caller, params.id);
        shared.noteChange(request, jobNote(before));
        const job = await cancelled(request, caller, before.id);
        if (job === null) throw unknownJob(before.id);
        if (before.status === "completed" || before.status === "failed")
          throw errors.notCancellable(job.id, job.status, job.endedAt);
        return changed(request, job, ENDED.has(job.status) ? 200 : 202, await alreadyThere(job));
      },
      { parse: "none", detail: CANCEL },
    )
    .post(
      "/api/jobs/:id/retry",
      async ({ request, params, caller }) => {
        const before = await findJob(queue, caller, params.id);
        shared.noteChange(request, jobNote(before));
        if (isBlocked(before)) {
          shared.probeNow();
          return changed(request, before);
        }
        if (before.status !== "failed" && before.status !== "cancelled" && before.status !== "waiting") {
          throw notRetryable(before);
        }
        const job = await queue.retry(before.id, actorOf(caller, request));
        if (job === null) throw unknownJob(params.id);
        return changed(request, job);
      },
      { parse: "none", detail: RETRY },
    )
    .post(
      "/api/jobs/:id/send",
      async ({ request, params, caller }) => {
        const before = await findJob(queue, caller, params.id);
        if (!isSendable(before)) {
          // Requested twice, it is sent once.
          const wasDraft = requestOf((await queue.request(before.id)) ?? "{}").draft === true;
          if (wasDraft && !before.draft) return changed(request, before);
          throw notSendable(before);
        }
        shared.noteChange(request, jobNote(before));
        const job = await queue.send(before.id, actorOf(caller, request));
        if (job === null) throw unknownJob(params.id);
        return changed(request, job);
      },
      { parse: "none", detail: SEND },
    );
}

/** What the audit list states about a job. */
export function jobNote({ id, suburb, state, client }: Job) {
  return { subject: id, detail: `${suburb} ${state}, of ${client}` } as const;
}

function isSendable({ draft, status }: Job): boolean {
  return draft && status === "completed";
}

function notSendable({ id, draft, status }: Job): Failure {
  if (!draft) return errors.notDraft(id);
  return status === "failed" || status === "cancelled" ? errors.draftEnded(id, status) : errors.draftNotRendered(id);
}

/** Characters of a list that are made of what was read with it; what comes after them is read when it is sent. */
const READ_AT_ONCE = 65_536;

/** A page that is being written out: in the order of `ids`, each job that was read already until it is released. */
interface JobListPage {
  readonly ids: readonly string[];
  readonly read: Map<string, Job>;
  readonly nextCursor: string | null;
}

function listingOf({ jobs, nextCursor }: JobPage): JobListPage {
  return { ids: jobs.map(({ id }) => id), read: new Map(jobs.map((job) => [job.id, job])), nextCursor };
}

/** A list as text, piece by piece. Of a long list that is not read, only the ids are in memory, not the jobs. */
async function* listItems(
  queue: Pick<Queue, "get">,
  page: JobListPage,
  write: (job: Job) => string,
): AsyncGenerator<string> {
  let written = 0;
  for (const id of page.ids) {
    const job = page.read.get(id) ?? (await queue.get(id));
    // Removed since.
    if (job === null) continue;
    const text = `${written === 0 ? '{"jobs":[' : ","}${write(job)}`;
    written += text.length;
    if (written > READ_AT_ONCE) page.read.clear();
    yield text;
  }
  yield `${written === 0 ? '{"jobs":[' : ""}],"next_cursor":${JSON.stringify(page.nextCursor)}}`;
}

/** How long a cancel waits at most for uploads in flight; the timeouts of callers are longer. */
const CANCEL_WAIT_S = 15;

function notRetryable({ id, status }: Job): Failure {
  return status === "completed" ? errors.completedNeedsNoRetry(id) : errors.notRetryable(id, status);
}

const LIST = operation({
  operationId: "listJobs",
  tags: ["Jobs"],
  summary: "List jobs, newest first by default",
  parameters: LIST_QUERY.parameters,
  responses: { 200: { description: "A page of jobs", content: { "application/json": ref("JobList") } } },
  problems: [422],
});

const CANCEL = operation({
  operationId: "cancelJob",
  tags: ["Jobs"],
  summary: "Cancel a job",
  description:
    "Nothing more of a cancelled job is delivered. If an upload to a delivery target has begun, the response waits up to 15 seconds for it. A job that is already cancelled is returned as it is. If one of several targets already has the report, `warnings` say so.",
  parameters: [JOB_ID],
  responses: {
    200: {
      description: "How the job ended: cancelled, or completed or failed if the cancel came too late",
      content: { "application/json": ref("Job") },
    },
    202: {
      description:
        "The cancel is requested (cancel_requested), but a delivery is still in progress. Poll the status: the job ends as cancelled, or as completed if the delivery succeeds",
      content: { "application/json": ref("Job") },
    },
  },
  problems: [404, 409],
});

const SEND = operation({
  operationId: "sendJob",
  tags: ["Jobs"],
  summary: "Deliver a draft",
  description:
    "A draft (`draft: true` in its request) that is completed is delivered as it is, without being rendered again; then its callback is sent. A draft that was sent already is returned as it is.",
  parameters: [JOB_ID],
  responses: { 200: { description: "The job", content: { "application/json": ref("Job") } } },
  problems: [404, 409],
});

const RETRY = operation({
  operationId: "retryJob",
  tags: ["Jobs"],
  summary: "Retry a failed, cancelled or waiting job now",
  description:
    "The job resumes at its last checkpoint, with all attempts available again. If it waits for a target or data source whose circuit breaker is open, one attempt is made at once as a probe.",
  parameters: [JOB_ID],
  responses: { 200: { description: "The job", content: { "application/json": ref("Job") } } },
  problems: [404, 409, 429],
});
