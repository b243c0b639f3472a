import { expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OPTIONS as SAMPLE, sampleDataSet } from "../../bench/sample.ts";
import { renderPdf } from "../../src/render/document.ts";
import { figure, percent } from "../../src/render/style/format.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { buildReport } from "../../src/report/report.ts";
import { withPrograms } from "../programs.ts";
import { sale } from "../report/data.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";
import { watchLayout } from "./layout-watch.ts";
import { modelOf, SHAPES } from "./matrix.ts";
import { type Page, pagesOf, squeeze } from "./page.ts";
import { problemsOf } from "./page-problems.ts";

const testPdf = withPrograms("pdftotext", "qpdf");
const folder = mkdtempSync(join(tmpdir(), "agentlink-layout-"));

for (const [name, shape] of Object.entries(SHAPES))
  testPdf(
    `the layout holds: ${name}`,
    async () => {
      const model = modelOf(shape);
      const path = join(folder, "report.pdf");
      const hidden: string[] = [];
      const undo = watchLayout((words) => hidden.push(words));
      try {
        await Bun.write(path, (await renderPdf(model)).bytes);
      } finally {
        undo();
      }
      await Bun.$`qpdf --check ${path}`.quiet();
      const pages = await pagesOf(path);
      if (pages.at(-1)?.text.includes("Disclaimer")) expect(pages.at(-1)?.text).toMatch(/Sources|licence:/);
      expect([...new Set(hidden), ...problemsOf(pages), ...cut(model, pages)]).toEqual([]);
      const text = pages.map((page) => page.text).join("");
      expect(figures(model).filter((value) => !text.includes(squeeze(value)))).toEqual([]);
    },
    120_000,
  );

testPdf("what is short shares its page with what follows, and no note defines a column without a figure", async () => {
  const path = join(folder, "short.pdf");
  await Bun.write(path, (await renderPdf(modelOf(SHAPES["agencies alone"] ?? {}))).bytes);
  const [, second] = await pagesOf(path);
  expect(second?.text).toContain("Theverdict");
  expect(second?.text).toContain("Theagencies");
  expect(second?.text).not.toContain("inpercentagepoints");
});

testPdf("what names the first of a tie states how many more there are, and a band without a sale has 0", async () => {
  const ids = Array.from({ length: 15 }, (_, at) => String.fromCharCode(97 + at));
  const text = async (leaders: number) => {
    const data = {
      as_of: "2026-06-30",
      agencies: ids.map((id) => ({ id, name: `Agency ${id}` })),
      agents: ids.map((id) => ({ id: `x${id}`, name: `Agent ${id}`, agency_id: id })),
      sales: ids.flatMap((id, at) =>
        Array.from({ length: at < leaders ? 5 : 4 }, (_, n) =>
          sale({
            price: 800_000 + at * 90_000,
            sold_date: `2026-0${1 + n}-1${at % 10}`,
            agency_ids: [id],
            agents: [{ id: `x${id}` }],
          }),
        ),
      ),
    };
    const path = join(folder, "ties.pdf");
    await Bun.write(path, (await renderPdf(buildReport(data, OPTIONS))).bytes);
    return (await pagesOf(path)).map((page) => page.text).join("");
  };
  const all = await text(0);
  for (const words of [
    "3 more agents are level with the last one shown.",
    "SHARE OF THE SALES; 5 MORE AGENCIES ARE LEVEL WITH THE LAST ONE SHOWN",
    "by price band and agency: the first 10 of 15 agencies; 5 more agencies are level with the last one shown.",
  ])
    expect(all).toContain(squeeze(words));
  // None at that price: a number, as elsewhere.
  expect(all).toMatch(/Agencyo0{3,}4/);
  const ten = await text(10);
  expect(ten).toContain(squeeze("by price band and agency: the first 10 of 15 agencies."));
  expect(ten).toContain(squeeze("SHARE OF THE SALES Agency"));
  expect(await text(12)).not.toContain("moreagents");
});

testPdf(
  "a table has no column about which nothing is known, and no note explains what the page does not have",
  async () => {
    const path = join(folder, "columns.pdf");
    const texts = async (shape: string) => {
      await Bun.write(path, (await renderPdf(modelOf(SHAPES[shape] ?? {}))).bytes);
      return (await pagesOf(path)).map(({ text }) => text).join("");
    };
    const register = await texts("a register: no agents, agencies, methods or listing dates");
    // Poppler may take a column of numbers for one of its own.
    expect(register).toMatch(/SOLDADDRESS/);
    expect(register).toMatch(/PRICE(?!S)/);
    expect(register).not.toMatch(/METHOD|DAYS|AGENCYANDAGENT|Notstated/);
    const cards = async (change: (sale: object) => object) => {
      const model = modelOf({
        ...{ agents: 4, agencies: 2, sales: 40 },
        change: (data) => ({ ...data, sales: data.sales?.map((sale) => ({ ...sale, ...change(sale) })) ?? [] }),
      });
      await Bun.write(path, (await renderPdf({ ...model, sections: ["cards"] })).bytes);
      return (await pagesOf(path)).map(({ text }) => text.split("Method")[0]).join("");
    };
    expect(await cards(() => ({}))).toContain("RANKSALESMEDIANDAYS");
    expect(await cards(() => ({ listed_date: null }))).toMatch(/RANKSALESMEDIAN(?!DAYS)/);
    expect(await cards(() => ({ listed_date: null, price: null }))).toMatch(/RANKSALES(?!MEDIAN)/);
    const small = await texts("small, with failed auctions");
    expect(small).toContain("CHANGESALESVALUEMEDIANN");
    expect(small).not.toMatch(/LISTED|MOM\.|Toofewdisclosed/);
    expect(await texts("as supplied alone")).not.toMatch(/nisthenumber|toofewtoshow|AGENCYSHARE/);
  },
);

