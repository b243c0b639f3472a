import { afterEach, beforeEach } from "bun:test";
import type { DeliveryTarget } from "../../src/delivery/delivery.ts";
import type { Failure } from "../../src/failure.ts";
import { createCircuitBreaker } from "../../src/outbound/circuit-breaker.ts";
import { createTargetSlots } from "../../src/pipeline/target-slots.ts";
import { deliverToAll } from "../../src/pipeline/targets.ts";
import { type Claim, toDocumentFile } from "../../src/queue/job.ts";
import type { Queue } from "../../src/queue/queue.ts";
import { aReport, claimOne, post } from "../queue/builders.ts";
import { sqliteStorage } from "../queue/sqlite-storage.ts";

/** A new queue for each test of the file, and deliveries of its jobs. */
export function newTargetsWorld() {
  let storage: Awaited<ReturnType<typeof sqliteStorage>>;
  let queue: Queue;
  beforeEach(async () => {
    storage = await sqliteStorage();
    queue = await storage.open({ queueLimit: 1_000, now: () => new Date() });
  });
  afterEach(async () => {
    await queue.close();
    await storage.remove();
  });

  async function aClaim(): Promise<Claim> {
    const id = await post(queue, { dataSet: "{}" });
    const claim = await claimOne(queue);
    await queue.rendered(claim, aReport(id));
    return claim;
  }

  function deliver(claim: Claim, ...targets: readonly { readonly delivery: DeliveryTarget }[]) {
    return deliverUnder(new AbortController(), claim, ...targets);
  }

  function deliverUnder(
    cancel: AbortController,
    claim: Claim,
    ...targets: readonly { readonly delivery: DeliveryTarget }[]
  ) {
    const all = targets.map(({ delivery }) => delivery);
    return deliverToAll(queue, all, claim, [toDocumentFile(aReport(claim.job.id))], {
      signal: new AbortController().signal,
      cancel: cancel.signal,
      progress: () => {},
      slots: createTargetSlots({ slots: 4 }),
    });
  }

  return {
    get queue() {
      return queue;
    },
    aClaim,
    deliver,
    deliverUnder,
  };
}

/** A target that fails as often as there are failures, and then takes everything. */
export function target(name: string, failures: Failure[] = []) {
  const delivered: string[] = [];
  const delivery: DeliveryTarget = {
    target: name,
    pathFor: ({ id }) => `${id}.pdf`,
    async deliver(_job, _report, path) {
      const failure = failures.shift();
      if (failure) throw failure;
      delivered.push(path);
      return { to: `${name}:${path}`, url: name === "dropbox" ? "https://dropbox.example/x" : null };
    },
    find: async (_job, _report, path) => (delivered.includes(path) ? { to: `${name}:${path}`, url: null } : null),
    arrivesWithinMs: 0,
    breaker: createCircuitBreaker(),
    check: async () => {},
    problem: async () => null,
  };
  return { delivery, delivered };
}
