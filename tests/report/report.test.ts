import { describe, expect, test } from "bun:test";
import type { DataSet } from "../../src/report/data-set.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { buildReport } from "../../src/report/report.ts";
import { dataSet, options, sale } from "./data.ts";

/** Two years of sales of agencies a and b: the second year a has 3, b 2, one of them joint; before a had 1, b 3. */
function twoYears(): DataSet {
  const by = (sold_date: string, price: number, agency_ids: string[], agents: { id: string; role?: "lead" | "co" }[]) =>
    sale({ sold_date, listed_date: null, price, agency_ids, agents });
  return dataSet({
    sales: [
      by("2024-07-10", 1_000_000, ["a"], [{ id: "x" }]),
      by("2024-09-10", 1_100_000, ["b"], [{ id: "z" }]),
      by("2025-01-10", 1_200_000, ["b"], [{ id: "z" }]),
      by("2025-06-30", 1_300_000, ["b"], [{ id: "z" }]),
      by("2025-07-01", 1_500_000, ["a"], [{ id: "x" }]),
      by("2025-10-10", 1_600_000, ["a"], [{ id: "y" }, { id: "x", role: "co" }]),
      by("2026-02-10", 1_700_000, ["a", "b"], [{ id: "x" }, { id: "z", role: "co" }]),
      by("2026-06-30", 1_800_000, ["b"], [{ id: "z" }]),
    ],
    listings: [
      { id: "l1", address: "1 Tern Street", category: "house", listed_date: "2026-06-20", agent_ids: ["z"] },
      { id: "l2", address: "2 Tern Street", category: "house", listed_date: "2026-05-31", agency_ids: ["a"] },
    ],
  });
}

