import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PRELOAD = join(import.meta.dir, "temporary-folder.ts");
const LONG_AGO = new Date("2026-01-01T00:00:00Z");
/** Above the largest process id of Linux. */
const DEAD = 2 ** 22 + 1;

/** A project of two test files that each leave a folder behind; one of them fails. */
function makeProject(): string {
  const project = mkdtempSync(join(tmpdir(), "agentlink-project-"));
  const body = (works: boolean) =>
    `import { expect, test } from "bun:test"; import { mkdtempSync } from "node:fs"; import { tmpdir } from "node:os";
     test("leaves a folder", () => { console.log("made", mkdtempSync(tmpdir() + "/left-")); expect(${works}).toBe(true); });`;
  writeFileSync(join(project, "bunfig.toml"), `[test]\npreload = [${JSON.stringify(PRELOAD)}]\n`);
  writeFileSync(join(project, "one.test.ts"), body(true));
  writeFileSync(join(project, "two.test.ts"), body(false));
  return project;
}

function runTests(project: string, ...flags: string[]) {
  const system = join(project, "tmp");
  mkdirSync(system, { recursive: true });
  const run = Bun.spawnSync([process.execPath, "test", ...flags], {
    cwd: project,
    env: { ...process.env, TMPDIR: system },
    timeout: 60_000,
  });
  return { output: `${run.stdout}${run.stderr}`, exitCode: run.exitCode, left: readdirSync(system) };
}

test.each([
  ["one process", []],
  ["several", ["--parallel=2"]],
] as const)("what tests leave behind is removed at the end of a run in %s, also of one that fails", (_, flags) => {
  const { output, exitCode, left } = runTests(makeProject(), ...flags);
  expect(output.match(/made .*agentlink-tests-\d+-.*left-/g)).toHaveLength(2);
  expect(exitCode).toBe(1);
  expect(left).toEqual([]);
});

test("a run removes what a killed one left, and nothing of one that is still running", () => {
  const project = makeProject();
  const under = (name: string) => {
    const path = join(project, "tmp", name);
    mkdirSync(join(path, "agentlink-test-1"), { recursive: true });
    utimesSync(path, LONG_AGO, LONG_AGO);
    return name;
  };
  under(`agentlink-tests-${DEAD}-left`);
  const others = [under(`agentlink-tests-${process.pid}-running`), under("agentlink-tests-"), under("something-else")];
  mkdirSync(join(project, "tmp", `agentlink-tests-${DEAD}-recent`));
  expect(runTests(project).left.sort()).toEqual([...others, `agentlink-tests-${DEAD}-recent`].sort());
});
