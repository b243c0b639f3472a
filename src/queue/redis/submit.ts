import { Failure } from "../../failure.ts";
import { sha256 } from "../../host/hash.ts";
import { createTurns } from "../../host/scheduling/turns.ts";
import type { RedisClient } from "../../redis/redis.ts";
import type { Job, NewJob, Submitted } from "../job.ts";
import { acceptedJob, textsOf } from "../job-fields.ts";
import { messages } from "../messages.ts";
import { pastQuota, type Quota, quotaReached } from "../quota.ts";
import { requestedText } from "../request.ts";
import { type Load, queueFull, tooMany } from "../share.ts";
import type { Calendar } from "../usage.ts";
import type { RedisKeyNames } from "./keys.ts";
import type { Arg, Scripts } from "./script.ts";

/** How many ends of jobs the rate is taken from, and how old they may be. */
const RATE_SAMPLE = 256;
const RATE_WINDOW_MS = 5 * 60_000;
const UNKNOWN_RATE_MS = 30_000;
const LONGEST_MS = 15 * 60_000;
/** Jobs that are recorded in one turn. */
const WRITTEN_A_TURN = 50;

export interface RedisSubmitDependencies {
  readonly client: RedisClient;
  /** Posts use this connection, and `confirm` waits until its responses are as durable as required. */
  readonly posts: RedisClient;
  readonly confirm: () => Promise<void>;
  readonly keys: RedisKeyNames;
  readonly get: (id: string) => Promise<Job | null>;
  readonly scripts: Scripts;
  readonly queueLimit: number;
  readonly clients: () => number;
  readonly now: () => Date;
  readonly calendar: Calendar;
}

/** Accepts all of the jobs or none, in one script. */
export function createSubmit({
  client,
  posts,
  confirm,
  keys,
  get,
  scripts,
  queueLimit,
  clients,
  now,
  calendar,
}: RedisSubmitDependencies) {
  const turns = createTurns();

  async function pace(): Promise<(jobs: number) => number> {
    const at = now().getTime();
    const flat = await client.zrevrange(keys.ended, 0, RATE_SAMPLE - 1, "WITHSCORES");
    const ends = flat.flatMap((value, index) => (index % 2 === 1 ? [Number(value)] : []));
    const recent = ends.filter((end) => end > at - RATE_WINDOW_MS);
    const first = recent.at(-1);
    if (first === undefined || recent.length < 2) return () => UNKNOWN_RATE_MS;
    const msPerJob = Math.max(1, at - first) / recent.length;
    return (jobs) => Math.min(LONGEST_MS, Math.max(1_000, Math.ceil(jobs * msPerJob)));
  }

  return async (jobs: readonly NewJob[], quota: Quota | null = null): Promise<readonly Submitted[]> => {
    const ids = jobs.map(() => Bun.randomUUIDv7());
    const args: Arg[] = [];
    for (const [index, job] of jobs.entries()) {
      if (index > 0 && index % WRITTEN_A_TURN === 0) await turns.next();
      args.push(...toArgs(ids[index] ?? "", job));
    }
    const at = now();
    const bounds = [quota?.perDay ?? "", quota?.perMonth ?? ""];
    const given = [queueLimit, clients(), calendar.dayOf(at), ...bounds, ...args];
    const [outcome, ...rest] = (await scripts.run("submit", given, posts)) as string[];
    if (outcome === "conflict") throw conflict(jobs.find((job) => nameOf(job) === rest[0]));
    if (outcome === "quota") {
      const [day = 0, month = 0, requested = 0] = rest.map(Number);
      const past = quota && pastQuota(quota, { day, month }, requested);
      if (past !== null) throw quotaReached(past, at, calendar);
    }
    if (outcome === "full") {
      const [open = "", loads = "[]"] = rest;
      const sharing = { limit: queueLimit, clients: clients(), loads: JSON.parse(loads) as readonly Load[] };
      throw queueFull({ ...sharing, open: Number(open), past: tooMany(sharing), msUntilEnded: await pace() });
    }
    await confirm();
    const [acceptedAt = "", ...earlier] = rest;
    return Promise.all(
      jobs.map(async (job, index) => {
        const id = earlier[index] || null;
        const there = id === null ? null : await get(id);
        return there === null
          ? { job: acceptedJob(ids[index] ?? "", job, acceptedAt), created: true }
          : { job: there, created: false };
      }),
    );
  };
}

/** In the order that lua/submit.lua reads. Its clock gives the time of acceptance. */
function toArgs(id: string, job: NewJob): readonly Arg[] {
  const { callbackUrl, dataSet, idempotency } = job;
  // Apart, as it may be long.
  const { request, ...fields } = textsOf(acceptedJob(id, job, ""));
  return [
    id,
    JSON.stringify({ ...fields, error_code: "", error: "" }),
    request,
    callbackUrl ?? "",
    requestedText(request),
    dataSet === null ? "0" : "1",
    dataSet ?? "",
    nameOf(job) ?? "",
    idempotency?.fingerprint ?? "",
    // To be moved to another store: the name does not state it.
    idempotency === null ? "" : JSON.stringify(idempotency),
  ];
}

function nameOf({ client, idempotency }: NewJob): string | undefined {
  return idempotency === null ? undefined : nameOfKey(client, idempotency.key, idempotency.item);
}

/** A client's key, of any letters and length, as part of a key of Redis. */
export function nameOfKey(client: string, key: string, item: number): string {
  return sha256(JSON.stringify([client, key, item]));
}

function conflict(job: NewJob | undefined): Failure {
  return new Failure("idempotency_conflict", messages.idempotencyKey(JSON.stringify(job?.idempotency?.key)));
}
