import type { Logger } from "pino";
import type { CallbackSenderDependencies } from "../delivery/callbacks/sender.ts";
import { describeOpen, type OpenCircuit } from "../outbound/open-circuit.ts";
import { messages } from "./messages.ts";
import type { Metrics } from "./metrics.ts";

/** What the log states about what lies outside the service, as its circuits open and close. */
export function noteDependencies(log: Logger) {
  return {
    target(target: string, open: OpenCircuit | null): void {
      if (open === null) log.info({ target }, messages.targetWorks(target));
      else log.error({ target, reason: open.reason }, messages.targetFails(target, describeOpen(open)));
    },
    source(open: OpenCircuit | null): void {
      if (open === null) log.info(messages.sourceWorks);
      else log.error({ reason: open.reason }, messages.sourceFails(describeOpen(open)));
    },
    domain(open: OpenCircuit | null): void {
      if (open === null) log.info(messages.domainWorks);
      else log.error({ reason: open.reason }, messages.domainFails(describeOpen(open)));
    },
    noData(): void {
      log.warn(messages.noData);
    },
    noPartners(reason: string): void {
      log.warn({ reason }, messages.partnersFail);
    },
    domainRefused({ kind, reason }: { readonly kind: string; readonly reason: string }): void {
      log.warn({ kind, reason }, messages.notInPackages(kind));
    },
    domainCache(message: string): void {
      log.warn(message);
    },
    woken(dependency: string, jobs: number): void {
      log.info({ dependency, jobs }, messages.jobsContinue(jobs, jobs === 1 ? "job" : "jobs", dependency));
    },
  };
}

/** Logs and measures callbacks. Names only the host: the rest of an address may be a secret. */
export function noteCallbacks(
  log: Logger,
  metrics: Pick<Metrics, "callback">,
): Pick<CallbackSenderDependencies, "onAttempt" | "onProblem"> {
  return {
    onAttempt({ jobId, host, job, attempts }, { httpStatus, error, durationMs }, outcome) {
      const line = { job_id: jobId, client: job.client, host, http_status: httpStatus, error };
      const came = outcome === "delivered" ? outcome : outcome === "failed" ? "given_up" : "retry";
      metrics.callback(came, durationMs);
      if (outcome === "delivered") log.debug(line, "callback delivered");
      else if (outcome === "failed") log.warn(line, messages.callbackGivenUp);
      else log.warn({ ...line, attempts: attempts + 1, retry_at: outcome.againAt }, messages.callbackFailed);
    },
    onProblem: (failure) => log.error({ err: failure }, messages.callbacksUnreadable),
  };
}
