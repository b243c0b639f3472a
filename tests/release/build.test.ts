import { expect, test } from "bun:test";
import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { binaryPath, temporaryFolder } from "../e2e/binary.ts";

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

test.each([
  {
    what: "metrics of the standard fonts",
    has: "eJyNnVuX3Laxhf",
    in: "@cantoo/pdf-lib/es/packages/standard-fonts/Helvetica.compressed.json",
  },
  { what: "a parser of HTML", has: "kMarkupPattern", in: "node-html-better-parser/dist/src/index.js" },
  { what: "types of attachments", has: "x-world/x-3dmf", in: "nodemailer/dist/esm/mime-funcs/mime-types.js" },
  {
    what: "a client of OpenTelemetry",
    has: "Attempted duplicate registration",
    in: "@opentelemetry/api/dist/internal/global-utils.mjs",
  },
])("the binary leaves out what nothing calls: $what", ({ has, in: file }) => {
  expect(readFileSync(join(ROOT, "node_modules", file), "utf8")).toContain(has);
  expect(readFileSync(binaryPath()).includes(has)).toBe(false);
});
