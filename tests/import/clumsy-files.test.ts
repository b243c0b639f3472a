import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeOds } from "hucre/ods";
import { importFiles } from "../../src/cli/import.ts";
import { openCatalogue } from "../../src/report/sources/catalogue.ts";
import { zip } from "./zip.ts";

const HEADER = "Address,Suburb,State,Sold Date,Sold Price,Agent\n";
const SALE = "12 Pine St,Manly,NSW,14/06/2026,$2.45m,Ann Lee\n";

let dataDir: string;
let out: string[];
let err: string[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "agentlink-clumsy-"));
  [out, err] = [[], []];
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test("a sale has the same id whether its state is written in full or short, and its suburb in capitals", async () => {
  expect(await run("a.csv", HEADER + SALE)).toBe(0);
  for (const written of ["MANLY,New South Wales", "manly,n.s.w."]) {
    expect(await run("b.csv", HEADER + SALE.replace("Manly,NSW", written))).toBe(0);
    expect(out.at(-1)).toContain("0 new");
  }
});

test("a spreadsheet of LibreOffice is read as a workbook is", async () => {
  const rows = [HEADER, SALE].map((line) => line.trim().split(","));
  const ods = await writeOds({
    sheets: [
      { name: "Notes", rows: [["see the next sheet"]] },
      { name: "Sold", rows },
    ],
  });
  expect(await run("sold.ods", ods)).toBe(0);
  expect(out.join("\n")).toContain("the sheet “Sold”");
  const catalogue = openCatalogue({ path: join(dataDir, "catalogue.db") });
  expect(catalogue.totals()).toMatchObject({ sales: 1, agents: 1 });
  catalogue.close();
});

test("zero bytes behind the last row are no row", async () => {
  expect(await run("cut.csv", `${HEADER}${SALE}${"\0".repeat(3_000)}`)).toBe(0);
  expect(out.join("\n")).toContain("1 sales");
});

test("a quotation mark that nothing closes is told once, however much follows", async () => {
  for (const rest of ["short\n", "x".repeat(9_000_000)]) {
    expect(await run("quote.csv", `${HEADER}${SALE}"1 Pine St,Manly${rest}`)).toBe(1);
    expect(err.filter((line) => line.includes("never closed"))).toHaveLength(1);
  }
});

for (const [name, content, says] of [
  ["sold.csv", gzipSync(HEADER + SALE), /gzip file.*unpack it/],
  ["sold.7z", Buffer.from("377abcaf271c0004", "hex"), /7z archive.*unpack it/],
  ["sold.csv", Buffer.from("526172211a070100", "hex"), /RAR archive.*unpack it/],
  ["sold.csv", "%PDF-1.7\n", /a PDF.*as Excel or CSV/],
  ["sold.csv", Buffer.from("89504e470d0a1a0a", "hex"), /a picture/],
  ["sold.xlsx", zip({ "Index/Document.iwa": "x" }), /Numbers.*export it as Excel or CSV/],
  ["sold.xlsx", zip({ "[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>" }), /a Word document/],
  ["sold.csv", `${HEADER.replace("Agent", "Price,Price")}${SALE.trim()},2\n`, /price appears twice: rename or remove/],
] as const)
  test(`${name} that is none says what to do: ${says.source}`, async () => {
    expect(await run(name, content)).toBe(1);
    expect(err.join("\n")).toMatch(says);
  });

async function run(name: string, content: string | Uint8Array): Promise<number> {
  const path = join(dataDir, name);
  await Bun.write(path, content);
  [out, err] = [[], []];
  return importFiles({
    dataDir,
    files: [path],
    kind: "sales",
    now: () => new Date("2026-11-26T02:00:00Z"),
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
}
