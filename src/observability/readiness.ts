import { stat } from "node:fs/promises";
import type { KeyRing } from "../access/keys/key.ts";
import { asFailure } from "../failure.ts";
import type { Queue } from "../queue/queue.ts";
import type { HealthSnapshot } from "./health.ts";
import { messages } from "./messages.ts";

/** Below this a day's work may fill the disk, and then every job waits. */
const LEAST_FREE_BYTES = 200_000_000;

/** Past this part of the limit new connections will soon be refused. */
const MOST_DESCRIPTORS = 0.9;

export interface ReadinessDependencies {
  readonly dataDir: string;
  readonly queueLimit: number;
  readonly queue: Pick<Queue, "open" | "paused">;
  readonly health: () => Promise<HealthSnapshot>;
  /** What is wrong with this host's clock, or null. */
  readonly clockProblem: () => string | null;
  /** Who is admitted. */
  readonly keys?: Pick<KeyRing, "configured">;
}

/**
 * What prevents the service from doing its work, in words. A pause is an operator's decision and none of it, but for
 * one that the service itself made.
 */
export async function readinessProblems(dependencies: ReadinessDependencies): Promise<readonly string[]> {
  const { dataDir, queueLimit, queue, health, keys } = dependencies;
  const clock = dependencies.clockProblem();
  const found: string[] = clock === null ? [] : [clock];
  const collect = async (what: string, check: () => Promise<void>) => {
    await check().catch((error) => found.push(`${what}: ${asFailure(error).message}`));
  };
  await collect(messages.notProcessed, async () => {
    const open = await queue.open();
    if (open >= queueLimit) found.push(messages.queueFull(open, queueLimit));
    const pause = await queue.paused();
    if (pause?.reason !== undefined) found.push(pause.reason);
  });
  await collect(messages.folderDeleted(dataDir), async () => {
    await stat(dataDir);
    const { disk, descriptors, deliveries, sourceProblem, callbackProblem } = await health();
    if (descriptors !== null && descriptors.open > MOST_DESCRIPTORS * descriptors.limit)
      found.push(messages.descriptorsShort(descriptors.open, descriptors.limit));
    if (disk.freeBytes < LEAST_FREE_BYTES)
      found.push(messages.diskNearlyFull(dataDir, Math.floor(disk.freeBytes / 1e6)));
    for (const { target, problem } of deliveries)
      if (problem !== null) found.push(messages.targetFails(target, problem));
    if (sourceProblem !== null) found.push(messages.sourceFails(sourceProblem));
    if (callbackProblem !== null) found.push(messages.callbacksFail(callbackProblem));
  });
  await collect(messages.requestsRefused, async () => {
    try {
      keys?.configured();
    } catch (error) {
      found.push(asFailure(error).message);
    }
  });
  return found;
}
