import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { DataSet, Listing, Sale } from "../../../src/report/data-set.ts";
import { toDay, toIso } from "../../../src/report/figures/days.ts";
import { buildLeasing } from "../../../src/report/leasing/leasing.ts";
import type { ReportModel } from "../../../src/report/model.ts";
import { buildReport } from "../../../src/report/report.ts";
import { type Filter, filterDataSet, filterOf } from "../../../src/report/request/filter.ts";
import { isOfType, type PropertyType, typesOf } from "../../../src/report/request/property-type.ts";
import { dataSet, options, sale } from "../data.ts";

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const day = fc
  .integer({ min: 0, max: 1_000 })
  .map((back) => new Date(Date.UTC(2026, 5, 30 - back)).toISOString().slice(0, 10));
const property = {
  category: fc.constantFrom("house" as const, "unit" as const, "land" as const, "other" as const),
  property_type: maybe(fc.constantFrom("House", "townhouse", "Apartment / Unit / Flat", "Villa", "castle", "")),
  beds: maybe(fc.nat(5)),
  baths: maybe(fc.nat(3)),
  cars: maybe(fc.nat(3)),
  land_sqm: maybe(fc.integer({ min: 100, max: 900 })),
};
const sales: fc.Arbitrary<Sale[]> = fc.uniqueArray(
  fc.record({
    id: fc.nat(10_000).map((n) => `s${n}`),
    address: fc.nat(10_000).map((n) => `${n} Tern Street`),
    ...property,
    sold_date: maybe(day),
    price: maybe(fc.integer({ min: 1, max: 9_000_000 })),
    outcome: fc.constantFrom("sold" as const, "sold" as const, "passed_in" as const),
    agency_ids: fc.constantFrom(["a"], ["b"], ["a", "b"], []),
    agents: fc.constantFrom([{ id: "x" }], [{ id: "y" }, { id: "z", role: "co" as const }], []),
  }),
  { selector: ({ id }) => id, maxLength: 50 },
);
const listings: fc.Arbitrary<Listing[]> = fc.uniqueArray(
  fc.record({ id: fc.nat(500).map((n) => `l${n}`), address: fc.constant("1 Gannet Avenue"), ...property }),
  { selector: ({ id }) => id, maxLength: 15 },
);
const dataSets: fc.Arbitrary<DataSet> = fc.record({ sales, listings }).map((rows) =>
  dataSet({
    ...rows,
    market: [{ category: "house", series: [{ period_end: "2026-06-30", period_months: 12, number_sold: 7 }] }],
  }),
);

const bounds = (max: number) =>
  fc
    .tuple(maybe(fc.nat(max)), maybe(fc.nat(max)))
    .map(([a, b]) => (a !== null && b !== null && a > b ? { min: b, max: a } : { min: a, max: b }));
const filters: fc.Arbitrary<Filter> = fc.record({
  propertyTypes: fc.subarray<PropertyType>(["House", "Townhouse", "Unit", "Penthouse", "Land"]),
  bedrooms: bounds(5),
  bathrooms: bounds(3),
  carspaces: bounds(3),
  landArea: bounds(900),
});

/** Written independently from what the request's fields promise. */
function passes(filter: Filter, row: Sale | Listing): boolean {
  const within = ({ min, max }: Filter["bedrooms"], value: number | null | undefined) =>
    (min === null && max === null) ||
    (value !== null && value !== undefined && value >= (min ?? 0) && value <= (max ?? Number.POSITIVE_INFINITY));
  return (
    (filter.propertyTypes.length === 0 || isOfType(typesOf(filter.propertyTypes), row) === true) &&
    within(filter.bedrooms, row.beds) &&
    within(filter.bathrooms, row.baths) &&
    within(filter.carspaces, row.cars) &&
    within(filter.landArea, row.land_sqm)
  );
}

/** Without what depends on how far back all the data goes, which what passes does not show. */
function withoutHistory({ tiles, ...figures }: ReturnType<typeof figuresOf>): unknown {
  const history = new Set(["rankChange", "shareChange", "isNew", "note", "quarters", "sparkline"]);
  const known = { ...figures, tiles: tiles.filter(({ label }) => label !== "Months of supply").slice(0, 5) };
  return JSON.parse(JSON.stringify(known, (key, value) => (history.has(key) ? undefined : value)));
}

