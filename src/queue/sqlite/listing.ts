import type { Database } from "bun:sqlite";
import { Failure } from "../../failure.ts";
import { createTurns } from "../../host/scheduling/turns.ts";
import type { Attempt, Delivery, Job, Lane } from "../job.ts";
import { messages } from "../messages.ts";
import type { JobListQuery, JobPage } from "../queue.ts";
import { idIn } from "../search.ts";
import type { Counts } from "./counts.ts";
import { type AttemptRow, type DeliveryRow, type JobRow, toAttempt, toDelivery, toJob } from "./job-row.ts";
import type { JobSearch } from "./job-search.ts";
import { queryPlan, type SqliteQueryPlan } from "./selection.ts";
import { summaryColumns } from "./summary.ts";

/** Jobs examined between two turns of the event loop: a filter that few of a million pass must not delay the responses. */
const EXAMINED_A_TURN = 500;
/** Jobs whose id ends with the search: it is random there, so there is one, by and large. */
const ENDING_AT_MOST = 200;

const REQUEST = "SELECT request FROM jobs WHERE id = ?";
const ATTEMPTS = "SELECT * FROM attempts WHERE job_id = ? ORDER BY number";
/** As bytes: a string of it would be copied twice more on its way to the thread that renders. */
const DATA_SET = "SELECT CAST(data_set AS BLOB) AS data_set FROM data_sets WHERE job_id = ?";
const DELIVERIES = "SELECT * FROM deliveries WHERE job_id = ? ORDER BY created_at, target";

/** The position `EXAMINED_A_TURN` jobs on, read from the index alone. */
const edgeAfter = ({ from, where, time }: SqliteQueryPlan) => `
  SELECT ${time} AS time, seq FROM ${from}
  WHERE ${where} AND (${time}, seq) < (?1, ?2) AND ${time} >= ?3
  ORDER BY ${time} DESC, seq DESC LIMIT 1 OFFSET ${EXAMINED_A_TURN}`;

/** Which, without their requests, which may be long. */
const page = ({ from, where, time, conditions }: SqliteQueryPlan) => `
  SELECT ${time} AS time, seq FROM ${from}
  WHERE ${where} AND (${time}, seq) < (?1, ?2) AND ${time} >= ?3 AND (${time}, seq) >= (?4, ?5)${conditions}
  ORDER BY ${time} DESC, seq DESC LIMIT ?6`;

/** Before and after all of an order: ISO-8601 text sorts as time does, and how long a job ran is a number. */
const ENDS = {
  created: { first: "9999", last: "" },
  ended: { first: "9999", last: "" },
  duration: { first: Number.MAX_SAFE_INTEGER, last: -1 },
} as const;

/** By the time of its acceptance or its end, or how many milliseconds it ran, as the list is ordered. */
interface SqliteListCursor {
  readonly time: string | number;
  readonly seq: number;
}

