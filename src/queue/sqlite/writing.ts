import type { CallbackAttempt, CallbackOutcome } from "../callback.ts";
import type { AllDelivered, Claim, Delivered, JobError, NewJob, ReleaseReason, RenderedDocument } from "../job.ts";
import type { JobSelection, Queue, Room } from "../queue.ts";
import type { Quota } from "../quota.ts";
import { inParts, pruneInParts } from "../removal.ts";
import { retryInParts } from "../retries.ts";
import type { createCallbacks } from "./callbacks.ts";
import type { createCheckpoints } from "./checkpoint.ts";
import type { createClaims } from "./claim.ts";
import type { CopyGuard } from "./copied.ts";
import type { createEndings } from "./ending.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { createOperator } from "./operator.ts";
import type { createPause } from "./pause.ts";
import type { createPruning } from "./pruning.ts";
import type { createSubmit } from "./submit.ts";
import type { createTargetRecords } from "./target-records.ts";

interface WritingDependencies {
  readonly submit: ReturnType<typeof createSubmit>;
  readonly claims: ReturnType<typeof createClaims>;
  readonly checkpoints: ReturnType<typeof createCheckpoints>;
  readonly endings: ReturnType<typeof createEndings>;
  readonly operator: ReturnType<typeof createOperator>;
  readonly pause: ReturnType<typeof createPause>;
  readonly pruning: ReturnType<typeof createPruning>;
  readonly callbacks: ReturnType<typeof createCallbacks>;
  readonly targets: ReturnType<typeof createTargetRecords>;
  readonly copies: CopyGuard;
  readonly list: Queue["list"];
  /** Does it while the queue is open. */
  readonly read: <T>(work: () => T | Promise<T>) => Promise<T>;
  readonly write: GroupCommit["write"];
}

/** What changes jobs, and what is stored beside them: each in a transaction that it shares with others. */
export function createWriting(dependencies: WritingDependencies) {
  const { submit, claims, checkpoints, endings, operator, pause, pruning, callbacks, targets, copies } = dependencies;
  const { read, write, list } = dependencies;
  return {
    submit: (jobs: readonly NewJob[], quota?: Quota | null) => write((transaction) => submit(transaction, jobs, quota)),
    claim: (room: Room) => write((transaction) => claims.claim(transaction, room)),
    gathered: (claim: Claim, dataSet: string) =>
      write((transaction) => checkpoints.gathered(transaction, claim, dataSet)),
    // It need not outlive the machine: only a death of the process can be the render's fault.
    rendering: (claim: Claim) => write((transaction) => checkpoints.rendering(transaction, claim), { synced: false }),
    rendered: (claim: Claim, document: RenderedDocument, particulars = {}) =>
      write((transaction) => checkpoints.rendered(transaction, claim, document, particulars)),
    delivering: (claim: Claim, target: string, path: string, kind?: string) =>
      write((transaction) => checkpoints.delivering(transaction, claim, target, path, kind)),
    delivered: (claim: Claim, target: string, delivered: Delivered, kind?: string) =>
      write((transaction) => checkpoints.delivered(transaction, claim, target, delivered, kind)),
    withdrawn: (claim: Claim, target: string, kind?: string) =>
      write((transaction) => checkpoints.withdrawn(transaction, claim, target, kind)),
    complete: (claim: Claim, delivered: AllDelivered | null) =>
      write((transaction) => endings.complete(transaction, claim, delivered)),
    fail: (claim: Claim, error: JobError, retryInMs: number | null, particulars = {}) =>
      write((transaction) => endings.fail(transaction, claim, error, retryInMs, particulars)),
    wake: (dependency: string, limit: number) => write((transaction) => claims.wake(transaction, dependency, limit)),
    cancelled: (claim: Claim) => write((transaction) => endings.cancelled(transaction, claim)),
    release: (claim: Claim, reason: ReleaseReason) =>
      write((transaction) => endings.release(transaction, claim, reason)),
    renderAgain: (claim: Claim, kinds?: readonly string[]) =>
      write((transaction) => endings.renderAgain(transaction, claim, kinds)),
    cancel: (id: string, by?: string) => write((transaction) => operator.cancel(transaction, id, by ?? null)),
    retry: (id: string, by?: string) => write((transaction) => operator.retry(transaction, id, by ?? null)),
    retryAll: (filter: JobSelection, by: string | null = null) =>
      retryInParts(filter, list, (part) => write((transaction) => operator.retryEach(transaction, part, by))),
    send: (id: string, by?: string) => write((transaction) => operator.send(transaction, id, by ?? null)),
    pause: (by: string) => write((transaction) => pause.pause(transaction, by)),
    async resume(by = "operator") {
      await write((transaction) => pause.resume(transaction, by, copies.adopt()));
      copies.adopted();
    },
    prune: (endedBefore: Date, skip = 0) =>
      pruneInParts(
        (limit, from) => write((transaction) => pruning.prune(transaction, endedBefore.toISOString(), limit, from)),
        skip,
      ),
    remove: (ids: readonly string[]) =>
      inParts(ids, (part) => write((transaction) => pruning.remove(transaction, part))),
    reportsRemoved: (paths: readonly string[]) => write((transaction) => pruning.removed(transaction, paths)),

    callbacks: {
      // The other one may have reported already, or be about to.
      due: (perAddress: number, pausedAddresses?: readonly string[]) =>
        read(() => (copies.pause() === null ? callbacks.due(perAddress, pausedAddresses) : [])),
      nextDue: () => read(() => (copies.pause() === null ? callbacks.nextDue() : null)),
      counts: () => read(() => callbacks.counts()),
      failing: (host: string) => read(() => callbacks.failing(host)),
      hosts: () => read(() => callbacks.hosts()),
      of: (jobId: string) => read(() => callbacks.of(jobId)),
      recordAttempt: (id: string, attempt: CallbackAttempt, outcome: CallbackOutcome) =>
        write((transaction) => callbacks.recordAttempt(transaction, id, attempt, outcome)),
      resend: (jobId: string) => write((transaction) => callbacks.resend(transaction, jobId)),
    },

    targets: {
      of: (target: string) => read(() => targets.of(target)),
      // They need not outlive the machine: the next delivery shows the target's state.
      succeeded: (target: string, at: string) => write(() => targets.succeeded(target, at), { synced: false }),
      failed: (target: string, at: string, error: string) =>
        write(() => targets.failed(target, at, error), { synced: false }),
    },
  } satisfies Partial<Queue>;
}
