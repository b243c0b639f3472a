import { expect, test } from "bun:test";
import fc from "fast-check";
import { buildBrief } from "../../src/report/brief.ts";
import type { DataSet, Partner, Sale } from "../../src/report/data-set.ts";
import { buildReport } from "../../src/report/report.ts";
import { withBusiness } from "../../src/report/sources/business.ts";
import { dataSet, options, sale } from "./data.ts";

const AGENTS = ["Xanthe", "Yusuf", "Zoë"];

const sales = fc.array(
  fc.record({
    sold_date: fc.constantFrom("2026-01-10", "2026-03-10", "2025-09-01", "2025-03-01"),
    price: fc.option(fc.integer({ min: 300_000, max: 4_000_000 })),
    agents: fc.uniqueArray(
      fc.record({ id: fc.constantFrom("x", "y", "z"), role: fc.constantFrom("lead" as const, "co" as const) }),
      {
        selector: ({ id }) => id,
        minLength: 1,
        maxLength: 2,
      },
    ),
  }),
  { minLength: 1, maxLength: 25 },
);

const partners = fc.array(
  fc.record({
    agent: fc.constantFrom(...AGENTS, "Somebody Else", "xanthe "),
    agency: fc.option(fc.constantFrom("Alder & Co", "Elsewhere")),
    tier: fc.constantFrom("featured_plus" as const, "featured" as const, "standard" as const),
    sales: fc.option(fc.nat(900)),
    median_price: fc.option(fc.nat(9_000_000)),
    sales_value: fc.option(fc.nat(900_000_000)),
    from: fc.option(fc.constantFrom("2026-01-01", "2027-01-01")),
    to: fc.option(fc.constantFrom("2026-02-01", "2027-02-01")),
  }),
  { maxLength: 6 },
) as fc.Arbitrary<Partner[]>;

test("whichever agent pays, no rank, no figure and no sentence of a report is another, in either edition", () => {
  fc.assert(
    fc.property(sales, partners, (rows, paying) => {
      const data: DataSet = dataSet({ sales: rows.map((row): Sale => sale(row)) });
      const { paid, method, ...report } = buildReport({ ...data, partners: paying }, options());
      const { paid: nobody, method: plain, ...without } = buildReport(data, options());
      expect(report).toEqual(without);
      expect(nobody).toEqual([]);
      // Method names who pays, and is otherwise the same.
      const said = method.coverage.filter((line) => !plain.coverage.includes(line));
      expect(said).toHaveLength(paid.length === 0 ? 0 : 1);
      for (const { name } of paid.slice(0, 2)) expect(said[0]).toContain(name);
      expect({ ...method, coverage: [] }).toEqual({ ...plain, coverage: [] });

      const brief = buildBrief({ ...data, partners: paying }, options());
      const briefWithout = buildBrief(data, options());
      const bare = (agents: typeof brief.agents) => agents.map(({ isPaid: _, ...agent }) => agent);
      const nobodyPaid: typeof brief.paid = [];
      expect({ ...brief, paid: nobodyPaid, agents: bare(brief.agents) }).toEqual({
        ...briefWithout,
        agents: bare(briefWithout.agents),
      });
    }),
    { numRuns: 150 },
  );
});

test("a paid placement has the figures that the rows give, and those entered manually only where there are none", () => {
  const data = dataSet({
    sales: [1, 2, 3].map((n) => sale({ price: n * 1_000_000, agents: [{ id: "y" }] })),
    partners: [
      { agent: "Yusuf", tier: "standard", sales: 99, median_price: 1, sales_value: 1 },
      { agent: "Somebody Else", agency: "Elsewhere", tier: "featured", sales: 12, median_price: 900_000 },
    ],
  });
  const [first, second] = buildReport(data, options()).paid;
  expect(first).toMatchObject({
    ...{ name: "Somebody Else", agencyName: "Elsewhere", tier: "featured", rank: null },
    ...{ sales: { value: 12, supplied: true }, median: { value: 900_000, supplied: true }, value: { value: null } },
  });
  expect(second).toMatchObject({
    ...{ name: "Yusuf", agencyName: "Alder & Co", rank: 1 },
    ...{ sales: { value: 3, supplied: false }, median: { value: 2_000_000 }, value: { value: 6_000_000 } },
  });
});

test("an agent whom the data hides has no paid placement", () => {
  const hidden = [{ id: "h", name: "Hana", hidden: true }];
  const data = { ...dataSet({ partners: [{ agent: "Hana" }] }), agents: hidden, sales: [sale()] };
  expect(buildReport(data, options()).paid).toEqual([]);
});

test("the operator's partners and rates join a data set that has none, and replace none", () => {
  const rates = [{ state: "NSW" as const, band: "$1m-$1.5m", rate_from: 1, rate_to: 2 }];
  const business = { partners: [{ agent: "Ada" }], commission_rates: rates };
  expect(JSON.parse(withBusiness("{}", business))).toEqual(business);
  expect(JSON.parse(withBusiness(' {"agents":[]} ', business))).toEqual({ agents: [], ...business });
  expect(JSON.parse(withBusiness('{"partners":[]}', business))).toEqual({ partners: [], commission_rates: rates });
});
