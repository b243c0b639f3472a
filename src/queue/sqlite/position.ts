import type { Database } from "bun:sqlite";
import type { Lane } from "../job.ts";
import type { JobRow } from "./job-row.ts";

const POSITION_LIMIT = 10_000;

const PLACE = "SELECT seq, status, stage, isolated, priority, client FROM jobs WHERE id = ?";

/** The client's own jobs that go before it. */
const OWN_AHEAD = `
  SELECT (SELECT count(*) FROM (SELECT 1 FROM jobs
      WHERE status = 'queued' AND stage = +?1 AND isolated = +?2 AND client = +?3 AND priority > +?4 LIMIT ${POSITION_LIMIT}))
    + (SELECT count(*) FROM (SELECT 1 FROM jobs
      WHERE status = 'queued' AND stage = +?1 AND isolated = +?2 AND client = +?3 AND priority = +?4 AND seq < +?5
      LIMIT ${POSITION_LIMIT})) AS jobs`;

/** Each other client has as many turns before it as it has itself, and one more where it is before it in the round. */
const OTHERS_AHEAD = `
  SELECT coalesce(sum(min(other.queued, ?3 + ((other.fair_order, other.id) < (own.fair_order, own.id)))), 0) AS jobs
  FROM lane_clients AS own JOIN lane_clients AS other ON other.lane = own.lane AND other.queued > 0 AND other.id <> own.id
  WHERE own.lane = ?1 AND own.client = ?2`;

type Place = Pick<JobRow, "seq" | "status" | "stage" | "isolated" | "priority" | "client">;

/** Returns how to count the jobs of its lane that are claimed before a queued one: see `Queue.position`. */
export function createPosition(db: Database): (id: string) => number | null {
  const placeOf = db.prepare<Place, [string]>(PLACE);
  const ownAhead = db.prepare<{ jobs: number }, [string, number, string, number, number]>(OWN_AHEAD);
  const othersAhead = db.prepare<{ jobs: number }, [Lane, string, number]>(OTHERS_AHEAD);

  return (id) => {
    const row = placeOf.get(id);
    if (row?.status !== "queued") return null;
    const { seq, stage, isolated, priority, client } = row;
    const own = ownAhead.get(stage, isolated, client, priority, seq)?.jobs ?? 0;
    const others = othersAhead.get(isolated === 1 ? "quarantine" : stage, client, own)?.jobs ?? 0;
    return Math.min(own + others, POSITION_LIMIT);
  };
}
