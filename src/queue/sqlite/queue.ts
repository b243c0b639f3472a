import { Failure } from "../../failure.ts";
import type { FileIdentity } from "../../host/place.ts";
import type { CallbackAttempt, CallbackOutcome } from "../callback.ts";
import type { AllDelivered, Claim, Delivered, JobError, NewJob, ReleaseReason, RenderedDocument } from "../job.ts";
import { messages } from "../messages.ts";
import type { JobChange, JobSelection, Pause, Queue, Room } from "../queue.ts";
import type { Quota } from "../quota.ts";
import { inParts, pruneInParts } from "../removal.ts";
import { retryInParts } from "../retries.ts";
import type { TakenBack } from "../taken-back.ts";
import { type Calendar, UTC_CALENDAR } from "../usage.ts";
import { createCallbacks } from "./callbacks.ts";
import { createCheckpoints } from "./checkpoint.ts";
import { createClaims } from "./claim.ts";
import { createStepBack, waitFromNowOn } from "./clock.ts";
import { type CopyGuard, guardAgainstCopies } from "./copied.ts";
import { createCounts } from "./counts.ts";
import { openDatabase } from "./database.ts";
import { createEndings } from "./ending.ts";
import { databaseFailure } from "./failures.ts";
import { type Change, createGroupCommit } from "./group-commit.ts";
import { createHistory } from "./history.ts";
import { createJobSearch } from "./job-search.ts";
import { createListing } from "./listing.ts";
import { createOperator } from "./operator.ts";
import { createPause } from "./pause.ts";
import { createPruning } from "./pruning.ts";
import { createReading } from "./reading.ts";
import { createStatistics } from "./statistics.ts";
import { createSubmit } from "./submit.ts";
import { takeBack } from "./take-back.ts";
import { createTargetRecords } from "./target-records.ts";
import { storeTimeZone, type TimeZone } from "./time-zone.ts";
import { type BlockedLog, startUpkeep } from "./upkeep.ts";
import { createUsage } from "./usage.ts";
import { watchOtherWriters } from "./watch.ts";

const LEASE_MS = 60_000;

export interface SqliteQueueOptions {
  /** The database file; its folder is there. */
  readonly path: string;
  /** Jobs not yet ended: past that `submit` is refused. It is shared out between the clients: see share.ts. */
  readonly queueLimit: number;
  /** How many clients there are; those that have jobs are known. */
  readonly clients?: () => number;
  /** Called with what an earlier process had in hand when it ended. */
  readonly onTakenBack?: (jobs: readonly TakenBack[]) => void;
  /** Where the file is. At another place than at the last start it may be a copy: then nothing is begun until `resume`. */
  readonly place?: () => FileIdentity;
  readonly leaseMs?: number;
  readonly now?: () => Date;
  /** Whose days the view reports_per_day has; by default unchanged, and UTC's at first. */
  readonly timeZone?: TimeZone;
  /** Whose months and days are counted; UTC's by default. */
  readonly calendar?: Calendar;
  /** Called when the write-ahead log cannot be emptied, because of another process, for a minute and more. */
  readonly onLogBlocked?: (blocked: BlockedLog) => void;
  readonly logBlockedAfterMs?: number;
}

export interface SqliteQueue extends Queue {
  /** For whoever finds another process at work on a copy. */
  readonly copies: Pick<CopyGuard, "databaseId" | "pause" | "pauseFor">;
}

/**
 * The jobs in one SQLite file, for this process alone. What a process that died had in hand is queued again.
 * @throws Failure "data_dir_in_use", "database_foreign", "database_newer" or "database_damaged": nothing was changed.
 */
