import type { Idempotency } from "../queue/job.ts";
import { openMover } from "../queue/redis/mover.ts";
import {
  ledgerName,
  type RedisHash,
  toAttempts,
  toCallback,
  toCallbackAttempt,
  toDeliveries,
  toEvent,
  toJob,
} from "../queue/redis/record.ts";
import { readAllUsage } from "../queue/redis/usage.ts";
import { messages } from "./messages.ts";
import type { MigrationSource, StoredJob } from "./stored-job.ts";

const AT_ONCE = 200;

/**
 * The jobs in Redis; the hosts that work on them are refused from here on, and the jobs they were running are released.
 * @throws Failure "redis".
 */
export async function openRedisSource(url: string, prefix: string): Promise<MigrationSource> {
  const mover = await openMover(url, prefix);
  const { client, keys } = mover;
  await mover.close({ why: messages.movingAway, jobsGo: "away" });
  await mover.run("release_all", []);

  async function stored(id: string): Promise<StoredJob> {
    const [fields, attempts, ledger, dataSet, callbackIds, history] = await Promise.all([
      client.hgetall(keys.job(id)),
      client.hgetall(keys.attempts(id)),
      client.hgetall(keys.deliveries(id)),
      client.get(keys.data(id)),
      client.lrange(keys.callbacksOf(id), 0, -1),
      client.lrange(keys.history(id), 0, -1),
    ]);
    return {
      job: toJob(id, fields),
      totalAttempts: Number(fields.total_attempts),
      crashes: Number(fields.crashes),
      callbackUrl: fields.callback_url || null,
      dataSet,
      attempts: toAttempts(attempts),
      deliveries: toDeliveries(ledger).map((each) => ({
        ...each,
        createdAt: ledger[`${ledgerName(each.target, each.kind)}:created_at`] ?? "",
      })),
      callbacks: await Promise.all(callbackIds.map(readCallback)),
      history: history.map((line) => toEvent(id, line.split("|"))),
      idempotency: keyOf(fields),
    };
  }

  async function readCallback(id: string) {
    const fields: RedisHash = await client.hgetall(keys.callback(id));
    const readAttempts = await client.lrange(keys.callbackAttempts(id), 0, -1);
    return { ...toCallback(fields), attemptLog: readAttempts.map(toCallbackAttempt) };
  }

  return {
    async *jobs() {
      for (let first = 0; ; first += AT_ONCE) {
        const ids = await client.zrange(keys.jobs, String(first), String(first + AT_ONCE - 1));
        if (ids.length === 0) return;
        for (const id of ids) yield await stored(id);
      }
    },
    count: () => client.zcard(keys.jobs),
    paused: () => mover.paused(),
    actions: () => mover.actions(),
    usage: () => readAllUsage(client, keys, new Date()),
    leave: () => mover.close({ why: messages.movedAway, jobsGo: "away" }),
    close: async () => mover.end(),
  };
}

const KEY_LASTS_MS = 24 * 3_600_000;

function keyOf({ idempotency_key: text, created_at: createdAt }: RedisHash): StoredJob["idempotency"] {
  if (!text || !createdAt) return [];
  const { key, item, fingerprint } = JSON.parse(text) as Idempotency;
  return [{ key, item, fingerprint, expiresAt: new Date(Date.parse(createdAt) + KEY_LASTS_MS).toISOString() }];
}
