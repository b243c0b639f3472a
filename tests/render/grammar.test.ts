import { expect } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { DRAW } from "../../src/render/documents.ts";
import { joinPdfs } from "../../src/render/joined/complete.ts";
import type { DataSet, Sale, SaleMethod } from "../../src/report/data-set.ts";
import type { DrawnKind } from "../../src/report/documents.ts";
import type { ReportOptions } from "../../src/report/options.ts";
import { filterOf } from "../../src/report/request/filter.ts";
import { withPrograms } from "../programs.ts";
import { OPTIONS } from "./data-sets.ts";
import { faultsOf } from "./grammar-faults.ts";

const test = withPrograms("pdftotext");
const folder = mkdtempSync(join(tmpdir(), "agentlink-grammar-"));

const day = fc
  .integer({ min: 0, max: 800 })
  .map((back) => new Date(Date.UTC(2026, 5, 30 - back)).toISOString().slice(0, 10));
const few = <T>(of: fc.Arbitrary<T>, most: number) => fc.array(of, { maxLength: most });
const known = <T>(of: fc.Arbitrary<T>) => fc.option(of, { freq: 4 });
const agency = fc.constantFrom("a", "b", "c");
const agent = fc.constantFrom("x", "y", "z");
const METHODS: readonly SaleMethod[] = ["auction", "sold_prior", "private_treaty", "eoi", "not_stated"];

const sale = fc.record({
  address: fc.nat(30).map((n) => `${n + 1} Pine Street`),
  category: fc.constantFrom("house" as const, "unit" as const, "land" as const, "other" as const),
  beds: known(fc.nat(5)),
  baths: known(fc.nat(3)),
  cars: known(fc.nat(2)),
  listed_date: known(day),
  sold_date: day,
  price: known(fc.constantFrom(0, 1, 985_000, 1_000_000, 1_555_000, 2_450_000, 999_999_999)),
  first_ask: known(fc.record({ from: fc.constantFrom(1, 1_000_000, 1_600_000) })),
  method: fc.constantFrom(...METHODS),
  outcome: fc.constantFrom("sold" as const, "sold" as const, "passed_in" as const, "withdrawn" as const),
  agency_ids: fc.uniqueArray(agency, { maxLength: 2 }),
  agents: fc.uniqueArray(agent, { maxLength: 2 }).map((ids) => ids.map((id) => ({ id }))),
});
const point = fc.record({
  number_sold: known(fc.nat(2)),
  median_sold_price: known(fc.constantFrom(0, 1_200_000)),
  days_on_market: known(fc.constantFrom(0, 1, 33)),
  sale_listings: known(fc.nat(3)),
  median_weekly_rent: known(fc.constantFrom(0, 700)),
});

const BAND = "$1m-$1.5m";
const rate = fc
  .record({
    band: fc.constantFrom(BAND, "Less than $500k", "$10m+"),
    rate_from: fc.constantFrom(1, 1.5, 2.25),
    more: fc.constantFrom(0, 0.25, 1),
    marketing: known(fc.constantFrom(1_000, 4_000)),
  })
  .map(({ band, rate_from, more, marketing }) => ({
    ...{ band, rate_from, rate_to: rate_from + more },
    ...{ marketing_from: marketing, marketing_to: marketing === null ? null : 2 * marketing },
  }));
const STATE_OR_AREA = [{ state: "NSW" as const }, { area_kind: "suburb" as const }];

