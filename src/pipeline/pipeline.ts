/*
 * Runs a job stage by stage: claims it, gathers, renders, delivers, retries with backoff; later it prunes it.
 * Each stage's result is stored before the next begins, so a restart resumes there.
 * Not here: HTTP, the queue's backends, and how a PDF is drawn or uploaded.
 */

import { asFailure, Failure } from "../failure.ts";
import type { AllDelivered, Claim, DocumentFile } from "../queue/job.ts";
import type { JobChange, Queue, Room } from "../queue/queue.ts";
import { createAttempt, type Running, type RunningAttempt } from "./attempt.ts";
import { BACKOFF, type Backoff, retryDelay } from "./backoff.ts";
import { type Made, makeDocuments } from "./making.ts";
import { checkpoint, keep } from "./persisting.ts";
import { createSlots, type Slots } from "./slots.ts";
import type { Stages } from "./stage.ts";

export type { Step } from "./attempt.ts";

export interface PipelineOptions {
  readonly queue: Queue;
  readonly stages: Stages;
  readonly renderSlots: number;
  readonly gatherSlots: number;
  readonly deliverSlots: number;
  /** Longest a render may take. */
  readonly jobTimeoutMs: number;
  /** Longest a gathering and a delivery may take; 5 and 15 minutes. */
  readonly gatherTimeoutMs?: number;
  readonly deliverTimeoutMs?: number;
  readonly maxAttempts: number;
  readonly backoff?: Backoff;
  /** Asked before a render starts: why it may not now ("memory"), or null. */
  readonly holdRender: () => string | null;
  /** Asked before deliveries are claimed: how many may be under way now. The others wait in the queue. */
  readonly deliveriesAtOnce?: () => number;
}

export interface Pipeline {
  /** Begins to claim. */
  start(): void;
  /** What runs now in this process, for those who watch. */
  running(): ReadonlyMap<string, Running>;
  /** Median milliseconds a job has lately taken from claim to end, null before the first; for ETAs. */
  typicalMs(): number | null;
  /** Takes no new jobs; lets the running ones end for `graceMs`, then puts the rest back. */
  stop(graceMs: number): Promise<void>;
}

/** A job that is to be completed, and where it was delivered: null for a draft. */
interface Done {
  readonly delivered: AllDelivered | null;
}
const NOT_DELIVERED: Done = { delivered: null };

const GATHER_TIMEOUT_MS = 5 * 60_000;
const DELIVER_TIMEOUT_MS = 15 * 60_000;
const CLAIM_AGAIN_MS = 1_000;
/** After the grace time, how long the queue may take to put the rest back. */
const PUT_BACK_MS = 5_000;
const DURATIONS = 64;

const STOPPING = new Failure("stopping", "the service is stopping: the job resumes after the next start", {
  transient: true,
});
const CANCELLED = new Failure("cancelled", "the job was cancelled");
const LOST = new Failure("lease_lost", "the job was taken from this attempt");

/** A job that went past this limit is rendered with all the memory there is: nothing else is rendered beside it. */
const NEEDS_ALL_MEMORY = "memory_limit";

