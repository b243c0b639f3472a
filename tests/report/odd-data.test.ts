import { describe, expect, test } from "bun:test";
import { figure } from "../../src/render/style/format.ts";
import type { Sale } from "../../src/report/data-set.ts";
import { buildLeasing } from "../../src/report/leasing/leasing.ts";
import { options, sale } from "./data.ts";
import { report, sales, tile } from "./odd-data.ts";

/** What a report makes of holes, lags, ties and doubles: the neighbours of what claims.test.ts has. */

describe("the period ends where each source speaks", () => {
  const of = (source: string, to: string) => sales(40, to, 330, (at) => ({ source, address: `${at} ${source} Road` }));
  const sources = (...each: object[]) => each.map((source, at) => ({ id: `s${at}`, name: `Source ${at}`, ...source }));

  test.each<[string, object[], [string, string], string]>([
    ["the earlier of two", [{}, {}], ["2026-06-30", "2026-03-31"], "2026-03-31"],
    ["less the lag of each", [{ lag_days: 90 }, { lag_days: 10 }], ["2026-06-30", "2026-06-20"], "2026-04-01"],
    [
      "as far as it has records of any locality",
      [{}, { newest: "2026-06-25" }],
      ["2026-06-30", "2026-03-31"],
      "2026-06-25",
    ],
  ])("%s", (_, about, [first, second], end) => {
    const model = report({ sources: sources(...about), sales: [...of("s0", first), ...of("s1", second)] });
    expect(model.period.to).toBe(end);
    expect(model.asOf).toBe(end);
  });

  test("but for one with hardly a sale of that year", () => {
    const stray = sales(2, "2025-08-01", 20, () => ({ source: "s1" }));
    expect(report({ sources: sources({}, {}), sales: [...of("s0", "2026-06-30"), ...stray] }).period.to).toBe(
      "2026-06-30",
    );
  });

  test("and never in the future, whatever period is stated", () => {
    const period = { from: "2026-01-01", to: "2026-12-31" };
    expect(report({ period, sales: of("s0", "2026-06-30") }).period).toEqual({ from: "2025-07-16", to: "2026-07-15" });
    const rentals = [{ id: "r", address: "1 Pine Street", category: "unit" as const, listed_date: "2026-05-01" }];
    const leasing = buildLeasing({ period, as_of: "2026-12-31", rentals }, options({ date: "2026-07-15" }));
    expect([leasing.asOf, leasing.period.to]).toEqual(["2026-07-15", "2026-07-15"]);
  });
});

describe("ranks", () => {
  const agencies = ["a", "b", "c", "d", "e"].map((id) => ({ id, name: id.toUpperCase() }));
  const sold = (numbers: readonly number[]) =>
    numbers.flatMap((count, at) =>
      sales(count, `2026-06-${10 + at}`, 90, () => ({ agency_ids: [agencies[at]?.id ?? ""] })),
    );

  test.each([
    [[3, 2, 1], "A leads with 3 of 6 sales (50%), ahead of B with 2."],
    [[3, 2, 2], "A leads with 3 of 7 sales (42.9%), ahead of B and C with 2 each."],
    [[3, 1, 1, 1], "A leads with 3 of 6 sales (50%), ahead of B, C and D with 1 each."],
    [[3, 1, 1, 1, 1], "A leads with 3 of 7 sales (42.9%), ahead of B, C and 2 others with 1 each."],
    [[2, 2, 2, 1], "A, B and C share the lead with 2 of 7 sales (28.6%) each."],
    [[1], "The only sale in this report is by A."],
    [[2], "Both sales in this report are by A."],
    [[12], "All 12 sales in this report are by A."],
  ])("%p: all that share a rank are named or counted", (numbers, sentence) => {
    expect(report({ as_of: "2026-06-30", agencies, sales: sold(numbers) }).verdict.sentences).toContain(sentence);
  });

  test("hidden agents are not shown, and Method says that the ranks are without them", () => {
    const agents = [
      { id: "x", name: "Ada" },
      { id: "y", name: "Ben", hidden: true },
    ];
    const model = report({ agents, sales: sales(4, "2026-06-30", 90, () => ({ agents: [{ id: "y" }, { id: "x" }] })) });
    expect(model.method.coverage).toContain("1 agent is not shown; agents are ranked among those shown.");
  });
});

