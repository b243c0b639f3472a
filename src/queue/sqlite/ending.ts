import type { Database } from "bun:sqlite";
import type { AllDelivered, Attempt, Claim, JobError, ReleaseReason, Stage, Status } from "../job.ts";
import { messages } from "../messages.ts";
import type { FailOptions } from "../queue.ts";
import { POISONOUS_CRASHES } from "../recovery.ts";
import type { Checkpoints } from "./checkpoint.ts";
import { endLease } from "./claim.ts";
import type { Transaction } from "./transaction.ts";
import type { SqliteUsage } from "./usage.ts";

/** Leased by this attempt: one that lost its lease must not overwrite the result of the one that replaced it. */
const LEASED = "id = ?1 AND lease_token = ?2";
/** Something of the job may still arrive at a target: to report it as cancelled would be false. */
export const IN_FLIGHT = "EXISTS (SELECT 1 FROM deliveries WHERE job_id = jobs.id AND in_flight_since IS NOT NULL)";
const END_LEASE = endLease("?3");

const COMPLETE = `
  UPDATE jobs SET status = 'completed', ${END_LEASE}, ended_at = ?3, delivered_to = ?4, delivered_url = ?5,
    error_code = NULL, error = NULL, cancel_requested = 0
  WHERE ${LEASED}`;
/** Before the job is completed: the callback then contains them. */
const DOCUMENT_DELIVERED = `
  UPDATE documents SET delivered_to = ?4, delivered_url = ?5, filename = coalesce(?6, filename)
  WHERE job_id = ?1 AND kind = ?3 AND EXISTS (SELECT 1 FROM jobs WHERE ${LEASED})`;
const MAIN_DELIVERED = `
  UPDATE documents SET delivered_to = ?3, delivered_url = ?4
  WHERE job_id = ?1 AND path = (SELECT report_path FROM jobs WHERE ${LEASED})`;
const DROP_DATA_SET = "DELETE FROM data_sets WHERE job_id = ?";

const FAIL = `
  UPDATE jobs SET status = 'failed', ${END_LEASE}, ended_at = ?3, error_code = ?4, error = ?5 WHERE ${LEASED}
  RETURNING stage`;

const WAIT = `
  UPDATE jobs SET status = 'waiting', ${END_LEASE}, run_at = ?8, error_code = ?4, error = ?5, isolated = iif(stage = 'rendering', ?6, 0),
    crashes = crashes + ?6 * (1 - ?7), waits_for = ?9,
    attempts = attempts - ?7
  WHERE ${LEASED} AND (cancel_requested = 0 OR ${IN_FLIGHT})
  RETURNING stage`;

const CRASHES = "SELECT crashes FROM jobs WHERE id = ? AND lease_token = ?";

const CANCEL = `
  UPDATE jobs SET status = 'cancelled', ${END_LEASE}, ended_at = ?3, cancel_requested = 0
  WHERE ${LEASED} AND cancel_requested = 1 AND NOT ${IN_FLIGHT}
  RETURNING stage`;

const RELEASE = `
  UPDATE jobs SET status = 'queued', ${END_LEASE}, attempts = attempts - 1
  WHERE ${LEASED} AND (cancel_requested = 0 OR ${IN_FLIGHT})
  RETURNING stage`;

const REQUEUE = `
  UPDATE jobs SET status = 'queued', ${END_LEASE}, attempts = attempts - 1
  WHERE ${LEASED} AND cancel_requested = 1
  RETURNING stage`;

const RENDER_AGAIN = `
  UPDATE jobs SET status = 'queued', stage = 'rendering', ${END_LEASE}, attempts = attempts - 1
  WHERE ${LEASED} AND cancel_requested = 0 AND EXISTS (SELECT 1 FROM data_sets WHERE job_id = jobs.id)
  RETURNING stage`;

const FORGET_DOCUMENT = "DELETE FROM documents WHERE job_id = ?1 AND (?2 IS NULL OR kind = ?2)";

const END_ATTEMPT =
  "UPDATE attempts SET ended_at = ?2, outcome = ?3, error_code = ?4, error = ?5, release_reason = ?6 WHERE lease_token = ?1";

type Ended = { readonly stage: Stage };

/**
 * The ways in which an attempt ends. Each returns false, and changes nothing, when the attempt no longer holds the
 * lease.
 */
