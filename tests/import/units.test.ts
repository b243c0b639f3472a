import { describe, expect, test } from "bun:test";
import { parseMap } from "../../src/import/columns/map.ts";
import { newImportWorld } from "./import-world.ts";
import { zip } from "./zip.ts";

/** What an import makes of columns that are not in dollars, weeks or square metres. */

const world = newImportWorld();
const HOUSES = [850_000, 1_250_000, 2_100_000, 990_000, 1_400_000];
const said = () => world.err.join("\n");

/** Sales of a house each; `column` is the header of the prices. */
function sold(column: string, prices: readonly (number | string)[], type = "House", more = ["", ""]): string {
  const rows = prices.map((price, at) => `${at + 1} Elm St,Manly,NSW,${type},${at + 1}/06/2026,"${price}"${more[1]}`);
  return [`Address,Suburb,State,Property Type,Sold Date,${column}${more[0]}`, ...rows, ""].join("\n");
}

const stored = () =>
  world
    .manly()
    ?.sales?.map(({ price = null }) => price)
    .sort((a, b) => (a ?? 0) - (b ?? 0));
const sorted = [...HOUSES].sort((a, b) => a - b);

describe("prices of a whole file", () => {
  test.each([
    ["thousands", 0.001, `seem to be in thousands: rename the column, such as "Price ($'000)"`],
    ["cents", 100, 'seem to be in cents: rename the column, such as "Price (cents)"'],
  ])("in %s are refused, and imported once the column says so", async (unit, scale, says) => {
    const prices = HOUSES.map((price) => price * scale);
    for (const column of ["Price", "Sold Price", "price"]) {
      expect(await world.add("sales.csv", sold(column, prices))).toBe(1);
      expect(said()).toContain(`sales.csv:1: the median price in the column "${column}" is $`);
      expect(said()).toContain(says);
    }
    const named = { thousands: "Sold Price ($'000)", cents: "Sold Price (cents)" }[unit] ?? "";
    for (const column of [named, named.toLowerCase(), named.replace("Sold ", "")]) {
      await world.imported("sales.csv", sold(column, prices));
      expect(stored()).toEqual(sorted);
    }
    await world.imported("sales.csv", sold("Price", prices), { map: parseMap({ amounts: unit }, "m") });
    expect(stored()).toEqual(sorted);
    await world.add("sales.csv", sold("Price", prices), { map: parseMap({ amounts: "dollars" }, "m"), dryRun: true });
    expect(said()).not.toContain("seem to be");
  });

  test("are also questioned if a unit in the name cannot be right", async () => {
    for (const [column, prices] of [
      ["Price (cents)", HOUSES],
      ["Price ($m)", [850, 900, 990]],
    ] as const) {
      expect(await world.add("sales.csv", sold(column, prices))).toBe(1);
      expect(said()).toContain("correct the unit in the name of the column");
    }
  });

  test("of dear and cheap suburbs are imported", async () => {
    await world.imported("sales.csv", sold("Price", [3_000_000, 9_500_000, 12_000_000, 45_000_000]));
    await world.imported("sales.csv", sold("Price", [24_000, 31_000, 28_000]));
    await world.imported("sales.csv", sold("Price", [4_500, 6_000, 3_200], "Vacant Land"));
    await world.imported("sales.csv", sold("Price", [1, 1, 1, 0, 99_999_999]));
    expect(await world.add("sales.csv", sold("Price", [350, 420, 295], "Vacant Land"))).toBe(1);
    const cheap = Array.from({ length: 9 }, (_, at) => 11_000_000 + at * 100_000);
    expect(await world.add("sales.csv", sold("Price", cheap))).toBe(1);
    expect(said()).toContain("in cents");
  });

  test("with decimals below $100 are no dollars", async () => {
    expect(await world.add("sales.csv", sold("Price", ["1.25", "2.10"]))).toBe(1);
    expect(said()).toContain('such as 1250000 or $1.25m, not "1.25"');
    await world.imported("sales.csv", sold("Price", ["1.00", "1,250,000.00", "985000.50"]));
  });

  test("of a home below $10,000 count as not disclosed, and of land below $1,000", async () => {
    await world.imported("sales.csv", sold("Price", [9_000, 1_250_000, 1_300_000]));
    expect(world.out.join("\n")).toContain("less than $10,000 is not a sale price of a home");
    expect(world.manly()?.sales?.filter(({ price_disclosed }) => price_disclosed === false)).toHaveLength(1);
  });

  test("are also checked in JSON, and in a series of medians", async () => {
    const rows = HOUSES.map((price, at) => ({
      ...{ address: `${at} Elm St`, suburb: "Manly", state: "NSW", category: "house", sold_date: "2026-06-01" },
      price: price / 1_000,
    }));
    expect(await world.add("sales.json", JSON.stringify(rows))).toBe(1);
    expect(said()).toContain("seem to be in thousands");
    const series = ["2025-12-31", "2026-03-31", "2026-06-30"].map((day, at) => `Manly,NSW,house,${day},3,${900 + at}`);
    const table = ["suburb,state,category,period_end,period_months,median_sold_price", ...series].join("\n");
    expect(await world.add("market.csv", table)).toBe(1);
    expect(said()).toContain('the column "median_sold_price" is $901');
  });
});

