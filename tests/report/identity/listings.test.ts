import { describe, expect, test } from "bun:test";
import type { Listing, Rental } from "../../../src/report/data-set.ts";
import { buildLeasing } from "../../../src/report/leasing/leasing.ts";
import { buildReport } from "../../../src/report/report.ts";
import { dataSet, options, sale } from "../data.ts";

/** A property that is listed under several ids, spellings or offices is listed once, on every page. */

const AGENCIES = ["a", "b"].map((id) => ({ id, name: `Agency ${id.toUpperCase()}` }));
const AGENTS = [{ id: "z", name: "Zoë", agency_id: "b" }];
const listing = (id: string, changes: Partial<Listing> = {}): Listing => ({
  id,
  address: "4/12 Pine Street",
  category: "unit",
  ...changes,
});

describe("current listings", () => {
  const report = (...listings: Listing[]) =>
    buildReport(
      dataSet({
        ...{ agencies: AGENCIES, agents: AGENTS, listings },
        sales: Array.from({ length: 12 }, (_, at) =>
          sale({ category: "unit", sold_date: `2025-${at < 6 ? "07" : "12"}-1${at % 6}` }),
        ),
      }),
      options(),
    );

  test.each<[string, Partial<Listing>, Partial<Listing>, number]>([
    ["in two spellings", {}, { address: "Unit 4, 12 Pine St, Manly NSW 2095" }, 1],
    ["at two prices", { display_price: "$1m" }, { display_price: "Contact agent" }, 1],
    ["half a year apart", { listed_date: "2025-12-01" }, { listed_date: "2026-06-01" }, 1],
    ["of two units", {}, { address: "5/12 Pine Street" }, 2],
    ["of a neighbouring suburb", {}, { suburb: "Fairlight" }, 2],
    ["of a block, at one price", block({ beds: 2 }), block({ display_price: "$1m" }), 1],
    ["of a block, with other rooms", block({ beds: 2 }), block({ beds: 3 }), 2],
    ["of a block, at two prices", block({}), block({ display_price: "$2m" }), 2],
    ["of a block, of which nothing is known", block({ display_price: null }), block({ display_price: null }), 2],
    ["of a range and its first number, at one price", range({}), range({ address: "10 Short Street" }), 1],
    [
      "of both, with the price in other words",
      range({}),
      range({ address: "10 SHORT ST", display_price: "$1,500,000" }),
      1,
    ],
    ["of both, at another price", range({}), range({ address: "10 Short Street", display_price: "$1.55m" }), 2],
    [
      "of both, at no price",
      range({ display_price: "Auction 12 May 2027" }),
      range({ address: "10 Short Street", display_price: "Auction 12 May 2027" }),
      2,
    ],
    ["of both, with other rooms", range({ beds: 4 }), range({ address: "10 Short Street", beds: 3 }), 2],
    ["of both, with other land", range({ land_sqm: 900 }), range({ address: "10 Short Street", land_sqm: 450 }), 2],
    ["of both, of two types", range({}), range({ address: "10 Short Street", category: "land" }), 2],
    ["of a range and its second number", range({}), range({ address: "12 Short Street" }), 2],
    ["of a range and a wider one", range({}), range({ address: "10-14 Short Street" }), 2],
    ["without an address", { address: " " }, { address: " " }, 2],
  ])("%s", (_, one, other, count) => {
    const model = buildReport(
      dataSet({ listings: [listing("1", one), listing("2", other)] }),
      options({ beside: { named: ["Fairlight NSW 2094"], surroundings: false } }),
    );
    expect(model.listings.total).toBe(count);
    expect(model.suburbs.reduce((sum, { listings }) => sum + (listings ?? 0), 0)).toBe(count);
    expect(
      model.method.coverage.join(" ").includes("1 current listing of a property that is listed under another id"),
    ).toBe(count === 1);
  });

  test("are of all the agencies and agents that list it, and each counts it once", () => {
    const model = report(
      listing("1", { agency_ids: ["a"], listed_date: "2026-06-10" }),
      listing("2", { agent_ids: ["z"], listed_date: "2026-06-01", display_price: "$1m" }),
      listing("3", { agency_ids: ["a"], address: "9 Elm Street" }),
    );
    expect(model.listings.total).toBe(2);
    const row = model.listings.rows.find(({ address }) => address === "4/12 Pine Street");
    expect(row).toMatchObject({ agencyNames: ["Agency B", "Agency A"], agentNames: ["Zoë"], listedDate: "2026-06-01" });
    expect(row?.displayPrice).toBe("$1m");
    expect(model.agencies.rows.map(({ id, listings }) => [id, listings]).sort()).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
    expect(model.agents.rows.find(({ id }) => id === "z")?.listings).toBe(1);
    expect(model.market[0]?.monthsOfSupply.value).toBe(2);
  });

  test("show the price of another record, if one has a placeholder", () => {
    const model = report(
      listing("1", { listed_date: "2026-06-01", display_price: "$1" }),
      listing("2", { listed_date: "2026-06-10", display_price: "$1.2m" }),
    );
    expect(model.listings.rows).toMatchObject([{ listedDate: "2026-06-01", displayPrice: "$1.2m" }]);
  });
});