function figuresOf({ period, asOf, agencies, agents, cards, heatMap, sales, listings, verdict }: ReportModel) {
  return { period, asOf, agencies, agents, cards, heatMap, sales, listings, tiles: verdict.tiles };
}

describe("for any data and any filter", () => {
  test("the report is that of the data which passes: the same figures", () => {
    fc.assert(
      fc.property(dataSets, filters, (data, filter) => {
        const requested = { ...options(), filter };
        const own = { ...data, market: [] };
        const passing: DataSet = {
          ...own,
          sales: (data.sales ?? []).filter((row) => passes(filter, row)),
          listings: (data.listings ?? []).filter((row) => passes(filter, row)),
        };
        expect(withoutHistory(figuresOf(buildReport(own, requested)))).toEqual(
          withoutHistory(figuresOf(buildReport(passing, options()))),
        );
      }),
    );
  });

  test("filtering twice is filtering once, and what is given stays as it is", () => {
    fc.assert(
      fc.property(dataSets, filters, (data, filter) => {
        const before = structuredClone(data);
        const once = filterDataSet(data, filter);
        expect(filterDataSet(once, filter)).toEqual(once);
        expect(data).toEqual(before);
      }),
    );
  });

  test("the order of the rows changes nothing", () => {
    fc.assert(
      fc.property(dataSets, filters, (data, filter) => {
        const requested = { ...options(), filter };
        const turned = { ...data, sales: data.sales?.toReversed() ?? [], listings: data.listings?.toReversed() ?? [] };
        expect(JSON.stringify(buildReport(turned, requested))).toBe(JSON.stringify(buildReport(data, requested)));
      }),
      { numRuns: 50 },
    );
  });
});

test("a filter makes no hole in the data, and a hole in all of it remains one", () => {
  // A sale every other day, of three bedrooms; of five, none between the first quarter and the last.
  const sold = (days: readonly number[], beds: number) =>
    days.map((at) =>
      sale({
        ...{ id: `${beds}-${at}`, address: `${at} Tern Street`, price: 900_000, beds, agency_ids: ["a"] },
        sold_date: toIso(toDay("2026-06-30") - at),
      }),
    );
  const every = Array.from({ length: 360 }, (_, at) => 2 * at + 1);
  const large = sold(
    [...every.filter((at) => at < 90), ...every.filter((at) => at > 300)].map((at) => at - 1),
    5,
  );
  const filter = filterOf({ min_bedrooms: 5 });
  const linesOf = (sales: Sale[]) =>
    JSON.stringify(buildReport(dataSet({ as_of: "2026-06-30", sales }), { ...options(), filter }).method.coverage);
  expect(linesOf([...large, ...sold(every, 3)])).not.toMatch(/hardly any records|no records/);
  const missing = every.filter((at) => at < 90 || at > 300);
  expect(linesOf([...large, ...sold(missing, 3)])).toMatch(/hardly any records|no records/);
});

test("a filter does not make the data begin later", () => {
  const sales = Array.from({ length: 60 }, (_, at) =>
    sale({
      ...{ id: `s${at}`, address: `${at} Tern Street`, price: 900_000, beds: at === 5 ? 5 : 3, agency_ids: ["a"] },
      sold_date: toIso(toDay("2026-06-30") - at * 16),
    }),
  );
  const filter = filterOf({ min_bedrooms: 5 });
  const model = buildReport(dataSet({ as_of: "2026-06-30", sales }), { ...options(), filter });
  const said = JSON.stringify([model.verdict, model.method.coverage]);
  expect(said).toContain("Manly saw 1 sale matching the filter in the 12 months to 30 June 2026; its price was");
  expect(model.verdict.tiles[0]?.note).toBe("none in the previous 12 months");
  expect(said).toContain(
    "No sales of the previous 12 months match: too few, or too unevenly spread, for a comparison.",
  );
  expect(said).not.toMatch(/data from|data begins|no previous year/);
  const late = buildReport(dataSet({ as_of: "2026-06-30", sales: sales.slice(0, 12) }), { ...options(), filter });
  expect(late.verdict.tiles[0]?.note).toBe("no previous year to compare; data from 5 January 2026");
  const rentals = sales.map(({ id, address, beds, sold_date }) => ({
    ...{
      id,
      address,
      category: "house" as const,
      beds: beds ?? null,
      listed_date: sold_date ?? null,
      weekly_rent: 600,
      agency_ids: ["a"],
    },
  }));
  const leasing = buildLeasing(dataSet({ as_of: "2026-06-30", rentals }), { ...options(), filter });
  expect(leasing.tiles[0]?.note).toBe("none in the previous 12 months");
  expect(leasing.sentences[0]).toBe("1 property was listed for rent in Manly in the 12 months to 30 June 2026.");
});

