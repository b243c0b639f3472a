import { describe, expect, test } from "bun:test";
import type { Sale } from "../../src/report/data-set.ts";
import { buildLeasing } from "../../src/report/leasing/leasing.ts";
import { filterOf } from "../../src/report/request/filter.ts";
import { options, sale } from "./data.ts";
import { report, sales, tile } from "./odd-data.ts";

/** What a report makes of prices, rents and dates that stand for none, or are in another unit. */

describe("placeholders", () => {
  test.each([1, 9, 100, 999, 99_999_999, 999_999_999])("a price of $%d is none, and Method says so", (price) => {
    const model = report({
      as_of: "2026-06-30",
      sales: [...sales(4, "2026-06-30", 300), sale({ price, sold_date: "2026-05-05", agency_ids: ["a"] })],
    });
    expect(model.market[0]?.sales12m.value).toBe(5);
    expect(model.market[0]?.median).toMatchObject({ value: 2_000_000, n: 4 });
    expect(model.agencies.rows[0]?.value.value).toBeNull();
    expect(model.method.coverage.join(" ")).toContain("1 sale with a placeholder for a price");
  });

  test("a dear house is no placeholder, a hundred times the others is one", () => {
    const of = (price: number) =>
      report({ as_of: "2026-06-30", sales: [...sales(9, "2026-06-30", 300), sale({ price, sold_date: "2026-05-05" })] })
        .market[0]?.median.n;
    expect([of(60_000_000), of(201_000_000)]).toEqual([10, 9]);
  });

  test.each<[string, number, "house" | "unit" | "land", string]>([
    [
      "cents",
      200_000_000,
      "house",
      "9 house sales are counted without a price: the median of their type would be $200m",
    ],
    ["cents", 50_000_000, "unit", "9 unit sales are counted without a price: the median of their type would be $50m"],
    ["thousands", 2_000, "house", "9 house sales are counted without a price: the median of their type would be $2k"],
    ["thousands", 850, "land", "9 land sales are counted without a price: the median of their type would be $850"],
  ])("prices that are all in %s (%d, %s) are none, and Method and a warning say so", (unit, price, category, says) => {
    const model = report({
      as_of: "2026-06-30",
      sales: [
        ...sales(9, "2026-06-30", 300, () => ({ price, category, agency_ids: ["a"] })),
        ...sales(4, "2026-06-30", 300, () => ({ category: "other", agency_ids: ["a"] })),
      ],
    });
    const segment = (of: string) => model.market.find((each) => each.category === of);
    expect(segment(category)?.median.value).toBeNull();
    expect(segment(category)?.sales12m.value).toBe(9);
    expect(segment("other")?.median.n).toBe(4);
    expect(model.warnings).toEqual([`${says}, so the prices seem to be in ${unit}.`]);
    expect(model.method.coverage).toContain(model.warnings[0] ?? "");
    expect(model.sales.rows.flatMap((row) => row.price ?? [])).toEqual([2_000_000, 2_000_000, 2_000_000, 2_000_000]);
    expect(model.verdict.sentences[0]).toContain("30.8% have a price that can be used");
  });

  test("the dearest homes alone are in dollars, as a filter leaves them, if other homes of the data show it", () => {
    const mansions = sales(5, "2026-06-30", 300, (at) => ({
      price: 31_000_000 + at * 1_000_000,
      beds: 6,
      agency_ids: ["a"],
    }));
    const others = sales(40, "2026-06-30", 300, (at) => ({ price: 4_000_000 + at * 10_000, beds: 3 }));
    const medianOf = (data: Sale[], changes = {}) => {
      const model = report({ as_of: "2026-06-30", sales: data }, changes);
      return [model.market.find(({ category }) => category === "house")?.median.value, model.warnings.length];
    };
    const filter = filterOf({ min_bedrooms: 5 });
    expect(medianOf([...mansions, ...others], { filter })).toEqual([33_000_000, 0]);
    // Of homes of another type, and of earlier years.
    const units = others.slice(0, 9).map((each) => ({ ...each, category: "unit" as const, price: 1_200_000 }));
    expect(medianOf([...mansions, ...units])).toEqual([33_000_000, 0]);
    expect(medianOf([...mansions, ...units.slice(0, 2)])).toEqual([null, 1]);
    const earlier = others.slice(0, 4).map((each) => ({ ...each, sold_date: "2024-02-01" }));
    expect(medianOf([...mansions, ...earlier])).toEqual([33_000_000, 0]);
    expect(medianOf(mansions)).toEqual([null, 1]);
  });

  test("a file in cents beside one in dollars is found, and a few transfers in it do not hide that", () => {
    const cents = sales(30, "2026-06-30", 300, (at) => ({ price: 60_000_000 + at * 1_000_000 }));
    const dollars = sales(12, "2026-06-30", 300, () => ({ price: 500_000, category: "unit" }));
    const nominal = sales(2, "2026-06-30", 300, () => ({ price: 2_000_000, beds: 1 }));
    for (const data of [cents, [...cents, ...dollars], [...cents, ...nominal]]) {
      const model = report({ as_of: "2026-06-30", sales: data });
      expect(model.market.find(({ category }) => category === "house")?.median.value).toBeNull();
      expect(model.warnings).toEqual([expect.stringContaining("so the prices seem to be in cents")]);
    }
  });

  test("a filter does not change which prices are nominal", () => {
    const all = [
      ...sales(20, "2026-06-30", 300, () => ({ price: 1_500_000, beds: 3 })),
      ...sales(6, "2026-06-30", 300, () => ({ price: 9_000_000, beds: 6 })),
      sale({ price: 800_000, beds: 6, sold_date: "2026-05-05" }),
    ];
    const filter = filterOf({ min_bedrooms: 6 });
    const [house] = report({ as_of: "2026-06-30", sales: all }, { filter }).market;
    expect([house?.sales12m.value, house?.median.n]).toEqual([7, 7]);
  });

  test("one price in cents among dollars is none; cheap and dear suburbs have their medians", () => {
    const of = (price: number, changes: Partial<Sale> = {}) =>
      report({ as_of: "2026-06-30", sales: sales(9, "2026-06-30", 300, (at) => ({ price: price + at, ...changes })) });
    expect(of(25_000).market[0]?.median.value).toBe(25_004);
    expect(of(12_000_000).market[0]?.median.value).toBe(12_000_004);
    expect(of(4_000, { category: "land" }).market[0]?.median.value).toBe(4_004);
    expect(of(4_000).market[0]?.median).toMatchObject({ value: null });
    const mixed = report({
      as_of: "2026-06-30",
      sales: [...sales(9, "2026-06-30", 300), sale({ price: 185_000_000, sold_date: "2026-05-05" })],
    });
    expect(mixed.market[0]?.median).toMatchObject({ value: 2_000_000, n: 9 });
    expect(mixed.warnings).toEqual([]);
  });

  test("a source's series in thousands or cents has no medians, and a rent by the month makes no yield", () => {
    const series = (median_sold_price: number, median_weekly_rent: number) => ({
      market: [
        {
          category: "house" as const,
          series: ["2026-03-31", "2026-06-30"].map((period_end) => ({
            ...{ period_end, period_months: 3, number_sold: 12, p25: median_sold_price, median_sold_price },
            median_weekly_rent,
          })),
        },
      ],
    });
    for (const price of [1_250, 125_000_000]) {
      const [segment] = report(series(price, 700)).market;
      expect([segment?.median.value, segment?.grossYield.value]).toEqual([null, null]);
    }
    const [segment] = report(series(700_000, 2_900)).market;
    expect([segment?.median.value, segment?.grossYield.value]).toEqual([700_000, null]);
    expect(report(series(700_000, 700)).market[0]?.grossYield.value).toBeCloseTo(5.2, 1);
  });

  test.each([0, 1, 19, 99_999, 999_999])("a rent of $%d a week is none", (weekly_rent) => {
    const rentals = [500, 520, 540, weekly_rent].map((rent, at) => ({
      ...{ id: `r${at}`, address: `${at} Pine Street`, category: "unit" as const, listed_date: "2026-05-01" },
      weekly_rent: rent,
    }));
    const [row] = buildLeasing({ as_of: "2026-06-30", rentals }, options()).rents;
    expect(row?.medianRent).toMatchObject({ value: 520, n: 3 });
  });

  test.each(["$1", "0", "$999,999,999", " "])("an asking price of %p is not printed", (display_price) => {
    const listings = [{ id: "l", address: "1 Pine Street", category: "house" as const, display_price }];
    expect(report({ listings }).listings.rows[0]?.displayPrice).toBeNull();
  });

  test("a listing of 1900 has no days on market, nor has one of 1970 been listed since", () => {
    const listings = [{ id: "l", address: "1 Pine Street", category: "house" as const, listed_date: "1970-01-01" }];
    const model = report({ listings, sales: sales(4, "2026-06-30", 60, () => ({ listed_date: "1900-01-01" })) });
    expect(tile(model, "Days on market")?.figure.value ?? null).toBeNull();
    expect(model.listings.rows[0]).toMatchObject({ listedDate: null, daysListed: null });
  });

  test("a source's price of 0 is none", () => {
    const series = [{ period_end: "2026-06-30", period_months: 3, number_sold: 0, median_sold_price: 0 }];
    const model = report({ as_of: "2026-06-30", market: [{ category: "house", series }] });
    expect([model.market[0]?.median.value, model.market[0]?.series[0]?.median]).toEqual([null, null]);
  });
});
