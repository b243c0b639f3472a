import { describe, expect, test } from "bun:test";
import type { Sale } from "../../../src/report/data-set.ts";
import {
  allClearances,
  clearanceOfCounts,
  clearanceRate,
  methodMix,
  recordsBothResults,
} from "../../../src/report/figures/auction.ts";
import { deals } from "../data.ts";

const failed = (day: string): Partial<Sale> => ({
  ...{ outcome: "passed_in", method: "auction", price: null, sold_date: `2026-03-${day}` },
});
const sold = (method: NonNullable<Sale["method"]>, day: string): Partial<Sale> => ({
  method,
  sold_date: `2026-03-${day}`,
});

/** Below three results there is no rate: two of other properties, of which one was sold. */
const others: readonly Partial<Sale>[] = [{ method: "auction" }, { method: "auction", outcome: "passed_in" }];

describe("the clearance rate", () => {
  test.each([0, 1, 2, 3])("of %d results", (n) => {
    const sold = Array.from({ length: n }, () => ({ method: "auction" as const }));
    expect(clearanceRate(deals(...sold), true)).toMatchObject({ value: n < 3 ? null : 100, n, reliable: false });
    expect(clearanceOfCounts([{ sold_at: n }], true)).toMatchObject({ value: n < 3 ? null : 100, n, reliable: false });
  });

  test("of all property types is that of those that have one", () => {
    const of = (sold: number, passed: number) => clearanceOfCounts([{ sold_at: sold, passed_in: passed }], true);
    expect(allClearances([of(4, 1), of(2, 0), of(10, 5)])).toMatchObject({ value: 70, n: 20, reliable: true });
    expect(allClearances([of(2, 0)])).toMatchObject({ value: null, n: 0 });
  });

  test("is sold before, at and after auction by the known results", () => {
    const results = deals(
      { method: "auction" },
      { method: "sold_prior" },
      { method: "sold_after" },
      { method: "auction", outcome: "passed_in" },
      { method: "auction", outcome: "withdrawn" },
      // Neither is an auction result.
      { method: "private_treaty" },
      { method: "private_treaty", outcome: "withdrawn" },
    );
    expect(clearanceRate(results, true)).toEqual({ value: 60, n: 5, supplied: false, reliable: false });
  });

  test("is reliable from 10 results", () => {
    const nine = Array.from({ length: 9 }, () => ({ method: "auction" as const }));
    expect(clearanceRate(deals(...nine), true).reliable).toBe(false);
    expect(clearanceRate(deals(...nine, { method: "auction" }), true).reliable).toBe(true);
  });

  test("counts an auction passed in and sold afterwards once, as sold", () => {
    const address = "3 Cockle Court";
    const results = deals(
      { address, method: "auction", outcome: "passed_in", sold_date: "2026-02-20" },
      { address, method: "sold_after", sold_date: "2026-02-27" },
      ...others,
    );
    expect(clearanceRate(results, true)).toMatchObject({ value: (2 / 3) * 100, n: 3 });
  });

  test("counts two auctions of one property as two", () => {
    const address = "3 Cockle Court";
    const results = deals(
      { address, method: "auction", outcome: "passed_in", sold_date: "2026-02-20" },
      { address, method: "auction", sold_date: "2026-04-27" },
      ...others,
    );
    expect(clearanceRate(results, true)).toMatchObject({ value: 50, n: 4 });
  });

  test.each<[string, Partial<Sale>[], number, number]>([
    ["passed in twice, then sold after", [failed("01"), failed("20"), sold("sold_after", "28")], 1, 1],
    ["in two records a day apart", [failed("01"), { ...failed("02"), method: "not_stated" }], 0, 1],
    ["in two records a week apart, which are two auctions", [failed("01"), failed("08")], 0, 2],
    ["and then withdrawn", [failed("01"), { ...failed("15"), outcome: "withdrawn" }], 0, 1],
    ["in the record of one, and sold the same day in another's", [failed("01"), sold("auction", "01")], 1, 1],
    [
      "and sold at auction two months later",
      [{ ...failed("01"), sold_date: "2026-01-01" }, sold("auction", "01")],
      1,
      2,
    ],
    ["and sold by private treaty", [failed("01"), sold("private_treaty", "20")], 0, 1],
  ])("counts one passed in %s", (_, records, cleared, n) => {
    const address = "3 Cockle Court";
    for (const order of [records, records.toReversed()])
      expect(clearanceRate(deals(...order.map((each) => ({ address, ...each })), ...others), true)).toMatchObject({
        ...{ value: ((cleared + 1) / (n + 2)) * 100, n: n + 2 },
      });
  });

  test("is unknown where no failed auction is on record: an agency that lists only sales would always have 100%", () => {
    const sold = deals({ method: "auction" }, { method: "sold_prior" });
    expect(clearanceRate(sold, false)).toMatchObject({ value: null, n: 2 });
    expect(recordsBothResults(sold)).toBe(false);
  });

  test("is unknown where no sale is on record: what lists failed auctions alone would have 0%", () => {
    const failed = { outcome: "passed_in", method: "auction" } as const;
    expect(recordsBothResults(deals(failed, failed, failed))).toBe(false);
    expect(recordsBothResults(deals(failed, failed, failed, { method: "private_treaty" }))).toBe(true);
    expect(clearanceOfCounts([{ passed_in: 4, withdrawn: 2 }])).toMatchObject({ value: null, n: 6 });
    expect(clearanceOfCounts([{ passed_in: 4, sold_at: 0 }])).toMatchObject({ value: 0, n: 4 });
  });

  test("without results is unknown", () => {
    expect(clearanceRate(deals({ method: "private_treaty" }), true)).toMatchObject({
      value: null,
      n: 0,
      reliable: false,
    });
  });

  test("from a source's counts leaves out what went unreported", () => {
    const counts = {
      sold_prior: 1,
      sold_at: 4,
      sold_after: 1,
      passed_in: 3,
      withdrawn: 1,
      unreported: 7,
      scheduled: 17,
    };
    expect(clearanceOfCounts([counts, null, undefined])).toEqual({ value: 60, n: 10, supplied: false, reliable: true });
  });
});

test("the method mix is each method's share, largest first", () => {
  const sold = deals({ method: "private_treaty" }, { method: "auction" }, { method: "auction" }, { method: "eoi" });
  expect(methodMix(sold)).toEqual([
    { method: "auction", n: 2, share: 50, of: 4 },
    { method: "eoi", n: 1, share: 25, of: 4 },
    { method: "private_treaty", n: 1, share: 25, of: 4 },
  ]);
  expect(methodMix([])).toEqual([]);
});
