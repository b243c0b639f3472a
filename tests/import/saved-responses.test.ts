import { expect, test } from "bun:test";
import type { DataSet } from "../../src/report/data-set.ts";
import { newImportWorld } from "./import-world.ts";

/** A row of a search as Domain's OpenAPI document has it. */
function row(id: number, more: Readonly<Record<string, unknown>> = {}) {
  const listing = {
    id,
    listingType: "Sold",
    advertiser: {
      id: 25_306,
      type: "Agency",
      name: "Gull Realty",
      preferredColourHex: "#01325A",
      contacts: [{ name: "Ann  Lee", photoUrl: "https://images.example/contact_7.jpeg" }, { name: "Bob Roe" }],
    },
    priceDetails: { canDisplayPrice: true },
    propertyDetails: {
      bedrooms: 2,
      suburb: "MANLY",
      state: "NSW",
      postcode: "2095",
      displayableAddress: `${id} Pine Street, Manly`,
      propertyType: "ApartmentUnitFlat",
      landArea: 0,
    },
    dateListed: "2026-05-02T18:04:33",
    soldData: { soldDate: "2026-05-30T00:00:00", soldPrice: 2_460_000, saleMethod: "SoldByAuction" },
    ...more,
  };
  return { type: "PropertyListing", listing };
}
const PROJECT = { type: "Project", project: { id: 77, name: "New Homes" }, listings: [] };
const ROWS = [row(1), row(2, { priceDetails: { canDisplayPrice: false } }), PROJECT];

const world = newImportWorld();

test("a saved search of Domain is imported however it was saved: wrapped, a bare list, a row, rows and pages in lines", async () => {
  const page = { results: ROWS, totalResults: 3, totalPages: 1, page: 1 };
  const lines = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join("\n");
  for (const [name, text, sales] of [
    ["wrapped.json", JSON.stringify(page), "2 sales"],
    ["pages.json", JSON.stringify([page, page]), "2 sales"],
    ["list.json", JSON.stringify(ROWS, null, 1), "2 sales"],
    ["row.json", JSON.stringify(ROWS[0], null, 1), "1 sale"],
    ["rows.ndjson", lines(ROWS), "2 sales"],
    ["pages.ndjson", lines([page, page]), "2 sales"],
    ["page.txt", JSON.stringify(page), "2 sales"],
  ] as const) {
    expect([name, await world.add(name, text)]).toEqual([name, 0]);
    expect(world.out.join("\n")).toContain(`1 agency, 2 agents, ${sales}`);
    expect(world.out.join("\n")).toContain("a response of Domain's API");
  }
  // The same listings under seven names are the same rows.
  expect(world.out.at(-1)).toContain("0 new, 0 changed");
  const data = stored();
  expect(
    data.sales?.map(({ id, address, price, method, sold_date }) => [id, address, price, method, sold_date]),
  ).toEqual([
    ["domain-1", "1 Pine Street", 2_460_000, "auction", "2026-05-30"],
    ["domain-2", "2 Pine Street", null, "auction", "2026-05-30"],
  ]);
  expect(data.agencies).toMatchObject([{ id: "domain-25306", name: "Gull Realty", colour: "#01325a" }]);
  expect(data.agents?.map(({ name }) => name).sort()).toEqual(["Ann Lee", "Bob Roe"]);
  expect(data.sources).toMatchObject([{ id: "domain", licence: "Domain API terms" }]);
});

test("listings are what they are for: sold, for sale, to let, withdrawn, in other suburbs; what has no day is named", async () => {
  const forSale = row(3, { listingType: "Sale", soldData: undefined, priceDetails: { displayPrice: "Guide $2m" } });
  const toRent = row(4, { listingType: "Rent", soldData: undefined, priceDetails: { displayPrice: "$850 per week" } });
  const withdrawn = row(5, { soldData: { saleMethod: "Withdrawn" }, auctionSchedule: { time: "2026-05-16T11:00:00" } });
  const undated = row(6, { soldData: { saleMethod: "NotStated" } });
  const elsewhere = row(7, {
    propertyDetails: {
      suburb: "Mosman",
      state: "NSW",
      postcode: "2088",
      displayableAddress: "7 Elm St, Mosman",
      propertyType: "House",
    },
  });
  expect(
    await world.add(
      "mixed.json",
      JSON.stringify({ results: [row(1), forSale, toRent, withdrawn, undated, elsewhere] }),
    ),
  ).toBe(0);
  expect(world.out.join("\n")).toContain("3 sales, 1 listing, 1 rental");
  expect(world.err.join("\n")).toContain("domain-6: has no sold date");
  const data = stored();
  expect(data.sales?.map(({ id, outcome }) => [id, outcome])).toEqual([
    ["domain-1", "sold"],
    ["domain-5", "withdrawn"],
  ]);
  expect(data.listings?.map(({ display_price }) => display_price)).toEqual(["Guide $2m"]);
  expect(stored("Mosman").sales).toMatchObject([{ id: "domain-7", category: "house" }]);
});

