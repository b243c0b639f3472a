import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { findMap } from "../../src/cli/map-file.ts";
import { BUILT_IN_MAPS } from "../../src/import/columns/built-in-maps.ts";
import { parseMap } from "../../src/import/columns/map.ts";
import { openCatalogue } from "../../src/report/sources/catalogue.ts";
import { csv, HEADERS, ROWS } from "./export-file.ts";
import { newImportWorld } from "./import-world.ts";

const world = newImportWorld();
const { file, imported, run, manly } = world;

describe("dates of a column", () => {
  const table = (days: readonly string[]) =>
    csv(
      ["Address", "Suburb", "State", "Sold Date"],
      days.map((day, n) => [`${n + 1} Pine St`, "Manly", "NSW", day]),
      ",",
    );

  test("have the order that one of them shows, however late it comes", async () => {
    const days = [...Array.from({ length: 1_500 }, () => "06/07/2026"), "06/25/2026"];
    await imported("sales.csv", table(days));
    expect(new Set(manly()?.sales?.map(({ sold_date }) => sold_date))).toEqual(new Set(["2026-06-25", "2026-06-07"]));
    expect(world.out.join("\n")).toContain("dates with the month first");
  });

  test("that could be either have the day first, and this is reported", async () => {
    await imported("sales.csv", table(["06/07/2026", "01/02/2026"]));
    expect(manly()?.sales?.map(({ sold_date }) => sold_date)).toEqual(["2026-07-06", "2026-02-01"]);
    expect(world.out.join("\n")).toContain("the order in Australia: no date in the column shows its order");
  });

  test("that contradict each other are refused by row", async () => {
    expect(await run([await file("sales.csv", table(["14/06/2026", "15/06/2026", "06/16/2026"]))])).toBe(1);
    expect(world.err[0]).toMatch(
      /sales\.csv:4: sold_date must be a day of the calendar, not "06\/16\/2026" \(the dates of "Sold Date" have the day first\)/,
    );
  });

  test("have the order of the map", async () => {
    await imported("sales.csv", table(["06/07/2026"]), { map: parseMap({ date: "MM/DD/YYYY" }, "test") });
    expect(manly()?.sales).toMatchObject([{ sold_date: "2026-06-07" }]);
  });
});

describe("property types as letters", () => {
  const table = (types: readonly string[]) =>
    csv(
      ["Address", "Suburb", "State", "Sold Date", "Type"],
      types.map((type, n) => [`${n + 1} Pine St`, "Manly", "NSW", "2026-06-14", type]),
      ",",
    );
  const typesOf = () =>
    manly()
      ?.sales?.map(({ address, category }) => [address, category])
      .sort();

  test("are houses, townhouses and units, as published lists of sales have them", async () => {
    await imported("sales.csv", table(["h", "u", "T", ""]));
    expect(typesOf()).toEqual([
      ["1 Pine St", "house"],
      ["2 Pine St", "unit"],
      ["3 Pine St", "house"],
      ["4 Pine St", "other"],
    ]);
    expect(world.out.join("\n")).toContain('category: "u" read as unit (1, such as u)');
  });

  test("are not guessed beside other letters, or without houses", async () => {
    for (const types of [
      ["h", "u", "f"],
      ["u", "u", "t"],
    ]) {
      expect(await run([await file("sales.csv", table(types))])).toBe(0);
      expect(typesOf()?.map(([, category]) => category)).toEqual(["other", "other", "other"]);
      expect(world.err.join("\n")).toContain('the column "type" was ignored');
    }
  });
});

describe("lists of Melbourne's sales", () => {
  const list = (columns: readonly string[], rows: readonly (readonly string[])[]) =>
    csv(
      ["Suburb", "Address", "Type", "Price", "Method", "SellerG", "Sold Date", "Postcode", ...columns],
      rows.map(([price = "", method = "", ...more], n) => [
        ...["Manly", `${n + 1} Pine St`, "h", price, method, "Gull", "14/06/2026", "2095", ...more],
      ]),
      ",",
    );
  const read = async (table: string) => expect(await run([await file("sales.csv", table)])).toBe(0);
  const sales = () =>
    (manly()?.sales ?? []).toSorted((a, b) => a.address.localeCompare(b.address, "en", { numeric: true }));

  test("say how a home was sold, and that it was not, in two letters", async () => {
    const methods = ["S", "SP", "SA", "SN", "PN", "SS", "PI", "VB", "NB", "W"];
    await imported(
      "sales.csv",
      list(
        [],
        methods.map((method) => ["", method]),
      ),
    );
    expect(sales().map(({ method, outcome }) => [method, outcome ?? "sold"])).toEqual([
      ...(["auction", "sold_prior", "sold_after", "auction", "sold_prior", "sold_after"] as const).map((method) => [
        ...[method, "sold"],
      ]),
      ...[expect.arrayContaining(["passed_in"]), expect.arrayContaining(["passed_in"])],
      ...[expect.arrayContaining(["passed_in"]), expect.arrayContaining(["withdrawn"])],
    ]);
  });

  test("call bedrooms rooms, which they have of each home, and of some those of another list", async () => {
    await read(
      list(
        ["Rooms", "Bedroom2"],
        [
          ["900000", "S", "3", ""],
          ["900000", "S", "4", "3"],
        ],
      ),
    );
    expect(sales().map(({ beds }) => beds)).toEqual([3, 4]);
  });

  test("but more rooms than bedrooms are all rooms of a home, and not read", async () => {
    await read(
      list(
        ["Rooms"],
        [
          ["900000", "S", "7"],
          ["900000", "S", "6"],
          ["900000", "S", "3"],
        ],
      ),
    );
    expect(sales().map(({ beds }) => beds ?? null)).toEqual([null, null, null]);
  });
});

