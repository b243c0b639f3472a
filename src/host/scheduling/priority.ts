import { getPriority, setPriority } from "node:os";

/**
 * Takes this thread (on Linux; elsewhere the process) below others: `nice` as in setpriority(2), 0 to 19. A lower one that
 * it was begun with stays, which root could raise. Where it is not allowed nothing changes.
 */
export function lowerPriority(nice: number): void {
  try {
    setPriority(0, Math.max(nice, getPriority()));
  } catch {
    // It works at the same priority.
  }
}
