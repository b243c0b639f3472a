import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { degrees, PDFDocument } from "@cantoo/pdf-lib";
import { renderPdf } from "../../src/render/document.ts";
import { checkPart, joinPdfs } from "../../src/render/joined/complete.ts";
import type { CompletePart } from "../../src/render/render.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { withPrograms } from "../programs.ts";
import { model, OPTIONS } from "./data-sets.ts";
import { expectArchival } from "./pdf-a.ts";

const testPdf = withPrograms("qpdf", "pdftotext", "pdfinfo");
const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const part = (name: string, fixed = false): CompletePart => ({ path: at(name), fixed });
const quiet = () => {};

setDefaultTimeout(60_000);

beforeAll(async () => {
  await Bun.write(at("agents.pdf"), (await renderPdf(model({ agents: 6, sales: 40, market: true }))).bytes);
  await Bun.write(at("archive.pdf"), (await renderPdf(model({ agents: 2 }), "PDF/A-2b")).bytes);
  const own = await PDFDocument.create();
  own.setTitle("How to sell");
  for (const words of ["Selling, page one", "Selling, page two"])
    own.addPage([400, 500]).drawText(words, { x: 20, y: 400 });
  own.getPage(1).setRotation(degrees(90));
  await Bun.write(at("front.pdf"), await own.save());
  await Bun.write(at("broken.pdf"), "%PDF-1.7 and no more");
});

async function joined(parts: readonly CompletePart[], options = OPTIONS) {
  const { bytes, pages: count } = await joinPdfs(parts, options, quiet);
  const path = at(`${Bun.randomUUIDv7()}.pdf`);
  await Bun.write(path, bytes);
  await Bun.$`qpdf --check ${path}`.quiet();
  const json = await Bun.$`qpdf --json=2 --json-key=outlines --json-key=pages --json-key=pagelabels ${path}`
    .quiet()
    .json();
  return { path, count, bytes, ...(json as Outlined) };
}

interface Outlined {
  readonly outlines: readonly Outline[];
  readonly pages: readonly unknown[];
  readonly pagelabels: readonly { index: number; label: Readonly<Record<string, unknown>> }[];
}
interface Outline {
  readonly title: string;
  readonly destpageposfrom1: number;
  readonly kids: readonly Outline[];
}

const textOf = async (path: string, page: number) => Bun.$`pdftotext -f ${page} -l ${page} ${path} -`.quiet().text();

testPdf(
  "parts come in their order, each outline's lines lead to their pages, and labels agree with printed numbers",
  async () => {
    const { path, outlines, count, pagelabels } = await joined([
      part("front.pdf", true),
      part("agents.pdf"),
      part("front.pdf", true),
    ]);
    const own = await PDFDocument.load(await Bun.file(at("agents.pdf")).bytes());
    expect(count).toBe(own.getPageCount() + 4);
    expect(await textOf(path, 1)).toContain("Selling, page one");
    expect(await textOf(path, count)).toContain("Selling, page two");
    expect(outlines.map(({ title, destpageposfrom1 }) => [title, destpageposfrom1])).toEqual([
      ["How to sell", 1],
      ["Agents report: Manly NSW 2095", 3],
      ["How to sell", own.getPageCount() + 3],
    ]);
    const chapters = outlines[1]?.kids ?? [];
    expect(chapters.length).toBeGreaterThan(4);
    for (const { title, destpageposfrom1: page } of chapters) expect(await textOf(path, page)).toContain(title);
    expect(pagelabels.map(({ index, label }) => [index, label["/S"], label["/P"]])).toEqual([
      [0, "/r", undefined],
      [2, "/D", undefined],
      [own.getPageCount() + 2, "/D", "u:Z-"],
    ]);
  },
);

testPdf(
  "each page says what it says in its part, and the contents name the printed numbers of their chapters",
  async () => {
    const { path, outlines, count } = await joined([part("front.pdf", true), part("agents.pdf"), part("archive.pdf")]);
    const pagesOf = async (file: string) => {
      const { length } = (await PDFDocument.load(await Bun.file(file).bytes())).getPages();
      return Promise.all(Array.from({ length }, (_, index) => textOf(file, index + 1)));
    };
    const parts = await Promise.all(["front.pdf", "agents.pdf", "archive.pdf"].map((file) => pagesOf(at(file))));
    expect(await pagesOf(path)).toEqual(parts.flat());
    expect(count).toBe(parts.flat().length);
    // The cover's contents: a title and the number that is printed on its page, which begins again in each part.
    const [, report] = outlines;
    const cover = (await textOf(path, 3)).replace(/\s+/g, " ");
    for (const { title, destpageposfrom1: page } of report?.kids ?? [])
      expect(cover).toMatch(new RegExp(`${title} ${page - 2}\\b|${page - 2} ${title}`));
  },
);

testPdf("links within a part lead to its pages in the whole, and no page is there twice", async () => {
  const { path } = await joined([part("front.pdf", true), part("agents.pdf")]);
  const { qpdf } = await Bun.$`qpdf --json=2 ${path}`.quiet().json();
  const objects = Object.values(qpdf[1]) as { value?: Record<string, unknown> }[];
  const values = objects.flatMap(({ value }) => (value && typeof value === "object" ? [value] : []));
  const { pages } = await Bun.$`qpdf --json=2 --json-key=pages ${path}`.quiet().json();
  const refs = new Set((pages as { object: string }[]).map(({ object }) => object));
  expect(values.filter((value) => value["/Type"] === "/Page").length).toBe(refs.size);
  const inner = values.filter((value) => value["/Subtype"] === "/Link" && Array.isArray(value["/Dest"]));
  expect(inner.length).toBeGreaterThan(4);
  for (const value of inner) expect(refs).toContain((value["/Dest"] as string[])[0] ?? "");
});

testPdf("the same parts give the same bytes, with a title and an author", async () => {
  const parts = [part("front.pdf", true), part("agents.pdf")];
  const [first, second] = [await joined(parts), await joined(parts)];
  expect(first.bytes).toEqual(second.bytes);
  const info = await Bun.$`pdfinfo ${first.path}`.quiet().text();
  expect(info).toContain("Complete report: Manly NSW 2095");
});

testPdf("of parts that are PDF/A the whole is, and one that is not is refused by its name", async () => {
  const archival = { ...OPTIONS, pdfStandard: "PDF/A-2b" as const };
  const { path } = await joined([part("archive.pdf"), part("archive.pdf")], archival);
  await expectArchival(path);
  const mixed = joinPdfs([part("front.pdf", true), part("archive.pdf")], archival, quiet);
  await expect(mixed).rejects.toThrow("front.pdf is not PDF/A-2");
});

test("what is no PDF, or is not there, cannot be a part, and is named", async () => {
  await expect(checkPart(at("broken.pdf"))).rejects.toThrow("broken.pdf is not a PDF that can be joined");
  await expect(checkPart(at("missing.pdf"))).rejects.toThrow("missing.pdf");
  await checkPart(at("front.pdf"));
});

testPdf("one that is protected by a password is refused, and says what to do", async () => {
  await Bun.$`qpdf --encrypt user owner 256 -- ${at("front.pdf")} ${at("locked.pdf")}`.quiet();
  await expect(checkPart(at("locked.pdf"))).rejects.toThrow("save it without a password");
});
