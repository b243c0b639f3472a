import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { describeSkipped } from "./skipped.ts";

/**
 * Rooms whose tests load much of src/: their files share processes, so that each loads and compiles it once. A fresh
 * global object a file took a second of the processor more for each.
 */
const SHARING: ReadonlySet<string> = new Set([
  ...[
    "access",
    "client",
    "content",
    "dashboard",
    "delivery",
    "http",
    "import",
    "migration",
    "notify",
    "observability",
    "outbound",
  ],
  ...["parsing", "pipeline", "queue", "render", "report", "storage", "words"],
]);
/** What changes or measures its process, of these rooms. */
const ALONE: ReadonlySet<string> = new Set(
  ["catalogue-import", "folder", "kept", "memory", "shaping", "structure-cost"].map((name) => `${name}.test.ts`),
);

const folder = mkdtempSync(join(tmpdir(), "agentlink-verify-"));
chmodSync(folder, 0o1777);
const skipped = join(folder, "skipped.ndjson");
writeFileSync(skipped, "");
// Each file removes what it made (temporary-folder.ts); what one that was killed left goes with this folder.
const env = { ...process.env, SKIPPED_TESTS_FILE: skipped, SHARED_BY_TESTS: join(folder, "shared"), TMPDIR: folder };

interface Run {
  readonly code: number;
  readonly counts: Readonly<Record<"pass" | "skip" | "fail", number>>;
  /** The names of tests that failed, by file. */
  readonly failed: ReadonlyMap<string, ReadonlySet<string>>;
  /** A test ended the whole run: those after it did not run. */
  readonly aborted: boolean;
}

async function run(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Run> {
  const tests = Bun.spawn([process.execPath, "test", "--timeout", "120000", ...args], {
    env: { ...env, ...more },
    stdio: ["ignore", "inherit", "pipe"],
  });
  const text = new TextDecoder();
  let report = "";
  for await (const chunk of tests.stderr) {
    process.stderr.write(chunk);
    report += text.decode(chunk, { stream: true });
  }
  return { code: await tests.exited, ...readReport(Bun.stripANSI(report)) };
}

/** The lines of a file are under its name, in several places; at the end failures are listed again, under none. */
function readReport(report: string): Omit<Run, "code"> {
  const failed = new Map<string, Set<string>>();
  const counts = { pass: 0, skip: 0, fail: 0 };
  const fails = (file: string, name: string) => failed.set(file, (failed.get(file) ?? new Set()).add(name));
  let file: string | null = null;
  for (const line of report.split("\n")) {
    const [, head] = /^(\S+\.test\.ts):$/.exec(line) ?? [];
    const [, name] = /^(?:\(fail\) (.*?)(?: \[[\d.]+ms\])?|# (Unhandled error.*))$/.exec(line)?.filter(Boolean) ?? [];
    const [, crashed, how] = /^✗ (\S+\.test\.ts) \((.*)\)$/.exec(line) ?? [];
    const [, count, kind] = /^ *(\d+) (pass|skip|fail)$/.exec(line) ?? [];
    if (head !== undefined) file = head;
    else if (/^\d+ tests? (skipped|failed):$/.test(line)) file = null;
    if (file !== null && name !== undefined) fails(file, name);
    if (crashed !== undefined && how !== undefined) fails(crashed, how);
    if (kind === "pass" || kind === "skip" || kind === "fail") counts[kind] = Number(count);
  }
  return {
    counts,
    failed,
    aborted: !/^Ran \d+ tests? across /m.test(report) || /^error: a test worker process crashed/m.test(report),
  };
}

/** All tests, or those named. */
async function runAll(given: readonly string[]): Promise<readonly Run[]> {
  // A file of tests that start processes waits for more than half of its time: three files more than there are cores use these fully.
  const parallel = `--parallel=${Math.min(8, availableParallelism() + 3)}`;
  // The longest first: one that begins late is alone at the end. `bun tests/verify.ts --update-timings` measures them again.
  const options = [parallel, `--timings=${join(import.meta.dir, "timings.json")}`, ...given];
  if (given.some((argument) => !argument.startsWith("-"))) return [await run(options)];
  const paths = [...new Bun.Glob("**/*.test.ts").scanSync(import.meta.dir)];
  const { shared = [], own = [] } = Object.groupBy(paths, (path) =>
    SHARING.has(path.split("/")[0] ?? "") && !ALONE.has(basename(path)) ? "shared" : "own",
  );
  const named = (some: readonly string[]) => some.map((path) => join(import.meta.dir, path));
  return [
    await run([...options, ...named(own)]),
    await run(["--no-isolate", ...options, ...named(shared)], { FILES_SHARE_A_PROCESS: "true" }),
  ];
}

// `.ci/run` installs what the tests need while the tree is checked and built. Then there is this file.
const { TESTS_WAIT_FOR: installed } = process.env;
while (installed !== undefined && !existsSync(installed)) await Bun.sleep(100);

/**
 * A file with a failure is run once more, alone: what a loaded machine broke then passes, and is named, since it is a
 * fault of that test; what is broken fails again. Ends with the counts, what was skipped, and what to install.
 */
const runs = await runAll(process.argv.slice(2));
const failed = new Map(runs.flatMap((each) => [...each.failed]));
const again =
  failed.size === 0
    ? null
    : await run(["--isolate", ...[...failed.keys()].map((path) => resolve(path))], {
        SKIPPED_TESTS_FILE: join(folder, "again"),
      });
const sum = (kind: keyof Run["counts"]) => runs.reduce((count, { counts }) => count + counts[kind], 0);
const fail = again?.counts.fail ?? sum("fail");
console.log(`\n ${sum("pass") + sum("fail") - fail} pass\n ${sum("skip")} skip\n ${fail} fail`);
const passedAgain = [...failed].flatMap(([file, names]) =>
  [...names].filter((name) => !again?.failed.get(file)?.has(name)),
);
if (passedAgain.length > 0) console.log(`Failed once and passed when run again: ${passedAgain.join("; ")}`);
for (const line of describeSkipped(skipped)) console.log(line);
rmSync(folder, { recursive: true, force: true });
// One that did not run to its end, or did not begin, names no test that is to blame.
const broken = [...runs, ...(again === null ? [] : [again])].some(
  ({ aborted, code, failed }) => aborted || (code !== 0 && failed.size === 0),
);
process.exit(broken ? 1 : (again?.code ?? 0));
