// What a backup is: a folder with copies of what a restore needs, and a manifest that names each with its hash.

import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";

export const MANIFEST = "manifest.json";
const KIND = "agentlink backup";
/** The form of a backup; a newer one is refused. */
const FORM = 1;

/** Where the jobs were: in the data folder, or in Redis, of which a backup here has nothing. */
export type Store = "sqlite" | "redis";

export interface BackupFile {
  /** Below the backup, and below the data folder. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface BackupManifest {
  readonly kind: typeof KIND;
  readonly form: number;
  /** The version that made it. */
  readonly agentlink: string;
  readonly store: Store;
  /** Of the jobs' database; null with Redis. */
  readonly schema: number | null;
  readonly started_at: string;
  readonly finished_at: string;
  readonly files: readonly BackupFile[];
  /** PDFs of jobs not yet delivered that were not there: they are rendered again. */
  readonly missing: readonly string[];
}

/** In the data folder while a restore into it is running; a service does not start then. */
export const RESTORING = ".restoring";

/** What a data folder has that a backup brings back, beside the PDFs. */
export const DATABASES = ["agentlink.db", "keys.db", "catalogue.db", "office.db"] as const;
/** The secret that signs callbacks, and that keys were made: without it a service whose keys are lost would serve all. */
export const SMALL_FILES = ["callback.secret", "keys.required"] as const;

const NAMES: ReadonlySet<string> = new Set([...DATABASES, ...SMALL_FILES]);
const REPORT = /^reports\/\d{4}-\d\d-\d\d\/[\w-]+\.pdf$/;

export function makeManifest(about: Omit<BackupManifest, "kind" | "form" | "finished_at">): BackupManifest {
  return { kind: KIND, form: FORM, ...about, finished_at: new Date().toISOString() };
}

/** @throws Failure "backup_unfit" where the folder is no backup, or one of a newer form. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  if (statSync(folder, { throwIfNoEntry: false })?.isFile())
    throw new Failure("backup_unfit", messages.backupIsFile(folder));
  let manifest: Partial<BackupManifest>;
  try {
    manifest = JSON.parse(await readFile(join(folder, MANIFEST), "utf8")) as Partial<BackupManifest>;
  } catch (cause) {
    throw new Failure("backup_unfit", messages.backupIncomplete(folder, MANIFEST), { cause });
  }
  const { kind, form, files, store, agentlink } = manifest;
  if (kind !== KIND || typeof form !== "number" || !Array.isArray(files) || (store !== "sqlite" && store !== "redis"))
    throw new Failure("backup_unfit", messages.notBackup(folder, MANIFEST));
  if (form > FORM) throw new Failure("backup_unfit", messages.newerBackup(folder, agentlink));
  for (const { path } of files as readonly BackupFile[])
    if (!NAMES.has(path) && !REPORT.test(path)) throw new Failure("backup_unfit", messages.notOfBackup(folder, path));
  return manifest as BackupManifest;
}

/** @throws Failure "data_dir" where a restore into the data folder was cut short: half of it would be taken for all. */
export function refuseHalfRestored(dataDir: string): void {
  if (existsSync(join(dataDir, RESTORING))) throw new Failure("data_dir", messages.restoreInterrupted(dataDir));
}
