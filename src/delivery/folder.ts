import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { Failure } from "../failure.ts";
import type { Job, ReportFile } from "../queue/job.ts";
import type { Delivery } from "./delivery.ts";
import { deliveryPath, shortId } from "./path.ts";

/** Delivers into a folder of this machine, or one mounted on it. `dataDir` is where the reports' paths begin. */
export function createFolderDelivery(options: { readonly folder: string; readonly dataDir: string }): Delivery {
  const { folder, dataDir } = options;
  return {
    target: "folder",
    pathFor: deliveryPath,
    async deliver(job, report, path, signal) {
      try {
        const directory = await openDirectory(folder, dirname(path));
        for (const name of candidateNames(job, path)) {
          signal.throwIfAborted();
          const target = join(directory, name);
          if (await put(join(dataDir, report.path), target, report, job)) return { to: target, url: null };
        }
      } catch (error) {
        throw explain(error, folder);
      }
      throw new Failure(
        "delivery_taken",
        `other files already have the name ${path} and its second choice in ${folder}: move them or choose another delivery.filename`,
      );
    },
  };
}

/** Makes the folders on the way, and refuses one that a link leads out of the target. */
async function openDirectory(folder: string, path: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const root = await realpath(folder);
  let directory = root;
  for (const name of path.split("/").filter((name) => name !== ".")) {
    directory = join(directory, name);
    await mkdir(directory, { recursive: true });
    directory = await realpath(directory);
    if (directory !== root && !directory.startsWith(root + sep))
      throw new Failure(
        "delivery_outside",
        `${path} leads out of ${folder}: remove the link or choose another delivery.folder`,
      );
  }
  return directory;
}

function candidateNames(job: Job, path: string): readonly string[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return [name, name.replace(/\.pdf$/, ` ${shortId(job)}.pdf`)];
}

/**
 * Copies beside the target, syncs, and links the copy to its name: a link never replaces a file, so two jobs of one
 * name cannot overwrite each other. Answers false when another content has the name.
 */
async function put(from: string, target: string, report: ReportFile, job: Job): Promise<boolean> {
  const part = join(dirname(target), `.${job.id}.part`);
  const there = await look(target);
  if (there !== "nothing") {
    await rm(part, { force: true });
    return there === "file" && (await sha256(target)) === report.sha256;
  }
  await copyFile(from, part, constants.COPYFILE_FICLONE);
  await sync(part);
  try {
    await link(part, target);
    await rm(part);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return put(from, target, report, job);
    // Some network and FAT file systems know no links; a rename there can only race another job of the same name.
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(errorCode(error))) throw error;
    await rename(part, target);
  }
  await sync(dirname(target));
  return true;
}

async function look(path: string): Promise<"nothing" | "file" | "something else"> {
  try {
    return (await stat(path)).isFile() ? "file" : "something else";
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "nothing";
    throw error;
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of Bun.file(path).stream()) hash.update(chunk);
  return hash.digest("hex");
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? "";
}

function explain(error: unknown, folder: string): unknown {
  if (error instanceof Failure) return error;
  const options = { transient: true, cause: error };
  switch (errorCode(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return new Failure("disk_full", `no room left in ${folder}: free some`, options);
    case "EEXIST":
    case "ENOTDIR":
      return new Failure("delivery_taken", `a file stands in ${folder} where a folder must be: ${options.cause}`);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new Failure(
        "delivery_denied",
        `${folder} cannot be written: give the service's user the right to`,
        options,
      );
    default:
      return error;
  }
}
