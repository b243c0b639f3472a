import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { type CellValue, writeXlsx } from "hucre/xlsx";
import { csv, HEADERS, ROWS, SALES } from "./export-file.ts";
import { newImportWorld } from "./import-world.ts";

const world = newImportWorld();
const { file, imported, run, manly } = world;

describe("a table of an export", () => {
  test("is read with any separator, which is reported", async () => {
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
      const said = world.out.filter((line) => line.includes("separated by"));
      expect(said).toHaveLength(name === null ? 0 : 1);
      if (name !== null) expect(said[0]).toContain(name);
    }
  });

  test("may name its columns again on each page, and have a row for where it is printed", async () => {
    const [first = [], ...others] = ROWS;
    await imported("sales.csv", `Sold in 2026\n\n${csv(HEADERS, [first, HEADERS, ...others], ",")}`);
    expect(manly()?.sales).toMatchObject(SALES);
    expect(world.err.join("\n")).toContain("sales.csv:5: left out: repeats the column names");
    expect(world.out.join("\n")).toContain("columns named in row 3");
  });

  test("is without what spreadsheets leave in cells: signs for texts, formulas that failed, control characters", async () => {
    const rows = ROWS.map((row) =>
      row.map((cell) => (/^[\d$]/.test(cell) ? `'${cell}` : cell === "-" ? "#REF!" : `${cell}\u0000`)),
    );
    await imported("sales.csv", csv(HEADERS, rows, ","));
    expect(manly()?.sales).toMatchObject(SALES);
    expect(JSON.stringify(manly())).not.toContain("u0000");
    expect(world.out.join("\n")).toContain("control characters removed");
  });

  test("that is a web page under another name, or in UTF-32, is refused with what to do", async () => {
    const page = await file("sold.xls", "<html><table><tr><td>Address</td></tr></table></html>");
    expect(await run([page])).toBe(1);
    expect(world.err.at(-2)).toContain("web page or an XML spreadsheet");
    expect(await run([await file("sold.csv", Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]))])).toBe(1);
    expect(world.err.at(-2)).toContain("UTF-32");
  });

  test("of two thousand columns names twenty unknown ones, and how many more there are", async () => {
    const more = Array.from({ length: 2_000 }, (_, at) => `c${at}`);
    const rows = ROWS.map((row) => [...row, ...more.map(() => "")]);
    expect(await run([await file("sales.csv", csv([...HEADERS, ...more], rows, ","))])).toBe(0);
    expect(manly()?.sales).toMatchObject(SALES);
    expect(world.err).toHaveLength(21);
    expect(world.err.at(-1)).toContain("1980 more columns");
  });

  test("is read in each encoding, which is reported, and no letter is lost", async () => {
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
      expect(world.out.some((line) => line.includes(encoding))).toBe(encoding !== "utf-8");
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
    expect(world.out.join("\n")).toContain("columns named in row 4");
    expect(world.err).toEqual([expect.stringMatching(/sales\.csv:9: left out: has a single cell/)]);
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
    expect(world.out.join("\n")).toContain(
      'the sheet "Sold 2026" (not read: Notes); columns named in row 3; sales, by its columns',
    );
  });

  test("of a workbook is the sheet that is requested; one that is not there is named with those that are", async () => {
    const path = await file(
      "book.xlsx",
      await workbook({ One: [HEADERS, ROWS[0] ?? []], Two: [HEADERS, ROWS[2] ?? []] }),
    );
    expect(await run([path], { sheet: "Two" })).toBe(0);
    expect(manly()?.sales).toMatchObject([{ address: "9 Pine St" }]);
    expect(await run([path], { sheet: "Three" })).toBe(1);
    expect(world.err.join("\n")).toContain('no sheet "Three": choose one of "One", "Two"');
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
            const dataDir = join(world.folder, crypto.randomUUID());
            expect(await run([await file(name, content)], { dataDir, kind: "sales" })).toBe(0);
            const { sales, agencies } = world.dataSet("Manly", { dataDir }) ?? {};
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

test("--dry-run shows columns, rules and rows, and changes nothing", async () => {
  const path = await file("export.csv", csv(HEADERS, ROWS, ","));
  expect(await run([path], { dryRun: true })).toBe(0);
  const said = world.out.join("\n");
  for (const part of [
    "Street Address → address",
    '"Townhouse" read as',
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
  expect(world.err.filter((line) => line.includes("sales.csv:2: category must be one of"))).toHaveLength(2);
  expect(manly()?.sales?.map(({ id }) => id)).toEqual(["2"]);
});

function workbook(sheets: Readonly<Record<string, readonly (readonly CellValue[])[]>>): Promise<Uint8Array> {
  return writeXlsx({
    sheets: Object.entries(sheets).map(([name, rows]) => ({ name, rows: rows.map((row) => [...row]) })),
  });
}

function dayOf(text: string): string {
  const [d = "", m = "", y = ""] = text.split("/");
  return `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`;
}
