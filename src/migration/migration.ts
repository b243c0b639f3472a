/*
 * Moves all jobs, keys and PDFs from SQLite to Redis or back, while no service runs.
 * Each backend is read into one form (stored-job.ts) and written from it.
 * Not here: anything that a running service needs.
 */

import { constants, existsSync } from "node:fs";
import { copyFile, lstat, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StoredKey } from "../access/keys/key.ts";
import { openKeys } from "../access/keys/keys.ts";
import { withRedisKeys } from "../access/keys/redis.ts";
import { Failure } from "../failure.ts";
import { requirePlainFiles } from "../host/files/plain-files.ts";
import { makePrivateFolder } from "../host/files/private-folder.ts";
import { sha256OfFile } from "../host/hash.ts";
import type { ReportFile } from "../queue/job.ts";
import { openMover } from "../queue/redis/mover.ts";
import { readAllUsage } from "../queue/redis/usage.ts";
import type { Config } from "../settings/config.ts";
import { MOST_OF_TIER } from "../storage/audit/audit.ts";
import { openLocalAudit } from "../storage/audit/local.ts";
import { openSharedAudit } from "../storage/audit/shared.ts";
import { openLocalRecords } from "../storage/records/local.ts";
import { RECORD_KINDS } from "../storage/records/records.ts";
import { openSharedRecords } from "../storage/records/shared.ts";
import { createLocalReports } from "../storage/reports/folder.ts";
import { openReports } from "../storage/reports/open.ts";
import type { Reports } from "../storage/reports/reports.ts";
import { openRedisSource } from "./from-redis.ts";
import { openSqliteSource } from "./from-sqlite.ts";
import { messages } from "./messages.ts";
import type { MigrationSource, MigrationTarget, StoredJob } from "./stored-job.ts";
import { openRedisTarget } from "./to-redis.ts";
import { openSqliteTarget } from "./to-sqlite.ts";

export type BackendName = "redis" | "sqlite";

/**
 * Moves all jobs, with their PDFs, the keys of clients, the secret that signs callbacks, what was recorded beside the
 * jobs and whether the queue is paused, from the data folder into Redis or back. The original data stays, and no service works on it again.
 * @throws Failure "usage" without AGENTLINK_REDIS_URL; "data_dir_in_use" while a service runs here; "move_mixed".
 */
export async function migrate(
  config: Config,
  to: BackendName,
  onProgress: (done: number, of: number) => void,
): Promise<Moved> {
  const { redisUrl, redisPrefix, dataDir } = config;
  if (redisUrl === null) throw new Failure("usage", messages.redisUnset);
  await makePrivateFolder(dataDir);
  await requirePlainFiles(dataDir, { orLinks: to === "redis" });
  const path = join(dataDir, "agentlink.db");
  const local = createLocalReports(dataDir);
  const shared = openReports(config);
  const [from, into] = to === "redis" ? [local, shared] : [shared, local];
  const onAll = async () => {
    await copyKeys(join(dataDir, "keys.db"), redisUrl, redisPrefix, to);
    await copyRecords(join(dataDir, "office.db"), redisUrl, redisPrefix, to);
    await copySecret(join(dataDir, "callback.secret"), redisUrl, redisPrefix, to);
  };
  return withBoth(
    () => (to === "redis" ? openSource(path, redisUrl, redisPrefix) : openRedisSource(redisUrl, redisPrefix)),
    async () => (to === "redis" ? openRedisTarget(redisUrl, redisPrefix) : openSqliteTarget(path)),
    (source, target) =>
      moveJobs(source, target, { onJob: (stored) => copyReports(stored, from, into), onAll, onProgress }),
  );
}

