import { expect, test } from "bun:test";
import { openWorkbook } from "../../src/import/files/workbook.ts";
import { bytesSource } from "../../src/import/source.ts";
import { zip } from "./zip.ts";

const PARTS = {
  "[Content_Types].xml": "<Types/>",
  "xl/workbook.xml": `<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="Old" sheetId="1" state="hidden" r:id="rId1"/><x:sheet name="Sold &amp; more" sheetId="2" r:id="rId2"/></x:sheets></x:workbook>`,
  "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="o/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="o/worksheet" Target="/xl/worksheets/sheet2.xml"/><Relationship Id="rId3" Type="o/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId4" Type="o/styles" Target="styles.xml"/></Relationships>`,
  "xl/worksheets/sheet1.xml": "<worksheet><sheetData/></worksheet>",
  "xl/worksheets/sheet2.xml": `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="3"><c r="A3" t="s"><v>1</v></c><c r="C3" t="inlineStr"><is><t>Sold </t><r><t>Date</t></r></is></c><c r="D3" t="str"><v>Sale Price</v></c><c r="E3" t="s"><v>3</v></c></row><row r="4"><c r="A4" t="s"><v>2</v></c><c r="C4" s="1"><v>46187.5</v></c><c r="D4" s="2"><f>1+1</f><v>1250000</v></c><c r="E4" t="b"><v>1</v></c></row><row><c t="str"><v>x</v></c><c t="e"><v>#N/A</v></c><c s="3"><v>46187</v></c></row></sheetData></worksheet>`,
  "xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-C09]dd\\ mmmm\\ yyyy"/><numFmt numFmtId="165" formatCode="&quot;day &quot;#,##0"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
  "xl/sharedStrings.xml": `<sst><si><t>Sales of the year</t></si><si><r><t>Add</t></r><r><t>ress</t></r></si><si><t xml:space="preserve">12 Pine St &amp; rear</t><rPh><t>x</t></rPh></si><si><t>Price disclosed</t></si></sst>`,
};
const known = (cells: readonly unknown[]) => cells.filter((cell) => cell === "Address" || cell === "Sale Price").length;

test("a workbook as Excel writes it: texts in a table behind the sheets, styles that make days, gaps, hidden sheets", async () => {
  const table = await openWorkbook(bytesSource(zip(PARTS), "book.xlsx"), { known });
  expect(table.facts).toEqual({ format: "xlsx", sheet: "Sold & more", header_row: 3 });
  expect(table.headers).toEqual(["Address", "", "Sold Date", "Sale Price", "Price disclosed"]);
  expect(await Array.fromAsync(table.rows())).toEqual([
    { line: 4, cells: ["12 Pine St & rear", null, new Date("2026-06-14"), 1_250_000, true] },
    { line: 5, cells: ["x", "#N/A", new Date("2026-06-14"), null, null] },
  ]);
});

test("dates of a workbook that counts from 1904 are the same days", async () => {
  const workbook = PARTS["xl/workbook.xml"].replace("<x:sheets>", `<x:workbookPr date1904="1"/><x:sheets>`);
  const sheet = PARTS["xl/worksheets/sheet2.xml"].replace("46187.5", "44725").replace("46187", "44725");
  const table = await openWorkbook(
    bytesSource(zip({ ...PARTS, "xl/workbook.xml": workbook, "xl/worksheets/sheet2.xml": sheet }), "book.xlsx"),
    { known },
  );
  const [first] = await Array.fromAsync(table.rows());
  expect(first?.cells[2]).toEqual(new Date("2026-06-14"));
});

test("cells that are merged down a column are in each of their rows, one merged across in its own alone", async () => {
  const rows = ["Suburb Address", "Manly 1", "- 2", "- 3", "Mosman 4"].map((row, at) => {
    const cells = row
      .split(" ")
      .map((text, column) => (text === "-" ? "" : `<c r="${"AB"[column]}${at + 1}" t="str"><v>${text}</v></c>`));
    return `<row r="${at + 1}">${cells.join("")}</row>`;
  });
  const merges = `<mergeCells><mergeCell ref="A2:A4"/><mergeCell ref="B5:C5"/></mergeCells>`;
  const sheet = `<worksheet><sheetData>${rows.join("")}</sheetData>${merges}</worksheet>`;
  const table = await openWorkbook(bytesSource(zip({ ...PARTS, "xl/worksheets/sheet2.xml": sheet }), "book.xlsx"), {
    known,
  });
  expect((await Array.fromAsync(table.rows())).map(({ cells }) => cells)).toEqual([
    ["Manly", "1"],
    ["Manly", "2"],
    ["Manly", "3"],
    ["Mosman", "4"],
  ]);
});

test("what is no workbook is refused as such, and so is one without a sheet", async () => {
  const { "xl/workbook.xml": _, ...without } = PARTS;
  for (const bytes of [zip(without), zip(PARTS).subarray(0, 300)])
    expect(openWorkbook(bytesSource(bytes, "book.xlsx"), { known })).rejects.toMatchObject({ code: "bad_workbook" });
});

test("a workbook whose texts would fill the memory is refused, wherever they are", async () => {
  const long = "a".repeat(2_000_000);
  const bombs = [
    { ...PARTS, "xl/sharedStrings.xml": `<sst><si><t>${long}</t></si></sst>` },
    { ...PARTS, "xl/worksheets/sheet2.xml": PARTS["xl/worksheets/sheet2.xml"].replace("Sale Price", long) },
  ];
  for (const parts of bombs)
    expect(openWorkbook(bytesSource(zip(parts), "book.xlsx"), { known })).rejects.toMatchObject({
      code: "bad_workbook",
      message: expect.stringContaining("more text than a spreadsheet can"),
    });
});
