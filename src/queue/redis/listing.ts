import PQueue from "p-queue";
import { Failure } from "../../failure.ts";
import type { RedisClient } from "../../redis/redis.ts";
import { compareText } from "../../text/text.ts";
import { type Job, STATUSES, type Status } from "../job.ts";
import { messages } from "../messages.ts";
import type { JobListQuery, JobPage } from "../queue.ts";
import { requestedText } from "../request.ts";
import type { RedisKeyNames } from "./keys.ts";
import { SHOWN, toAttempts, toDeliveries, toShownJob } from "./record.ts";
import type { Scripts } from "./script.ts";
import { queryPlan } from "./selection.ts";

/** Jobs requested in one go at most, where a filter has to read them; as many as are requested in the first. */
const EXAMINED_A_TURN = 500;
/**
 * Jobs read in one go, and how often at once: their metadata may be a megabyte together, and what comes from Redis at
 * once is parsed in one turn of the event loop.
 */
const READ_A_PART = 50;
const PARTS_AT_ONCE = 2;
const REQUESTED_AT = SHOWN.indexOf("callback_request");
/** Ids examined in one go: they come without their jobs. */
const IDS_AT_ONCE = 5_000;
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** A job's position in a list: its time there, and its id among those of the same moment. */
interface RedisListCursor {
  readonly timeMs: number;
  readonly id: string;
}

