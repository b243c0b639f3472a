/*
 * Runs a job stage by stage: claims it, gathers, renders, delivers, retries with backoff; later it prunes it.
 * Each stage's result is stored before the next begins, so a restart resumes there.
 * Not here: HTTP, the queue's backends, and how a PDF is drawn or uploaded.
 */

import { asFailure, Failure } from "../failure.ts";
import {
  type AllDelivered,
  type Claim,
  type DocumentFile,
  type RenderedDocument,
  toDocumentFile,
} from "../queue/job.ts";
import type { JobChange, Queue, Room } from "../queue/queue.ts";
import { createAttempt, type ProgressShare, type Running, type RunningAttempt, type Step } from "./attempt.ts";
import { BACKOFF, type Backoff, retryDelay } from "./backoff.ts";
import { createSlots, type Slots } from "./slots.ts";

export type { Step } from "./attempt.ts";

/** What a job does, stage by stage; the composition root brings them. Each may throw a Failure, transient or permanent. */
export interface Stages {
  /**
   * The documents that the job is to have, in the order in which they are made. The same for every attempt.
   * @throws Failure where the request cannot be read.
   */
  plan(claim: Claim): readonly PlannedDocument[];
  /** Returns the data set as JSON text. */
  gather(claim: Claim, step: Step): Promise<string>;
  /**
   * Returns one finished document. A job that is `alone` is under suspicion of having brought a process down: it is
   * rendered in a process of its own, so that the death of this one is never its fault.
   */
  render(claim: Claim, source: RenderSource, step: Step): Promise<RenderedDocument & { readonly warnings?: Warnings }>;
  /**
   * Writes the target path down with `queue.delivering` before anything is put there; when that answers false, puts nothing.
   * After a cancel it throws the reason of `step.cancel` where nothing has arrived, nor will. Documents whose PDF is gone
   * are named by its Failure "report_gone" as `details.kinds`.
   */
  deliver(claim: Claim, documents: readonly DocumentFile[], step: Step): Promise<AllDelivered>;
}

/** A document that a job is to have. */
export interface PlannedDocument {
  readonly kind: string;
  /** It is the job's report. */
  readonly main: boolean;
  /**
   * From what it is made. One that is made of the others' files is an addition to them: where it cannot be made that is a
   * warning, and not the job's failure.
   */
  readonly madeOf: "data" | "documents";
  /** The part of the whole job that its making is, for the progress. */
  readonly share: ProgressShare;
}

/** What a document is made from. */
export interface RenderSource extends PlannedDocument {
  /** JSON in UTF-8, in a buffer of its own; empty for one that is made of documents. */
  readonly dataSet: Uint8Array<ArrayBuffer>;
  /** Those of the job that are rendered. */
  readonly documents: readonly DocumentFile[];
}

/** What is odd about what a document was made from, in words for those who asked for it. */
export type Warnings = readonly string[];

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

