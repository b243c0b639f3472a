import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { messages } from "../messages.ts";

/** A program that has a database open. */
export interface Holder {
  readonly pid: number;
  /** Its name, as the system shows it. */
  readonly name: string;
}

/**
 * The programs, but this one, that have a file open. Linux lists them in /proc, and those of other users to root
 * alone; null if unknown.
 */
export function holdersOf(path: string, proc = "/proc"): readonly Holder[] | null {
  let file: string;
  let processes: readonly string[];
  try {
    file = realpathSync(path);
    processes = readdirSync(proc).filter((name) => /^\d+$/.test(name));
  } catch {
    return null;
  }
  return processes.flatMap((pid) => {
    if (Number(pid) === process.pid || !contains(join(proc, pid, "fd"), file)) return [];
    return [{ pid: Number(pid), name: nameOf(join(proc, pid, "comm")) }];
  });
}

function contains(folder: string, file: string): boolean {
  try {
    return readdirSync(folder).some((descriptor) => {
      try {
        return readlinkSync(join(folder, descriptor)) === file;
      } catch {
        // Closed since it was listed.
        return false;
      }
    });
  } catch {
    // Ended since it was listed, or another user's.
    return false;
  }
}

function nameOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return messages.endedProgram;
  }
}
