import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { DataSet } from "../../../../src/report/data-set.ts";
import type { SoldWindow } from "../../../../src/report/sources/domain/endpoints.ts";
import { type DomainResponses, toDataSet } from "../../../../src/report/sources/domain/mapping.ts";
import { readCurrent, readSold, soldWindows, split } from "../../../../src/report/sources/domain/pages.ts";
import type { DomainListing, SearchRow, SoldPage } from "../../../../src/report/sources/domain/responses.ts";
import { parseDataSet } from "../../../../src/report/validation.ts";
import { FakeDomain } from "../../../fakes/domain.ts";
import { addSuburb } from "../../../fakes/domain-suburb.ts";
import { TODAY } from "./world.ts";

const MANLY = { suburb: "Manly", state: "NSW", postcode: "2095" } as const;
const responses = (changes: Partial<DomainResponses>): DomainResponses => ({
  ...{
    locality: MANLY,
    day: TODAY,
    soldFrom: "2024-06-01",
    retrievedAt: `${TODAY}T02:00:00.000Z`,
    sold: [],
    forSale: [],
  },
  ...{ toRent: [], agencies: [], market: [], profile: null, disclaimers: [], notes: [] },
  ...changes,
});
const map = (changes: Partial<DomainResponses>): DataSet =>
  toDataSet(responses(changes), { townhouses: "house" }).dataSet;
const row = (listing: DomainListing): SearchRow => ({ type: "PropertyListing", listing });

/** A sale as the public document has it, with a sold price and two agents, for tests to change. */
function sold(changes: Record<string, unknown> = {}): SearchRow {
  return row({
    id: 15_970_998,
    dateListed: "2026-05-02T18:04:33",
    advertiser: {
      ...{ id: 25_306, type: "Agency", name: "Example Realty Manly", preferredColourHex: "#01325A" },
      logoUrl: "https://images.example/logo_25306.GIF",
      contacts: [{ name: "Jane Citizen", photoUrl: "https://images.example/contact_77.jpeg" }, { name: "Sam  Roe" }],
    },
    priceDetails: { displayPrice: "SOLD - $2,460,000", canDisplayPrice: true, saleMethod: "Auction" },
    propertyDetails: {
      ...{ bathrooms: 1.0, bedrooms: 2.5, carspaces: 1, unitNumber: "5", streetNumber: "12", street: "Pine Street" },
      ...{ suburb: "MANLY", postcode: "2095", state: "NSW", displayableAddress: "5/12 Pine Street, Manly" },
      ...{ propertyType: "ApartmentUnitFlat", landArea: 0 },
    },
    soldData: { soldDate: "2026-05-30T00:00:00", soldPrice: 2_460_000, saleMethod: "SoldByAuction" },
    ...changes,
  });
}
const only = (changes: Record<string, unknown>) => map({ sold: [sold(changes)] }).sales?.[0];

