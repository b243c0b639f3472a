import { describe, expect, test } from "bun:test";
import { coverLines } from "../../src/render/sections/cover.ts";
import type { DataSet, Sale } from "../../src/report/data-set.ts";
import { buildReport, type ReportOptions } from "../../src/report/report.ts";
import { filterOf } from "../../src/report/request/filter.ts";
import { options, sale, salesOver } from "./data.ts";

/** What a report may claim of data as it comes: with holes, late, and with more in its series than in its rows. */

const report = (data: DataSet, changes: Partial<ReportOptions> = {}) =>
  buildReport(data, options({ date: "2026-07-15", ...changes }));

const tile = (model: ReturnType<typeof buildReport>, label: string) =>
  model.verdict.tiles.find((each) => each.label === label);

describe("two years are compared only where the earlier one is covered", () => {
  const now = salesOver(60, "2026-06-30", 360);

  test.each<[string, Sale[], boolean]>([
    ["as many sales in each quarter", salesOver(58, "2025-06-30", 360), true],
    ["half as many in each quarter", salesOver(30, "2025-06-30", 360), true],
    ["three strays", salesOver(3, "2025-06-30", 300), false],
    ["records that begin in its last quarter", salesOver(20, "2025-06-30", 80), false],
    ["records that begin in its second quarter", salesOver(45, "2025-06-30", 260), false],
    ["no sale", [], false],
  ])("%s", (_, before, comparable) => {
    const model = report({ as_of: "2026-06-30", agencies: [{ id: "a", name: "Alder" }], sales: [...now, ...before] });
    const [first = ""] = model.verdict.sentences;
    expect(first.includes("on the year before")).toBe(comparable);
    expect(tile(model, "Sales, 12 months")?.note.includes("on the year before")).toBe(comparable);
    expect(model.market[0]?.growth.value !== null).toBe(comparable);
    const [row] = model.agencies.rows;
    expect([row?.rankChange !== null, row?.shareChange !== null, row?.isNew]).toEqual([comparable, comparable, false]);
    expect(model.method.coverage.some((line) => line.includes("not covered well enough"))).toBe(!comparable);
  });

  test("of a quiet suburb, where a quarter without a sale is nothing unusual", () => {
    const model = report({
      as_of: "2026-06-30",
      sales: [...salesOver(6, "2026-06-30", 360), ...salesOver(5, "2025-06-30", 360)],
    });
    expect(model.verdict.sentences[0]).toContain("on the year before");
  });

  test("a quarter that the records begin in is no point of a chart", () => {
    const { market } = report({ as_of: "2026-06-30", sales: [...now, ...salesOver(4, "2025-06-30", 20)] });
    expect(market[0]?.series.map(({ periodEnd }) => periodEnd)).toEqual([
      ...["2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"],
    ]);
  });

  test("data without a day is not of the day of its report", () => {
    const agents = [{ name: "Ada", supplied: { sales_12m: 9 } }];
    const [undated, dated] = [report({ agents }), report({ as_of: "2026-06-30", agents })];
    expect([undated.isDated, dated.isDated]).toEqual([false, true]);
    expect(undated.method.coverage[0]).toMatch(
      /^The data has no dates, so it is unknown which 12 months supplied figures cover\. The report was made on /,
    );
    expect(dated.method.coverage[0]).toBe("The figures cover 1 July 2025 to 30 June 2026.");
  });

  test("figures as supplied make no one new in the ranks", () => {
    const model = report({ agents: [{ name: "Ada", supplied: { sales_12m: 9 } }] });
    expect(model.cards.map(({ isNew, rank }) => [isNew, rank])).toEqual([[false, 1]]);
  });
});

