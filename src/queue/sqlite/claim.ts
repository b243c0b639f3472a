import type { Database } from "bun:sqlite";
import { type Claim, STAGES, type Stage } from "../job.ts";
import type { Room } from "../queue.ts";
import type { Change, Transaction } from "./group-commit.ts";
import { type JobRow, toJob } from "./job-row.ts";

/** A job that brought down what ran it so often is to blame for it. */
export const POISONOUS_CRASHES = 3;
/** More due jobs than these wait for the next claim: a transaction stays short. */
const DUE_AT_ONCE = 256;

const NEXT = `
  SELECT * FROM jobs WHERE status = 'queued' AND stage = +? ORDER BY priority DESC, turn, seq LIMIT +?`;

const NEXT_ALONE = "SELECT * FROM jobs WHERE status = 'queued' AND alone = 1 ORDER BY seq LIMIT 1";

const SOME_ALONE = "SELECT 1 FROM jobs WHERE status = 'running' AND alone = 1 LIMIT 1";
const SOME_RUNNING = "SELECT 1 FROM jobs WHERE status = 'running' LIMIT 1";

const BEGIN_ATTEMPT = "INSERT INTO attempts (token, job_id, number, started_at) VALUES (?, ?, ?, ?)";

const LEASE = `
  UPDATE jobs SET status = 'running', revision = revision + 1, attempts = attempts + 1,
    attempts_ever = attempts_ever + 1, started_at = coalesce(started_at, ?2), token = ?3, boot = ?4, leased_until = ?5
  WHERE seq = ?1`;

const RENEW = "UPDATE jobs SET revision = revision + 1, leased_until = ?2 WHERE status = 'running' AND boot = +?1";

const DUE = "SELECT seq, id, stage FROM jobs WHERE status = 'waiting' AND run_at <= +? ORDER BY run_at LIMIT +?";
const NEXT_DUE = "SELECT min(run_at) AS run_at FROM jobs WHERE status = 'waiting'";

/** Back to the head of the line, and not before it: a turn of long ago would pull the head back for all newcomers. */
export const HEAD_OF_LINE = `
  coalesce((SELECT min(head.turn) FROM jobs AS head
    WHERE head.status = 'queued' AND head.stage = jobs.stage AND head.priority = jobs.priority), 0)`;

/** The end of an attempt, at a time: the lease is over, and what it took is added to what the job ran. */
export const letGo = (at: string): string => `
  revision = revision + 1, token = NULL, boot = NULL, leased_until = NULL,
  ran_ms = ran_ms + coalesce((SELECT max(0, CAST(round((julianday(${at}) - julianday(attempts.started_at)) * 86400000) AS INTEGER))
    FROM attempts WHERE attempts.token = jobs.token), 0)`;

const QUEUE_AGAIN = `
  UPDATE jobs SET status = 'queued', revision = revision + 1, run_at = NULL, turn = ${HEAD_OF_LINE} WHERE seq = ?`;

const HELD = "SELECT * FROM jobs INDEXED BY jobs_running WHERE status = 'running' ORDER BY created_at";

const TAKE_BACK = `
  UPDATE jobs SET status = 'queued', ${letGo("?3")}, attempts = attempts - 1 + ?2, crashes = crashes + ?2, alone = 1,
    cancel_requested = 0, error_code = 'crashed', error = 'the process ended during this try',
    turn = ${HEAD_OF_LINE}
  WHERE seq = ?1`;

const CANCEL_AFTER_CRASH = `
  UPDATE jobs SET status = 'cancelled', ${letGo("?2")}, crashes = crashes + 1, cancel_requested = 0, ended_at = ?2
  WHERE seq = ?1`;

const FAIL_POISONOUS = `
  UPDATE jobs SET status = 'failed', ${letGo("?2")}, crashes = crashes + 1, ended_at = ?2, error_code = 'poisonous',
    error = ?3
  WHERE seq = ?1`;

const END_CRASHED = `
  UPDATE attempts SET ended_at = ?2, outcome = 'crashed', error_code = 'crashed', error = 'the process ended during this try'
  WHERE token = ?1`;

export interface ClaimOptions {
  readonly boot: string;
  readonly leaseMs: number;
  readonly isPaused: () => boolean;
}

