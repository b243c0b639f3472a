import type { Database } from "bun:sqlite";
import type { Stage, Status } from "../job.ts";
import type { JobChange } from "../queue.ts";
import { tolerant } from "./failures.ts";

/** A change made by the shell is taken up within a second. */
const LOOK_EVERY_MS = 400;

const DATA_VERSION = "PRAGMA data_version";
const LAST_EVENT = "SELECT coalesce(max(id), 0) AS id FROM events WHERE hand = 'operator'";
const NEW_EVENTS = `
  SELECT events.id, jobs.id AS job_id, jobs.status, jobs.stage, jobs.cancel_requested
  FROM events LEFT JOIN jobs ON jobs.id = events.job_id
  WHERE events.hand = 'operator' AND events.id > +? ORDER BY events.id`;

interface EventRow {
  readonly id: number;
  readonly job_id: string | null;
  readonly status: Status;
  readonly stage: Stage;
  readonly cancel_requested: 0 | 1;
}

/** Calls back when another program wrote to the database, with the changes of status that it made. */
export function watchOtherHands(db: Database, onWrite: (changes: readonly JobChange[]) => void): () => void {
  const dataVersion = db.prepare<{ data_version: number }, []>(DATA_VERSION);
  const newEvents = db.prepare<EventRow, [number]>(NEW_EVENTS);
  let version = dataVersion.get()?.data_version;
  let lastEvent = (db.query(LAST_EVENT).get() as { id: number }).id;

  const look = tolerant(() => {
    const seen = dataVersion.get()?.data_version;
    if (seen === version) return;
    const events = newEvents.all(lastEvent);
    version = seen;
    lastEvent = events.at(-1)?.id ?? lastEvent;
    onWrite(
      events.flatMap(({ job_id, status, stage, cancel_requested }) =>
        job_id === null ? [] : [{ id: job_id, status, stage, cancelRequested: cancel_requested === 1 }],
      ),
    );
  });

  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
