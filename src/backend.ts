import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { ownCallbackSecret } from "./delivery/callback-secret.ts";
import { createBucketReports } from "./delivery/reports/bucket.ts";
import { createLocalReports, createSharedFolderReports } from "./delivery/reports/folder.ts";
import type { Reports } from "./delivery/reports/reports.ts";
import { asFailure, Failure } from "./failure.ts";
import { type KeyRing, openKeys } from "./keys/keys.ts";
import { openRedisKeyRing } from "./keys/redis.ts";
import type { Queue } from "./queue/queue.ts";
import { keysBelow } from "./queue/redis/keys.ts";
import { openRedisQueue } from "./queue/redis/queue.ts";
import { lockFor } from "./queue/sqlite/database.ts";
import { openSqliteQueue } from "./queue/sqlite/queue.ts";
import type { HeldLog } from "./queue/sqlite/upkeep.ts";
import { parseRedisAddress } from "./redis/address.ts";
import { connect, createClient, type RedisClient } from "./redis/connection.ts";

/** What the service keeps, for this host alone or for all. */
export interface Backend {
  readonly queue: Queue;
  readonly keys: KeyRing;
  readonly reports: Reports;
  /** Signs callbacks. */
  readonly callbackSecret: string;
  close(): Promise<void>;
}

/** @throws Failure that says what is wrong with the data folder, the database, Redis or a shared folder; nothing stays open. */
export function openBackend(config: Config, log: Logger): Promise<Backend> {
  return config.redisUrl === null ? openLocal(config, log) : openShared(config, config.redisUrl, log);
}

async function openLocal(config: Config, log: Logger): Promise<Backend> {
  const path = join(config.dataDir, "agentlink.db");
  const queue = openSqliteQueue({ path, queueLimit: config.queueLimit, onLogHeld: heldLog(log, path) });
  try {
    const keys = openKeys({ path: join(config.dataDir, "keys.db") });
    const close = async () => {
      await queue.close();
      keys.close();
    };
    const callbackSecret = config.callbackSecret ?? (await localSecret(config, log));
    return { queue, keys, reports: openReports(config), callbackSecret, close };
  } catch (error) {
    await queue.close();
    throw error;
  }
}

async function openShared(config: Config, url: string, log: Logger): Promise<Backend> {
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
    return { queue, keys, reports: openReports(config), callbackSecret, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where the PDFs are kept, as `AGENTLINK_REPORTS` says. */
export function openReports(config: Config): Reports {
  if (config.reports === null) return createLocalReports(config.dataDir);
  if (config.reports !== "s3") return createSharedFolderReports(config.reports);
  const { s3Endpoint, s3Region, s3Bucket, s3AccessKeyId, s3SecretAccessKey, s3Prefix } = config;
  return createBucketReports({
    root: config.dataDir,
    bucket: s3Bucket,
    endpoint: s3Endpoint,
    region: s3Region,
    accessKeyId: s3AccessKeyId,
    secretAccessKey: s3SecretAccessKey,
    prefix: s3Prefix,
  });
}

async function localSecret(config: Config, log: Logger): Promise<string> {
  const path = join(config.dataDir, "callback.secret");
  const { secret, made } = await ownCallbackSecret(path);
  if (made) log.info({ path }, "made a secret that signs callbacks: their receivers check with it");
  return secret;
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

function heldLog(log: Logger, path: string) {
  return ({ bytes, holders }: HeldLog) => {
    const who = holders?.map(({ name, pid }) => `${name} (${pid})`).join(", ") || "a process this user cannot see";
    const size = `${Math.ceil(bytes / 1e6)} MB`;
    log.warn(
      { bytes, holders },
      `the write-ahead log of ${path} cannot be emptied and has ${size}: ${who} reads in an open transaction; end it`,
    );
  };
}
