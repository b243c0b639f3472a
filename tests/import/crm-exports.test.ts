import { expect, test } from "bun:test";
import { newImportWorld } from "./import-world.ts";

const world = newImportWorld();
const CRLF = "\r\n";

/** Exports as systems write them, titles, notes and totals included; invented data. */
const EXPORTS: Readonly<Record<string, { readonly file: string; readonly manly: object; readonly agents: string[] }>> =
  {
    "RP Data": {
      file: `\ufeff"Sales report - MANLY NSW 2095"${CRLF}""${CRLF}"Street Address","Suburb","State","Postcode","Council Area","Property Type","Bed","Land Size (m²)","Floor Size (m²)","Sale Date","Sale Price","Sale Type","Settlement Date","Agency","Agent","Owner 1 Name"${CRLF}"5/14 Tern Street","MANLY","NSW","2095","Northern Beaches","Unit: Low Rise","2","-","80","04/07/2026","$2,450,000","Agents Advice - Sale","10/08/2026","Gull Realty","Ann Lee","ROE B"${CRLF}"© Data Pty Ltd"${CRLF}`,
      manly: { address: "5/14 Tern Street", category: "unit", price: 2_450_000, sold_date: "2026-07-04" },
      agents: ["Ann Lee"],
    },
    Pricefinder: {
      file: `Street Display;Locality;Sale Price;Sale Date;Area;Bed;Property Type${CRLF}5/14 TERN ST;MANLY NSW 2095;"$2,450,000 (Normal Sale)";4/07/2026;607m2;2;"House: Fully Detached"${CRLF}`,
      manly: { category: "house", price: 2_450_000, land_sqm: 607 },
      agents: [],
    },
    "Eagle, with its agents in a cell": {
      file: `Status,Street,Suburb,Sold Price,Sold Date,Agents,Property Type\nSold,12 Tern St,"Manly NSW 2095","$2,450,000",04 Jul 2026,"Ann Lee, Bob Roe",House\n`,
      manly: { address: "12 Tern St", category: "house", outcome: "sold" },
      agents: ["Ann Lee", "Bob Roe"],
    },
    "Agentbox, with Excel's numbers as text": {
      file: `Property Address,Property Suburb,Property State,Type,Listing Method,Status,Sale Price,Exchange Date,Settlement Date,Agent,Co Agent,Land\n12 Tern St,Manly,NSW,House,Auction,Settled,2450000,46207,46250,Ann Lee,Bob Roe,0.5 ha\n`,
      manly: { method: "auction", outcome: "sold", sold_date: "2026-07-04", land_sqm: 5_000 },
      agents: ["Ann Lee", "Bob Roe"],
    },
    "VaultRE, with a title, a note and a total": {
      file: `"Sold properties",,,,,,,,\n"Made by Jane",,,,,,,,\n\nProperty ID,Property Class,Unit,Street No,Street,Suburb,State,Unconditional Date,Sale Price,Listing Staff 1\n101,Residential Sale,4,14,Tern Street,Manly,NSW,Sat 4 Jul 2026,$2.45 mil,Ann Lee\nTotal,1,,,,,,,"$2,450,000",\n`,
      manly: { id: "101", address: "4/14 Tern Street", category: "unit", price: 2_450_000 },
      agents: ["Ann Lee"],
    },
  };

test.each(Object.entries(EXPORTS))("an export of %s is understood", async (_name, { file, manly, agents }) => {
  expect(await world.run([await world.file("export.csv", file)])).toBe(0);
  const data = world.manly();
  expect(data?.sales).toMatchObject([manly]);
  expect(data?.agents?.map(({ name }) => name).sort() ?? []).toEqual(agents);
});

test("an unused column is reported with the reason: no name that is known, other values, or another column", async () => {
  const head = "Address,Suburb,State,Sold Date,Settlement Date,Sale Price,Tenant";
  const table = `${head}\n1 Tern St,Manly,NSW,4/7/2026,4/8/2026,$2m,Ann\n`;
  expect(await world.run([await world.file("export.csv", table)])).toBe(0);
  const said = world.err.join("\n");
  expect(said).toContain('the column "settlement date" was ignored, because sold_date is read from "sold date"');
  expect(said).toContain('the column "tenant" is unknown and was ignored');
  const rents = "Address,Suburb,State,Beds,Rent,Lease Start\n1 Tern St,Manly,NSW,2,$650,soon\n";
  expect(await world.run([await world.file("rents.csv", rents)])).toBe(0);
  expect(world.err.join("\n")).toContain(
    'the column "lease start" was ignored, because its values do not look like leased_date',
  );
});

test("a column of sale dates or prices that cannot be read is refused by row, and never read as a list of what is for sale", async () => {
  const rows = ["soon", "later", "4/7/2026"].map((day, at) => `${at + 1} Tern St,Manly,NSW,${day},"$1,000,000"`);
  expect(
    await world.run([await world.file("export.csv", `Address,Suburb,State,Date Sold,Price\n${rows.join("\n")}\n`)]),
  ).toBe(1);
  expect(world.err.join("\n")).toContain('sold_date must be a date such as 30/06/2026 or 2026-06-30, not "soon"');
  expect(world.manly()).toBeNull();
});

test.each([
  ["31/02/2026", "$1m", 'sold_date must be a day of the calendar, not "31/02/2026" (the day is read first)'],
  ["4/7/2026", "US$1.2m", 'price must be an amount in Australian dollars, such as 1250000 or $1.25m, not "US$1.2m"'],
  ["4/7/2026", "-$1,200,000", "price must be an amount in Australian dollars"],
])("a sale of %s for %s is refused with what to write", async (day, price, reason) => {
  const table = `Address,Suburb,State,Sold Date,Sold Price\n1 Tern St,Manly,NSW,${day},"${price}"\n`;
  expect(await world.run([await world.file("sales.csv", table)])).toBe(1);
  expect(world.err[0]).toContain(`sales.csv:2: ${reason}`);
});

test("a price of nothing and a guide are no sale price: not disclosed, and counted", async () => {
  const rows = ["$0", "0.00", "Offers over $1.2m", "$1.2M+"].map(
    (price, at) => `${at + 1} Tern St,Manly,NSW,4/7/2026,${price}`,
  );
  await world.imported("sales.csv", `Address,Suburb,State,Sold Date,Sold Price\n${rows.join("\n")}\n`);
  expect(world.manly()?.sales?.map(({ price, price_disclosed }) => [price ?? null, price_disclosed])).toEqual(
    rows.map(() => [null, false]),
  );
});
