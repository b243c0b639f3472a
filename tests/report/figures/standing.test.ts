import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  concentration,
  gapToNext,
  marketShare,
  rankChange,
  ranks,
  salesByAgency,
  salesByAgent,
} from "../../../src/report/figures/standing.ts";
import { momentum, monthsOfSupply } from "../../../src/report/figures/supply.ts";
import { deals } from "../data.ts";

const by = (...agency_ids: readonly string[]) => ({ agency_ids: [...agency_ids] });

describe("market share", () => {
  test("counts a joint sale once for each agency, so that shares pass 100 %", () => {
    const sold = deals(by("a"), by("a"), by("a", "b"), by("b"));
    const counts = [...salesByAgency(sold)].map(([id, own]) => [id, own.length, marketShare(own.length, 4).value]);
    expect(counts).toEqual([
      ["a", 3, 75],
      ["b", 2, 50],
    ]);
  });

  test("counts an agency once where a sale names it twice", () => {
    expect(salesByAgency(deals(by("a", "a"))).get("a")).toHaveLength(1);
  });

  test("of nothing is unknown", () => {
    expect(marketShare(0, 0)).toEqual({ value: null, n: 0, supplied: false });
  });

  test("sums to 100 % at least where every sale has an agency, and to it exactly without joint sales", () => {
    const agency = fc.constantFrom("a", "b", "c", "d");
    const sales = fc.array(fc.uniqueArray(agency, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sales, (lists) => {
        const sold = deals(...lists.map((ids) => by(...ids)));
        const sum = [...salesByAgency(sold).values()].reduce((all, own) => all + own.length, 0);
        const joint = lists.some((ids) => ids.length > 1);
        if (joint) expect(sum).toBeGreaterThan(sold.length);
        else expect(sum).toBe(sold.length);
      }),
    );
  });
});

describe("agents", () => {
  test("lead and are involved", () => {
    const sold = deals(
      {
        agents: [
          { id: "x", role: "lead" },
          { id: "y", role: "co" },
        ],
      },
      { agents: [{ id: "y" }] },
      {
        agents: [
          { id: "y", role: "co" },
          { id: "x", role: "lead" },
          { id: "x", role: "co" },
        ],
      },
    );
    const counts = [...salesByAgent(sold)].map(([id, { lead, involved }]) => [id, lead.length, involved.length]);
    expect(counts).toEqual([
      ["x", 2, 2],
      ["y", 1, 3],
    ]);
  });
});

describe("concentration", () => {
  test("is the sum of the squared shares", () => {
    // 50 % and twice 25 %: 2500 + 625 + 625.
    expect(concentration(deals(by("a"), by("a"), by("b"), by("c")))).toEqual({ value: 3_750, n: 4, supplied: false });
    expect(concentration(deals(by("a")))).toMatchObject({ value: 10_000 });
  });
  test("divides a joint sale", () => {
    expect(concentration(deals(by("a", "b")))).toMatchObject({ value: 5_000 });
  });
  test("without an agency is unknown", () => {
    expect(concentration(deals({}))).toMatchObject({ value: null, n: 1 });
  });
  test("lies between 0 and 10,000 whoever sells with whom", () => {
    const sales = fc.array(fc.uniqueArray(fc.constantFrom("a", "b", "c"), { maxLength: 3 }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(sales, (lists) => {
        const { value } = concentration(deals(...lists.map((ids) => by(...ids))));
        expect(value ?? 1).toBeGreaterThan(0);
        expect(value ?? 1).toBeLessThanOrEqual(10_000.000001);
      }),
    );
  });
});

describe("ranks", () => {
  const counts = new Map([
    ["a", 4],
    ["b", 7],
    ["c", 4],
    ["d", 1],
    ["e", 0],
  ]);

  test("are shared by equals, skip as many, and are given for sales alone", () => {
    expect(Object.fromEntries(ranks(counts))).toEqual({ b: 1, a: 2, c: 2, d: 4 });
  });
  test("change by ranks won", () => {
    expect(rankChange(2, 5)).toBe(3);
    expect(rankChange(5, 2)).toBe(-3);
    expect(rankChange(2, undefined)).toBeNull();
  });
  test("the gap is what it takes to pass the next better", () => {
    expect(gapToNext(1, counts)).toEqual({ sales: 4, rank: 2 });
    expect(gapToNext(4, counts)).toEqual({ sales: 4, rank: 1 });
    expect(gapToNext(7, counts)).toBeNull();
    expect(gapToNext(0, counts)).toEqual({ sales: 2, rank: 4 });
  });
  test("that many more sales pass exactly that rank", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 12 }), (sales) => {
        const before = new Map(sales.map((n, index) => [String(index), n]));
        const own = before.get("0") ?? 0;
        const gap = gapToNext(own, before);
        if (gap === null) return;
        const after = ranks(new Map([...before, ["0", own + gap.sales]]));
        const almost = ranks(new Map([...before, ["0", own + gap.sales - 1]]));
        // Past all of that rank, and one sale fewer would only have joined them.
        expect(after.get("0")).toBeLessThanOrEqual(gap.rank);
        expect(almost.get("0")).toBe(gap.rank);
      }),
    );
  });
});

test("months of supply is listings by the sales of an average month", () => {
  expect(monthsOfSupply(30, 120)).toEqual({ value: 3, n: 30, supplied: false });
  expect(monthsOfSupply(30, 0).value).toBeNull();
  expect(monthsOfSupply(null, 120).value).toBeNull();
});

test("momentum is the share of listings less the share of sales, in points", () => {
  expect(momentum(20, 12.5, 4)).toEqual({ value: 7.5, n: 4, supplied: false });
  expect(momentum(null, 12.5, 0).value).toBeNull();
});
