import { describe, expect, test } from "bun:test";
import type { DataSet } from "../../../../src/report/data-set.ts";
import { joinSame } from "../../../../src/report/identity/identity.ts";
import { buildReport } from "../../../../src/report/report.ts";
import { checkDataSet } from "../../../../src/report/sources/checked-data-set.ts";
import { MANLY, openWorld, TODAY } from "./world.ts";

describe("the Domain source", () => {
  test("gives a valid data set of the suburb's sales, listings, people, series and profile", async () => {
    await using world = openWorld();
    const text = (await world.source.dataSet(MANLY)) ?? "";
    expect(world.domain.violations).toEqual([]);
    checkDataSet(text);
    const dataSet = JSON.parse(text);
    expect(dataSet).toMatchObject({ as_of: TODAY, suburb: { name: "Manly", postcode: "2095", population: 16_296 } });
    expect(dataSet.sales).toHaveLength(60);
    expect(dataSet.listings).toHaveLength(12);
    expect(dataSet.market.map(({ category }: { category: string }) => category)).toContain("unit");
    expect(dataSet.sources[0].disclaimer).toContain("Invented terms of the Valuer General & the State of NSW.");
  });
});

describe("a report of Manly from Domain", () => {
  test("has a clearance rate from Domain's counts, which its sales alone cannot give, and says who lives there", async () => {
    await using world = openWorld();
    const dataSet = await world.request();
    const { market, locality, method } = buildReport(dataSet ?? {}, {
      ...{ suburb: "Manly", state: "NSW", postcode: "2095", preparedFor: null, branding: null },
      ...{ printEmails: false, date: TODAY },
    });
    // Four quarters of 9 sold, 5 passed in and 2 withdrawn.
    expect(market[0]?.clearance).toMatchObject({ value: 56.25, n: 64, reliable: true });
    expect(locality).toMatchObject({ population: 16_296, owners: 46, tenants: 54, age: "20 to 39" });
    expect(method.coverage).toContain("Townhouses and villas count as houses.");
    expect(method.sources[0]?.disclaimer).toContain("Invented terms of APM");
  });
});

describe("an agency's own sales in the catalogue", () => {
  const own = (sales: readonly object[]) => ({
    dataSet: () =>
      JSON.stringify({
        suburb: { name: "Manly", state: "NSW", postcode: "2095", dwellings: 8_000 },
        sources: [{ id: "crm", name: "Our own office" }],
        agencies: [{ id: "our-office", name: "Our Office Manly" }],
        agents: [{ id: "our-agent", name: "Ada Own", agency_id: "our-office" }],
        sales,
        partners: [{ agent: "Ada Own" }],
      }),
  });

  test("complete what Domain has: joined by address and day, named under Coverage", async () => {
    await using plain = openWorld();
    const theirs = (await plain.request())?.sales?.find(({ address }) => /^\d+\//.test(address));
    const sold_date = theirs?.sold_date ?? "";
    await using world = openWorld({
      own: own([
        {
          id: "own-1",
          address: `Unit ${theirs?.address.replace("/", ", ")}`,
          category: "unit",
          sold_date,
          source: "crm",
        },
        { id: "own-2", address: "1 Nowhere Close", category: "house", sold_date: "2026-06-01", source: "crm" },
      ]),
    });
    const text = (await world.source.dataSet(MANLY)) ?? "";
    checkDataSet(text);
    const dataSet = JSON.parse(text) as DataSet;
    expect(dataSet).toMatchObject({
      suburb: { dwellings: 8_000, population: 16_296 },
      partners: [{ agent: "Ada Own" }],
    });
    expect(dataSet.notes).toContain(
      "1 sale is from the catalogue and not from Domain; 1 of the catalogue's is also in Domain's data.",
    );
    expect(dataSet.sources?.map(({ id }) => id)).toEqual(["domain", "crm"]);
    expect(dataSet.sales).toHaveLength(62);
    const { dataSet: joined, joins } = joinSame(dataSet);
    expect(joined.sales).toHaveLength(61);
    expect(joins.filter(({ kind }) => kind === "sale")).toEqual([
      { kind: "sale", keep: "own-1", join: theirs?.id ?? "", reason: "address and day" },
    ]);
  });

  test("are the report where Domain has nothing", async () => {
    await using world = openWorld({ suburb: null, own: own([]) });
    expect(await world.source.dataSet(MANLY)).toBeNull();
  });
});
