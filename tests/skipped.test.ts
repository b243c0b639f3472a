import { expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { Glob } from "bun";
import { temporaryFolder } from "./e2e/binary.ts";

const ROOT = resolve(import.meta.dir, "..");

/** A run of one test file by the runner of `verify`, on a machine that has no system programs at all. */
async function run(body: string, env: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const file = join(folder, "some.test.ts");
  await Bun.write(
    file,
    `import { expect, test } from "bun:test";
import { groupWithPrograms, unless, withPrograms } from ${JSON.stringify(join(ROOT, "tests/programs.ts"))};
${body}`,
  );
  const child = Bun.spawn([process.execPath, join(ROOT, "tests/verify.ts"), file], {
    cwd: folder,
    env: { PATH: folder, ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  return { lines: stdout.trim().split("\n"), code };
}

const SKIPPING = `
withPrograms("nginx", "openssl")("one", () => { throw new Error("it ran"); });
withPrograms("nginx", "openssl")("another", () => { throw new Error("it ran"); });
groupWithPrograms("redis-server")("a group", () => { test("of one", () => { throw new Error("it ran"); }); });
unless("it needs root")("a third", () => { throw new Error("it ran"); });
unless(null)("runs", () => expect(1).toBe(1));`;

test("a run ends with how many tests it skipped, why, and one line that names all packages to install", async () => {
  const { lines, code } = await run(SKIPPING);
  expect(code).toBe(0);
  expect(lines.slice(-5)).toEqual([
    "4 tests or groups of tests were not run here:",
    '  2: it needs nginx, openssl ("one")',
    '  1: it needs redis-server ("a group")',
    '  1: it needs root ("a third")',
    "To run them: apt-get install nginx openssl redis-server",
  ]);
}, 60_000);

test("with CI=true a test whose programs are missing runs, and fails; a machine that cannot is still counted", async () => {
  const { lines, code } = await run(SKIPPING, { CI: "true" });
  expect(code).toBe(1);
  expect(lines.slice(-2)).toEqual(["1 test or group of tests was not run here:", '  1: it needs root ("a third")']);
}, 60_000);

test("a run that skipped nothing says nothing of it", async () => {
  const { lines, code } = await run(`test("runs", () => expect(1).toBe(1));`);
  expect(code).toBe(0);
  expect(lines.join("\n")).not.toContain("not run here");
}, 60_000);

test("a run counts each row of a table that it skips as one test of that name", async () => {
  const { lines } = await run(`unless("it needs root").each([1, 2])("of %p", () => { throw new Error("it ran"); });`);
  expect(lines.slice(-2)).toEqual(["1 test or group of tests was not run here:", '  1: it needs root ("of %p")']);
}, 60_000);

test("a file with a test that fails is run once more, alone: one that then passes is named, one that fails again fails the run", async () => {
  const mark = join(temporaryFolder(), "ran");
  const lucky = `import { existsSync, writeFileSync } from "node:fs";
test("passes", () => {});
test("of luck", () => {
  const ran = existsSync(${JSON.stringify(mark)});
  writeFileSync(${JSON.stringify(mark)}, "");
  expect(ran).toBe(true);
});`;
  const passed = await run(lucky);
  expect(passed.code).toBe(0);
  expect(passed.lines.slice(-4)).toEqual([
    " 2 pass",
    " 0 skip",
    " 0 fail",
    "Failed once and passed when run again: of luck",
  ]);
  const failed = await run(`test("passes", () => {});\ntest("broken", () => expect(1).toBe(2));`);
  expect([failed.code, failed.lines.slice(-3)]).toEqual([1, [" 1 pass", " 0 skip", " 1 fail"]]);
}, 60_000);

test("a run whose process a test ends, by itself or by a signal, fails", async () => {
  expect((await run(`test("ends", () => process.exit(0));`)).code).toBe(1);
  expect((await run(`test("dies", () => process.kill(process.pid, "SIGSEGV"));`)).code).toBe(1);
}, 60_000);

test("no test is skipped in another way, which would not be counted", async () => {
  const silent: string[] = [];
  for await (const path of new Glob("**/*.ts").scan(join(ROOT, "tests"))) {
    if (path === "programs.ts" || path === "skipped.test.ts") continue;
    if (/\b(test|describe|it)\.(if|skip|skipIf|todo|todoIf)\b/.test(await Bun.file(join(ROOT, "tests", path)).text()))
      silent.push(path);
  }
  expect(silent).toEqual([]);
});
