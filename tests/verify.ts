import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { describeSkipped } from "./skipped.ts";

/**
 * Runs all tests, or those named. A test that fails is run once more: what a loaded machine broke then passes, and is
 * listed, since it is a fault of that test; what is broken fails again. Ends with what was skipped and what to install.
 */
const folder = mkdtempSync(join(tmpdir(), "agentlink-verify-"));
chmodSync(folder, 0o1777);
const file = join(folder, "skipped.ndjson");
writeFileSync(file, "");
// A file of tests that start processes waits for more than half of its time: two files more than there are cores use these fully.
const parallel = `--parallel=${Math.min(8, availableParallelism() + 2)}`;
// The longest first: one that begins late is alone at the end. `bun tests/verify.ts --update-timings` measures them again.
const timings = `--timings=${join(import.meta.dir, "timings.json")}`;
const options = [parallel, timings, "--timeout", "120000", "--retry", "1"];
const tests = Bun.spawn([process.execPath, "test", ...options, ...process.argv.slice(2)], {
  // Each file removes what it made (temporary-folder.ts); what one that was killed left goes with this folder.
  env: { ...process.env, SKIPPED_TESTS_FILE: file, SHARED_BY_TESTS: join(folder, "shared"), TMPDIR: folder },
  stdio: ["ignore", "inherit", "pipe"],
});
const text = new TextDecoder();
let report = "";
for await (const chunk of tests.stderr) {
  process.stderr.write(chunk);
  report += text.decode(chunk, { stream: true });
}
const code = await tests.exited;
const passedAgain = [...Bun.stripANSI(report).matchAll(/^\(pass\) (.*) \(attempt 2\)/gm)].map(([, name]) => name);
if (passedAgain.length > 0) console.log(`Failed once and passed when run again: ${passedAgain.join("; ")}`);
for (const line of describeSkipped(file)) console.log(line);
rmSync(folder, { recursive: true, force: true });
process.exit(code);
