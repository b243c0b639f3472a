import { expect, test } from "bun:test";
import { cpSync, existsSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { temporaryFolder } from "../e2e/binary.ts";

const ROOT = resolve(import.meta.dir, "../..");

test("a tree whose packages are a link to another's is not built: its binary could not render", async () => {
  const tree = temporaryFolder();
  for (const path of ["build.ts", "package.json", "src"])
    cpSync(join(ROOT, path), join(tree, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"));
  const build = Bun.spawn([process.execPath, "build.ts"], { cwd: tree, stdout: "pipe", stderr: "pipe" });
  expect(await new Response(build.stderr).text()).toContain("node_modules is a link");
  expect(await build.exited).toBe(1);
  expect(existsSync(join(tree, "dist"))).toBe(false);
}, 120_000);
