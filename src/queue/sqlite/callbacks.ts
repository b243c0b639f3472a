import type { Database } from "bun:sqlite";
import type { Callback, CallbackAttempt, CallbackCounts, CallbackHost, CallbackOutcome } from "../callback.ts";
import { type CallbackAttemptRow, type CallbackRow, toCallback, toCallbackAttempt } from "./callback-row.ts";
import type { Transaction } from "./transaction.ts";

/** `due` responds for so many addresses at once; the next time it continues after them. */
const ADDRESSES_AT_ONCE = 64;
/** The number that is examined one by one, however many addresses have pending callbacks. */
const FEW = 128;
/** Addresses examined between two turns of the event loop. */
const EXAMINED_A_TURN = 500;

const FEW_DUE = `
  SELECT * FROM callbacks INDEXED BY callbacks_next WHERE status = 'pending' AND next_attempt_at <= +?1
  ORDER BY next_attempt_at LIMIT +?2`;
/** Leaps from address to address through the index, however many wait for each. */
const NEXT_ADDRESS = "SELECT min(url) AS url FROM callbacks WHERE status = 'pending' AND url > +?";
const DUE =
  "SELECT * FROM callbacks WHERE status = 'pending' AND url = +? AND next_attempt_at <= +? ORDER BY next_attempt_at LIMIT +?";
const NEXT_DUE = "SELECT min(next_attempt_at) AS at FROM callbacks WHERE status = 'pending' AND next_attempt_at > +?";

const COUNTS = `
  SELECT (SELECT count(*) FROM callbacks WHERE status = 'pending') AS pending,
    (SELECT count(*) FROM callbacks WHERE status = 'pending' AND next_attempt_at > since) AS failing,
    (SELECT count(*) FROM callbacks WHERE status = 'failed') AS failed`;
/** One that was never attempted, or is to be resent, is due when its attempts begin. */
const OLDEST_FAILING = `
  SELECT since, attempts,
    (SELECT error FROM callback_attempts WHERE callback_id = callbacks.id ORDER BY id DESC LIMIT 1) AS error
  FROM callbacks WHERE status = 'pending' AND next_attempt_at > since ORDER BY since LIMIT 1`;

const HOSTS = `
  SELECT host, count(*) AS pending, sum(next_attempt_at > since) AS failing,
    min(iif(next_attempt_at > since, since, NULL)) AS failingSince,
    (SELECT error FROM callback_attempts WHERE callback_id =
        (SELECT id FROM callbacks AS first WHERE first.host = callbacks.host AND first.status = 'pending'
          AND first.next_attempt_at > first.since ORDER BY first.since LIMIT 1)
      ORDER BY id DESC LIMIT 1) AS error
  FROM callbacks WHERE status = 'pending' GROUP BY host ORDER BY failing DESC, pending DESC, host LIMIT 200`;

const FAILING = `
  SELECT job_id FROM callbacks WHERE status = 'pending' AND host = ? AND next_attempt_at > since
  GROUP BY job_id ORDER BY min(since) LIMIT 1000`;

const NOTE_ATTEMPT = `
  INSERT INTO callback_attempts (callback_id, started_at, duration_ms, http_status, response, error)
  SELECT id, ?2, ?3, ?4, ?5, ?6 FROM callbacks WHERE id = ?1`;
/** Of a callback that was resent again and again the latest are stored. */
const FORGET_ATTEMPTS = `
  DELETE FROM callback_attempts WHERE callback_id = ?1 AND id <=
    (SELECT id FROM callback_attempts WHERE callback_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET 200)`;
const NOTE_OUTCOME = `
  UPDATE callbacks SET attempts = attempts + 1, status = ?2, next_attempt_at = ?3, ended_at = ?4 WHERE id = ?1`;

const LATEST = "SELECT * FROM callbacks WHERE job_id = ? ORDER BY rowid DESC LIMIT 1";
const RESEND = `
  UPDATE callbacks SET status = 'pending', since = ?2, next_attempt_at = ?2, ended_at = NULL WHERE id = ?1`;
const OF_JOB = "SELECT * FROM callbacks WHERE job_id = ? ORDER BY rowid";
const ATTEMPTS = "SELECT * FROM callback_attempts WHERE callback_id = ? ORDER BY id";

