import type { Database } from "bun:sqlite";
import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";
import { databaseFailure, isBusy } from "./failures.ts";
import {
  type Change,
  createOperationRunner,
  type PendingWrite,
  type Settled,
  Spoiled,
  type Transaction,
} from "./transaction.ts";

const BUSY_RETRY_MS = 25;
/** An operator may sit in a transaction of the shell for so long before writes are refused. */
const BUSY_LIMIT_MS = 15_000;

export interface WriteOptions {
  /** False for what the end of this process must not undo, but a power cut may: it waits for no disk. */
  readonly synced?: boolean;
}

export interface GroupCommit {
  /**
   * Runs `work` in a transaction shared with everything else of this turn of the event loop, and resolves after the
   * commit. An operation that throws changes nothing and spoils no other; with a Failure it wrote nothing before.
   */
  write<T>(work: (transaction: Transaction) => T, options?: WriteOptions): Promise<T>;
  /** Ends what was requested, and takes no more. */
  close(): Promise<void>;
}

export function createGroupCommit(
  db: Database,
  options: { readonly now: () => Date; readonly onCommit: (changes: readonly Change[]) => void },
): GroupCommit {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");
  const run = createOperationRunner(db);
  /** In the order they were requested. Written by `write`; `commitPending` takes what is done. */
  let pending: PendingWrite[] = [];
  /** A flush is on its way. Written by `schedule` and `flush`. */
  let scheduled = false;
  /** Written by `close`. */
  let closed = false;
  /** What the connection is set to. Written by `setSynced`. */
  let isSynced = true;
  /** Since when another process writes; null while none does. Written by `commitPending`. */
  let busySince: number | null = null;
  /** Who waits for the end of all. Written by `close`; `flush` takes them. */
  const idle: (() => void)[] = [];

  function schedule(delayMs = 0): void {
    if (scheduled) return;
    scheduled = true;
    if (delayMs === 0) setImmediate(flush);
    else setTimeout(flush, delayMs);
  }

  function flush(): void {
    scheduled = false;
    try {
      if (pending.length > 0) commitPending();
    } finally {
      if (pending.length > 0) schedule(busySince === null ? 0 : BUSY_RETRY_MS);
      else for (const resolve of idle.splice(0)) resolve();
    }
  }

  /** Between two transactions it may change how much a commit waits for. */
  function setSynced(synced: boolean): void {
    if (synced === isSynced) return;
    db.run(`PRAGMA synchronous = ${synced ? "FULL" : "NORMAL"}`);
    isSynced = synced;
  }

  function commitPending(): void {
    try {
      setSynced(pending.some(({ synced }) => synced));
      begin.run();
      busySince = null;
    } catch (error) {
      busySince ??= performance.now();
      if (isBusy(error) && performance.now() - busySince < BUSY_LIMIT_MS) return;
      busySince = null;
      settle(pending.splice(0).map((operation) => [operation, { error }] as const));
      return;
    }
    const transaction = { now: options.now(), at: "", changes: [] as Change[] };
    transaction.at = transaction.now.toISOString();
    let done: readonly Settled[];
    try {
      try {
        done = run.together(pending, transaction);
      } catch (error) {
        if (!(error instanceof Spoiled)) throw error;
        transaction.changes.length = 0;
        if (db.inTransaction) rollback.run();
        begin.run();
        done = run.apart(pending, transaction);
      }
      commit.run();
    } catch (error) {
      if (db.inTransaction) rollback.run();
      settle(pending.splice(0).map((operation) => [operation, { error }] as const));
      return;
    }
    pending = pending.slice(done.length);
    settle(done);
    if (transaction.changes.length > 0) options.onCommit(transaction.changes);
  }

  function settle(done: readonly Settled[]): void {
    for (const [operation, outcome] of done) {
      if ("error" in outcome) operation.reject(databaseFailure(outcome.error));
      else operation.resolve(outcome.result);
    }
  }

  return {
    write<T>(work: (transaction: Transaction) => T, { synced = true }: WriteOptions = {}) {
      if (closed) return Promise.reject(new Failure("queue_closed", messages.closed, { transient: true }));
      return new Promise<T>((resolve, reject) => {
        pending.push({ work, synced, resolve: resolve as (result: unknown) => void, reject });
        schedule();
      });
    },
    close() {
      closed = true;
      if (pending.length === 0) return Promise.resolve();
      return new Promise((resolve) => idle.push(resolve));
    },
  };
}
