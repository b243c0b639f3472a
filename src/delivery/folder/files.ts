// What is done to the files and folders of a target, each call with its failures explained.

import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, chmod, copyFile, link, mkdir, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { Failure } from "../../failure.ts";
import { syncToDisk } from "../../host/files/durable.ts";
import { sha256OfFile } from "../../host/hash.ts";
import type { Job, ReportFile } from "../../queue/job.ts";
import { messages } from "../messages.ts";
import type { PutIfAbsentStore } from "../put-if-absent.ts";
import { Refused } from "../refused.ts";

/** Leaves nothing behind, even if the process is killed. @throws Refused "settings". */
export async function checkFolder(folder: string, root: () => Promise<string>): Promise<void> {
  const path = await root();
  await access(path, constants.W_OK | constants.X_OK).catch((error) => {
    throw rootRefused(folder, error);
  });
}

/** Writes a small file into the folder and removes it. @throws Refused "settings" or "no room", and as `explain`. */
export async function testFolder(folder: string, root: () => Promise<string>): Promise<void> {
  try {
    const path = join(await root(), `.agentlink-check-${Bun.randomUUIDv7()}`);
    await writeFile(path, "agentlink", { flag: "wx" });
    await rm(path, { force: true });
  } catch (error) {
    throw isOfPath(error) ? rootRefused(folder, error) : explain(error, folder, unreachable);
  }
}

/** Makes the delivery folder where it is not there and may be made. @throws Refused "settings". */
export async function openRoot(folder: string, umask: number, mayMake: boolean): Promise<string> {
  try {
    if (mayMake) await makeFolders(folder, umask);
    return await realpath(folder);
  } catch (error) {
    throw isOfPath(error) || errorCode(error) === "ENOENT" ? rootRefused(folder, error) : error;
  }
}

function rootRefused(folder: string, error: unknown): Refused {
  return new Refused("settings", "delivery_denied", messages.folderNotWritable(folder, errorCode(error)), error);
}

/** Makes the folders on the way, and refuses one that a link leads out of the target. */
export async function openDirectory(root: string, folder: string, path: string, umask: number): Promise<string> {
  let directory = root;
  for (const name of path.split("/").filter((name) => name !== ".")) {
    directory = join(directory, name);
    await makeFolders(directory, umask);
    directory = await realpath(directory);
    if (directory !== root && !directory.startsWith(root + sep))
      throw new Failure("delivery_outside", messages.leadsOut(path, folder));
  }
  return directory;
}

/** Makes a folder and those above it that are missing, each as open as the operator's umask leaves it. */
async function makeFolders(folder: string, umask: number): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await chmod(made, 0o777 & ~umask);
    if (made === first || made === dirname(made)) return;
  }
}

/** What is at a path: nothing, this very report, or something else. */
export async function checkFile(path: string, report: ReportFile): ReturnType<PutIfAbsentStore["check"]> {
  try {
    if (!(await stat(path)).isFile()) return "something else";
    return (await sha256OfFile(path)) === report.sha256 ? "this report" : "something else";
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "nothing";
    throw error;
  }
}

/**
 * Copies beside the target, syncs, and links the copy to its name: a link never replaces a file, so two jobs of one
 * name cannot overwrite each other. The copy has an unpredictable name, and is made again: others may write
 * there, too, and a link or a pipe of theirs is never written through. Returns false when something has the name by now.
 */
export async function put(from: string, target: string, job: Job, umask: number): Promise<boolean> {
  const part = join(dirname(target), `.${job.id}-${randomBytes(12).toString("hex")}.part`);
  try {
    await copyFile(from, part, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await chmod(part, 0o666 & ~umask);
    await syncToDisk(part);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") await rm(part, { force: true });
    throw error;
  }
  try {
    await link(part, target);
    await rm(part);
  } catch (error) {
    if (errorCode(error) === "EEXIST") {
      await rm(part, { force: true });
      return false;
    }
    // Some network and FAT file systems know no links; a rename there can only race another job of the same name.
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(errorCode(error))) throw error;
    await rename(part, target);
  }
  await syncToDisk(dirname(target));
  return true;
}

/** Files left by attempts of the job that died while copying. */
export async function removeParts(directory: string, { id }: Job): Promise<void> {
  for (const name of await readdir(directory))
    if (name.startsWith(`.${id}`) && name.endsWith(".part")) await rm(join(directory, name), { force: true });
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? "";
}

/** `unreachable` makes a failure of an unknown error, and of a network folder that does not respond. */
export function explain(
  error: unknown,
  folder: string,
  unreachable: (code: string, message: string) => Failure,
): unknown {
  if (error instanceof Failure) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const code = errorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT")
    return new Refused("no room", "disk_full", messages.folderFull(folder), error);
  if (code === "EEXIST" || code === "ENOTDIR")
    return new Refused("taken", "delivery_taken", messages.fileInTheWay(folder, detail), error);
  if (isOfPath(error)) return new Refused("path", "delivery_denied", messages.pathNotWritable(folder, detail), error);
  return unreachable("delivery_unreachable", messages.folderDoesNotRespond(folder, detail));
}

function unreachable(code: string, message: string): Failure {
  return new Failure(code, message, { transient: true, uncounted: true });
}

/** Errors of this path or its parents, not temporary ones or the network's. */
function isOfPath(error: unknown): boolean {
  const codes = ["EACCES", "EPERM", "EROFS", "EEXIST", "ENOTDIR", "ENAMETOOLONG", "EINVAL", "EILSEQ", "ELOOP"];
  return codes.includes(errorCode(error));
}
