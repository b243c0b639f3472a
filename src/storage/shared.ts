import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Logger } from "pino";
import type { KeyRing, KeyStore } from "../access/keys/key.ts";
import { openRedisKeyStore } from "../access/keys/redis.ts";
import { openRedisKeyRing } from "../access/keys/redis-ring.ts";
import { openRedisSessionStore } from "../access/sessions/redis-store.ts";
import { asFailure } from "../failure.ts";
import { calendarOf } from "../host/time-zone.ts";
import { keysBelow } from "../queue/redis/keys.ts";
import { openRedisQueue, type RedisQueue, type RedisQueueOptions } from "../queue/redis/queue.ts";
import { parseRedisAddress } from "../redis/address.ts";
import { clockProblem } from "../redis/clock.ts";
import { connect, createClient, type RedisClient } from "../redis/redis.ts";
import { readPersistence } from "../redis/server.ts";
import type { Config } from "../settings/config.ts";
import { dayZone } from "../settings/settings.ts";
import { openSharedAudit } from "./audit/shared.ts";
import { hostLocationOf, type InstanceName, takeName } from "./instance-name.ts";
import { lostLog } from "./lost-keys.ts";
import { messages } from "./messages.ts";
import { openSharedRecords } from "./records/shared.ts";
import { openReports } from "./reports/open.ts";
import { checkShared } from "./shared-folders.ts";
import type { Backend, OnRecovered } from "./storage.ts";

/** All in Redis, for as many hosts as there are. @throws Failure that states what is wrong with Redis or a shared folder; nothing stays open. */
export async function openShared(config: Config, url: string, log: Logger, onRecovered: OnRecovered): Promise<Backend> {
  /** Written by `close`. */
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  let ring: KeyRing | null = null;
  try {
    const name = await takeName(config.dataDir);
    closers.push(name.leave);
    const address = parseRedisAddress(url);
    const client = createClient(address);
    closers.push(() => client.disconnect());
    await connect(client, address);
    const queue = await openQueue(name, log, {
      url,
      prefix: config.redisPrefix,
      queueLimit: config.queueLimit,
      calendar: calendarOf(dayZone(config)),
      clients: () => ring?.clients() ?? 0,
      onRecovered,
      leaseMs: config.redisLeaseMs,
      durable: config.redisDurable,
      replicas: config.redisReplicas,
      onWarning: (warning) => log.warn(warning),
    });
    closers.push(() => queue.close());
    closers.push(watchClock(queue, log));
    const { base } = keysBelow(config.redisPrefix);
    await checkShared(client, base, config);
    const keys = await openRedisKeyRing({
      client,
      base,
      dataDir: config.dataDir,
      onLost: lostLog(config, log),
    });
    ring = keys;
    closers.push(() => keys.close());
    const store = openRedisKeyStore({ client, base });
    const keyStore: KeyStore = {
      ...store,
      async list() {
        await keys.flush();
        return store.list();
      },
      // A new key is used at once.
      async create(request) {
        const made = await store.create(request);
        await keys.refresh();
        return made;
      },
      async setQuota(idOrName, quota) {
        const changed = await store.setQuota(idOrName, quota);
        await keys.refresh();
        return changed;
      },
      async revoke(idOrName, options) {
        const revoked = await store.revoke(idOrName, options);
        await keys.refresh();
        return revoked;
      },
    };
    const callbackSecretOf = async (name: string) => (await store.callbackSecrets()).get(name) ?? null;
    const callbackSecret = config.callbackSecret ?? (await sharedSecret(client, base));
    const sessions = openRedisSessionStore({ client, base });
    const { now, clockAheadMs } = queue;
    return {
      queue,
      keys,
      keyStore,
      sessions,
      records: openSharedRecords({ client, base }),
      audit: openSharedAudit({ client, base }),
      reports: openReports(config),
      callbackSecret,
      callbackSecretOf,
      persistence: () => readPersistence(client),
      now,
      clockAheadMs,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The one that all hosts sign with, made by the first of them. */
async function sharedSecret(client: RedisClient, base: string): Promise<string> {
  await client.setnx(`${base}:callback-secret`, `whsec_${randomBytes(32).toString("base64")}`);
  return (await client.get(`${base}:callback-secret`)) ?? "";
}

/** A data folder that was copied has the other host's name: where that one lives, this one takes a new one. */
async function openQueue(
  name: InstanceName,
  log: Logger,
  options: Omit<RedisQueueOptions, "holder">,
): Promise<RedisQueue> {
  const open = async (holder: string) =>
    openRedisQueue({ ...options, holder, location: await hostLocationOf(name.path) });
  try {
    return await open(name.holder);
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code !== "identity_taken") throw error;
    const holder = Bun.randomUUIDv7();
    await writeFile(name.path, `${holder}\n`);
    log.warn({ former_holder: name.holder, holder }, messages.newHostName(failure.message.split(", ")[0]));
    return open(holder);
  }
}

const CHECK_CLOCK_MS = 5_000;

/** Reports once that this host's clock is wrong, and once that it is right again. */
function watchClock(queue: RedisQueue, log: Logger): () => void {
  /** Written by `check`. */
  let off = false;
  const check = () => {
    const problem = clockProblem(queue.clockAheadMs());
    if (problem !== null && !off) log.error({ ahead_ms: queue.clockAheadMs() }, problem);
    if (problem === null && off) log.info(messages.clockAgrees);
    off = problem !== null;
  };
  check();
  const timer = setInterval(check, CHECK_CLOCK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
