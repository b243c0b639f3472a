import type { Database } from "bun:sqlite";
import { type Job, MOST_RETRIES, type Stage, type Status } from "../job.ts";
import { retriedTooOften } from "../retries.ts";
import { IN_FLIGHT } from "./ending.ts";
import { type JobRow, toJob } from "./job-row.ts";
import { summaryColumns } from "./summary.ts";
import type { Transaction } from "./transaction.ts";

const CANCEL = `
  UPDATE jobs SET status = 'cancelled', revision = revision + 1, ended_at = ?2, run_at = NULL, requested_by = ?3
  WHERE id = ?1 AND status IN ('queued', 'waiting') AND NOT ${IN_FLIGHT}`;

/** An earlier attempt has sent something whose arrival is unconfirmed: the next one checks, and does so now. */
const REQUEST_SETTLING = `
  UPDATE jobs SET cancel_requested = 1, status = 'queued', revision = revision + 1, run_at = NULL, requested_by = ?2
  WHERE id = ?1 AND status IN ('queued', 'waiting') AND cancel_requested = 0`;

const REQUEST_CANCEL = `
  UPDATE jobs SET cancel_requested = 1, revision = revision + 1, requested_by = ?2 WHERE id = ?1 AND status = 'running' AND cancel_requested = 0`;

const RETRY = `
  UPDATE jobs SET status = 'queued', revision = revision + 1, attempts = 0, crashes = 0, error_code = NULL, error = NULL,
    ended_at = NULL, run_at = NULL, cancel_requested = 0, ran_ms = 0, requested_by = ?2, retries = retries + 1
  WHERE id = ?1 AND status IN ('failed', 'cancelled', 'waiting') AND retries < ${MOST_RETRIES}`;
const RETRIED_TOO_OFTEN = `
  SELECT 1 FROM jobs WHERE id = ? AND status IN ('failed', 'cancelled', 'waiting') AND retries >= ${MOST_RETRIES}`;

const SEND = `
  UPDATE jobs SET status = 'queued', revision = revision + 1, draft = 0, attempts = 0, crashes = 0, ended_at = NULL,
    requested_by = ?2
  WHERE id = ?1 AND status = 'completed' AND draft = 1`;

/** What people request: a job cancelled, jobs retried. */
export function createOperator(db: Database) {
  const find = db.prepare<JobRow, [string]>(`SELECT ${summaryColumns(db)} FROM jobs WHERE id = ?`);
  const cancelJob = db.prepare(CANCEL);
  const requestCancel = db.prepare(REQUEST_CANCEL);
  const requestSettling = db.prepare(REQUEST_SETTLING);
  const retryJob = db.prepare(RETRY);
  const sendDraft = db.prepare(SEND);
  const tooOften = db.prepare(RETRIED_TOO_OFTEN);

  function changed(
    { changes }: Transaction,
    before: JobRow,
    how: { readonly cancelRequested?: true; readonly manual?: true },
  ): Job | null {
    const row = find.get(before.id);
    if (row === null) return null;
    changes.push({
      id: row.id,
      from: before.status as Status,
      to: row.status,
      stage: row.stage as Stage,
      ...how,
    });
    return toJob(row);
  }

  return {
    cancel(transaction: Transaction, id: string, by: string | null): Job | null {
      const row = find.get(id);
      if (row === null) return null;
      if (cancelJob.run(id, transaction.at, by).changes > 0) return changed(transaction, row, {});
      if (requestSettling.run(id, by).changes > 0 || requestCancel.run(id, by).changes > 0)
        return changed(transaction, row, { cancelRequested: true });
      return toJob(row);
    },

    retry(transaction: Transaction, id: string, by: string | null): Job | null {
      const row = find.get(id);
      if (row === null) return null;
      if (tooOften.get(id) !== null) throw retriedTooOften(id);
      return retryJob.run(id, by).changes > 0 ? changed(transaction, row, { manual: true }) : toJob(row);
    },

    send(transaction: Transaction, id: string, by: string | null): Job | null {
      const row = find.get(id);
      if (row === null) return null;
      return sendDraft.run(id, by).changes > 0 ? changed(transaction, row, { manual: true }) : toJob(row);
    },

    /** Returns how many of them are queued now. */
    retryEach(transaction: Transaction, ids: readonly string[], by: string | null): number {
      let retried = 0;
      for (const id of ids) {
        const row = find.get(id);
        if (row === null || retryJob.run(id, by).changes === 0) continue;
        changed(transaction, row, { manual: true });
        retried += 1;
      }
      return retried;
    },
  };
}
