import { existsSync, readlinkSync } from "node:fs";

const LINK = "/proc/self/exe";

/** Opens the program that runs, even if an upgrade has put another one at its path; where the system has no such link, its path. */
export const RUNNING_PROGRAM = existsSync(LINK) ? LINK : process.execPath;

/** Its name in /proc/PID/maps, which changes once its path has another program. */
export function mappedProgram(): string {
  try {
    return readlinkSync(LINK);
  } catch {
    return process.execPath;
  }
}
