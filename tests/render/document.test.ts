import { expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderPdf } from "../../src/render/document.ts";
import { figure } from "../../src/render/style/format.ts";
import { createRenderPool } from "../../src/render/threads/pool.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { buildReport } from "../../src/report/report.ts";
import { withPrograms } from "../programs.ts";
import { dataSet, model, OPTIONS, type Wanted } from "./data-sets.ts";
import { png } from "./pictures.ts";

const testPdf = withPrograms("pdftotext", "pdfinfo", "qpdf");
const PAGE = { width: 595.28, height: 841.89 };
const LONG = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswess";

async function fileOf(report: ReportModel): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), "agentlink-document-")), "report.pdf");
  await Bun.write(path, (await renderPdf(report)).bytes);
  return path;
}

/** The text of each page, in reading order. */
async function pagesOf(path: string): Promise<readonly string[]> {
  const text = await Bun.$`pdftotext -layout ${path} -`.text();
  return plain(text).split("\f").slice(0, -1);
}

/** The text as one line, so that a phrase is found however it is broken. */
async function textOf(path: string): Promise<string> {
  return (await Bun.$`pdftotext -raw ${path} -`.text()).replace(/\s+/g, " ");
}

function plain(text: string): string {
  return text.replaceAll("\u00a0", " ");
}

testPdf(
  "every page of made-up data is labelled as a sample, and no page of other data is",
  async () => {
    const sample = await pagesOf(await fileOf(model({ synthetic: true, agents: 6, sales: 40 })));
    for (const page of sample) expect(page).toContain("SAMPLE · SYNTHETIC DATA");
    for (const page of await pagesOf(await fileOf(model({ agents: 6, sales: 40 }))))
      expect(page).not.toContain("SAMPLE");
  },
  120_000,
);

testPdf(
  "pages are numbered, and their number is what is returned",
  async () => {
    const report = model({ agents: 6, sales: 60 });
    const { pages } = await renderPdf(report);
    const texts = await pagesOf(await fileOf(report));
    expect(texts).toHaveLength(pages);
    texts.slice(1).forEach((text, index) => {
      expect(text).toContain(`page ${index + 2} of ${pages}`);
    });
  },
  120_000,
);

testPdf(
  "a report of data without a day says when it was made, and not what day the data is of",
  async () => {
    const agents = [{ name: "Ada Quill", supplied: { sales_12m: 4 } }];
    const [cover = ""] = await pagesOf(await fileOf(buildReport({ agents }, OPTIONS)));
    expect(cover).toMatch(/Made on \d+ \w+ \d{4}\s+The data has no dates/);
    expect(cover).not.toContain("Data as of");
  },
  60_000,
);

testPdf(
  "the cover and the second page say who leads and where the agency that asked stands",
  async () => {
    const report = model({}, { preparedFor: "Harbour Row" });
    const path = await fileOf(report);
    const [cover = "", verdict = ""] = await pagesOf(path);
    const { tiles } = report.verdict;
    const [leadingAgency] = report.verdict.leadingAgencies;
    const [leadingAgent] = report.verdict.leadingAgents;
    const standing = report.preparedFor;
    expect(cover).toContain("Manly");
    expect(cover).toContain("Data as of 30 June 2026");
    expect(cover).toContain(leadingAgency?.name ?? "missing");
    expect(cover).toContain(leadingAgent?.name ?? "missing");
    expect(verdict).toContain(`#${standing?.rank}`);
    expect(verdict).toContain(plain(figure(standing?.share ?? { value: null, n: null, supplied: false }, "percent")));
    expect(verdict).toMatch(
      new RegExp(`${standing?.gap?.sales} more sales? would put it\\s+past\\s+#${standing?.gap?.rank}`),
    );
    for (const tile of tiles) expect(verdict).toContain(plain(figure(tile.figure, tile.unit)));
    const flat = verdict.replace(/\s+/g, " ");
    for (const sentence of report.verdict.sentences) expect(flat).toContain(sentence.split(" ").slice(0, 5).join(" "));
  },
  120_000,
);

testPdf(
  "all sections are there, in their order, bookmarked and linked from the contents",
  async () => {
    const path = await fileOf(model({ market: true }));
    const text = await textOf(path);
    const titles = [
      "The verdict",
      "The market",
      "The agencies",
      "The agents",
      "The top agents",
      "Price bands",
      "Current listings",
      "Recent sales",
      "Method",
    ];
    const outline = (await Bun.$`qpdf --json --json-key=outlines ${path}`.json()) as { outlines: { title: string }[] };
    expect(outline.outlines.map(({ title }) => title)).toEqual(titles);
    expect(titles.map((title) => text.lastIndexOf(title))).not.toContain(-1);
    const links = await Bun.$`pdfinfo -dests ${path}`.text();
    for (const id of ["verdict", "market", "agencies", "agents", "cards", "card-1", "method"])
      expect(links).toContain(`"${id}"`);
    const qdf = await Bun.$`qpdf --qdf --object-streams=disable ${path} -`.text();
    expect(qdf.match(/\/S \/GoTo/g)?.length).toBeGreaterThan(titles.length);
  },
  120_000,
);

testPdf(
  "the metadata names the report, its language and its author, with every character right",
  async () => {
    const branding = { name: "Smith & Søns <Manly>", colour: "#ffdd00", contact: "02 9977 0000", logo: png() };
    const path = await fileOf(model({ agents: 3, sales: 30 }, { branding }));
    const info = await Bun.$`pdfinfo ${path}`.text();
    expect(info).toContain("Title:           Agents report: Manly NSW 2095");
    expect(info).toContain("Author:          Smith & Søns <Manly>");
    expect(info).toMatch(/Page size: +595\.28 x 841\.89 pts \(A4\)/);
    expect(await Bun.$`qpdf --qdf --object-streams=disable ${path} -`.text()).toContain("/Lang (en-AU)");
    const [, second = ""] = await pagesOf(path);
    expect(second).toContain("Smith & Søns <Manly> · 02 9977 0000");
  },
  120_000,
);

