import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Sale } from "../../../src/report/data-set.ts";
import { median, quantile } from "../../../src/report/figures/figure.ts";
import {
  daysOnMarket,
  disclosureRate,
  grossYield,
  growth,
  medianPrice,
  salesValue,
  saleToList,
  vendorDiscount,
} from "../../../src/report/figures/price.ts";
import { deals } from "../data.ts";

const figure = (value: number | null, n: number | null) => ({ value, n, supplied: false });
const prices = (...values: readonly (number | null)[]) => deals(...values.map((price) => ({ price })));

describe("the median price", () => {
  test("is the middle one of the disclosed prices", () => {
    expect(medianPrice(prices(900_000, 3_000_000, 1_000_000))).toEqual(figure(1_000_000, 3));
  });
  test("of an even number is the mean of the two in the middle", () => {
    expect(medianPrice(prices(4, 1, 3, 2))).toEqual(figure(2.5, 4));
  });
  test("leaves out what is unknown, withheld, or 0", () => {
    const sold = deals(
      { price: 1_000_000 },
      { price: 1_100_000 },
      { price: 1_200_000 },
      { price: null },
      { price: 9_000_000, price_disclosed: false },
      { price: 0 },
    );
    expect(medianPrice(sold)).toEqual(figure(1_100_000, 3));
    expect(disclosureRate(sold)).toEqual(figure(50, 6));
    expect(salesValue(sold)).toEqual(figure(3_300_000, 3));
  });
  test("is suppressed below 3 prices, its n is not", () => {
    expect(medianPrice(prices(1, 2, null))).toEqual(figure(null, 2));
  });
  test("of nothing is unknown, never 0", () => {
    expect(medianPrice([])).toEqual(figure(null, 0));
    expect(salesValue(prices(null))).toEqual(figure(null, 0));
    expect(disclosureRate([])).toEqual(figure(null, 0));
  });
});

describe("quantiles", () => {
  test("are interpolated", () => {
    // 1 2 3 4 5: the 25th percentile is the second; of 1 2 3 4 it lies three quarters between the first two.
    expect(quantile([5, 3, 1, 2, 4], 0.25)).toBe(2);
    expect(quantile([4, 3, 2, 1], 0.25)).toBe(1.75);
    expect(median([])).toBeNull();
  });
  test("lie between the smallest and the largest, in order, however the values are", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1 }), (values) => {
        const at = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1].map((q) => quantile(values, q) ?? Number.NaN);
        expect(at).toEqual([...at].sort((a, b) => a - b));
        expect(at[0]).toBe(Math.min(...values));
        expect(at.at(-1)).toBe(Math.max(...values));
      }),
    );
  });
});