describe("a sale of Domain", () => {
  test("is a sale of the data set, its contacts agents of its agency, the first of them the lead", () => {
    const dataSet = map({ sold: [sold()] });
    expect(dataSet.sales).toEqual([
      {
        ...{
          id: "domain-15970998",
          address: "5/12 Pine Street",
          category: "unit",
          property_type: "ApartmentUnitFlat",
          beds: 2,
          baths: 1,
          cars: 1,
        },
        ...{ land_sqm: null, listed_date: "2026-05-02", sold_date: "2026-05-30", price: 2_460_000 },
        ...{ price_disclosed: true, method: "auction", outcome: "sold", agency_ids: ["domain-25306"] },
        agents: [
          { id: "domain-77", role: "lead" },
          { id: "domain-25306-sam-roe", role: "co" },
        ],
        source: "domain",
      },
    ]);
    expect(dataSet.agents?.map(({ name }) => name)).toEqual(["Jane Citizen", "Sam Roe"]);
    expect(dataSet.agencies).toMatchObject([{ id: "domain-25306", name: "Example Realty Manly", colour: "#01325a" }]);
  });

  test("resolves its contacts by name in the agency's own list, whatever the spelling", () => {
    const record = {
      ...{ id: 25_306, name: "Example Realty - Manly", profile: { primaryAgencyColour: "AABBCC", numberForSale: 7 } },
      agents: [
        { id: 9, firstName: "SAM", lastName: "ROE", email: "sam@example.org", mobile: "0491 570 156" },
        { id: 77, firstName: "Jane", lastName: "Citizen", isHideSoldLeasedListings: true },
      ],
    };
    const { agencies, agents, sales } = map({ sold: [sold()], agencies: [record] });
    expect(agencies?.[0]).toMatchObject({ name: "Example Realty - Manly", colour: "#aabbcc", for_sale: 7 });
    expect(agents).toMatchObject([
      { id: "domain-77", name: "Jane Citizen", hidden: true },
      { id: "domain-9", name: "SAM ROE", email: "sam@example.org", phone: "0491 570 156" },
    ]);
    expect(sales?.[0]?.agents?.map(({ id }) => id)).toEqual(["domain-77", "domain-9"]);
  });

  test.each([
    ["House", "house"],
    ["Terrace", "house"],
    ["Townhouse", "house"],
    ["Studio", "unit"],
    ["NewApartments", "unit"],
    ["VacantLand", "land"],
    ["Rural", "other"],
    ["SomethingNew", "other"],
  ])("of the type %s counts as %s", (propertyType, category) => {
    expect(only({ propertyDetails: { propertyType, suburb: "Manly" } })?.category as string).toBe(category);
  });

  test("may have its townhouses counted as units, and says so", () => {
    const one = responses({ sold: [sold({ propertyDetails: { propertyType: "Villa" } })] });
    const { dataSet } = toDataSet(one, { townhouses: "unit" });
    expect(dataSet.sales?.[0]?.category).toBe("unit");
    expect(dataSet.notes).toEqual(["Townhouses and villas count as units."]);
  });

  test.each([
    ["SoldByAuction", "PrivateTreaty", "auction", "sold"],
    ["SoldPriorToAuction", undefined, "sold_prior", "sold"],
    ["SoldByPrivateTreaty", "Auction", "private_treaty", "sold"],
    ["NotStated", "ExpressionOfInterest", "eoi", "sold"],
    ["NotStated", "Tender", "tender", "sold"],
    [undefined, "NotStated", "not_stated", "sold"],
    ["Withdrawn", "Auction", "auction", "withdrawn"],
  ])("sold by %s, offered by %s: %s, %s", (soldBy, offeredBy, method, outcome) => {
    const sale = only({
      soldData: { soldDate: "2026-05-30T00:00:00", soldPrice: 1, saleMethod: soldBy },
      priceDetails: { saleMethod: offeredBy },
    });
    expect([sale?.method, sale?.outcome] as (string | undefined)[]).toEqual([method, outcome]);
    expect(sale?.price ?? null).toBe(outcome === "withdrawn" ? null : 1);
  });

  test("whose price must not be shown, is 0 or is missing has none, and says so", () => {
    const soldData = { soldDate: "2026-05-30T00:00:00", saleMethod: "SoldByAuction" };
    for (const changes of [
      { priceDetails: { canDisplayPrice: false } },
      { soldData },
      { soldData: { ...soldData, soldPrice: 0 } },
      { soldData: { ...soldData, soldPrice: null } },
    ])
      expect(only(changes)).toMatchObject({ price: null, price_disclosed: false });
  });

  test("without sold data, or with days that are none, is there without them", () => {
    expect(only({ soldData: null })).toMatchObject({ sold_date: null, outcome: "sold" });
    expect(only({ soldData: { soldDate: "2026-02-30T00:00:00" }, dateListed: "soon" })).toMatchObject({
      sold_date: null,
      listed_date: null,
    });
    expect(only({ dateListed: "2026-06-30T00:00:00" })?.listed_date).toBeNull();
  });

  test("takes the date as it is written: 23:30 is no other day", () => {
    expect(only({ dateListed: "2026-05-02T23:30:00" })?.listed_date).toBe("2026-05-02");
    expect(only({ dateListed: "2026-05-02T23:30:00+10:00" })?.listed_date).toBe("2026-05-02");
  });

  test("of a private seller has neither agency nor agents, and no name", () => {
    const dataSet = map({
      sold: [sold({ advertiser: { id: 1, type: "Private", name: "A Seller", contacts: [{ name: "A Seller" }] } })],
    });
    expect(dataSet.sales?.[0]).toMatchObject({ agency_ids: [], agents: [] });
    expect(JSON.stringify(dataSet)).not.toContain("A Seller");
  });

  test.each([
    [{ displayableAddress: "9 Pine Street, Manly" }, "9 Pine Street"],
    [{ displayableAddress: "9 Pine Street, MANLY NSW 2095" }, "9 Pine Street"],
    [{ displayableAddress: "Manly", unitNumber: "3", streetNumber: "4", street: "The Corso" }, "3/4 The Corso"],
    [{ displayableAddress: "Level 2, 4 The Corso, Manly" }, "Level 2, 4 The Corso"],
    [{ displayableAddress: null, streetNumber: "4", street: "The Corso" }, "4 The Corso"],
    [{ displayableAddress: "Address available on request" }, "Address available on request"],
    [{}, "Address withheld"],
  ])("has its street as address: %j", (details, address) => {
    expect(only({ propertyDetails: { suburb: "MANLY", ...details } })?.address).toBe(address);
  });

  test("in another suburb or state is none of this one; one within a project is, a project is not", () => {
    const elsewhere = sold({ id: 2, propertyDetails: { suburb: "Fairlight", state: "NSW" } });
    const interstate = sold({ id: 3, propertyDetails: { suburb: "Manly", state: "QLD" } });
    const inside = { type: "Project", listings: [{ ...sold().listing, id: 4 }] };
    const rows = [elsewhere, interstate, inside, { type: "Project", project: { id: 77 }, listings: [] } as SearchRow];
    expect(map({ sold: rows }).sales?.map(({ id }) => id)).toEqual(["domain-4"]);
  });

  test("of any shape at all makes no invalid data set and no error", () => {
    const anything = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>,
      fc.constantFrom("2026-05-30T00:00:00", "Manly", 12, "SoldByAuction"),
    );
    const listing = fc.record(
      {
        ...{ id: anything, dateListed: anything, advertiser: anything, priceDetails: anything },
        ...{ propertyDetails: anything, soldData: anything, auctionSchedule: anything },
      },
      { requiredKeys: ["id"] },
    );
    fc.assert(
      fc.property(fc.array(listing, { maxLength: 5 }), (listings) => {
        const rows = listings.map((each) => row(each as DomainListing));
        parseDataSet(map({ sold: rows, forSale: rows, toRent: rows }));
      }),
      { numRuns: 300 },
    );
  });
});

