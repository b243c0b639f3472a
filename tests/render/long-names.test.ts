import { expect } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DRAW } from "../../src/render/documents.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import type { ReportOptions } from "../../src/report/options.ts";
import { withPrograms } from "../programs.ts";
import { OPTIONS } from "./data-sets.ts";
import { pagesOf, squeeze } from "./page.ts";

const test = withPrograms("pdftotext");
const INDEXES = [0, 1, 2, 3];
const person = (index: number) => `Maximiliana Theodora Featherstonehaugh-Wolfeschlegelstein ${index}`;
const company = (index: number) => `Featherstonehaugh Cholmondeley Residential Property Partners ${index}`;

const DATA: DataSet = {
  as_of: "2026-06-30",
  agencies: INDEXES.map((index) => ({ id: `y${index}`, name: company(index) })),
  agents: INDEXES.map((index) => ({ id: `a${index}`, name: person(index), agency_id: `y${index}` })),
  sales: Array.from({ length: 14 }, (_, index) => ({
    id: `s${index}`,
    address: `${index + 1} Tern Street`,
    category: "house",
    sold_date: `2026-0${(index % 6) + 1}-15`,
    price: 1_000_000 + index * 30_000,
    agency_ids: [`y${index % 4}`],
    agents: [{ id: `a${index % 4}`, role: "lead" }],
  })),
  rentals: Array.from({ length: 14 }, (_, index) => ({
    id: `r${index}`,
    address: `${index + 1} Gull Street`,
    category: "unit",
    beds: 2,
    listed_date: `2026-0${(index % 6) + 1}-15`,
    weekly_rent: 600 + index * 10,
    agency_ids: [`y${index % 4}`],
  })),
};

async function drawn(kind: "agents" | "agents_brief" | "agency", options: Partial<ReportOptions> = {}) {
  const path = join(mkdtempSync(join(tmpdir(), "agentlink-names-")), "report.pdf");
  await Bun.write(path, (await DRAW[kind](DATA, { ...OPTIONS, ...options }, () => {})).bytes);
  return (await pagesOf(path)).map(({ text }) => text.replaceAll("-", "")).join("");
}

test("agents whose names are too long are distinguished in the brief edition and on cards", async () => {
  const brief = await drawn("agents_brief");
  const cards = (await drawn("agents", { sections: ["cards"] })).split("Thetopagents").at(-1) ?? "";
  for (const index of INDEXES)
    for (const text of [brief, cards]) expect(text).toContain(`MaximilianaTheodora…${index}`);
});

test("agencies whose names are too long are distinguished on cards", async () => {
  const cards = (await drawn("agency")).split("Thetopagencies").at(-1) ?? "";
  for (const index of INDEXES) expect(cards).toContain(`FeatherstonehaughCholmondeleyResidentialProperty…${index}`);
});

test("names are whole in tables of sales and side by side", async () => {
  const all = await drawn("agents", { sections: ["sales", "comparison"], compare: ["a0", "a1"] });
  const sales = all.split("Recentsales").at(-1) ?? "";
  const beside = all.split("Sidebyside").at(-1) ?? "";
  for (const index of [0, 1]) {
    expect(sales).toContain(squeeze(company(index)));
    expect(beside).toContain(squeeze(company(index)));
    expect(beside).toContain(squeeze(person(index)).replaceAll("-", "").toUpperCase());
  }
});
