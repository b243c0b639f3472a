import { expect } from "bun:test";
import { mkdtempSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withPrograms } from "../programs.ts";

const testPdf = withPrograms("pdftotext");
const DPI = 60;
/** Of 255: what the edge of a letter changes by when it is a thousandth of a point aside. */
const EDGE = 48;

testPdf(
  "set faster, a page looks as pdfmake itself would set it, and takes less space",
  async () => {
    const [plain, taught] = await Promise.all([rendered("plain"), rendered("taught")]);
    const [wanted, got] = await Promise.all([pictures(plain), pictures(taught)]);
    expect(got.length).toBe(wanted.length);
    for (const [index, page] of got.entries()) expect(different(page, wanted[index] ?? EMPTY)).toBeLessThan(0.0005);
    // With the structure that pdfmake cannot write.
    expect(Bun.file(taught).size).toBeLessThan(Bun.file(plain).size);
  },
  60_000,
);

testPdf(
  "a chart of any names looks as pdfmake would draw its SVG",
  async () => {
    const [svg, drawn] = await Promise.all([rendered("svg"), rendered("shaped")]);
    const [wanted, got] = await Promise.all([pictures(svg), pictures(drawn)]);
    expect(got.length).toBe(wanted.length);
    for (const [index, page] of got.entries()) expect(different(page, wanted[index] ?? EMPTY)).toBeLessThan(0.0005);
    // A state for each chart, where SVG takes one for each mark.
    expect(Bun.file(drawn).size).toBeLessThan(Bun.file(svg).size);
  },
  60_000,
);

const EMPTY = new Uint8Array();

async function rendered(how: "plain" | "taught" | "svg" | "shaped"): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), "agentlink-typesetting-")), "report.pdf");
  await Bun.$`${process.execPath} ${join(import.meta.dir, "plain-process.ts")} ${path} ${how}`.quiet();
  return path;
}

/** The pages as portable pixmaps: three bytes for each dot. */
async function pictures(path: string): Promise<readonly Uint8Array[]> {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-typesetting-"));
  await Bun.$`pdftoppm -r ${DPI} ${path} ${join(folder, "page")}`;
  return Promise.all((await readdir(folder)).sort().map((name) => Bun.file(join(folder, name)).bytes()));
}

/** The part of a page's bytes that differ by more than an edge, 0–1. */
function different(page: Uint8Array, other: Uint8Array): number {
  if (page.length !== other.length) return 1;
  let count = 0;
  for (const [index, value] of page.entries()) if (Math.abs(value - (other[index] ?? 0)) > EDGE) count += 1;
  return count / page.length;
}
