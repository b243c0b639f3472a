import { Type as t } from "@sinclair/typebox";
import { Failure } from "../failure.ts";
import type { Idempotency, NewJob, Submitted } from "../queue/job.ts";
import type { Caller } from "./access.ts";
import { JobView, oldStatus } from "./job-view.ts";
import { type CallbackParts, statusPath } from "./parts.ts";
import type { Asked } from "./reading/asked.ts";

const Core = t.Object({
  job_id: t.String(),
  status: JobView.properties.status,
  stage: JobView.properties.stage,
  status_url: t.String({ description: "Ask here until status is completed, failed or cancelled" }),
  warnings: t.Array(t.String(), { description: "What was not taken from the request, such as unknown fields" }),
});

/** The answer to an accepted request; with `Prefer: wait` and a job that ended in time, everything about the job. */
export const Accepted = t.Composite([Core, t.Partial(t.Omit(JobView, ["job_id", "status", "stage", "status_url"]))], {
  description: "An accepted request; the fields beyond warnings are there when the job ended within Prefer: wait",
});

/**
 * What was asked for as a job of this caller.
 * @throws Failure "invalid_request" for an address that may not be called back.
 */
export function toNewJob(
  { callbackUrl: requested, warnings: _, ...asked }: Asked,
  caller: Caller,
  idempotency: Idempotency | null,
  callbacks: CallbackParts,
): NewJob {
  return { ...asked, client: caller.client, idempotency, callbackUrl: callbackUrl(requested, callbacks) };
}

function callbackUrl(requested: string | null, callbacks: CallbackParts): string | null {
  try {
    return callbacks.addressFor(requested);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "address_refused") throw error;
    const problems = [{ path: "/callback_url", message: error.message }];
    throw new Failure("invalid_request", `the callback_url cannot be used: ${error.message}`, {
      details: { problems },
    });
  }
}

/** What is said about an accepted job at once. */
export function acceptedView({ job }: Submitted, origin: string, warnings: readonly string[]) {
  return {
    job_id: job.id,
    status: oldStatus(job),
    stage: job.status === "running" ? job.stage : job.status,
    status_url: origin + statusPath(job),
    warnings,
  };
}
