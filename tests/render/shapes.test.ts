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
    const path = await drawShape(shape, join(folder, String(index)));
    const pages = await pagesOf(path);
    const strays = strayDestinations(await PDFDocument.load(await Bun.file(path).bytes()), pages);
    expect([...problemsOf(pages), ...strays]).toEqual([]);
  }, 120_000);
