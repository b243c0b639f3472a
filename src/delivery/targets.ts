import { asFailure, Failure } from "../failure.ts";
import type { Claim, Delivered, ReportFile } from "../queue/job.ts";
import type { Step } from "../queue/pipeline.ts";
import type { Queue } from "../queue/queue.ts";
import type { Delivery } from "./delivery.ts";

/**
 * Takes a report to all targets, each with its own checkpoint in the ledger: what one of them has is never sent to it
 * again, and one that fails keeps the report from no other. Answers the first target's place, and the first link.
 * @throws Failure of a target that did not get it: a transient one first, so that the job ends only when nothing is
 *   left to try.
 */
export async function deliverToAll(
  queue: Pick<Queue, "deliveries" | "delivering" | "delivered">,
  targets: readonly Delivery[],
  claim: Claim,
  report: ReportFile,
  { signal, progress }: Pick<Step, "signal" | "progress">,
): Promise<Delivered> {
  const ledger = new Map((await queue.deliveries(claim.job.id)).map((entry) => [entry.target, entry]));
  const done: Delivered[] = [];
  const failures: Failure[] = [];
  for (const [index, target] of targets.entries()) {
    progress(index / targets.length);
    const entry = ledger.get(target.target);
    try {
      done.push(entry?.delivered ?? (await deliverTo(queue, target, claim, report, entry?.path, signal)));
    } catch (error) {
      signal.throwIfAborted();
      failures.push(asFailure(error));
    }
  }
  const counted = failures.find(({ transient, options }) => transient && !options.uncounted);
  const failure = counted ?? failures.find(({ transient }) => transient) ?? failures[0];
  if (failure !== undefined) throw failure;
  return { to: done[0]?.to ?? "", url: done.find(({ url }) => url !== null)?.url ?? null };
}

async function deliverTo(
  queue: Pick<Queue, "delivering" | "delivered">,
  target: Delivery,
  claim: Claim,
  report: ReportFile,
  announced: string | undefined,
  signal: AbortSignal,
): Promise<Delivered> {
  const path = announced ?? target.pathFor(claim.job);
  if (!(await queue.delivering(claim, target.target, path)))
    throw new Failure("not_wanted", "the job was cancelled or taken from this attempt", { transient: true });
  const delivered = await target.deliver(claim.job, report, path, signal);
  await queue.delivered(claim, target.target, delivered);
  return delivered;
}