describe("the period ends where the data ends", () => {
  const rows = salesOver(40, "2026-05-20", 350, () => ({ source: "register" }));
  const source = { id: "register", name: "Register" };

  test("whenever the file was fetched", () => {
    const ends = ["2026-05-25", "2026-07-14", "2030-01-01"].map(
      (retrieved_at) => report({ sources: [{ ...source, retrieved_at }], sales: rows }).period,
    );
    expect(ends).toEqual(Array(3).fill({ from: "2025-05-21", to: "2026-05-20" }));
  });

  test("less the days that the source lags behind, in which sales are missing", () => {
    const lagging = report({ sources: [{ ...source, lag_days: 35 }], sales: rows });
    expect(lagging.period.to).toBe("2026-04-15");
    // As of that day, the complete data gives the same.
    const complete = report({ as_of: "2026-04-15", sources: [source], sales: rows });
    expect(lagging.market).toEqual(complete.market);
  });

  test("and never after today, whatever is stated or mistyped", () => {
    expect(report({ as_of: "2027-01-01", sales: rows }).asOf).toBe("2026-07-15");
    expect(report({ sales: [...rows, sale({ id: "x", sold_date: "2062-05-20" })] }).asOf).toBe("2026-05-20");
  });
});

describe("what is unknown is not 0", () => {
  test("no listings in the data: no one lists none", () => {
    const model = report({
      agencies: [{ id: "a", name: "Alder" }],
      agents: [{ id: "x", name: "Ada" }],
      sales: salesOver(5, "2026-06-30", 90),
    });
    expect([model.agencies.rows[0]?.listings, model.agents.rows[0]?.listings]).toEqual([null, null]);
    expect(tile(model, "Months of supply")?.note ?? "").not.toContain("0");
  });

  test("an agency without a listing among those of others lists none", () => {
    const listings = [{ id: "l", address: "1 Pine Street", category: "house" as const, agency_ids: ["b"] }];
    const agencies = [
      { id: "a", name: "Alder" },
      { id: "b", name: "Birch" },
    ];
    const model = report({ agencies, listings, sales: salesOver(5, "2026-06-30", 90) });
    expect(model.agencies.rows.map(({ name, listings }) => [name, listings])).toEqual([
      ["Alder", 0],
      ["Birch", 1],
    ]);
  });

  test("supplied figures are the same on each page", () => {
    const series = ["2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"].map((period_end) => ({
      ...{ period_end, period_months: 3, number_sold: 45, median_sold_price: 2_000_000 },
      ...{ days_on_market: 33, sale_listings: 30 },
    }));
    const model = report({ as_of: "2026-06-30", market: [{ category: "house", series }] });
    const [segment] = model.market;
    expect(tile(model, "Days on market")?.figure.value).toBe(segment?.daysOnMarket.value ?? Number.NaN);
    expect(tile(model, "Months of supply")?.figure.value).toBe(segment?.monthsOfSupply.value ?? Number.NaN);
    expect(tile(model, "Months of supply")?.figure.supplied).toBeTrue();
    expect(segment?.monthsOfSupply.supplied).toBeTrue();
    expect(model.verdict.sentences[0]).toBe(
      "Manly saw 180 sales in 12 months, as supplied; the data lists none of them.",
    );
  });
});