export function createClaims(db: Database, options: ClaimOptions) {
  const next = db.prepare<JobRow, [Stage, number]>(NEXT);
  const nextAlone = db.prepare<JobRow, []>(NEXT_ALONE);
  const someAlone = db.prepare(SOME_ALONE);
  const someRunning = db.prepare(SOME_RUNNING);
  const beginAttempt = db.prepare(BEGIN_ATTEMPT);
  const lease = db.prepare(LEASE);
  const renewLeases = db.prepare(RENEW);
  const due = db.prepare<{ seq: number; id: string; stage: Stage }, [string, number]>(DUE);
  const firstDue = db.prepare<{ run_at: string | null }, []>(NEXT_DUE);
  const queueAgain = db.prepare(QUEUE_AGAIN);
  const held = db.prepare<JobRow, []>(HELD);
  const { last } = db.query("SELECT coalesce(max(token), 0) AS last FROM attempts").get() as { last: number };
  let lastToken = last;

  function leaseTo(transaction: Transaction, row: JobRow): Claim {
    lastToken += 1;
    const leasedUntil = new Date(transaction.now.getTime() + options.leaseMs).toISOString();
    beginAttempt.run(lastToken, row.id, row.attempts_ever + 1, transaction.at);
    lease.run(row.seq, transaction.at, lastToken, options.boot, leasedUntil);
    transaction.changes.push({ id: row.id, from: "queued", to: "running", stage: row.stage });
    const startedAt = row.started_at ?? transaction.at;
    return {
      token: lastToken,
      job: toJob({
        ...row,
        status: "running",
        attempts: row.attempts + 1,
        started_at: startedAt,
        attempt_started_at: transaction.at,
      }),
    };
  }

  /** Queues the waiting jobs whose time has come. */
  function queueDue(transaction: Transaction): void {
    for (const { seq, id, stage } of due.all(transaction.at, DUE_AT_ONCE)) {
      queueAgain.run(seq);
      transaction.changes.push({ id, from: "waiting", to: "queued", stage });
    }
  }

  return {
    queueDue,

    claim(transaction: Transaction, room: Room): readonly Claim[] {
      queueDue(transaction);
      if (options.isPaused()) return [];
      const alone = nextAlone.get();
      if (alone !== null)
        return (room[alone.stage] ?? 0) > 0 && someRunning.get() === null ? [leaseTo(transaction, alone)] : [];
      if (someAlone.get() !== null) return [];
      return STAGES.flatMap((stage) => {
        const places = room[stage] ?? 0;
        return places > 0 ? next.all(stage, places).map((row) => leaseTo(transaction, row)) : [];
      });
    },

    /** When the next waiting job is due, as ISO-8601 text; null when none waits. */
    nextDue: () => firstDue.get()?.run_at ?? null,

    /** What this process holds. */
    held: (): readonly Claim[] => held.all().map((row) => ({ job: toJob(row), token: row.token ?? 0 })),

    renew(transaction: Transaction): void {
      renewLeases.run(options.boot, new Date(transaction.now.getTime() + options.leaseMs).toISOString());
    },
  };
}

/**
 * Takes back what a process that is gone had in hand: nobody else has the database open. Its try counts, as any of them
 * may have brought the process down; the next one runs alone. A render that ran alone did so in a process of its own
 * (see Stages.render), so it is innocent of this one's death, and its try does not count.
 */
export function takeBack(db: Database, at: string): readonly Change[] {
  const changes: Change[] = [];
  const endAttempt = db.prepare(END_CRASHED);
  for (const row of db.query<JobRow, []>(HELD).all()) {
    const { seq, id, stage } = row;
    endAttempt.run(row.token, at);
    const blamed = row.alone === 1 && stage === "rendering" ? 0 : 1;
    if (row.crashes + blamed >= POISONOUS_CRASHES) {
      const reason = `the process ended during ${POISONOUS_CRASHES} tries of this job: its data may be more than the machine can hold`;
      db.query(FAIL_POISONOUS).run(seq, at, reason);
      changes.push({ id, from: "running", to: "failed", stage });
    } else if (row.cancel_requested === 1) {
      db.query(CANCEL_AFTER_CRASH).run(seq, at);
      changes.push({ id, from: "running", to: "cancelled", stage });
    } else {
      db.query(TAKE_BACK).run(seq, blamed, at);
      changes.push({ id, from: "running", to: "queued", stage });
    }
  }
  return changes;
}
