import { expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fontkitHasNoBrotli } from "../../src/render/patches/build/brotli.ts";

const ROOT = resolve(import.meta.dir, "../..");
const FACE = join(ROOT, "node_modules/@fontsource/newsreader/files/newsreader-latin-400-normal.woff2");

test("fontkit as the binary has it opens a face that is packed with brotli, and has no dictionary of its own", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-woff-"));
  const entry = join(folder, "entry.cjs");
  await Bun.write(
    entry,
    `const font = require(${JSON.stringify(join(ROOT, "node_modules/fontkit/dist/main.cjs"))}).openSync(${JSON.stringify(FACE)});
console.log(font.familyName, font.layout("Manly").glyphs.map((glyph) => glyph.path.toSVG().length > 20).join());`,
  );
  const { outputs, logs } = await Bun.build({
    entrypoints: [entry],
    outdir: join(folder, "out"),
    target: "bun",
    plugins: [fontkitHasNoBrotli()],
  });
  expect(logs).toEqual([]);
  expect(await outputs[0]?.text()).not.toContain("BrotliDecompressBuffer");
  const { stdout } = await Bun.$`${process.execPath} ${outputs[0]?.path ?? ""}`.quiet();
  expect(stdout.toString()).toMatch(/^Newsreader .*true,true,true,true,true\n$/);
}, 60_000);
