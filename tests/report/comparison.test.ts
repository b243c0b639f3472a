import { describe, expect, test } from "bun:test";
import type { Sale } from "../../src/report/data-set.ts";
import { buildReport } from "../../src/report/report.ts";
import { parseRequest } from "../../src/report/validation.ts";
import { dataSet, options, sale } from "./data.ts";

/** Figures side by side, and what is like a property: each beside the same, worked out from the raw rows in plain loops. */

const middle = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = sorted.length / 2;
  if (sorted.length < 3) return null;
  return sorted.length % 2 ? (sorted[Math.floor(at)] ?? null) : ((sorted[at - 1] ?? 0) + (sorted[at] ?? 0)) / 2;
};

/** Sixty sales of Xanthe, Yusuf and Zoë, of all sizes, methods and prices, each fifth without a price. */
const SALES: readonly Sale[] = Array.from({ length: 60 }, (_, at) => {
  const agents = [["x"], ["y"], ["z"], ["x", "y"], ["x", "z"]][at % 5] ?? [];
  return sale({
    id: `c${at}`,
    address: `${at + 1} Kelp Street`,
    category: at % 3 === 0 ? "unit" : "house",
    beds: at % 7 === 6 ? null : at % 7,
    sold_date: `2026-0${(at % 6) + 1}-1${at % 10}`,
    price: at % 5 === 4 ? null : 900_000 + at * 41_000,
    land_sqm: 200 + at * 10,
    method: at % 2 === 0 ? "auction" : "private_treaty",
    lat: -33.8 + at * 0.001,
    lon: 151.28,
    agency_ids: [],
    agents: agents.map((id, index) => ({ id, role: index === 0 ? ("lead" as const) : ("co" as const) })),
  });
});

const of = (id: string) => SALES.filter(({ agents = [] }) => agents.some((agent) => agent.id === id));
const pricesOf = (sales: readonly Sale[]) => sales.flatMap(({ price }) => price ?? []);

describe("medians by bedrooms", () => {
  test("are those of the raw rows, five bedrooms and more together, unknown ones in none", () => {
    const { market } = buildReport(dataSet({ sales: [...SALES] }), options());
    for (const { category, bedrooms } of market) {
      const rows = SALES.filter((each) => each.category === category && each.beds != null);
      const sizes = [...new Set(rows.map(({ beds }) => Math.min(beds ?? 0, 5)))].sort((a, b) => a - b);
      expect(bedrooms.map(({ bedrooms: n, orMore }) => [n, orMore])).toEqual(sizes.map((n) => [n, n === 5]));
      for (const { bedrooms: n, sales, median } of bedrooms) {
        const same = rows.filter(({ beds }) => Math.min(beds ?? 0, 5) === n);
        expect([sales.value, median.value, median.n]).toEqual([
          ...[same.length, middle(pricesOf(same)), pricesOf(same).length],
        ]);
      }
    }
  });

  test("come from the source's series where there are no sales, and are marked as supplied", () => {
    const point = (median: number, sold: number) => [
      { period_end: "2026-06-30", period_months: 12, median_sold_price: median, number_sold: sold },
    ];
    const { market } = buildReport(
      dataSet({
        market: [
          { category: "house", series: point(2_000_000, 90) },
          { category: "house", bedrooms: 3, series: point(1_800_000, 40) },
          { category: "house", bedrooms: 4, series: point(2_600_000, 2) },
        ],
      }),
      options(),
    );
    expect(market[0]?.bedrooms.map(({ bedrooms, median }) => [bedrooms, median.value, median.supplied])).toEqual([
      [3, 1_800_000, true],
      [4, null, false],
    ]);
  });

  test("are left out where no size has three prices", () => {
    const { market } = buildReport(dataSet({ sales: [sale({ beds: 3 }), sale({ beds: 4 })] }), options());
    expect(market[0]?.bedrooms).toEqual([]);
  });
});

