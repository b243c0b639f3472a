/*
 * Runs a job stage by stage: claims it, gathers, renders, delivers, and retries with backoff; later prunes it.
 * Each stage's result is stored before the next begins, so a restart resumes there.
 * Not here: HTTP, the queue's backends, and how a PDF is drawn or uploaded.
 */

import { asFailure } from "../failure.ts";
import { withinTime } from "../host/scheduling/within-time.ts";
import type { Claim } from "../queue/job.ts";
import type { JobChange } from "../queue/queue.ts";
import { createAttempt, type Running, type RunningAttempt } from "./attempt.ts";
import type { Backoff } from "./backoff.ts";
import { createClaiming } from "./claiming.ts";
import { type CourseOptions, createCourse } from "./course.ts";
import { CANCELLED, createEnding, LOST, STOPPING } from "./ending.ts";
import { persist } from "./persisting.ts";
import { createPipelineSlots, type PipelineSlotsOptions } from "./pipeline-slots.ts";

export type { Step } from "./attempt.ts";

export interface PipelineOptions extends CourseOptions, PipelineSlotsOptions {
  readonly maxAttempts: number;
  readonly backoff?: Backoff;
}

export interface Pipeline {
  /** Begins to claim. */
  start(): void;
  /** What runs now in this process, for those who watch. */
  running(): ReadonlyMap<string, Running>;
  /** Median milliseconds a job has recently taken from claim to end, null before the first; for ETAs. */
  typicalMs(): number | null;
  /** Takes no new jobs; lets the running ones end for `graceMs`, then puts the rest back. */
  stop(graceMs: number): Promise<void>;
}

/** After the grace time, how long the queue may take to put the rest back. */
const PUT_BACK_MS = 5_000;
const DURATIONS = 64;

/**
 * Takes jobs from the queue and runs them through the stages, each stored before the next begins. It claims no more than
 * the render slots need, so that the order of the queue stays effective; rendered jobs that find all delivery
 * slots taken, or others waiting for them, go back to the queue and wait there, so that slow delivery delays no
 * render. Suspected jobs are rendered one at a time; they use no slot of others but the one they render in.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { queue } = options;
  /** Attempts that run here, by job: a change of theirs comes from elsewhere. Written by `run` and `endAttempt`. */
  const runningAttempts = new Map<string, RunningAttempt>();
  /** The last of them: how long jobs took that were completed. Written by `noteDuration`. */
  const durations: number[] = [];
  /** Written by `start` and `stop`. */
  let state: "new" | "open" | "stopping" | "stopped" = "new";
  /** Attempts that have not ended, those that were abandoned too. Written by `run`. */
  let attempts = 0;
  /** Written by `stop`, which waits for it. */
  let onIdle = () => {};
  /** Written by `start`. */
  let unsubscribe = () => {};
  const isStopped = () => state === "stopped";
  const slots = createPipelineSlots(options);
  const ending = createEnding(options);
  const claiming = createClaiming({
    queue,
    slots,
    isOpen: () => state === "open",
    run: (claim) => void run(claim),
    onChecked: ended,
  });
  const runStages = createCourse(options, { slots, claiming, ending, endAttempt, isStopped });

  function ended(): void {
    if (attempts === 0 && !claiming.isClaiming()) onIdle();
  }

  /** Never rejects: whatever happens to an attempt is recorded in the queue. */
  async function run(claim: Claim): Promise<void> {
    const attempt = createAttempt(claim);
    const startedAt = performance.now();
    attempts += 1;
    runningAttempts.set(claim.job.id, attempt);
    if (claim.job.cancelRequested) attempt.cancel(CANCELLED);
    if (state !== "open") attempt.abort(STOPPING);
    try {
      const done = await runStages(attempt);
      endAttempt(attempt);
      if (done !== null && (await persist(() => queue.complete(claim, done.delivered), isStopped)))
        noteDuration(claim.job.ranMs + performance.now() - startedAt);
    } catch (error) {
      endAttempt(attempt);
      const reason = asFailure(attempt.signal.aborted ? attempt.signal.reason : error);
      await persist(() => ending.fail(claim, reason), isStopped);
    }
    attempts -= 1;
    ended();
    void claiming.fill();
  }

  /** From here on a change of the job is this attempt's own doing. */
  function endAttempt(attempt: RunningAttempt): void {
    const { id } = attempt.claim.job;
    if (runningAttempts.get(id) === attempt) runningAttempts.delete(id);
  }

  function onChange({ id, status, stage, cancelRequested }: JobChange): void {
    if (status === "queued") claiming.noteQueued({ stage });
    const attempt = runningAttempts.get(id);
    if (attempt === undefined) return;
    if (status !== "running") attempt.abort(LOST);
    else if (cancelRequested) attempt.cancel(CANCELLED);
  }

  function noteDuration(ms: number): void {
    durations.push(ms);
    if (durations.length > DURATIONS) durations.shift();
  }

  return {
    start() {
      if (state !== "new") return;
      state = "open";
      unsubscribe = queue.subscribe(onChange);
      void claiming.fill();
    },

    running: () =>
      new Map(
        [...runningAttempts].map(([id, { stage, progress, section, document = null, waitingFor }]) => [
          id,
          { stage, progress, section, document, waitingFor },
        ]),
      ),

    typicalMs() {
      const sorted = durations.toSorted((a, b) => a - b);
      return sorted[Math.floor(sorted.length / 2)] ?? null;
    },

    async stop(graceMs) {
      if (state === "stopped") return;
      state = "stopping";
      const idle = new Promise<void>((resolve) => {
        onIdle = resolve;
        ended();
      });
      await withinTime(idle, graceMs);
      for (const attempt of runningAttempts.values()) attempt.abort(STOPPING);
      await withinTime(idle, PUT_BACK_MS);
      state = "stopped";
      unsubscribe();
      claiming.close();
    },
  };
}