describe("no page contradicts another where a source counts more than the data lists", () => {
  const points = (number_sold: number, ends = ["2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"]) =>
    ends.map((period_end) => ({
      period_end,
      period_months: 3,
      number_sold,
      median_sold_price: 900_000,
      days_on_market: 0,
    }));
  const listed = salesOver(12, "2026-06-30", 360, () => ({ category: "unit" }));
  const of = (category: "house" | "unit", series: ReturnType<typeof points>, sold = listed) =>
    report({ as_of: "2026-06-30", sales: sold, market: [{ category, series }] });

  test.each<[string, ReturnType<typeof report>, string | null]>([
    ["of the same type", of("unit", points(50)), "200"],
    ["of another type", of("house", points(50)), "212"],
    ["about as many", of("unit", points(3)), null],
    ["fewer", of("unit", points(1)), null],
    ["of an earlier year", of("house", points(50, ["2024-12-31", "2025-03-31", "2025-06-30", "2025-09-30"])), null],
  ])("%s", (_, model, all) => {
    const [first = ""] = model.verdict.sentences;
    const words =
      all === null ? "Manly saw 12 sales" : `The data lists 12 sales in Manly in the 12 months to 30 June 2026`;
    expect(first).toStartWith(words);
    if (all !== null) expect(first).toContain(`, of ${all} by the source's own count; `);
    expect(tile(model, "Sales, 12 months")?.note.includes("by the source's own count")).toBe(all !== null);
    expect(model.method.coverage.join(" ").includes(`own series count ${all ?? ""}`)).toBe(all !== null);
    // A year that ended nine months ago is not the 12 months.
    expect(model.market.find(({ category }) => category === "house")?.sales12m.value ?? null).toBe(
      all === "212" ? 200 : null,
    );
  });

  test("0 days on market are none that a source knows, nor are an agent's", () => {
    const model = report({
      as_of: "2026-06-30",
      agents: [{ name: "Ada", supplied: { sales_12m: 9, median_price: 0, median_days_on_market: 0 } }],
      market: [{ category: "house", series: points(9) }],
    });
    expect([model.market[0]?.daysOnMarket.value, model.market[0]?.series[0]?.daysOnMarket]).toEqual([null, null]);
    expect([model.agents.rows[0]?.median.value, model.agents.rows[0]?.daysOnMarket.value]).toEqual([null, null]);
    expect(model.method.coverage).toContain(
      "The data lists no single sale of this period; numbers of sales are as supplied by the source.",
    );
  });

  test("an agency has no rank, and the report does not state that it has no sales, where the data lists none", () => {
    const model = report(
      {
        agencies: [{ id: "n", name: "Norfolk & Pine" }],
        agents: [{ id: "m", name: "Mia", agency_id: "n", supplied: { sales_12m: 30 } }],
      },
      { preparedFor: "n" },
    );
    expect(model.verdict.sentences).toEqual([
      "The data lists no sales in Manly in the 12 months to 15 July 2026; it names 1 agency and 1 agent.",
      "Mia reports the most sales: 30 in 12 months, as supplied.",
    ]);
    expect(coverLines(model).at(-1)).toEqual(["Prepared for", ["Norfolk & Pine"], "the data lists no sales"]);
  });

  test("where no sale names an agent or agency, as in a register, theirs are unknown, or as supplied, but not under a filter", () => {
    const sales = salesOver(12, "2026-06-30", 300, () => ({ agency_ids: [], agents: [], beds: 3 }));
    const agents = [{ id: "m", name: "Mia", agency_id: "n", supplied: { sales_12m: 30 } }];
    const data = { as_of: "2026-06-30", agencies: [{ id: "n", name: "Norfolk & Pine" }], sales };
    const salesOf = (rows: readonly { readonly involved: { readonly value: number | null } }[]) =>
      rows.map(({ involved }) => involved.value);
    const model = report({ ...data, agents: [{ id: "m", name: "Mia", agency_id: "n" }] }, { preparedFor: "n" });
    expect(salesOf(model.agents.rows)).toEqual([null]);
    expect(model.agencies.rows.map((row) => [row.sales.value, row.share.value])).toEqual([[null, null]]);
    expect(model.verdict.sentences.join(" ")).not.toContain("Norfolk & Pine");
    expect(coverLines(model).at(-1)).toEqual(["Prepared for", ["Norfolk & Pine"], "no agency is known for a sale"]);
    expect(salesOf(report({ ...data, agents }).agents.rows)).toEqual([30]);
    const filter = filterOf({ min_bedrooms: 3 });
    expect(salesOf(report({ ...data, agents }, { filter }).agents.rows)).toEqual([null]);
  });

  test("nothing is as supplied where nothing was", () => {
    const model = report({
      as_of: "2026-06-30",
      sales: salesOver(4, "2026-06-30", 90, () => ({ outcome: "passed_in" })),
    });
    expect(model.method.coverage).toContain("The data lists no sales of this period.");
    expect(model.method.coverage.join(" ")).not.toContain("as supplied");
  });
});

describe("days that a property has been for sale", () => {
  const listings = ["2026-04-01", "2026-06-20"].map((listed_date, at) => ({
    ...{ id: `l${at}`, address: `${at} Elm Street`, category: "house" as const, listed_date },
  }));
  const late = salesOver(90, "2026-07-01", 360, () => ({ source: "register" }));
  const sources = [{ id: "register", name: "Register", lag_days: 84 }];

  test("are counted to the newest listing where the sales end before it, and the page says so", () => {
    const model = report({ sources, sales: late, listings });
    expect(model.asOf).toBe("2026-04-08");
    expect(model.listings.daysTo).toBe("2026-06-20");
    expect(model.listings.rows.map(({ daysListed }) => daysListed)).toEqual([0, 80]);
  });

  test("and to the report's day where it is later, or is stated", () => {
    const model = report({ as_of: "2026-06-30", sales: salesOver(9, "2026-06-30", 90), listings });
    expect(model.listings).toMatchObject({ daysTo: null, rows: [{ daysListed: 10 }, { daysListed: 90 }] });
    const stated = report({ as_of: "2026-05-30", sales: salesOver(9, "2026-05-30", 90), listings });
    expect(stated.listings).toMatchObject({ daysTo: null, rows: [{ daysListed: null }, { daysListed: 59 }] });
  });
});