describe("another currency", () => {
  test.each(["NZD", "US$", "usd", "£", "Euro"])("in the name of a column is refused: %s", async (currency) => {
    expect(await world.add("sales.csv", sold(`Sold Price (${currency})`, HOUSES))).toBe(1);
    expect(said()).toContain(`the column "Sold Price (${currency})" is in ${currency}: convert its amounts`);
  });

  test.each(["NZ$850,000", "USD 850000", "850,000 NZD", "€850,000", "£1.2m"])(
    "in a cell is refused: %s",
    async (cell) => {
      expect(await world.add("sales.csv", sold("Price", [...HOUSES, cell]))).toBe(1);
      expect(said()).toContain(`sales.csv:7: price must be an amount in Australian dollars`);
    },
  );

  test("in a column of currencies is refused row by row; the Australian dollar is not", async () => {
    const rows = (currency: string) => sold("Price", HOUSES, "House", [",Currency", `,${currency}`]);
    for (const currency of ["AUD", "A$", "$", "au$", "Australian dollars", ""])
      await world.imported("sales.csv", rows(currency));
    for (const currency of ["NZD", "USD", "nz$", "Euro"]) {
      expect(await world.add("sales.csv", rows(currency))).toBe(1);
      expect(said()).toContain(`sales.csv:2: the amounts are in "${currency}": convert them`);
    }
  });

  test.each(["[$NZD] #,##0", '"£"#,##0', "[$€-407] #,##0", "[$US$-409]#,##0"])(
    "in the format of a workbook's cell is refused: %s",
    async (format) => {
      expect(await world.add("sales.xlsx", workbook(format, 850_000))).toBe(1);
      expect(said()).toContain("price must be an amount in Australian dollars");
    },
  );

  test("is not seen in the formats of dollars", async () => {
    for (const format of ['"$"#,##0', "[$$-C09]#,##0", "[$$-409]#,##0", "[$AUD] #,##0", "#,##0"])
      await world.imported("sales.xlsx", workbook(format, 850_000));
  });
});

describe("rents of a whole file", () => {
  const MONTHLY = [2_600, 3_100, 2_200, 1_900];
  const let_ = (column: string, rents: readonly (number | string)[]) =>
    [
      `Address,Suburb,State,Property Type,Listed Date,${column}`,
      ...rents.map((rent, at) => `${at + 1} Elm St,Manly,NSW,Unit,1/06/2026,${rent}`),
    ].join("\n");

  test("by the month or year without a word of it are refused, and converted once the column says so", async () => {
    for (const [rents, column, says] of [
      [MONTHLY, "Rent", "would be $2,600 a week"],
      [MONTHLY.map((rent) => rent * 12), "Weekly rent", "would be $31,200 a week"],
      [[650, 700, 580], "Rent per year", "would be $13 a week"],
    ] as const) {
      expect(await world.add("rentals.csv", let_(column, rents))).toBe(1);
      expect(said()).toContain(says);
      expect(said()).toContain('such as "Rent per week", "Rent per month" or "Rent per year"');
    }
    for (const column of ["Rent per month", "Rent PCM", "Rent (pm)"]) {
      await world.imported("rentals.csv", let_(column, MONTHLY));
      expect(world.rows("rentals").map(({ weekly_rent }) => weekly_rent)).toContain(600);
    }
  });

  test("that are high, and stated to be weekly, are imported", async () => {
    for (const column of ["Weekly rent", "Rent pw", "Rent (per week)"])
      await world.imported("rentals.csv", let_(column, [2_600, 3_100, 2_200]));
    await world.imported("rentals.csv", let_("Rent", ["$2600 pw", "$3100 pw", "$2200 per week"]));
    await world.imported("rentals.csv", let_("Rent", [650, 700, 580, 1_900]));
  });
});

describe("land of a whole file", () => {
  const land = (column: string, areas: readonly (number | string)[]) =>
    [
      `Address,Suburb,State,Property Type,Sold Date,Sold Price,${column}`,
      ...areas.map((area, at) => `${at + 1} Elm St,Manly,NSW,House,1/06/2026,900000,${area}`),
    ].join("\n");

  test("in hectares, or of square metres called hectares, is refused, and converted once the column says so", async () => {
    for (const [column, areas, says] of [
      ["Land Size", [0.06, 0.08, 0.45], "seem to be in hectares or acres"],
      ["Land (ha)", [600, 800, 450], "seem to be in square metres"],
    ] as const) {
      expect(await world.add("sales.csv", land(column, areas))).toBe(1);
      expect(said()).toContain(says);
    }
    await world.imported("sales.csv", land("Land Size (ha)", [0.06, 0.08, 0.45]));
    expect(world.manly()?.sales?.map(({ land_sqm }) => land_sqm)).toContain(600);
  });

  test("of less than 10 m² in one row is unknown", async () => {
    await world.imported("sales.csv", land("Land Size", [600, 0.06, 800, 450]));
    expect(world.out.join("\n")).toContain("less than 10 m² of land: unknown (1, such as 0.06)");
    expect(world.manly()?.sales?.map(({ land_sqm }) => land_sqm ?? null)).toContain(null);
  });
});

/** A workbook of three sales whose prices have this format. */
function workbook(format: string, price: number): Uint8Array {
  const code = format.replaceAll('"', "&quot;");
  const cells = (row: number, values: readonly string[]) =>
    values.map((value, at) => `<c r="${"ABCDEF"[at]}${row}" t="str"><v>${value}</v></c>`).join("");
  const rows = [1, 2, 3].map(
    (at) =>
      `<row r="${at + 1}">${cells(at + 1, [`${at} Elm St`, "Manly", "NSW", "House", "2026-06-01"])}<c r="F${at + 1}" s="1"><v>${price}</v></c></row>`,
  );
  const names = cells(1, ["Address", "Suburb", "State", "Property Type", "Sold Date", "Sold Price"]);
  return zip({
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": `<workbook xmlns:r="r"><sheets><sheet name="Sold" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="o/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="o/styles" Target="styles.xml"/></Relationships>`,
    "xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1">${names}</row>${rows.join("")}</sheetData></worksheet>`,
    "xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="${code}"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
  });
}