describe("agents side by side", () => {
  const model = buildReport(dataSet({ sales: [...SALES] }), options({ compare: ["zoë", "x"] }));

  test("have the figures of the raw rows, in the order of the request", () => {
    const { comparison } = model;
    expect(comparison?.kind).toBe("agent");
    expect(comparison?.columns.map(({ name }) => name)).toEqual(["Zoë", "Xanthe"]);
    for (const column of comparison?.columns ?? []) {
      const own = of(column.id);
      const joint = own.filter(({ agents = [] }) => agents.length > 1).length;
      expect([column.sales.value, column.practice?.solo, column.practice?.joint]).toEqual([
        ...[own.length, own.length - joint, joint],
      ]);
      expect(column.median.value).toBe(middle(pricesOf(own)));
      expect(column.value.value).toBe(pricesOf(own).reduce((sum, price) => sum + price, 0));
      expect(column.lead?.value).toBe(own.filter(({ agents = [] }) => agents[0]?.id === column.id).length);
      const [most] = column.practice?.methods ?? [];
      expect(most?.n).toBe(
        Math.max(...["auction", "private_treaty"].map((of) => own.filter((s) => s.method === of).length)),
      );
      const { counts, edges } = column.practice?.tiers ?? { counts: [], edges: [0, 0] };
      const prices = pricesOf(own);
      expect([...counts]).toEqual([
        prices.filter((price) => price < edges[0]).length,
        prices.filter((price) => price >= edges[0] && price < edges[1]).length,
        prices.filter((price) => price >= edges[1]).length,
      ]);
    }
  });

  test("have no tier that no sale of the suburb is in, where prices tie at its edge", () => {
    const priced = (prices: readonly number[]) =>
      buildReport(
        dataSet({
          sales: prices.map((price, at) => sale({ price, address: `${at} Elm Street`, agents: [{ id: "x" }] })),
        }),
        options({ compare: ["x", "z"] }),
      ).comparison?.columns.find(({ id }) => id === "x")?.practice?.tiers;
    const [low, middle, high] = [900_000, 1_200_000, 1_500_000];
    expect(priced([low, low, low, low, middle, middle, high, high, high])).toBeNull();
    expect(priced([...Array(3).fill(low), ...Array(3).fill(middle), ...Array(3).fill(high)])).not.toBeNull();
  });

  test("are in the cards and the league with the same rank", () => {
    for (const { id, rank } of model.comparison?.columns ?? [])
      expect(model.agents.rows.find((row) => row.id === id)?.rank).toBe(rank);
  });

  test.each<[string, string[], string[], string]>([
    ["an agency among agents is named and left out", ["x", "z", "Birch"], ["Xanthe", "Zoë"], "“Birch” is an agency"],
    [
      "who is not known is named",
      ["x", "z", "Wanda"],
      ["Xanthe", "Zoë"],
      "No agent or agency called “Wanda” was found",
    ],
    ["one alone is no comparison", ["x", "Wanda"], [], "two of the requested names"],
    ["one named twice is one", ["x", "Xanthe"], [], "two of the requested names"],
  ])("%s", (_, compare, names, note) => {
    const { comparison } = buildReport(dataSet({ sales: [...SALES] }), options({ compare }));
    expect(comparison?.columns.map(({ name }) => name)).toEqual(names);
    expect(comparison?.notes.join(" ")).toContain(note);
  });

  test("of two of one name the first in rank is compared, and the report says so", () => {
    const data = dataSet({ sales: [...SALES] });
    const twins = { ...data, agents: [...(data.agents ?? []), { id: "x2", name: "Xanthe", agency_id: "b" }] };
    const { comparison } = buildReport(twins, options({ compare: ["Xanthe", "z"] }));
    expect(comparison?.columns[0]?.id).toBe("x");
    expect(comparison?.notes.join(" ")).toContain("Use an id to choose another");
  });

  test.each([
    ["zoe", "XANTHE"],
    ["Zoe\u0308", " x "],
    ["Z-o-ë", "Xanthé"],
  ])("are found however their names are typed: %p and %p", (one, other) => {
    const { comparison } = buildReport(dataSet({ sales: [...SALES] }), options({ compare: [one, other] }));
    expect([comparison?.columns.map(({ id }) => id), comparison?.notes]).toEqual([["z", "x"], []]);
  });

  test("and an accent in a name goes before one that is left out", () => {
    const agents = [
      { id: "1", name: "Zoé" },
      { id: "2", name: "Zoe" },
    ];
    const { comparison } = buildReport(dataSet({ agents, sales: [...SALES] }), options({ compare: ["Zoe", "Zoé"] }));
    expect(comparison?.columns.map(({ id }) => id)).toEqual(["2", "1"]);
  });

  test("agencies count a joint sale for each", () => {
    const { comparison } = buildReport(dataSet({ sales: [...SALES] }), options({ compare: ["a", "b"] }));
    expect(comparison?.kind).toBe("agency");
    const both = SALES.filter(({ agents = [] }) => agents.some(({ id }) => id === "z") && agents.length > 1).length;
    expect(comparison?.columns.map(({ practice }) => practice?.joint)).toEqual([both, both]);
  });
});

