import { expect, test } from "bun:test";
import { newImportWorld } from "./import-world.ts";

/** Tables whose header or end was damaged by a hand or a download: nothing false is stored of them. */

const world = newImportWorld();
const HEADER =
  "Address,Suburb,State,Property Type,Bedrooms,Bathrooms,Listed Date,Sold Date,Sale Method,Agency,Sold Price";
const ROWS = [1, 2, 3, 4].map(
  (at) => `${at} Elm St,Manly,NSW,House,${at + 2},${at},0${at}/04/2026,1${at}/06/2026,Auction,Gull Realty,${at}250000`,
);
const said = () => world.err.join("\n");
const swapped = (a: string, b: string) => HEADER.split(",").map((name) => (name === a ? b : name === b ? a : name));
const table = (header: string, rows: readonly string[] = ROWS) => [header, ...rows, ""].join("\n");

test.each([
  ["Listed Date", "Sold Date", 'the names of the columns "Sold Date" and "Listed Date" seem to be swapped'],
  ["Bedrooms", "Bathrooms", 'the names of the columns "Bathrooms" and "Bedrooms" seem to be swapped'],
  ["Address", "Suburb", 'there is no suburb "1 Elm St" in NSW'],
  ["Suburb", "State", 'there is no state "Manly"'],
  ["Sold Date", "Sold Price", "price must be an amount"],
  ["Bathrooms", "Sold Price", "baths must be"],
  ["Bedrooms", "Listed Date", "beds must be"],
])("%s and %s swapped in the header are refused", async (a, b, says) => {
  expect(await world.add("sales.csv", table(HEADER))).toBe(0);
  expect(await world.add("sales.csv", table(swapped(a, b).join(",")))).toBe(1);
  expect(said().replace(/"(Listed Date|Bedrooms)" and "(Sold Date|Bathrooms)"/, '"$2" and "$1"')).toContain(says);
});

test("a column of methods that is called Agency makes no agency", async () => {
  await world.add("sales.csv", table(swapped("Sale Method", "Agency").join(",")));
  expect(world.out[0]).not.toContain("agency");
  expect(said()).toContain('the column "agency" was ignored, because its values do not look like agency');
});

const PEOPLE = ["Emma Oliver", "Jack O’Neil", "Mia de la Cruz & Tom Hart", "Lee, Anna"];
const OFFICES = ["Gull Realty", "Ray White Tern", "Pelican Property Group", "Gull Realty"];
const ofPeople = (agencies: readonly string[], agents: readonly string[]): readonly string[] =>
  [0, 1, 2, 3].map(
    (at) => `${at + 1} Elm St,Manly,NSW,House,1${at}/06/2026,${at + 1}250000,"${agencies[at]}","${agents[at]}"`,
  );

test.each<[string, string, readonly string[]]>([
  ["names", "Address,Suburb,State,Property Type,Sold Date,Sold Price,Agent,Agency", ofPeople(OFFICES, PEOPLE)],
  ["values", "Address,Suburb,State,Property Type,Sold Date,Sold Price,Agency,Agent", ofPeople(PEOPLE, OFFICES)],
  ["fields", "address,suburb,state,category,sold_date,price,agency_ids,agents", ofPeople(PEOPLE, OFFICES)],
])("agents in the column of agencies, by their %s, are refused", async (_, header, rows) => {
  expect(await world.add("sales.csv", table(header, rows))).toBe(1);
  expect(said()).toMatch(/the names of the columns "(Agency|agency_ids)" and "(Agent|agents)" seem to be swapped/i);
  expect(said()).toContain('most agents have the name of an agency, such as "Gull Realty", and most agencies that of');
});

test("swapped columns of a table of agents are refused", async () => {
  const rows = PEOPLE.map((person, at) => `${OFFICES[at]},"${person}",a${at}@gull.example`);
  expect(await world.add("agents.csv", table("Name,Agency,Email", rows))).toBe(1);
  expect(said()).toContain('the names of the columns "Agency" and "Name" seem to be swapped');
});

test.each<[string, readonly string[], readonly string[]]>([
  ["agencies of people's names", ["Jellis Craig", "Nelson Alexander", "Marshall White", "Di Jones"], PEOPLE],
  ["one right row", [...PEOPLE.slice(0, 3), "Gull Realty"], [...OFFICES.slice(0, 3), "Emma Oliver"]],
  ["offices named after their owner", PEOPLE, ["Oliver Realty", "O’Neil Property", "Hart Agency", "Lee Real Estate"]],
  ["offices in place of agents, and groups of them", Array(4).fill("Northern Coast"), OFFICES],
  ["agencies alone", OFFICES, ["", "", "", ""]],
])("%s are no swapped columns", async (_, agencies, agents) => {
  const header = "Address,Suburb,State,Property Type,Sold Date,Sold Price,Agency,Agent";
  expect(await world.add("sales.csv", table(header, ofPeople(agencies, agents)))).toBe(0);
});

test("a header below its rows is refused, not read as a table without rows", async () => {
  expect(await world.add("sales.csv", [...ROWS, HEADER, ""].join("\n"))).toBe(1);
  expect(said()).toContain("row 5 names the columns, and no rows follow it: move it above the rows");
  expect(await world.add("sales.csv", `${HEADER}\n`)).toBe(0);
});

test("a file that ends within a row is refused; one that ends with a short row and its line break is not", async () => {
  const whole = table(HEADER).trimEnd();
  for (const end of [",Gull Realty,4250000".length, ",4250000".length, "Auction,Gull Realty,4250000".length]) {
    expect(await world.add("sales.csv", whole.slice(0, -end))).toBe(1);
    expect(said()).toContain("sales.csv:5: the file ends within its last row, which lacks");
    expect(await world.add("sales.csv", `${whole.slice(0, -end)}\n`)).toBe(0);
  }
  for (const end of ["", "\nTotal,4", "\n"]) expect(await world.add("sales.csv", `${whole}${end}`)).toBe(0);
});

test("a row or a whole file that is there twice is stored once", async () => {
  for (const rows of [[...ROWS, ...ROWS], [...ROWS, HEADER, ...ROWS], ROWS.flatMap((row) => [row, row, "", row])]) {
    await world.imported("sales.csv", table(HEADER, rows));
    expect(world.rows("sales")).toHaveLength(4);
  }
});

test.each<[string, (text: string) => string | Uint8Array]>([
  ["a byte order mark", (text) => `\ufeff${text}`],
  ["UTF-16", (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")])],
  ["UTF-16 without a mark", (text) => Buffer.from(text, "utf16le")],
  [
    "UTF-16, big end first",
    (text) => Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, "utf16le").swap16()]),
  ],
  ["semicolons", (text) => text.replaceAll(",", ";")],
  ["tabs", (text) => text.replaceAll(",", "\t")],
  ["bars", (text) => text.replaceAll(",", "|")],
  ["CR", (text) => text.replaceAll("\n", "\r")],
])("%s change nothing of what is stored", async (_, change) => {
  await world.imported("sales.csv", table(HEADER));
  const before = world.rows("sales");
  await world.imported("sales.csv", change(table(HEADER)));
  expect(world.rows("sales")).toEqual(before);
});