describe("names instead of ids", () => {
  test("make agencies and agents, once, and lead before co", async () => {
    await imported("sales.csv", csv(HEADERS, ROWS, ","));
    const { sales, agencies, agents } = manly() ?? {};
    expect(agencies?.map(({ id }) => id)).toEqual(["agency-gull-søn-realty", "agency-tern-property"]);
    expect(agents?.map(({ name }) => name).sort()).toEqual(["Ann Lee", "Bob Roe", "Zoë O'Brien"]);
    const unit = sales?.find(({ category }) => category === "unit");
    const nameOf = (id: string) => agents?.find((agent) => agent.id === id)?.name;
    expect(unit?.agents?.map(({ id, role }) => [nameOf(id), role])).toEqual([
      ["Zoë O'Brien", "lead"],
      ["Bob Roe", "co"],
    ]);
    expect(world.out.join("\n")).toContain("made from names: 2 agencies, 3 agents");
  });

  test("are those of agencies and agents that are there already, in this import or before, in any order of files", async () => {
    const agencies = await file("agencies.csv", "id,name\na1,Ray Black Manly\n");
    const agents = await file("agents.csv", "id,name,agency_id\ng1,Jane Citizen,a1\n");
    const sales = await file(
      "sales.csv",
      'id,suburb,state,address,category,sold_date,price,agency_ids,agents,outcome\n1,Manly,NSW,12 Ocean St,house,2026-06-30,"$1,250,000",Ray Black Manly,Jane Citizen,sold\n',
    );
    expect(await run([sales, agents, agencies])).toBe(0);
    expect(manly()).toMatchObject({
      sales: [{ agency_ids: ["a1"], agents: [{ id: "g1" }] }],
      agents: [{ id: "g1" }],
      agencies: [{ id: "a1" }],
    });
    const more = await file(
      "more.csv",
      "Address,Suburb,State,Sold Date,Agency,Agent\n1 Ocean St,Manly,NSW,1/6/2026,RAY BLACK  MANLY PTY LTD,jane citizen\n",
    );
    expect(await run([more])).toBe(0);
    expect(manly()?.agencies).toHaveLength(1);
    expect(manly()?.agents).toHaveLength(1);
  });

  test("leave ids alone, also undefined ones", async () => {
    await imported(
      "sales.csv",
      "id,address,category,sold_date,agency_ids,agents,suburb,state\n1,1 Tern St,house,2026-06-01,a;b,x:lead;y:co,Manly,NSW\n",
    );
    expect(manly()?.sales).toMatchObject([
      {
        agency_ids: ["a", "b"],
        agents: [
          { id: "x", role: "lead" },
          { id: "y", role: "co" },
        ],
      },
    ]);
    expect(manly()?.agencies).toEqual([]);
  });
});

describe("rows that make no sense", () => {
  const table = (rows: readonly string[]) =>
    `id,suburb,state,address,category,listed_date,sold_date,price\n${rows.map((row, n) => `${n + 1},Manly,NSW,${row}\n`).join("")}`;

  test("are left out by name and row where no report can use them; the others come in", async () => {
    const path = await file(
      "sales.csv",
      table([
        "1 Pine St,house,,2062-06-30,900000",
        "2 Pine St,house,,1926-06-30,900000",
        "3 Pine St,house,,,900000",
        "4 Pine St,house,,2026-06-30,900000",
      ]),
    );
    expect(await run([path])).toBe(0);
    expect(world.err).toEqual([
      `${path}:2: left out: sold_date 2062-06-30 is in the future: correct it`,
      `${path}:3: left out: sold_date 1926-06-30 is before 1950: correct it`,
      `${path}:4: left out: has no sold date, so no report can use the row: add sold_date`,
    ]);
    expect(world.out[0]).toEndWith("1 sale");
    expect(manly()?.sales?.map(({ id }) => id)).toEqual(["4"]);
  });

  test("alone are no import", async () => {
    expect(await run([await file("sales.csv", table(["1 Pine St,house,,2062-06-30,900000"]))])).toBe(1);
    expect(world.err.at(-1)).toBe("nothing was imported: no report can use any of these rows");
    expect(manly()).toBeNull();
  });

  test("lose what cannot be: a listing day after the sale; a nominal price is reported", async () => {
    await imported(
      "sales.csv",
      table(["1 Pine St,house,2026-07-30,2026-06-30,1", "2 Pine St,house,2026-05-30,2026-06-30,900000"]),
    );
    expect(manly()?.sales?.map(({ listed_date }) => listed_date ?? null)).toEqual([null, "2026-05-30"]);
    expect(world.out.join("\n")).toContain("a listing date after the sale: unknown");
    expect(world.out.join("\n")).toContain("less than $10,000");
    expect(manly()?.sales?.map(({ price, price_disclosed }) => [price, price_disclosed])).toEqual([
      [1, false],
      [900_000, undefined],
    ]);
  });
});