describe("the same sale under several ids", () => {
  const twice = (first: Partial<Sale>, second: Partial<Sale>) =>
    report({
      as_of: "2026-06-30",
      sales: [first, second].map((each, at) => sale({ id: `${at}`, address: "4/12 Pine Street", ...each })),
    }).agencies.totalSales;
  const on = (sold_date: string, price: number | null) => ({ sold_date, price });
  const inBlock = (beds: number): Partial<Sale> => ({ address: "12 Pine Street", category: "unit", beds });

  test("again and again, each within 30 days of another, and with what only one of them knows", () => {
    const days = ["2026-02-01", "2026-02-27", "2026-03-25", "2026-04-20"];
    const model = report({
      as_of: "2026-06-30",
      sales: days.map((sold_date, at) =>
        sale({
          ...{ id: `${at}`, address: "4/12 Pine Street", sold_date },
          ...(at === 3 ? { beds: 2 } : { method: "not_stated" }),
        }),
      ),
    });
    expect(model.sales.rows).toMatchObject([{ soldDate: "2026-02-01", beds: 2, method: "auction" }]);
  });

  test.each<[string, Partial<Sale>, Partial<Sale>, number]>([
    ["the same price 30 days later", on("2026-05-01", 900_000), on("2026-05-31", 900_000), 1],
    ["the same price 31 days later", on("2026-05-01", 900_000), on("2026-06-01", 900_000), 2],
    ["another price", on("2026-05-01", 900_000), on("2026-05-10", 905_000), 2],
    ["a price that only one has", on("2026-05-01", null), on("2026-05-10", 905_000), 1],
    ["$1 more", on("2026-05-01", 900_000), on("2026-05-10", 900_001), 1],
    [
      "a unit written behind the street",
      on("2026-05-01", 900_000),
      { ...on("2026-05-01", 900_000), address: "12 Pine St, Unit 4" },
      1,
    ],
    [
      "another unit, written behind the street",
      { address: "12 Pine St, Unit 4" },
      { address: "12 Pine St, Unit 5" },
      2,
    ],
    ["a level before the unit", {}, { address: "Level 2, Unit 4, 12 Pine Street" }, 1],
    ["a lot without a number of the street", { address: "Lot 4 Pine Street" }, { address: "4 Pine Street" }, 2],
    ["a block's address, of other bedrooms", inBlock(1), inBlock(2), 2],
    ["a block's address, of the same bedrooms", inBlock(2), inBlock(2), 1],
    ["no price, the same day", on("2026-05-01", null), on("2026-05-01", null), 1],
    ["no price, another day", on("2026-05-01", null), on("2026-05-02", null), 2],
    ["another unit", on("2026-05-01", 900_000), { ...on("2026-05-01", 900_000), address: "5/12 Pine Street" }, 2],
  ])("%s", (_, first, second, count) => {
    expect(twice(first, second)).toBe(count);
  });
});

test("a change says which of its two medians rests on few prices", () => {
  const price = (now: number, then: number) => {
    const all = [...sales(now, "2026-06-30", 365), ...sales(then, "2025-06-30", 365)];
    return report({ as_of: "2026-06-30", sales: all }).verdict.sentences[1];
  };
  expect(price(8, 6)).toBe(
    "The median house sold for $2.00m (unchanged on the year, from only 6 prices; only 8 prices).",
  );
  expect(price(12, 8)).toBe("The median house sold for $2.00m (unchanged on the year, from only 8 prices).");
  expect(price(8, 12)).toBe("The median house sold for $2.00m (unchanged on the year; only 8 prices).");
  expect(price(12, 12)).toBe("The median house sold for $2.00m (unchanged on the year).");
});

