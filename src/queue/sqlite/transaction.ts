import type { Database } from "bun:sqlite";
import { Failure } from "../../failure.ts";
import type { Stage, Status } from "../job.ts";

/** One transaction takes no new operation after this long: between two the event loop serves requests. */
const BUDGET_MS = 8;

/** A change of a job's status or stage, reported to listeners once it is on disk. */
export interface Change {
  readonly id: string;
  /** Null for a new job. */
  readonly from: Status | null;
  /** Null for a removed one. */
  readonly to: Status | null;
  readonly stage: Stage;
  readonly cancelRequested?: boolean;
  /** An immediate attempt was requested. */
  readonly manual?: true;
}

export interface Transaction {
  readonly now: Date;
  /** The same as ISO-8601 text. */
  readonly at: string;
  /** In the order they were made; an operation adds its own. */
  readonly changes: Change[];
}

export interface PendingWrite {
  readonly synced: boolean;
  readonly work: (transaction: Transaction) => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type WriteOutcome = { readonly result: unknown } | { readonly error: unknown };
export type Settled = readonly [PendingWrite, WriteOutcome];

/** What an operation threw that was not a Failure, so that it may have written something: all is rolled back and done one by one. */
export class Spoiled extends Error {}

/** What operations do within one transaction that is open. */
interface OperationRunner {
  /**
   * Runs as many as the time allows, and returns the result of each.
   * @throws Spoiled when one may have written something and then failed: the transaction is to be rolled back.
   */
  together(pending: readonly PendingWrite[], transaction: Transaction): readonly Settled[];
  /** The same with a savepoint for each: one that fails undoes what it wrote, and spoils no other. */
  apart(pending: readonly PendingWrite[], transaction: Transaction): readonly Settled[];
}

export function createOperationRunner(db: Database): OperationRunner {
  const save = db.prepare("SAVEPOINT operation");
  const release = db.prepare("RELEASE operation");
  const undo = db.prepare("ROLLBACK TO operation");

  return {
    together(pending, transaction) {
      const deadline = performance.now() + BUDGET_MS;
      const done: Settled[] = [];
      for (const operation of pending) {
        try {
          done.push([operation, { result: operation.work(transaction) }]);
        } catch (error) {
          if (!(error instanceof Failure)) throw new Spoiled("", { cause: error });
          done.push([operation, { error }]);
        }
        if (performance.now() > deadline) break;
      }
      return done;
    },

    apart(pending, transaction) {
      const deadline = performance.now() + BUDGET_MS;
      const done: Settled[] = [];
      for (const operation of pending) {
        const changes = transaction.changes.length;
        save.run();
        try {
          done.push([operation, { result: operation.work(transaction) }]);
        } catch (error) {
          // A full disk may have ended the whole transaction: then nothing of it is left to continue with.
          if (!db.inTransaction) throw error;
          undo.run();
          transaction.changes.length = changes;
          done.push([operation, { error }]);
        }
        release.run();
        if (performance.now() > deadline) break;
      }
      return done;
    },
  };
}