/** The table of callbacks; a trigger fills it where a job ends. */
export function createCallbacks(db: Database, now: () => Date) {
  const fewDue = db.prepare<CallbackRow, [string, number]>(FEW_DUE);
  const nextAddress = db.prepare<{ url: string | null }, [string]>(NEXT_ADDRESS);
  const dueOf = db.prepare<CallbackRow, [string, string, number]>(DUE);
  const firstDue = db.prepare<{ at: string | null }, [string]>(NEXT_DUE);
  const counts = db.prepare<Omit<CallbackCounts, "oldestFailing">, []>(COUNTS);
  const oldestFailing = db.prepare<NonNullable<CallbackCounts["oldestFailing"]>, []>(OLDEST_FAILING);
  const failing = db.prepare<{ job_id: string }, [string]>(FAILING);
  const hosts = db.prepare<CallbackHost, []>(HOSTS);
  const noteAttempt = db.prepare(NOTE_ATTEMPT);
  const forgetAttempts = db.prepare(FORGET_ATTEMPTS);
  const noteOutcome = db.prepare(NOTE_OUTCOME);
  const latest = db.prepare<CallbackRow, [string]>(LATEST);
  const makeDue = db.prepare(RESEND);
  const ofJob = db.prepare<CallbackRow, [string]>(OF_JOB);
  const attempts = db.prepare<CallbackAttemptRow, [string]>(ATTEMPTS);
  /** Written by `due`. */
  let lastAddress = "";

  /** Each address something is pending for, once, beginning after this one. */
  function* addressesAfter(after: string): Generator<string> {
    const next = (url: string) => nextAddress.get(url)?.url ?? null;
    for (let url = next(after); url !== null; url = next(url)) yield url;
    for (let url = next(""); url !== null && url <= after; url = next(url)) yield url;
  }

  return {
    async due(perAddress: number, paused: readonly string[] = []): Promise<readonly Callback[]> {
      const at = now().toISOString();
      const spared = new Set(paused);
      const few = fewDue.all(at, FEW);
      if (few.length < FEW) {
        const ofAddress = new Map<string, number>();
        return few.filter((row) => isAllowed(row, spared) && countUp(ofAddress, row.url) <= perAddress).map(toCallback);
      }
      // A callback that was made due manually is the first of all.
      const found = few.filter(({ url, next_attempt_at }) => next_attempt_at === "" && spared.has(url));
      const after = lastAddress;
      let addresses = 0;
      let examined = 0;
      for (const url of addressesAfter(after)) {
        const rows = spared.has(url) ? [] : dueOf.all(url, at, perAddress);
        found.push(...rows);
        if (rows.length > 0) lastAddress = url;
        if (rows.length > 0 && ++addresses === ADDRESSES_AT_ONCE) break;
        if (++examined % EXAMINED_A_TURN === 0) await new Promise(setImmediate);
      }
      return found.map(toCallback);
    },

    nextDue: (): string | null => firstDue.get(now().toISOString())?.at ?? null,

    counts(): CallbackCounts {
      const found = counts.get() ?? { pending: 0, failing: 0, failed: 0 };
      return { ...found, oldestFailing: found.failing === 0 ? null : oldestFailing.get() };
    },

    failing: (host: string): readonly string[] => failing.all(host).map(({ job_id }) => job_id),
    hosts: (): readonly CallbackHost[] => hosts.all(),

    recordAttempt({ at }: Transaction, id: string, attempt: CallbackAttempt, outcome: CallbackOutcome): void {
      const { startedAt, durationMs, httpStatus, response, error } = attempt;
      noteAttempt.run(id, startedAt, Math.round(durationMs), httpStatus, response, error);
      forgetAttempts.run(id);
      if (typeof outcome === "string") noteOutcome.run(id, outcome, null, at);
      else noteOutcome.run(id, "pending", outcome.againAt.toISOString(), null);
    },

    resend({ at }: Transaction, jobId: string): Callback | null {
      const row = latest.get(jobId);
      if (row === null) return null;
      makeDue.run(row.id, at);
      return toCallback({ ...row, status: "pending", since: at, next_attempt_at: at, ended_at: null });
    },

    of: (jobId: string) =>
      ofJob.all(jobId).map((row) => ({ ...toCallback(row), attemptLog: attempts.all(row.id).map(toCallbackAttempt) })),
  };
}

function isAllowed({ url, next_attempt_at }: CallbackRow, spared: ReadonlySet<string>): boolean {
  return next_attempt_at === "" || !spared.has(url);
}

function countUp(counts: Map<string, number>, name: string): number {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return count;
}