testPdf(
  "names are words and nothing else: no link leaves the report, no markup is read",
  async () => {
    const agentName = (index: number) =>
      ["https://evil.example/", "<b>Ann</b>", '<image href="/etc/passwd"/>', "javascript:alert(1)"][index % 4] ?? "";
    const path = await fileOf(model({ agentName, agencyName: (index) => `http://agency-${index}.example` }));
    const qdf = await Bun.$`qpdf --qdf --object-streams=disable ${path} -`.text();
    expect(qdf).not.toContain("/URI");
    expect(await textOf(path)).toContain("<b>Ann</b>");
  },
  120_000,
);

const SHAPES: Readonly<Record<string, Wanted>> = {
  "no agents, no sales": { agents: 0, agencies: 0, sales: 0, listings: 0, market: true },
  "names alone": { agents: 5, agencies: 0, sales: 0, listings: 0 },
  "one agent": { agents: 1, agencies: 1, sales: 1, listings: 1 },
  "two agents": { agents: 2, agencies: 2, sales: 4, listings: 0 },
  "no prices": { priced: 0 },
  "200 agents": { agents: 200, agencies: 60, sales: 1_500, listings: 200 },
  "one huge agency": { oneAgency: true, sales: 600 },
  "names of 80 characters without a blank": {
    agentName: (index) => `${LONG}${index}`,
    agencyName: (index) => `${LONG}${index}`,
    address: (index) => `${index}${LONG.repeat(3)}`,
  },
  "names of many scripts": {
    agentName: (index) => ["陳大文", "김민수", "Иван Ωμέγα", "Tāmati 🏡", "مريم"][index % 5] ?? "",
  },
};

for (const [shape, wanted] of Object.entries(SHAPES))
  testPdf(
    `a report holds its shape with ${shape}`,
    async () => {
      const path = await fileOf(model(wanted));
      expect(await Bun.$`qpdf --check ${path}`.text()).toContain("No syntax or stream encoding errors found");
      const boxes = await Bun.$`pdftotext -bbox ${path} -`.text();
      for (const [, left, , right, bottom] of boxes.matchAll(
        /<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">/g,
      )) {
        expect(Number(left)).toBeGreaterThanOrEqual(50);
        expect(Number(right)).toBeLessThanOrEqual(PAGE.width - 50);
        expect(Number(bottom)).toBeLessThanOrEqual(PAGE.height - 20);
      }
      for (const [index, page] of (await pagesOf(path)).entries())
        expect(page.split("\n").filter((line) => line.trim() !== "").length, `page ${index + 1}`).toBeGreaterThan(3);
      expect(Bun.file(path).size).toBeLessThan(1_000_000);
    },
    60_000,
  );

testPdf("a list of agencies has no column of which nothing is known", async () => {
  const agencies = Array.from({ length: 40 }, (_, at) => ({ id: `y${at}`, name: `Tern ${at}` }));
  const listing = { id: "l", address: "1 Elm Street", category: "house" as const, agency_ids: ["y0"] };
  const data = { as_of: "2026-06-30", agencies, listings: [listing] };
  const sales = [0, 1, 39].map((at) => ({
    ...{ id: `s${at}`, address: `${at} Elm Street`, category: "house" as const, sold_date: "2026-06-01" },
    agency_ids: [`y${at}`],
  }));
  const heads = async (of: object) => {
    const text = await textOf(await fileOf(buildReport({ ...data, ...of }, OPTIONS)));
    return text.match(/\bMOM\.|OTHER AGENCIES(?:: [A-Z, ]+SALES)?/g);
  };
  expect(await heads({})).toEqual(["OTHER AGENCIES"]);
  expect(await heads({ sales })).toContain("MOM.");
});

test("the same data gives the same bytes, in another thread and in another process", async () => {
  const wanted: Wanted = { agents: 8, sales: 60, agentName: (index) => `陳 ${index}`, market: true };
  const here = new Bun.CryptoHasher("sha256").update((await renderPdf(model(wanted))).bytes).digest("hex");
  const folder = mkdtempSync(join(tmpdir(), "agentlink-same-"));
  const pool = createRenderPool({ threads: 2 });
  try {
    const tasks = ["a", "b", "c"].map((name) => ({
      dataSet: new TextEncoder().encode(JSON.stringify(dataSet(wanted))),
      options: OPTIONS,
      output: join(folder, name),
    }));
    const rendered = await Promise.all(tasks.map((task) => pool.render(task, {})));
    expect(rendered.map(({ sha256 }) => sha256)).toEqual([here, here, here]);
  } finally {
    await pool.close();
  }
  const script = `
    import { renderPdf } from ${JSON.stringify(join(import.meta.dir, "../../src/render/document.ts"))};
    import { model } from ${JSON.stringify(join(import.meta.dir, "data-sets.ts"))};
    const wanted = { agents: 8, sales: 60, agentName: (index) => "陳 " + index, market: true };
    const { bytes } = await renderPdf(model(wanted));
    console.log(new Bun.CryptoHasher("sha256").update(bytes).digest("hex"));`;
  const elsewhere = Bun.spawn([process.execPath, "-e", script], {
    stdout: "pipe",
    env: { TZ: "Pacific/Auckland", LANG: "pl_PL" },
  });
  expect((await new Response(elsewhere.stdout).text()).trim()).toBe(here);
}, 240_000);
