import type { Delivered, Job, ReportFile } from "../queue/job.ts";

/** A place finished reports go to. */
export interface Delivery {
  /** The word in `AGENTLINK_DELIVERY` and in the ledger. */
  readonly target: string;
  /**
   * Where a job's report will be put, below the target: derived from the job alone, so that every attempt names the
   * same place.
   */
  pathFor(job: Job): string;
  /**
   * Puts the file there, exactly once: one that is there already with the right content is recognised, another's file
   * is never overwritten (the report then takes its short id into the name).
   * @throws Failure "disk_full" and the like (transient), "delivery_outside" (permanent).
   */
  deliver(job: Job, report: ReportFile, path: string, signal: AbortSignal): Promise<Delivered>;
}