async function withBoth(
  openFrom: () => MigrationSource | Promise<MigrationSource>,
  openInto: () => Promise<MigrationTarget>,
  work: (source: MigrationSource, target: MigrationTarget) => Promise<Moved>,
): Promise<Moved> {
  const source = await openFrom();
  try {
    const target = await openInto();
    try {
      return await work(source, target);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** An earlier run may have been interrupted when everything was moved and only the new store had still to be opened. */
async function openSource(path: string, redisUrl: string, prefix: string): Promise<MigrationSource> {
  if (existsSync(path)) return openSqliteSource(path);
  const mover = await openMover(redisUrl, prefix);
  const isHalfway = await mover.isHalfway();
  const pause = await mover.paused();
  const actions = await mover.actions();
  const usage = await readAllUsage(mover.client, mover.keys, new Date());
  mover.end();
  if (!isHalfway) throw new Failure("no_database", messages.noJobs(path));
  return {
    async *jobs() {},
    count: async () => 0,
    // It was taken along before this store was closed.
    paused: async () => pause,
    actions: async () => actions,
    usage: async () => usage,
    leave: async () => {},
    close: async () => {},
  };
}

async function copyReports({ job }: StoredJob, from: Reports, into: Reports): Promise<void> {
  for (const document of job.documents) await copyReport(document, from, into);
}

async function copyReport(report: ReportFile, from: Reports, into: Reports): Promise<void> {
  // A missing one remains missing.
  if (!(await from.fetch(report))) return;
  const [source, target] = [join(from.root, report.path), join(into.root, report.path)];
  // An existing one may be from an interrupted run, and the job may have been rendered again since.
  // A link or a pipe there is replaced, and neither followed nor read.
  const isFile = (await lstat(target).catch(() => null))?.isFile() ?? false;
  if (!isFile || (await sha256OfFile(target)) !== report.sha256) {
    await mkdir(dirname(target), { recursive: true });
    const part = `${target}.${Bun.randomUUIDv7()}.draft`;
    await copyFile(source, part, constants.COPYFILE_EXCL);
    await rename(part, target);
  }
  await into.adopt?.(report.path);
}

/**
 * Receivers verify with the secret of the origin of the jobs: that one remains in use, and an existing one is moved
 * aside.
 */
async function copySecret(path: string, redisUrl: string, prefix: string, to: BackendName): Promise<void> {
  const mover = await openMover(redisUrl, prefix);
  try {
    const local = existsSync(path) ? (await readFile(path, "utf8")).trim() : null;
    const shared = await mover.client.get(mover.keys.callbackSecret);
    if (local === shared) return;
    if (to === "redis" && local !== null) await mover.client.set(mover.keys.callbackSecret, local);
    if (to === "sqlite" && shared !== null) {
      const part = `${path}.${Bun.randomUUIDv7()}.draft`;
      await writeFile(part, `${shared}\n`, { mode: 0o600, flag: "wx" });
      if (local !== null) await rename(path, `${path}.replaced-${new Date().toISOString().slice(0, 10)}`);
      await rename(part, path);
    }
  } finally {
    mover.end();
  }
}

/** Copies the keys that are not there yet, from the file into Redis or back: clients continue with those they have. */
async function copyKeys(path: string, redisUrl: string, prefix: string, to: "redis" | "sqlite"): Promise<void> {
  if (to === "redis" && !existsSync(path)) return;
  const local = openKeys({ path });
  try {
    await withRedisKeys(redisUrl, prefix, async (shared) => {
      const [from, into] = to === "redis" ? [local, shared] : [shared, local];
      const there = new Set((await into.stored()).map(({ id }) => id));
      const missing: readonly StoredKey[] = (await from.stored()).filter(({ id }) => !there.has(id));
      if (missing.length > 0) await into.put(missing);
      for (const [client, secret] of await from.callbackSecrets()) await into.storeCallbackSecret(client, secret);
    });
  } finally {
    local.close();
  }
}

interface Moved {
  /** Put into the target by this run. */
  readonly moved: number;
  /** Already there, from an interrupted run. */
  readonly before: number;
}

/**
 * Takes every job from the one to the other. If it is interrupted, the source is complete, and the next run continues;
 * only when all jobs are there is the target opened and the source closed.
 */
export async function moveJobs(
  source: MigrationSource,
  target: MigrationTarget,
  options: {
    readonly onJob: (stored: StoredJob) => Promise<void>;
    /** All jobs are there, and no service works on either side: the time for what else belongs to them. */
    readonly onAll: () => Promise<void>;
    readonly onProgress: (done: number, of: number) => void;
  },
): Promise<Moved> {
  const total = await source.count();
  let [moved, before] = [0, 0];
  for await (const stored of source.jobs()) {
    await options.onJob(stored);
    if (await target.put(stored)) moved += 1;
    else before += 1;
    options.onProgress(moved + before, total);
  }
  // Before it is left: what was paused must not start by itself elsewhere.
  await target.pause(await source.paused(), await source.actions());
  await target.usage(await source.usage());
  await options.onAll();
  // The source is left first: a crash between the two leaves both closed, and never both open.
  await source.leave();
  await target.open();
  return { moved, before };
}

const ALL = Number.MAX_SAFE_INTEGER;
const EVERY_ACT = { actor: null, actions: [], since: null, until: null, cursor: null, limit: 2 * MOST_OF_TIER };

/**
 * Copies what people and the service recorded beside the jobs, from the file into Redis or back, and the list of who
 * did what. Where both have a name the one of where the jobs come from wins: another run of a move that was cut short
 * changes nothing.
 */
async function copyRecords(path: string, url: string, prefix: string, to: "redis" | "sqlite"): Promise<void> {
  if (to === "redis" && !existsSync(path)) return;
  const mover = await openMover(url, prefix);
  const local = openLocalRecords({ path });
  const ownActs = openLocalAudit({ path });
  try {
    const shared = openSharedRecords({ client: mover.client, base: mover.keys.base });
    const [from, into] = to === "redis" ? [local, shared] : [shared, local];
    for (const kind of RECORD_KINDS)
      for (const { name, value } of await from.last(kind, ALL)) await into.put(kind, name, value);
    const acts = openSharedAudit({ client: mover.client, base: mover.keys.base });
    const [old, fresh] = to === "redis" ? [ownActs, acts] : [acts, ownActs];
    await fresh.adopt((await old.page(EVERY_ACT)).entries.toReversed());
  } finally {
    ownActs.close();
    local.close();
    mover.end();
  }
}
