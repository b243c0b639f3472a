import { afterAll } from "bun:test";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endStarted } from "./e2e/binary.ts";

/**
 * Loaded before each test file (bunfig.toml). Whatever a test, or a process that it starts, makes in the system's
 * folder for temporary files goes into one folder of the run, which is removed at the run's end, also when a test
 * failed. A run that was killed leaves its folder to the next one.
 */
const PREFIX = "agentlink-tests-";
/** Another container may share the folder: its processes are not seen here, so a recent folder stays. */
const LEFT_BEHIND_MS = 3_600_000;

const system = tmpdir();
removeLeftBehind();
const folder = mkdtempSync(join(system, `${PREFIX}${process.pid}-`));
// As the system's own: some tests start the binary as another user.
chmodSync(folder, 0o1777);
process.env.TMPDIR = folder;

// Bun emits no "exit" at the end of a test run. This comes after every afterAll of the test files.
afterAll(() => {
  endStarted();
  // Of several files in one process none knows whether it is the last: verify.ts removes what all of them made.
  if (process.env.FILES_SHARE_A_PROCESS !== undefined) return;
  process.env.TMPDIR = system;
  remove(folder);
});

function removeLeftBehind(): void {
  for (const name of readdirSync(system)) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const path = join(system, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > LEFT_BEHIND_MS) remove(path);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What cannot be removed, such as another user's file, fails no test. */
function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    console.warn(`${path} could not be removed: ${error}`);
  }
}