describe("a rental of Domain", () => {
  test.each([
    ["$1,250 per week", null, 1_250],
    ["$650pw", null, 650],
    ["From $700 / week", null, 700],
    ["$3,000 per month", null, 692],
    ["$3,000 pcm", 3_000, 692],
    ["$600 - $650 pw", null, null],
    ["Contact agent", null, null],
    ["Contact agent", 820, 820],
  ])("shown for %s (%p) is %p a week", (displayPrice, price, rent) => {
    const { rentals } = map({ toRent: [sold({ priceDetails: { displayPrice, price } })] });
    expect(rentals?.[0]).toMatchObject({ weekly_rent: rent, status: "current", display_price: displayPrice });
  });
});

describe("suburb performance", () => {
  const point = (values: Record<string, unknown>, month: unknown = 6, year: unknown = 2026) => {
    const response = { series: { seriesInfo: [{ year, month, values }] } };
    return map({ market: [{ category: "house", bedrooms: null, response }] }).market?.[0]?.series[0];
  };

  test("ends its periods with the last day of their month, and leaves what is null unknown", () => {
    expect(point({ medianSoldPrice: 3_900_000, numberSold: null, daysOnMarket: 38 })).toMatchObject({
      ...{ period_end: "2026-06-30", period_months: 3, median_sold_price: 3_900_000, number_sold: null },
      ...{ days_on_market: 38, auctions: null },
    });
    expect(point({}, 2, 2028)?.period_end).toBe("2028-02-29");
    expect(point({}, 13)).toBeUndefined();
  });

  test("counts auctions so that the clearance rate is Domain's own, also where more were sold than auctioned", () => {
    const auctions = (auctioned: unknown, sold: unknown, withdrawn: unknown) =>
      point({ auctionNumberAuctioned: auctioned, auctionNumberSold: sold, auctionNumberWithdrawn: withdrawn })
        ?.auctions;
    expect(auctions(14, 9, 2)).toEqual({ auctioned: 14, sold_at: 9, passed_in: 5, withdrawn: 2 });
    expect(auctions(2, 3, 0)).toEqual({ auctioned: 2, sold_at: 2, passed_in: 0, withdrawn: 0 });
    expect(auctions(2, null, 0)).toBeNull();
  });

  test.each([
    [-3.1, 3.1],
    [3.1, 3.1],
    [null, null],
    ["x", null],
  ])("has a discount of %p as %p", (given, discount) => {
    expect(point({ discountPercentage: given })?.discount_pct ?? null).toBe(discount);
  });
});

/** A service with these rows, in pages of this size, which may repeat rows and pages, and number them or not. */
function pagesOf(rows: readonly SearchRow[], size: number, numbered: boolean) {
  let calls = 0;
  const within = ({ from, to, types }: SoldWindow) =>
    rows.filter(({ listing }) => {
      const day = String(listing?.soldData?.soldDate).slice(0, 10);
      const type = String(listing?.propertyDetails?.propertyType);
      return day >= from && (to === null || day <= to) && (types?.includes(type) ?? true);
    });
  return {
    calls: () => calls,
    async request(window: SoldWindow, page: number): Promise<SoldPage> {
      calls += 1;
      const found = within(window);
      if ((page - 1) * size >= 1_000) throw new Error("beyond what can be reached");
      const results = found.slice((page - 1) * size, page * size);
      const totals = { totalResults: found.length, totalPages: Math.ceil(found.length / size) };
      return { results, ...(numbered ? totals : {}) };
    },
  };
}

