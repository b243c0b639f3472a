import { describe, expect, test } from "bun:test";
import { Failure } from "../../src/failure.ts";
import { coverLines } from "../../src/render/sections/cover.ts";
import type { DataSet, Sale } from "../../src/report/data-set.ts";
import { toDay, toIso } from "../../src/report/figures/days.ts";
import { buildLeasing } from "../../src/report/leasing/leasing.ts";
import { buildReport, type ReportOptions } from "../../src/report/report.ts";
import { sale } from "./data.ts";

/** What a report may claim of data as it comes: with holes, late, doubled, and with placeholders. */

const OPTIONS: ReportOptions = {
  suburb: "Manly",
  state: "NSW",
  postcode: "2095",
  preparedFor: null,
  branding: null,
  printEmails: false,
  date: "2026-07-15",
};

const report = (data: DataSet, options: Partial<ReportOptions> = {}) => buildReport(data, { ...OPTIONS, ...options });

/** So many sales, evenly over the days before `to`. */
function sales(count: number, to: string, days: number, change: (at: number) => Partial<Sale> = () => ({})): Sale[] {
  return Array.from({ length: count }, (_, at) =>
    sale({
      id: `${to}-${at}`,
      address: `${at} Pine Street ${to}`,
      sold_date: toIso(toDay(to) - Math.floor((at * days) / count)),
      agency_ids: ["a"],
      ...change(at),
    }),
  );
}

const tile = (model: ReturnType<typeof buildReport>, label: string) =>
  model.verdict.tiles.find((each) => each.label === label);

describe("two years are compared only where the earlier one is covered", () => {
  const now = sales(60, "2026-06-30", 360);

  test.each<[string, Sale[], boolean]>([
    ["as many sales in each quarter", sales(58, "2025-06-30", 360), true],
    ["half as many in each quarter", sales(30, "2025-06-30", 360), true],
    ["three strays", sales(3, "2025-06-30", 300), false],
    ["records that begin in its last quarter", sales(20, "2025-06-30", 80), false],
    ["records that begin in its second quarter", sales(45, "2025-06-30", 260), false],
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
      sales: [...sales(6, "2026-06-30", 360), ...sales(5, "2025-06-30", 360)],
    });
    expect(model.verdict.sentences[0]).toContain("on the year before");
  });

  test("a quarter that the records begin in is no point of a chart", () => {
    const { market } = report({ as_of: "2026-06-30", sales: [...now, ...sales(4, "2025-06-30", 20)] });
    expect(market[0]?.series.map(({ periodEnd }) => periodEnd)).toEqual([
      ...["2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"],
    ]);
  });

  test("figures as supplied make no one new in the ranks", () => {
    const model = report({ agents: [{ name: "Ada", supplied: { sales_12m: 9 } }] });
    expect(model.cards.map(({ isNew, rank }) => [isNew, rank])).toEqual([[false, 1]]);
  });
});

describe("the period ends where the data ends", () => {
  const rows = sales(40, "2026-05-20", 350, () => ({ source: "register" }));
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
    // As of that day the complete data says the same.
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
      sales: sales(5, "2026-06-30", 90),
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
    const model = report({ agencies, listings, sales: sales(5, "2026-06-30", 90) });
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
  const listed = sales(12, "2026-06-30", 360, () => ({ category: "unit" }));
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

  test("an agency has no rank, and is not said to have no sales, where the data lists none", () => {
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
    expect(coverLines(model).at(-1)).toEqual(["Prepared for", "Norfolk & Pine", "the data lists no sales"]);
  });

  test("nothing is as supplied where nothing was", () => {
    const model = report({ as_of: "2026-06-30", sales: sales(4, "2026-06-30", 90, () => ({ outcome: "passed_in" })) });
    expect(model.method.coverage).toContain("The data lists no sales of this period.");
    expect(model.method.coverage.join(" ")).not.toContain("as supplied");
  });
});

describe("days that a property has been for sale", () => {
  const listings = ["2026-04-01", "2026-06-20"].map((listed_date, at) => ({
    ...{ id: `l${at}`, address: `${at} Elm Street`, category: "house" as const, listed_date },
  }));
  const late = sales(90, "2026-07-01", 360, () => ({ source: "register" }));
  const sources = [{ id: "register", name: "Register", lag_days: 84 }];

  test("are counted to the newest listing where the sales end before it, and the page says so", () => {
    const model = report({ sources, sales: late, listings });
    expect(model.asOf).toBe("2026-04-08");
    expect(model.listings.daysTo).toBe("2026-06-20");
    expect(model.listings.rows.map(({ daysListed }) => daysListed)).toEqual([0, 80]);
  });

  test("and to the report's day where it is later, or is stated", () => {
    const model = report({ as_of: "2026-06-30", sales: sales(9, "2026-06-30", 90), listings });
    expect(model.listings).toMatchObject({ daysTo: null, rows: [{ daysListed: 10 }, { daysListed: 90 }] });
    const stated = report({ as_of: "2026-05-30", sales: sales(9, "2026-05-30", 90), listings });
    expect(stated.listings).toMatchObject({ daysTo: null, rows: [{ daysListed: null }, { daysListed: 59 }] });
  });
});