/** Small data, in which singulars, nothings and unknowns are common. */
const dataSet = fc
  .record({
    sales: few(sale, 9),
    listings: few(fc.record({ agency_ids: few(agency, 1), agent_ids: few(agent, 1), listed_date: known(day) }), 3),
    rentals: few(
      fc.record({
        weekly_rent: known(fc.constantFrom(0, 1, 650, 700)),
        listed_date: day,
        leased_date: known(day),
        agency_ids: few(agency, 2),
      }),
      5,
    ),
    market: few(point, 8),
    rates: few(rate, 4),
    partners: few(
      fc.record({ tier: known(fc.constantFrom("featured" as const, "featured_plus" as const)), rates: few(rate, 2) }),
      2,
    ),
    hidden: fc.boolean(),
    supplied: known(fc.nat(2)),
    for_sale: known(fc.nat(2)),
  })
  .map(({ sales, listings, rentals, market, rates, partners, hidden, supplied, for_sale }): DataSet => {
    const own = (at: number) => ({ id: `r${at}`, address: `${at + 1} Elm Street`, category: "house" as const });
    return {
      as_of: "2026-06-30",
      agencies: [
        { id: "a", name: "Alder", for_sale },
        { id: "b", name: "Birch" },
        { id: "c", name: "Cedar" },
      ],
      agents: [
        { id: "x", name: "Ada", agency_id: "a", hidden, supplied: { sales_12m: supplied, median_price: null } },
        { id: "y", name: "Ben", agency_id: "b" },
        { id: "z", name: "Cleo", agency_id: null },
      ],
      sales: sales.map((row, at): Sale => ({ ...row, id: `s${at}` })),
      listings: listings.map((row, at) => ({ ...row, ...own(at) })),
      commission_rates: rates.map((row, at) => ({ ...row, id: `c${at}`, ...STATE_OR_AREA[at % 2] })),
      partners: partners.map(({ tier, rates }, at) => ({
        ...{ agent: ["Ada", "Dora"][at] ?? "Ada", agency: "Alder", ...(tier === null ? {} : { tier }) },
        rates: rates.map(({ band, rate_from, rate_to }) => ({ band, rate_from, rate_to })),
      })),
      rentals: rentals.map((row, at) => ({ ...row, ...own(at) })),
      market: [
        {
          category: "house",
          series: market.map((row, at) => ({
            ...row,
            period_end: new Date(Date.UTC(2026, 6 - 3 * at, 0)).toISOString().slice(0, 10),
            period_months: 3,
          })),
        },
      ],
    };
  });

const REQUESTS: readonly (readonly [DrawnKind | "complete", Partial<ReportOptions>])[] = [
  ["agents", { preparedFor: "Alder", compare: ["Ada", "Ben"] }],
  ["agents", { preparedFor: null, subject: { address: "3 Pine Street", bedrooms: 1, price: 1_000_000 } }],
  [
    "agents",
    { preparedFor: "Nobody", filter: filterOf({ min_bedrooms: 1, max_bedrooms: 1 }), compare: ["Alder", "Birch"] },
  ],
  ["agents_brief", { preparedFor: "Birch" }],
  ["agency", { preparedFor: "Birch" }],
  ["agency", { edition: "brief" }],
  ["commission", { homeOwnerPricing: BAND }],
  ["commission", { homeOwnerPricing: "Less than $500k", preparedFor: "Alder" }],
  ["commission", { homeOwnerPricing: "$10m+" }],
  ["complete", { homeOwnerPricing: BAND, preparedFor: "Alder" }],
];

/** A document; "complete": the agents report and the commission document in one. */
async function drawn(kind: DrawnKind | "complete", data: DataSet, options: ReportOptions): Promise<Uint8Array> {
  if (kind !== "complete") return (await DRAW[kind](data, options, () => {})).bytes;
  const parts = [];
  for (const part of ["agents", "commission"] as const) {
    const path = join(folder, `${part}.pdf`);
    await Bun.write(path, (await DRAW[part](data, options, () => {})).bytes);
    parts.push({ path, fixed: false });
  }
  return (await joinPdfs(parts, options, () => {})).bytes;
}

const RUNS = Number(process.env.GRAMMAR_RUNS ?? 20);

test("no page of a report on random data has a fault of grammar, a value that is none or a figure of nothing", async () => {
  let at = 0;
  await fc.assert(
    fc.asyncProperty(dataSet, async (data) => {
      const [kind, options] = REQUESTS[at++ % REQUESTS.length] as (typeof REQUESTS)[number];
      const path = join(folder, "report.pdf");
      await Bun.write(path, await drawn(kind, data, { ...OPTIONS, emptyIsPage: true, ...options }));
      const text = await Bun.$`pdftotext -raw ${path} -`.text();
      expect(faultsOf(text.replace(/\s+/g, " "))).toEqual([]);
    }),
    { numRuns: RUNS, seed: 21, endOnFailure: true },
  );
}, 60_000);