testPdf("sales are headed by whom they name: agencies, agents or both", async () => {
  const path = join(folder, "people.pdf");
  const textOf = async (without: object) => {
    const model = modelOf({
      ...{ agents: 3, agencies: 2, sales: 20 },
      change: (data) => ({
        ...data,
        agents: data.agents?.map(({ agency_id: _, ...agent }) => agent) ?? [],
        sales: data.sales?.map((sale) => ({ ...sale, ...without })) ?? [],
      }),
    });
    await Bun.write(path, (await renderPdf({ ...model, sections: ["sales"] })).bytes);
    const text = await Bun.$`pdftotext -raw ${path} -`.text();
    return text.slice(text.lastIndexOf("Recent sales"), text.lastIndexOf("Method\n"));
  };
  expect(await textOf({})).toMatch(/\bAGENCY AND AGENT\b/);
  expect(await textOf({ agents: [] })).toMatch(/\bAGENCY\b(?! AND)/);
  const agents = await textOf({ agency_ids: [] });
  expect(agents).toMatch(/(?<!AND )\bAGENT\b/);
  // Above the agent's name was a dash for the agency.
  expect(agents).not.toMatch(/ –$/m);
});

testPdf("a rank among one, and a share that hardly changed, are described in words", async () => {
  const path = join(folder, "only.pdf");
  await Bun.write(path, (await renderPdf(modelOf(SHAPES["one huge agency"] ?? {}))).bytes);
  const text = (await pagesOf(path)).map((page) => page.text).join("");
  expect(text).toContain("theonlyagencywithasale,100%ofthesales");
  expect(text).toContain("unchangedontheyear");
  expect(text).not.toMatch(/#1of1,|of1agency|[+−]?\b0(\.0)?points/);
});

testPdf("what would be a single bar or band is left out, and so is its definition", async () => {
  const path = join(folder, "single.pdf");
  const textOf = async (price: number, method: "auction" | "private_treaty") => {
    const made = dataSet({ agents: 3, agencies: 3, sales: 24, listings: 0 });
    const sales = (made.sales ?? []).map((sale, index) => ({
      ...sale,
      ...{ category: "house" as const, price: 1_000_000 + index * price, price_disclosed: true },
      method: index % 2 === 0 ? ("private_treaty" as const) : method,
    }));
    await Bun.write(path, (await renderPdf(buildReport({ ...made, sales }, OPTIONS))).bytes);
    return (await pagesOf(path)).map(({ text }) => text).join("");
  };
  expect(await textOf(50_000, "auction")).toMatch(/SALEMETHODS,HOUSES.*Pricebands.*Methodmix/s);
  expect(await textOf(0, "private_treaty")).not.toMatch(/SALEMETHODS|Pricebands|Methodmix/);
});

test("the sample report has the twelve pages that the documentation promises", async () => {
  const { pages } = await renderPdf(buildReport(await sampleDataSet(), SAMPLE));
  expect(pages).toBe(12);
});

/** Rows of the sales whose address and price are not on one page. */
function cut({ sales: { rows } }: ReportModel, pages: readonly Page[]): readonly string[] {
  return rows
    .filter(({ address, price }) => {
      const parts = [squeeze(address).slice(0, 8), price === null ? "" : `$${price.toLocaleString("en-AU")}`];
      return /^[\x20-\x7e]+$/.test(address) && !pages.some(({ text }) => parts.every((part) => text.includes(part)));
    })
    .map(({ address }) => `the row of ${address} is cut`);
}

/** Every figure of the model, as the report prints it. */
function figures({
  locality,
  verdict,
  market,
  agencies,
  agents,
  cards,
  heatMap,
  listings,
  sales,
  method,
}: ReportModel): string[] {
  return [
    ...[locality.population, locality.dwellings].flatMap((n) => (n === null ? [] : n.toLocaleString("en-AU"))),
    ...(verdict.tiles.some((tile) => tile.figure.supplied) ? ["as supplied by the source"] : []),
    ...verdict.tiles.map((tile) => figure({ ...tile.figure, n: null }, tile.unit)),
    ...verdict.sentences,
    ...market.flatMap((of) => [
      figure(of.median, "money"),
      figure(of.growth, "percent_change"),
      figure(of.disclosureRate, "share"),
      figure(of.daysOnMarket, "days"),
      figure(of.vendorDiscount, "percent"),
      figure(of.saleToList, "percent"),
      figure(of.clearance, "share"),
      figure({ ...of.monthsOfSupply, n: null }, "months"),
      figure(of.grossYield, "percent"),
      ...of.methodMix.map(({ share }) => percent(share)),
    ]),
    figure(agencies.concentration, "count"),
    ...[...agencies.rows.slice(0, 32), ...agents.rows.slice(0, 32)].flatMap((row) => [
      figure(row.share, "share"),
      figure(row.value, "total"),
      figure(row.median, "money"),
    ]),
    ...cards.flatMap(({ phone, involved }) => [phone ?? "", figure(involved, "count")]),
    ...(heatMap?.rows.flatMap(({ counts }) => counts.filter((n) => n > 0).map(String)) ?? []),
    `${listings.total}`,
    ...sales.rows.map(({ price }) => (price === null ? "–" : `$${price.toLocaleString("en-AU")}`)),
    ...method.definitions.map(({ term }) => term),
  ].filter((value) => value !== "–" && !value.includes("◊"));
}