export function createListing(client: RedisClient, keys: RedisKeyNames, scripts: Scripts) {
  /** All lists and searches together read so much at once, in turn. */
  const reading = new PQueue({ concurrency: PARTS_AT_ONCE });

  async function get(id: string): Promise<Job | null> {
    const values = await client.hmget(keys.job(id), ...SHOWN);
    if (values[0] === null) return null;
    return toShownJob(id, values, values[REQUESTED_AT] || (await requestedBeside(id)));
  }

  /** Many, in parts; null for a deleted one. */
  async function getEach(ids: readonly string[]): Promise<readonly (Job | null)[]> {
    const jobs: (Job | null)[] = [];
    for (let at = 0; at < ids.length; at += READ_A_PART) {
      const part = ids.slice(at, at + READ_A_PART);
      jobs.push(...(await reading.add(() => Promise.all(part.map(get)))));
    }
    return jobs;
  }

  /** A record of an earlier version has it in the whole request alone: it is read once, and stored. */
  async function requestedBeside(id: string): Promise<string> {
    const requested = requestedText((await client.hget(keys.job(id), "request")) ?? "{}");
    await scripts.run("store_metadata", [id, requested]);
    return requested;
  }

  /** The positions of an index after this one, newest first. */
  async function cursorsAfter(
    index: string,
    cursor: RedisListCursor,
    after: number,
    count: number,
  ): Promise<readonly RedisListCursor[]> {
    const found: RedisListCursor[] = [];
    // All jobs of the same moment come together: they are distinguished by their ids.
    const same = await client.zrangebyscore(index, cursor.timeMs, cursor.timeMs);
    for (const id of same.toReversed()) if (id < cursor.id) found.push({ timeMs: cursor.timeMs, id });
    if (found.length >= count) return found;
    const flat = await client.zrevrangebyscore(index, `(${cursor.timeMs}`, after, "WITHSCORES", "LIMIT", 0, count);
    for (let at = 0; at < flat.length; at += 2) found.push({ id: flat[at] ?? "", timeMs: Number(flat[at + 1]) });
    return found;
  }

  async function list(filter: JobListQuery): Promise<JobPage> {
    const plan = queryPlan(filter, keys);
    const cursorOf = (job: Job): RedisListCursor => ({ id: job.id, timeMs: plan.msOf(job) });
    if (plan.id !== undefined) {
      const start = startOf(filter);
      const passed = (await byPiece(plan.id)).filter(
        (job) => plan.passes(job) && newestFirst(start, cursorOf(job)) < 0,
      );
      const found = await undeliveredOf(passed, filter.undelivered);
      const sorted = found.toSorted((a, b) => newestFirst(cursorOf(a), cursorOf(b)));
      return pageOf(sorted, filter.limit, cursorOf);
    }
    const { createdAfter, order = "created" } = filter;
    const after = createdAfter === undefined || order !== "created" ? 0 : Date.parse(createdAfter);
    let count = filter.limit + 1;
    const jobs: Job[] = [];
    for (let cursor = startOf(filter); jobs.length <= filter.limit; count = Math.min(2 * count, EXAMINED_A_TURN)) {
      const start = cursor;
      const requested = count;
      const each = await Promise.all(plan.indexes.map((index) => cursorsAfter(index, start, after, requested)));
      const cursors = each.flat().toSorted(newestFirst).slice(0, requested);
      const found = await getEach(cursors.map(({ id }) => id));
      const passed = found.filter((job): job is Job => job !== null && plan.passes(job));
      jobs.push(...(await undeliveredOf(passed, filter.undelivered)));
      const last = cursors.at(-1);
      if (last === undefined || cursors.length < requested) break;
      cursor = last;
    }
    return pageOf(jobs, filter.limit, cursorOf);
  }

  /** Those of the jobs that none of these targets has, though it was to be put there. */
  async function undeliveredOf(jobs: readonly Job[], targets: readonly string[] = []): Promise<readonly Job[]> {
    if (targets.length === 0) return jobs;
    const lacking = await Promise.all(
      jobs.map(async ({ id }) => {
        const deliveries = toDeliveries(await client.hgetall(keys.deliveries(id)));
        const open = deliveries.filter(({ delivered }) => delivered === null).map(({ target }) => target);
        return targets.every((target) => open.includes(target));
      }),
    );
    return jobs.filter((_, at) => lacking[at]);
  }

  async function* idsNewestFirst(): AsyncGenerator<readonly string[]> {
    for (let last = "+"; ; ) {
      const ids = await client.zrevrangebylex(keys.ids, last, "-", "LIMIT", 0, IDS_AT_ONCE);
      yield ids;
      if (ids.length < IDS_AT_ONCE) return;
      last = `(${ids.at(-1)}`;
    }
  }

  /** All whose id begins or ends with it, newest first. */
  async function idsByPiece(piece: string): Promise<readonly string[]> {
    const ids = new Set((await client.zrangebylex(keys.ids, `[${piece}`, `[${piece}\xff`)).toReversed());
    for await (const part of idsNewestFirst()) for (const id of part) if (id.endsWith(piece)) ids.add(id);
    return [...ids];
  }

  async function byPiece(piece: string): Promise<readonly Job[]> {
    const jobs = await getEach(await idsByPiece(piece));
    return jobs.filter((job) => job !== null);
  }

  async function find(
    fragment: string,
    { client: of, limit }: { readonly client?: string; readonly limit: number },
  ): Promise<readonly Job[]> {
    const found: Job[] = [];
    const ids = await idsByPiece(fragment);
    for (let rest = ids; rest.length > 0 && found.length < limit; rest = rest.slice(EXAMINED_A_TURN)) {
      const jobs = await getEach(rest.slice(0, EXAMINED_A_TURN));
      for (const job of jobs) if (job !== null && (of === undefined || job.client === of)) found.push(job);
    }
    return found.slice(0, limit);
  }

  return {
    get,
    request: (id: string) => client.hget(keys.job(id), "request"),
    find,
    list,
    attempts: async (id: string) => toAttempts(await client.hgetall(keys.attempts(id))),
    async dataSet(id: string): Promise<Uint8Array<ArrayBuffer> | null> {
      const bytes = await client.getBuffer(keys.data(id));
      // What the client returns is a part of what it has read.
      return bytes === null ? null : new Uint8Array(bytes);
    },
    deliveries: async (id: string) => toDeliveries(await client.hgetall(keys.deliveries(id))),

    async counts(): Promise<Readonly<Record<Status, number>>> {
      const counts = await Promise.all(
        STATUSES.map(async (status) => [status, await client.zcard(keys.jobsOf(status))]),
      );
      return Object.fromEntries(counts) as Record<Status, number>;
    },

    /** Queued again, it waits since then: that is the last change of it. */
    async oldestQueuedAt(): Promise<string | null> {
      const [id] = await client.zrangebyscore(keys.jobsOf("queued"), "-inf", "+inf", "LIMIT", 0, 1);
      if (id === undefined) return null;
      const last = await client.lindex(keys.history(id), -1);
      return last?.split("|")[1] ?? null;
    },
  };
}

function newestFirst(a: RedisListCursor, b: RedisListCursor): number {
  return b.timeMs - a.timeMs || compareText(b.id, a.id);
}

function pageOf(jobs: readonly Job[], limit: number, toPosition: (job: Job) => RedisListCursor): JobPage {
  const page = jobs.slice(0, limit);
  const last = page.at(-1);
  return { jobs: page, nextCursor: jobs.length > page.length && last ? toCursor(toPosition(last)) : null };
}

function startOf({ cursor, createdBefore, order = "created" }: JobListQuery): RedisListCursor {
  const all = createdBefore === undefined || order !== "created";
  const before = { timeMs: all ? END_OF_TIME : Date.parse(createdBefore), id: "" };
  if (cursor === undefined) return before;
  const [timeMs = "", id = ""] = Buffer.from(cursor, "base64url").toString().split(",");
  if (!/^\d+$/.test(timeMs) || id === "") throw new Failure("bad_cursor", messages.cursor);
  const given = { timeMs: Number(timeMs), id };
  return given.timeMs < before.timeMs ? given : before;
}

function toCursor({ timeMs, id }: RedisListCursor): string {
  return Buffer.from(`${timeMs},${id}`).toString("base64url");
}
