import { expect } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PDFDocument } from "@cantoo/pdf-lib";
import { drawShape } from "../../bench/shapes/draw.ts";
import { SHAPES } from "../../bench/shapes/shapes.ts";
import { withPrograms } from "../programs.ts";
import { strayDestinations } from "./bookmarks.ts";
import { pagesOf } from "./page.ts";
import { problemsOf } from "./page-problems.ts";

const test = withPrograms("pdftotext");
const folder = mkdtempSync(join(tmpdir(), "agentlink-shapes-"));

for (const [index, [name, shape]] of Object.entries(SHAPES).entries())
  test(`the pages of a report from real-shaped data are full and nothing is on another thing: ${name}`, async () => {
    const paths = await drawShape(shape, join(folder, String(index)));
    for (const path of paths) {
      const pages = await pagesOf(path);
      const strays = strayDestinations(await PDFDocument.load(await Bun.file(path).bytes()), pages);
      // A page of the brief edition has margins of its own, and in a complete document each part ends where it does.
      const upright = pages.filter(({ width, height }) => width < height);
      const isJoined = paths.length > 1 && path === paths[0];
      expect([...(isJoined ? [] : problemsOf(upright)), ...strays]).toEqual([]);
    }
  }, 120_000);