/**
 * Takes jobs from the queue and runs them through the stages, each kept before the next begins. It claims no more than
 * keeps the render slots fed, so that the order of the queue stays effective; rendered jobs that find all delivery
 * places taken, or others in line for them, go back to the queue and wait there, so that slow delivery holds up no
 * render. Suspected jobs are rendered one at a time; they keep no place from others but the one they render in.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { queue, stages, renderSlots, gatherSlots, deliverSlots, maxAttempts } = options;
  const { gatherTimeoutMs = GATHER_TIMEOUT_MS, deliverTimeoutMs = DELIVER_TIMEOUT_MS, backoff = BACKOFF } = options;
  const gathering = createSlots({ places: gatherSlots, called: "gather slot" });
  const delivering = createSlots({ places: deliverSlots, called: "delivery slot" });
  const renders = createSlots({ places: renderSlots, called: "render slot", hold: options.holdRender });
  const held = new Map<string, RunningAttempt>();
  /** Attempts on their way to a render slot: being gathered, gathered here, or come with their data. */
  const ahead = { gathering: 0, gathered: 0, direct: 0 };
  /** Suspected jobs that are rendered here, or wait for it. */
  let isolated = 0;
  /** Whether the queue was seen to have nobody in line for delivery; a job that comes there since is counted. */
  const deliveryLine = { empty: false, came: 0 };
  const durations: number[] = [];
  let state: "new" | "open" | "stopping" | "stopped" = "new";
  let attempts = 0;
  let claiming = false;
  let claimAgain = false;
  let onIdle = () => {};
  let unsubscribe = () => {};
  let lookAgain: Timer | null = null;
  const isStopped = () => state === "stopped";

  /** One render ahead for each slot and each way to it; the rest stays in the queue, where order is kept. */
  function room(): Room {
    return {
      gathering: ahead.gathered < renderSlots ? gatherSlots - ahead.gathering : 0,
      rendering: 2 * renderSlots - renders.busy() - ahead.direct,
      delivering: deliveryRoom() - deliveries(),
      quarantine: 1 - isolated,
    };
  }

  /** Nobody tells when a target takes more again: until it takes all it is asked again and again. */
  function deliveryRoom(): number {
    const most = Math.min(deliverSlots, options.deliveriesAtOnce?.() ?? deliverSlots);
    if (most < deliverSlots) fillAgainLater();
    return most;
  }

  function fillAgainLater(): void {
    lookAgain ??= setTimeout(() => {
      lookAgain = null;
      void fill();
    }, CLAIM_AGAIN_MS).unref();
  }

  function deliveries(): number {
    return delivering.busy() + delivering.waiting();
  }

  async function fill(): Promise<void> {
    if (claiming) {
      claimAgain = true;
      return;
    }
    claiming = true;
    try {
      do {
        claimAgain = false;
        const places = room();
        if (state !== "open" || Object.values(places).every((count) => count <= 0)) break;
        const { came } = deliveryLine;
        const claims = await queue.claim(places);
        const paused = claims.length === 0 && (await queue.paused()) !== null;
        if (paused) fillAgainLater();
        noteDeliveryLine(places, claims, came, paused);
        for (const claim of claims) void run(claim);
      } while (claimAgain);
    } catch {
      // Nothing was claimed; the reason, such as a full disk, is told to everyone who submits.
      setTimeout(() => void fill(), CLAIM_AGAIN_MS).unref();
    } finally {
      claiming = false;
      ended();
    }
  }

  /** While the queue is paused nobody in line is kept waiting by who goes on. */
  function noteDeliveryLine(places: Room, claims: readonly Claim[], came: number, paused: boolean): void {
    const asked = places.delivering ?? 0;
    if (asked <= 0 || came !== deliveryLine.came) return;
    const given = claims.filter(({ job }) => job.stage === "delivering").length;
    deliveryLine.empty = paused || given < asked;
  }

  function ended(): void {
    if (attempts === 0 && !claiming) onIdle();
  }

  /** Never rejects: whatever happens to an attempt is written down in the queue. */
  async function run(claim: Claim): Promise<void> {
    const attempt = createAttempt(claim);
    const startedAt = performance.now();
    attempts += 1;
    held.set(claim.job.id, attempt);
    if (claim.job.cancelRequested) attempt.cancel(CANCELLED);
    if (state !== "open") attempt.abort(STOPPING);
    try {
      const done = await runStages(attempt);
      letGo(attempt);
      if (done !== null && (await keep(() => queue.complete(claim, done.delivered), isStopped)))
        noteDuration(claim.job.ranMs + performance.now() - startedAt);
    } catch (error) {
      letGo(attempt);
      const reason = asFailure(attempt.signal.aborted ? attempt.signal.reason : error);
      await keep(() => end(claim, reason), isStopped);
    }
    attempts -= 1;
    ended();
    void fill();
  }

  /** From here on a change of the job is this attempt's own doing. */
  function letGo(attempt: RunningAttempt): void {
    const { id } = attempt.claim.job;
    if (held.get(id) === attempt) held.delete(id);
  }

  /** Returns null when the job is not to be completed: it was put back, cancelled or taken away. */
  async function runStages(attempt: RunningAttempt): Promise<Done | null> {
    const { claim } = attempt;
    const { stage, draft } = claim.job;
    let documents: readonly DocumentFile[] = claim.job.documents;
    // An attempt before this one sent something: there is nothing else to do than to see what became of it.
    if (claim.job.cancelRequested) {
      if (documents.length === 0 || draft) throw CANCELLED;
      return deliver(attempt, documents);
    }
    if (stage === "gathering" && !(await gather(attempt))) return drop(attempt);
    if (stage !== "delivering") {
      const made = await (isSuspected(claim) ? renderIsolated(attempt) : renderInTurn(attempt));
      if (made === null || !(await checkpoint(attempt, made.store))) return drop(attempt);
      documents = made.documents;
      if (draft) return NOT_DELIVERED;
      const most = deliveryRoom();
      if (deliveries() >= most || !deliveryLine.empty) {
        const closed = most < deliverSlots;
        letGo(attempt);
        await keep(() => queue.release(claim, closed ? "delivery_closed" : "delivery_busy"), isStopped);
        return null;
      }
    }
    if (draft && documents.length > 0) return NOT_DELIVERED;
    if (documents.length === 0) throw new Failure("report_gone", "the job has no report to deliver: post it again");
    return deliver(attempt, documents);
  }

  async function gather(attempt: RunningAttempt): Promise<boolean> {
    const { claim } = attempt;
    ahead.gathering += 1;
    try {
      const dataSet = await within(gathering, attempt, () =>
        attempt.step("gathering", gatherTimeoutMs, (step) => stages.gather(claim, step)),
      );
      return await checkpoint(attempt, () => queue.gathered(claim, dataSet));
    } finally {
      ahead.gathering -= 1;
      void fill();
    }
  }

  async function renderInTurn(attempt: RunningAttempt): Promise<Made | null> {
    const way = attempt.claim.job.stage === "gathering" ? "gathered" : "direct";
    ahead[way] += 1;
    const leave = await renders.enter(attempt).finally(() => {
      ahead[way] -= 1;
      void fill();
    });
    return makeDocuments(attempt, options).finally(() => {
      leave();
      void fill();
    });
  }

  async function renderIsolated(attempt: RunningAttempt): Promise<Made | null> {
    isolated += 1;
    try {
      const leave = await renders.enter(attempt, { all: attempt.claim.job.error?.code === NEEDS_ALL_MEMORY });
      return await makeDocuments(attempt, options).finally(leave);
    } finally {
      isolated -= 1;
      void fill();
    }
  }

  async function deliver(attempt: RunningAttempt, documents: readonly DocumentFile[]): Promise<Done> {
    const { claim } = attempt;
    const delivered = await within(delivering, attempt, () =>
      attempt.step("delivering", deliverTimeoutMs, (step) => stages.deliver(claim, documents, step)),
    );
    return { delivered };
  }

  async function within<T>(places: Slots, attempt: RunningAttempt, work: () => Promise<T>): Promise<T> {
    const leave = await places.enter(attempt);
    return work().finally(leave);
  }

  /** A checkpoint was refused: the job was cancelled, and this ends it, or it is another's now, and this does nothing. */
  async function drop(attempt: RunningAttempt): Promise<null> {
    letGo(attempt);
    await keep(() => giveBack(attempt.claim), isStopped);
    return null;
  }

  /**
   * Ends a job that somebody cancelled. One that is this attempt's still goes back to the queue: nobody else would ever
   * take it up.
   */
  async function giveBack(claim: Claim): Promise<boolean> {
    return (await queue.cancelled(claim)) || queue.release(claim, "unclaimed");
  }

  /** The one policy for whatever went wrong. */
  async function end(claim: Claim, failure: Failure): Promise<boolean> {
    if (failure === STOPPING) return queue.release(claim, "stopping");
    if (failure === CANCELLED || failure === LOST) return giveBack(claim);
    const { code, message, options: particulars } = failure;
    const { kinds } = particulars.details ?? {};
    const gone = Array.isArray(kinds) ? (kinds as readonly string[]) : undefined;
    if ((code === "report_gone" || code === "report_damaged") && (await queue.renderAgain(claim, gone))) return true;
    const { crashed = false, uncounted = false, retryAfterMs, waitsFor = [] } = particulars;
    const retryInMs = uncounted
      ? (retryAfterMs ?? backoff.baseMs)
      : retryDelay(failure, claim.job.attempts, maxAttempts, backoff);
    return queue.fail(claim, { code, message }, retryInMs, { crashed, uncounted, waitsFor });
  }

  function onChange({ id, status, stage, cancelRequested }: JobChange): void {
    if (status === "queued") {
      if (stage === "delivering") {
        deliveryLine.empty = false;
        deliveryLine.came += 1;
      }
      void fill();
    }
    const attempt = held.get(id);
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
      void fill();
    },

    running: () =>
      new Map(
        [...held].map(([id, { stage, progress, section, document = null, waitingFor }]) => [
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
      for (const attempt of held.values()) attempt.abort(STOPPING);
      await withinTime(idle, PUT_BACK_MS);
      state = "stopped";
      unsubscribe();
      clearTimeout(lookAgain ?? undefined);
    },
  };
}

function isSuspected({ job }: Claim): boolean {
  return job.isolated && job.stage === "rendering";
}

async function withinTime(promise: Promise<void>, ms: number): Promise<void> {
  let timer: Timer | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
