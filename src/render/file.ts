import { rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "../failure.ts";
import { syncToDisk } from "../host/durable.ts";
import { sha256 } from "../host/hash.ts";
import { partOf } from "./render.ts";

/**
 * Writes beside the output, syncs, renames and syncs the folder: the name is there only with all of its bytes on disk.
 * @throws Failure "disk_full" (transient, uncounted: the job waits for room, and keeps its attempts).
 */
export async function writeReport(
  output: string,
  bytes: Uint8Array,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const part = partOf(output);
  try {
    // What an attempt left that died over it; and never through a link or a pipe that somebody put there.
    await rm(part, { force: true });
    await writeFile(part, bytes, { flag: "wx" });
    await syncToDisk(part);
    await rename(part, output);
    await syncToDisk(dirname(output));
  } catch (cause) {
    await rm(part, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "ENOSPC" && code !== "EDQUOT") throw cause;
    throw new Failure("disk_full", `no room left to write ${output}: free some`, {
      transient: true,
      uncounted: true,
      cause,
    });
  }
  return { sha256: sha256(bytes), bytes: bytes.byteLength };
}
