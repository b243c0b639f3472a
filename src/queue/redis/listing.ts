import { Failure } from "../../failure.ts";
import { type Job, STATUSES, type Status } from "../job.ts";
import type { JobFilter, JobPage } from "../queue.ts";
import type { RedisClient } from "./connection.ts";
import type { Keys } from "./keys.ts";
import { toAttempts, toDeliveries, toJob } from "./record.ts";

/** Jobs asked for in one go where a filter has to look at them. */
const LOOK_AT = 500;
const POSITION_LIMIT = 10_000;
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** A job's place among all: when it was created, and its id among those of the same moment. */
interface Place {
  readonly createdMs: number;
  readonly id: string;
}

export function createListing(client: RedisClient, keys: Keys) {
  async function get(id: string): Promise<Job | null> {
    const fields = await client.hgetall(keys.job(id));
    return fields.status === undefined ? null : toJob(id, fields);
  }

  /** The places of an index from this one on, newest first. */
  async function placesAfter(index: string, place: Place, after: number, count: number): Promise<readonly Place[]> {
    const found: Place[] = [];
    // All of the same moment come in one go: they are told apart by their ids.
    const same = await client.zrangebyscore(index, place.createdMs, place.createdMs);
    for (const id of same.toReversed()) if (id < place.id) found.push({ createdMs: place.createdMs, id });
    if (found.length >= count) return found;
    const flat = await client.zrevrangebyscore(index, `(${place.createdMs}`, after, "WITHSCORES", "LIMIT", 0, count);
    for (let at = 0; at < flat.length; at += 2) found.push({ id: flat[at] ?? "", createdMs: Number(flat[at + 1]) });
    return found;
  }

  async function list(filter: JobFilter): Promise<JobPage> {
    const after = filter.createdAfter === undefined ? 0 : Date.parse(filter.createdAfter);
    const index = indexFor(filter, keys);
    const jobs: Job[] = [];
    const count = isAnswered(filter, index, keys) ? filter.limit + 1 : LOOK_AT;
    for (let place = startOf(filter); jobs.length <= filter.limit; ) {
      const places = await placesAfter(index, place, after, count);
      const found = await Promise.all(places.map(({ id }) => get(id)));
      jobs.push(...found.filter((job) => job !== null && passes(job, filter)).filter((job) => job !== null));
      const last = places.at(-1);
      if (last === undefined || places.length < count) break;
      place = last;
    }
    const page = jobs.slice(0, filter.limit);
    const last = page.at(-1);
    return { jobs: page, nextCursor: jobs.length > page.length && last ? toCursor(last) : null };
  }

  return {
    get,
    list,
    attempts: async (id: string) => toAttempts(await client.hgetall(keys.attempts(id))),
    dataSet: (id: string): Promise<string | null> => client.get(keys.data(id)),
    deliveries: async (id: string) => toDeliveries(await client.hgetall(keys.deliveries(id))),

    async position(id: string): Promise<number | null> {
      const [status, queue] = await client.hmget(keys.job(id), "status", "queue");
      if (status !== "queued") return null;
      const rank = await client.zrank(keys.line(queue ?? ""), id);
      return rank === null ? null : Math.min(rank, POSITION_LIMIT);
    },

    async counts(): Promise<Readonly<Record<Status, number>>> {
      const counts = await Promise.all(
        STATUSES.map(async (status) => [status, await client.zcard(keys.jobsOf(status))]),
      );
      return Object.fromEntries(counts) as Record<Status, number>;
    },
  };
}

/** The index that leads to what is asked for with the least looking. */
function indexFor({ status, client }: JobFilter, keys: Keys): string {
  if (status !== undefined) return keys.jobsOf(status);
  return client === undefined ? keys.jobs : keys.jobsOfClient(client);
}

/** Whether everything in the index passes the filter. */
function isAnswered({ status, client, suburb, state }: JobFilter, index: string, keys: Keys): boolean {
  const byClient = client === undefined || index === keys.jobsOfClient(client);
  return byClient && suburb === undefined && state === undefined && (status === undefined || client === undefined);
}

function passes(job: Job, { status, client, suburb, state, createdBefore, createdAfter }: JobFilter): boolean {
  return (
    (status === undefined || job.status === status) &&
    (client === undefined || job.client === client) &&
    (suburb === undefined || job.suburb.toLowerCase() === suburb.toLowerCase()) &&
    (state === undefined || job.state === state) &&
    (createdBefore === undefined || job.createdAt < createdBefore) &&
    (createdAfter === undefined || job.createdAt >= createdAfter)
  );
}

function startOf({ cursor, createdBefore }: JobFilter): Place {
  const before = { createdMs: createdBefore === undefined ? END_OF_TIME : Date.parse(createdBefore), id: "" };
  if (cursor === undefined) return before;
  const [createdMs = "", id = ""] = Buffer.from(cursor, "base64url").toString().split(",");
  if (!/^\d+$/.test(createdMs) || id === "")
    throw new Failure("bad_cursor", "the cursor is not one of a page before: leave it out to begin with the newest");
  const place = { createdMs: Number(createdMs), id };
  return place.createdMs < before.createdMs ? place : before;
}

function toCursor({ createdAt, id }: Job): string {
  return Buffer.from(`${Date.parse(createdAt)},${id}`).toString("base64url");
}
