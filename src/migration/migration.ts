/*
 * Moves all jobs, keys and PDFs from SQLite to Redis or back, while no service runs.
 * Each backend is read into one form (stored-job.ts) and written from it.
 * Not here: whatever a running service needs.
 */

import { constants, existsSync } from "node:fs";
import { copyFile, lstat, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure } from "../failure.ts";
import { sha256OfFile } from "../host/hash.ts";
import { requirePlainFiles } from "../host/plain-files.ts";
import { makePrivateFolder } from "../host/private-folder.ts";
import type { ReportFile } from "../queue/job.ts";
import { openMover } from "../queue/redis/mover.ts";
import { readAllUsage } from "../queue/redis/usage.ts";
import type { Config } from "../settings/config.ts";
import { openReports } from "../storage/reports/choice.ts";
import { createLocalReports } from "../storage/reports/folder.ts";
import type { Reports } from "../storage/reports/reports.ts";
import { openRedisSource } from "./from-redis.ts";
import { openSqliteSource } from "./from-sqlite.ts";
import { copyKeys } from "./keys.ts";
import { type Moved, moveJobs } from "./move.ts";
import { copyRecords } from "./records.ts";
import type { MigrationSource, MigrationTarget, StoredJob } from "./stored-job.ts";
import { openRedisTarget } from "./to-redis.ts";
import { openSqliteTarget } from "./to-sqlite.ts";

export type BackendName = "redis" | "sqlite";

/**
 * Moves all jobs, with their PDFs, the keys of clients, the secret that signs callbacks, what was written down beside the
 * jobs and whether the queue is paused, from the data folder into Redis or back. What is left behind is kept, and no service works on it any more.
 * @throws Failure "usage" without AGENTLINK_REDIS_URL; "data_dir_in_use" while a service runs here; "move_mixed".
 */
export async function migrate(
  config: Config,
  to: BackendName,
  onProgress: (done: number, of: number) => void,
): Promise<Moved> {
  const { redisUrl, redisPrefix, dataDir } = config;
  if (redisUrl === null)
    throw new Failure("usage", "AGENTLINK_REDIS_URL must be set: it says where the jobs are moved to, or from");
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
    (source, target) => moveJobs(source, target, { onJob: (kept) => copyReports(kept, from, into), onAll, onProgress }),
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

/** A run may have been cut short when all was moved and only the door was still to be opened. */
async function openSource(path: string, redisUrl: string, prefix: string): Promise<MigrationSource> {
  if (existsSync(path)) return openSqliteSource(path);
  const mover = await openMover(redisUrl, prefix);
  const isHalfway = await mover.isHalfway();
  const pause = await mover.paused();
  const actions = await mover.actions();
  const usage = await readAllUsage(mover.client, mover.keys, new Date());
  mover.end();
  if (!isHalfway) throw new Failure("no_database", `there are no jobs at ${path}: name the data folder`);
  return {
    async *jobs() {},
    count: async () => 0,
    // It was taken along before the door was shut here.
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
  // One that is gone is as gone there as it was here.
  if (!(await from.fetch(report))) return;
  const [source, target] = [join(from.root, report.path), join(into.root, report.path)];
  // One that is there may be of a run that was cut short, and the job rendered again since.
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

/** Receivers check with the one of where the jobs come from: that one goes on, and another that is there is put aside. */
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
