import type { Database } from "bun:sqlite";
import type { ClientChange, JobEvent, Stage, Status } from "../job.ts";

const MOST = 1_000;

const AFTER = "SELECT * FROM events WHERE id > +? ORDER BY id LIMIT +?";
const OF_CLIENT = `
  SELECT event_id AS id, job_id AS jobId FROM client_changes WHERE client = ? AND event_id > ? ORDER BY event_id LIMIT +?`;
const LATEST = "SELECT seq AS id FROM sqlite_sequence WHERE name = 'events'";
const OF_JOB = "SELECT * FROM events WHERE job_id = ? ORDER BY id";

interface EventRow {
  readonly id: number;
  readonly job_id: string;
  readonly at: string;
  readonly from_status: Status | null;
  readonly to_status: Status;
  readonly from_stage: Stage | null;
  readonly to_stage: Stage;
  readonly changed_by: JobEvent["by"];
  readonly actor: string | null;
}

/** The table of events; triggers fill it wherever a job changes. */
export function createHistory(db: Database) {
  const after = db.prepare<EventRow, [number, number]>(AFTER);
  const ofClient = db.prepare<ClientChange, [string, number, number]>(OF_CLIENT);
  const latest = db.prepare<{ id: number }, []>(LATEST);
  const ofJob = db.prepare<EventRow, [string]>(OF_JOB);

  return {
    events: (id: number, limit: number): readonly JobEvent[] => after.all(id, Math.min(limit, MOST)).map(toEvent),
    changesOf: (client: string, after: number, limit: number): readonly ClientChange[] =>
      ofClient.all(client, after, Math.min(limit, MOST)),
    /** Also of events whose job was removed: what was given once is not given again. */
    latestEvent: (): number => latest.get()?.id ?? 0,
    history: (jobId: string): readonly JobEvent[] => ofJob.all(jobId).map(toEvent),
  };
}

function toEvent({
  id,
  job_id,
  at,
  from_status,
  to_status,
  from_stage,
  to_stage,
  changed_by,
  actor,
}: EventRow): JobEvent {
  return {
    id,
    jobId: job_id,
    at,
    from: from_status === null ? null : { status: from_status, stage: from_stage ?? to_stage },
    to: { status: to_status, stage: to_stage },
    by: changed_by,
    actor,
  };
}