describe("unknown is not 0", () => {
  const agencies = [
    { id: "a", name: "Alder", for_sale: 5 },
    { id: "b", name: "Birch" },
  ];
  test("what one agency has for sale says nothing of another, nor of any share", () => {
    const model = report({
      as_of: "2026-06-30",
      agencies,
      sales: sales(6, "2026-06-30", 60, () => ({ agency_ids: ["a"] })),
    });
    expect(model.agencies.rows.map(({ listings, momentum }) => [listings, momentum.value])).toEqual([
      [5, null],
      [null, null],
    ]);
  });

  test("listings that name no agency are no agency's 0", () => {
    const model = report({
      agencies,
      agents: [{ id: "x", name: "Ada", agency_id: "b" }],
      listings: [{ id: "l", address: "1 Pine Street", category: "house" }],
      sales: sales(4, "2026-06-30", 60),
    });
    expect(model.agents.rows[0]?.listings).toBeNull();
    expect(model.agencies.rows.map(({ listings }) => listings)).toEqual([5, null]);
  });

  test.each([
    [{ sold_prior: 6, sold_at: 5 }, null],
    [{ sold_prior: 6, sold_at: 5, passed_in: 0, withdrawn: 0 }, null],
    [{ sold_prior: 6, sold_at: 5, passed_in: 1 }, (11 / 12) * 100],
  ])("a source that counts no failed auction has no clearance rate: %p", (auctions, rate) => {
    const series = [{ period_end: "2026-06-30", period_months: 3, auctions }];
    const model = report({ as_of: "2026-06-30", market: [{ category: "house", series }] });
    expect(model.market[0]?.clearance.value).toBe(rate);
  });

  test("sales before auction alone make no clearance rate", () => {
    const model = report({
      as_of: "2026-06-30",
      sales: sales(20, "2026-06-30", 200, () => ({ method: "sold_prior" })),
    });
    expect(model.market[0]?.clearance).toMatchObject({ value: null, n: 20 });
    expect(tile(model, "Clearance rate")?.note).toBe("20 auction results, none unsold: unknown");
    const failed = report({ sales: sales(20, "2026-06-30", 90, () => ({ method: "auction", outcome: "passed_in" })) });
    expect(tile(failed, "Clearance rate")?.figure.value).toBeNull();
    expect(tile(failed, "Clearance rate")?.note).toBe("20 auction results, none sold: unknown");
  });
});

describe("small numbers and rounding", () => {
  test("of few sales a comparison says how many, and a rate that it is weak", () => {
    const listings = [1, 2, 3].map((at) => ({ id: `l${at}`, address: `${at} Elm Street`, category: "house" as const }));
    const model = report({
      ...{ as_of: "2026-06-30", listings },
      sales: [...sales(6, "2026-06-30", 360), ...sales(3, "2025-06-30", 540)],
    });
    expect(model.verdict.sentences[0]).toContain("up 100% on the year before (3)");
    expect(model.verdict.sentences[1]).toContain("only 3 prices");
    expect(tile(model, "Months of supply")?.note).toBe("n 3 listings, 6 sales: too few to rely on");
    // Of many sales the rate is none, however few listings there are: as in the table of the market.
    const many = report({ as_of: "2026-06-30", listings, sales: sales(40, "2026-06-30", 700) });
    expect(tile(many, "Months of supply")?.note).toBe("n 3 listings");
  });

  test.each([
    [299, 1, "99.7% disclosed"],
    [2_999, 1, "99.9% disclosed"],
    [1, 2_999, "0.1% disclosed"],
    [20, 0, "100% disclosed"],
  ])("%d prices and %d without one: %s", (known, unknown, words) => {
    const model = report({
      as_of: "2026-06-30",
      sales: sales(known + unknown, "2026-06-30", 360, (at) => ({ price: at < known ? 1_000_000 : null })),
    });
    expect(model.verdict.sentences[0]).toContain(words);
  });
});