describe("a report of two years of sales", () => {
  const model = buildReport(twoYears(), options({ preparedFor: " birch " }));
  const row = (name: string) => model.agencies.rows.find((each) => each.name === name);

  test("covers the 365 days to the day of the data", () => {
    expect(model.period).toEqual({ from: "2025-07-01", to: "2026-06-30" });
    expect(model.asOf).toBe("2026-06-30");
    expect(model.sales.total).toBe(4);
  });

  test("ranks agencies with share, change and momentum", () => {
    expect(model.agencies).toMatchObject({ totalSales: 4, jointSales: 1 });
    expect(model.agencies.rows.map(({ name }) => name)).toEqual(["Alder & Co", "Birch"]);
    expect(row("Alder & Co")).toMatchObject({
      rank: 1,
      rankChange: 1,
      sales: { value: 3 },
      share: { value: 75, n: 4 },
      // 1 of 4 before.
      shareChange: 50,
      value: { value: 4_800_000 },
      median: { value: 1_600_000 },
      listings: 1,
      momentum: { value: -25 },
      isPreparedFor: false,
    });
    expect(row("Birch")).toMatchObject({
      rank: 2,
      rankChange: -1,
      share: { value: 50 },
      shareChange: -25,
      listings: 1,
    });
    expect(row("Birch")?.median).toEqual({ value: null, n: 2, supplied: false });
  });

  test("says where the requesting agency stands, found by its name in any case", () => {
    expect(model.preparedFor).toEqual({
      agencyId: "b",
      name: "Birch",
      colour: null,
      logo: null,
      rank: 2,
      rankChange: -1,
      share: { value: 50, n: 4, supplied: false },
      shareChange: -25,
      gap: { sales: 2, rank: 1 },
    });
    expect(model.preparedForUnknown).toBeNull();
  });

  test("ranks agents by the sales they were involved in, led ones beside them", () => {
    expect(model.agents.rows.map(({ name, rank, lead, involved }) => [name, rank, lead.value, involved.value])).toEqual(
      [
        ["Xanthe", 1, 2, 3],
        ["Zoë", 2, 1, 2],
        ["Yusuf", 3, 1, 1],
      ],
    );
    expect(model.agents.rows[0]).toMatchObject({ agencyName: "Alder & Co", rankChange: 1, share: { value: 75 } });
    expect(model.agents.rows[2]).toMatchObject({ rankChange: null });
  });

  test("states the market: growth, supply, series by quarter", () => {
    expect(model.market).toHaveLength(1);
    const [house] = model.market;
    // Medians 1,650,000 and 1,150,000.
    expect(house?.growth).toEqual({ value: expect.closeTo((1_650 / 1_150 - 1) * 100, 9), n: 4, supplied: false });
    expect(house?.monthsOfSupply.value).toBe(6);
    expect(house?.series.map(({ periodEnd, sold }) => [periodEnd, sold])).toEqual([
      ["2024-09-30", 2],
      ["2024-12-31", 0],
      ["2025-03-31", 1],
      ["2025-06-30", 1],
      ["2025-09-30", 1],
      ["2025-12-31", 1],
      ["2026-03-31", 1],
      ["2026-06-30", 1],
    ]);
  });

  test("lists sales and listings newest first", () => {
    expect(model.sales.rows.map(({ soldDate }) => soldDate)).toEqual([
      "2026-06-30",
      "2026-02-10",
      "2025-10-10",
      "2025-07-01",
    ]);
    expect(model.sales.rows[1]).toMatchObject({
      agencyNames: ["Birch", "Alder & Co"],
      agentNames: ["Xanthe", "Zoë"],
      isPreparedFor: true,
    });
    expect(model.listings.rows.map(({ id, daysListed, agencyNames }) => [id, daysListed, agencyNames])).toEqual([
      ["l1", 10, ["Birch"]],
      ["l2", 30, ["Alder & Co"]],
    ]);
  });

  test("has cards of the agents, their figures beside the suburb's", () => {
    const [card] = model.cards;
    expect(card).toMatchObject({
      name: "Xanthe",
      suburb: { median: { value: 1_650_000, n: 4 } },
    });
    expect(card?.sparkline.map(({ value }) => value)).toEqual([1, 0, 0, 0, 1, 1, 1, 0]);
    expect(card?.sparkline.map(({ periodEnd }) => periodEnd).filter((_, at) => at % 7 === 0)).toEqual([
      "2024-09-30",
      "2026-06-30",
    ]);
    expect(card?.recent.map(({ soldDate }) => soldDate)).toEqual([
      "2026-02-10",
      "2025-10-10",
      "2025-07-01",
      "2024-07-10",
    ]);
  });

  test("concludes in sentences", () => {
    expect(model.verdict.sentences).toEqual([
      "Manly saw 4 sales in the 12 months to 30 June 2026, unchanged on the year before; 100% disclosed their price.",
      "The median house sold for $1.65m (up 43.5% on the year; only 4 prices).",
      "Alder & Co leads with 3 of 4 sales (75%), ahead of Birch with 2.",
      "Birch ranks #2 with 50% of the sales (down 1 place, −25 points); 2 more sales would put it past #1.",
    ]);
    expect(model.verdict.leadingAgencies).toMatchObject([{ name: "Alder & Co" }]);
  });

  test("shows who sells at what price", () => {
    const counts = model.heatMap?.rows.map((each) => each.counts.reduce((sum, n) => sum + n, 0));
    expect(counts).toEqual([3, 2]);
    expect(model.heatMap?.bands.length).toBe(model.heatMap?.rows[0]?.counts.length);
  });

  test("names its neighbours", () => {
    expect(model.locator?.neighbours.map(({ name }) => name)).toContain("Fairlight");
  });
});

describe("changes against the year before", () => {
  test("are not made up from a history that is too short", () => {
    const { sales = [], ...rest } = twoYears();
    const recent = sales.filter(({ sold_date }) => (sold_date ?? "") > "2024-10-01");
    // Prices enough for a median of that half of a year.
    const more = sale({ sold_date: "2025-03-01", listed_date: null, price: 1_000_000, agency_ids: ["b"] });
    const model = buildReport({ ...rest, sales: [...recent, more] }, options());
    expect(
      model.agencies.rows.every(({ rankChange, shareChange }) => rankChange === null && shareChange === null),
    ).toBe(true);
    expect(model.market[0]?.growth.value).toBeNull();
    expect(model.verdict.sentences[0]).not.toContain("year before");
    expect(model.method.coverage.join()).toContain("not covered well enough");
  });
});

