import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type CellValue, writeXlsx } from "hucre/xlsx";
import { type ImportFilesOptions, importFiles } from "../../src/cli/import.ts";
import { findMap } from "../../src/cli/map-file.ts";
import { BUILT_IN_MAPS } from "../../src/import/built-in-maps.ts";
import { parseMap } from "../../src/import/map.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import { openCatalogue } from "../../src/report/sources/catalogue.ts";

const NOW = new Date("2026-11-26T02:00:00Z");
const HEADERS = [
  "Street Address",
  "Suburb",
  "State",
  "Postcode",
  "Property Type",
  "Bed",
  "Land Size (m²)",
  "Sale Date",
  "Sale Price",
  "Sale Type",
  "Agency",
  "Agent",
];
const ROWS: readonly (readonly string[])[] = [
  [
    "12 Pine St",
    "MANLY",
    "NSW",
    "2095",
    "Townhouse",
    "3",
    "1,012 sqm",
    "14/06/2026",
    "$2,450,000",
    "Auction",
    "Gull & Søn Realty",
    "Zoë O'Brien",
  ],
  [
    "Unit 5, 14 Pine St",
    "Manly",
    "New South Wales",
    "2095",
    "Apartment",
    "Studio",
    "-",
    "3/06/2026",
    "Not Disclosed",
    "Private Treaty",
    "Gull & Søn Realty",
    "Zoë O'Brien & Bob Roe",
  ],
  [
    "9 Pine St",
    "Manly",
    "NSW",
    "2095",
    "House",
    "4",
    "450 m²",
    "01/06/2026",
    "$1.25m",
    "Prior to Auction",
    "Tern Property",
    "Ann Lee",
  ],
];
const SALES = [
  { address: "12 Pine St", beds: 3, land_sqm: 1_012, sold_date: "2026-06-14", price: 2_450_000, method: "auction" },
  {
    address: "Unit 5, 14 Pine St",
    category: "unit",
    beds: 0,
    sold_date: "2026-06-03",
    price_disclosed: false,
    method: "private_treaty",
  },
  {
    address: "9 Pine St",
    category: "house",
    beds: 4,
    land_sqm: 450,
    sold_date: "2026-06-01",
    price: 1_250_000,
    method: "sold_prior",
  },
];

