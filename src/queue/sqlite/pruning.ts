import type { Database } from "bun:sqlite";
import type { Stage, Status } from "../job.ts";
import type { RemovalResult } from "../queue.ts";
import type { Transaction } from "./transaction.ts";
import type { SqliteUsage } from "./usage.ts";

/** In one transaction, and for so long; between two of them the others have their turn. */
const AT_ONCE = 100;
const BUDGET_MS = 8;

/**
 * What was promised for longer stays: a callback that is still to be taken, a key that still names the job. A draft was
 * never delivered: the same request may make another.
 */
const OLD = `
  SELECT seq, id, status, stage,
    EXISTS (SELECT 1 FROM callbacks WHERE job_id = jobs.id AND callbacks.status = 'pending')
      OR draft = 0 AND EXISTS (SELECT 1 FROM idempotency WHERE job_id = jobs.id AND expires_at > ?2) AS promised
  FROM jobs WHERE ended_at < +?1 ORDER BY ended_at, seq LIMIT +?3 OFFSET +?4`;
/** The same of one job. */
const ONE = `
  SELECT seq, id, status, stage, ended_at IS NULL AS open,
    EXISTS (SELECT 1 FROM callbacks WHERE job_id = jobs.id AND callbacks.status = 'pending')
      OR draft = 0 AND EXISTS (SELECT 1 FROM idempotency WHERE job_id = jobs.id AND expires_at > ?2) AS promised
  FROM jobs WHERE id = ?1`;
/** What belongs to the job goes with it by a trigger, so that a delete in the shell leaves nothing behind either. */
const REMOVE = "DELETE FROM jobs WHERE seq = ?";
const FORGET_KEYS =
  "DELETE FROM idempotency WHERE (client, key, item) IN (SELECT client, key, item FROM idempotency WHERE expires_at <= ? LIMIT 1000)";

/** A client that returns is behind the head of its lane: what it had before no longer matters. */
const FORGET_IDLE = `
  DELETE FROM lane_clients WHERE id IN (
    SELECT id FROM lane_clients AS idle WHERE queued = 0 AND NOT EXISTS (
      SELECT 1 FROM lane_clients AS head
      WHERE head.lane = idle.lane AND head.queued > 0 AND head.fair_order <= idle.fair_order)
    LIMIT 1000)`;
const FORGET_CLIENTS =
  "DELETE FROM clients WHERE client IN (SELECT client FROM clients WHERE open_jobs = 0 LIMIT 1000)";

const REMOVALS = "SELECT path FROM removals ORDER BY path LIMIT ?";
const REMOVED = "DELETE FROM removals WHERE path = ?";

interface OldRow {
  readonly seq: number;
  readonly id: string;
  readonly status: Status;
  readonly stage: Stage;
  readonly promised: 0 | 1;
}

export function createPruning(db: Database, usage: Pick<SqliteUsage, "forgetDays">) {
  const old = db.prepare<OldRow, [string, string, number, number]>(OLD);
  const one = db.prepare<OldRow & { readonly open: 0 | 1 }, [string, string]>(ONE);
  const remove = db.prepare(REMOVE);
  const forgetKeys = db.prepare(FORGET_KEYS);
  const forgetIdle = db.prepare(FORGET_IDLE);
  const forgetClients = db.prepare(FORGET_CLIENTS);
  const removals = db.prepare<{ path: string }, [number]>(REMOVALS);
  const removed = db.prepare(REMOVED);

  return {
    /** Examines up to `limit` jobs after the first `skip`, 100 at most; returns how many it removed, and left. */
    prune(transaction: Transaction, endedBefore: string, limit: number, skip: number) {
      const { at, changes } = transaction;
      usage.forgetDays(transaction);
      forgetKeys.run(at);
      forgetIdle.run();
      forgetClients.run();
      const until = performance.now() + BUDGET_MS;
      const count = { removed: 0, retained: 0 };
      for (const { seq, id, status, stage, promised } of old.all(endedBefore, at, Math.min(limit, AT_ONCE), skip)) {
        if (promised === 1) {
          count.retained += 1;
          continue;
        }
        remove.run(seq);
        changes.push({ id, from: status, to: null, stage });
        count.removed += 1;
        if (performance.now() > until) break;
      }
      return count;
    },

    remove({ at, changes }: Transaction, ids: readonly string[]): RemovalResult {
      const count = { removed: 0, retained: 0, open: 0 };
      for (const each of ids) {
        const row = one.get(each, at);
        if (row === null) continue;
        const { seq, id, status, stage } = row;
        if (row.open === 1) count.open += 1;
        else if (row.promised === 1) count.retained += 1;
        else {
          remove.run(seq);
          changes.push({ id, from: status, to: null, stage });
          count.removed += 1;
        }
      }
      return count;
    },

    removals: (limit: number): readonly string[] => removals.all(limit).map(({ path }) => path),

    removed(_: Transaction, paths: readonly string[]): void {
      for (const path of paths) removed.run(path);
    },
  };
}