test("days before the data begins are no hole in it", () => {
  const model = report({ as_of: "2026-06-30", sales: salesOver(9, "2026-06-30", 3) });
  expect(model.method.coverage.join(" ")).not.toContain("where some would be expected");
  expect(model.method.coverage.join(" ")).toContain("The data begins on 28 June 2026.");
});

test("an agent who is not shown may have sold most, and the sentence says for how many sales none is", () => {
  const agents = [
    { id: "x", name: "Xavier", hidden: true },
    { id: "y", name: "Yolanda" },
  ];
  const by = (id: string, count: number) =>
    salesOver(count, "2026-06-30", 90, () => ({ agents: [{ id }], address: `${id} Road` }));
  const sold = [...by("x", 6), ...by("y", 3), ...by("nobody", 2)].map((one, at) => ({
    ...one,
    id: `${at}`,
    address: `${at} Elm St`,
  }));
  const model = report({ as_of: "2026-06-30", agents, sales: sold });
  expect(model.verdict.sentences.at(-1)).toStartWith("Yolanda was involved in the most sales, 3 at a median of");
  expect(model.verdict.sentences.at(-1)).toEndWith("; no agent is shown for 8 sales.");
});

test("what the data lists none of is not none where its source counts some", () => {
  const series = ["2025-09-30", "2025-12-31", "2026-06-30"].map((period_end) => ({
    ...{ period_end, period_months: 3, number_sold: 45, median_sold_price: 900_000 },
  }));
  const model = report({ as_of: "2026-06-30", market: [{ category: "unit", series }] });
  expect(model.verdict.sentences[0]).toBe(
    "The data lists no sales in Manly in the 12 months to 30 June 2026; the source's own series count 135 sales in a part of them.",
  );
  // The number of months is on no page without the sales of a year, whatever is listed.
  const listed = series.map((point) => ({ ...point, sale_listings: 30 }));
  const partly = report({ as_of: "2026-06-30", market: [{ category: "unit", series: listed }] });
  expect(partly.market[0]?.monthsOfSupply.value).toBeNull();
  expect(partly.method.definitions.map(({ term }) => term)).not.toContain("Months of supply");
  const none = series.map((point) => ({ ...point, number_sold: 0, discount_pct: 0, days_on_market: 0 }));
  const quiet = report({
    as_of: "2026-06-30",
    market: [{ category: "unit", series: [...none, { ...none[0], period_end: "2026-03-31" } as never] }],
  });
  expect(quiet.verdict.sentences[0]).toBe("Manly saw no sales in 12 months, as supplied.");
  expect([quiet.market[0]?.vendorDiscount.value, quiet.market[0]?.series[0]?.discount]).toEqual([null, null]);
});

describe("a report without a sale in its 12 months", () => {
  test("names the day of the newest, if there is an older one", () => {
    const old = salesOver(4, "2025-04-01", 90);
    expect(report({ as_of: "2026-06-30", sales: old }).method.coverage).toContain(
      "The data lists no sales of this period; its newest is of 1 April 2025.",
    );
  });

  test("from rentals alone ends where they end, and names the report that is about them", () => {
    const rental = {
      address: "1 Elm Street",
      category: "house" as const,
      listed_date: "2026-05-05",
      agency_ids: ["a"],
    };
    const rentals = [
      { ...rental, id: "r1" },
      { ...rental, id: "r2", address: "2 Elm Street", leased_date: "2026-05-20" },
    ];
    const model = report({ agencies: [{ id: "a", name: "Alder" }], rentals });
    expect(model.asOf).toBe("2026-05-20");
    const words = `The data has 2 rental listings and no sales: an agency report ("document": "agency") is about rentals.`;
    expect(model.warnings).toContain(words);
    expect(model.method.coverage).toContain(words);
    expect(report({ rentals, sales: [sale()] }).warnings).toEqual([]);
  });

  test("has no concentration of one agency", () => {
    const sales = (agencies: number) =>
      salesOver(12, "2026-06-30", 300, (at) => ({ agency_ids: [`a${at % agencies}`] }));
    const of = (n: number) => report({ as_of: "2026-06-30", sales: sales(n) }).agencies.concentration.value;
    expect([of(1), of(2)]).toEqual([null, 5_000]);
  });
});

