import type { Logger } from "pino";
import type { CallbackSenderParts } from "../delivery/callbacks/sender.ts";
import type { Metrics } from "./metrics.ts";

/** What comes of callbacks, for the log and what is measured. Names the host alone: the rest of an address may be a secret. */
export function noteCallbacks(
  log: Logger,
  metrics: Pick<Metrics, "callback">,
): Pick<CallbackSenderParts, "onTry" | "onTrouble"> {
  return {
    onTry({ jobId, host, job, attempts }, { httpStatus, error, tookMs }, outcome) {
      const line = { job_id: jobId, client: job.client, host, http_status: httpStatus, error };
      const came = outcome === "delivered" ? outcome : outcome === "failed" ? "given_up" : "again";
      metrics.callback(came, tookMs);
      if (outcome === "delivered") log.debug(line, "callback taken");
      else if (outcome === "failed") log.warn(line, "callback given up; POST /api/jobs/{id}/callback sends it again");
      else
        log.warn({ ...line, tries: attempts + 1, again_at: outcome.againAt }, "callback not taken; it is tried again");
    },
    onTrouble: (failure) => log.error({ err: failure }, "callbacks cannot be read or written; they are tried again"),
  };
}