/** A sale and a rental listing every other day of three years, with so many bedrooms. */
function everyOtherDay(bedsOn: (ago: number) => number | null) {
  const rows = Array.from({ length: 548 }, (_, at) => ({
    ...{ id: `r${at}`, address: `${at} Tern Street`, category: "house" as const, agency_ids: ["a"] },
    ...{ beds: bedsOn(2 * at), day: toIso(toDay("2026-06-30") - 2 * at), agents: [{ id: "x" }] },
  }));
  return dataSet({
    sales: rows.map(({ day, ...row }) => sale({ ...row, sold_date: day, listed_date: null, price: 900_000 })),
    rentals: rows.map(({ day, agents: _, ...row }) => ({ ...row, listed_date: day, weekly_rent: 700 })),
  });
}

/** What charts show of those with five bedrooms: houses sold, sales of the first agent, homes listed for rent. */
function chartsOfFive(data: DataSet) {
  const of = { ...options(), filter: filterOf({ min_bedrooms: 5 }) };
  const [model, leasing] = [buildReport(data, of), buildLeasing(data, of)];
  return {
    sold: model.market[0]?.series.map(({ sold }) => sold) ?? [],
    own: model.cards[0]?.sparkline.map(({ value }) => value) ?? [],
    let: leasing.quarters.map(({ listings }) => listings),
    said: JSON.stringify([model.verdict, leasing.sentences, leasing.tiles]),
  };
}

test("a quarter that the data covers, without a match, has 0 in every chart", () => {
  const five = (ago: number) => ago < 60 || (ago > 500 && ago < 520);
  const { sold, own, let: rented } = chartsOfFive(everyOtherDay((ago) => (five(ago) ? 5 : 3)));
  expect(sold).toEqual([0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 30]);
  expect(own).toEqual(sold.slice(-8));
  expect(rented).toEqual(sold.slice(-9));
});

test("where the records lack what a filter asks for, its quarters are unknown, and no year is compared with them", () => {
  const since = (day: number) => chartsOfFive(everyOtherDay((ago) => (ago >= day ? null : ago % 4 === 0 ? 5 : 3)));
  const { sold, own, let: rented } = since(366);
  for (const counts of [sold, own, rented]) {
    expect(counts).toHaveLength(4);
    for (const n of counts) expect(n).toBeWithin(20, 25);
  }
  expect(since(660).said).not.toMatch(/on the year|in the previous 12 months/);
  expect(since(1_100).said).toMatch(/on the year/);
});

