import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { link, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { asFailure, Failure } from "../../failure.ts";
import { syncToDisk } from "../../host/files/durable.ts";
import { messages } from "../messages.ts";
import { forgetLocation } from "./copied.ts";
import { databaseFailure } from "./failures.ts";
import { startUnfinished } from "./unfinished.ts";

/**
 * Copies the jobs' database into a new file, as it is at this moment: all that was committed before, checked whole and
 * on the disk when this resolves. A service may run in the meantime: a reader delays no writer. Returns the copy's bytes.
 * @throws Failure "no_database", "backup_exists", "backup_not_writable", or what is wrong with the database or the disk; no file is left then.
 */
export async function backupDatabase(path: string, target: string): Promise<number> {
  const file = resolve(target);
  if (!existsSync(path)) throw new Failure("no_database", messages.noDatabase(path));
  if (existsSync(file)) throw exists(file);
  const notWritable = (cause: unknown) => {
    throw new Failure("backup_not_writable", `${file} cannot be written: ${asFailure(cause).message}`, { cause });
  };
  const unfinished = await startUnfinished(file).catch(notWritable);
  const part = unfinished.path;
  try {
    // SQLite would report only that something cannot be opened. It takes an empty file for a new one.
    await writeFile(part, "", { flag: "wx", mode: 0o600 }).catch(notWritable);
    copy(path, part);
    openAnywhere(part);
    check(part);
    await syncToDisk(part);
    // A link, unlike a rename, replaces no file that took this name in the meantime.
    await link(part, file);
    await syncToDisk(dirname(file));
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code === "EEXIST") throw exists(file);
    throw databaseFailure(error);
  } finally {
    await unfinished.remove();
  }
}

function copy(from: string, to: string): void {
  const db = new Database(from, { readonly: true });
  try {
    db.run("PRAGMA busy_timeout = 5000");
    db.query("VACUUM INTO ?").run(to);
  } finally {
    db.close();
  }
}

function openAnywhere(path: string): void {
  const db = new Database(path);
  try {
    forgetLocation(db);
  } finally {
    db.close();
  }
}

function check(path: string): void {
  const db = new Database(path, { readonly: true });
  try {
    const { integrity_check: found } = db.query("PRAGMA integrity_check(1)").get() as { integrity_check: string };
    if (found !== "ok") throw new Failure("database_damaged", messages.copyDamaged(found));
  } finally {
    db.close();
  }
}

function exists(file: string): Failure {
  return new Failure("backup_exists", messages.backupExists(file));
}
