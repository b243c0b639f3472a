import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { Failure } from "../../failure.ts";
import type { Callback, CallbackAttempt, Callbacks } from "../../queue/callback.ts";
import { ENDED, type Job } from "../../queue/job.ts";
import { json } from "../answer.ts";
import { nullable, time } from "../nullable.ts";
import { JOB_ID, operation, ref } from "../openapi/operation.ts";
import type { Shared } from "../shared.ts";
import { findJob } from "./status.ts";

/** One end of a job that somebody is told of. */
export const CallbackView = t.Object({
  callback_id: t.String({ description: "webhook-id: the same over all tries" }),
  job_id: t.String(),
  job_status: t.Union([t.Literal("completed"), t.Literal("failed"), t.Literal("cancelled")], {
    description: "How the job ended",
  }),
  status: t.Union([t.Literal("pending"), t.Literal("delivered"), t.Literal("failed")]),
  url: t.String(),
  attempts: t.Integer({ minimum: 0 }),
  created_at: time("When the job ended"),
  retry_at: nullable(time("When it is tried next")),
  ended_at: nullable(time("When it was taken, or given up")),
});

/** The callbacks of a job, oldest first, with their tries. */
export const CallbackList = t.Object({
  callbacks: t.Array(
    t.Composite([
      CallbackView,
      t.Object({
        tries: t.Array(
          t.Object({
            started_at: time("When it was sent"),
            ms: t.Integer({ minimum: 0 }),
            http_status: nullable(t.Integer()),
            answer: nullable(t.String({ description: "The beginning of the answer's body" })),
            error: nullable(t.String({ description: "Why it was not taken" })),
          }),
        ),
      }),
    ]),
  ),
});

/** Who was told of a job's end, what they answered, and the wish to tell them again. */
export function callbackRoutes(shared: Shared) {
  const { queue, callbacks, outgoing } = shared;

  return new Elysia()
    .use(shared.admission)
    .get(
      "/api/jobs/:id/callbacks",
      async ({ request, params, caller }) => {
        const { id } = await findJob(queue, caller, params.id);
        const to = { request, owner: caller.client };
        return outgoing.json(to, callbackListView(await queue.callbacks.of(id)));
      },
      { detail: LIST },
    )
    .post(
      "/api/jobs/:id/callback",
      async ({ params, caller }) => {
        const job = await findJob(queue, caller, params.id);
        const callback = await queue.callbacks.resend(job.id);
        if (callback === null) throw new Failure("no_callback", whyNone(job));
        callbacks.wake(callback.url);
        return json(view(callback));
      },
      { parse: "none", detail: RESEND },
    );
}

/** Its shape is {@link CallbackList}. */
export function callbackListView(found: Awaited<ReturnType<Callbacks["of"]>>) {
  return { callbacks: found.map((each) => ({ ...view(each), tries: each.tries.map(tryView) })) };
}

function whyNone({ id, status }: Job): string {
  return ENDED.has(status)
    ? `Nobody waits for the end of job ${id}: it came without a callback_url, and none was configured then.`
    : `Job ${id} has not ended: there is nothing to tell yet.`;
}

function view({ id, jobId, job, status, url, attempts, createdAt, nextTryAt, endedAt }: Callback) {
  return {
    callback_id: id,
    job_id: jobId,
    job_status: job.status,
    status,
    url,
    attempts,
    created_at: createdAt,
    retry_at: nextTryAt,
    ended_at: endedAt,
  };
}

function tryView({ startedAt, tookMs, httpStatus, answer, error }: CallbackAttempt) {
  return { started_at: startedAt, ms: tookMs, http_status: httpStatus, answer, error };
}

const LIST = operation({
  operationId: "listCallbacks",
  tags: ["Jobs"],
  summary: "Who was told of a job's end, and what was answered",
  parameters: [JOB_ID],
  answers: { 200: { description: "All of them", content: { "application/json": ref("CallbackList") } } },
  problems: [404, 409],
});

const RESEND = operation({
  operationId: "resendCallback",
  tags: ["Jobs"],
  summary: "Tell of a job's end again",
  description: "The latest callback is sent again at once, under the same webhook-id, and tried for another 24 hours.",
  parameters: [JOB_ID],
  answers: { 200: { description: "The callback", content: { "application/json": ref("Callback") } } },
  problems: [404, 409],
});
