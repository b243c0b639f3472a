import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Failure } from "../failure.ts";
import type { Job } from "../queue/job.ts";
import { metadataText, requestedText } from "../queue/request.ts";
import { openDatabase } from "../queue/sqlite/database.ts";
import { rowOf } from "../queue/sqlite/job-row.ts";
import { messages } from "./messages.ts";
import type { MigrationTarget, StoredCallback, StoredJob } from "./stored-job.ts";

/** Jobs in one transaction. */
const AT_ONCE = 100;

const HAS = "SELECT 1 FROM jobs WHERE id = ?";
const FORGET_EVENTS = "DELETE FROM events WHERE job_id = ?";

/**
 * Puts jobs into a new database, which takes its place when all are there. An interrupted run is continued by the
 * next.
 * @throws Failure "move_mixed" where there is a database already.
 */
export function openSqliteTarget(path: string): MigrationTarget {
  if (existsSync(path)) throw new Failure("move_mixed", messages.otherJobs(path));
  const beside = `${path}.moving`;
  const { db, close } = openDatabase(beside);
  const has = db.prepare(HAS);
  const insert = inserting(db);
  let waiting: StoredJob[] = [];
  let closed = false;

  const flush = () => {
    const jobs = waiting;
    waiting = [];
    db.transaction(() => jobs.forEach(insert)).immediate();
  };
  const end = () => {
    if (!closed) close();
    closed = true;
  };

  return {
    async put(stored) {
      if (has.get(stored.job.id) !== null) return false;
      waiting.push(stored);
      if (waiting.length >= AT_ONCE) flush();
      return true;
    },
    async pause(pause, actions) {
      db.transaction(() => {
        db.run("DELETE FROM pause");
        if (pause !== null) db.run("INSERT INTO pause (id, since, by) VALUES (1, ?, ?)", [pause.since, pause.by]);
        // Those that the two statements have just noted, too.
        db.run("DELETE FROM actions");
        const note = db.prepare("INSERT INTO actions (at, action, actor) VALUES (?, ?, ?)");
        for (const { at, action, actor } of actions.toReversed()) note.run(at, action, actor);
      }).immediate();
    },
    async usage({ months, days }) {
      const month = db.prepare(
        "INSERT OR REPLACE INTO usage_months (month, client, accepted, reports, documents, pages) VALUES (?, ?, ?, ?, ?, ?)",
      );
      const day = db.prepare("INSERT OR REPLACE INTO usage_days (day, client, accepted) VALUES (?, ?, ?)");
      db.transaction(() => {
        for (const each of months)
          month.run(each.month, each.client, each.accepted, each.reports, each.documents, each.pages);
        for (const each of days) day.run(each.day, each.client, each.accepted);
      }).immediate();
    },
    async open() {
      flush();
      end();
      await rename(beside, path);
      for (const trace of ["-wal", "-shm", ".lock"]) await rm(beside + trace, { force: true });
    },
    async close() {
      if (!closed) flush();
      end();
    },
  };
}

function inserting(db: Database): (stored: StoredJob) => void {
  const forgetEvents = db.prepare(FORGET_EVENTS);
  const insertDataSet = db.prepare("INSERT INTO data_sets (job_id, data_set) VALUES (?, ?)");
  const insertAttempt = db.prepare(
    "INSERT INTO attempts (job_id, number, started_at, gathered_at, rendered_at, ended_at, outcome, error_code, error, release_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const insertDelivery = db.prepare(
    "INSERT INTO deliveries (job_id, kind, target, path, sha256, created_at, delivered_at, delivered_to, url, in_flight_since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const insertDocument = db.prepare(
    "INSERT INTO documents (job_id, kind, path, filename, sha256, bytes, pages, facts, rendered_at, delivered_to, delivered_url) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const insertEvent = db.prepare(
    "INSERT INTO events (id, job_id, at, from_status, to_status, from_stage, to_stage, changed_by, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const insertCallback = db.prepare(
    "INSERT INTO callbacks (id, job_id, status, url, host, attempts, created_at, since, next_attempt_at, ended_at, job) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const insertCallbackAttempt = db.prepare(
    "INSERT INTO callback_attempts (callback_id, started_at, duration_ms, http_status, response, error) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const insertKey = db.prepare(
    "INSERT OR IGNORE INTO idempotency (client, key, item, fingerprint, job_id, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
  );

  function callbackOf(jobId: string, callback: StoredCallback): void {
    const { id, status, url, host, attempts, createdAt, since, nextAttemptAt, endedAt, job, attemptLog } = callback;
    insertCallback.run(
      ...[
        id,
        jobId,
        status,
        url,
        host,
        attempts,
        createdAt,
        since,
        nextAttemptAt,
        endedAt,
        JSON.stringify(snapshot(job)),
      ],
    );
    for (const { startedAt, durationMs, httpStatus, response, error } of attemptLog)
      insertCallbackAttempt.run(id, startedAt, Math.round(durationMs), httpStatus, response, error);
  }

  return ({ job, ...stored }) => {
    const row = {
      ...rowOf(job),
      total_attempts: stored.totalAttempts,
      crashes: stored.crashes,
      callback_url: stored.callbackUrl,
      metadata: metadataText(job.request),
      requested: requestedText(job.request),
      revision: 1,
    };
    const columns = Object.keys(row);
    db.query(`INSERT INTO jobs (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`).run(
      ...Object.values(row),
    );
    // Its insertion is no event of its own: it has all of its own.
    forgetEvents.run(job.id);
    for (const { id, at, from, to, by, actor } of stored.history)
      insertEvent.run(id, job.id, at, from?.status ?? null, to.status, from?.stage ?? null, to.stage, by, actor);
    if (stored.dataSet !== null) insertDataSet.run(job.id, stored.dataSet);
    for (const each of stored.attempts)
      insertAttempt.run(
        ...[job.id, each.number, each.startedAt, each.gatheredAt, each.renderedAt, each.endedAt, each.outcome],
        ...[each.error?.code ?? null, each.error?.message ?? null, each.releaseReason],
      );
    for (const { kind, path, filename, sha256, bytes, pages, facts, delivered: there } of job.documents)
      insertDocument.run(
        ...[job.id, kind, path, filename, sha256, bytes, pages, facts && JSON.stringify(facts), lastRendered(stored)],
        ...[there?.to ?? null, there?.url ?? null],
      );
    for (const { kind, target, path, createdAt, delivered: there, deliveredAt, inFlightSince } of stored.deliveries)
      insertDelivery.run(
        ...[job.id, kind, target, path, job.documents.find((each) => each.kind === kind)?.sha256 ?? null],
        ...[createdAt, deliveredAt, there?.to ?? null, there?.url ?? null, inFlightSince],
      );
    for (const callback of stored.callbacks) callbackOf(job.id, callback);
    for (const { key, item, fingerprint, expiresAt } of stored.idempotency)
      insertKey.run(job.client, key, item, fingerprint, job.id, expiresAt);
  };
}

/** Redis knows when the attempt had rendered all of its documents, and not when each was. */
function lastRendered({ attempts }: Pick<StoredJob, "attempts">): string | null {
  return attempts.findLast(({ renderedAt }) => renderedAt !== null)?.renderedAt ?? null;
}

/** As the trigger of the table of jobs writes it. */
function snapshot(job: Job) {
  const request = JSON.parse(job.request) as unknown;
  return { ...rowOf(job), run_at: null, cancel_requested: 0, documents: job.documents, request };
}
