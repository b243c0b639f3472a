import type { Database } from "bun:sqlite";
import type { Transaction } from "./group-commit.ts";

/** A clock is set right by less than this all the time; more, between two looks, is a step or a machine's sleep. */
const STEP_MS = 60_000;

/** The times that somebody waits for, moved with the clock. */
const MOVE_JOBS = `
  UPDATE jobs SET revision = revision + 1, run_at = strftime('%Y-%m-%dT%H:%M:%fZ', run_at, ?1)
  WHERE status = 'waiting'`;
const MOVE_CALLBACKS = `
  UPDATE callbacks SET next_try_at = strftime('%Y-%m-%dT%H:%M:%fZ', next_try_at, ?1)
  WHERE status = 'pending' AND next_try_at <> ''`;

/**
 * Tells when the wall clock was stepped since the last look, in milliseconds, forward or back; 0 while it runs as time
 * does. A machine that slept has stepped forward: time as it is counted here stands still meanwhile.
 */
export function createStepWatch(now: () => Date, elapsedMs: () => number = () => performance.now()): () => number {
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