export function openSqliteQueue(options: SqliteQueueOptions): SqliteQueue {
  const { leaseMs = LEASE_MS, now = () => new Date(), clients = () => 0 } = options;
  const instanceId = Bun.randomUUIDv7();
  const { db, close: closeDatabase } = openDatabase(options.path);
  const copies = guardAgainstCopies(db, options.place?.() ?? null, now);
  if (options.timeZone !== undefined) storeTimeZone(db, options.timeZone);
  const takenBack = db
    .transaction((at: string) => {
      waitFromNowOn(db, at);
      return takeBack(db, at);
    })
    .immediate(now().toISOString());
  if (takenBack.length > 0) options.onTakenBack?.(takenBack);

  /** Written by `subscribe`. */
  const listeners = new Set<(change: JobChange) => void>();
  const counts = createCounts(db, now);
  const usage = createUsage(db, options.calendar ?? UTC_CALENDAR);
  const submit = createSubmit({ db, counts, queueLimit: options.queueLimit, clients, usage });
  const pause = createPause(db);
  const claims = createClaims(db, { instanceId, leaseMs, isPaused: () => paused() !== null });
  const checkpoints = createCheckpoints(db);
  const endings = createEndings(db, usage, checkpoints);
  const operator = createOperator(db);
  const finding = createJobSearch(db);
  const listing = createListing(db, counts, finding);
  const history = createHistory(db);
  const statistics = createStatistics(db, now);
  const pruning = createPruning(db, usage);
  const moveBack = createStepBack(db);
  const callbacks = createCallbacks(db, now);
  const targets = createTargetRecords(db);
  const group = createGroupCommit(db, { now, onCommit });
  const { write } = group;

  const reading = createReading({
    ...{ listing, finding, counts, history, statistics, usage, pause, pruning, paused },
    read,
  });

  /** Written by `close`. */
  let closing: Promise<void> | null = null;
  const upkeep = startUpkeep({
    db,
    path: options.path,
    onLogBlocked: options.onLogBlocked ?? (() => {}),
    ...(options.logBlockedAfterMs === undefined ? {} : { logBlockedAfterMs: options.logBlockedAfterMs }),
    now,
    leaseMs,
    running: counts.running,
    nextDue: claims.nextDue,
    queueDue: () => write(claims.queueDue),
    renew: () => write(claims.renew),
    stepBack: (stepMs) => write((transaction) => moveBack(transaction, stepMs)),
  });
  const stopWatching = watchOtherWriters(db, {
    onWrite() {
      counts.recount();
      upkeep.setDueTimer();
    },
    onChanges: notify,
  });

  function paused(): Pause | null {
    return copies.pause() ?? pause.paused();
  }

  function onCommit(changes: readonly Change[]): void {
    counts.apply(changes, now());
    upkeep.committed(changes);
    notify(
      changes.flatMap(({ id, to, stage, cancelRequested = false, manual }) =>
        to === null ? [] : [{ id, status: to, stage, cancelRequested, ...(manual && { manual }) }],
      ),
    );
  }

  function notify(changes: readonly JobChange[]): void {
    for (const change of changes) for (const listener of listeners) listener(change);
  }

  async function read<T>(work: () => T | Promise<T>): Promise<T> {
    if (closing !== null) throw new Failure("queue_closed", messages.closed, { transient: true });
    try {
      return await work();
    } catch (error) {
      throw databaseFailure(error);
    }
  }

  async function close(): Promise<void> {
    upkeep.close();
    stopWatching();
    const released = write((transaction) => {
      for (const claim of claims.leased()) endings.release(transaction, claim, "stopping");
    });
    // Where the disk is full this cannot be written; the next process then takes the jobs back.
    await Promise.all([released.catch(() => {}), group.close()]);
    closeDatabase();
  }

  return {
    copies,
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
      retryInParts(filter, reading.list, (part) => write((transaction) => operator.retryEach(transaction, part, by))),
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

    ...reading,

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
      // They need not outlive the machine: the next delivery says how the target is.
      succeeded: (target: string, at: string) => write(() => targets.succeeded(target, at), { synced: false }),
      failed: (target: string, at: string, error: string) =>
        write(() => targets.failed(target, at, error), { synced: false }),
    },

    subscribe(listener: (change: JobChange) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    close() {
      closing ??= close();
      return closing;
    },
  };
}
