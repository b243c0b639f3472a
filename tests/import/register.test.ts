import { expect, test } from "bun:test";
import { repeatedDealings } from "../../src/import/register/repeats.ts";
import { bytesSource } from "../../src/import/source.ts";
import { newImportWorld } from "./import-world.ts";
import { zip } from "./zip.ts";

const B = (fields: Partial<Record<number, string>>) => {
  const usual: Record<number, string> = {
    1: "B",
    2: "271",
    3: "2892712",
    4: "1",
    5: "20260727 01:00",
    8: "12",
    9: "PINE ST",
    10: "MANLY",
    11: "2095",
    12: "500",
    13: "M",
    14: "20260424",
    15: "20260523",
    16: "1065000",
    17: "R2",
    18: "R",
    19: "RESIDENCE",
    21: "AAN",
    24: "AW320686",
  };
  return `${Array.from({ length: 24 }, (_, at) => fields[at + 1] ?? usual[at + 1] ?? "").join(";")};`;
};
const dat = (rows: readonly string[], end?: string) =>
  `A;RTSALEDATA;271;20260727 01:00;VALNET;\r\n${rows.join("\r\n")}\r\n${end ?? `Z;${rows.length + 2};${rows.filter((row) => row.startsWith("B")).length};0;0;`}\r\n`;

const world = newImportWorld();

test("the register's current form: units, land, hectares, letters behind a number, names in title case", async () => {
  await imported(
    "271.DAT",
    dat([
      B({ 7: "5", 20: "41", 3: "1", 24: "D1" }),
      B({ 3: "2", 24: "D2", 8: "73 A", 9: "O'BRIEN ST" }),
      B({ 3: "3", 24: "D3", 8: "", 9: "MCDONALD ST", 11: "", 12: "1.912", 13: "H", 18: "V", 16: "0" }),
      B({ 3: "4", 24: "D4", 9: "ST PAUL'S RD", 18: "3", 19: "COMMERCIAL" }),
      "C;271;2892712;1;20260727 01:00;41/SP7553;",
      "D;271;2892712;1;20260727 01:00;P;;;;;;",
    ]),
  );
  const shared = { sold_date: "2026-04-24", method: "not_stated", source: "nsw-valuer-general" };
  expect(world.rows("sales")).toEqual([
    { ...shared, id: "nsw-1-D1", address: "5/12 Pine St", category: "unit", price: 1_065_000, price_disclosed: true },
    {
      ...shared,
      id: "nsw-2-D2",
      address: "73A O'Brien St",
      category: "house",
      land_sqm: 500,
      price: 1_065_000,
      price_disclosed: true,
    },
    { ...shared, id: "nsw-3-D3", address: "McDonald St", category: "land", land_sqm: 19_120, price_disclosed: false },
    {
      ...shared,
      id: "nsw-4-D4",
      address: "12 St Paul's Rd",
      category: "other",
      land_sqm: 500,
      price: 1_065_000,
      price_disclosed: true,
    },
  ]);
  expect(world.err).toEqual([]);
});

test("several parcels of one dealing are one sale, a repetition is one, parts are none, impossible dates are the settlement's", async () => {
  const rows = [
    B({ 3: "11", 24: "AV8601", 12: "1200" }),
    B({ 3: "12", 24: "AV8601", 12: "340" }),
    B({ 3: "13", 24: "AV1", 16: "700000" }),
    B({ 3: "13", 24: "AV1", 16: "700000" }),
    B({ 3: "14", 24: "AV2", 23: "50" }),
    B({ 3: "15", 24: "AV3", 14: "21260101", 15: "20260101" }),
    B({ 3: "16", 24: "AV4", 14: "20200101", 15: "20260101" }),
    B({ 3: "17", 24: "AV5", 10: "NOWHERE AT ALL", 11: "" }),
  ];
  await imported("271.DAT", dat(rows));
  expect(world.rows("sales").map(({ id, land_sqm, sold_date }) => [id, land_sqm, sold_date])).toEqual([
    ["nsw-11-AV8601", 1_540, "2026-04-24"],
    ["nsw-13-AV1", 500, "2026-04-24"],
    ["nsw-15-AV3", 500, "2026-01-01"],
    ["nsw-16-AV4", 500, "2026-01-01"],
  ]);
  expect(world.out[0]).toContain("4 sales; 2 rows merged with others; 2 left out");
  expect(world.out.join("\n")).toContain("part of a property");
  // Once more, and nothing is new.
  await imported("271.DAT", dat(rows));
  expect(world.out.at(-1)).toEndWith("0 new, 0 changed, 5 unchanged");
});

