import { expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DRAW } from "../../src/render/documents.ts";
import { money } from "../../src/render/style/format.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import type { ReportOptions } from "../../src/report/options.ts";
import { withPrograms } from "../programs.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";
import { overlaps, type Page, pagesOf, squeeze } from "./page.ts";
import { png } from "./pictures.ts";

const testPdf = withPrograms("pdftotext");
const A4_LANDSCAPE = [841.89, 595.28];

async function drawn(data: DataSet, options: Partial<ReportOptions> = {}): Promise<readonly Page[]> {
  const path = join(mkdtempSync(join(tmpdir(), "agentlink-brief-")), "brief.pdf");
  const { bytes, pages } = await DRAW.agents_brief(data, { ...OPTIONS, ...options }, () => {});
  await Bun.write(path, bytes);
  const found = await pagesOf(path);
  expect(found).toHaveLength(pages);
  return found;
}

/** The figures of an agent from the rows alone. */
function figuresOf(data: DataSet, id: string) {
  const sold = (data.sales ?? []).filter(
    ({ sold_date, outcome }) =>
      outcome !== "passed_in" && (sold_date ?? "") >= "2025-07-01" && (sold_date ?? "") <= "2026-06-30",
  );
  const lead = sold.filter(({ agents }) => agents?.some((one) => one.id === id && one.role !== "co"));
  const joint = sold.filter((sale) => !lead.includes(sale) && sale.agents?.some((one) => one.id === id));
  const prices = [...lead, ...joint].flatMap(({ price, price_disclosed }) => (price_disclosed && price ? [price] : []));
  prices.sort((a, b) => a - b);
  const middle = (prices.length - 1) / 2;
  const median = ((prices[Math.floor(middle)] ?? 0) + (prices[Math.ceil(middle)] ?? 0)) / 2;
  return {
    lead: lead.length,
    joint: joint.length,
    value: prices.reduce((a, b) => a + b, 0),
    median,
    prices: prices.length,
  };
}

/** Every third sale is also another agent's. */
function withJointSales(): DataSet {
  const data = dataSet({ agents: 9, sales: 160, priced: 0.8 });
  return {
    ...data,
    sales: (data.sales ?? []).map((sale, index) =>
      index % 3 === 0
        ? { ...sale, agents: [...(sale.agents ?? []), { id: `a${(index * 5) % 9}`, role: "co" as const }] }
        : sale,
    ),
  };
}

testPdf(
  "the brief edition is one page with the five agents who have most sales, and their figures are those of the rows",
  async () => {
    const data = withJointSales();
    const [page, ...more] = await drawn(data);
    expect(more).toEqual([]);
    expect([page?.width, page?.height]).toEqual(A4_LANDSCAPE);
    const agents = (data.agents ?? [])
      .map((agent) => ({ ...agent, ...figuresOf(data, agent.id ?? "") }))
      .sort((a, b) => b.lead + b.joint - (a.lead + a.joint) || b.lead - a.lead || b.value - a.value);
    for (const [index, agent] of agents.entries()) {
      const shown = page?.text.includes(squeeze(agent.name)) ?? false;
      expect([agent.name, shown]).toEqual([agent.name, index < 5]);
      if (index >= 5) continue;
      for (const figure of [money(agent.value), money(agent.median), `${agent.prices}prices`])
        expect(page?.text).toContain(figure);
      expect(numbersBeside(page, agent.name)).toEqual(
        expect.arrayContaining([String(agent.lead), String(agent.joint)]),
      );
    }
  },
);

/** The words right of the agencies in the row that a name is in. */
function numbersBeside(page: Page | undefined, name: string): readonly string[] {
  const first = page?.words.find(({ text }) => text === name.split(" ")[0]);
  const inRow = page?.words.filter(({ top, left }) => left > 540 && Math.abs(top - (first?.top ?? -99)) < 20);
  return (inRow ?? []).map(({ text }) => text);
}

const LONG = "Wolfeschlegelsteinhausenbergerdorff Konstantinopoulou-Featherstonehaugh de la Fontaine-Smythe";
const SHAPES: Readonly<Record<string, DataSet>> = {
  "one agent": dataSet({ agents: 1, agencies: 1, sales: 4 }),
  "two agents without a price": dataSet({ agents: 2, sales: 12, priced: 0 }),
  "four agents": dataSet({ agents: 4, sales: 60 }),
  "forty agents with long names": dataSet({ agents: 40, agentName: () => LONG, agencyName: () => LONG }),
  "figures as supplied": dataSet({ agents: 5, sales: 0 }),
  "photos and logos of any shape": {
    ...dataSet({}),
    agents: (dataSet({}).agents ?? []).map((agent, index) => ({
      ...agent,
      photo: png({ width: 3 + index * 9, height: 40 }),
    })),
    agencies: (dataSet({}).agencies ?? []).map((agency, index) => ({
      ...agency,
      logo: png({ width: 4, height: 4 + 40 * index }),
    })),
  },
};

testPdf.each(Object.entries(SHAPES))("it holds its shape with %s", async (_, data) => {
  const partners = ["Ann Paid", LONG, "Cy"].map((agent, index) => ({ id: `p${index}`, agent, agency: LONG, sales: 3 }));
  for (const each of [data, { ...data, partners }]) {
    const pages = await drawn(each, {
      suburb: "Kangaroo Point South-Woolloomooloo",
      branding: { name: LONG, contact: LONG },
    });
    expect(pages).toHaveLength(1);
    for (const { words, width, height } of pages) {
      expect(overlaps(words)).toEqual([]);
      expect(words.filter(({ left, right, bottom }) => left < 0 || right > width || bottom > height)).toEqual([]);
    }
  }
});

testPdf(
  "where nothing is disclosed it says so, and where nothing is found it says that in a page of the same look",
  async () => {
    const [undisclosed] = await drawn(dataSet({ agents: 3, sales: 30, priced: 0 }));
    expect(undisclosed?.text).toContain("Notdisclosed");
    const nothing = await drawn({ suburb: { name: "Manly", state: "NSW" } });
    expect(nothing).toHaveLength(1);
    expect([nothing[0]?.width, nothing[0]?.height]).toEqual(A4_LANDSCAPE);
    expect(nothing[0]?.text).toContain("Nothingfound");
    expect(nothing[0]?.text).toContain("Manly");
  },
);

test("the same data gives the same bytes, as plain PDF and as PDF/A", async () => {
  for (const pdfStandard of [null, "PDF/A-2b"] as const) {
    const twice = [0, 1].map(() => DRAW.agents_brief(dataSet({ agents: 6 }), { ...OPTIONS, pdfStandard }, () => {}));
    const [one, other] = await Promise.all(twice);
    expect(one?.bytes.length).toBeGreaterThan(5_000);
    expect(Bun.hash(one?.bytes ?? "")).toBe(Bun.hash(other?.bytes ?? ""));
  }
});
