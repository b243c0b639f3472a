import { Elysia } from "elysia";
import { Failure } from "../../failure.ts";
import { ENDED, type Job } from "../../queue/job.ts";
import type { JobChange, Queue } from "../../queue/queue.ts";
import { type Caller, sees } from "../access.ts";
import { json, retryAfter } from "../answer.ts";
import { holdOpen } from "../hold.ts";
import { askAgainMs, jobView, surroundings } from "../job-view.ts";
import { JOB_ID, operation, ref } from "../openapi/operation.ts";
import { demandedWait, preferredWait } from "../preference.ts";
import { queryOf } from "../query.ts";
import type { Shared } from "../shared.ts";

/** Where a job is: the old API's call. */
export function statusRoutes(shared: Shared) {
  return new Elysia()
    .use(shared.admission)
    .get("/api/job-status/:id", ({ request, params, caller }) => status(shared, request, caller, params.id), {
      detail: STATUS,
    });
}

/** Says that there is no such job, in words an old client shows. */
export function unknownJob(id: string): Failure {
  return new Failure("unknown_job", `There is no job ${id}. It was never accepted, or was removed when it grew old.`);
}

/** A job the caller may know of; of others it is told what it would be of one that is not. @throws Failure "unknown_job". */
export async function findJob(queue: Pick<Queue, "get">, caller: Caller, id: string): Promise<Job> {
  const job = await queue.get(id);
  if (job === null || !sees(caller, job)) throw unknownJob(id);
  return job;
}

async function status(shared: Shared, request: Request, caller: Caller, id: string): Promise<Response> {
  const asked = request.url.includes("?") ? demandedWait(queryOf(request)) : null;
  const preferred = asked === null ? preferredWait(request.headers) : null;
  const waitS = asked ?? preferred ?? 0;

  const read = () => findJob(shared.queue, caller, id);
  const job = waitS === 0 ? await read() : await holdOpen({ ...shared, request, waitS }, id, read, anyChange);
  if (job === null) throw unknownJob(id);

  const position = job.status === "queued" ? await shared.queue.position(id) : null;
  const around = await surroundings(shared, request, job, position);
  const headers: Record<string, string> = {};
  if (!ENDED.has(job.status)) headers["Retry-After"] = retryAfter(askAgainMs(job, around));
  if (preferred !== null) headers["Preference-Applied"] = `wait=${preferred}`;
  return json(jobView(job, around), headers);
}

function anyChange(job: Job) {
  if (ENDED.has(job.status)) return null;
  return (change: JobChange) => change.status !== job.status || change.stage !== job.stage;
}

const STATUS = operation({
  operationId: "jobStatus",
  tags: ["Jobs"],
  summary: "Where a job is",
  parameters: [
    JOB_ID,
    {
      name: "wait",
      in: "query",
      description: "Seconds (300 at most) to hold the answer until the job's status or stage changes",
      schema: { type: "integer", minimum: 0 },
    },
    {
      name: "Prefer",
      in: "header",
      description: "wait=N, the same as a wish (RFC 7240)",
      schema: { type: "string" },
    },
  ],
  answers: {
    200: {
      description: "The job",
      headers: { "Retry-After": "Seconds until it is worth asking again; missing once it has ended" },
      content: { "application/json": ref("Job") },
    },
  },
  problems: [404, 422],
});
