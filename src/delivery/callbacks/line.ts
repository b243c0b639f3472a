import type { Outbound } from "../../outbound/outbound.ts";
import type { Callback } from "../../queue/callback.ts";
import type { Job } from "../../queue/job.ts";
import type { Queue } from "../../queue/queue.ts";
import { requestOf } from "../../queue/request.ts";
import { endedJobView } from "../../views/job-view.ts";
import type { Audience } from "../../views/views.ts";

/** How one callback is sent. */
export interface CallbackLine {
  readonly outbound: Pick<Outbound, "request">;
  /** whsec_ and base64. */
  readonly secret: string;
  /** Whether the operator named the address, and not the client whose job it is. */
  readonly operators: boolean;
}

export interface CallbackLineDependencies {
  readonly queue: Pick<Queue, "request">;
  /** AGENTLINK_CALLBACK_URL. */
  readonly defaultUrl: string | null;
  /** The way to addresses that the operator set, and to those that callers named. */
  readonly outbound: Outbound;
  readonly callersOutbound: Outbound;
  /** Signs what has no secret of its own. */
  readonly secret: string;
  readonly secretOf: (client: string) => Promise<string | null>;
}

/**
 * Chooses the way out and the secret of a callback: an address that a caller named is reached by the callers' rules and
 * signed with the client's own secret, where it has one; the operator's default by the operator's rules and with the
 * service's secret, so that no client can sign as the operator or reach what is open for the operator.
 */
export function createCallbackLines(
  dependencies: CallbackLineDependencies,
): (callback: Callback) => Promise<CallbackLine> {
  const { queue, defaultUrl, outbound, callersOutbound, secret, secretOf } = dependencies;
  return async ({ jobId, url, job }) => {
    if (await isOperatorsCallback(queue, jobId, url, defaultUrl)) return { outbound, secret, operators: true };
    return { outbound: callersOutbound, secret: (await secretOf(job.client)) ?? secret, operators: false };
  };
}

/** From the job's request; for a job that no longer exists, from the address. */
async function isOperatorsCallback(
  queue: Pick<Queue, "request">,
  jobId: string,
  url: string,
  defaultUrl: string | null,
): Promise<boolean> {
  const request = await queue.request(jobId);
  return request === null ? url === defaultUrl : typeof requestOf(request).callback_url !== "string";
}

export interface CallbackBodyDependencies extends Pick<Audience, "folders" | "statusContract"> {
  /** The service's address for receivers of callbacks. */
  readonly origin: () => string;
  /** Whether who runs the service is this client: without keys there is one person, whose the service is. */
  readonly runsService: (client: string) => boolean;
}

/**
 * Makes the body of a callback: the job as its status shows it. `operators`: it goes to the operator's own address, and
 * contains everything; any other address gets only what the client may see.
 */
export function createCallbackBodies({ origin, runsService, ...audience }: CallbackBodyDependencies) {
  return (job: Job, operators: boolean): string =>
    JSON.stringify(endedJobView(job, { ...audience, origin: origin(), admin: operators || runsService(job.client) }));
}