describe("a report without sales", () => {
  test("shows what was supplied, marked so", () => {
    const model = buildReport(
      {
        as_of: "2026-06-30",
        agents: [
          { name: "Ann", supplied: { sales_12m: 4, median_price: 900_000, median_days_on_market: 21 } },
          { name: "Ben", agency_id: "nobody-defined", supplied: { sales_12m: 9 } },
          { name: "Cy" },
        ],
      },
      options(),
    );
    expect(model.agents.rows.map(({ name, rank, involved }) => [name, rank, involved])).toEqual([
      ["Ben", 1, { value: 9, n: null, supplied: true }],
      ["Ann", 2, { value: 4, n: null, supplied: true }],
      ["Cy", null, { value: null, n: null, supplied: false }],
    ]);
    expect(model.agents.rows[1]?.median).toEqual({ value: 900_000, n: null, supplied: true });
    expect(model.agents.rows[0]?.agencyName).toBe("nobody-defined");
    expect(model.agencies.rows[0]).toMatchObject({ id: "nobody-defined", rank: null, sales: { value: null } });
    expect(model.verdict.sentences).toContain("Ben reports the most sales: 9 in 12 months, as supplied.");
    expect(model.verdict.leadingAgencies).toEqual([]);
  });

  test("takes market figures from the source's series", () => {
    const point = (period_end: string, median_sold_price: number) => ({
      period_end,
      period_months: 3,
      median_sold_price,
      number_sold: 10,
      median_weekly_rent: 1_000,
      auctions: { sold_prior: 2, sold_at: 2, sold_after: 0, passed_in: 1, withdrawn: 0 },
    });
    const series = [
      point("2025-06-30", 2_000_000),
      point("2025-09-30", 2_000_000),
      point("2025-12-31", 2_000_000),
      point("2026-03-31", 2_000_000),
      point("2026-06-30", 2_080_000),
    ];
    const model = buildReport({ market: [{ category: "unit", series: series.reverse() }] }, options());
    expect(model.asOf).toBe("2026-06-30");
    const [unit] = model.market;
    expect(unit).toMatchObject({
      category: "unit",
      sales12m: { value: 40, supplied: true },
      median: { value: 2_080_000, n: null, supplied: true },
      growth: { value: expect.closeTo(4, 9), supplied: true },
      clearance: { value: 80, n: 20, reliable: true },
      grossYield: { value: 2.5, supplied: true },
    });
    expect(unit?.series.map(({ periodEnd }) => periodEnd)).toEqual([
      "2025-06-30",
      "2025-09-30",
      "2025-12-31",
      "2026-03-31",
      "2026-06-30",
    ]);
    expect(model.verdict.tiles.map(({ label }) => label)).toContain("Median unit");
  });
});

