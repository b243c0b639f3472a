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
   * @throws Failure "disk_full", "delivery_credentials" and the like (transient), "delivery_taken", "delivery_path",
   *   "dropbox_full" and the like (permanent).
   */
  deliver(job: Job, report: ReportFile, path: string, signal: AbortSignal): Promise<Delivered>;
  /** Why no delivery is begun just now, in a word or two ("credentials", "rate limit", "outage"); null when nothing is in the way. */
  shut(): string | null;
  /** What an operator has to put right before anything is delivered here, or null. */
  trouble(): Promise<string | null>;
}
