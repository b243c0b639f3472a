import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type Caller, seesSurroundings } from "../../../access/caller.ts";
import type { Callback, CallbackAttempt, Callbacks } from "../../../queue/callback.ts";
import { ENDED, type Job } from "../../../queue/job.ts";
import { requestOf } from "../../../queue/request.ts";
import { nullable, time, type Viewed } from "../../../views/nullable.ts";
import { readsCallbacks } from "../../../views/views.ts";
import { errors } from "../../errors.ts";
import { messages } from "../../messages.ts";
import { JOB_ID, operation, ref } from "../../openapi/operation.ts";
import { json } from "../../response.ts";
import type { Shared } from "../shared.ts";
import { jobNote } from "./jobs.ts";
import { findJob } from "./status.ts";

/** One end of a job that a callback reports. */
export const CallbackView = t.Object({
  callback_id: t.String({ description: "webhook-id: the same for all attempts" }),
  job_id: t.String(),
  job_status: t.Union([t.Literal("completed"), t.Literal("failed"), t.Literal("cancelled")], {
    description: "How the job ended",
  }),
  status: t.Union([t.Literal("pending"), t.Literal("delivered"), t.Literal("failed")]),
  url: nullable(
    t.String({
      description: "Shown only to admins and to the client whose request named it; otherwise null",
    }),
  ),
  attempts: t.Integer({ minimum: 0 }),
  created_at: time("When the job ended"),
  retry_at: nullable(time("When the next attempt is made")),
  ended_at: nullable(time("When it was delivered or given up")),
});

/** The callbacks of a job, oldest first, with their attempts. */
export const CallbackList = t.Object({
  callbacks: t.Array(
    t.Composite([
      CallbackView,
      t.Object({
        attempt_log: t.Array(
          t.Object({
            started_at: time("When it was sent"),
            ms: t.Integer({ minimum: 0 }),
            http_status: nullable(t.Integer()),
            response: nullable(
              t.String({
                description:
                  "The beginning of the response body, for admins and for the client whose request named the address",
              }),
            ),
            error: nullable(t.String({ description: "Why the attempt failed" })),
          }),
        ),
      }),
    ]),
  ),
});

type CallbackPauses = Pick<Shared["callbacks"], "pausedUntil">;

/** The callbacks of a job with the responses of their receivers, and sending one again. */
export function callbackRoutes(shared: Shared) {
  const { queue, callbacks, outgoing } = shared;

  return new Elysia()
    .use(shared.admission)
    .get(
      "/api/jobs/:id/callbacks",
      async ({ request, params, caller }) => {
        const job = await findJob(queue, caller, params.id);
        const [found, requested] = await Promise.all([queue.callbacks.of(job.id), queue.request(job.id)]);
        const to = { request, owner: caller.client };
        return outgoing.json<typeof CallbackList>(
          to,
          callbackListView(found, mayRead(caller, job, requested), callbacks),
        );
      },
      { detail: LIST },
    )
    .post(
      "/api/jobs/:id/callback",
      async ({ request, params, caller }) => {
        const job = await findJob(queue, caller, params.id);
        shared.noteChange(request, jobNote(job));
        const callback = await queue.callbacks.resend(job.id);
        if (callback === null) throw ENDED.has(job.status) ? errors.noCallback(job.id) : errors.noCallbackYet(job.id);
        callbacks.wake(callback.url);
        return json<typeof CallbackView>(view(callback, mayRead(caller, job, await queue.request(job.id)), callbacks));
      },
      { parse: "none", detail: RESEND },
    );
}

/** Its shape is {@link CallbackList}. */
export function callbackListView(found: Awaited<ReturnType<Callbacks["of"]>>, all: boolean, pauses: CallbackPauses) {
  return {
    callbacks: found.map((each) => ({
      ...view(each, all, pauses),
      attempt_log: each.attemptLog.map((one) => attemptView(one, all)),
    })),
  } satisfies Viewed<typeof CallbackList>;
}

function mayRead(caller: Caller, job: Job, request: string | null): boolean {
  return readsCallbacks({ admin: seesSurroundings(caller), client: caller.client }, job, requestOf(request ?? "{}"));
}

function view(callback: Callback, all: boolean, pauses: CallbackPauses) {
  const { id, jobId, job, status, url, attempts, createdAt, endedAt } = callback;
  return {
    callback_id: id,
    job_id: jobId,
    // Only an ended job has a callback.
    job_status: job.status as "completed" | "failed" | "cancelled",
    status,
    url: all ? url : null,
    attempts,
    created_at: createdAt,
    retry_at: retryAt(callback, pauses),
    ended_at: endedAt,
  } satisfies Viewed<typeof CallbackView>;
}

/** The callback's own time, or the end of its address's pause, which delays it even if it is due. */
function retryAt({ url, nextAttemptAt }: Callback, pauses: CallbackPauses): string | null {
  if (nextAttemptAt === null) return null;
  // "" is a manual resend, which no pause delays.
  if (nextAttemptAt === "") return new Date().toISOString();
  const pausedUntil = pauses.pausedUntil(url)?.toISOString() ?? "";
  return nextAttemptAt > pausedUntil ? nextAttemptAt : pausedUntil;
}

function attemptView({ startedAt, durationMs, httpStatus, response, error }: CallbackAttempt, all: boolean) {
  const words = all || error === null ? error : messages.callbackRefused;
  return {
    started_at: startedAt,
    ms: durationMs,
    http_status: httpStatus,
    response: all ? response : null,
    error: words,
  };
}

const LIST = operation({
  operationId: "listCallbacks",
  tags: ["Jobs"],
  summary: "List the callbacks of a job, with the receiver's responses",
  parameters: [JOB_ID],
  responses: {
    200: { description: "The callbacks, with their attempts", content: { "application/json": ref("CallbackList") } },
  },
  problems: [404, 409],
});

const RESEND = operation({
  operationId: "resendCallback",
  tags: ["Jobs"],
  summary: "Send the callback of a job again",
  description: "Sends the latest callback again at once, with the same webhook-id, and retries for another 24 hours.",
  parameters: [JOB_ID],
  responses: { 200: { description: "The callback", content: { "application/json": ref("Callback") } } },
  problems: [404, 409],
});