const GATHER_TIMEOUT_MS = 5 * 60_000;
const DELIVER_TIMEOUT_MS = 15 * 60_000;
const CLAIM_AGAIN_MS = 1_000;
/** How long between two attempts of a write that the queue could not keep. */
const WRITE_AGAIN_MS = 250;
const WRITE_AGAIN_AT_MOST_MS = 5_000;
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
      const delivered = await runStages(attempt);
      letGo(attempt);
      if (delivered !== null && (await keep(() => queue.complete(claim, delivered))))
        noteDuration(claim.job.ranMs + performance.now() - startedAt);
    } catch (error) {
      letGo(attempt);
      const reason = asFailure(attempt.signal.aborted ? attempt.signal.reason : error);
      await keep(() => end(claim, reason));
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
  async function runStages(attempt: RunningAttempt): Promise<AllDelivered | null> {
    const { claim } = attempt;
    const { stage } = claim.job;
    let documents: readonly DocumentFile[] = claim.job.documents;
    // An attempt before this one sent something: there is nothing else to do than to see what became of it.
    if (claim.job.cancelRequested) {
      if (documents.length === 0) throw CANCELLED;
      return deliver(attempt, documents);
    }
    if (stage === "gathering" && !(await gather(attempt))) return drop(attempt);
    if (stage !== "delivering") {
      const made = await (isSuspected(claim) ? renderIsolated(attempt) : renderInTurn(attempt));
      if (made === null || !(await checkpoint(attempt, made.store))) return drop(attempt);
      documents = made.documents;
      const most = deliveryRoom();
      if (deliveries() >= most || !deliveryLine.empty) {
        const closed = most < deliverSlots;
        letGo(attempt);
        await keep(() => queue.release(claim, closed ? "delivery_closed" : "delivery_busy"));
        return null;
      }
    }
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
    return render(attempt).finally(() => {
      leave();
      void fill();
    });
  }

  async function renderIsolated(attempt: RunningAttempt): Promise<Made | null> {
    isolated += 1;
    try {
      const leave = await renders.enter(attempt, { all: attempt.claim.job.error?.code === NEEDS_ALL_MEMORY });
      return await render(attempt).finally(leave);
    } finally {
      isolated -= 1;
      void fill();
    }
  }

  /**
   * Makes the job's documents that are not made yet, each stored before the next is begun, and all but the storing of the
   * last, for which no render slot is kept. Returns null when the job is not wanted any more.
   */
  async function render(attempt: RunningAttempt): Promise<Made | null> {
    const { claim } = attempt;
    const plan = stages.plan(claim);
    const documents: DocumentFile[] = plan.flatMap(({ kind }) =>
      claim.job.documents.filter((each) => each.kind === kind),
    );
    const open = plan.filter(({ kind }) => !documents.some((each) => each.kind === kind));
    const warnings: string[] = [];
    let store: Made["store"] | null = null;
    for (const planned of open) {
      // The one before.
      if (store !== null && !(await checkpoint(attempt, store))) return null;
      const made = await renderOne(attempt, planned, documents);
      if (made === null) return null;
      const more = planned !== open.at(-1);
      warnings.push(...made.warnings);
      if (made.document !== null) documents.push(made.document);
      const last = made.document ?? documents.at(-1);
      if (last === undefined) throw new Failure("no_documents", `the document ${planned.kind} has none to be made of`);
      const main = plan.some(({ kind, main }) => main && kind === last.kind);
      store = () => queue.rendered(claim, last, { main, more, warnings: [...new Set(warnings)] });
    }
    // All are there already, of an attempt that ended before it could say so.
    const [first] = documents;
    if (store === null && first !== undefined) store = () => queue.rendered(claim, first, { main: false });
    if (store === null) throw new Failure("no_documents", "the request names no document: submit it again");
    const isMain = ({ kind }: DocumentFile) => plan.some((planned) => planned.main && planned.kind === kind);
    // They were made in another order; where the main one goes is where the job's report is.
    return { documents: documents.toSorted((a, b) => Number(isMain(b)) - Number(isMain(a))), store };
  }

  /** Returns null when the job is not wanted any more; a document of null where one that is an addition cannot be made. */
  async function renderOne(attempt: RunningAttempt, planned: PlannedDocument, documents: readonly DocumentFile[]) {
    const { claim } = attempt;
    const dataSet = planned.madeOf === "data" ? await checkpoint(attempt, () => queue.dataSet(claim.job.id)) : NO_DATA;
    if (dataSet === null)
      throw new Failure("data_set_gone", "the job's data set is gone from the database: post it again");
    // Should the process die before this is kept, it did not die of the render.
    if (!(await checkpoint(attempt, () => queue.rendering(claim)))) return null;
    const source = { ...planned, dataSet, documents: [...documents] };
    const { kind: document, share } = planned;
    try {
      const { warnings = [], ...made } = await attempt.step(
        "rendering",
        options.jobTimeoutMs,
        (step) => stages.render(claim, source, step),
        { document, share },
      );
      return { document: toDocumentFile({ kind: planned.kind, ...made }), warnings };
    } catch (error) {
      const { message, transient, options: particulars } = asFailure(error);
      const isAddition = planned.madeOf === "documents" && !attempt.signal.aborted;
      if (!isAddition || (transient && !particulars.crashed)) throw error;
      return { document: null, warnings: [`The document ${planned.kind} could not be made: ${message}`] };
    }
  }

  function deliver(attempt: RunningAttempt, documents: readonly DocumentFile[]): Promise<AllDelivered> {
    const { claim } = attempt;
    return within(delivering, attempt, () =>
      attempt.step("delivering", deliverTimeoutMs, (step) => stages.deliver(claim, documents, step)),
    );
  }

  async function within<T>(places: Slots, attempt: RunningAttempt, work: () => Promise<T>): Promise<T> {
    const leave = await places.enter(attempt);
    return work().finally(leave);
  }

  /** Does what the queue cannot do just now again, until it can: no finished work is thrown away for a full disk. */
  async function checkpoint<T>(attempt: RunningAttempt, write: () => Promise<T>): Promise<T> {
    for (let waitMs = WRITE_AGAIN_MS; ; waitMs = Math.min(2 * waitMs, WRITE_AGAIN_AT_MOST_MS)) {
      try {
        return await attempt.unlessAborted(write());
      } catch (error) {
        attempt.signal.throwIfAborted();
        if (!(error instanceof Failure) || !error.transient) throw error;
        await attempt.unlessAborted(Bun.sleep(waitMs));
      }
    }
  }

  /** For the end of an attempt: there is nothing else to do with it, so this gives up only when the service stops. */
  async function keep(write: () => Promise<boolean>): Promise<boolean> {
    for (let waitMs = WRITE_AGAIN_MS; ; waitMs = Math.min(2 * waitMs, WRITE_AGAIN_AT_MOST_MS)) {
      try {
        return await write();
      } catch (error) {
        // The job stays this process's until it can be written; the next process would take it back.
        if (state === "stopped" || asFailure(error).code === "queue_closed") return false;
        await Bun.sleep(waitMs);
      }
    }
  }

  /** A checkpoint was refused: the job was cancelled, and this ends it, or it is another's now, and this does nothing. */
  async function drop(attempt: RunningAttempt): Promise<null> {
    letGo(attempt);
    await keep(() => giveBack(attempt.claim));
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

/** What is rendered of a job. */
interface Made {
  readonly documents: readonly DocumentFile[];
  /** Stores what is not stored of it; false where the job is not wanted any more. */
  store(): Promise<boolean>;
}

const NO_DATA = new Uint8Array(0);

function isSuspected({ job }: Claim): boolean {
  return job.isolated && job.stage === "rendering";
}

async function withinTime(promise: Promise<void>, ms: number): Promise<void> {
  let timer: Timer | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