test("people whose names are in the catalogue are not made a second time", async () => {
  expect(
    await world.add(
      "own.csv",
      "Address,Suburb,State,Sold Date,Agency,Agent\n9 Elm St,Manly,NSW,1/05/2026,Gull Realty Pty Ltd,Ann Lee\n",
    ),
  ).toBe(0);
  expect(await world.add("saved.json", JSON.stringify(ROWS))).toBe(0);
  const data = stored();
  expect(data.agencies).toHaveLength(1);
  expect(data.agents?.map(({ name }) => name).sort()).toEqual(["Ann Lee", "Bob Roe"]);
  expect(new Set(data.sales?.flatMap(({ agency_ids }) => agency_ids ?? []))).toEqual(
    new Set([String(data.agencies?.[0]?.id)]),
  );
});

test("statistics of a suburb and an agency's record are taken in; a response without listings says so", async () => {
  const statistics = {
    header: { suburb: "Manly", state: "NSW", propertyCategory: "Unit" },
    series: {
      seriesInfo: [
        { year: 2026, month: 3, values: { medianSoldPrice: 1_500_000, numberSold: 24, discountPercentage: -3.1 } },
      ],
    },
  };
  expect(await world.add("statistics.json", JSON.stringify(statistics))).toBe(0);
  expect(world.out[0]).toContain("1 market");
  const agency = {
    id: 9,
    name: "Tern Property",
    profile: { primaryAgencyColour: "#112233" },
    details: {},
    agents: [{ id: 41, firstName: "Cara", lastName: "Ito", email: "cara@example.com" }],
  };
  expect(await world.add("agency.json", JSON.stringify(agency))).toBe(0);
  expect(world.out[0]).toContain("1 agency, 1 agent");
  for (const empty of [{ results: [], totalResults: 0 }, [PROJECT], []]) {
    expect(await world.add("empty.json", JSON.stringify(empty))).toBe(1);
    expect(world.err.join("\n")).toMatch(/has no (rows|listings)/);
  }
});

function stored(suburb = "Manly"): DataSet {
  return world.dataSet(suburb) ?? {};
}

test("results of a Saturday's auctions are sales and auctions without one, of the day in the file's name or its head", async () => {
  const result = (id: number, code: string, price: number | null) => ({
    ...{ id, unitNumber: "", streetNumber: String(id), streetName: "Pine", streetType: "Street", suburb: "MANLY" },
    ...{ postcode: "2095", state: "NSW", propertyType: "House", bedrooms: 3, bathrooms: 2, carspaces: 1 },
    ...{ price, result: code, agent: "Ann Lee", agencyName: "Gull Realty", agencyId: 25_306 },
  });
  const results = [
    ...[result(1, "AUSD", 2_450_000), result(2, "AUSP", null), result(3, "AUSA", 900_000)],
    ...[result(4, "AUPI", 1_500_000), result(5, "AUWD", null), result(6, "XYZ", 1)],
    ...["Unit", "Flat", "Land"].map((propertyType, at) => ({ ...result(7 + at, "AUSD", 800_000), propertyType })),
  ];
  expect(await world.add("sydney-2026-06-27.json", JSON.stringify(results))).toBe(0);
  expect(world.err.join("\n")).toContain("6 XYZ: this auction result is unknown");
  expect(
    stored().sales?.map(({ id, price, method, outcome, sold_date }) => [id, price ?? null, method, outcome, sold_date]),
  ).toEqual([
    ["domain-1", 2_450_000, "auction", "sold", "2026-06-27"],
    ["domain-2", null, "sold_prior", "sold", "2026-06-27"],
    ["domain-3", 900_000, "sold_after", "sold", "2026-06-27"],
    ["domain-4-auction-2026-06-27", null, "auction", "passed_in", "2026-06-27"],
    ["domain-5-auction-2026-06-27", null, "auction", "withdrawn", "2026-06-27"],
    ...["domain-7", "domain-8", "domain-9"].map((id) => [id, 800_000, "auction", "sold", "2026-06-27"]),
  ]);
  expect(
    stored()
      .sales?.slice(-3)
      .map(({ category }) => category),
  ).toEqual(["unit", "unit", "land"]);
  expect(stored().agents?.map(({ name }) => name)).toEqual(["Ann Lee"]);
  const lines = [{ auctionedDate: "2026-06-27", adjClearanceRate: 0.7 }, ...results].map((each) =>
    JSON.stringify(each),
  );
  expect(await world.add("sydney.ndjson", lines.join("\n"))).toBe(0);
  expect(world.out.at(-1)).toContain("0 new, 0 changed");
  expect(await world.add("sydney.json", JSON.stringify(results))).toBe(1);
  expect(world.err.join("\n")).toContain("put it in the name of the file");
});
