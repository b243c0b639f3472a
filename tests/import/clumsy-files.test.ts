import { describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { writeOds } from "hucre/ods";
import { compound, records } from "./compound.ts";
import { newImportWorld } from "./import-world.ts";
import { zip } from "./zip.ts";

const HEADER = "Address,Suburb,State,Sold Date,Sold Price,Agent\n";
const SALE = "12 Pine St,Manly,NSW,14/06/2026,$2.45m,Ann Lee\n";

const world = newImportWorld();

test("a sale has the same id whether its state is written in full or short, and its suburb in capitals", async () => {
  expect(await run("a.csv", HEADER + SALE)).toBe(0);
  for (const written of ["MANLY,New South Wales", "manly,n.s.w."]) {
    expect(await run("b.csv", HEADER + SALE.replace("Manly,NSW", written))).toBe(0);
    expect(world.out.at(-1)).toContain("0 new");
  }
});

test("a spreadsheet of LibreOffice is read as a workbook is", async () => {
  const rows = [HEADER, SALE].map((line) => line.trim().split(","));
  const ods = await writeOds({
    sheets: [
      { name: "Notes", rows: [["see the next sheet"]] },
      { name: "Sold", rows },
    ],
  });
  expect(await run("sold.ods", ods)).toBe(0);
  expect(world.out.join("\n")).toContain('the sheet "Sold"');
  expect([world.rows("sales").length, world.rows("agents").length]).toEqual([1, 1]);
});

test("zero bytes behind the last row are no row", async () => {
  expect(await run("cut.csv", `${HEADER}${SALE}${"\0".repeat(3_000)}`)).toBe(0);
  expect(world.out.join("\n")).toContain("1 sale");
});

test("a quotation mark that nothing closes is reported once, however much follows", async () => {
  for (const rest of ["short\n", "x".repeat(9_000_000)]) {
    expect(await run("quote.csv", `${HEADER}${SALE}"1 Pine St,Manly${rest}`)).toBe(1);
    expect(world.err.filter((line) => line.includes("never closed"))).toHaveLength(1);
  }
});

describe("rows and their header", () => {
  test("may lack the empty cells at their end, which is reported; a row that a quotation mark made short is named", async () => {
    expect(await run("short.csv", `${HEADER}12 Pine St,Manly,NSW,14/06/2026\n${SALE}Total\n`)).toBe(0);
    expect(world.out.join("\n")).toContain(
      "fewer cells than the header: the missing cells are read as empty (2, such as 12 Pine St)",
    );
    expect(world.out[0]).toContain("2 sales");
    expect(await run("quote.csv", `${HEADER}"9 Pine St,Manly,NSW,14/06/2026\n12 Pine St",Manly,NSW,14/06/2026\n`)).toBe(
      1,
    );
    expect(world.err[0]).toMatch(/quote\.csv:2: has \d cells, but the header has 6: a quotation mark \("\) is opened/);
  });

  test("that are too long are explained, also where only the cells of a cut price make them so", async () => {
    for (const [row, says] of [
      [
        "12 Pine St,Manly,NSW,14/06/2026,$2.45m,Ann Lee,x",
        /:2: has 7 cells, but the header has 6: put values that contain commas/,
      ],
      [
        "12 Pine St,Manly,NSW,14/06/2026,$2,450,000,Ann Lee",
        /the commas of \$2,450,000 were read as separators: put the price/,
      ],
      ["12 Pine St,Manly,NSW,14/06/2026,$2,450,000", /the commas of \$2,450,000/],
    ] as const) {
      expect(await run("long.csv", `${HEADER}${SALE}${SALE.replace("12", "14")}`)).toBe(0);
      expect(await run("long.csv", `${HEADER}${row}\n${SALE}`)).toBe(1);
      expect(world.err.join("\n")).toMatch(says);
    }
    expect(await run("blank.csv", `${HEADER}${SALE.trim()},,,\n`)).toBe(0);
  });

  test("may end with CR, LF and CRLF in one file, and a bad one is named by its line", async () => {
    const note = SALE.replace("Ann Lee", '"Ann Lee\r\nand Bob Roe"');
    expect(
      await run(
        "ends.csv",
        `${HEADER.trim()}\r\n${note.trim()}\r\n${SALE.replace("12", "14").trim()}\r${SALE.replace("12", "16")}`,
      ),
    ).toBe(0);
    expect(world.out[0]).toContain("3 sales");
    expect(await run("ends.csv", `${HEADER.trim()}\r\n${note.trim()}\r\n${SALE.replace("Manly", "Nowhere")}`)).toBe(1);
    expect(world.err[0]).toMatch(/ends\.csv:4: /);
  });

  test("of two rows is read as one, and a name over several columns once", async () => {
    const head = ",,,Sale,,Agency,Agent\nAddress,Suburb,State,Date,Price,Name,Name\n";
    const titled = `Sales of June\n\n${head}12 Pine St,Manly,NSW,14/06/2026,$2.45m,Gull Realty,Ann Lee\n`;
    expect(await run("two.csv", titled)).toBe(0);
    expect(world.out.join("\n")).toContain("Agency Name → agency, Agent Name → agent");
    expect(world.out[0]).toContain("1 sale, 1 agency, 1 agent");
  });

  test("that name a column twice say which is read", async () => {
    expect(await run("twice.csv", `${HEADER.trim()},Sold Price\n${SALE.trim()},$1m\n`)).toBe(0);
    expect(world.err.join("\n")).toContain('the column "sold price" appears more than once: the first one is read');
  });
});

test("a total below the rows makes no agency and no agent, and counts in no rule", async () => {
  const total = "Total,,,,$2.45m,2 agents\n";
  expect(await run("total.csv", HEADER + SALE + total)).toBe(0);
  expect(world.out[0]).toContain("1 sale, 1 agent");
  expect(world.out.join("\n")).not.toContain("such as Total");
});

test("amounts are in what their column's name says, and have commas or points before their parts", async () => {
  const sold = async (header: string, ...prices: readonly string[]) => {
    const rows = prices.map((price, at) => `${at + 1} Elm St;Manly;NSW;14.06.2026;${price};450,5`);
    expect(await run("amounts.csv", [`Address;Suburb;State;Sold Date;${header};Land Size`, ...rows].join("\n"))).toBe(
      0,
    );
    const byAddress = new Map(
      world.manly()?.sales?.map(({ address, price, land_sqm }) => [address, [price, land_sqm]]),
    );
    return prices.map((_, at) => byAddress.get(`${at + 1} Elm St`));
  };
  expect(await sold("Sold Price ($m)", "2.45", "1,2", "1250000")).toEqual([
    [2_450_000, 450.5],
    [1_200_000, 450.5],
    [1_250_000, 450.5],
  ]);
  expect(await sold("Sale Price $'000", "2450", "$1,250,000")).toEqual([
    [2_450_000, 450.5],
    [1_250_000, 450.5],
  ]);
  expect(await sold("Sold Price", "2450000,00", "450.000", "1,25m", "1.250.000,50")).toEqual(
    [2_450_000, 450_000, 1_250_000, 1_250_001].map((price) => [price, 450.5]),
  );
});

for (const [name, content, says] of [
  [
    "sold.xlsx",
    compound({ EncryptionInfo: new Uint8Array(8), EncryptedPackage: new Uint8Array(5_000) }),
    /has a password.*save a copy without/,
  ],
  [
    "sold.xls",
    compound({ Workbook: records([0x809, "00060500000000000000000000000000"], [0x2f, "0100"], [0x0a, ""]) }),
    /has a password/,
  ],
  [
    "sold.xls",
    compound({ Book: records([0x809, "0005050000000000"], [0x0a, ""]) }),
    /Excel 95 or older.*save it as .xlsx/,
  ],
  ["sold.xls", Buffer.from("09040600000010000000", "hex"), /a workbook of Excel 4.*save it as .xlsx/],
  ["sold.xls", compound({ WordDocument: new Uint8Array(5_000) }), /a Word document/],
  [
    "sold.xlsb",
    zip({ "[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x" }),
    /binary workbook \(.xlsb\).*save it as .xlsx/,
  ],

  ["sold.csv", gzipSync(HEADER + SALE), /gzip file.*unpack it/],
  ["sold.7z", Buffer.from("377abcaf271c0004", "hex"), /7z archive.*unpack it/],
  ["sold.csv", Buffer.from("526172211a070100", "hex"), /RAR archive.*unpack it/],
  ["sold.csv", "%PDF-1.7\n", /a PDF.*as Excel or CSV/],
  ["sold.csv", Buffer.from("89504e470d0a1a0a", "hex"), /a picture/],
  ["sold.xlsx", zip({ "Index/Document.iwa": "x" }), /Numbers.*export it as Excel or CSV/],
  ["sold.xlsx", zip({ "[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>" }), /a Word document/],
  ["sold.zip", Buffer.from(`504b0506${"00".repeat(18)}`, "hex"), /the zip is empty: add the export/],
  [
    "sold.zip",
    zip({ "sold.csv": HEADER + SALE }).subarray(0, 100),
    /sold.zip is cut off or damaged: download it again/,
  ],
  ["sold.xlsx", zip({ "xl/workbook.xml": "<workbook/>" }).subarray(0, 80), /is cut off or damaged\): open it/],
  ["sold.csv", `${HEADER.replace("Agent", "Price,Price")}${SALE.trim()},2\n`, /price" appears twice: rename or remove/],
] as const)
  test(`${name} that is none says what to do: ${says.source}`, async () => {
    expect(await run(name, content)).toBe(1);
    expect(world.err.join("\n")).toMatch(says);
  });

function run(name: string, content: string | Uint8Array): Promise<number> {
  return world.add(name, content, { kind: "sales" });
}
