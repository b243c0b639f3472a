import { existsSync, statSync } from "node:fs";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asFailure } from "../../failure.ts";
import { syncToDisk } from "../../host/files/durable.ts";
import { fileSystem, NO_NETWORK } from "../../host/files/file-system.ts";
import { findWide } from "../../host/files/private-folder.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";
import { messages } from "./messages.ts";

const GB = 1_000_000_000;
const LITTLE_BYTES = 2 * GB;
const TOO_LITTLE_BYTES = GB / 5;

/** Whether the data folder is there, writable by this user, on a file system that is fit for it, with room. */
export async function checkDataFolder(dataDir: string): Promise<readonly Finding[]> {
  const findings = [await checkWritable(dataDir), ...(await checkPrivate(dataDir))];
  const there = nearest(dataDir);
  const { type, bavail, bsize, files, ffree } = await statfs(there);
  findings.push(checkFileSystem(type, dataDir));
  const free = bavail * bsize;
  const shown = `${(free / GB).toFixed(1)} GB free`;
  const advice = messages.freeSpace;
  if (free < TOO_LITTLE_BYTES) findings.push(fail("disk", shown, advice));
  else if (files > 0 && ffree / files < 0.01) findings.push(fail("disk", "no inodes left", advice));
  else findings.push(free < LITTLE_BYTES ? warn("disk", shown, advice) : ok("disk", shown));
  return findings;
}

async function checkPrivate(dataDir: string): Promise<readonly Finding[]> {
  const wide = await findWide(dataDir);
  const [first] = wide;
  if (first === undefined) return [];
  const more = wide.length === 1 ? "" : ` and ${wide.length - 1} more`;
  return [
    warn(
      "data folder",
      `others can read ${first.path} (${first.mode.toString(8)})${more}`,
      messages.makePrivate(wide.map(({ path }) => path).join(" ")),
    ),
  ];
}

async function checkWritable(dataDir: string): Promise<Finding> {
  let made: boolean;
  try {
    made = await testWrite(dataDir);
  } catch (error) {
    return fail("data folder", `${dataDir} cannot be written: ${asFailure(error).message}`, messages.changeOwner);
  }
  if (made) return ok("data folder", messages.folderMissing(dataDir));
  const owner = statSync(dataDir).uid;
  if (process.getuid !== undefined && process.getuid() !== owner)
    return warn("data folder", messages.folderOfOther(dataDir, owner, process.getuid()), messages.runAsOwner);
  return ok("data folder", `${dataDir} is writable`);
}

/** Writes a file into the folder and removes it, and the folder if it did not exist; returns whether it did not. */
export async function testWrite(folder: string): Promise<boolean> {
  const made = await mkdir(folder, { recursive: true });
  const probe = join(folder, `.doctor-${crypto.randomUUID()}`);
  try {
    await writeFile(probe, "", { flag: "wx" });
    await syncToDisk(probe);
  } catch (error) {
    // What cannot be written cannot be removed either: the first reason is the one to report.
    await rm(made ?? probe, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
  await rm(made ?? probe, { recursive: true, force: true });
  return made !== undefined;
}

export function checkFileSystem(type: number, dataDir: string): Finding {
  const found = fileSystem(type);
  if (found.kind === "network")
    return fail("file system", `${dataDir} is on ${found.name}: ${NO_NETWORK.reason}`, NO_NETWORK.advice);
  if (found.kind === "fuse") return warn("file system", messages.folderOnFuse(dataDir), messages.putOnLocalDisk);
  if (found.kind === "memory") return warn("file system", messages.folderInMemory(dataDir), messages.putOnDisk);
  return ok("file system", messages.ownDisk);
}

function nearest(folder: string): string {
  let found = folder;
  while (!existsSync(found) && found !== dirname(found)) found = dirname(found);
  return found;
}
