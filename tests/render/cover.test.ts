import { expect } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DRAW } from "../../src/render/documents.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import { withPrograms } from "../programs.ts";
import { OPTIONS } from "./data-sets.ts";
import { type Page, pagesOf } from "./page.ts";

const test = withPrograms("pdftotext");

/** Three agencies; the first two have as many sales. */
function data(agency: (index: number) => string, agent: (index: number) => string): DataSet {
  return {
    as_of: "2026-06-30",
    agencies: [0, 1, 2].map((index) => ({ id: `y${index}`, name: agency(index) })),
    agents: [0, 1, 2].map((index) => ({ id: `a${index}`, name: agent(index), agency_id: `y${index}` })),
    sales: Array.from({ length: 11 }, (_, index) => ({
      id: `s${index}`,
      address: `${index + 1} Tern Street`,
      category: "house",
      sold_date: `2026-0${(index % 6) + 1}-15`,
      price: 1_000_000 + index * 30_000,
      agency_ids: [`y${index % 11 > 9 ? 2 : index % 2}`],
      agents: [{ id: `a${index % 11 > 9 ? 2 : index % 2}`, role: "lead" }],
    })),
  };
}

async function drawn(of: DataSet): Promise<readonly Page[]> {
  const path = join(mkdtempSync(join(tmpdir(), "agentlink-cover-")), "report.pdf");
  await Bun.write(path, (await DRAW.agents(of, OPTIONS, () => {})).bytes);
  return pagesOf(path);
}

/** Where the cover names who leads, in points. */
const FIRST_COLUMN = { right: 205, top: 510, bottom: 600 } as const;

test("the cover names both of two that lead in a tie, however long their names are", async () => {
  const names: readonly (readonly [agency: (index: number) => string, printed: readonly string[]])[] = [
    [(index) => `Tern ${index}`, ["Tern1andTern0"]],
    [
      (index) => `Northern Beaches Property Group ${["Manly", "Fairlight", "Seaforth"][index]}`,
      ["NorthernBeachesPropertyGroupFairlightandNorthernBeachesPropertyGroupManly"],
    ],
    [
      (index) =>
        `${["Featherstonehaugh", "Papadopoulos", "X"][index]} and Daughters Residential Property Partners of Manly`,
      ["Featherstonehaugh", "Papadopoulos"],
    ],
    [(index) => `The Established Residential Property Company of Lonsdale Street ${index}`, ["…1and", "…0"]],
  ];
  for (const [agency, printed] of names) {
    const [cover] = await drawn(data(agency, (index) => `Ada ${index}`));
    const lines = (cover?.words ?? [])
      .filter(({ left, top }) => left < FIRST_COLUMN.right && top > FIRST_COLUMN.top && top < FIRST_COLUMN.bottom)
      .map(({ text }) => text.replace(/-$/, ""))
      .join("");
    for (const words of printed) expect(lines).toContain(words);
  }
});

test("names of sixty letters are whole beside their bars", async () => {
  const name = (index: number) =>
    `${["Featherstonehaugh", "Papadopoulos", "X"][index]} Residential Property Partners & Sons`;
  const [, verdict] = await drawn(data(name, (index) => `Ada ${index}`));
  const bars = verdict?.text.split("SHAREOFTHESALES")[1] ?? "";
  for (const index of [0, 1, 2]) expect(bars).toContain(name(index).replaceAll(" ", ""));
});

test("a tile without a value explains why, and there is none of a rate of sale without sales", async () => {
  const all = data(
    (index) => `Tern ${index}`,
    (index) => `Ada ${index}`,
  );
  const few = { ...all, sales: (all.sales ?? []).slice(0, 2).map((sale) => ({ ...sale, listed_date: "2026-01-02" })) };
  const [, verdict] = await drawn(few);
  expect(verdict?.text).toContain("n2·100%disclosed:toofewtoshow");
  expect(verdict?.text).toContain("n2saleswithalistingdate:toofewtoshow");
  const listings = [{ id: "l", address: "9 Gull Street", category: "house" as const, listed_date: "2026-06-01" }];
  const [, unsold] = await drawn({ ...all, sales: [], listings });
  expect(unsold?.text).toContain("CURRENTLISTINGS");
  expect(unsold?.text).not.toContain("MONTHSOFSUPPLY");
});
