/*
 * Backups of a data folder, their manifest, and the restore from one.
 * A running service can be backed up; a restore goes into a folder that no service uses.
 * Not here: Redis, which has backups of its own.
 */

import { Database } from "bun:sqlite";
import { existsSync, lstatSync } from "node:fs";
import { copyFile, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { asFailure, Failure } from "../../failure.ts";
import { syncToDisk } from "../../host/files/durable.ts";
import { unlessFull } from "../../host/files/full-disk.ts";
import { sha256OfFile } from "../../host/hash.ts";
import { backupDatabase } from "../../queue/sqlite/backup.ts";
import { startUnfinished } from "../../queue/sqlite/unfinished.ts";
import { VERSION } from "../../version.ts";
import { messages } from "../messages.ts";
import {
  type BackupFile,
  type BackupManifest,
  DATABASES,
  MANIFEST,
  makeManifest,
  SMALL_FILES,
  type Store,
} from "./manifest.ts";

/** The PDFs that a restore needs: what is completed is where it was delivered. */
const UNDELIVERED = `
  SELECT path, sha256 FROM documents JOIN jobs ON jobs.id = job_id WHERE status <> 'completed' ORDER BY path`;
/** Of a database of a version that made one document of a job. */
const UNDELIVERED_REPORTS = `
  SELECT report_path AS path, report_sha256 AS sha256 FROM jobs
  WHERE report_path IS NOT NULL AND status <> 'completed' ORDER BY report_path`;
/** The first schema that has the table of documents. */
const DOCUMENTS_SCHEMA = 13;

/**
 * Copies what a restore needs into a new folder, whether the service runs or not: the jobs as of this moment, all that
 * was committed before; the PDFs of those not yet delivered; keys, the secret that signs callbacks, the catalogue, what
 * people recorded beside the jobs. Each file is checked, and the folder has its name only when all of it is on the disk. Of jobs in Redis it has nothing.
 * @throws Failure "no_database", "backup_exists", "backup_not_writable", or what is wrong with a database; nothing is
 *   left then.
 */
export async function backUp(dataDir: string, store: Store, target: string): Promise<BackupManifest> {
  const folder = resolve(target);
  const jobs = join(dataDir, "agentlink.db");
  if (store === "sqlite" && !existsSync(jobs)) throw new Failure("no_database", messages.noDatabase(jobs));
  // Also a link that leads nowhere: it would be in the way at the end.
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined)
    throw new Failure("backup_exists", messages.backupExists(folder));
  const notWritable = (cause: unknown) => {
    throw new Failure("backup_not_writable", `${folder} cannot be written: ${asFailure(cause).message}`, { cause });
  };
  const unfinished = await startUnfinished(folder).catch(notWritable);
  const part = unfinished.path;
  try {
    await mkdir(part, { mode: 0o700 }).catch(notWritable);
    const manifest = await copyAll(dataDir, store, part);
    await writeFile(join(part, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { flag: "wx", mode: 0o600 });
    await syncToDisk(join(part, MANIFEST));
    await syncToDisk(part);
    await rename(part, folder);
    await syncToDisk(dirname(folder));
    return manifest;
  } catch (error) {
    throw unlessFull(error, dirname(folder));
  } finally {
    await unfinished.remove();
  }
}

async function copyAll(dataDir: string, store: Store, part: string): Promise<BackupManifest> {
  const startedAt = new Date().toISOString();
  const paths: string[] = [];
  const missing: string[] = [];
  let schema: number | null = null;

  for (const name of DATABASES) {
    // With Redis the jobs and the keys are there: a file of that name here is old.
    if ((store === "redis" && name !== "catalogue.db") || !existsSync(join(dataDir, name))) continue;
    await backupDatabase(join(dataDir, name), join(part, name));
    paths.push(name);
  }
  if (store === "sqlite") {
    for (const name of SMALL_FILES) if (await copyWhole(dataDir, part, name)) paths.push(name);
    const db = new Database(join(part, "agentlink.db"), { readonly: true });
    try {
      schema = (db.query("PRAGMA user_version").get() as { user_version: number }).user_version;
      const undelivered = schema < DOCUMENTS_SCHEMA ? UNDELIVERED_REPORTS : UNDELIVERED;
      for (const { path, sha256 } of db.query(undelivered).all() as { path: string; sha256: string }[]) {
        const whole = (await copyWhole(dataDir, part, path)) && (await sha256OfFile(join(part, path))) === sha256;
        if (whole) paths.push(path);
        else {
          await rm(join(part, path), { force: true });
          missing.push(path);
        }
      }
    } finally {
      db.close();
    }
    for (const side of ["-wal", "-shm"]) await rm(join(part, `agentlink.db${side}`), { force: true });
  }
  const files: BackupFile[] = [];
  for (const path of paths)
    files.push({ path, bytes: (await stat(join(part, path))).size, sha256: await sha256OfFile(join(part, path)) });
  return makeManifest({ agentlink: VERSION, store, schema, started_at: startedAt, files, missing });
}

/** Returns false if there is none, or no longer: the service continues while it is copied. */
async function copyWhole(from: string, to: string, path: string): Promise<boolean> {
  await mkdir(dirname(join(to, path)), { recursive: true, mode: 0o700 });
  try {
    await copyFile(join(from, path), join(to, path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  await syncToDisk(join(to, path));
  return true;
}
