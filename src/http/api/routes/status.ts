import { Elysia } from "elysia";
import { type Caller, sees } from "../../../access/caller.ts";
import { asFailure, type Failure } from "../../../failure.ts";
import { retryAfter } from "../../../outbound/retry-after.ts";
import { ENDED, type Job } from "../../../queue/job.ts";
import type { Queue } from "../../../queue/queue.ts";
import type { JobView } from "../../../views/job-view.ts";
import { statusOf } from "../../../views/status-word.ts";
import { errors } from "../../errors.ts";
import { JOB_ID, operation, ref } from "../../openapi/operation.ts";
import { preferredWait, WAIT } from "../../preference.ts";
import { choice, defineQuery } from "../../query.ts";
import { json } from "../../response.ts";
import { ownOf } from "../job-filter.ts";
import { jobIdIn } from "../job-id.ts";
import { jobView, retryAfterMs, surroundings } from "../job-status.ts";
import { longPoll, untilChanged, untilEnded } from "../long-poll.ts";
import type { Shared } from "../shared.ts";

/** Where a job is: the old API's call. */
export function statusRoutes(shared: Shared) {
  return new Elysia()
    .use(shared.admission)
    .get("/api/job-status/:id", ({ request, params, caller }) => status(shared, request, caller, params.id), {
      detail: STATUS,
    });
}

/** The error for an unknown job, in words that an old client shows. */
export function unknownJob(id: string): Failure {
  if (id.trim() === "") return errors.noJobId();
  return errors.unknownJob(id);
}

const SHOWN = 10;

/**
 * A job the caller may know of, by its id or by the beginning or the end of it, such as the one that the name of its
 * delivered file ends with, or by that name. Jobs of other clients look like jobs that do not exist.
 * @throws Failure "unknown_job", or "ambiguous_id" with those that it may be.
 */
export async function findJob(queue: Pick<Queue, "get" | "find">, caller: Caller, id: string | null): Promise<Job> {
  // What Elysia makes of a segment whose percent-encoding is broken.
  if (id === null) throw errors.badJobId();
  const job = await queue.get(id);
  if (job !== null && sees(caller, job)) return job;
  const piece = jobIdIn(id);
  if (piece === null) throw unknownJob(id);
  const found = await queue.find(piece, { ...ownOf(caller), limit: SHOWN + 1 });
  const [only] = found;
  if (only === undefined) throw unknownJob(id);
  if (found.length > 1) throw ambiguousId(id, found);
  return only;
}

function ambiguousId(id: string, found: readonly Job[]): Failure {
  const jobs = found.slice(0, SHOWN).map((job) => ({
    job_id: job.id,
    ...{ suburb: job.suburb, state: job.state, status: statusOf(job, null).status, created_at: job.createdAt },
  }));
  const names = jobs.map(({ job_id, suburb, state }) => `${job_id} (${suburb} ${state})`).join(", ");
  const more = found.length > SHOWN ? ", and more" : "";
  return errors.ambiguousId(id, names + more, jobs);
}

/** The error message that clients of the old service compare with; our own message is beside it. */
function inOldWords(error: unknown): unknown {
  const { code, message } = asFailure(error);
  return code === "unknown_job" ? errors.jobNotFoundAsBefore(message) : error;
}

async function status(shared: Shared, request: Request, caller: Caller, piece: string): Promise<Response> {
  const { wait: requested, until: end } = QUERY.read(request);
  const until = end === "ended" ? untilEnded : untilChanged;
  const mayPrefer = requested === null && shared.waiters.room(caller.client);
  const preferred = mayPrefer ? preferredWait(request.headers) : null;
  const waitS = requested ?? preferred ?? 0;

  const found = await findJob(shared.queue, caller, piece).catch((error) => {
    throw piece?.trim() === "" ? error : inOldWords(error);
  });
  const { id } = found;
  const read = () => findJob(shared.queue, caller, id);
  const job = waitS === 0 ? found : await longPoll({ ...shared, caller, request, waitS }, id, read, until);
  if (job === null) throw unknownJob(id);

  const position = job.status === "queued" ? await shared.queue.position(id) : null;
  const around = await surroundings(shared, request, job, position);
  const headers: Record<string, string> = {};
  if (!ENDED.has(job.status)) headers["Retry-After"] = retryAfter(retryAfterMs(job, around));
  if (preferred !== null) headers["Preference-Applied"] = `wait=${preferred}`;
  return json<typeof JobView>(jobView(job, around), headers);
}

const QUERY = defineQuery(
  {
    wait: WAIT,
    until: choice(
      '"changed": `wait` ends when the job changes its status or stage; "ended": when the job is completed, failed or cancelled',
      ["changed", "ended"],
      "changed",
    ),
  },
  { others: "ignored" },
);

const STATUS = operation({
  operationId: "jobStatus",
  tags: ["Jobs"],
  summary: "Show the status of a job",
  parameters: [
    JOB_ID,
    ...QUERY.parameters,
    {
      name: "Prefer",
      in: "header",
      description: "wait=N as a preference (RFC 7240)",
      schema: { type: "string" },
    },
  ],
  responses: {
    200: {
      description: "The job",
      headers: { "Retry-After": "Seconds to wait before the next poll; absent once the job has ended" },
      content: { "application/json": ref("Job") },
    },
  },
  problems: [404, 409, 422],
});