describe("days on market", () => {
  const sold = (listed_date: string | null, sold_date = "2026-03-31") => ({ listed_date, sold_date });

  test("is the median of sold − listed", () => {
    // 28, 30 and 59 days.
    expect(daysOnMarket(deals(sold("2026-03-03"), sold("2026-03-01"), sold("2026-01-31")))).toEqual(figure(30, 3));
  });
  test("is suppressed below 3, and leaves out what has no listing date or one after the sale", () => {
    expect(daysOnMarket(deals(sold("2026-03-01"), sold("2026-03-01"), sold(null), sold("2026-04-02")))).toEqual(
      figure(null, 2),
    );
  });

  test("begins with the first listing where a withdrawn property was listed again within 90 days", () => {
    const address = "7 Gannet Avenue";
    const records = deals(
      { address, listed_date: "2025-10-01", sold_date: "2025-11-01", outcome: "withdrawn", method: "private_treaty" },
      // 90 days after the withdrawal, and written in another way.
      { address: "7  GANNET avenue,", listed_date: "2026-01-30", sold_date: "2026-03-01" },
    );
    // 2025-10-01 to 2026-03-01.
    expect(records.map(({ day, listed }) => day - (listed ?? 0))).toEqual([31, 151]);
  });
  test("begins again where it was 91 days, where it was sold between, and at another address", () => {
    const first = { address: "7 Gannet Avenue", listed_date: "2025-10-01", sold_date: "2025-11-01" } as const;
    const again = { address: "7 Gannet Avenue", listed_date: "2026-01-31", sold_date: "2026-03-01" } as const;
    const days = (...records: readonly Partial<Sale>[]) =>
      deals(...records).map(({ day, listed }) => day - (listed ?? 0));
    expect(days({ ...first, outcome: "withdrawn" }, again)).toEqual([31, 29]);
    const soon = { ...again, listed_date: "2026-01-01" };
    expect(days({ ...first, outcome: "withdrawn" }, soon)).toEqual([31, 151]);
    expect(days({ ...first, outcome: "sold" }, soon)).toEqual([31, 59]);
    expect(days({ ...first, outcome: "withdrawn" }, { ...soon, address: "77 Gannet Avenue" })).toEqual([31, 59]);
  });
  test("knows a property by any spelling of its address, and by its suburb", () => {
    const records = [
      { address: "Unit 5, 12 Pine St", sold_date: "2026-03-01" },
      { address: "5/12 Pine Street, Manly NSW 2095", sold_date: "2026-03-08" },
      { address: "5/12 PINE STREET", suburb: "Balgowlah", sold_date: "2026-03-08" },
    ];
    expect(deals(...records).map(({ records }) => records)).toEqual([2, 1]);
  });

  test("continues through several relistings", () => {
    const address = "1 Tern Street";
    const records = deals(
      { address, listed_date: "2025-01-01", sold_date: "2025-03-01", outcome: "passed_in" },
      { address, listed_date: "2025-04-01", sold_date: "2025-06-01", outcome: "withdrawn" },
      { address, listed_date: "2025-07-01", sold_date: "2025-08-01" },
    );
    // 2025-01-01 to 2025-08-01.
    expect(records.at(-1)).toMatchObject({ outcome: "sold" });
    expect((records.at(-1)?.day ?? 0) - (records.at(-1)?.listed ?? 0)).toBe(212);
  });
});

describe("asking prices", () => {
  const sold = (price: number, from: number | null, to: number | null = null) => ({
    price,
    first_ask: { from, to },
    method: "private_treaty" as const,
  });

  test("the vendor discount is the median of (first ask − sold) / first ask, private treaty only", () => {
    // 10 %, 5 % and −2 %; the auction's 50 % is left out.
    const records = deals(sold(900, 1_000), sold(950, 1_000), sold(1_020, 1_000), {
      ...sold(500, 1_000),
      method: "auction",
    });
    expect(vendorDiscount(records)).toEqual({ value: expect.closeTo(5, 10), n: 3, supplied: false });
    expect(vendorDiscount(records.slice(0, 2))).toEqual(figure(null, 2));
  });
  test("sale-to-list is sold / ask, the floor of a range, by whatever method", () => {
    // 90, 95, 100, 104 and 110 %.
    const records = deals(
      sold(900, 1_000, 1_100),
      sold(950, 1_000),
      { ...sold(1_000, 1_000, 1_200), method: "auction" },
      sold(1_040, null, 1_000),
      sold(1_100, 1_000),
    );
    expect(saleToList(records)).toEqual(figure(100, 5));
  });
  test("sale-to-list is suppressed below 5", () => {
    expect(saleToList(deals(sold(9, 10), sold(9, 10), sold(9, 10), sold(9, 10)))).toEqual(figure(null, 4));
  });
});

describe("growth and yield", () => {
  test("growth is median now / median a year ago − 1", () => {
    expect(growth(figure(1_050_000, 8), figure(1_000_000, 5))).toEqual({
      value: expect.closeTo(5, 10),
      n: 5,
      supplied: false,
    });
    expect(growth(figure(1_050_000, 8), figure(null, 2)).value).toBeNull();
  });
  test("gross yield is weekly rent × 52 / median", () => {
    expect(grossYield(1_000, figure(2_000_000, 9))).toEqual({ value: expect.closeTo(2.6, 10), n: 9, supplied: false });
    expect(grossYield(null, figure(2_000_000, 9)).value).toBeNull();
    expect(grossYield(1_000, figure(null, 2)).value).toBeNull();
  });
});