test("two ids of one agency's name are two agencies, and Method says so", () => {
  const rentals = ["a", "b"].map((id) => ({
    ...{ id, address: `${id} Elm Street`, category: "house" as const, listed_date: "2026-05-05", agency_ids: [id] },
  }));
  const agencies = [
    { id: "a", name: "Norfolk & Pine" },
    { id: "b", name: "Norfolk & Pine" },
  ];
  const data = { as_of: "2026-06-30", agencies, rentals };
  const note =
    "“Norfolk & Pine” is the name of 2 agencies in the data, each with an id of its own and ranked by itself.";
  const model = report({ ...data, sales: sales(4, "2026-06-30", 90, (at) => ({ agency_ids: [at < 3 ? "a" : "b"] })) });
  expect(model.agencies.rows.map(({ rank }) => rank)).toEqual([1, 2]);
  expect([model.method.coverage, buildLeasing(data, OPTIONS).method.coverage]).toEqual([
    ...[expect.arrayContaining([note]), expect.arrayContaining([note])],
  ]);
});

test("spellings of one agent's name under several ids are ranked by themselves, and Method says so", () => {
  const agents = ["Zoë O’Brien", "ZOE O'BRIEN", "Max"].map((name, at) => ({ id: `x${at}`, name, agency_id: "a" }));
  const model = report({
    ...{ as_of: "2026-06-30", agencies: [{ id: "a", name: "Alder" }], agents },
    sales: sales(6, "2026-06-30", 90, (at) => ({ agents: [{ id: `x${at % 3}` }] })),
  });
  const said = model.method.coverage.filter((line) => line.includes("is the name of"));
  expect(said).toEqual([
    "“ZOE O'BRIEN” is the name of 2 agents in the data, each with an id of its own and ranked by itself.",
  ]);
});

test("days before the data begins are no hole in it", () => {
  const model = report({ as_of: "2026-06-30", sales: sales(9, "2026-06-30", 3) });
  expect(model.method.coverage.join(" ")).not.toContain("where some would be expected");
  expect(model.method.coverage.join(" ")).toContain("The data begins on 28 June 2026.");
});

test("an agent who is not shown may have sold most, and the sentence says for how many sales none is", () => {
  const agents = [
    { id: "x", name: "Xavier", hidden: true },
    { id: "y", name: "Yolanda" },
  ];
  const by = (id: string, count: number) =>
    sales(count, "2026-06-30", 90, () => ({ agents: [{ id }], address: `${id} Road` }));
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
  const none = series.map((point) => ({ ...point, number_sold: 0, discount_pct: 0, days_on_market: 0 }));
  const quiet = report({
    as_of: "2026-06-30",
    market: [{ category: "unit", series: [...none, { ...none[0], period_end: "2026-03-31" } as never] }],
  });
  expect(quiet.verdict.sentences[0]).toBe("Manly saw no sales in 12 months, as supplied.");
  expect([quiet.market[0]?.vendorDiscount.value, quiet.market[0]?.series[0]?.discount]).toEqual([null, null]);
});

test("months without a record at the end of the period are said", () => {
  const model = report({ as_of: "2026-06-30", sales: sales(40, "2025-12-05", 3) });
  expect(model.method.coverage).toContain(
    "The data has no records from 6 December 2025 to 30 June 2026, where some would be expected.",
  );
});

describe("ties are ties", () => {
  const agencies = ["a", "b", "c", "d"].map((id) => ({ id, name: `Agency ${id.toUpperCase()}` }));
  const each = (many: number) =>
    sales(many * 3, "2026-06-30", 90, (at) => ({
      agency_ids: [agencies[at % many]?.id ?? ""],
      agents: [{ id: `x${at % many}` }],
    }));
  const agents = agencies.map(({ id }, at) => ({ id: `x${at}`, name: `Agent ${at}`, agency_id: id }));

  test.each([2, 4])("%d in the lead are named or counted, and none of them alone", (many) => {
    const model = report({ agencies, agents, sales: each(many) }, { preparedFor: "Agency B" });
    expect(model.verdict.leadingAgencies).toHaveLength(many);
    expect(model.verdict.leadingAgents).toHaveLength(many);
    expect(model.verdict.sentences[3]).toContain("Agency B ranks #1");
    expect(model.verdict.sentences[3]).toContain("level with others");
    const others = report({ agencies, agents, sales: each(many) });
    expect(others.verdict.sentences[3]).toMatch(/were involved in the most sales, 3 each/);
  });
});

