import type { Logger } from "pino";
import type { CallbackSenderDependencies } from "../delivery/callbacks/sender.ts";
import { messages } from "./messages.ts";
import type { Metrics } from "./metrics.ts";

/** Logs and measures callbacks. Names only the host: the rest of an address may be a secret. */
export function noteCallbacks(
  log: Logger,
  metrics: Pick<Metrics, "callback">,
): Pick<CallbackSenderDependencies, "onAttempt" | "onProblem"> {
  return {
    onAttempt({ jobId, host, job, attempts }, { httpStatus, error, tookMs }, outcome) {
      const line = { job_id: jobId, client: job.client, host, http_status: httpStatus, error };
      const came = outcome === "delivered" ? outcome : outcome === "failed" ? "given_up" : "retry";
      metrics.callback(came, tookMs);
      if (outcome === "delivered") log.debug(line, "callback delivered");
      else if (outcome === "failed") log.warn(line, messages.callbackGivenUp);
      else log.warn({ ...line, attempts: attempts + 1, retry_at: outcome.againAt }, messages.callbackFailed);
    },
    onProblem: (failure) => log.error({ err: failure }, messages.callbacksUnreadable),
  };
}
