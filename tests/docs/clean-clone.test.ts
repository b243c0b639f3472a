import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { temporaryFolder } from "../e2e/binary.ts";
import { copyTree } from "../e2e/tree.ts";
import { within } from "../until.ts";

const ROOT = resolve(import.meta.dir, "../..");
const INSTALLS = /^bun install --frozen-lockfile|^bun run --silent setup && /;

/** A command as a person types it in the clone; it must end with 0, and print no stack. */
async function typed(command: string, cwd: string): Promise<string> {
  const child = Bun.spawn(["bash", "-c", command], {
    cwd,
    env: {
      PATH: `${resolve(process.execPath, "..")}:${process.env.PATH}`,
      HOME: process.env.HOME,
      AGENTLINK_PORT: "0",
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: expect.not.stringMatching(/^ +at |error:/m) });
  return stdout;
}

test("every script installs what it needs before it runs", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const { setup, ...others } = scripts;
  expect(setup).toMatch(INSTALLS);
  expect(Object.entries(others).filter(([, script]) => !INSTALLS.test(script))).toEqual([]);
});

test("in a clean clone the README's first commands work: build, import, serve from source", async () => {
  const clone = join(temporaryFolder(), "agentlink");
  await copyTree(clone, { packages: false });
  expect(existsSync(join(clone, "node_modules"))).toBe(false);
  const bun = process.execPath;
  await typed(`"${bun}" run build`, clone);
  expect(await typed("dist/agentlink --version", clone)).toMatch(/^\d+\.\d+\.\d+ /);
  expect(await typed("dist/agentlink import data/sample/*.csv data/sample/*.ndjson", clone)).toContain("sales");

  // docs/release.md's command makes six; the name of one makes that one.
  await typed("git init -q && git -c user.name=a -c user.email=a@example.com commit -q --allow-empty -m a", clone);
  const released = await typed(`"${bun}" run release bun-${process.platform}-${process.arch}`, clone);
  expect(released).toContain("dist/release: agentlink");
  await typed("cd dist/release && sha256sum -c SHA256SUMS", clone);

  const serving = Bun.spawn([bun, "run", "start"], {
    cwd: clone,
    env: { PATH: `${resolve(bun, "..")}:${process.env.PATH}`, HOME: process.env.HOME, AGENTLINK_PORT: "0" },
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = serving.stdout.getReader();
  let said = "";
  while (!said.includes("agentlink is up at ")) {
    const { done, value } = await within(reader.read(), "`bun run start` to serve", 60_000);
    if (done) throw new Error(`it ended: ${said}`);
    said += new TextDecoder().decode(value);
  }
  serving.kill("SIGTERM");
  await serving.exited;
}, 240_000);
