import { statfs } from "node:fs/promises";
import { asFailure, Failure } from "../../failure.ts";
import { messages } from "../messages.ts";

/** With less than this free no database opens. */
const LEAST_BYTES = 1_000_000;
/** What a full disk is called; other failures have another reason, however little is free. */
const CODES: ReadonlySet<string> = new Set(["disk_full", "data_dir", "internal"]);

/** An error while this folder was filled from elsewhere, named where it has no room for more: by its disk, whatever was read. */
export function unlessFull(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT" && code !== "disk_full") return error;
  return new Failure("disk_full", messages.diskFull(folder), { cause: error });
}

/**
 * Why a start failed, named as what it is where the disk has no room: SQLite and the system call a full disk by many
 * names. Any other error comes back as it is.
 */
export async function startFailure(error: unknown, dataDir: string): Promise<unknown> {
  const { code, message } = asFailure(error);
  if (!CODES.has(code)) return error;
  const { bavail, bsize } = await statfs(dataDir).catch(() => ({ bavail: Number.POSITIVE_INFINITY, bsize: 1 }));
  const freeBytes = bavail * bsize;
  if (freeBytes >= LEAST_BYTES) return error;
  return new Failure("disk_full", messages.diskFullAtStart(dataDir, Math.floor(freeBytes / 1_000), message), {
    cause: error,
  });
}
