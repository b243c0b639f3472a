import { expect } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DRAW } from "../../src/render/documents.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import type { ReportOptions } from "../../src/report/options.ts";
import { filterOf } from "../../src/report/request/filter.ts";
import { withPrograms } from "../programs.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";
import { overlaps, type Page, pagesOf, squeeze } from "./page.ts";

const test = withPrograms("pdftotext");

async function drawn(
  data: DataSet,
  options: Partial<ReportOptions>,
  kind: "agents" | "agents_brief" | "agency" = "agents",
) {
  const path = join(mkdtempSync(join(tmpdir(), "agentlink-selection-")), "report.pdf");
  const { bytes } = await DRAW[kind](data, { ...OPTIONS, ...options }, () => {});
  await Bun.write(path, bytes);
  return pagesOf(path);
}

/** Of every fifth sale the bedrooms are not known; every fourth is in a neighbour. */
function data(): DataSet {
  const made = dataSet({ agents: 9, sales: 160, priced: 0.8 });
  return {
    ...made,
    sales: (made.sales ?? []).map((sale, index) => ({
      ...sale,
      ...{
        beds: index % 5 === 0 ? null : 3,
        property_type: index % 2 === 0 ? "House" : "Townhouse",
        category: "house",
      },
      ...(index % 4 === 0 ? { suburb: "Fairlight" } : {}),
    })) as NonNullable<DataSet["sales"]>,
  };
}

test("what was requested is on the cover and in Method, with what was left out; tables name the neighbours", async () => {
  const filter = filterOf({ property_types: ["House", "Townhouse"], min_bedrooms: 3 });
  const pages = await drawn(data(), {
    filter,
    beside: { named: [], surroundings: true },
    featured: { agent: null, agency: null },
  });
  const said = squeeze("houses and townhouses, 3 bedrooms or more, Manly and 5 neighbours").slice(1);
  const leftOut = /\d+salesexcludedbecausetheirbedroomsareunknown/;
  const [cover = "", ...others] = pages.map(({ text }) => text);
  // Coverage may begin at the end of a page.
  const [, method = ""] = others.join("").split("Coverage");
  for (const text of [cover, method]) {
    expect(text).toContain(said);
    expect(text).toMatch(leftOut);
  }
  expect(pages.some(({ text }) => /Fairlight·(townhouse|house)/i.test(text))).toBe(true);
  for (const page of pages) expect(overlaps(page.words)).toEqual([]);
});

test("a filter that leaves nothing makes one page that says so, in either edition", async () => {
  const filter = filterOf({ min_bedrooms: 9 });
  for (const kind of ["agents", "agents_brief"] as const) {
    const [page, ...more] = await drawn(data(), { filter }, kind);
    expect(more).toEqual([]);
    expect(page?.text).toContain("Nothingfound");
    expect(page?.text).toContain("9bedroomsormore");
  }
});

test("no data at all makes a page that says so where the old contract is spoken, and is a failure elsewhere", async () => {
  for (const report of ["agents", "agency"] as const) {
    const [page, ...more] = await drawn({}, { emptyIsPage: true }, report);
    expect([page?.text.includes("Nothingfound"), more]).toEqual([true, []]);
    expect(drawn({}, {}, report)).rejects.toMatchObject({ code: "no_data" });
  }
});

test("an agent and an agency that were requested are marked, and change no rank and no figure", async () => {
  const made = dataSet({ agents: 9, sales: 160, priced: 0.8 });
  const agent = made.agents?.at(-1);
  const featured = { agent: agent?.name.toUpperCase() ?? "", agency: made.agencies?.at(-1)?.id ?? "" };
  const plain = await drawn(made, {});
  const marked = await drawn(made, { featured });
  const method = marked.find(({ text }) => text.includes("Thefigurescover"));
  expect(method?.text).toContain(squeeze(`Highlighted at the client's request: ${agent?.name}`));
  expect(untilMethod(marked)).toEqual(untilMethod(plain));
});

function untilMethod(pages: readonly Page[]): readonly string[] {
  return pages
    .slice(
      0,
      pages.findIndex(({ text }) => text.includes("Thefigurescover")),
    )
    .map(({ text }) => text);
}

test("the sections that a request names are drawn alone, with side by side and comparable sales", async () => {
  const made = data();
  const [one, two] = made.agents ?? [];
  const pages = await drawn(made, {
    sections: ["market", "comparison", "comparables"],
    compare: [one?.name ?? "", two?.name ?? "", "Nobody Known"],
    subject: { address: "1 Long Street", bedrooms: 3, price: 1_500_000 },
  });
  const all = pages.map(({ text }) => text).join("\n");
  for (const title of ["Theverdict", "Themarket", "Sidebyside", "Comparablesales", "Method"])
    expect(all).toContain(title);
  for (const title of ["Thetopagents", "Recentsales", "Pricebands"]) expect(all).not.toContain(title);
  expect(all).toContain("NobodyKnown");
  for (const page of pages) expect(overlaps(page.words)).toEqual([]);
});
