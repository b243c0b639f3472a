import type { Database } from "bun:sqlite";
import { POISONOUS_CRASHES, RECOVERY_ERRORS, type RecoveredJob } from "../recovery.ts";
import { endLease } from "./claim.ts";
import { type JobRow, toJob } from "./job-row.ts";

/** With when the attempt began to render, where it was rendering when its process ended. */
const LEASED = `
  SELECT jobs.*, iif(stage = 'rendering', render_started_at, NULL) AS render_started_at
  FROM jobs INDEXED BY jobs_running LEFT JOIN attempts ON attempts.lease_token = jobs.lease_token
  WHERE status = 'running' ORDER BY jobs.created_at, jobs.seq`;

const END_LEASE = endLease("?2");

const QUEUE_AGAIN = `UPDATE jobs SET status = 'queued', ${END_LEASE}, attempts = attempts - 1 WHERE seq = ?1`;

const SUSPECT = `
  UPDATE jobs SET status = 'queued', ${END_LEASE}, crashes = crashes + 1, isolated = 1, error_code = 'crashed', error = ?3
  WHERE seq = ?1`;

const CANCEL = `UPDATE jobs SET status = 'cancelled', ${END_LEASE}, cancel_requested = 0, crashes = crashes + ?3, ended_at = ?2 WHERE seq = ?1`;

const FAIL = `
  UPDATE jobs SET status = 'failed', ${END_LEASE}, cancel_requested = 0, crashes = crashes + 1, ended_at = ?2, error_code = 'poisonous', error = ?3
  WHERE seq = ?1`;

const END_ATTEMPT =
  "UPDATE attempts SET ended_at = ?2, outcome = 'crashed', error_code = 'crashed', error = ?3 WHERE lease_token = ?1";

const SOME_IN_FLIGHT = "SELECT 1 FROM deliveries WHERE job_id = ? AND in_flight_since IS NOT NULL";

const FIND = "SELECT * FROM jobs WHERE seq = ?";

type LeasedRow = JobRow & { readonly render_started_at: string | null };

/**
 * Recovers what an ended process had leased: no other process has the database open. Only a job that was being
 * rendered in that process may have brought it down: its attempt counts, and its next render is isolated. One that was
 * isolated already had a process of its own, and one that waited, gathered or delivered did nothing that could do harm:
 * their attempts do not count.
 */
export function recoverJobs(db: Database, at: string): readonly RecoveredJob[] {
  const endAttempt = db.prepare(END_ATTEMPT);
  const find = db.prepare<JobRow, [number]>(FIND);
  const inFlight = db.prepare<unknown, [string]>(SOME_IN_FLIGHT);
  return db
    .query<LeasedRow, []>(LEASED)
    .all()
    .map((row) => {
      const rendering = row.render_started_at !== null;
      const blamed = rendering && row.isolated === 0;
      endAttempt.run(row.lease_token, at, blamed ? RECOVERY_ERRORS.blamed : RECOVERY_ERRORS.notBlamed);
      end(row, blamed);
      return { job: toJob(find.get(row.seq) ?? row), rendering, blamed };
    });

  function end(row: JobRow, blamed: boolean): void {
    if (blamed && row.crashes + 1 >= POISONOUS_CRASHES) db.query(FAIL).run(row.seq, at, RECOVERY_ERRORS.poisonous);
    else if (row.cancel_requested === 1 && inFlight.get(row.id) === null)
      db.query(CANCEL).run(row.seq, at, blamed ? 1 : 0);
    else if (blamed) db.query(SUSPECT).run(row.seq, at, RECOVERY_ERRORS.blamed);
    else db.query(QUEUE_AGAIN).run(row.seq, at);
  }
}