describe("however thin the data", () => {
  const thin: readonly [string, DataSet][] = [
    ["one agent's name", { agents: [{ name: "Ann" }] }],
    ["one agency", { agencies: [{ id: "a", name: "A" }] }],
    ["one listing", { listings: [{ id: "l", address: "1 Tern Street", category: "land" }] }],
    ["one unpriced sale", { sales: [sale({ price: null })] }],
    ["one auction passed in", { sales: [sale({ outcome: "passed_in" })] }],
    ["sales of long ago", dataSet({ sales: [sale({ sold_date: "2001-01-01" })] })],
    [
      "sales of land alone",
      dataSet({ sales: [sale({ category: "land" }), sale({ category: "land" }), sale({ category: "land" })] }),
    ],
    ["a market series", { market: [{ category: "house", series: [{ period_end: "2026-06-30", period_months: 1 }] }] }],
  ];
  test.each(thin)(
    "%s makes tiles and sentences that say something, and defines what the report shows alone",
    (_, data) => {
      for (const preparedFor of [null, "A", "Nobody & Sons"]) {
        const { verdict, method } = buildReport(data, options({ preparedFor }));
        expect(verdict.tiles.length).toBeLessThan(7);
        expect(new Set(verdict.tiles.map(({ label }) => label)).size).toBe(verdict.tiles.length);
        for (const { figure } of verdict.tiles) expect(figure.value !== null || (figure.n ?? 0) > 0).toBe(true);
        expect(verdict.sentences.length).toBeWithin(1, 5);
        expect(verdict.sentences.join(" ")).not.toMatch(/no agent with a sale|no median price to state|can be ranked/);
        const terms = method.definitions.map(({ term }) => term);
        expect(terms).not.toContain("Gross yield");
        expect(terms).not.toContain("Vendor discount");
        expect(terms.includes("Gap")).toBe(verdict.sentences.some((text) => text.includes("would put it past")));
        for (const text of verdict.sentences) expect(text).toMatch(/^[^a-z].{10,}\.$/);
        expect(JSON.stringify(verdict)).not.toMatch(/NaN|Infinity|undefined/);
      }
    },
  );

  test("nothing at all is a permanent failure that says what to do", () => {
    for (const empty of [{}, { agents: [], sales: [] }, { agents: [{ name: "Ann", hidden: true }] }])
      expect(() => buildReport(empty, options())).toThrow(
        expect.objectContaining({
          code: "no_data",
          transient: false,
          message: expect.stringContaining("no data for Manly NSW 2095: "),
        }),
      );
  });

  test("an agency the data does not know is named as such", () => {
    const model = buildReport(dataSet(), options({ preparedFor: "Nobody & Sons" }));
    expect(model).toMatchObject({ preparedFor: null, preparedForUnknown: "Nobody & Sons" });
  });

  test("without any date the day of the request is the report's", () => {
    expect(buildReport({ agents: [{ name: "Ann" }] }, options({ date: "2026-08-01" })).asOf).toBe("2026-08-01");
  });

  test("the latest date in the data is the report's where none is stated", () => {
    const model = buildReport(
      { sales: [sale({ sold_date: "2026-03-01" }), sale({ sold_date: "2026-05-02" })] },
      options(),
    );
    expect(model.period).toEqual({ from: "2025-05-03", to: "2026-05-02" });
  });
});

describe("what must not be shown", () => {
  test("agents who are hidden are nowhere, their sales still count for the agency", () => {
    const data = dataSet({
      agents: [
        { id: "x", name: "Hidden Hannah", agency_id: "a", hidden: true, email: "hannah@example.com" },
        { id: "y", name: "Yusuf", agency_id: "a" },
      ],
      sales: [sale({ agents: [{ id: "x" }, { id: "y", role: "co" }] })],
      listings: [{ id: "l", address: "1 Tern Street", category: "house", agent_ids: ["x"] }],
    });
    const model = buildReport(data, options());
    expect(JSON.stringify(model)).not.toMatch(/hannah/i);
    expect(model.agencies.rows[0]).toMatchObject({ id: "a", sales: { value: 1 }, listings: 1 });
  });

  test("e-mail addresses, unless the operator switched them on", () => {
    const data = dataSet({ agents: [{ id: "x", name: "Xanthe", email: "x@example.com" }] });
    expect(JSON.stringify(buildReport(data, options()))).not.toContain("x@example.com");
    expect(buildReport(data, options({ printEmails: true })).cards[0]?.email).toBe("x@example.com");
  });

  test("withheld prices", () => {
    const data = dataSet({ sales: [sale({ price: 7_654_321, price_disclosed: false, agents: [{ id: "x" }] })] });
    expect(JSON.stringify(buildReport(data, options()))).not.toContain("7654321");
  });
});

test("a synthetic source makes the report a sample", () => {
  const sources = [{ id: "s", name: "Sample", synthetic: true }];
  expect(buildReport(dataSet({ sources }), options()).sample).toBe(true);
  expect(buildReport(dataSet(), options()).sample).toBe(false);
});

test("a thousand sales and 200 agencies are built in a fraction of a second, tables capped", () => {
  const model: ReportModel = buildReport(
    dataSet({
      agents: [],
      agencies: Array.from({ length: 200 }, (_, n) => ({ id: `g${n}`, name: `Agency ${n}` })),
      sales: Array.from({ length: 1_000 }, (_, n) => sale({ agency_ids: [`g${n % 200}`] })),
    }),
    options(),
  );
  expect(model.agencies.rows).toHaveLength(200);
  expect(model.sales).toMatchObject({ total: 1_000 });
  expect(model.sales.rows).toHaveLength(18);
});
