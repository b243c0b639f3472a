import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withPrograms } from "../programs.ts";

const root = join(import.meta.dir, "../..");
const page = readFileSync(join(root, "docs/upstream.md"), "utf8");
const foundAt = (heading: string) => [
  ...page.matchAll(
    new RegExp(
      `^${heading} (.+?)$[\\s\\S]*?^\`\`\`ts\\n([\\s\\S]*?)^// prints (\\S+), should print (\\S+)\\n\`\`\`$`,
      "gm",
    ),
  ),
];
const reproductions = foundAt("##");
const ofReaders = foundAt("###");

test("each fault of a package can be reproduced without this project", async () => {
  expect(reproductions.length).toBe(page.split("\n## ").length - 1);
  expect(await printedBy(reproductions)).toEqual(reproductions.map(([, fault = "", , now = ""]) => [fault, now]));
}, 60_000);

withPrograms("pdftotext", "mutool")(
  "a reader that extracts other text than was set does so without this project, too",
  async () => {
    expect(ofReaders.length).toBe(page.split("\n### ").length - 1);
    expect(await printedBy(ofReaders)).toEqual(ofReaders.map(([, fault = "", , now = ""]) => [fault, now]));
  },
  60_000,
);

function printedBy(blocks: typeof reproductions): Promise<readonly (readonly string[])[]> {
  return Promise.all(
    blocks.map(async ([, fault = "", code = ""]) => {
      const run = Bun.spawn([process.execPath, "run", "-"], { cwd: root, stdin: new Blob([code]), stdout: "pipe" });
      return [fault, (await new Response(run.stdout).text()).trim()];
    }),
  );
}

test("every version that is named is the one that is installed", () => {
  for (const [, fault = ""] of reproductions) {
    const [, name = "", version] = /^(\S+) (\S+):/.exec(fault) ?? [];
    const { version: installed } = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
    expect([name, version]).toEqual([name, installed]);
  }
});

test("every patch says why it is there and what pins it, and a fault that it names is on the page", () => {
  const folder = join(root, "src/render/patches");
  const patches = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const texts = patches.map((name) => [name, readFileSync(join(folder, name), "utf8")] as const);
  const described = texts.filter(([, text]) => text.startsWith("// Why: "));
  expect(described.length).toBeGreaterThan(10);
  for (const [name, text] of described) {
    expect([name, /^\/\/ Pinned by: /m.test(text)]).toEqual([name, true]);
    if (text.includes("docs/upstream.md")) expect(page).toContain(`\`${name}\``);
  }
  const others = [
    "patch.ts",
    "patches.ts",
    "document-font.ts",
    "build/check-bundled.ts",
    "build/check.ts",
    "build/letters.ts",
    "build/replace.ts",
  ];
  expect(
    texts
      .filter((each) => !described.includes(each))
      .map(([name]) => name)
      .sort(),
  ).toEqual(others.sort());
});
