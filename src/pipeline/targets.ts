import { type DeliveryTarget, uncancelled } from "../delivery/delivery.ts";
import { asFailure, Failure } from "../failure.ts";
import { CLOCK } from "../outbound/breaker-clock.ts";
import type { AllDelivered, Arrival, Claim, Delivered, DocumentFile, Delivery as LedgerEntry } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import { messages } from "./messages.ts";
import type { Step } from "./pipeline.ts";
import type { TargetSlots } from "./target-slots.ts";

type Ledger = Pick<Queue, "deliveries" | "delivering" | "delivered" | "withdrawn">;

/** What one call of `deliverToAll` works with. */
interface TargetWork {
  readonly queue: Ledger;
  readonly claim: Claim;
  readonly signal: AbortSignal;
  /** Where nothing but the job's end follows it, an arrival is stored with that: here it is until then. */
  readonly arrivals: Arrival[] | null;
}

/** One document for one target. */
interface DocumentForTarget {
  readonly document: DocumentFile;
  readonly target: DeliveryTarget;
  /** What the ledger states about the two. */
  readonly entry: LedgerEntry | undefined;
}

/** What the ledger states about a target that does not have the document. */
type UndeliveredEntry = Pick<LedgerEntry, "path" | "inFlightSince">;

/** Between two searches for something that may still arrive. */
const RECHECK_MS = 1_000;
/** Of the delivery, when a complete document is there: the other ones are at the target by then. */
const OTHERS_SHARE = 7 / 15;

interface DeliverToAll extends Pick<Step, "signal" | "cancel" | "progress"> {
  /** Throws if one of these is missing, or was changed since it was rendered; they are what is left to deliver. */
  ready?(documents: readonly DocumentFile[]): Promise<void>;
  /** Deliveries to each target at once, of all jobs. */
  readonly slots: TargetSlots;
  /** The caller completes the job with what this returns: where one document goes to one target, its arrival, too. */
  readonly completes?: boolean;
}

/**
 * Takes a job's documents to all targets at once, each pair with its own checkpoint in the ledger: what a target has is never
 * sent to it again, and a target that fails or hangs does not block others. Returns for each document the first target's path,
 * and the first link; of the first document, which is the main one, at the top.
 *
 * A cancel ends it where nothing has arrived: nothing more is started, and what was sent is waited for. Where one
 * target has one of the documents the cancel came too late, and the rest is delivered, too.
 * @throws Failure of a target that did not get one: a transient one first, so that the job ends only when no attempt
 *   is left; the reason of the cancel when nothing has arrived, and nothing will.
 */
export async function deliverToAll(
  queue: Ledger,
  targets: readonly DeliveryTarget[],
  claim: Claim,
  documents: readonly DocumentFile[],
  { signal, cancel, progress, ready = async () => {}, slots, completes = false }: DeliverToAll,
): Promise<AllDelivered> {
  const arrivals: Arrival[] = [];
  const isOne = documents.length === 1 && targets.length === 1;
  const work = { queue, claim, signal, arrivals: completes && isOne ? arrivals : null };
  const ledger = await queue.deliveries(claim.job.id);
  const items = documents.flatMap((document) =>
    targets.map((target): DocumentForTarget => {
      const entry = ledger.find((each) => each.kind === document.kind && each.target === target.target);
      return { document, target, entry };
    }),
  );
  const done = new Map<DocumentForTarget, Delivered>();
  for (const item of items) {
    const { entry } = item;
    const there = entry?.delivered ?? (cancel.aborted && entry ? await settle(work, item, entry) : null);
    if (there) done.set(item, there);
  }
  const open = () => items.filter((item) => !done.has(item));
  if (done.size === 0) cancel.throwIfAborted();
  if (open().length > 0) await ready(documents.filter((each) => open().some(({ document }) => document === each)));
  let reached = 0;
  const begun = (item: DocumentForTarget) => {
    reached = Math.max(reached, doneOf(items, item));
    progress(reached, null, item.document.kind);
  };

  /** Everything for one target, one after the other; the others have theirs in the meantime. What fails is reported. */
  async function deliverTarget(target: DeliveryTarget): Promise<readonly Failure[]> {
    const failures: Failure[] = [];
    for (const item of open().filter((each) => each.target === target)) {
      const cancelled = done.size > 0 ? uncancelled().cancel : cancel;
      try {
        const leave = await slots.enter(target.target, AbortSignal.any([signal, cancelled]));
        begun(item);
        done.set(item, await deliverTo(work, item, cancelled).finally(leave));
      } catch (error) {
        signal.throwIfAborted();
        failures.push(asFailure(error));
        // The others are not needed either, or they would hang, too.
        if (cancelled.aborted || FINAL.has(asFailure(error).code)) break;
      }
    }
    return failures;
  }

  const failed = new Map<DeliveryTarget, readonly Failure[]>();
  const deliverEach = (some: readonly DeliveryTarget[]) =>
    Promise.all(some.map(async (target) => void failed.set(target, await deliverTarget(target))));
  await deliverEach(targets);
  const isStop = (failure: Failure) => failure === cancel.reason || STOPS.has(failure.code);
  const stopped = targets.filter((target) => failed.get(target)?.some(isStop));
  const stops = [...failed.values()].flat().filter(isStop);
  if (done.size === 0 && stops.length > 0) throw stops.find(({ code }) => code === UNSETTLED) ?? stops[0];
  // While these were being stopped, another one took a document.
  await deliverEach(stopped);
  const failures = [...failed.values()].flat();
  const counted = failures.find(({ transient, options }) => transient && !options.uncounted);
  const failure = counted ?? failures.find(({ transient }) => transient) ?? failures[0];
  if (failure !== undefined) throw waitingForAll(failure, failures);
  const deliveredOf = (kind: string | undefined) =>
    items.flatMap((item) => (item.document.kind === kind ? (done.get(item) ?? []) : []));
  const [arrived] = arrivals;
  return {
    ...firstOf(deliveredOf(documents[0]?.kind)),
    ...(arrived && { arrived }),
    documents: Object.fromEntries(
      documents.map(({ kind }) => {
        const delivered = firstOf(deliveredOf(kind));
        return [kind, { ...delivered, filename: nameIn(delivered.to) }];
      }),
    ),
  };
}