test("dealings with several rows are distinguished from those with one, which are not buffered", async () => {
  const b = (property: number, dealing: string) =>
    `B;271;${property};1;t;;;1;PINE ST;MANLY;2095;500;M;20260101;20260201;900000;R2;R;RESIDENCE;;;;;${dealing};`;
  const lines = Array.from({ length: 20_000 }, (_, at) => b(at, `D${at}`));
  const again = Array.from({ length: 100 }, (_, at) => b(90_000 + at, `D${at * 7}`));
  const source = bytesSource(Buffer.from([...lines, ...again].join("\n")), "x.DAT");
  const isRepeated = await repeatedDealings(source, async function* (chunks) {
    for await (const chunk of chunks) yield Buffer.from(chunk).toString("latin1");
  });
  expect(again.every((_, at) => isRepeated(`D${at * 7}`))).toBe(true);
  expect(lines.filter((_, at) => isRepeated(`D${at}`)).length).toBeLessThan(150);
});

test("the archive form, with both of its dates; a file that was cut off is reported", async () => {
  await imported(
    "ARCHIVE_SALES_1990.DAT",
    "A;;VALNET1;20150909 11:33;;\nB;011;VALNET1;0145900000000;292674;;;ELDON ST;ABERDEEN;2336;20/11/1990;14500;LOT 7 SEC 22 DP 758003;2365;M;;;A;;;;\nB;011;ARCHIVE;0145900000001;;3;27A;BATHURST ST;ABERDEEN;2336;19950320;0;LOT 3 SP 4748;;;;;R;;;;\nZ;9;5;;\n",
  );
  expect(world.rows("sales")).toMatchObject([
    { id: "nsw-0145900000001-1995-03-20", address: "3/27A Bathurst St", category: "unit", price_disclosed: false },
    { id: "nsw-292674-1990-11-20", address: "Eldon St", category: "house", price: 14_500, land_sqm: 2_365 },
  ]);
  expect(world.err[0]).toContain("claims 5 sales and 9 records, but contains 2 and 4: download it again");
  await imported("cut.DAT", dat([B({})], ""));
  expect(world.err[0]).toContain("no last record");
});

test("zips within zips are read, what is neither feed nor register skipped; a zip bomb is not unpacked", async () => {
  const week = zip({ "271_SALES.DAT": dat([B({})]), "licence.txt": "CC BY" });
  const year = zip({ "20260727.zip": week, "20260803.ZIP": zip({ "x/272.dat": dat([B({ 3: "7", 24: "D7" })]) }) });
  await imported("2026.zip", year);
  expect(world.rows("sales").map(({ id }) => id)).toEqual(["nsw-2892712-AW320686", "nsw-7-D7"]);
  expect(world.out.join("\n")).toContain("2 files of the register: 2 sales");
  for (const [bytes, said] of [
    [zip({ "a.DAT": Buffer.alloc(50_000_000, "B;") }), "which no real export does"],
    [zip({ "a.zip": zip({ "a.zip": zip({ "a.zip": zip({ "a.DAT": "x" }) }) }) }), "unpack it first"],
    [zip({ "readme.txt": "x" }), "the zip contains no table"],
  ] as const) {
    expect(await world.add("bad.zip", bytes)).toBe(1);
    expect(world.err[0]).toContain(said);
  }
});

async function imported(name: string, content: string | Uint8Array): Promise<void> {
  expect(await world.add(name, content)).toBe(0);
}
