import { expect, test } from "bun:test";
import { newImportWorld } from "./import-world.ts";
import { zip } from "./zip.ts";

const world = newImportWorld();

/** A workbook of these sheets, a cell's XML each or its text. */
function workbook(sheets: Readonly<Record<string, readonly (readonly string[])[]>>, more = ""): Buffer {
  const cell = (text: string) => (text.startsWith("<") ? text : `<c t="str"><v>${text}</v></c>`);
  const names = Object.keys(sheets);
  const ids = names.map((_, at) => `rId${at + 1}`);
  return zip({
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": `<workbook xmlns:r="r">${more}<sheets>${names.map((name, at) => `<sheet name="${name}" r:id="${ids[at]}"/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships>${ids.map((id) => `<Relationship Id="${id}" Type="o/worksheet" Target="worksheets/${id}.xml"/>`).join("")}</Relationships>`,
    ...Object.fromEntries(
      names.map((name, at) => [
        `xl/worksheets/${ids[at]}.xml`,
        `<worksheet><sheetData>${(sheets[name] ?? []).map((cells) => `<row>${cells.map(cell).join("")}</row>`).join("")}</sheetData></worksheet>`,
      ]),
    ),
  });
}

const HEADER = ["Address", "Suburb", "State", "Price", "Sold Date", "Agent"];
const number = (value: number) => `<c><v>${value}</v></c>`;
const sale = (address: string, day = number(46_187), price = number(2_450_000), agent = "Ann Lee") => [
  ...[address, "Manly", "NSW", price, day, agent],
];

test("days that are plain numbers are counted from 1904 where the workbook's calendar begins then, and this is reported", async () => {
  const book = workbook(
    { Sold: [HEADER, sale("1 Tern St", number(46_187 - 1_462)), sale("2 Tern St", String(46_187 - 1_462))] },
    '<workbookPr date1904="1"/>',
  );
  await world.imported("sold.xlsx", book);
  expect(world.manly()?.sales?.map(({ sold_date }) => sold_date)).toEqual(["2026-06-14", "2026-06-14"]);
  expect(world.out.join("\n")).toContain("counted from 1904, as set in the workbook (2, such as");
});

test("a formula that failed, and one whose value was not saved, are unknown and counted, and make no agent", async () => {
  const failed = '<c t="e"><f>NA()</f><v>#N/A</v></c>';
  const book = workbook({
    Sold: [HEADER, sale("1 Tern St", undefined, failed, failed), sale("2 Tern St", undefined, "<c><f>SUM(A1)</f></c>")],
  });
  await world.imported("sold.xlsx", book);
  expect(world.manly()?.sales?.map(({ price }) => price ?? null)).toEqual([null, null]);
  expect(world.manly()?.agents?.map(({ name }) => name)).toEqual(["Ann Lee"]);
  const said = world.out.join("\n");
  expect(said).toContain('price: "#N/A" read as unknown (1');
  expect(said).toContain('agent: "#N/A" read as unknown (1');
  expect(said).toContain("price: a formula whose value was not saved, read as unknown (1");
});

test("a second sheet of the same columns is named as not read; where all are hidden, this is reported", async () => {
  const path = await world.file(
    "sold.xlsx",
    workbook({ 2025: [HEADER, sale("1 Tern St")], 2026: [HEADER, sale("2 Tern St")] }),
  );
  expect(await world.run([path])).toBe(0);
  expect(world.err.join("\n")).toContain(
    'the sheet "2026" has the same columns and was not read: import the file again with --sheet "2026"',
  );
  const hidden = await world.file("hidden.xlsx", workbook({ '2025" state="hidden': [HEADER, sale("1 Tern St")] }));
  expect(await world.run([hidden])).toBe(1);
  expect(world.err.join("\n")).toContain("all sheets of the workbook are hidden: unhide the one to import");
});

const ROW = { Address: "1 Tern St", Suburb: "Manly", State: "NSW", "Sold Date": "14/06/2026", Agent: "Zoë Lee" };

test.each([
  ["utf-16le with a mark", Buffer.from(`\ufeff${JSON.stringify([ROW])}`, "utf16le"), "utf-16le"],
  [
    "utf-16le without one, a line each",
    Buffer.from(`${JSON.stringify(ROW)}\n${JSON.stringify(ROW)}\n`, "utf16le"),
    "utf-16le",
  ],
  ["utf-16be", Buffer.from(`\ufeff${JSON.stringify({ records: [{ fields: ROW }] })}`, "utf16le").swap16(), "utf-16be"],
  ["Windows' letters", Buffer.from(JSON.stringify([ROW]), "latin1"), "windows-1252"],
])("JSON in %s is read, and this is reported", async (_name, content, encoding) => {
  await world.imported("sales.json", content);
  expect(world.out.join("\n")).toContain(`read as ${encoding}`);
  expect(world.manly()?.agents?.map(({ name }) => name)).toEqual(["Zoë Lee"]);
});

test("unknown fields of objects are named, and not stored", async () => {
  const path = await world.file("sales.json", JSON.stringify([{ ...ROW, Vendor: "Cy Roe", Notes: { by: "Di Poe" } }]));
  expect(await world.run([path], { json: true })).toBe(0);
  expect(world.out.join("\n")).toContain('the field \\"Vendor\\" is unknown and was ignored');
  const stored = await Bun.file(`${world.folder}/data/catalogue.db`).text();
  expect(stored).toContain("1 Tern St");
  expect(stored).not.toContain("Cy Roe");
  expect(stored).not.toContain("Di Poe");
});
