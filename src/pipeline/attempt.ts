import { Failure } from "../failure.ts";
import type { Claim, Stage } from "../queue/job.ts";
import { messages } from "./messages.ts";

/** A part of a whole job, from and to, for the progress that people see. */
export type ProgressShare = readonly [from: number, to: number];

/** As the service that this one replaces counted it (docs/migrate-from-rq.md); a document has a share of its own. */
export const SHARE: Readonly<Record<Stage, ProgressShare>> = {
  gathering: [0.3, 0.45],
  rendering: [0.45, 0.85],
  delivering: [0.85, 1],
};

/** What a stage is given. */
export interface Step {
  /** Aborted on cancel, lost lease, job timeout and the end of the grace time. Its reason is a Failure. */
  readonly signal: AbortSignal;
  /** Aborted when the job is cancelled: a delivery, which heeds this alone, then reports the result. */
  readonly cancel: AbortSignal;
  /**
   * 0–1 within the step, and the part of the document that is begun, where there is one. `document` is the kind of the
   * one that it is about, where that is not the step's.
   */
  progress(done: number, section?: string | null, document?: string | null): void;
}

/** The subject of a step, if that is not the whole stage. */
export interface StepOf {
  /** The kind of the document. */
  readonly document?: string;
  readonly share?: ProgressShare;
}

/** How far a running job is. */
export interface Running {
  readonly stage: Stage;
  /** 0–1 over the whole job. */
  readonly progress: number;
  /** The part of the report that is being made, such as "market"; null in other stages, and before the first. */
  readonly section: string | null;
  /** The kind of the document that is being rendered or delivered; null before the first. */
  readonly document?: string | null;
  /** Why it waits, such as "memory"; null if it does not. */
  readonly waitingFor: string | null;
}

/** One attempt of a job, while this process has its lease. */
export interface RunningAttempt extends Running {
  readonly claim: Claim;
  readonly signal: AbortSignal;
  waitingFor: string | null;
  /**
   * The job is cancelled: the attempt ends for this reason, unless its delivery has begun. What that has sent may
   * arrive, so the upload is reported, and its end awaited.
   */
  cancel(reason: Failure): void;
  /** Ends the attempt for this reason; only the first one counts. */
  abort(reason: Failure): void;
  /** Runs one stage: ends with the stage, the timeout or the abort, whichever comes first; what comes later is ignored. */
  step<T>(stage: Stage, timeoutMs: number, work: (step: Step) => Promise<T>, of?: StepOf): Promise<T>;
  /** Rejects with the abort's reason, even if the promise never settles. */
  unlessAborted<T>(promise: Promise<T>): Promise<T>;
}

export function createAttempt(claim: Claim): RunningAttempt {
  const controller = new AbortController();
  const { signal } = controller;
  const cancelling = new AbortController();
  let delivers = claim.job.cancelRequested;
  let at = claim.job.stage;
  let progress = SHARE[at][0];
  let section: string | null = null;
  let document: string | null = null;

  function unlessAborted<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason);
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop, { once: true });
      const done = () => signal.removeEventListener("abort", stop);
      promise.then(
        (value) => {
          done();
          resolve(value);
        },
        (error) => {
          done();
          reject(error);
        },
      );
    });
  }

  return {
    claim,
    signal,
    get stage() {
      return at;
    },
    get progress() {
      return progress;
    },
    get section() {
      return section;
    },
    get document() {
      return document;
    },
    waitingFor: null,
    cancel(reason) {
      cancelling.abort(reason);
      if (!delivers) controller.abort(reason);
    },
    abort: (reason) => controller.abort(reason),
    unlessAborted,

    async step(stage, timeoutMs, work, of = {}) {
      signal.throwIfAborted();
      const [from, to] = of.share ?? SHARE[stage];
      at = stage;
      document = of.document ?? null;
      delivers ||= stage === "delivering";
      progress = from;
      const timer = setTimeout(() => controller.abort(timedOut(stage, timeoutMs)), timeoutMs);
      const step: Step = {
        signal,
        cancel: cancelling.signal,
        progress(done, part = null, about = document) {
          if (signal.aborted) return;
          document = about;
          progress = from + (to - from) * Math.min(1, Math.max(0, done));
          section = part;
        },
      };
      try {
        return await unlessAborted(work(step));
      } finally {
        clearTimeout(timer);
        progress = to;
        section = null;
      }
    },
  };
}

function timedOut(stage: Stage, timeoutMs: number): Failure {
  const [count, unit] = timeoutMs % 60_000 === 0 ? [timeoutMs / 60_000, "minute"] : [timeoutMs / 1_000, "second"];
  const limit = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return new Failure("job_timeout", messages.stageTimeout(stage, limit), {
    transient: true,
  });
}
