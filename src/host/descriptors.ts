import { readdir, readFile } from "node:fs/promises";

/** Files and connections of a process. */
export interface Descriptors {
  readonly open: number;
  /** Past it none can be opened, and no thread started. */
  readonly limit: number;
}

/** How many this process, or another one, has open and may have; null where the system does not report it. */
export async function countDescriptors(pid: number | "self" = "self", proc = "/proc"): Promise<Descriptors | null> {
  try {
    const [entries, limits] = await Promise.all([
      readdir(`${proc}/${pid}/fd`),
      readFile(`${proc}/${pid}/limits`, "utf8"),
    ]);
    const [, limit = ""] = /^Max open files +(\S+)/m.exec(limits) ?? [];
    const most = limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
    return most > 0 ? { open: entries.length, limit: most } : null;
  } catch {
    // Not Linux, or another user's process.
    return null;
  }
}
