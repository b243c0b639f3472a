import { describe, expect, test } from "bun:test";
import { clearanceOfCounts, clearanceRate, hasFailedAuctions, methodMix } from "../../../src/report/figures/auction.ts";
import { deals } from "../data.ts";

describe("the clearance rate", () => {
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
      { method: "auction", outcome: "passed_in" },
    );
    expect(clearanceRate(results, true)).toMatchObject({ value: 50, n: 2 });
  });

  test("counts two auctions of one property as two", () => {
    const address = "3 Cockle Court";
    const results = deals(
      { address, method: "auction", outcome: "passed_in", sold_date: "2026-02-20" },
      { address, method: "auction", sold_date: "2026-04-27" },
    );
    expect(clearanceRate(results, true)).toMatchObject({ value: 50, n: 2 });
  });

  test("is unknown where no failed auction is on record: an agency that lists only sales would always have 100%", () => {
    const sold = deals({ method: "auction" }, { method: "sold_prior" });
    expect(clearanceRate(sold, false)).toMatchObject({ value: null, n: 2 });
    expect([hasFailedAuctions(sold), hasFailedAuctions(deals({ outcome: "passed_in" }))]).toEqual([false, true]);
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
