import { describe, expect, test } from "bun:test";
import { writeXlsx } from "hucre/xlsx";
import { parseMap } from "../../src/import/columns/map.ts";
import { newImportWorld } from "./import-world.ts";

const world = newImportWorld();

/** Imports a file of this name into a new catalogue; returns what it printed, and what Manly has then. */
async function taken(name: string, content: string | Uint8Array, map?: unknown) {
  world.forget();
  const code = await world.add(name, content, map === undefined ? {} : { map: parseMap(map, "mine") });
  const said = [...world.out, ...world.err];
  expect({ code, said: code === 0 ? [] : said }).toEqual({ code: 0, said: [] });
  return { said: said.join("\n"), manly: world.manly(), rents: world.dataSet("Manly", { of: "rentals" }) };
}

const ROW = {
  "Street Address": "12 Pine St",
  Suburb: "Manly",
  State: "NSW",
  "Property Type": "House",
  "Sale Date": "14/06/2026",
  "Sale Price": "$2.45m",
  Agent: "Ann Lee",
};
const OTHER = { ...ROW, "Street Address": "14 Pine St", "Sale Date": "15/06/2026" };
const SOLD = [
  { address: "14 Pine St", category: "house", sold_date: "2026-06-15", price: 2_450_000 },
  { address: "12 Pine St", category: "house", sold_date: "2026-06-14", price: 2_450_000 },
];

describe("rows in JSON", () => {
  const lists = [Object.keys(ROW), Object.values(ROW), Object.values(OTHER)];
  const wrapped: Readonly<Record<string, unknown>> = {
    "a list": [ROW, OTHER],
    "a list called data": { data: [ROW, OTHER] },
    "a list among what a service says of it": { status: "ok", type: "sold", total: 2, results: [ROW, OTHER] },
    "a list called as nobody calls it": { saleRecords: [ROW, OTHER], errors: [] },
    "Airtable's records": {
      records: [ROW, OTHER].map((fields, n) => ({ id: `rec${n}`, createdTime: "2026-06-20T00:00:00Z", fields })),
      offset: "itr",
    },
    "Google Sheets' values": { range: "Sold!A1:G3", majorDimension: "ROWS", values: [["Sold in June"], ...lists] },
    "lists of cells": lists,
    "a list within a list's wrapper": { response: { items: "2", listings: [ROW, OTHER] } },
    "OData's value": { "@odata.context": "x", value: [ROW, OTHER] },
    "GeoJSON's features": {
      type: "FeatureCollection",
      features: [ROW, OTHER].map((properties) => ({ type: "Feature", properties })),
    },
  };

  test.each(Object.keys(wrapped))("are read from %s, on one line and on many", async (name) => {
    const text = JSON.stringify(wrapped[name]);
    expect((await taken("sales.json", text)).manly?.sales).toMatchObject(SOLD);
    const pretty = JSON.stringify(wrapped[name], null, 2);
    expect((await taken("export", pretty)).manly?.sales).toMatchObject(SOLD);
  });

  test("may be one row by itself, wrapped or not, and NDJSON under any name", async () => {
    for (const text of [JSON.stringify(ROW), JSON.stringify({ data: ROW }, null, 1)])
      expect((await taken("sales.json", text)).manly?.sales).toMatchObject([SOLD[1]]);
    const own = { ...ROW, agents: [{ id: "a-1", role: "lead" }], Agent: undefined };
    expect((await taken("export.json", JSON.stringify(own))).manly?.sales).toMatchObject([SOLD[1]]);
    for (const name of ["export.json", "export", "sales.ndjson"])
      expect((await taken(name, `${JSON.stringify(ROW)}\n${JSON.stringify(OTHER)}\n`)).manly?.sales).toMatchObject(
        SOLD,
      );
  });

  test("with ids of more digits than a number can represent are rows of their own", async () => {
    const ids = ["12345678901234567", "12345678901234568"];
    const rows = ids.map((id, at) =>
      JSON.stringify({ ...ROW, address: `${at + 1} Pine St` }).replace("{", `{"id":${id},`),
    );
    for (const text of [rows.join("\n"), `[${rows.join()}]`])
      expect((await taken("sales.json", text)).manly?.sales?.map(({ id }) => id).sort()).toEqual(ids);
  });

  test("of a CRM are found however deep its fields lie", async () => {
    const vault = {
      items: [
        {
          id: 123,
          displayAddress: "12 Pine St, Manly",
          address: {
            unitNumber: "",
            streetNumber: "12",
            street: "Pine St",
            suburb: { name: "Manly", postcode: "2095", state: { name: "New South Wales", abbreviation: "NSW" } },
          },
          bed: 3,
          garages: 1,
          carports: 2,
          landArea: { value: 0.5, units: "hectare" },
          methodOfSale: { id: 1, name: "Auction" },
          type: { name: "House" },
          contactStaff: [{ id: 7, firstName: "Ann", lastName: "Lee", email: "ann@example.com" }],
          branch: { id: 3, name: "Gull Realty" },
          saleDetails: { conditional: "2026-06-14", unconditional: "2026-06-20", salePrice: 2_450_000 },
        },
      ],
      totalPages: 1,
    };
    const { manly } = await taken("vault.json", JSON.stringify(vault));
    expect(manly).toMatchObject({
      sales: [
        {
          ...SOLD[1],
          beds: 3,
          cars: 3,
          land_sqm: 5_000,
          method: "auction",
          agency_ids: ["agency-gull-realty"],
          agents: [{ id: "agent-ann-lee-gull-realty", role: "lead" }],
        },
      ],
    });
  });

  test("that are none say which fields there are", async () => {
    const code = await world.add("sales.json", JSON.stringify({ message: "Not authorised", code: 401 }));
    expect({ code, said: world.err.join("\n") }).toEqual({
      code: 1,
      said: expect.stringMatching(/contains no rows: send \[ \{…\}, \{…\} \].*this document has message, code/),
    });
  });
});

