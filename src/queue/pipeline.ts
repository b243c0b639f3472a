import type { Claim, Delivered, ReportFile } from "./job.ts";
import type { Queue } from "./queue.ts";

/** What a job does, stage by stage; the composition root brings them. Each may throw a Failure, transient or permanent. */
export interface Stages {
  /** Answers the data set as JSON text. */
  gather(claim: Claim, step: Step): Promise<string>;
  /** Answers the finished PDF. */
  render(claim: Claim, dataSet: string, step: Step): Promise<ReportFile>;
  /** `announce` writes the target path down before anything is put there; false means stop. */
  deliver(claim: Claim, report: ReportFile, step: Step): Promise<Delivered>;
}

export interface Step {
  /** Aborted on cancel, lost lease, job timeout and the end of the grace time. Its reason is a Failure. */
  readonly signal: AbortSignal;
  /** 0–1 within the stage. */
  progress(done: number): void;
}

export interface PipelineOptions {
  readonly queue: Queue;
  readonly stages: Stages;
  readonly renderSlots: number;
  readonly gatherSlots: number;
  readonly deliverSlots: number;
  readonly jobTimeoutMs: number;
  readonly maxAttempts: number;
  /** Asked before a render starts: why it may not now ("memory"), or null. */
  readonly holdRender: () => string | null;
}

export interface Pipeline {
  /** Begins to claim. */
  start(): void;
  /** What runs now: stage and progress (0–1 over the whole job), for those who watch. */
  running(): ReadonlyMap<string, { readonly progress: number; readonly waitingFor: string | null }>;
  /** Median seconds a job has lately taken from claim to end, null before the first; for ETAs. */
  typicalMs(): number | null;
  /** Takes no new jobs; lets the running ones end for `graceMs`, then puts the rest back. */
  stop(graceMs: number): Promise<void>;
}
