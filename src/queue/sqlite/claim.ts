import type { Database } from "bun:sqlite";
import { type Claim, LANES, type Lane, type Stage } from "../job.ts";
import type { Room } from "../queue.ts";
import { DOCUMENTS, type JobRow, toJob } from "./job-row.ts";
import type { Transaction } from "./transaction.ts";

/** More due jobs than these wait for the next claim: a transaction stays short. */
const DUE_AT_ONCE = 256;

const NEXT_CLIENT = "SELECT client FROM lane_clients WHERE lane = +? AND queued > 0 ORDER BY fair_order, id LIMIT 1";
const NEXT_OF_CLIENT = `
  SELECT * FROM jobs WHERE status = 'queued' AND stage = +?1 AND isolated = +?2 AND client = +?3
  ORDER BY priority DESC, seq LIMIT 1`;
const DOCUMENTS_OF = `SELECT ${DOCUMENTS} FROM (SELECT ? AS id) AS jobs`;
const SERVED = "UPDATE lane_clients SET fair_order = ?3 WHERE lane = ?1 AND client = ?2";
/** A change with SQL may have left a client in the table that has no job: it is never next. */
const NONE_QUEUED = "UPDATE lane_clients SET queued = 0 WHERE lane = ?1 AND client = ?2";

const BEGIN_ATTEMPT = "INSERT INTO attempts (lease_token, job_id, number, started_at) VALUES (?, ?, ?, ?)";

const LEASE = `
  UPDATE jobs SET status = 'running', revision = revision + 1, attempts = attempts + 1,
    total_attempts = total_attempts + 1, started_at = coalesce(started_at, ?2), lease_token = ?3, instance_id = ?4, leased_until = ?5
  WHERE seq = ?1`;

const RENEW =
  "UPDATE jobs SET revision = revision + 1, leased_until = ?2 WHERE status = 'running' AND instance_id = +?1";

const DUE = "SELECT seq, id, stage FROM jobs WHERE status = 'waiting' AND run_at <= +? ORDER BY run_at LIMIT +?";
const NEXT_DUE = "SELECT min(run_at) AS run_at FROM jobs WHERE status = 'waiting'";

/** The end of an attempt, at a time: the lease is over, and what it took is added to what the job ran. */
export const endLease = (at: string): string => `
  revision = revision + 1, lease_token = NULL, instance_id = NULL, leased_until = NULL,
  ran_ms = ran_ms + coalesce((SELECT max(0, CAST(round((julianday(${at}) - julianday(attempts.started_at)) * 86400000) AS INTEGER))
    FROM attempts WHERE attempts.lease_token = jobs.lease_token), 0)`;

const QUEUE_AGAIN = "UPDATE jobs SET status = 'queued', revision = revision + 1, run_at = NULL WHERE seq = ?";

const WAITING_FOR = `
  SELECT seq, id, stage FROM jobs
  WHERE status = 'waiting' AND waits_for IS NOT NULL AND instr(',' || waits_for || ',', ',' || +?1 || ',') > 0
  ORDER BY seq LIMIT +?2`;

const RUNNING = "SELECT * FROM jobs INDEXED BY jobs_running WHERE status = 'running' ORDER BY created_at";

export interface ClaimOptions {
  readonly instanceId: string;
  readonly leaseMs: number;
  readonly isPaused: () => boolean;
}

export function createClaims(db: Database, options: ClaimOptions) {
  const nextClient = db.prepare<{ client: string }, [Lane]>(NEXT_CLIENT);
  const nextOfClient = db.prepare<JobRow, [Stage, number, string]>(NEXT_OF_CLIENT);
  const documentsOf = db.prepare<{ documents: string }, [string]>(DOCUMENTS_OF);
  const served = db.prepare(SERVED);
  const noneQueued = db.prepare(NONE_QUEUED);
  const beginAttempt = db.prepare(BEGIN_ATTEMPT);
  const lease = db.prepare(LEASE);
  const renewLeases = db.prepare(RENEW);
  const due = db.prepare<{ seq: number; id: string; stage: Stage }, [string, number]>(DUE);
  const firstDue = db.prepare<{ run_at: string | null }, []>(NEXT_DUE);
  const waitingFor = db.prepare<{ seq: number; id: string; stage: Stage }, [string, number]>(WAITING_FOR);
  const queueAgain = db.prepare(QUEUE_AGAIN);
  const leased = db.prepare<JobRow, []>(RUNNING);
  const { last } = db.query("SELECT coalesce(max(lease_token), 0) AS last FROM attempts").get() as { last: number };
  /** Written by `leaseTo`. */
  let lastToken = last;

  function leaseTo(transaction: Transaction, row: JobRow): Claim {
    lastToken += 1;
    const leasedUntil = new Date(transaction.now.getTime() + options.leaseMs).toISOString();
    beginAttempt.run(lastToken, row.id, row.total_attempts + 1, transaction.at);
    lease.run(row.seq, transaction.at, lastToken, options.instanceId, leasedUntil);
    transaction.changes.push({ id: row.id, from: "queued", to: "running", stage: row.stage });
    const startedAt = row.started_at ?? transaction.at;
    // What was never attempted has none.
    const isFirst = row.total_attempts === 0 && row.report_path === null;
    const { documents = "[]" } = (isFirst ? null : documentsOf.get(row.id)) ?? {};
    return {
      token: lastToken,
      job: toJob({
        ...row,
        documents,
        status: "running",
        attempts: row.attempts + 1,
        started_at: startedAt,
        attempt_started_at: transaction.at,
      }),
    };
  }

  /** The next job of a lane: of the client that was served there the longest time ago the first by priority, then age. */
  function nextOf(lane: Lane): JobRow | null {
    const [stage, isolated]: [Stage, number] = lane === "isolated" ? ["rendering", 1] : [lane, 0];
    for (;;) {
      const next = nextClient.get(lane);
      if (next === null) return null;
      const row = nextOfClient.get(stage, isolated, next.client);
      if (row !== null) return row;
      noneQueued.run(lane, next.client);
    }
  }

  function claimLane(transaction: Transaction, lane: Lane, room: number): readonly Claim[] {
    const claims: Claim[] = [];
    while (claims.length < room) {
      const row = nextOf(lane);
      if (row === null) break;
      claims.push(leaseTo(transaction, row));
      served.run(lane, row.client, lastToken);
    }
    return claims;
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

    /** Queues waiting jobs that were deferred for this dependency. Returns how many. */
    wake(transaction: Transaction, dependency: string, limit: number): number {
      const woken = waitingFor.all(dependency, limit);
      for (const { seq, id, stage } of woken) {
        queueAgain.run(seq);
        transaction.changes.push({ id, from: "waiting", to: "queued", stage });
      }
      return woken.length;
    },

    claim(transaction: Transaction, room: Room): readonly Claim[] {
      queueDue(transaction);
      if (options.isPaused()) return [];
      return LANES.flatMap((lane) => claimLane(transaction, lane, room[lane] ?? 0));
    },

    /** When the next waiting job is due, as ISO-8601 text; null when none waits. */
    nextDue: () => firstDue.get()?.run_at ?? null,

    /** The leases of this process. */
    leased: (): readonly Claim[] => leased.all().map((row) => ({ job: toJob(row), token: row.lease_token ?? 0 })),

    renew(transaction: Transaction): void {
      renewLeases.run(options.instanceId, new Date(transaction.now.getTime() + options.leaseMs).toISOString());
    },
  };
}