export function createEndings(
  db: Database,
  usage: Pick<SqliteUsage, "completed">,
  checkpoints: Pick<Checkpoints, "delivered">,
) {
  const completeJob = db.prepare(COMPLETE);
  const documentDelivered = db.prepare(DOCUMENT_DELIVERED);
  const mainDelivered = db.prepare(MAIN_DELIVERED);
  const forgetDocument = db.prepare<unknown, [string, string | null]>(FORGET_DOCUMENT);
  const dropDataSet = db.prepare(DROP_DATA_SET);
  const failJob = db.prepare<Ended, [string, number, string, string, string]>(FAIL);
  const crashesOf = db.prepare<{ crashes: number }, [string, number]>(CRASHES);
  const defer = db.prepare<Ended, [string, number, string, string, string, number, number, string, string | null]>(
    WAIT,
  );
  const cancelJob = db.prepare<Ended, [string, number, string]>(CANCEL);
  const releaseJob = db.prepare<Ended, [string, number, string]>(RELEASE);
  const requeue = db.prepare<Ended, [string, number, string]>(REQUEUE);
  const renderJobAgain = db.prepare<Ended, [string, number, string]>(RENDER_AGAIN);
  const endAttempt = db.prepare(END_ATTEMPT);

  function ended(
    { at, changes }: Transaction,
    { job, token }: Claim,
    row: Ended | null,
    to: Status,
    outcome: Attempt["outcome"],
    error: JobError | null = null,
    releaseReason: ReleaseReason | null = null,
  ): boolean {
    if (row === null) return false;
    endAttempt.run(token, at, outcome, error?.code ?? null, error?.message ?? null, releaseReason);
    changes.push({ id: job.id, from: "running", to, stage: row.stage });
    return true;
  }

  function cancelled(transaction: Transaction, claim: Claim): boolean {
    const row = cancelJob.get(claim.job.id, claim.token, transaction.at);
    return ended(transaction, claim, row, "cancelled", "cancelled") || settleLater(transaction, claim);
  }

  /** An upload of a cancelled job is in flight: the next attempt checks its outcome. */
  function settleLater(transaction: Transaction, claim: Claim): boolean {
    const row = requeue.get(claim.job.id, claim.token, transaction.at);
    return ended(transaction, claim, row, "queued", "released", null, "cancelling");
  }

  return {
    cancelled,

    renderAgain(transaction: Transaction, claim: Claim, kinds: readonly (string | null)[] = [null]): boolean {
      const row = renderJobAgain.get(claim.job.id, claim.token, transaction.at);
      if (row !== null) for (const kind of kinds) forgetDocument.run(claim.job.id, kind);
      return ended(transaction, claim, row, "queued", "released", null, "report_gone");
    },

    complete(transaction: Transaction, claim: Claim, delivered: AllDelivered | null): boolean {
      const { job, token } = claim;
      if (delivered === null) {
        const { changes } = completeJob.run(job.id, token, transaction.at, null, null);
        return ended(transaction, claim, changes === 0 ? null : { stage: "delivering" }, "completed", "completed");
      }
      const { arrived } = delivered;
      if (arrived !== undefined) checkpoints.delivered(transaction, claim, arrived.target, arrived, arrived.kind);
      if (delivered.documents === undefined) mainDelivered.run(job.id, token, delivered.to, delivered.url);
      else
        for (const [kind, { to, url, filename = null }] of Object.entries(delivered.documents))
          documentDelivered.run(job.id, token, kind, to, url, filename);
      const { changes } = completeJob.run(job.id, token, transaction.at, delivered.to, delivered.url);
      if (changes === 0) return false;
      dropDataSet.run(job.id);
      usage.completed(transaction, job.id);
      return ended(transaction, claim, { stage: "delivering" }, "completed", "completed");
    },

    /**
     * A job that was cancelled during the attempt is not retried, unless an upload is in flight. One that brought
     * down what rendered it is isolated, and at the third time not retried; one that failed in isolation for another
     * reason is no longer isolated.
     */
    fail(
      transaction: Transaction,
      claim: Claim,
      error: JobError,
      retryInMs: number | null,
      { crashed = false, uncounted = false, waitsFor = [] }: FailOptions,
    ): boolean {
      const { job, token } = claim;
      const crashes = (crashesOf.get(job.id, token)?.crashes ?? 0) + 1;
      const poisonous = crashed && !uncounted && crashes >= POISONOUS_CRASHES;
      if (retryInMs === null || poisonous) {
        const { code, message } = poisonous
          ? {
              code: "poisonous",
              message: messages.crashes(POISONOUS_CRASHES, error.message),
            }
          : error;
        const row = failJob.get(job.id, token, transaction.at, code, message);
        return ended(transaction, claim, row, "failed", "failed", error);
      }
      const runAt = new Date(transaction.now.getTime() + retryInMs).toISOString();
      const { at } = transaction;
      const row = defer.get(
        ...([job.id, token, at, error.code, error.message, crashed ? 1 : 0, uncounted ? 1 : 0, runAt] as const),
        waitsFor.join(",") || null,
      );
      return ended(transaction, claim, row, "waiting", "failed", error) || cancelled(transaction, claim);
    },

    release(transaction: Transaction, claim: Claim, reason: ReleaseReason): boolean {
      const row = releaseJob.get(claim.job.id, claim.token, transaction.at);
      return ended(transaction, claim, row, "queued", "released", null, reason) || cancelled(transaction, claim);
    },
  };
}
