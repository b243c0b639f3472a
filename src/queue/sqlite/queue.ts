/*
 * The queue in one SQLite file, for one process: one file for each group of operations.
 * Requests that arrive together share one transaction (group-commit.ts).
 * Not here: Redis, and keys, sessions and the catalogue, which have files of their own.
 */

import { Failure } from "../../failure.ts";
import type { FileIdentity } from "../../host/files/file-identity.ts";
import { messages } from "../messages.ts";
import type { JobChange, Pause, Queue } from "../queue.ts";
import type { RecoveredJob } from "../recovery.ts";
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
import { createGroupCommit } from "./group-commit.ts";
import { createHistory } from "./history.ts";
import { createJobSearch } from "./job-search.ts";
import { createListing } from "./listing.ts";
import { createOperator } from "./operator.ts";
import { createPause } from "./pause.ts";
import { createPruning } from "./pruning.ts";
import { createReading } from "./reading.ts";
import { recoverJobs } from "./recovery.ts";
import { createStatistics } from "./statistics.ts";
import { createSubmit } from "./submit.ts";
import { createTargetRecords } from "./target-records.ts";
import { storeTimeZone, type TimeZone } from "./time-zone.ts";
import type { Change } from "./transaction.ts";
import { type BlockedLog, startUpkeep } from "./upkeep.ts";
import { createUsage } from "./usage.ts";
import { watchOtherWriters } from "./watch.ts";
import { createWriting } from "./writing.ts";

const LEASE_MS = 60_000;

export interface SqliteQueueOptions {
  /** The database file; its folder is there. */
  readonly path: string;
  /** Jobs not yet ended: past that `submit` is refused. It is shared out between the clients: see share.ts. */
  readonly queueLimit: number;
  /** How many clients there are; those that have jobs are known. */
  readonly clients?: () => number;
  /** Called with the jobs that an earlier process was running when it ended. */
  readonly onRecovered?: (jobs: readonly RecoveredJob[]) => void;
  /** Where the file is. At another path than at the last start it may be a copy: then nothing is begun until `resume`. */
  readonly fileIdentity?: () => FileIdentity;
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
  /** For a process that finds another one at work on a copy. */
  readonly copies: Pick<CopyGuard, "databaseId" | "pause" | "pauseFor">;
}

/**
 * The jobs in one SQLite file, for this process alone. The running jobs of a process that died are queued again.
 * @throws Failure "data_dir_in_use", "database_foreign", "database_newer" or "database_damaged": nothing was changed.
 */
export function openSqliteQueue(options: SqliteQueueOptions): SqliteQueue {
  const { leaseMs = LEASE_MS, now = () => new Date(), clients = () => 0 } = options;
  const instanceId = Bun.randomUUIDv7();
  const { db, close: closeDatabase } = openDatabase(options.path);
  const copies = guardAgainstCopies(db, options.fileIdentity?.() ?? null, now);
  if (options.timeZone !== undefined) storeTimeZone(db, options.timeZone);
  const recovered = db
    .transaction((at: string) => {
      waitFromNowOn(db, at);
      return recoverJobs(db, at);
    })
    .immediate(now().toISOString());
  if (recovered.length > 0) options.onRecovered?.(recovered);

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

  const writing = createWriting({
    ...{ submit, claims, checkpoints, endings, operator, pause, pruning, callbacks, targets, copies },
    ...{ read, write, list: reading.list },
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
    // Where the disk is full this cannot be written; the next process then recovers the jobs.
    await Promise.all([released.catch(() => {}), group.close()]);
    closeDatabase();
  }

  return {
    copies,
    ...reading,
    ...writing,
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
