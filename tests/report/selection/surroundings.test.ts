import { describe, expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataSet } from "../../../src/report/data-set.ts";
import { buildLeasing } from "../../../src/report/leasing/leasing.ts";
import { resolveSuburb, surroundingsOf } from "../../../src/report/localities/suburbs.ts";
import { buildReport } from "../../../src/report/report.ts";
import type { GatheredDataSet } from "../../../src/report/selection/surroundings.ts";
import { openCatalogue } from "../../../src/report/sources/catalogue.ts";
import { gatherDataSet } from "../../../src/report/sources/gather.ts";
import { importSample } from "../../../src/report/sources/sample.ts";
import type { DataSetSource } from "../../../src/report/sources/source.ts";
import { parseRequest } from "../../../src/report/validation.ts";
import { dataSet, options, sale } from "../data.ts";

const MANLY = { suburb: "Manly", state: "NSW" as const, postcode: "2095" };
const SURROUNDINGS = { named: [], surroundings: true };
const around = () => surroundingsOf(resolveSuburb(MANLY)).suburbs.map(({ suburb }) => suburb);

/** A source that knows these suburbs. */
function source(known: Readonly<Record<string, DataSet>>): DataSetSource {
  return { dataSet: ({ suburb }) => (known[suburb] ? JSON.stringify(known[suburb]) : null) };
}

async function report(known: Readonly<Record<string, DataSet>>, more: Partial<ReturnType<typeof options>> = {}) {
  const text = await gatherDataSet([source(known)], MANLY, SURROUNDINGS);
  return buildReport(JSON.parse(text ?? "null") as DataSet, {
    ...options(),
    beside: SURROUNDINGS,
    ...more,
  });
}