describe("what a source supplies for a period of its own", () => {
  const point = (period_end: string, months: number, more: object = {}) => ({
    ...{ period_end, period_months: months, number_sold: 40, median_sold_price: 800_000, days_on_market: 31, ...more },
  });
  const of = (...series: readonly ReturnType<typeof point>[]) =>
    report({ as_of: "2026-06-30", market: [{ category: "unit", series: [...series] }] });

  test.each<[readonly ReturnType<typeof point>[], string]>([
    [[point("2025-09-30", 3)], "quarter to 30 September 2025"],
    [[point("2025-09-30", 3), point("2026-03-31", 3, { number_sold: 2 })], "quarter to 30 September 2025"],
    [[point("2026-05-31", 1), point("2026-04-30", 1)], "month to 31 May 2026"],
    [[point("2025-12-31", 12)], "year to 31 December 2025"],
    [[point("2025-12-31", 6)], "half-year to 31 December 2025"],
    [[point("2026-06-30", 4)], "4 months to 30 June 2026"],
  ])("is named with it in the sentence and its tile: %#", (series, period) => {
    const model = of(...series);
    expect(model.verdict.sentences[1]).toBe(`The median unit sold for $800k in the ${period}, as supplied.`);
    const day = period.replace(/^.* to /, "");
    for (const label of ["Median unit", "Days on market"])
      expect(tile(model, label)?.note).toBe(`as supplied, to ${day}`);
  });

  test("of two types is two clauses", () => {
    const market = (["house", "unit"] as const).map((category) => ({ category, series: [point("2026-03-31", 3)] }));
    expect(report({ as_of: "2026-06-30", market }).verdict.sentences[1]).toBe(
      "The median house sold for $800k in the quarter to 31 March 2026, as supplied; the median unit sold for $800k in the quarter to 31 March 2026, as supplied.",
    );
  });

  test("is unknown by bedrooms, too, where it rests on two sales or is no price", () => {
    const bedrooms = (n: number, more: object) => ({
      ...{ category: "house" as const, bedrooms: n, series: [point("2026-03-31", 3), point("2026-06-30", 3, more)] },
    });
    const { market } = report({
      as_of: "2026-06-30",
      market: [
        { category: "house", series: [point("2026-06-30", 3)] },
        bedrooms(2, { number_sold: 2, median_sold_price: 900_000 }),
        bedrooms(3, { median_sold_price: 850 }),
        { ...bedrooms(4, {}), series: [point("2026-06-30", 3, { number_sold: 1, days_on_market: 9 })] },
      ],
    });
    expect(
      market[0]?.bedrooms.map(({ bedrooms: n, median, daysOnMarket }) => [n, median.value, daysOnMarket.value]),
    ).toEqual([
      [2, 800_000, 31],
      [3, 800_000, 31],
      [4, null, null],
    ]);
  });

  test("is no stock of 0 where the source never counts one, and 0 where it counts some at other times", () => {
    const quarters = ["2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"];
    const stock = (...listings: readonly number[]) =>
      of(...quarters.map((end, at) => point(end, 3, { sale_listings: listings[at] }))).market[0];
    const never = stock(0, 0, 0, 0);
    expect([never?.monthsOfSupply.value, never?.series.at(-1)?.stock]).toEqual([null, null]);
    const now = stock(4, 2, 1, 0);
    expect([now?.monthsOfSupply.value, now?.series.at(-1)?.stock]).toEqual([0, 0]);
  });
});

test("months without a record at the end of the period are named", () => {
  const model = report({ as_of: "2026-06-30", sales: salesOver(40, "2025-12-05", 3) });
  expect(model.method.coverage).toContain(
    "The data has no records from 6 December 2025 to 30 June 2026, where some would be expected.",
  );
});