describe("a table without names of columns", () => {
  const ROWS = [
    [
      "12 Pine St",
      "Manly",
      "NSW",
      "2095",
      "House",
      "3",
      "2",
      "1",
      "14/06/2026",
      "$2,450,000",
      "Auction",
      "Gull Realty",
      "Ann Lee",
    ],
    [
      "5/14 Pine St",
      "Manly",
      "NSW",
      "2095",
      "Apartment",
      "1",
      "1",
      "0",
      "3/06/2026",
      "$985,000",
      "Private Treaty",
      "Gull Realty",
      "Bob Roe",
    ],
  ];
  const SALES = [
    { address: "12 Pine St", category: "house", beds: 3, baths: 2, cars: 1, price: 2_450_000, method: "auction" },
    { address: "5/14 Pine St", category: "unit", beds: 1, baths: 1, cars: 0, price: 985_000, sold_date: "2026-06-03" },
  ];

  test("is recognised by what is in it, in text, workbooks and JSON, in any order of columns, and this is reported", async () => {
    const quoted = (row: readonly string[], sign: string) => row.map((cell) => `"${cell}"`).join(sign);
    const orders = [ROWS.map((row) => [...row.slice(8), ...row.slice(0, 8)]), ROWS.slice(0, 1)];
    for (const rows of orders) {
      const sheet = { name: "Sold", rows };
      for (const [name, content] of [
        ["export.csv", rows.map((row) => quoted(row, ",")).join("\n")],
        ["export.csv", `${rows.map((row) => row.join(";")).join("\r\n")}\r\n`],
        ["sales.csv", rows.map((row) => quoted(row, ",")).join("\n")],
        ["export.xlsx", await writeXlsx({ sheets: [sheet] })],
        ["export.json", JSON.stringify({ values: rows })],
      ] as const) {
        const { said, manly } = await taken(name, content);
        expect(manly?.sales).toMatchObject(SALES.slice(0, rows.length));
        expect(manly?.agents?.map((agent) => agent.name).sort()).toEqual(["Ann Lee", "Bob Roe"].slice(0, rows.length));
        expect(said).toContain("a table without column names; columns were recognised by their contents");
        expect(said).toMatch(/column \d+ → address/);
      }
    }
  });

  test("may be described by a map: which column is what, and that none is a header", async () => {
    const { manly } = await taken("export.csv", "12 Pine St,Manly,NSW,450,14/06/2026,2450000\n", {
      header_row: 0,
      columns: { land_sqm: "column 4" },
    });
    expect(manly?.sales).toMatchObject([{ ...SOLD[1], category: "other", land_sqm: 450 }]);
  });

  test("has people where it has e-mail addresses and no property", async () => {
    const { said } = await taken(
      "export.csv",
      "Ann Lee,ann@example.com,0400 000 000,Gull Realty\nBob Roe,bob@example.com,,Gull Realty\n",
    );
    expect(said).toContain("column 1 → name, column 2 → email, column 3 → phone, column 4 → agency");
  });

  test("with a header in unknown words is not read as one without", async () => {
    const table = "Wo,Wann,Wieviel\n12 Pine St Manly NSW 2095,14/06/2026,$2.45m\n";
    await expect(world.add("export.csv", table)).rejects.toThrow("is not clear from its columns");
  });
});

