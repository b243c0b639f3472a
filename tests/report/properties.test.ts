import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { DataSet, Listing, Sale } from "../../src/report/data-set.ts";
import { buildReport } from "../../src/report/report.ts";
import { options } from "./data.ts";

const day = fc
  .integer({ min: 0, max: 1_200 })
  .map((back) => new Date(Date.UTC(2026, 5, 30 - back)).toISOString().slice(0, 10));
const agencyId = fc.constantFrom("a", "b", "c", "dangling");
const agentId = fc.constantFrom("v", "w", "hidden", "nobody");
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const sales: fc.Arbitrary<Sale[]> = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 10_000 }).map((n) => `s${n}`),
    address: fc.integer({ min: 1, max: 30 }).map((n) => `${n} Tern Street`),
    category: fc.constantFrom("house" as const, "unit" as const, "land" as const),
    listed_date: maybe(day),
    sold_date: maybe(day),
    price: maybe(fc.integer({ min: 0, max: 9_000_000 })),
    price_disclosed: fc.boolean(),
    first_ask: maybe(fc.record({ from: maybe(fc.integer({ min: 0, max: 9_000_000 })), to: maybe(fc.constant(1)) })),
    method: fc.constantFrom("auction" as const, "sold_after" as const, "private_treaty" as const),
    outcome: fc.constantFrom("sold" as const, "sold" as const, "passed_in" as const, "withdrawn" as const),
    agency_ids: fc.uniqueArray(agencyId, { maxLength: 3 }),
    agents: fc.array(fc.record({ id: agentId, role: fc.constantFrom("lead" as const, "co" as const) }), {
      maxLength: 3,
    }),
  }),
  { selector: ({ id }) => id, maxLength: 60 },
);
const listings: fc.Arbitrary<Listing[]> = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 1_000 }).map((n) => `l${n}`),
    address: fc.constant("1 Gannet Avenue"),
    category: fc.constantFrom("house" as const, "unit" as const),
    listed_date: maybe(day),
    agency_ids: fc.uniqueArray(agencyId, { maxLength: 2 }),
    agent_ids: fc.array(agentId, { maxLength: 3 }),
  }),
  { selector: ({ id }) => id, maxLength: 20 },
);
const dataSets: fc.Arbitrary<DataSet> = fc.record({
  as_of: fc.constant("2026-06-30"),
  agencies: fc.constant([
    { id: "a", name: "Alder" },
    { id: "b", name: "Birch" },
    { id: "c", name: "Cedar" },
  ]),
  agents: fc.constant([
    { id: "v", name: "Vic", agency_id: "a" },
    { id: "w", name: "Wei", agency_id: "b" },
    { id: "hidden", name: "Secret Agent", agency_id: "c", hidden: true },
    { name: "No Id" },
    { name: "No Id", agency_id: "a", title: "Elder" },
    { name: "No Id", agency_id: "a", title: "Younger" },
  ]),
  sales,
  listings,
});

describe("any data set", () => {
  test("makes the same report in whatever order its rows come", () => {
    fc.assert(
      fc.property(dataSets, fc.integer(), (data, seed) => {
        const mixed: DataSet = {
          ...data,
          agencies: shuffled(data.agencies ?? [], seed),
          agents: shuffled(data.agents ?? [], seed + 1),
          sales: shuffled(data.sales ?? [], seed + 2),
          listings: shuffled(data.listings ?? [], seed + 3),
        };
        const requested = options({ preparedFor: "alder" });
        expect(JSON.stringify(buildReport(mixed, requested))).toBe(JSON.stringify(buildReport(data, requested)));
      }),
    );
  });

  test("is left as it was", () => {
    fc.assert(
      fc.property(dataSets, (data) => {
        const before = JSON.stringify(data);
        buildReport(data, options());
        expect(JSON.stringify(data)).toBe(before);
      }),
      { numRuns: 30 },
    );
  });

  test("names no hidden agent, and no number that is none", () => {
    fc.assert(
      fc.property(dataSets, (data) => {
        const model = buildReport(data, options());
        expect(JSON.stringify(model)).not.toContain("Secret Agent");
        expect(model.agents.rows.some(({ id }) => id === "hidden")).toBe(false);
        everyNumber(model, (n) => expect(Number.isFinite(n)).toBe(true));
      }),
    );
  });

  test("has shares that pass 100 % only by joint sales, and ranks in order", () => {
    fc.assert(
      fc.property(dataSets, (data) => {
        const { agencies, agents } = buildReport(data, options());
        const counted = agencies.rows.reduce((sum, { sales }) => sum + (sales.value ?? 0), 0);
        const alone = agencies.totalSales - agencies.jointSales;
        // A row has three agencies at most here; a sale in several rows has those of all.
        expect(counted).toBeLessThanOrEqual(alone + 3 * ((data.sales ?? []).length - alone));
        for (const { share } of agencies.rows) expect(share.value ?? 0).toBeLessThanOrEqual(100);
        for (const rows of [agencies.rows, agents.rows]) {
          const ranks = rows.flatMap(({ rank }) => rank ?? []);
          expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
          if (ranks.length > 0) expect(ranks[0]).toBe(1);
        }
      }),
    );
  });

  test("shows no median of fewer than 3 prices and no days of fewer than 3 sales", () => {
    fc.assert(
      fc.property(dataSets, (data) => {
        const model = buildReport(data, options());
        for (const { median, daysOnMarket } of [...model.market, ...model.agencies.rows, ...model.agents.rows])
          for (const figure of [median, daysOnMarket]) expect(figure.value === null || (figure.n ?? 0) >= 3).toBe(true);
        for (const { saleToList } of model.market)
          expect(saleToList.value === null || (saleToList.n ?? 0) >= 5).toBe(true);
      }),
    );
  });
});

function shuffled<T>(items: readonly T[], seed: number): T[] {
  return items
    .map((item, index) => ({ item, key: Math.imul(index * 7_919 + seed, 2_654_435_761) >>> 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function everyNumber(value: unknown, check: (n: number) => void): void {
  if (typeof value === "number") check(value);
  else if (typeof value === "object" && value !== null)
    for (const inner of Object.values(value)) everyNumber(inner, check);
}
