import type { Logger } from "pino";
import type { Descriptors } from "../host/descriptors.ts";
import { describeOpen, type OpenCircuit } from "../outbound/circuit-breaker.ts";

/** What the log says of what lies outside the service, as its circuits open and close. */
export function noteDependencies(log: Logger) {
  return {
    target(target: string, open: OpenCircuit | null): void {
      if (open === null) log.info({ target }, `${target} accepts reports again: delivery resumes`);
      else
        log.error({ target, reason: open.reason }, `reports cannot be delivered to ${target}: ${describeOpen(open)}`);
    },
    source(open: OpenCircuit | null): void {
      if (open === null) log.info("the data source responds again: gathering resumes");
      else log.error({ reason: open.reason }, `the data source does not work: ${describeOpen(open)}`);
    },
    domain(open: OpenCircuit | null): void {
      if (open === null) log.info("Domain responds again: gathering resumes");
      else log.error({ reason: open.reason }, `Domain does not work: ${describeOpen(open)}`);
    },
    noPartners(reason: string): void {
      log.warn({ reason }, "the partners service does not work: reports are made without partners");
    },
    domainRefused({ kind, reason }: { readonly kind: string; readonly reason: string }): void {
      log.warn({ kind, reason }, `the packages of the Domain key do not allow ${kind}: reports are made without it`);
    },
    domainCache(message: string): void {
      log.warn(message);
    },
    woken(dependency: string, jobs: number): void {
      log.info(
        { dependency, jobs },
        `${jobs} ${jobs === 1 ? "job" : "jobs"} that waited for ${dependency} can continue`,
      );
    },
    descriptors({ open, limit }: Descriptors): void {
      log.warn(
        { open, limit },
        `${open} of ${limit} files and connections are open, some of them left by ended render threads. From now on, each report is rendered in a process of its own, which leaves none. Restart the service at a convenient time (nothing is lost), and raise its limit (LimitNOFILE)`,
      );
    },
  };
}
