import { expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { run, startBinary, temporaryFolder } from "./binary.ts";

const ROOT = resolve(import.meta.dir, "../..");

test("--version and --help work, and a wrong call exits 2 with what to do", async () => {
  const { version } = await Bun.file(join(ROOT, "package.json")).json();
  expect(await run(["--version"])).toEqual({
    stdout: expect.stringMatching(
      new RegExp(`^${version.replaceAll(".", "\\.")} \\((\\w{12}(\\+changes)?|from source)\\)\n$`),
    ),
    stderr: "",
    code: 0,
  });
  const help = await run(["--help"]);
  expect(help.code).toBe(0);
  for (const command of ["serve", "demo", "import", "config"]) expect(help.stdout).toContain(command);
  const wrong = await run(["sevre"]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("Did you mean serve?");
}, 120_000);

test("agentlink config prints what is in force, and refuses an unknown name with the nearest right one", async () => {
  const good = await run(["config", "--host", "::1"], { env: { AGENTLINK_PORT: "9000" } });
  expect(good.stdout).toContain("AGENTLINK_PORT=9000");
  expect(good.stdout).toContain("AGENTLINK_HOST=::1");
  const bad = await run(["serve"], { env: { AGENTLINK_DATADIR: "x" } });
  expect(bad).toMatchObject({ code: 2, stdout: "" });
  expect(bad.stderr).toContain("Did you mean AGENTLINK_DATA_DIR?");
});

test("nothing that lies in the folder it is started in is taken for a setting, or run", async () => {
  const cwd = temporaryFolder();
  await writeFile(join(cwd, ".env"), "AGENTLINK_PORT=9999\nNODE_TLS_REJECT_UNAUTHORIZED=0\n");
  await writeFile(join(cwd, ".env.production"), "AGENTLINK_HOST=0.0.0.0\n");
  await writeFile(join(cwd, "bunfig.toml"), 'preload = ["./preloaded.ts"]\n');
  await writeFile(join(cwd, "preloaded.ts"), 'console.log("this was run");\n');
  const { stdout, code } = await run(["config"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("AGENTLINK_PORT=8080");
  expect(stdout).toContain("AGENTLINK_HOST=127.0.0.1");
  expect(stdout).not.toContain("this was run");
});

test("what cannot be served is refused with one line, and nothing is left behind", async () => {
  const dataDir = temporaryFolder();
  const first = await startBinary({ dataDir });
  const again = await run(["serve", "--data-dir", dataDir, "--port", "0"]);
  expect(again.code).toBe(1);
  expect(again.stderr.trim().split("\n")).toHaveLength(1);

  const other = join(temporaryFolder(), "other");
  const taken = await run(["serve", "--data-dir", other, "--port", new URL(first.url).port]);
  expect(taken.code).toBe(1);
  expect(taken.stderr).toMatch(/^agentlink: .*(port|address).*\n$/i);
  await first.end("SIGTERM");
}, 60_000);
