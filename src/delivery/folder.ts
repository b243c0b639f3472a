import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, copyFile, link, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { Failure } from "../failure.ts";
import type { Job, ReportFile } from "../queue/job.ts";
import type { Delivery } from "./delivery.ts";
import { CLOCK, type Clock, createGate } from "./gate.ts";
import { type Place, putOnce } from "./once.ts";
import { deliveryPath } from "./path.ts";

interface FolderOptions {
  readonly folder: string;
  /** Where the reports' paths begin. */
  readonly dataDir: string;
  /** Told when the folder cannot be written, and null when it can again. */
  readonly onTrouble?: (trouble: string | null) => void;
  readonly clock?: Clock;
}

/** Delivers into a folder of this machine, or one mounted on it. One that nobody may write costs no job its tries. */
export function createFolderDelivery(options: FolderOptions): Delivery {
  const { folder, dataDir, clock = CLOCK } = options;
  const told = options.onTrouble && { onTrouble: options.onTrouble };
  const gate = createGate({ clock, refusedCode: "delivery_denied", ...told });
  return {
    target: "folder",
    pathFor: deliveryPath,
    async deliver(job, report, path, signal) {
      gate.enter();
      try {
        const directory = await openDirectory(folder, dirname(path));
        const place: Place = {
          look: (name) => look(join(directory, name), report),
          put: (name) => put(join(dataDir, report.path), join(directory, name), job),
        };
        const name = await putOnce(job, basename(path), place, signal);
        await rm(partOf(directory, job), { force: true });
        gate.worked();
        return { to: join(directory, name), url: null };
      } catch (error) {
        if (isDenied(error) && !(await isWritable(folder)))
          throw gate.refuse(
            `${folder} cannot be written (${errorCode(error)}): give the service's user the right to; where systemd runs the service, with ReadWritePaths=`,
          );
        throw explain(error, folder);
      }
    },
    shut: () => (gate.shut() === null ? null : "delivery folder"),
    trouble: async () => gate.trouble(),
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

async function look(path: string, report: ReportFile): ReturnType<Place["look"]> {
  try {
    if (!(await stat(path)).isFile()) return "something else";
    return (await sha256(path)) === report.sha256 ? "this report" : "something else";
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "nothing";
    throw error;
  }
}

/**
 * Copies beside the target, syncs, and links the copy to its name: a link never replaces a file, so two jobs of one
 * name cannot overwrite each other. Answers false when something has the name by now.
 */
async function put(from: string, target: string, job: Job): Promise<boolean> {
  const part = partOf(dirname(target), job);
  await copyFile(from, part, constants.COPYFILE_FICLONE);
  await sync(part);
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
  await sync(dirname(target));
  return true;
}

function partOf(directory: string, job: Job): string {
  return join(directory, `.${job.id}.part`);
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
      return new Failure("disk_full", `no room left in ${folder}: free some`, { ...options, uncounted: true });
    case "EEXIST":
    case "ENOTDIR":
      return new Failure("delivery_taken", `a file stands in ${folder} where a folder must be: ${options.cause}`);
    default:
      return isDenied(error)
        ? new Failure("delivery_denied", `a part of ${folder} cannot be written: ${options.cause}`, options)
        : error;
  }
}

function isDenied(error: unknown): boolean {
  return ["EACCES", "EPERM", "EROFS"].includes(errorCode(error));
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}