describe("the surroundings of a suburb", () => {
  test("are the localities within a radius that reaches the fourth nearest, and grows where they are sparse", () => {
    const of = (suburb: string, state: string) => surroundingsOf(resolveSuburb({ suburb, state }));
    expect(around()).toEqual(["Fairlight", "Queenscliff", "Balgowlah Heights", "Freshwater", "Balgowlah"]);
    const radii = [of("Surry Hills", "NSW"), of("Manly", "NSW"), of("Darwin City", "NT"), of("Birdsville", "QLD")];
    expect(radii.map(({ radiusKm }) => radiusKm)).toEqual([1.5, 3.6, 7.2, 30]);
    for (const { suburbs } of radii.slice(0, 3)) expect(suburbs.length).toBeWithin(4, 9);
    // The nearest is a hundred kilometres away.
    expect(of("Birdsville", "QLD").suburbs).toEqual([]);
    // A border of states is none to a market.
    expect(of("Coolangatta", "QLD").suburbs.map(({ state }) => state)).toContain("NSW");
  });

  test("count with the suburb, and are listed apart: the sample's figures are the sum of its suburbs'", async () => {
    const catalogue = openCatalogue({ path: join(mkdtempSync(join(tmpdir(), "agentlink-around-")), "catalogue.db") });
    await importSample(catalogue);
    const text = (await gatherDataSet([catalogue], MANLY, SURROUNDINGS)) ?? "";
    const model = buildReport(JSON.parse(text) as DataSet, { ...options(), beside: SURROUNDINGS });
    const inPeriod = (locality: { readonly suburb: string; readonly state: "NSW"; readonly postcode: string }) => {
      const rows = JSON.parse(catalogue.dataSet(locality) ?? "{}") as DataSet;
      return (rows.sales ?? []).filter(
        ({ sold_date, outcome = "sold" }) =>
          outcome === "sold" && (sold_date ?? "") >= model.period.from && (sold_date ?? "") <= model.period.to,
      );
    };
    const localities = [MANLY, ...surroundingsOf(resolveSuburb(MANLY)).suburbs] as (typeof MANLY)[];
    const sales = localities.map((locality) => [locality.suburb, inPeriod(locality).length] as const);
    expect(model.suburbs.map(({ name, sales: n }) => [name, n] as const)).toEqual(sales);
    expect(model.sales.total).toBe(sales.reduce((sum, [, n]) => sum + n, 0));
    expect(sales.filter(([, n]) => n > 0).length).toBeGreaterThan(2);
    for (const { ownSales, sales: all } of model.agencies.rows)
      expect(ownSales ?? -1).toBeLessThanOrEqual(all.value ?? 0);
    expect(model.agencies.rows.reduce((sum, { ownSales }) => sum + (ownSales ?? 0), 0)).toBeGreaterThan(0);
    expect(new Set(model.sales.rows.map(({ suburb }) => suburb)).size).toBeGreaterThan(1);
    expect(model.selection).toMatchObject({ summary: "Manly and 5 neighbours", nothing: false });
    expect(model.method.coverage.join(" ")).toContain(
      "Fairlight, Queenscliff, Balgowlah Heights, Freshwater and Balgowlah",
    );
    expect(model.verdict.sentences[0]).toStartWith("Manly and 4 neighbours (no sales data for Balgowlah Heights) saw ");
    expect(buildReport(JSON.parse(catalogue.dataSet(MANLY) ?? "{}") as DataSet, options()).suburbs).toEqual([]);
    catalogue.close();
  });

  test("are gathered with ids of their own where two suburbs use one for two things", async () => {
    const own = dataSet({
      agencies: [{ id: "1", name: "Alder" }],
      agents: [{ id: "1", name: "Xanthe", agency_id: "1" }],
      sales: [sale({ id: "1", agents: [{ id: "1" }], agency_ids: ["1"] })],
    });
    const other = dataSet({
      agencies: [{ id: "1", name: "Birch" }],
      agents: [
        { id: "1", name: "Yusuf", agency_id: "1" },
        { id: "2", name: "Zoë", agency_id: "1" },
      ],
      sales: [
        sale({ id: "1", agents: [{ id: "1" }], agency_ids: ["1"] }),
        sale({ id: "2", agents: [{ id: "2" }, { id: "1", role: "co" }] }),
      ],
    });
    const model = await report({ Manly: own, Fairlight: other, Balgowlah: own });
    // The same sale from two suburbs is one.
    expect(model.sales.total).toBe(3);
    expect(model.agencies.rows.map(({ name, sales, ownSales }) => [name, sales.value, ownSales])).toEqual([
      ["Birch", 2, 0],
      ["Alder", 1, 1],
    ]);
    expect(model.agents.rows.map(({ name, involved, agencyName }) => [name, involved.value, agencyName])).toEqual([
      ["Yusuf", 2, "Birch"],
      ["Xanthe", 1, "Alder"],
      ["Zoë", 1, "Birch"],
    ]);
    expect(model.method.coverage.join(" ")).toContain(
      "There is no sales data for Queenscliff, Balgowlah Heights and Freshwater.",
    );
    expect(model.warnings).toEqual(["There is no sales data for Queenscliff, Balgowlah Heights and Freshwater."]);
  });

  test("alone make a report where the suburb itself has no data", async () => {
    const model = await report({ Fairlight: dataSet({ sales: [sale(), sale()] }) });
    expect(model.suburbs.map(({ sales }) => sales)).toEqual([0, 2, 0, 0, 0, 0]);
    // What there is no data of is not 0, and printed as unknown.
    expect(model.suburbs.map(({ isKnown }) => isKnown)).toEqual([false, true, false, false, false, false]);
    expect(await gatherDataSet([source({})], MANLY, SURROUNDINGS)).toBeNull();
    expect(await gatherDataSet([source({ Fairlight: dataSet() })], MANLY, null)).toBeNull();
  });

  test.each<[string[], string]>([
    [["Manly"], "Manly (no sales data for 5 other suburbs) saw 2 sales"],
    [
      ["Manly", "Fairlight", "Freshwater"],
      "Manly and 2 neighbours (no sales data for Queenscliff, Balgowlah Heights and Balgowlah) saw 6 sales",
    ],
    [
      ["Fairlight", "Freshwater"],
      "2 neighbours of Manly (no sales data for Manly, Queenscliff, Balgowlah Heights and Balgowlah) saw 4 sales",
    ],
  ])("count in the total where there is data for them: of %p", async (known, start) => {
    const each = (suburb: string) => dataSet({ sales: [sale({ suburb }), sale({ suburb })] });
    const model = await report(Object.fromEntries(known.map((suburb) => [suburb, each(suburb)])));
    expect(model.verdict.sentences[0]).toStartWith(start);
  });

  test("count in the total of rental listings where there are any of them, and Method has the others", async () => {
    const rental = { address: "1 Elm Street", category: "house" as const, listed_date: "2026-05-04" };
    const known = {
      Manly: dataSet({ rentals: [{ ...rental, id: "r1" }] }),
      Fairlight: dataSet({ rentals: [{ ...rental, id: "r2" }] }),
    };
    const text = await gatherDataSet([source(known)], MANLY, SURROUNDINGS, "rentals");
    const model = buildLeasing(JSON.parse(text ?? "null") as GatheredDataSet, { ...options(), beside: SURROUNDINGS });
    expect(model.area).toBe("Manly and 1 neighbour (no rental data for 4 other suburbs)");
    expect(model.sentences[0]).toContain(`listed for rent in ${model.area} in the 12 months`);
    expect(model.method.coverage.join(" ")).toContain("There is no rental data for Queenscliff, Balgowlah");
  });

  test("silence the market's series, which are of the suburb alone, where any of their records counts", () => {
    const market: DataSet["market"] = [
      { category: "house", series: [{ period_end: "2026-06-30", period_months: 12, number_sold: 80 }] },
    ];
    const used = (rows: DataSet, surroundings: boolean) =>
      buildReport(
        { ...rows, market },
        { ...options(), beside: surroundings ? { named: [], surroundings } : null },
      ).market[0]?.series.some(({ sold }) => sold === 80);
    const both = dataSet({ sales: [sale(), sale({ suburb: "Fairlight" })] });
    expect([used(both, true), used(both, false), used(dataSet({ sales: [sale()] }), true)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("of data that came with a request are the records that name one; others elsewhere do not count", () => {
    const data = dataSet({
      sales: [
        ...[sale({ suburb: "MANLY" }), sale({ suburb: "Manly NSW 2095" }), sale({ suburb: null }), sale({})],
        ...[sale({ suburb: "fairlight" }), sale({ suburb: "Fairlight, NSW" }), sale({ suburb: "Bondi" })],
      ],
      listings: [{ id: "l", address: "1 Tern Street", category: "house", suburb: "Bondi" }],
    });
    const single = buildReport(data, options());
    expect([single.sales.total, single.listings.total]).toEqual([4, 0]);
    expect(single.method.coverage.join(" ")).toContain("4 records from other suburbs are excluded.");
    const wide = buildReport(data, { ...options(), beside: SURROUNDINGS });
    expect(wide.sales.total).toBe(6);
    expect(wide.sales.rows.filter(({ suburb }) => suburb === "Fairlight")).toHaveLength(2);
    expect(wide.method.coverage.join(" ")).toContain("2 records from other suburbs are excluded.");
  });
});

describe("other suburbs that a request names", () => {
  const known = {
    Manly: dataSet({ sales: [sale({ agency_ids: ["a"] })] }),
    Mosman: dataSet({ sales: [sale({ agency_ids: ["a"] }), sale({ agency_ids: ["b"] })] }),
    Fairlight: dataSet({ sales: [sale({ agency_ids: ["b"] })] }),
  };
  const named = async (beside: { readonly named: readonly string[]; readonly surroundings: boolean }) => {
    const text = await gatherDataSet([source(known)], MANLY, beside);
    return buildReport(JSON.parse(text ?? "null") as DataSet, { ...options(), beside });
  };

  test("count beside it, each listed apart, and the report says which they are", async () => {
    const model = await named({ named: ["Mosman NSW 2088"], surroundings: false });
    expect(model.suburbs.map(({ name, sales }) => [name, sales])).toEqual([
      ["Manly", 1],
      ["Mosman", 2],
    ]);
    expect(model.selection?.summary).toBe("Manly and Mosman");
    expect(model.method.coverage.join(" ")).toContain("it means Manly and Mosman, as requested.");
  });

  test("of one name in another state have rows of their own", () => {
    const richmond = (n: number) => Array.from({ length: n }, () => sale({ suburb: n === 4 ? "Richmond" : null }));
    const data: GatheredDataSet = {
      ...dataSet({ suburb: { name: "Richmond", state: "NSW", postcode: "2753" }, sales: richmond(3) }),
      around: [{ suburb: "Richmond", state: "VIC", data: dataSet({ sales: richmond(4) }) }],
    };
    const locality = { suburb: "Richmond", postcode: "2753" };
    const model = buildReport(data, options({ ...locality, beside: { named: ["Richmond VIC"], surroundings: false } }));
    expect(model.suburbs.map(({ name, sales: n }) => [name, n])).toEqual([
      ["Richmond", 3],
      ["Richmond VIC", 4],
    ]);
    expect(model.verdict.sentences[0]).toStartWith("Richmond and Richmond VIC saw 7 sales");
    expect(model.sales.rows.filter(({ suburb }) => suburb === "Richmond VIC")).toHaveLength(4);
  });

  test("of one name in its own state have rows of their own, however a record names its suburb", async () => {
    const own = { suburb: "Richmond", state: "QLD", postcode: "4822" } as const;
    const beside = { named: ["Richmond QLD 4740", "Richmond VIC 3121"], surroundings: false };
    const names: Readonly<Record<string, readonly (string | null)[]>> = {
      "4822": [null, "Richmond", "RICHMOND QLD", "Richmond, Queensland 4822", "Richmond VIC", "Richmond NSW 2753"],
      "4740": ["Richmond", null, "Richmond QLD 4740"],
      "3121": ["Richmond", "Richmond Vic 3121"],
    };
    // No source has to name its own suburb.
    const byPostcode: DataSetSource = {
      dataSet: ({ postcode }) =>
        JSON.stringify(dataSet({ sales: names[postcode ?? ""]?.map((suburb) => sale({ suburb })) ?? [] })),
    };
    const text = await gatherDataSet([byPostcode], own, beside);
    const model = buildReport(JSON.parse(text ?? "null") as DataSet, options({ ...own, beside }));
    expect(model.suburbs.map(({ name, sales: n }) => [name, n])).toEqual([
      ["Richmond", 4],
      ["Richmond 4740", 3],
      ["Richmond VIC", 3],
    ]);
    expect(model.verdict.sentences[0]).toStartWith("Richmond, Richmond 4740 and Richmond VIC saw 10 sales");
    expect(model.method.coverage.join(" ")).toContain("1 record from another suburb is excluded.");
    const alone = buildReport(dataSet({ sales: names["4822"]?.map((suburb) => sale({ suburb })) ?? [] }), options(own));
    expect(alone.sales.total).toBe(4);
  });

  test("are unknown, and not 0, where a source has other records of them alone", async () => {
    const rental = { id: "r", address: "1 Elm Street", category: "house" as const, listed_date: "2026-05-04" };
    const market: DataSet["market"] = [
      { category: "house", series: [{ period_end: "2026-06-30", period_months: 12, number_sold: 80 }] },
    ];
    const known = {
      Manly: dataSet({ sales: [sale()], rentals: [rental] }),
      Mosman: dataSet({ rentals: [{ ...rental, id: "m" }] }),
      Fairlight: dataSet({ market }),
      Balgowlah: dataSet({ sales: [sale()] }),
    };
    const beside = { named: ["Mosman NSW 2088", "Fairlight NSW 2094", "Balgowlah NSW 2093"], surroundings: false };
    const textOf = (of: "sales" | "rentals") => gatherDataSet([source(known)], MANLY, beside, of);
    const sold = buildReport(JSON.parse((await textOf("sales")) ?? "null") as DataSet, options({ beside }));
    expect(sold.suburbs.map(({ name, isKnown }) => [name, isKnown])).toEqual([
      ["Manly", true],
      ["Mosman", false],
      ["Fairlight", false],
      ["Balgowlah", true],
    ]);
    expect(sold.verdict.sentences[0]).toStartWith(
      "Manly and Balgowlah (no sales data for Mosman and Fairlight) saw 2 sales",
    );
    const rented = buildLeasing(JSON.parse((await textOf("rentals")) ?? "null") as DataSet, options({ beside }));
    expect(rented.sentences[0]).toContain(
      "listed for rent in Manly and Mosman (no rental data for Fairlight and Balgowlah)",
    );
  });

  test("count once where they are also around it, and the suburb itself is none of them", async () => {
    const model = await named({ named: ["Fairlight", "manly nsw", "Fairlight NSW 2094"], surroundings: true });
    expect(model.suburbs.map(({ name }) => name)).toEqual(["Manly", "Fairlight", ...around().slice(1)]);
    expect(model.sales.total).toBe(2);
    expect(model.selection?.summary).toBe("Manly, Fairlight and 4 neighbours");
    const means = "Where this report says suburb, it means Manly and Fairlight, as requested; and its neighbours ";
    expect(model.method.coverage.join(" ")).toContain(means);
  });

  test("are one list with it, and listed one way on every page", async () => {
    const model = await named({ named: ["Mosman NSW 2088", "Fairlight NSW 2094"], surroundings: false });
    expect(model.selection?.summary).toBe("Manly, Mosman and Fairlight");
    expect(model.method.coverage.join(" ")).toContain("it means Manly, Mosman and Fairlight, as requested.");
  });

  test("leave room for the table of the suburbs on the page of the newest sales", () => {
    const data = dataSet({ sales: Array.from({ length: 40 }, (_, at) => sale({ address: `${at} Pitt Street` })) });
    const beside = { named: ["Mosman NSW 2088", "Fairlight NSW 2094"], surroundings: false };
    expect(buildReport(data, options()).sales.rows).toHaveLength(18);
    expect(buildReport(data, { ...options(), beside }).sales).toMatchObject({ total: 40, rows: { length: 12 } });
  });

  test("are stored as the gazetteer has them, and one that is not there is refused by its number", () => {
    const request = (other_suburbs: unknown) => parseRequest({ suburb: "Manly", state: "NSW", other_suburbs });
    expect(request("fairlight; St Kilda, VIC\n albury nsw 2640").request.other_suburbs).toEqual([
      ...["Fairlight NSW 2094", "St Kilda VIC 3182", "Albury NSW 2640"],
    ]);
    expect(request(["Fairlight", "Fairlight NSW"]).request.other_suburbs).toEqual(["Fairlight NSW 2094"]);
    expect(request("").request.other_suburbs).toBeUndefined();
    expect(() => request(["Fairlight", "Nowhereville"])).toThrow("/other_suburbs/1");
    const [warning] = parseRequest({ suburb: "Brisbane", state: "QLD", other_suburbs: ["Richmond"] }).warnings;
    expect(warning).toMatch(/^other_suburbs: Richmond QLD is the name of 2 towns/);
  });
});