let folder: string;
let out: string[];
let err: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentlink-tables-"));
  [out, err] = [[], []];
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a table of an export", () => {
  test("is read with any separator, and it is said which", async () => {
    for (const [separator, name] of [
      [",", null],
      [";", "semicolons"],
      ["\t", "tabs"],
      ["|", "bars"],
      ["^", '"^"'],
      ["~", '"~"'],
      [":", '":"'],
      ["\u001f", '"\\u001f"'],
    ] as const) {
      await imported(`export-${name?.replace(/\W/g, "_")}.csv`, csv(HEADERS, ROWS, separator));
      expect(manly()?.sales).toMatchObject(SALES);
      const said = out.filter((line) => line.includes("separated by"));
      expect(said).toHaveLength(name === null ? 0 : 1);
      if (name !== null) expect(said[0]).toContain(name);
    }
  });

  test("may name its columns again on each page, and have a row for where it is printed", async () => {
    const [first = [], ...others] = ROWS;
    await imported("sales.csv", `Sold in 2026\n\n${csv(HEADERS, [first, HEADERS, ...others], ",")}`);
    expect(manly()?.sales).toMatchObject(SALES);
    expect(err.join("\n")).toContain("sales.csv:5: left out: repeats the column names");
    expect(out.join("\n")).toContain("columns named in row 3");
  });

  test("is without what spreadsheets leave in cells: signs for texts, formulas that failed, control characters", async () => {
    const rows = ROWS.map((row) =>
      row.map((cell) => (/^[\d$]/.test(cell) ? `'${cell}` : cell === "-" ? "#REF!" : `${cell}\u0000`)),
    );
    await imported("sales.csv", csv(HEADERS, rows, ","));
    expect(manly()?.sales).toMatchObject(SALES);
    expect(JSON.stringify(manly())).not.toContain("u0000");
    expect(out.join("\n")).toContain("control characters removed");
  });

  test("that is a web page under another name, or in UTF-32, is refused with what to do", async () => {
    const page = await file("sold.xls", "<html><table><tr><td>Address</td></tr></table></html>");
    expect(await run([page])).toBe(1);
    expect(err.at(-2)).toContain("web page or an XML spreadsheet");
    expect(await run([await file("sold.csv", Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]))])).toBe(1);
    expect(err.at(-2)).toContain("UTF-32");
  });

  test("of two thousand columns is told of twenty that are unknown, and how many more", async () => {
    const more = Array.from({ length: 2_000 }, (_, at) => `c${at}`);
    const rows = ROWS.map((row) => [...row, ...more.map(() => "")]);
    expect(await run([await file("sales.csv", csv([...HEADERS, ...more], rows, ","))])).toBe(0);
    expect(manly()?.sales).toMatchObject(SALES);
    expect(err).toHaveLength(21);
    expect(err.at(-1)).toContain("1980 more columns");
  });

  test("is read in each encoding, which is said, and no letter is lost", async () => {
    const text = csv(HEADERS, ROWS, ",");
    const utf16 = Buffer.from(`\ufeff${text}`, "utf16le");
    const files: readonly (readonly [string, Uint8Array])[] = [
      ["utf-8", Buffer.from(text)],
      ["utf-8", Buffer.from(`\ufeff${text}`)],
      ["utf-16le", utf16],
      ["utf-16be", Buffer.from(utf16).swap16()],
      ["utf-16le", Buffer.from(text, "utf16le")],
      ["windows-1252", Buffer.from(text, "latin1")],
    ];
    for (const [encoding, bytes] of files) {
      await imported("sales.csv", bytes);
      expect(manly()?.sales).toMatchObject(SALES);
      expect(manly()?.agencies?.map(({ name }) => name)).toEqual(["Gull & Søn Realty", "Tern Property"]);
      expect(manly()?.agents?.map(({ name }) => name)).toContain("Zoë O'Brien");
      expect(out.some((line) => line.includes(encoding))).toBe(encoding !== "utf-8");
    }
  });

  test("in Windows' letters that come late in the file is read from the beginning again", async () => {
    const rows = Array.from({ length: 6_000 }, (_, n) => [
      `${n + 1} Pine St`,
      "Manly",
      "NSW",
      "2095",
      "House",
      "3",
      "",
      "14/06/2026",
      "900000",
      "",
      "",
      n === 5_999 ? "Zoë" : "Ann Lee",
    ]);
    await imported("sales.csv", Buffer.from(csv(HEADERS, rows, ","), "latin1"));
    expect(manly()?.sales).toHaveLength(6_000);
    expect(manly()?.agents?.map(({ name }) => name)).toEqual(["Ann Lee", "Zoë"]);
  });

  test("may have titles above its header, a total below it, and empty rows", async () => {
    const titles = "Sold properties,,,,,,,,,,,\nMade on 1/7/2026,,,,,,,,,,,\n\n";
    const text = `${titles}${csv(HEADERS, ROWS, ",")},,,,,,,,,,,\nTotal,,,,,,,,,,,\n`;
    await imported("sales.csv", text);
    expect(manly()?.sales).toMatchObject(SALES);
    expect(out.join("\n")).toContain("columns named in row 4");
    expect(err).toEqual([expect.stringMatching(/sales\.csv:9: left out: has a single cell/)]);
  });

  test("is read from a workbook: the sheet whose columns are known, its dates and numbers", async () => {
    const cells = ROWS.map((row) =>
      row.map((text, at) => (at === 7 ? new Date(`${dayOf(text)}T00:00:00Z`) : at === 3 ? 2095 : text)),
    );
    await imported(
      "export.xlsx",
      await workbook({
        Notes: [["nothing here", "of use"]],
        "Sold 2026": [["Sold properties"], [], HEADERS, ...cells],
      }),
    );
    expect(manly()?.sales).toMatchObject(SALES);
    expect(out.join("\n")).toContain(
      "the sheet “Sold 2026” (not read: Notes); columns named in row 3; sales, by its columns",
    );
  });

  test("of a workbook is the sheet that is asked for; one that is not there is named with those that are", async () => {
    const path = await file(
      "book.xlsx",
      await workbook({ One: [HEADERS, ROWS[0] ?? []], Two: [HEADERS, ROWS[2] ?? []] }),
    );
    expect(await run([path], { sheet: "Two" })).toBe(0);
    expect(manly()?.sales).toMatchObject([{ address: "9 Pine St" }]);
    expect(await run([path], { sheet: "Three" })).toBe(1);
    expect(err.join("\n")).toContain('no sheet "Three": choose one of "One", "Two"');
  });

  test("is read from JSON and NDJSON with an export's names, flat or one level deep", async () => {
    const objects = ROWS.map((row) => Object.fromEntries(HEADERS.map((name, at) => [name, row[at]])));
    const airtable = objects.map((fields, n) => ({ id: `rec${n}`, fields }));
    for (const [name, text] of [
      ["sales.json", JSON.stringify(objects)],
      ["sales.ndjson", objects.map((each) => JSON.stringify(each)).join("\n")],
      ["export.json", JSON.stringify(objects)],
      ["sales-airtable.json", JSON.stringify(airtable)],
    ] as const) {
      await imported(name, text);
      expect(manly()?.sales).toMatchObject(SALES);
    }
  });

  test("without a suburb has it at the end of its addresses; without a state the postcode says it", async () => {
    await imported(
      "sales.csv",
      'Address,Sold Date,Price\n"12 Pine Street, Manly NSW 2095",14/06/2026,1\n"5/9 Pine St, MANLY, NSW",15/06/2026,2\n3 Pine St Manly NSW 2095,13/06/2026,3\n',
    );
    expect(manly()?.sales?.map(({ address }) => address)).toEqual(["5/9 Pine St", "12 Pine Street", "3 Pine St"]);
    await imported(
      "more.csv",
      "Street Number,Street,Suburb,Postcode,Sold Date,Price,Unit\n12,Pine Street,Manly,2095,14/06/2026,900000,5\n",
      { kind: "sales" },
    );
    expect(manly()?.sales).toMatchObject([{ address: "5/12 Pine Street", category: "unit" }]);
  });

  test("of one content is one content, whatever the file", async () => {
    const text = fc.constantFrom("Gull Realty", "Søn & Co", "O'Brien", "A, B; C|D", 'The "Pines"', "陳美玲");
    const row = fc.record({
      number: fc.integer({ min: 1, max: 999 }),
      day: fc.integer({ min: 1, max: 28 }),
      price: fc.integer({ min: 100_000, max: 9_999_999 }),
      agency: text,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { minLength: 1, maxLength: 6, selector: ({ number }) => number }),
        async (rows) => {
          const names = ["Address", "Suburb", "State", "Date Sold", "Sold Price", "Office"];
          const cells = rows.map(({ number, day, price, agency }) => [
            `${number} Pine St`,
            "Manly",
            "NSW",
            `${day}/6/2026`,
            `$${price.toLocaleString("en-AU")}`,
            agency,
          ]);
          const inText = csv(names, cells, ",");
          const files: readonly (readonly [string, Uint8Array | string])[] = [
            ["a.csv", inText],
            ["b.csv", csv(names, cells, ";")],
            ["c.tsv", csv(names, cells, "\t")],
            ["d.csv", Buffer.from(`\ufeff${inText}`, "utf16le")],
            ["e.xlsx", await workbook({ Sheet1: [names, ...cells] })],
            [
              "f.json",
              JSON.stringify(cells.map((each) => Object.fromEntries(names.map((name, at) => [name, each[at]])))),
            ],
          ];
          const seen = new Set<string>();
          for (const [name, content] of files) {
            const dataDir = join(folder, crypto.randomUUID());
            expect(await run([await file(name, content)], { dataDir, kind: "sales" })).toBe(0);
            const { sales, agencies } = manly(dataDir) ?? {};
            expect(sales).toHaveLength(rows.length);
            seen.add(JSON.stringify([sales?.map((sale) => Object.entries(sale).sort()), agencies]));
          }
          expect(seen.size).toBe(1);
        },
      ),
      { numRuns: 6 },
    );
  });
});

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
    expect(out.join("\n")).toContain("dates with the month first");
  });

  test("that could be either have the day first, and it is said", async () => {
    await imported("sales.csv", table(["06/07/2026", "01/02/2026"]));
    expect(manly()?.sales?.map(({ sold_date }) => sold_date)).toEqual(["2026-07-06", "2026-02-01"]);
    expect(out.join("\n")).toContain("the order in Australia: no date in the column shows its order");
  });

  test("that contradict each other are refused by row", async () => {
    expect(await run([await file("sales.csv", table(["14/06/2026", "15/06/2026", "06/16/2026"]))])).toBe(1);
    expect(err[0]).toMatch(
      /sales\.csv:4: sold_date must be .*06\/16\/2026 \(the dates of “Sold Date” have the day first\)/,
    );
  });

  test("have the order of the map", async () => {
    await imported("sales.csv", table(["06/07/2026"]), { map: parseMap({ date: "MM/DD/YYYY" }, "test") });
    expect(manly()?.sales).toMatchObject([{ sold_date: "2026-06-07" }]);
  });
});

