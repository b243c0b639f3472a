import { describe, expect, test } from "bun:test";
import { Failure } from "../../src/failure.ts";
import type { DataSet, Sale } from "../../src/report/data-set.ts";
import { buildLeasing } from "../../src/report/leasing/leasing.ts";
import { buildReport, type ReportOptions } from "../../src/report/report.ts";
import { options, sale, salesOver } from "./data.ts";

/** What counts in a report, and for whom: of doubled records, placeholders, transfers, ties, and names that several have. */

const OPTIONS = options({ date: "2026-07-15" });

const report = (data: DataSet, changes: Partial<ReportOptions> = {}) => buildReport(data, { ...OPTIONS, ...changes });

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
  const model = report({
    ...data,
    sales: salesOver(4, "2026-06-30", 90, (at) => ({ agency_ids: [at < 3 ? "a" : "b"] })),
  });
  expect(model.agencies.rows.map(({ rank }) => rank)).toEqual([1, 2]);
  expect([model.method.coverage, buildLeasing(data, OPTIONS).method.coverage]).toEqual([
    ...[expect.arrayContaining([note]), expect.arrayContaining([note])],
  ]);
});

test("spellings of one agent's name under several ids are ranked by themselves, and Method says so", () => {
  const agents = ["Zoë O’Brien", "ZOE O'BRIEN", "Max"].map((name, at) => ({ id: `x${at}`, name, agency_id: "a" }));
  const model = report({
    ...{ as_of: "2026-06-30", agencies: [{ id: "a", name: "Alder" }], agents },
    sales: salesOver(6, "2026-06-30", 90, (at) => ({ agents: [{ id: `x${at % 3}` }] })),
  });
  const said = model.method.coverage.filter((line) => line.includes("is the name of"));
  expect(said).toEqual([
    "“ZOE O'BRIEN” is the name of 2 agents in the data, each with an id of its own and ranked by itself.",
  ]);
});

test("of many names that several agents have, Method names three and says how many there are", () => {
  const agents = Array.from({ length: 10 }, (_, at) => ({ id: `x${at}`, name: `Ada ${at % 5}`, agency_id: "a" }));
  const model = report({
    ...{ as_of: "2026-06-30", agencies: [{ id: "a", name: "Alder" }], agents },
    sales: salesOver(10, "2026-06-30", 90, (at) => ({ agents: [{ id: `x${at % 10}` }] })),
  });
  expect(model.method.coverage.filter((line) => line.includes("an id of its own"))).toEqual([
    "5 names are those of two or more agents in the data, each with an id of its own and ranked by itself, such as “Ada 0”, “Ada 1” and “Ada 2”.",
  ]);
});

describe("ties are ties", () => {
  const agencies = ["a", "b", "c", "d"].map((id) => ({ id, name: `Agency ${id.toUpperCase()}` }));
  const each = (many: number) =>
    salesOver(many * 3, "2026-06-30", 90, (at) => ({
      agency_ids: [agencies[at % many]?.id ?? ""],
      agents: [{ id: `x${at % many}` }],
    }));
  const agents = agencies.map(({ id }, at) => ({ id: `x${at}`, name: `Agent ${at}`, agency_id: id }));

  test.each([
    [2, "level with Agency A."],
    [3, "level with Agency A and Agency C."],
    [4, "level with Agency A, Agency C and Agency D."],
  ])("%d in the lead are named or counted, and none of them alone", (many, level) => {
    const model = report({ agencies, agents, sales: each(many) }, { preparedFor: "Agency B" });
    expect(model.verdict.leadingAgencies).toHaveLength(many);
    expect(model.verdict.leadingAgents).toHaveLength(many);
    expect(model.verdict.sentences[3]).toContain("Agency B ranks #1");
    expect(model.verdict.sentences[3]).toEndWith(level);
    const ahead = salesOver(4, "2026-06-28", 90, () => ({ agency_ids: ["x"] }));
    expect(
      report({ agencies, agents, sales: [...each(many), ...ahead] }, { preparedFor: "b" }).verdict.sentences[3],
    ).toEndWith(`${level.slice(0, -1)}; 2 more sales would put it past #1.`);
    const others = report({ agencies, agents, sales: each(many) });
    expect(others.verdict.sentences[3]).toMatch(/were involved in the most sales, 3 each/);
  });
});

describe("each sale counts once, and placeholders not at all", () => {
  test.each<[string, Partial<Sale>, Partial<Sale>, number]>([
    ["is one with its first number alone", {}, { address: "10 Short Street" }, 1],
    ["is one, whichever record is first", { sold_date: "2026-05-20" }, { address: "10 SHORT ST, Manly" }, 1],
    ["is one, if a suburb and a dash are written otherwise", {}, { address: "10 Short St Manly NSW 2095" }, 1],
    ["is another than its second number", {}, { address: "12 Short Street" }, 2],
    ["is another than a wider range", {}, { address: "10-14 Short Street" }, 2],
    ["is another at another price", {}, { address: "10 Short Street", price: 1_001_000 }, 2],
    ["is another without a price", {}, { address: "10 Short Street", price: null }, 2],
    ["is another if both prices are a placeholder", { price: 1 }, { address: "10 Short Street", price: 1 }, 2],
    ["is another with other bedrooms", { beds: 4 }, { address: "10 Short Street", beds: 3 }, 2],
    ["is another on other land", { land_sqm: 900 }, { address: "10 Short Street", land_sqm: 450 }, 2],
    ["is another of another type", {}, { address: "10 Short Street", category: "land" }, 2],
    ["is another two months later", {}, { address: "10 Short Street", sold_date: "2026-07-08" }, 2],
    ["is another than a flat in it", {}, { address: "1/10 Short Street" }, 2],
  ])("a sale at 10-12 Short St %s", (_, one, other, sales) => {
    const base = { price: 1_000_000, sold_date: "2026-05-08", agency_ids: ["a"] };
    const model = report({
      as_of: "2026-07-10",
      agencies: [{ id: "a", name: "Alder" }],
      sales: [sale({ ...base, address: "10-12 Short St", ...one }), sale({ ...base, ...other })],
    });
    expect(model.sales.total).toBe(sales);
    expect(model.method.coverage.some((line) => line.includes("within 30 days"))).toBe(sales === 1);
  });

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
    const twice = salesOver(6, "2026-06-30", 60, () => ({ method: "private_treaty", price: 1_500_000 })).flatMap(
      (one) => [
        { ...one, first_ask: { from: 1_600_000 } },
        { ...one, id: `${one.id}-2`, price: null, first_ask: { from: 1 } },
      ],
    );
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
      salesOver(6, "2026-06-30", 60, () => ({ method: "private_treaty", price: 1_500_000, first_ask: { from } }));
    expect(report({ sales: requested(1) }).market[0]?.vendorDiscount.value).toBeNull();
    expect(report({ sales: requested(1_600_000) }).market[0]?.vendorDiscount.value).toBeCloseTo(6.25);
  });

  test("sales without a date are named, and what to do about them", () => {
    const undated = [1, 2].map((at) => ({ ...sale({ id: `${at}` }), sold_date: null }));
    expect(() => report({ sales: undated })).toThrow(Failure);
    expect(() => report({ sales: undated })).toThrow(/both sales have no sold_date.*Add the dates/);
  });
});

describe("a price under a tenth of the median of its kind", () => {
  const usual = salesOver(12, "2026-06-30", 300, () => ({ price: 2_000_000 }));
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
