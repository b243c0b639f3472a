import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { openReports } from "../delivery/reports/choice.ts";
import { asFailure, Failure } from "../failure.ts";
import { openRedisKeyRing } from "../keys/redis.ts";
import { openRedisSessionStore } from "../keys/redis-sessions.ts";
import { keysBelow } from "../queue/redis/keys.ts";
import { openRedisQueue } from "../queue/redis/queue.ts";
import { lockFor } from "../queue/sqlite/database.ts";
import { parseRedisAddress } from "../redis/address.ts";
import { connect, createClient, type RedisClient } from "../redis/connection.ts";
import type { Backend } from "./backend.ts";

/** All in Redis, for as many hosts as there are. @throws Failure that says what is wrong with Redis or a shared folder; nothing stays open. */
export async function openShared(config: Config, url: string, log: Logger): Promise<Backend> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  try {
    const { holder, leave } = await takeName(config.dataDir);
    closers.push(leave);
    const address = parseRedisAddress(url);
    const client = createClient(address);
    closers.push(() => client.disconnect());
    await connect(client, address);
    const queue = await openRedisQueue({
      url,
      prefix: config.redisPrefix,
      holder,
      queueLimit: config.queueLimit,
      leaseMs: config.redisLeaseMs,
      durable: config.redisDurable,
      replicas: config.redisReplicas,
      onWarning: (warning) => log.warn(warning),
    });
    closers.push(() => queue.close());
    const { base } = keysBelow(config.redisPrefix);
    await checkShared(client, base, config);
    const keys = await openRedisKeyRing({ client, base });
    closers.push(() => keys.close());
    const callbackSecret = config.callbackSecret ?? (await sharedSecret(client, base));
    const sessions = openRedisSessionStore({ client, base });
    return { queue, keys, sessions, reports: openReports(config), callbackSecret, close };
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

/** So many instances may have one data folder, such as containers of one machine with one volume. */
const MOST_INSTANCES = 64;

/**
 * This instance's name in Redis: the first of its data folder that no other one has. Started again it has the same, and
 * takes back at once what its process held when it died.
 */
async function takeName(dataDir: string): Promise<{ readonly holder: string; readonly leave: () => void }> {
  for (let number = 1; ; number += 1) {
    const path = join(dataDir, `instance-${number}`);
    try {
      const lock = lockFor(path);
      await writeFile(path, `${Bun.randomUUIDv7()}\n`, { flag: "wx" }).catch(alreadyThere);
      return { holder: (await readFile(path, "utf8")).trim(), leave: () => lock.close() };
    } catch (error) {
      if (asFailure(error).code !== "data_dir_in_use" || number === MOST_INSTANCES) throw error;
    }
  }
}

/**
 * Folders that all hosts share hold a file with an id that is also in Redis: a host whose folder is another one, or is
 * not mounted, would look for reports where none are, and deliver a second time where nobody looks.
 */
async function checkShared(client: RedisClient, base: string, config: Config): Promise<void> {
  const folders = {
    AGENTLINK_REPORTS: config.reports === "s3" ? null : config.reports,
    AGENTLINK_DELIVERY_FOLDER: config.delivery.includes("folder") ? config.deliveryFolder : null,
  };
  for (const [variable, folder] of Object.entries(folders)) {
    if (folder === null) continue;
    const id = await markOf(folder).catch((error) => {
      throw new Failure("config", `${variable}=${folder} cannot be used: ${asFailure(error).message}`, {
        cause: error,
      });
    });
    await client.hsetnx(`${base}:folders`, variable, id);
    if ((await client.hget(`${base}:folders`, variable)) !== id)
      throw new Failure(
        "config",
        `${variable}=${folder} is not the folder that the other hosts have: mount theirs here (it has a file .agentlink-shared). Where the folder was moved on purpose, copy that file, too`,
      );
  }
}

async function markOf(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, ".agentlink-shared");
  await writeFile(path, `${Bun.randomUUIDv7()}\n`, { flag: "wx" }).catch(alreadyThere);
  return (await readFile(path, "utf8")).trim();
}

function alreadyThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