describe("a filter", () => {
  const filter = (fields: Parameters<typeof filterOf>[0]) => ({ ...options(), filter: filterOf(fields) });
  const eleven = Array.from({ length: 11 }, () => sale({ beds: 3 }));

  test("says how many sales of the year were left out because something is not known of them, each once", () => {
    const data = dataSet({
      sales: [
        ...eleven,
        ...[sale({ beds: null }), sale({}), sale({ beds: null, baths: 1 }), sale({ beds: 3, property_type: "Villa" })],
        ...[sale({ category: "unit", beds: null }), sale({ beds: null, sold_date: "2024-01-01" }), sale({ beds: 1 })],
      ],
    });
    const { selection, sales } = buildReport(data, filter({ property_types: ["House"], min_bedrooms: 3 }));
    expect(sales.total).toBe(11);
    expect(selection?.summary).toBe("houses, 3 bedrooms or more; 3 sales excluded because their bedrooms are unknown");
    const one = buildReport(dataSet({ sales: [...eleven, sale({})] }), filter({ max_bathrooms: 2 }));
    expect(one.selection).toMatchObject({ nothing: true });
    expect(one.selection?.summary).toBe("2 bathrooms at most; 12 sales excluded because their bathrooms are unknown");
  });

  test.each<[Parameters<typeof filterOf>[0], string]>([
    [{ property_types: ["House", "Townhouse"], min_bedrooms: 3 }, "houses and townhouses, 3 bedrooms or more"],
    [{ property_types: ["Unit"], max_bedrooms: 1 }, "units, 1 bedroom at most"],
    [{ min_bedrooms: 1, max_bedrooms: 2, min_carspaces: 1 }, "1 to 2 bedrooms, 1 car space or more"],
    [{ min_bathrooms: 2, max_bathrooms: 2 }, "2 bathrooms"],
    [{ min_land_area: 450, max_land_area: 1_200 }, "450 to 1,200 m² of land"],
  ])("%p reads %p", (fields, words) => {
    const known = sale({ beds: 2, baths: 2, cars: 1, land_sqm: 500, property_type: "Townhouse" });
    const selection = buildReport(dataSet({ sales: [known] }), filter(fields)).selection;
    expect(selection?.summary).toStartWith(words);
    expect(buildReport(dataSet({ sales: [known] }), filter(fields)).method.coverage[0]?.toLowerCase()).toStartWith(
      words.toLowerCase(),
    );
  });

  test("of a category knows a record without a finer type, of a finer type only what is named so", () => {
    const rows = [
      sale({ id: "house", property_type: null }),
      sale({ id: "town", property_type: "townhouse" }),
      sale({ id: "unit", category: "unit" }),
      sale({ id: "pent", category: "unit", property_type: "Penthouse" }),
      sale({ id: "lot", category: "land" }),
    ];
    const stored = (...property_types: PropertyType[]) =>
      filterDataSet(dataSet({ sales: rows }), filterOf({ property_types }) as Filter).sales?.map(({ id }) => id);
    expect(stored("House")).toEqual(["house"]);
    expect(stored("Townhouse")).toEqual(["town"]);
    expect(stored("House", "Townhouse")).toEqual(["house", "town"]);
    expect(stored("Apartment")).toEqual(["unit", "pent"]);
    expect(stored("ApartmentUnitFlat")).toEqual(["unit"]);
    expect(stored("Land")).toEqual(["lot"]);
    expect(stored("Farm")).toEqual([]);
  });

  test("retains the period of all the data, and no figure that speaks for all of it", () => {
    const data: DataSet = {
      agents: [{ id: "x", name: "Xanthe", supplied: { sales_12m: 40 } }],
      agencies: [{ id: "a", name: "Alder", for_sale: 9 }],
      market: [{ category: "house", series: [{ period_end: "2026-06-30", period_months: 12, number_sold: 80 }] }],
      sales: [
        ...[sale({ beds: 2, sold_date: "2026-06-20" }), sale({ beds: 4, sold_date: "2026-01-01", agency_ids: ["a"] })],
        sale({ beds: 5, sold_date: "2025-02-01" }),
      ],
    };
    const { asOf, period } = buildReport(data, options());
    const model = buildReport(data, filter({ min_bedrooms: 4 }));
    expect(model).toMatchObject({
      asOf,
      period,
      sales: { total: 1 },
      market: [{ sales12m: { value: 1, supplied: false } }],
    });
    // The sale names no agent.
    expect(model.agents.rows.map(({ involved }) => involved.value)).toEqual([null]);
    expect(model.agencies.rows.map(({ listings }) => listings)).toEqual([null]);
    expect(model.verdict.sentences[0]).toStartWith("Manly saw 1 sale matching the filter in the 12 months");
  });

  test("counts the sales outside the suburb among those that match, as the rest of the report does", () => {
    const rows = [3, 3, 4, 4, 4].map((beds, at) => sale({ beds, suburb: at % 2 === 0 ? "Fairlight" : null }));
    const beside = { named: ["Fairlight NSW 2094"], surroundings: false };
    const outside = (min_bedrooms: number) =>
      buildReport(dataSet({ sales: rows }), { ...filter({ min_bedrooms }), beside }).method.coverage.filter((line) =>
        line.includes("outside"),
      );
    expect([3, 4].flatMap(outside)).toEqual(
      ["3 of the 5 sales", "2 of the 3 sales"].map(
        (part) => `${part} in the 12 months are outside Manly itself; tables name the suburb of each.`,
      ),
    );
  });

  test("that selects nothing is none", () => {
    expect(filterOf({})).toBeNull();
    expect(buildReport(dataSet({ sales: eleven }), filter({})).selection).toBeNull();
  });
});