describe("a map", () => {
  const map = {
    columns: { address: "Wo", sold_date: ["Wann"], category: "Was" },
    values: { category: { Laube: "house" } },
    ignore: ["Price"],
  };
  const TABLE = "Wo,Wann,Was,Suburb,State,Price\n1 Pine St,14/06/2026,Laube,Manly,NSW,nonsense\n";

  test("says what unknown columns and words mean", async () => {
    const path = await file("sales.csv", TABLE);
    expect(await run([path])).toBe(1);
    expect(world.err[0]).toContain("missing: address");
    expect(await run([path], { map: parseMap(map, "mine") })).toBe(0);
    expect(manly()?.sales).toMatchObject([{ address: "1 Pine St", category: "house", sold_date: "2026-06-14" }]);
  });

  test("that is none is refused with what one looks like", () => {
    for (const bad of [
      [],
      "x",
      { colums: {} },
      { date: "YY" },
      { columns: [] },
      { values: { category: "x" } },
      { header_row: -1 },
    ])
      expect(() => parseMap(bad, "mine")).toThrow(
        expect.objectContaining({ code: "bad_map", message: expect.stringContaining('{"columns"') }),
      );
  });
});

test("each built-in map reads an export's columns, of several for a field the first that is filled; a saved one of the name goes before it", async () => {
  const sold = { address: "12 Pine St", category: "house", sold_date: "2026-06-14", price: 2_450_000 };
  const rows: Readonly<Record<string, readonly [headers: string, cells: string]>> = {
    "domain-flat": [
      "id,displayableAddress,suburb,state,postcode,propertyType,soldPrice,soldDate,saleMethod,advertiserName,contact1",
      "1,12 Pine St,MANLY,NSW,2095,House,2450000,2026-06-14,SoldByAuction,Gull,Ann Lee",
    ],
    "apify-domain": [
      "address,suburb,state,propertyType,price,soldPrice,dateSold,agencyName",
      "12 Pine St,Manly,NSW,House,1,2450000,2026-06-14,Gull",
    ],
    "apify-realestate": [
      "listingId,streetAddress,suburb,state,propertyType,soldPrice,soldDate,listingCompany",
      '7,12 Pine St,Manly,NSW,House,"$2,450,000",14 Jun 2026,Gull',
    ],
    "rex-csv": [
      "Listing ID,Address,Suburb,State,Category,Contract Price,Sold Price,Sold Date,Listing Agent 1,Office",
      "7,12 Pine St,Manly,NSW,House,1,2450000,14/06/2026,Ann Lee,Gull",
    ],
    "vaultre-csv": [
      "Property ID,Street Number,Street,Suburb,State,Type,Unconditional Date,Conditional Date,Sale Price,Contact Staff 1,Branch",
      "7,12,Pine St,Manly,NSW,House,30/06/2026,14/06/2026,2450000,Ann Lee,Gull",
    ],
    "reapit-csv": [
      "Listing ID,Address,Suburb,State,Property Type,Sold Date,Exchange Date,Sold Price,Primary Agent,Office",
      "7,12 Pine St,Manly,NSW,House,14/06/2026,,2450000,Ann Lee,Gull",
    ],
    "google-sheet": [
      "Property,Suburb,State,Type,Sold,Price,Sold By,Office",
      "12 Pine St,Manly,NSW,House,14/06/2026,$2.45m,Ann Lee,Gull",
    ],
  };
  expect(Object.keys(BUILT_IN_MAPS)).toEqual(Object.keys(rows));
  for (const [name, [headers, cells]] of Object.entries(rows)) {
    const map = await findMap(name, join(world.folder, "data"));
    await imported(`${name}.csv`, `${headers}\n${cells}\n`, { kind: "sales", map });
    expect([name, manly()?.sales]).toMatchObject([name, [sold]]);
    expect([name, manly()?.agencies?.map((each) => each.name)]).toEqual([name, ["Gull"]]);
  }
  const catalogue = openCatalogue({ path: join(world.folder, "data", "catalogue.db") });
  catalogue.saveMap("google-sheet", JSON.stringify({ columns: { address: "Elsewhere" } }));
  catalogue.close();
  expect((await findMap("google-sheet", join(world.folder, "data"))).fieldOf("Elsewhere")).toBe("address");
  await expect(findMap("none", join(world.folder, "data"))).rejects.toThrow("built-in maps: domain-flat");
});