describe("names in the place of ids", () => {
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
    expect(out.join("\n")).toContain("made from names: 2 agencies, 3 agents");
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

  test("leave ids alone, also those that nobody has defined", async () => {
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

describe("a second import", () => {
  test("of the same file changes nothing, and of a later one what differs", async () => {
    const path = await file("export.csv", csv(HEADERS, ROWS, ","));
    await run([path]);
    expect(out.at(-1)).toEndWith("8 new, 0 changed, 0 unchanged");
    const before = JSON.stringify(manly());
    await run([path]);
    expect(out.at(-1)).toEndWith("0 new, 0 changed, 3 unchanged");
    expect(JSON.stringify(manly())).toBe(before);
    // The price is told now; the rows come in another order.
    const later = ROWS.map((row) => row.map((cell) => (cell === "Not Disclosed" ? "$800,000" : cell))).reverse();
    await run([await file("export.csv", csv(HEADERS, later, ";"))]);
    expect(out.at(-1)).toEndWith("0 new, 1 changed, 2 unchanged");
    expect(manly()?.sales).toHaveLength(3);
  });

  test("with --replace removes what the file no longer has, of that file alone, and can be undone", async () => {
    const own = csv(HEADERS, ROWS, ",");
    const other = csv(HEADERS, ROWS.map(([, ...cells]) => ["1 Other St", ...cells]).slice(0, 1), ",");
    await run([await file("other.csv", other)]);
    await run([await file("sales.csv", own)]);
    const fewer = await file("sales.csv", csv(HEADERS, ROWS.slice(1), ","));
    expect(await run([fewer], { replace: true, dryRun: true })).toBe(0);
    expect(out.at(-1)).toEndWith("0 new, 0 changed, 2 unchanged, 1 removed");
    expect(manly()?.sales).toHaveLength(4);
    expect(await run([fewer], { replace: true })).toBe(0);
    expect(
      manly()
        ?.sales?.map(({ address }) => address)
        .sort(),
    ).toEqual(["1 Other St", "9 Pine St", "Unit 5, 14 Pine St"]);
    const catalogue = openCatalogue({ path: join(folder, "data", "catalogue.db") });
    expect(catalogue.undo(3)).toMatchObject({ removed: 0, restored: 1 });
    catalogue.close();
    expect(manly()?.sales).toHaveLength(4);
    await expect(run([await file("sales.csv", csv(HEADERS, [], ","))], { replace: true })).rejects.toMatchObject({
      code: "usage",
    });
    await expect(run([fewer], { replace: true, skipBad: true })).rejects.toMatchObject({ code: "usage" });
    expect(manly()?.sales).toHaveLength(4);
  });

  test("with the numbers of its rows as ids does not replace the sales of the month before", async () => {
    const month = (street: string, at: number, rows: number) =>
      `id,suburb,state,address,category,sold_date,price\n${Array.from({ length: rows }, (_, n) => `${n + 1},Manly,NSW,${n + 1} ${street},house,2026-0${at}-0${n + 1},900000\n`).join("")}`;
    await imported("may-sales.csv", month("Ocean St", 5, 5));
    const june = await file("june-sales.csv", month("Beach Rd", 6, 3));
    await run([june]);
    expect(out.at(-1)).toContain("3 new, 0 changed, 0 unchanged; 3 had the id of another property's sale");
    expect(manly()?.sales).toHaveLength(8);
    await run([june]);
    expect(out.at(-1)).toContain("0 new, 0 changed, 3 unchanged");
    // A correction of one of the two stays one.
    await run([
      await file(
        "fix-sales.csv",
        "id,suburb,state,address,category,sold_date,price\n5,Manly,NSW,5 Ocean Street,house,2026-05-06,900000\n",
      ),
    ]);
    expect(out.at(-1)).toEndWith("0 new, 1 changed, 0 unchanged");
    expect(manly()?.sales).toHaveLength(8);
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
    expect(err).toEqual([
      `${path}:2: left out: sold_date 2062-06-30 is in the future: correct it`,
      `${path}:3: left out: sold_date 1926-06-30 is before 1950: correct it`,
      `${path}:4: left out: has no sold date, so no report can use the row: add sold_date`,
    ]);
    expect(out[0]).toEndWith("1 sales");
    expect(manly()?.sales?.map(({ id }) => id)).toEqual(["4"]);
  });

  test("alone are no import", async () => {
    expect(await run([await file("sales.csv", table(["1 Pine St,house,,2062-06-30,900000"]))])).toBe(1);
    expect(err.at(-1)).toBe("nothing was imported: no report can use any of these rows");
    expect(manly()).toBeNull();
  });

  test("lose what cannot be: a listing day after the sale; a nominal price is told", async () => {
    await imported(
      "sales.csv",
      table(["1 Pine St,house,2026-07-30,2026-06-30,1", "2 Pine St,house,2026-05-30,2026-06-30,900000"]),
    );
    expect(manly()?.sales?.map(({ listed_date }) => listed_date ?? null)).toEqual([null, "2026-05-30"]);
    expect(out.join("\n")).toContain("a listing date after the sale: unknown");
    expect(out.join("\n")).toContain("less than $1,000");
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

  test("says what columns and words mean that nobody knows", async () => {
    const path = await file("sales.csv", TABLE);
    expect(await run([path])).toBe(1);
    expect(err[0]).toContain("missing: address");
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

test("--dry-run shows columns, rules and rows, and changes nothing", async () => {
  const path = await file("export.csv", csv(HEADERS, ROWS, ","));
  expect(await run([path], { dryRun: true })).toBe(0);
  const said = out.join("\n");
  for (const part of [
    "Street Address → address",
    "Townhouse read as",
    "dates with the day first (3, such as 14/06/2026)",
    '"price":2450000',
    "would gain 8 new",
  ])
    expect(said).toContain(part);
  expect(manly()).toBeNull();
});

test("--skip-bad leaves out what cannot be read, by name", async () => {
  const path = await file(
    "sales.csv",
    "id,suburb,state,address,category,sold_date\n1,Manly,NSW,1 Pine St,castle,2026-06-30\n2,Manly,NSW,2 Pine St,house,2026-06-30\n",
  );
  expect(await run([path])).toBe(1);
  expect(await run([path], { skipBad: true })).toBe(0);
  expect(err.filter((line) => line.includes("sales.csv:2: category must be one of"))).toHaveLength(2);
  expect(manly()?.sales?.map(({ id }) => id)).toEqual(["2"]);
});

function csv(headers: readonly string[], rows: readonly (readonly string[])[], separator: string): string {
  const cell = (text: string) => (/[",;|\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${[headers, ...rows].map((row) => row.map(cell).join(separator)).join("\n")}\n`;
}

function workbook(sheets: Readonly<Record<string, readonly (readonly CellValue[])[]>>): Promise<Uint8Array> {
  return writeXlsx({
    sheets: Object.entries(sheets).map(([name, rows]) => ({ name, rows: rows.map((row) => [...row]) })),
  });
}

function dayOf(text: string): string {
  const [d = "", m = "", y = ""] = text.split("/");
  return `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`;
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await Bun.write(path, content);
  return path;
}

/** Into a catalogue of its own. */
async function imported(
  name: string,
  content: string | Uint8Array,
  more: Partial<ImportFilesOptions> = {},
): Promise<void> {
  rmSync(join(folder, "data"), { recursive: true, force: true });
  [out, err] = [[], []];
  const code = await run([await file(name, content)], more);
  expect([code, err.filter((line) => !line.includes("left out"))]).toEqual([0, []]);
}

function run(files: readonly string[], more: Partial<ImportFilesOptions> = {}): Promise<number> {
  return importFiles({
    dataDir: join(folder, "data"),
    files,
    now: () => NOW,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    ...more,
  });
}

function manly(dataDir = join(folder, "data")): DataSet | null {
  const catalogue = openCatalogue({ path: join(dataDir, "catalogue.db") });
  const text = catalogue.dataSet({ suburb: "Manly", state: "NSW", postcode: null });
  catalogue.close();
  return text === null ? null : (JSON.parse(text) as DataSet);
}

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
    const map = await findMap(name, join(folder, "data"));
    await imported(`${name}.csv`, `${headers}\n${cells}\n`, { kind: "sales", map });
    expect([name, manly()?.sales]).toMatchObject([name, [sold]]);
    expect([name, manly()?.agencies?.map((each) => each.name)]).toEqual([name, ["Gull"]]);
  }
  const catalogue = openCatalogue({ path: join(folder, "data", "catalogue.db") });
  catalogue.saveMap("google-sheet", JSON.stringify({ columns: { address: "Elsewhere" } }));
  catalogue.close();
  expect((await findMap("google-sheet", join(folder, "data"))).fieldOf("Elsewhere")).toBe("address");
  await expect(findMap("none", join(folder, "data"))).rejects.toThrow("Built-in maps: domain-flat");
});
