import { expect } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DRAW } from "../../src/render/documents.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import type { ReportOptions } from "../../src/report/options.ts";
import { filterOf } from "../../src/report/request/filter.ts";
import { withPrograms } from "../programs.ts";
import { OPTIONS } from "./data-sets.ts";
import { overlaps, type Page, pagesOf, squeeze } from "./page.ts";
import { png } from "./pictures.ts";

const testPdf = withPrograms("pdftotext");

function rentals({ agencies = 8, listings = 120, name = (n: number) => `Agency ${n}`, logo = false } = {}): DataSet {
  return {
    as_of: "2026-06-30",
    sources: [{ id: "s", name: "Rental register", licence: "CC BY 4.0" }],
    agencies: Array.from({ length: agencies }, (_, n) => ({
      id: `y${n}`,
      name: name(n),
      address: `${n + 1} Quay Street, Manly NSW 2095`,
      phone: "(02) 5550 1000",
      ...(logo ? { logo: png({ width: 4 + n * 40, height: 30 }) } : {}),
    })),
    rentals: Array.from({ length: listings }, (_, n) => ({
      id: `r${n}`,
      address: `${n}/7 Tern Street`,
      category: n % 3 === 0 ? ("house" as const) : ("unit" as const),
      beds: n % 6,
      listed_date: day(n * 5),
      leased_date: n < 10 ? null : day(n * 5 - 12),
      status: n < 10 ? ("current" as const) : ("leased" as const),
      weekly_rent: 600 + (n % 9) * 50,
      agency_ids: [`y${((n * 7) % 11) % agencies}`],
    })),
  };
}

function day(before: number): string {
  return new Date(Date.UTC(2026, 5, 30) - before * 86_400_000).toISOString().slice(0, 10);
}

async function drawn(data: DataSet, options: Partial<ReportOptions> = {}): Promise<readonly Page[]> {
  const path = join(mkdtempSync(join(tmpdir(), "agentlink-leasing-")), "leasing.pdf");
  const { bytes, pages } = await DRAW.agency(data, { ...OPTIONS, preparedFor: "Agency 1", ...options }, () => {});
  await Bun.write(path, bytes);
  const found = await pagesOf(path);
  expect(found).toHaveLength(pages);
  return found;
}

testPdf(
  "the full edition names every agency with its address and share, says rents by type and bedrooms, and how it counts",
  async () => {
    const data = rentals();
    const all = (await drawn(data)).map(({ text }) => text).join("");
    const listed = (data.rentals ?? []).filter(({ listed_date }) => (listed_date ?? "") >= "2025-07-01");
    for (const { id, name, address } of data.agencies ?? []) {
      const own = listed.filter(({ agency_ids }) => agency_ids?.includes(id)).length;
      expect([name, own > 0 && all.includes(squeeze(name))]).toEqual([name, true]);
      expect(all).toContain(squeeze(address ?? ""));
      expect(all).toContain(`${((own / listed.length) * 100).toFixed(1).replace(/\.0$/, "")}%`);
    }
    expect(all).toContain(`${listed.length}rentallistings`);
    for (const words of ["Studio", "5+", "Recently leased", "Mediansoldprice", "Rental register", "Agency 1 ranks #"])
      expect([words, all.includes(squeeze(words))]).toEqual([words, words !== "Mediansoldprice"]);
    expect(all).not.toMatch(/(?<!\d)0bed/);
  },
  60_000,
);

testPdf("the brief edition is one landscape page of five agencies; of nothing it is a page that says so", async () => {
  const [page, ...more] = await drawn(rentals(), { edition: "brief", preparedFor: null });
  expect([page?.width, page?.height, more.length]).toEqual([841.89, 595.28, 0]);
  expect(page?.text.match(/Agency\d/g)?.length).toBe(5);
  const [nothing] = await drawn({ suburb: { name: "Manly", state: "NSW" } }, { edition: "brief" });
  expect(nothing?.text).toContain("Nothingfound");
  await expect(drawn({ suburb: { name: "Manly", state: "NSW" } })).rejects.toThrow("no rental listings");
});

testPdf(
  "a request's filter and neighbours count as they do in the agents report, and a filter that leaves nothing makes a page",
  async () => {
    const data = rentals();
    const stored = (data.rentals ?? []).filter(
      ({ category, beds, listed_date }) =>
        category === "house" && (beds ?? 0) >= 3 && (listed_date ?? "") >= "2025-07-01",
    );
    const all = (await drawn(data, { filter: filterOf({ property_types: ["House"], min_bedrooms: 3 }) }))
      .map(({ text }) => text)
      .join("");
    expect(all).toContain(`${stored.length}rentallistings`);
    expect(all).toContain("Houses,3bedroomsormore");
    const [nothing, ...more] = await drawn(rentals({ listings: 4 }), { filter: filterOf({ min_bedrooms: 20 }) });
    expect([nothing?.text.includes("Nothingfound"), more.length]).toEqual([true, 0]);
  },
);

testPdf(
  "agencies behind the 32nd are named below the table, with rank and listings, as in the agents report",
  async () => {
    const data = rentals({ agencies: 40, listings: 80 });
    const own =
      data.rentals?.map((rental, n) => ({ ...rental, listed_date: day(n), agency_ids: [`y${n % 40}`] })) ?? [];
    const all = (await drawn({ ...data, rentals: own })).map(({ text }) => text).join("");
    const [table = "", others = ""] = all.split("OTHERAGENCIES:RANK,NAMEANDLISTINGS");
    const inTable = (data.agencies ?? []).filter(({ address }) => table.includes(squeeze(address ?? "")));
    expect(inTable).toHaveLength(32);
    // All are equal: whatever names some of them states how many more there are.
    expect(all).toContain(
      squeeze("The first 8 of 40 agencies, by rental listings; 32 more agencies are level with the"),
    );
    expect(all).toContain(squeeze("SHARE OF THE LISTINGS; 34 MORE AGENCIES ARE LEVEL WITH THE LAST ONE SHOWN"));
    for (const agency of data.agencies ?? [])
      if (!inTable.includes(agency)) expect(others).toContain(`${squeeze(agency.name)}2`);
  },
  60_000,
);

const LONG = "Wolfeschlegelsteinhausenbergerdorff Konstantinopoulou-Featherstonehaugh de la Fontaine-Smythe";
const SHAPES: Readonly<Record<string, DataSet>> = {
  "one agency": rentals({ agencies: 1, listings: 5 }),
  "sixty agencies": rentals({ agencies: 60, listings: 400 }),
  "long names": rentals({ name: () => LONG }),
  "logos of any shape": rentals({ logo: true }),
  "one listing of nobody": {
    rentals: [{ id: "r", address: "1 Tern Street", category: "house", listed_date: "2026-06-01" }],
  },
};

testPdf.each(Object.entries(SHAPES))("both editions hold their shape with %s", async (_, data) => {
  for (const edition of ["brief", "full"] as const) {
    for (const { words, width, height } of await drawn(data, { edition })) {
      expect(overlaps(words)).toEqual([]);
      expect(words.filter(({ left, right, bottom }) => left < 0 || right > width || bottom > height)).toEqual([]);
    }
  }
});