const UNSETTLED = "cancel_unsettled";
const NO_LONGER_NEEDED = "not_wanted";
/** Failures that mean only that the job was cancelled: by the signal, or by the queue, which knows it first. */
const STOPS: ReadonlySet<string> = new Set([UNSETTLED, NO_LONGER_NEEDED]);
const FINAL: ReadonlySet<string> = new Set([NO_LONGER_NEEDED, "target_stalled"]);

/** Where several targets take nothing just now, the next attempt is worth it as soon as one of them does. */
function waitingForAll(failure: Failure, failures: readonly Failure[]): Failure {
  const { code, message, options } = failure;
  const waitsFor = new Set(failures.flatMap((each) => each.options.waitsFor ?? []));
  if (options.waitsFor === undefined || waitsFor.size === 1) return failure;
  return new Failure(code, message, { ...options, waitsFor: [...waitsFor], cause: failure });
}

function firstOf(delivered: readonly Delivered[]): Delivered {
  return { to: delivered[0]?.to ?? "", url: delivered.find(({ url }) => url !== null)?.url ?? null };
}

/** The file's actual name: another job's file may have had the requested one. */
function nameIn(to: string): string | null {
  const name = to.split("/").at(-1) ?? "";
  return name.endsWith(".pdf") ? name : null;
}

/** The part of the delivery that is done when this parcel is begun. */
function doneOf(items: readonly DocumentForTarget[], item: DocumentForTarget): number {
  const isComplete = ({ document }: DocumentForTarget) => document.kind === "complete";
  const others = items.filter((each) => !isComplete(each));
  const complete = items.filter(isComplete);
  if (isComplete(item)) return OTHERS_SHARE + ((1 - OTHERS_SHARE) * complete.indexOf(item)) / complete.length;
  return ((complete.length > 0 ? OTHERS_SHARE : 1) * others.indexOf(item)) / others.length;
}

async function deliverTo(work: TargetWork, item: DocumentForTarget, cancel: AbortSignal): Promise<Delivered> {
  const { queue, claim, signal, arrivals } = work;
  const { document, target, entry } = item;
  const { kind } = document;
  const path = entry?.path ?? target.pathFor(claim.job, document);
  if (!(await queue.delivering(claim, target.target, path, kind)))
    throw new Failure(NO_LONGER_NEEDED, messages.cancelledOrClaimed, { transient: true });
  let sentAt: number | null = null;
  const inFlight = (is: boolean) => {
    sentAt = is ? Date.now() : null;
  };
  try {
    const delivered = await target.deliver(claim.job, document, path, signal, { cancel, inFlight });
    if (arrivals === null) await queue.delivered(claim, target.target, delivered, kind);
    else arrivals.push({ ...delivered, kind, target: target.target });
    return delivered;
  } catch (error) {
    // Once the attempt has ended, what arrives is unknown, and the ledger still has it as unknown.
    signal.throwIfAborted();
    // What an earlier attempt sent may still arrive.
    if (sentAt === null && !entry?.inFlightSince) await queue.withdrawn(claim, target.target, kind);
    else if (cancel.aborted) {
      const inFlightSince = new Date(sentAt ?? Date.now()).toISOString();
      const there = await settle(work, item, { path, inFlightSince });
      if (there !== null) return there;
    }
    cancel.throwIfAborted();
    throw error;
  }
}

/**
 * Sees, after a cancel, the outcome of something that was sent: the response is lost, or the process that waited for it.
 * Returns null if it has not arrived, and will not; the ledger then records that.
 * @throws Failure, transient, where it cannot be checked.
 */
async function settle(
  { queue, claim, signal }: TargetWork,
  { document, target }: Pick<DocumentForTarget, "document" | "target">,
  { path, inFlightSince }: UndeliveredEntry,
): Promise<Delivered | null> {
  if (inFlightSince === null) return null;
  // A clock that was set back since makes the wait no longer than it can be.
  const agoMs = Math.max(0, Date.now() - Date.parse(inFlightSince));
  const until = performance.now() + target.arrivesWithinMs - agoMs;
  for (;;) {
    const last = performance.now() >= until;
    const there = await target.find(claim.job, document, path, signal).catch((error) => {
      signal.throwIfAborted();
      throw unsettled(target, asFailure(error));
    });
    if (there !== null) {
      await queue.delivered(claim, target.target, there, document.kind);
      return there;
    }
    if (last) break;
    await CLOCK.sleep(Math.min(RECHECK_MS, Math.max(0, until - performance.now())), signal);
  }
  await queue.withdrawn(claim, target.target, document.kind);
  return null;
}

function unsettled({ target }: DeliveryTarget, cause: Failure): Failure {
  const { retryAfterMs, waitsFor } = cause.options;
  return new Failure(UNSETTLED, messages.cancelledDuringDelivery(target, cause.message), {
    ...{ transient: true, uncounted: true, cause },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(waitsFor === undefined ? {} : { waitsFor }),
  });
}
