import type { Database } from "bun:sqlite";
import type { Transaction } from "./transaction.ts";

/** A clock is set right by less than this all the time; more, between two checks, is a step or a machine's sleep. */
const STEP_MS = 60_000;

/** The times that something waits for, moved with the clock. */
const MOVE_JOBS = `
  UPDATE jobs SET revision = revision + 1, run_at = strftime('%Y-%m-%dT%H:%M:%fZ', run_at, ?1)
  WHERE status = 'waiting'`;
const MOVE_CALLBACKS = `
  UPDATE callbacks SET next_attempt_at = strftime('%Y-%m-%dT%H:%M:%fZ', next_attempt_at, ?1)
  WHERE status = 'pending' AND next_attempt_at <> ''`;

/**
 * Returns by how much the wall clock was stepped since the last check, in milliseconds, forward or back; 0 while it
 * runs as time does. A machine that slept has stepped forward: the time that is counted here does not advance in the
 * meantime.
 */
export function createStepWatch(now: () => Date, elapsedMs: () => number = () => performance.now()): () => number {
  /** Written by what `createStepWatch` returns. */
  let lead = now().getTime() - elapsedMs();
  return () => {
    const before = lead;
    lead = now().getTime() - elapsedMs();
    return Math.abs(lead - before) < STEP_MS ? 0 : lead - before;
  };
}

/**
 * After a step back what waits for a time would wait for as much longer: an hour for five seconds. So the times go back
 * with the clock. After a step forward they have come, which is early and does no harm.
 */
export function createStepBack(db: Database) {
  const moveJobs = db.prepare(MOVE_JOBS);
  const moveCallbacks = db.prepare(MOVE_CALLBACKS);
  return (_: Transaction, stepMs: number): void => {
    const by = `${stepMs / 1_000} seconds`;
    moveJobs.run(by);
    moveCallbacks.run(by);
  };
}

/** A time that something waits for, as long after ?1 as it was after this moment, which is in the future by the clock. */
const asLongAfterNow = (time: string, moment: string) =>
  `strftime('%Y-%m-%dT%H:%M:%fZ', ${time}, printf('%.3f seconds', (julianday(?1) - julianday(${moment})) * 86400.0))`;

const PUT_OFF_AT = "(SELECT ended_at FROM attempts WHERE job_id = jobs.id ORDER BY number DESC LIMIT 1)";
const WAIT_NO_LONGER = `
  UPDATE jobs SET revision = revision + 1, run_at = ${asLongAfterNow("run_at", PUT_OFF_AT)}
  WHERE status = 'waiting' AND run_at > ?1 AND ${PUT_OFF_AT} > ?1 AND run_at >= ${PUT_OFF_AT}`;
const ATTEMPTED_AT =
  "coalesce((SELECT max(started_at) FROM callback_attempts WHERE callback_id = callbacks.id), since)";
const CALL_BACK_NO_LATER = `
  UPDATE callbacks SET next_attempt_at = ${asLongAfterNow("next_attempt_at", ATTEMPTED_AT)}
  WHERE status = 'pending' AND next_attempt_at > ?1 AND ${ATTEMPTED_AT} > ?1 AND next_attempt_at >= ${ATTEMPTED_AT}`;

/**
 * What an earlier process deferred under a clock that was ahead of this one waits for its intended time from now on, and
 * not until that clock's time: what was deferred at a future time is of that kind.
 */
export function waitFromNowOn(db: Database, at: string): void {
  db.query(WAIT_NO_LONGER).run(at);
  db.query(CALL_BACK_NO_LATER).run(at);
}