function block(changes: Partial<Listing>): Partial<Listing> {
  return { address: "12 Pine Street", display_price: "$1m", listed_date: "2026-06-01", ...changes };
}

function range(changes: Partial<Listing>): Partial<Listing> {
  return { address: "10-12 Short St", category: "house", display_price: "Guide $1.5m", ...changes };
}

describe("rental listings", () => {
  const rental = (id: string, changes: Partial<Rental> = {}): Rental => ({
    ...{ id, address: "4/12 Pine Street", category: "unit", weekly_rent: 700, listed_date: "2026-05-01" },
    ...changes,
  });
  const total = (...rentals: Rental[]) => buildLeasing({ as_of: "2026-06-30", agencies: AGENCIES, rentals }, options());

  test.each<[string, Partial<Rental>, number]>([
    ["again the same day, spelled otherwise", { address: "U4 12 PINE ST" }, 1],
    ["again 30 days later", { listed_date: "2026-05-31" }, 1],
    ["again 31 days later", { listed_date: "2026-06-01" }, 2],
    ["at a rent that only one has", { weekly_rent: null }, 1],
    ["at another rent", { weekly_rent: 720 }, 2],
    ["again at an address with a range", { address: "4/12-14 Pine Street" }, 1],
    ["again at the first number of its range", { address: "12 Pine Street" }, 1],
    ["again there at another rent", { address: "12 Pine Street", weekly_rent: 720 }, 2],
    ["in another unit", { address: "5/12 Pine Street" }, 2],
  ])("%s", (_, other, count) => {
    const isRange = other.address === "12 Pine Street";
    const model = total(
      rental("1", isRange ? { address: "12-14 Pine Street", category: "house" } : {}),
      rental("2", { ...(isRange ? { category: "house" } : {}), ...other }),
    );
    expect(model.total).toBe(count);
    expect(model.method.coverage.join(" ").includes("1 rental listing of a property that is listed")).toBe(count === 1);
  });

  test("on the market at two offices are one, of both, and leased where one of them has it leased", () => {
    const model = total(
      rental("1", { agency_ids: ["a"], status: "current", listed_date: null }),
      rental("2", { agency_ids: ["b"], status: "current", listed_date: null }),
    );
    expect([model.total, model.current.total]).toEqual([1, 1]);
    expect(model.league.map(({ id, current }) => [id, current])).toEqual([
      ["a", 1],
      ["b", 1],
    ]);
    const leased = total(
      rental("1", { status: "current" }),
      rental("2", { status: "leased", leased_date: "2026-05-20" }),
    );
    expect([leased.total, leased.leased.total, leased.current.total]).toEqual([1, 1, 0]);
  });
});
