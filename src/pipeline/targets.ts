import { type Delivery, unhindered } from "../delivery/delivery.ts";
import { asFailure, Failure } from "../failure.ts";
import { CLOCK } from "../outbound/circuit-breaker.ts";
import type { Claim, Delivered, Delivery as LedgerEntry, ReportFile } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import type { Step } from "./pipeline.ts";

type Ledger = Pick<Queue, "deliveries" | "delivering" | "delivered" | "withdrawn">;

/** What one call of `deliverToAll` works with. */
interface Errand {
  readonly queue: Ledger;
  readonly claim: Claim;
  readonly report: ReportFile;
  readonly signal: AbortSignal;
}

/** What the ledger says of a target that does not have the report. */
type Entry = Pick<LedgerEntry, "path" | "underWaySince">;

/** Between two looks for something that may still arrive. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Takes a report to all targets, each with its own checkpoint in the ledger: what one of them has is never sent to it
 * again, and one that fails keeps the report from no other. Answers the first target's place, and the first link.
 *
 * A cancel ends it where nothing has arrived: nothing is begun any more, and what was sent is waited for. Where one
 * target has the report the cancel came too late, and the others get it, too.
 * @throws Failure of a target that did not get it: a transient one first, so that the job ends only when nothing is
 *   left to try; the reason of the cancel when nothing has arrived, nor will.
 */
export async function deliverToAll(
  queue: Ledger,
  targets: readonly Delivery[],
  claim: Claim,
  report: ReportFile,
  { signal, cancel, progress }: Pick<Step, "signal" | "cancel" | "progress">,
): Promise<Delivered> {
  const errand = { queue, claim, report, signal };
  const ledger = new Map((await queue.deliveries(claim.job.id)).map((entry) => [entry.target, entry]));
  const done = new Map<Delivery, Delivered>();
  const failures: Failure[] = [];
  for (const target of targets) {
    const entry = ledger.get(target.target);
    const there = entry?.delivered ?? (cancel.aborted && entry ? await settle(errand, target, entry) : null);
    if (there) done.set(target, there);
  }
  for (const [index, target] of targets.entries()) {
    progress(index / targets.length);
    if (done.has(target)) continue;
    const heeded = done.size > 0 ? unhindered().cancel : cancel;
    heeded.throwIfAborted();
    try {
      done.set(target, await deliverTo(errand, target, ledger.get(target.target), heeded));
    } catch (error) {
      signal.throwIfAborted();
      if (heeded.aborted) throw error;
      failures.push(asFailure(error));
    }
  }
  const counted = failures.find(({ transient, options }) => transient && !options.uncounted);
  const failure = counted ?? failures.find(({ transient }) => transient) ?? failures[0];
  if (failure !== undefined) throw waitingForAll(failure, failures);
  const places = targets.flatMap((target) => done.get(target) ?? []);
  return { to: places[0]?.to ?? "", url: places.find(({ url }) => url !== null)?.url ?? null };
}

/** Where several targets take nothing just now, the next attempt is worth it as soon as one of them does. */
function waitingForAll(failure: Failure, failures: readonly Failure[]): Failure {
  const { code, message, options } = failure;
  const waitsFor = new Set(failures.flatMap((each) => each.options.waitsFor ?? []));
  if (options.waitsFor === undefined || waitsFor.size === 1) return failure;
  return new Failure(code, message, { ...options, waitsFor: [...waitsFor], cause: failure });
}

async function deliverTo(
  errand: Errand,
  target: Delivery,
  entry: Entry | undefined,
  cancel: AbortSignal,
): Promise<Delivered> {
  const { queue, claim, report, signal } = errand;
  const path = entry?.path ?? target.pathFor(claim.job);
  if (!(await queue.delivering(claim, target.target, path)))
    throw new Failure("not_wanted", "the job was cancelled or taken from this attempt", { transient: true });
  let sentAt: number | null = null;
  const underWay = (is: boolean) => {
    sentAt = is ? Date.now() : null;
  };
  try {
    const delivered = await target.deliver(claim.job, report, path, signal, { cancel, underWay });
    await queue.delivered(claim, target.target, delivered);
    return delivered;
  } catch (error) {
    // Where the attempt is ended nobody knows any more what arrives: the ledger goes on saying so.
    signal.throwIfAborted();
    // What an earlier attempt sent may still arrive.
    if (sentAt === null && !entry?.underWaySince) await queue.withdrawn(claim, target.target);
    else if (cancel.aborted) {
      const underWaySince = new Date(sentAt ?? Date.now()).toISOString();
      const there = await settle(errand, target, { path, underWaySince });
      if (there !== null) return there;
    }
    cancel.throwIfAborted();
    throw error;
  }
}

/**
 * Sees, after a cancel, what became of something that was sent: the response is lost, or the process that waited for it.
 * Answers null when it is not there, nor will be; the ledger knows it then.
 * @throws Failure, transient, where nobody can look.
 */
async function settle(
  { queue, claim, report, signal }: Errand,
  target: Delivery,
  { path, underWaySince }: Entry,
): Promise<Delivered | null> {
  if (underWaySince === null) return null;
  // A clock that was set back since makes the wait no longer than it can be.
  const agoMs = Math.max(0, Date.now() - Date.parse(underWaySince));
  const until = performance.now() + target.arrivesWithinMs - agoMs;
  for (;;) {
    const last = performance.now() >= until;
    const there = await target.find(claim.job, report, path, signal).catch((error) => {
      signal.throwIfAborted();
      throw unsettled(target, asFailure(error));
    });
    if (there !== null) {
      await queue.delivered(claim, target.target, there);
      return there;
    }
    if (last) break;
    await CLOCK.sleep(Math.min(LOOK_AGAIN_MS, Math.max(0, until - performance.now())), signal);
  }
  await queue.withdrawn(claim, target.target);
  return null;
}

function unsettled({ target }: Delivery, cause: Failure): Failure {
  const { retryAfterMs, waitsFor } = cause.options;
  return new Failure(
    "cancel_unsettled",
    `the job was cancelled while ${target} took its report, and whether that arrived cannot be seen yet: ${cause.message}`,
    {
      ...{ transient: true, uncounted: true, cause },
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(waitsFor === undefined ? {} : { waitsFor }),
    },
  );
}