export function createListing(db: Database, counts: Counts, finding: JobSearch) {
  const turns = createTurns();
  const columns = summaryColumns(db);
  const find = db.prepare<JobRow, [string]>(`SELECT ${columns} FROM jobs WHERE id = ?`);
  const rowOf = db.prepare<JobRow, [number]>(`SELECT ${columns} FROM jobs WHERE seq = ?`);
  const requestOf = db.prepare<{ request: string }, [string]>(REQUEST);
  const attemptsOf = db.prepare<AttemptRow, [string]>(ATTEMPTS);
  const dataSetOf = db.prepare<{ data_set: Uint8Array<ArrayBuffer> }, [string]>(DATA_SET);
  const deliveriesOf = db.prepare<DeliveryRow, [string]>(DELIVERIES);

  const get = (id: string): Job | null => {
    const row = find.get(id);
    return row === null ? null : toJob(row);
  };

  function edgeFrom(
    plan: SqliteQueryPlan,
    cursor: SqliteListCursor,
    after: SqliteListCursor["time"],
  ): SqliteListCursor | null {
    return db.query<SqliteListCursor, (string | number)[]>(edgeAfter(plan)).get(cursor.time, cursor.seq, after);
  }

  /** Jobs that were pruned since are left out. */
  function jobsAt(cursors: readonly SqliteListCursor[]): readonly Job[] {
    return cursors.flatMap(({ seq }) => {
      const row = rowOf.get(seq);
      return row === null ? [] : [toJob(row)];
    });
  }

  async function list(filter: JobListQuery): Promise<JobPage> {
    const id = idIn(filter);
    const ending = id === undefined ? [] : await finding.endingWith(id, ENDING_AT_MOST);
    const plan = queryPlan(filter, counts, ending);
    const { order = "created" } = filter;
    const { last } = ENDS[order];
    const after = (order === "created" ? filter.createdAfter : undefined) ?? last;
    const cursors: SqliteListCursor[] = [];
    for (let cursor = startOf(filter); ; ) {
      const edge = plan.whole ? null : edgeFrom(plan, cursor, after);
      const found = db
        .query<SqliteListCursor, (string | number)[]>(page(plan))
        .all(
          cursor.time,
          cursor.seq,
          after,
          edge?.time ?? last,
          edge?.seq ?? 0,
          filter.limit + 1 - cursors.length,
          ...plan.values,
        );
      cursors.push(...found);
      if (edge === null || cursors.length > filter.limit) break;
      cursor = edge;
      // Of all that search many jobs a few continue in each turn of the event loop.
      await turns.next();
    }
    const shown = cursors.slice(0, filter.limit);
    const end = shown.at(-1);
    const nextCursor = cursors.length > shown.length && end ? toCursor(end) : null;
    return { jobs: jobsAt(shown), nextCursor };
  }

  return {
    get,
    request: (id: string): string | null => requestOf.get(id)?.request ?? null,
    list,
    attempts: (id: string): readonly Attempt[] => attemptsOf.all(id).map(toAttempt),
    dataSet: (id: string): Uint8Array<ArrayBuffer> | null => dataSetOf.get(id)?.data_set ?? null,
    deliveries: (id: string): readonly Delivery[] => deliveriesOf.all(id).map(toDelivery),
    position: createPosition(db),
  };
}

function startOf({ cursor, createdBefore, order = "created" }: JobListQuery): SqliteListCursor {
  const before = { time: (order === "created" ? createdBefore : undefined) ?? ENDS[order].first, seq: 0 };
  if (cursor === undefined) return before;
  const [time = "", seq = ""] = Buffer.from(cursor, "base64url").toString().split(",");
  const form = order === "duration" ? /^\d+$/ : /^\d{4}-.*Z$/;
  if (!form.test(time) || !/^\d+$/.test(seq)) throw new Failure("bad_cursor", messages.cursor);
  const given = { time: order === "duration" ? Number(time) : time, seq: Number(seq) };
  return given.time < before.time ? given : before;
}

function toCursor({ time, seq }: SqliteListCursor): string {
  return Buffer.from(`${time},${seq}`).toString("base64url");
}

const POSITION_LIMIT = 10_000;

const QUEUED_ROW = "SELECT seq, status, stage, isolated, priority, client FROM jobs WHERE id = ?";

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

type QueuedRow = Pick<JobRow, "seq" | "status" | "stage" | "isolated" | "priority" | "client">;

/** Returns how to count the jobs of its lane that are claimed before a queued one: see `Queue.position`. */
function createPosition(db: Database): (id: string) => number | null {
  const queuedRow = db.prepare<QueuedRow, [string]>(QUEUED_ROW);
  const ownAhead = db.prepare<{ jobs: number }, [string, number, string, number, number]>(OWN_AHEAD);
  const othersAhead = db.prepare<{ jobs: number }, [Lane, string, number]>(OTHERS_AHEAD);

  return (id) => {
    const row = queuedRow.get(id);
    if (row?.status !== "queued") return null;
    const { seq, stage, isolated, priority, client } = row;
    const own = ownAhead.get(stage, isolated, client, priority, seq)?.jobs ?? 0;
    const others = othersAhead.get(isolated === 1 ? "isolated" : stage, client, own)?.jobs ?? 0;
    return Math.min(own + others, POSITION_LIMIT);
  };
}
