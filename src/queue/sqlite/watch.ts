import type { Database } from "bun:sqlite";
import { Failure } from "../../failure.ts";
import type { Stage, Status } from "../job.ts";
import type { JobChange } from "../queue.ts";
import { databaseFailure } from "./failures.ts";

/** A change made by the shell takes effect within a second. */
const POLL_EVERY_MS = 400;
/** One statement of the shell may change every job: the number that is notified in one turn of the event loop. */
const AT_ONCE = 200;

const DATA_VERSION = "PRAGMA data_version";
const LAST_EVENT = "SELECT coalesce(max(id), 0) AS id FROM events WHERE changed_by = 'operator'";
const NEW_EVENTS = `
  SELECT events.id, jobs.id AS job_id, jobs.status, jobs.stage, jobs.cancel_requested
  FROM events LEFT JOIN jobs ON jobs.id = events.job_id
  WHERE events.changed_by = 'operator' AND events.id > +?1 ORDER BY events.id LIMIT +?2`;

interface OperatorEventRow {
  readonly id: number;
  readonly job_id: string | null;
  readonly status: Status;
  readonly stage: Stage;
  readonly cancel_requested: 0 | 1;
}

export interface OtherWriters {
  /** Another program wrote to the database. */
  onWrite(): void;
  /** The changes of status that it made. */
  onChanges(changes: readonly JobChange[]): void;
}

/**
 * Notices what other programs write to the database. Their changes come in parts, between which others have their turn:
 * thousands of changes, each of which is looked up, would delay every request.
 */
export function watchOtherWriters(db: Database, { onWrite, onChanges }: OtherWriters): () => void {
  const dataVersion = db.prepare<{ data_version: number }, []>(DATA_VERSION);
  const newEvents = db.prepare<OperatorEventRow, [number, number]>(NEW_EVENTS);
  const versionNow = () => dataVersion.get()?.data_version;
  /** Of what was noticed, and of what all changes were passed on. Written by `part`. */
  let noticed = versionNow();
  let version = noticed;
  /** Up to here changes were passed on. Written by `part`. */
  let lastEvent = (db.query(LAST_EVENT).get() as { id: number }).id;
  /** The next check. Written by `wait`. */
  let timer: Timer;
  /** Written by what is returned. Written by what `watchOtherWriters` returns. */
  let stopped = false;

  function poll(): void {
    if (stopped) return;
    // Part after part, each in a turn of its own, and the next check once nothing is left.
    if (part() === AT_ONCE) setImmediate(poll);
    else wait();
  }

  /** Returns how many changes were notified. What the database refuses now is retried at the next check. */
  function part(): number {
    try {
      const seen = versionNow();
      if (seen === version) return 0;
      if (seen !== noticed) onWrite();
      noticed = seen;
      const events = newEvents.all(lastEvent, AT_ONCE);
      lastEvent = events.at(-1)?.id ?? lastEvent;
      if (events.length < AT_ONCE) version = seen;
      onChanges(
        events.flatMap(({ job_id: id, status, stage, cancel_requested }) => {
          if (id === null) return [];
          const change = { id, status, stage, cancelRequested: cancel_requested === 1 };
          return [status === "queued" ? { ...change, manual: true } : change];
        }),
      );
      return events.length;
    } catch (error) {
      if (!(databaseFailure(error) instanceof Failure)) throw error;
      return 0;
    }
  }

  function wait(): void {
    timer = setTimeout(poll, POLL_EVERY_MS);
    timer.unref();
  }
  wait();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
