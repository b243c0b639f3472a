// The way of one attempt through the stages, from the first whose result is not stored.

import { Failure } from "../failure.ts";
import type { AllDelivered, Claim, DocumentFile } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import type { RunningAttempt } from "./attempt.ts";
import type { Claiming } from "./claiming.ts";
import { CANCELLED, type Ending } from "./ending.ts";
import { type Made, makeDocuments } from "./making.ts";
import { messages } from "./messages.ts";
import { checkpoint, persist } from "./persisting.ts";
import type { PipelineSlots } from "./pipeline-slots.ts";
import type { Slots } from "./slots.ts";
import type { Stages } from "./stage.ts";

/** A job to be completed, and where it was delivered: null for a draft. */
export interface Done {
  readonly delivered: AllDelivered | null;
}
const NOT_DELIVERED: Done = { delivered: null };

/** A job that exceeded this limit is rendered with all the memory: nothing else is rendered beside it. */
const NEEDS_ALL_MEMORY = "memory_limit";

/** How long a rendered job waits for a delivery slot before it is returned to the queue. */
const SOON_FREE_MS = 50;

const GATHER_TIMEOUT_MS = 5 * 60_000;
const DELIVER_TIMEOUT_MS = 15 * 60_000;

export interface CourseOptions {
  readonly queue: Queue;
  readonly stages: Stages;
  /** Longest a render may take. */
  readonly jobTimeoutMs: number;
  /** Longest a gathering and a delivery may take; 5 and 15 minutes. */
  readonly gatherTimeoutMs?: number;
  readonly deliverTimeoutMs?: number;
}

interface CourseDependencies {
  readonly slots: PipelineSlots;
  readonly claiming: Claiming;
  readonly ending: Ending;
  /** From here on a change of the job is this attempt's own doing. */
  readonly endAttempt: (attempt: RunningAttempt) => void;
  readonly isStopped: () => boolean;
}

/**
 * Makes what runs an attempt; it returns null when the job is not to be completed: it was returned, cancelled or taken
 * away. What an attempt takes is written into `slots`, and whatever it gives back is claimed for again.
 */
export function createCourse(options: CourseOptions, dependencies: CourseDependencies) {
  const { queue, stages, gatherTimeoutMs = GATHER_TIMEOUT_MS, deliverTimeoutMs = DELIVER_TIMEOUT_MS } = options;
  const { slots, claiming, ending, endAttempt, isStopped } = dependencies;

  async function run(attempt: RunningAttempt): Promise<Done | null> {
    const { claim } = attempt;
    const { stage, draft } = claim.job;
    let documents: readonly DocumentFile[] = claim.job.documents;
    // An attempt before this one sent something: there is nothing else to do than to see its outcome.
    if (claim.job.cancelRequested) {
      if (documents.length === 0) throw CANCELLED;
      return deliver(attempt, documents);
    }
    if (stage === "gathering" && !(await gather(attempt))) return drop(attempt);
    if (stage !== "delivering") {
      const made = await (isSuspected(claim) ? renderIsolated(attempt) : renderInSlot(attempt));
      if (made === null || !(await checkpoint(attempt, made.store))) return drop(attempt);
      documents = made.documents;
      if (!draft) {
        const leave = await enterDelivery(attempt);
        if (leave !== null) return deliver(attempt, documents, leave);
        const closed = slots.isNarrowed();
        endAttempt(attempt);
        await persist(() => queue.release(claim, closed ? "delivery_closed" : "delivery_busy"), isStopped);
        return null;
      }
    }
    if (documents.length === 0) throw new Failure("report_gone", messages.nothingToDeliver);
    return draft ? NOT_DELIVERED : deliver(attempt, documents);
  }

  async function gather(attempt: RunningAttempt): Promise<boolean> {
    const { claim } = attempt;
    slots.ahead.gathering += 1;
    try {
      const dataSet = await within(slots.gathering, attempt, () =>
        attempt.step("gathering", gatherTimeoutMs, (step) => stages.gather(claim, step)),
      );
      return await checkpoint(attempt, () => queue.gathered(claim, dataSet));
    } finally {
      slots.ahead.gathering -= 1;
      void claiming.fill();
    }
  }

  async function renderInSlot(attempt: RunningAttempt): Promise<Made | null> {
    const origin = attempt.claim.job.stage === "gathering" ? "gathered" : "direct";
    slots.ahead[origin] += 1;
    const leave = await slots.renders.enter(attempt).finally(() => {
      slots.ahead[origin] -= 1;
      void claiming.fill();
    });
    return makeDocuments(attempt, options).finally(() => {
      leave();
      void claiming.fill();
    });
  }

  async function renderIsolated(attempt: RunningAttempt): Promise<Made | null> {
    slots.isolated += 1;
    try {
      const leave = await slots.renders.enter(attempt, { all: attempt.claim.job.error?.code === NEEDS_ALL_MEMORY });
      return await makeDocuments(attempt, options).finally(leave);
    } finally {
      slots.isolated -= 1;
      void claiming.fill();
    }
  }

  /**
   * A slot that no queued job waits for. One that is about to be free is waited for: to put a job back and
   * to claim it again is a commit each. Null where the job is to be returned to the queue.
   */
  async function enterDelivery(attempt: RunningAttempt): Promise<(() => void) | null> {
    if (!claiming.isDeliveryLineEmpty()) return null;
    if (slots.deliveries() < slots.deliveryRoom()) return slots.delivering.enter(attempt);
    if (slots.isNarrowed() || slots.delivering.waiting() >= slots.deliveryRoom()) return null;
    return slots.delivering.enterWithin(attempt, SOON_FREE_MS);
  }

  async function deliver(
    attempt: RunningAttempt,
    documents: readonly DocumentFile[],
    leave?: () => void,
  ): Promise<Done> {
    const { claim } = attempt;
    const leaveDelivery = leave ?? (await slots.delivering.enter(attempt));
    const delivered = await attempt
      .step("delivering", deliverTimeoutMs, (step) => stages.deliver(claim, documents, step))
      .finally(leaveDelivery);
    return { delivered };
  }

  async function within<T>(slots: Slots, attempt: RunningAttempt, work: () => Promise<T>): Promise<T> {
    const leave = await slots.enter(attempt);
    return work().finally(leave);
  }

  /** A checkpoint was refused: the job was cancelled, and this ends it, or it is another's now, and this does nothing. */
  async function drop(attempt: RunningAttempt): Promise<null> {
    endAttempt(attempt);
    await persist(() => ending.release(attempt.claim), isStopped);
    return null;
  }

  return run;
}

function isSuspected({ job }: Claim): boolean {
  return job.isolated && job.stage === "rendering";
}