describe("comparable sales", () => {
  const subject = { address: "99 Ocean Road", bedrooms: 3, price: 2_000_000 };
  const report = (changes: object) =>
    buildReport(dataSet({ sales: [...SALES] }), options({ subject: { ...subject, ...changes } })).comparables;

  test("are those whose bedrooms and prices are near, and the rest is counted by what is not known of it", () => {
    const near = SALES.filter(({ beds, price }) => beds != null && Math.abs(beds - 3) <= 1 && price != null);
    const alike = near.filter(({ price }) => Math.abs((price ?? 0) - 2_000_000) <= 500_000);
    const found = report({});
    expect(found?.total).toBe(alike.length);
    expect(found?.median.value).toBe(middle(pricesOf(alike)));
    const unknownBeds = SALES.filter(
      ({ beds, price }) => beds == null && (price == null || Math.abs(price - 2_000_000) <= 500_000),
    ).length;
    expect(found?.notes.join(" ")).toContain(`${unknownBeds} sales excluded because their bedrooms are unknown`);
    expect(
      found?.rows.map(({ beds }) => Math.abs((beds ?? 0) - 3)).every((d, at, all) => d >= (all[at - 1] ?? 0)),
    ).toBe(true);
    expect(found?.rule).toContain("not a valuation");
    expect(found?.rule).toContain("in order of difference in bedrooms, then date, the newest first.");
    expect(report({ bedrooms: undefined })?.rule).toContain("in order of date, the newest first.");
  });

  test("are within the radius, by the distance on the globe", () => {
    const found = report({ lat: -33.8, lon: 151.28, radius_km: 1.5, price: undefined, bedrooms: undefined });
    const within = SALES.filter(({ lat }) => Math.abs((lat ?? 0) + 33.8) * 111.2 <= 1.5).length;
    expect(found?.total).toBe(within);
    expect(found?.rows.every(({ km }) => km !== null && km <= 1.5)).toBe(true);
  });

  test("are of the property's type and size of land", () => {
    const found = report({ property_type: "House", land_area: 400, price: undefined, bedrooms: undefined });
    const alike = SALES.filter(({ category, land_sqm }) => category === "house" && (land_sqm ?? 0) <= 800);
    expect(found?.total).toBe(alike.length);
  });

  test("do not contain the property itself, whose sale is named however its address is written", () => {
    const found = report({ address: "10 Kelp St, Manly NSW 2095", bedrooms: undefined, price: undefined });
    expect(found?.rows.some(({ address }) => address === "10 Kelp Street")).toBe(false);
    expect(found?.total).toBe(59);
    expect(found?.notes.join(" ")).toContain("The property itself sold on");
  });

  test("make no median of two prices and no middle half of four", () => {
    const few = (n: number) =>
      buildReport(dataSet({ sales: Array.from({ length: n }, () => sale({ beds: 3 })) }), options({ subject }))
        .comparables;
    expect(few(2)?.median).toMatchObject({ value: null, n: 2 });
    expect([few(4)?.lower.value, few(4)?.median.value]).toEqual([null, 2_000_000]);
  });
});

test("the map has the sales whose coordinates are known, where they are", () => {
  const { locator } = buildReport(
    dataSet({ sales: [...SALES, sale({ agency_ids: ["a"] })] }),
    options({ preparedFor: "a" }),
  );
  expect(locator?.sales).toHaveLength(60);
  const [first, second] = locator?.sales ?? [];
  expect((second?.x ?? 0) - (first?.x ?? 0)).toBeCloseTo(0, 1);
  expect(locator?.sales.filter(({ isPreparedFor }) => isPreparedFor)).toHaveLength(
    SALES.filter(({ agents = [] }) => agents.some(({ id }) => id !== "z")).length,
  );
});

describe("a request", () => {
  const base = { suburb: "Manly", state: "NSW" };

  test("takes the new fields as forms write them", () => {
    const { request, warnings } = parseRequest({
      ...base,
      compare: "Ada; Grace",
      sections: "Market, price bands",
      subject: { address: " 12 Ocean Road ", bedrooms: "4", price: "$2,500,000", lat: "", property_type: "houses" },
    });
    expect(warnings).toEqual([]);
    expect(request).toMatchObject({
      compare: ["Ada", "Grace"],
      sections: ["market", "price-bands"],
      subject: { address: "12 Ocean Road", bedrooms: 4, price: 2_500_000, property_type: "House" },
    });
  });

  test.each<[string, object, string]>([
    ["one name alone", { compare: ["Ada"] }, "/compare"],
    ["five names", { compare: ["a", "b", "c", "d", "e"] }, "/compare"],
    ["a section that is none", { sections: ["weather"] }, "/sections/0"],
    ["a property without an address", { subject: { bedrooms: 3 } }, "/subject/address"],
    ["half a pair of coordinates", { subject: { address: "1 A", lat: -33 } }, "/subject/lon"],
    ["a radius around nowhere", { subject: { address: "1 A", radius_km: 2 } }, "/subject/radius_km"],
  ])("with %s is refused, and the field is named", (_, fields, path) => {
    expect(() => parseRequest({ ...base, ...fields })).toThrow(path);
  });
});