describe("columns", () => {
  const HEAD = "Suburb,State,Sale Price,Sale Date";
  const REST = "Manly,NSW,$2.45m,14/06/2026";

  test("of the CRMs that agencies use are known", async () => {
    for (const [header, row, sale] of [
      [
        "Address,Listing Staff 1,Listing Staff 2,Land Size,Land Unit",
        "12 Pine St,Ann Lee,Bob Roe,2,acres",
        { land_sqm: 8_093.71 },
      ],
      ["Property Address,Primary Staff,Secondary Staff,Total Parking", "12 Pine St,Ann Lee,Bob Roe,2", { cars: 2 }],
      [
        "Address,Sales Agent 1,Sales Agent 2,Garages,Carports,Open Spaces",
        "12 Pine St,Ann Lee,Bob Roe,1,1,2",
        { cars: 4 },
      ],
      [
        "Address,Lister 1,Lister 2,Property Style,First List Price",
        "12 Pine St,Ann Lee,Bob Roe,House,$2.2m",
        { first_ask: { from: 2_200_000 } },
      ],
    ] as const) {
      const { manly } = await taken("export.csv", `${header},${HEAD}\n${row},${REST}\n`);
      expect(manly?.sales).toMatchObject([{ address: "12 Pine St", price: 2_450_000, ...sale }]);
      expect(manly?.agents?.map((agent) => agent.name).sort()).toEqual(["Ann Lee", "Bob Roe"]);
    }
  });

  test("that do not say which is the suburb have it in the one that contains suburbs", async () => {
    const { manly } = await taken(
      "export.csv",
      "Address Line 1,Address Line 2,Post Town,County,Exchanged,Agreed Price,Vendor\n12 Pine St,Manly,,NSW,14/06/2026,2450000,Mr Sydney\n",
    );
    expect(manly?.sales).toMatchObject([{ address: "12 Pine St", price: 2_450_000, sold_date: "2026-06-14" }]);
  });

  test("of dates: the contract's goes before the settlement's", async () => {
    for (const header of ["Settlement Date,Unconditional Date,Conditional Date", "Settled,Exchanged,Contract Date"]) {
      const { manly } = await taken(
        "sales.csv",
        `Address,Suburb,State,Price,${header}\n12 Pine St,Manly,NSW,2450000,20/07/2026,20/06/2026,14/06/2026\n`,
      );
      expect(manly?.sales).toMatchObject([{ sold_date: "2026-06-14" }]);
    }
  });

  test.each([
    ..."When sold|Sale|Sold when|Date of sale|Contract signed|Contracts exchanged|Went unconditional on".split("|"),
    ..."Date under contract|Purchase Date|SOLD_DT|soldAt|Transfer date|Sold (dd/mm/yyyy)|Deal date".split("|"),
  ])("of days of sale are known as people call them: %s", async (header) => {
    const { said, manly } = await taken(
      "sales.csv",
      `Address,Suburb,State,Price,Listing date,${header}\n12 Pine St,Manly,NSW,2450000,02/05/2026,14/06/2026\n`,
    );
    expect(manly?.sales).toMatchObject([{ price: 2_450_000, listed_date: "2026-05-02", sold_date: "2026-06-14" }]);
    expect(said).not.toContain("sold_date is read from");
  });

  test.each([
    ["Settled", "the settlement, which is often weeks after the contract"],
    ["Day of settlement", "the settlement, which is often weeks after the contract"],
    ["Auction Date", "although a property may be sold on another day"],
    ["Date", "whose name does not say what day it is"],
  ])("of another day are read as that of the sale with a warning: %s", async (header, why) => {
    const { said, manly } = await taken(
      "sales.csv",
      `Address,Suburb,State,Price,${header}\n12 Pine St,Manly,NSW,2450000,14/06/2026\n`,
    );
    expect(manly?.sales).toMatchObject([{ sold_date: "2026-06-14" }]);
    expect(said).toContain(`sold_date is read from "${header}", ${why}`);
  });

  test.each(["Previous sale date", "Expected settlement", "Sold / listed", "Deal done", "Off market date"])(
    "of days that may be others' are not read as days of sale: %s",
    async (header) => {
      world.forget();
      const table = `Address,Suburb,State,Price,${header}\n12 Pine St,Manly,NSW,2450000,14/06/2026\n`;
      expect(await world.add("sales.csv", table)).toBe(1);
      expect(world.err.join("\n")).toContain(
        `the column "${header.toLowerCase()}" has dates, but its name does not say which: if they are sold_date, say so in a map`,
      );
    },
  );

  test("called Sale or Sold are of days or prices by what is in them, and of neither in doubt", async () => {
    const read = async (header: string, cells: readonly string[]) => {
      const rows = cells.map((cell, at) => `${at + 1} Pine St,Manly,NSW,1/6/2026,"${cell}"`);
      const { manly } = await taken("sales.csv", `Address,Suburb,State,Sold date,${header}\n${rows.join("\n")}\n`);
      return manly?.sales?.map(({ price = null }) => price).sort();
    };
    expect(await read("Sale", ["$1.2m", "$900,000"])).toEqual([1_200_000, 900_000]);
    expect(await read("Sold", ["1200000", "900000"])).toEqual([1_200_000, 900_000]);
    for (const cells of [
      ["Yes", "No"],
      ["1", "0"],
      ["46207", "46208"],
      ["02/06/2026", "03/06/2026"],
    ])
      expect(await read("Sold", cells)).toEqual([null, null]);
  });

  test("of days a property was put up or let are known as people call them", async () => {
    for (const header of ["When listed", "On market since", "Date listed for rent", "Advertised from", "Launch date"])
      for (const leased of ["When leased", "Date let", "Lease signed", "Tenancy began", "Lease start date"]) {
        const { rents } = await taken(
          "rentals.csv",
          `Address,Suburb,State,Beds,Weekly rent,${header},${leased},Lease end\n12 Pine St,Manly,NSW,3,950,02/05/2026,14/06/2026,13/06/2027\n`,
        );
        expect({ header, leased, rents: rents?.rentals }).toMatchObject({
          rents: [{ listed_date: "2026-05-02", leased_date: "2026-06-14" }],
        });
      }
  }, 30_000);

  test.each(["Rent (bi-weekly)", "Rent (4 weekly)", "Rent per night", "Rent p/day", "Rent (two-weekly)"])(
    "of rents by another period are refused: %s",
    async (header) => {
      world.forget();
      expect(await world.add("rentals.csv", `Address,Suburb,State,Beds,${header}\n12 Pine St,Manly,NSW,3,950\n`)).toBe(
        1,
      );
      expect(world.err.join("\n")).toMatch(/by a period that cannot be converted|missing|no rows|unknown/);
    },
  );

  test("of rents are by the week, whatever they are written in", async () => {
    for (const [header, rent] of [
      ["Rent PW", "$950 pw"],
      ["Rent Amount,Rent Period", "950.00,Weekly"],
      ["Rent,Rent Frequency", "1900,Fortnightly"],
      ["Rent,Rent Frequency", '"$4,116.67",Monthly'],
      ["Weekly Rent", "$950 per week"],
      ["Rent", '"$49,400 p.a."'],
      // A column states it for all its rents.
      ["Rent (per month)", "4117"],
      ["Rent PCM", '"$4,117"'],
      ["Monthly Rent", "4117"],
      ["Rent per calendar month", "4117"],
      ["Rent (fortnightly)", "1900"],
      ...["Rent p/m", "Rent/mo", "Rent p.c.m.", "Rent (mthly)", "Rent per mnth"].map((header) => [header, "4117"]),
      ...["Rent p.f.", "Rent (p/fn)", "Rent f/n"].map((header) => [header, "1900"]),
      ...["p/m", "/mo", "p.c.m.", "per cal month", "mthly"].map((words) => ["Rent", `"$4,117 ${words}"`]),
      ...["f/n", "pf", "p/f"].map((words) => ["Rent", `"$1,900 ${words}"`]),
      ["Rent,Rent Frequency", "4117,M"],
      ["Rent,Rent Frequency", "1900,F"],
      ["Rent,Rent Frequency", "950,W"],
      ["Annual Rent", "49400"],
      ["Rent (per month)", "$950 pw"],
      ["Monthly Rent,Weekly Rent", "4117,950"],
    ]) {
      const { rents } = await taken(
        "export.csv",
        `Address,Suburb,State,Beds,${header}\n12 Pine St,Manly,NSW,3,${rent}\n`,
      );
      expect({ header, rents: rents?.rentals?.map((each) => each.weekly_rent) }).toEqual({ header, rents: [950] });
    }
  }, 30_000);
});
