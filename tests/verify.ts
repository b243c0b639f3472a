import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { describeSkipped } from "./skipped.ts";

/** Runs all tests, or those named, and ends with what was skipped and what to install for it. */
const folder = mkdtempSync(join(tmpdir(), "agentlink-verify-"));
const file = join(folder, "skipped.ndjson");
writeFileSync(file, "");
// Most tests wait for a process of their own: one file more than there are cores keeps these busy, eight are enough.
const parallel = `--parallel=${Math.min(8, availableParallelism() + 1)}`;
const tests = Bun.spawn([process.execPath, "test", parallel, "--timeout", "120000", ...process.argv.slice(2)], {
  env: { ...process.env, SKIPPED_TESTS_FILE: file },
  stdio: ["ignore", "inherit", "inherit"],
});
const code = await tests.exited;
for (const line of describeSkipped(file)) console.log(line);
rmSync(folder, { recursive: true });
process.exit(code);
