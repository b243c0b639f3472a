/*
 * Where a finished PDF goes (folder/, dropbox/, s3/), and who is notified of a job's end (callbacks/).
 * Every target has one interface, recognises its own file after a crash, and marks each failure as transient or permanent.
 * Not here: routes, rendering, settings and the queue's backends.
 */

import type { CircuitBreaker } from "../outbound/circuit-breaker.ts";
import type { Delivered, Job, ReportFile } from "../queue/job.ts";
import type { NamedDocument } from "./path.ts";

/**
 * How requests to a service are repeated when nothing comes back: how often, with pauses that double. Requests without
 * a file have less time: a service that accepts connections and sends nothing is detected in a minute or two.
 */
export const SENDING = { sends: 3, againMs: 250, quickMs: 30_000 } as const;

/** How a delivery observes a cancel, and what it reports. */
export interface DeliverySignals {
  /** Aborted when the job was cancelled: nothing more is started, and the response to what was sent is waited for. */
  readonly cancel: AbortSignal;
  /** Called before something is sent that may arrive even if no response comes, and when its response has come. */
  inFlight(is: boolean): void;
}

/** Never aborted. */
export function uncancelled(): DeliverySignals {
  return { cancel: new AbortController().signal, inFlight: () => {} };
}

/** A target finished reports go to. */
export interface DeliveryTarget {
  /** The word in `AGENTLINK_DELIVERY` and in the ledger. */
  readonly target: string;
  /**
   * Where a document of a job will be put, below the target: derived from the two alone, so that every attempt names the
   * same path. The agents report is meant where none is given.
   */
  pathFor(job: Job, document?: NamedDocument): string;
  /**
   * Puts the file there, exactly once: one that is there already with the right content is recognised, another's file
   * is never overwritten (the report then takes its short id into the name).
   * @throws Failure, uncounted, where no job could be delivered (no response, a pause, a setting that is refused); permanent
   *   ("delivery_taken", "delivery_path", …) where the job's own request cannot be fulfilled.
   */
  deliver(
    job: Job,
    report: ReportFile,
    path: string,
    signal: AbortSignal,
    signals?: DeliverySignals,
  ): Promise<Delivered>;
  /**
   * Checks whether the job's report exists, at the announced path or its alternative; null if not.
   * Puts nothing. @throws Failure where it cannot be checked.
   */
  find(job: Job, report: ReportFile, path: string, signal: AbortSignal): Promise<Delivered | null>;
  /** How long after it was sent something may still arrive whose response did not come. */
  readonly arrivesWithinMs: number;
  /** Opens for all jobs where none could be delivered. */
  readonly breaker: Pick<CircuitBreaker, "open" | "blocked" | "probeNow" | "successes">;
  /** Checks, without leaving a file, whether reports can be put here, and opens the breaker if not. Never rejects. */
  check(signal: AbortSignal): Promise<void>;
  /**
   * What is wrong with the target, what to do and when it is retried; null when it takes reports. May check whether it
   * does again.
   */
  problem(): Promise<string | null>;
}