describe("a share is neither all nor nothing by rounding, and the same on each page", () => {
  test.each([
    [1, 2_999, "0.1%"],
    [2_999, 1, "99.9%"],
  ])("%d of an agency, %d of another", (own, others, words) => {
    const model = report(
      {
        as_of: "2026-06-30",
        sales: sales(own + others, "2026-06-30", 360, (at) => ({ agency_ids: [at < own ? "a" : "b"] })),
      },
      { preparedFor: "a" },
    );
    expect(model.verdict.sentences.join(" ")).toContain(`with ${words} of the sales`);
    expect(
      figure(
        model.agencies.rows.find(({ id }) => id === "a")?.share ?? { value: null, n: 0, supplied: false },
        "share",
      ),
    ).toBe(words);
  });
});

describe("a year of which the records begin in the middle", () => {
  const late = sales(30, "2026-06-30", 90, () => ({ agency_ids: ["a"] }));
  const listings = [{ id: "l", address: "1 Elm Street", category: "house" as const }];

  test("is stated in the tile and the sentence, and makes no rate of sale", () => {
    const model = report({ as_of: "2026-06-30", listings, sales: late });
    expect(model.verdict.sentences[0]).toContain("in the 12 months to 30 June 2026 (data from 4 April 2026)");
    expect(tile(model, "Sales, 12 months")?.note).toBe("no previous year to compare; data from 4 April 2026");
    expect(tile(model, "Months of supply")).toBeUndefined();
    expect(model.market[0]?.monthsOfSupply.value).toBeNull();
  });

  test("of rentals, too, and a quarter whose records are missing is none of 0 listings", () => {
    const rentals = (count: number, to: string, days: number) =>
      sales(count, to, days).map(({ sold_date = null, ...row }) => ({
        ...row,
        listed_date: sold_date,
        weekly_rent: 600,
      }));
    const begun = buildLeasing({ as_of: "2026-06-30", rentals: rentals(30, "2026-06-30", 90) }, options());
    expect(begun.sentences[0]).toContain("(data from 4 April 2026)");
    expect(begun.tiles[0]?.note).toBe("no previous year to compare; data from 4 April 2026");
    const holed = [...rentals(60, "2026-06-30", 170), ...rentals(60, "2025-12-31", 170)].filter(
      ({ listed_date }) => (listed_date ?? "") < "2025-10-01" || (listed_date ?? "") > "2025-12-31",
    );
    const { quarters } = buildLeasing({ as_of: "2026-06-30", rentals: holed }, options());
    expect(quarters.find(({ periodEnd }) => periodEnd === "2025-12-31")?.listings).toBeNull();
    expect(quarters.filter(({ listings: n }) => n === 0)).toEqual([]);
  });
});

describe("sales of an unknown agency", () => {
  const of = (known: number, unknown: number) =>
    report({
      as_of: "2026-06-30",
      sales: sales(known + unknown, "2026-06-30", 360, (at) => (at < known ? { agency_ids: ["a"] } : {})),
    });

  test("make the leader a lead among the others, and no concentration", () => {
    const model = of(12, 28);
    expect(model.verdict.sentences).toContain("a leads with 12 of 40 sales (30%); no agency is known for 28 sales.");
    expect([model.agencies.unattributed, model.agencies.concentration.value]).toEqual([28, null]);
    expect(of(40, 2).verdict.sentences.join(" ")).not.toContain("no agency is known");
    // One agency is no market.
    expect(of(40, 0).agencies.concentration.value).toBeNull();
  });

  test("a concentration of few sales says nothing of a market, nor does a mix of methods that none states", () => {
    expect(of(9, 0).agencies.concentration.value).toBeNull();
    const model = report({ as_of: "2026-06-30", sales: sales(9, "2026-06-30", 300, () => ({ method: "not_stated" })) });
    expect(model.market[0]?.methodMix).toEqual([]);
  });

  test("an auction that failed counts once, however many ids it has", () => {
    const failed = [1, 2, 3].map((at) => sale({ id: `f${at}`, address: "4/12 Pine Street", outcome: "passed_in" }));
    const model = report({ as_of: "2026-06-30", sales: [...failed, ...sales(9, "2026-06-30", 100)] });
    expect(model.market[0]?.clearance).toMatchObject({ value: 90, n: 10 });
  });
});