describe("each sale counts once, and placeholders not at all", () => {
  test("the same sale under four ids is one, with the agents of all", () => {
    const same = ["1", "2", "3", "4"].map((id, at) =>
      sale({
        id,
        address: "4/12 Pine St, Manly",
        price: 900_000,
        sold_date: `2026-06-0${at + 1}`,
        agents: [{ id: `x${at}` }],
      }),
    );
    const other = sale({ id: "5", address: "4/12 Pine St, Manly", price: 950_000, sold_date: "2026-06-20" });
    const model = report({ agents: [{ id: "x3", name: "Ada" }], sales: [...same, other] });
    expect(model.agencies.totalSales).toBe(2);
    expect(model.agents.rows[0]?.involved.value).toBe(1);
    expect(model.method.coverage).toContainEqual(
      expect.stringContaining("3 records of the same address within 30 days"),
    );
  });

  test("nor does a placeholder in one of its records make it another", () => {
    const same = [1, 1_280_000, 999_999_999, 0].map((price, at) =>
      sale({ id: `${at}`, address: "32b Jassa St", price, sold_date: `2026-06-0${at + 1}`, agency_ids: ["a"] }),
    );
    for (const order of [same, same.toReversed()]) {
      const model = report({ as_of: "2026-06-30", sales: order });
      expect(model.sales.rows.map(({ price }) => price)).toEqual([1_280_000]);
      expect(model.method.coverage.join(" ")).not.toContain("placeholder");
    }
  });

  test("a placeholder of an ask is none beside the price of another record", () => {
    const twice = sales(6, "2026-06-30", 60, () => ({ method: "private_treaty", price: 1_500_000 })).flatMap((one) => [
      { ...one, first_ask: { from: 1_600_000 } },
      { ...one, id: `${one.id}-2`, price: null, first_ask: { from: 1 } },
    ]);
    expect(report({ sales: twice }).market[0]?.vendorDiscount.value).toBeCloseTo(6.25);
    const only = twice.map((one) => ({ ...one, first_ask: { from: 1 } }));
    expect(report({ sales: only }).market[0]?.vendorDiscount.value).toBeNull();
  });

  test("lots of an estate that have a street and a price in common are several, of one source", () => {
    const lots = (source: string | null) =>
      ["1", "2", "3"].map((id) =>
        sale({ id, source, address: "Chapel Court", category: "land", price: 690_000, sold_date: "2026-06-01" }),
      );
    expect(report({ sales: lots("register") }).agencies.totalSales).toBe(3);
    expect(report({ sales: lots(null) }).agencies.totalSales).toBe(1);
  });

  test("an ask of $1 is none", () => {
    const requested = (from: number) =>
      sales(6, "2026-06-30", 60, () => ({ method: "private_treaty", price: 1_500_000, first_ask: { from } }));
    expect(report({ sales: requested(1) }).market[0]?.vendorDiscount.value).toBeNull();
    expect(report({ sales: requested(1_600_000) }).market[0]?.vendorDiscount.value).toBeCloseTo(6.25);
  });

  test("sales without a date are named, and what to do about them", () => {
    const undated = [1, 2].map((at) => ({ ...sale({ id: `${at}` }), sold_date: null }));
    expect(() => report({ sales: undated })).toThrow(Failure);
    expect(() => report({ sales: undated })).toThrow(/all 2 sales have no sold_date.*Add the dates/);
  });
});

describe("a price under a tenth of the median of its kind", () => {
  const usual = sales(12, "2026-06-30", 300, () => ({ price: 2_000_000 }));
  const odd = (price: number, change: Partial<Sale> = {}) =>
    sale({ id: `odd-${price}-${change.category ?? ""}`, price, sold_date: "2026-05-05", ...change });
  const of = (...more: Sale[]) =>
    report({ as_of: "2026-06-30", agencies: [{ id: "a", name: "Alder" }], sales: [...usual, ...more] });

  test("of no agency is a transfer and no sale; of an agency it is a sale without a price; Method says both", () => {
    const model = of(odd(1), odd(199_999), odd(150_000, { agency_ids: ["a"] }), odd(200_000));
    const [houses] = model.market;
    expect(houses?.sales12m.value).toBe(14);
    expect(houses?.median).toMatchObject({ value: 2_000_000, n: 13 });
    expect(model.method.coverage).toContain(
      "2 transfers at less than a tenth of the median for the property type, such as within a family, are excluded.",
    );
    expect(model.method.coverage).toContain(
      "1 sale at less than a tenth of the median for the property type is counted without the price.",
    );
  });

  test("is judged within its kind, and only where enough prices say what is usual", () => {
    const parking = Array.from({ length: 6 }, (_, at) =>
      odd(60_000 + at, { category: "other", address: `${at} Car Park` }),
    );
    const model = of(...parking, odd(9_000, { category: "unit" }));
    expect(model.market.find(({ category }) => category === "other")?.median.n).toBe(6);
    expect(model.market.find(({ category }) => category === "unit")?.sales12m.value).toBe(1);
    expect(model.method.coverage.join(" ")).not.toContain("a tenth");
  });
});
