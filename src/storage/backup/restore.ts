import { Database } from "bun:sqlite";
import { existsSync, statSync } from "node:fs";
import { chown, copyFile, mkdir, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { asFailure, Failure } from "../../failure.ts";
import { syncToDisk } from "../../host/files/durable.ts";
import { unlessFull } from "../../host/files/full-disk.ts";
import { sha256OfFile } from "../../host/hash.ts";
import { lockFor } from "../../queue/sqlite/database.ts";
import { SCHEMA_VERSION } from "../../queue/sqlite/migrations.ts";
import { releaseRunning } from "../../queue/sqlite/release-running.ts";
import { messages } from "../messages.ts";
import { type BackupFile, type BackupManifest, RESTORING, readManifest, type Store } from "./manifest.ts";

export interface Restored {
  readonly files: number;
  /** When the backup was made; what was accepted after it is not in it. */
  readonly madeAt: string;
  /** PDFs that are rendered again. */
  readonly missing: number;
  /** Jobs that ran when it was made, and begin again from their last checkpoint. */
  readonly released: number;
}

/** What may be in a folder that counts as empty: a free lock, and entries that a file system has at its top. */
const NOTHING: ReadonlySet<string> = new Set(["agentlink.db.lock", "agentlink.db.lock-journal", "lost+found"]);

/**
 * Brings a backup back into a data folder that is empty. All is checked before anything is written, and no service starts
 * there before all of it is in place; a restore that was cut short is run again.
 * @throws Failure "backup_unfit", "restore_not_empty", "data_dir_in_use", or what is wrong with a database.
 */
export async function restore(backup: string, target: string, store: Store): Promise<Restored> {
  const [from, dataDir] = [resolve(backup), resolve(target)];
  const manifest = await readManifest(from);
  refuseOther(from, manifest, store);
  for (const file of manifest.files) await checkFile(from, file);
  const isNew = !existsSync(dataDir);
  const lockFile = join(dataDir, "agentlink.db.lock");
  const hadLock = existsSync(lockFile);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // Locked until all is there: no service starts in between.
  const lock = lockFor(join(dataDir, "agentlink.db"));
  const stage = join(dataDir, RESTORING);
  let placing = false;
  try {
    await refuseFull(dataDir, manifest);
    await rm(stage, { recursive: true, force: true });
    await mkdir(stage, { mode: 0o700 });
    for (const file of manifest.files) await copyInto(from, stage, file);
    const released = store === "sqlite" ? releaseRunning(join(stage, "agentlink.db"), new Date()) : 0;
    await removeTraces(stage);
    await giveTo(dataDir, stage);
    placing = true;
    await moveIntoFolder(stage, dataDir);
    return { files: manifest.files.length, madeAt: manifest.started_at, missing: manifest.missing.length, released };
  } catch (error) {
    throw placing ? error : unlessFull(error, dataDir);
  } finally {
    if (!placing) await rm(stage, { recursive: true, force: true });
    lock.close();
    if (!placing && !hadLock) await rm(lockFile, { force: true });
    if (!placing && isNew) await rmdir(dataDir).catch(() => {});
  }
}

function refuseOther(from: string, { store: made, schema, agentlink, files }: BackupManifest, store: Store): void {
  if (made === "redis" && store === "sqlite") throw new Failure("backup_unfit", messages.backupOfRedisHost(from));
  if (made === "sqlite" && store === "redis") throw new Failure("backup_unfit", messages.backupOfFolder(from));
  if (schema !== null && schema > SCHEMA_VERSION)
    throw new Failure("backup_unfit", messages.newerSchema(from, agentlink, schema, SCHEMA_VERSION));
  if (made === "sqlite" && !files.some(({ path }) => path === "agentlink.db"))
    throw new Failure("backup_unfit", messages.backupWithoutJobs(from));
}

async function checkFile(from: string, { path, bytes, sha256 }: BackupFile): Promise<void> {
  const file = join(from, path);
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile()) throw new Failure("backup_unfit", messages.fileMissing(file));
  if (found.size !== bytes || (await sha256OfFile(file)) !== sha256)
    throw new Failure("backup_unfit", messages.fileDamaged(file));
}

/** What a restore that was cut short has put there is its own. */
async function refuseFull(dataDir: string, { files }: BackupManifest): Promise<void> {
  const names = (await readdir(dataDir)).filter((name) => !NOTHING.has(name));
  const own = new Set([RESTORING, ...files.map(({ path }) => path.split("/", 1)[0])]);
  if (names.includes(RESTORING) && names.every((name) => own.has(name))) {
    for (const name of names) await rm(join(dataDir, name), { recursive: true });
    return;
  }
  if (names.length > 0)
    throw new Failure(
      "restore_not_empty",
      messages.notEmpty(dataDir, names.slice(0, 3).join(", "), names.length > 3 ? ", …" : ""),
    );
}

async function copyInto(from: string, stage: string, { path, sha256 }: BackupFile): Promise<void> {
  const to = join(stage, path);
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(join(from, path), to);
  await syncToDisk(to);
  if ((await sha256OfFile(to)) !== sha256) throw new Failure("backup_unfit", messages.copyDamaged(path));
  if (path.endsWith(".db")) checkDatabase(to, path);
}

function checkDatabase(file: string, path: string): void {
  const db = new Database(file, { readonly: true });
  try {
    const { integrity_check: found } = db.query("PRAGMA integrity_check(1)").get() as { integrity_check: string };
    if (found !== "ok") throw new Error(found);
  } catch (cause) {
    throw new Failure("backup_unfit", messages.databaseDamaged(path, asFailure(cause).message), { cause });
  } finally {
    db.close();
  }
}

/** What reading the databases has left beside them. @throws Failure where a log is not empty: it is a part then. */
async function removeTraces(stage: string): Promise<void> {
  for (const name of await readdir(stage)) {
    if (name.endsWith("-wal") && sizeOf(join(stage, name)) > 0)
      throw new Failure("restore_failed", messages.notMerged(name));
    if (/\.lock|-wal$|-shm$/.test(name)) await rm(join(stage, name), { force: true });
  }
}

/** 0 for what has gone in the meantime: SQLite takes its traces away a little after the database was closed. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What root restores belongs to whom the folder belongs to. */
async function giveTo(dataDir: string, stage: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dataDir);
  if (uid === 0) return;
  const below = await readdir(stage, { recursive: true });
  for (const name of ["", ...below]) await chown(join(stage, name), uid, gid);
  await chown(join(dataDir, "agentlink.db.lock"), uid, gid);
}

/** The jobs come last; no service starts until the stage is removed. */
async function moveIntoFolder(stage: string, dataDir: string): Promise<void> {
  const names = (await readdir(stage)).toSorted((a, b) => Number(a === "agentlink.db") - Number(b === "agentlink.db"));
  for (const name of names) await rename(join(stage, name), join(dataDir, name));
  await syncToDisk(dataDir);
  await rmdir(stage);
  await syncToDisk(dataDir);
}