function suburb(sales: number): readonly SearchRow[] {
  const domain = new FakeDomain().start();
  addSuburb(domain, { today: TODAY, sold: sales, current: 0 });
  void domain.stop();
  return domain.listings.map((listing) => row(listing as unknown as DomainListing));
}

describe("pages of sales", () => {
  const WINDOW: SoldWindow = { from: "2024-01-01", to: null, types: null };
  const rows = suburb(140);
  const wanted = JSON.stringify(map({ sold: rows }));

  test("of any size, in any order and with any repetition make one data set", async () => {
    const options = fc.record({
      size: fc.integer({ min: 1, max: 100 }),
      order: fc.shuffledSubarray([...rows], { minLength: rows.length }),
      numbered: fc.boolean(),
      repeated: fc.array(fc.nat(rows.length - 1), { maxLength: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(options, async ({ size, order, numbered, repeated }) => {
        const service = pagesOf([...order, ...repeated.flatMap((at) => rows[at] ?? [])], size, numbered);
        const read = await readSold(service.request, WINDOW, TODAY);
        expect(JSON.stringify(map({ sold: read.rows }))).toBe(wanted);
      }),
      { numRuns: 40 },
    );
  });

  test("of more than 1,000 results are split by month, then by type, and nothing is lost", async () => {
    const many = suburb(2_600).map(({ listing }, at) => {
      // One month has more than can be reached.
      const soldDate = at % 2 === 0 ? "2026-05-12T00:00:00" : listing?.soldData?.soldDate;
      return row({ ...listing, soldData: { ...listing?.soldData, soldDate } });
    });
    const service = pagesOf(many, 100, true);
    const { rows: read, cut } = await readSold(service.request, { ...WINDOW, from: "2024-06-01" }, TODAY);
    expect(map({ sold: read }).sales).toHaveLength(2_600);
    expect(cut).toEqual([]);
  });

  test("of a type and month with more than can be reached are cut there, and that is reported", async () => {
    const many = suburb(1_200).map(({ listing }) =>
      row({
        ...listing,
        propertyDetails: { ...listing?.propertyDetails, propertyType: "House" },
        soldData: { soldDate: "2026-05-12T00:00:00" },
      }),
    );
    const { rows: read, cut } = await readSold(pagesOf(many, 100, true).request, WINDOW, TODAY);
    expect(map({ sold: read }).sales).toHaveLength(1_000);
    expect(cut).toEqual([{ from: "2026-05-01", to: "2026-05-31", types: ["House"] }]);
  });

  test("that change while they are read are read again, and no sale is missed", async () => {
    // After the first page one of it is withdrawn, and one more is sold: rows move up, or down, by one.
    for (const move of ["up", "down"]) {
      const now = [...rows];
      const request = async (window: SoldWindow, page: number) => {
        const said = await pagesOf(now, 50, true).request(window, page);
        if (page === 1 && now.length === rows.length) {
          if (move === "up") now.shift();
          else now.unshift(sold({ id: 9, soldData: { soldDate: `${TODAY}T00:00:00` } }));
        }
        return said;
      };
      const read = await readSold(request, WINDOW, TODAY);
      expect(JSON.stringify(map({ sold: read.rows }))).toBe(JSON.stringify(map({ sold: now })));
    }
  });

  test("of current listings continue to an empty page, whatever their size, and are split where they fill what can be reached", async () => {
    const many = suburb(1_500);
    const send = async (types: readonly string[] | null, page: number) => {
      const found = many.filter(
        ({ listing }) => types?.includes(String(listing?.propertyDetails?.propertyType)) ?? true,
      );
      // Short by one: no sign of the end.
      return (page - 1) * 99 >= 1_000 ? [] : found.slice((page - 1) * 99, page * 99);
    };
    expect(map({ forSale: await readCurrent(send) }).listings).toHaveLength(1_500);
  });

  test("windows of sales stay the same for a month, and leave out no day", () => {
    const { open, closed } = soldWindows("2026-07-20");
    expect([closed.from, closed.to, open.from, open.to]).toEqual(["2024-06-01", "2026-05-31", "2026-06-01", null]);
    expect(soldWindows("2026-07-01")).toEqual(soldWindows("2026-07-31"));
    expect(soldWindows("2026-01-15").open.from).toBe("2025-12-01");
    const months = split(closed, TODAY);
    expect([months.length, months[0], months.at(-1)]).toEqual([
      24,
      { from: "2024-06-01", to: "2024-06-30", types: null },
      { from: "2026-05-01", to: "2026-05-31", types: null },
    ]);
  });
});
