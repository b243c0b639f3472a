import { expect } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PDFDocument } from "@cantoo/pdf-lib";
import { drawShape } from "../../bench/shapes/draw.ts";
import { SHAPES } from "../../bench/shapes/shapes.ts";
import { withPrograms } from "../programs.ts";
import { strayDestinations } from "./bookmarks.ts";
import { type Page, pagesOf } from "./page.ts";
import { fullnessOf, problemsOf } from "./page-problems.ts";

const test = withPrograms("pdftotext");
/** Of the last page. */
const LEAST_LAST = 0.22;
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
      // What is left of Method is at least all of its sources and the disclaimer, or has definitions above it.
      if (upright.length > 1 && upright.at(-1)?.text.includes("Disclaimer"))
        expect(fullnessOf(upright.at(-1) as Page)).toBeGreaterThan(LEAST_LAST);
    }
  }, 120_000);
