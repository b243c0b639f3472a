import { describe, expect, test } from "bun:test";
import { type CellValue, writeXlsx } from "hucre/xlsx";
import type { DataSet, State } from "../../src/report/data-set.ts";
import { buildReport } from "../../src/report/report.ts";
import { sale } from "../report/data.ts";
import { newImportWorld } from "./import-world.ts";

/** Tables of figures that offices publish, in their own layouts: docs/data.md. */

const world = newImportWorld();

async function imported(name: string, content: string | readonly (readonly CellValue[])[], sheet = "Sheet1") {
  const rows = (cells: readonly (readonly CellValue[])[]) =>
    writeXlsx({ sheets: [{ name: sheet, rows: cells.map((row) => [...row]) }] });
  return world.add(name, typeof content === "string" ? content : await rows(content));
}

function marketOf(suburb: string, state: State): NonNullable<DataSet["market"]> {
  return world.dataSet(suburb, { state })?.market ?? [];
}

const QUARTERS = `Locality,Oct-Dec,,Jan-Mar,,Apr-Jun,,Jul-Sep,,Oct-Dec,,No. of Sales
,2024,,2025,,2025,,2025,,2025,,Oct-Dec 2025
,,,,,,,,,,,
,,,,,,,,,,,
ABBOTSFORD,1200000, ,1185000,^,1250000, ,1230500, ,1275000,^,9
ABERFELDIE,-,,1650000,^,1800000,,1720000,,1900000,^,4
`;
const ABBOTSFORD = [
  ["2024-12-31", 1_200_000],
  ["2025-03-31", 1_185_000],
  ["2025-06-30", 1_250_000],
  ["2025-09-30", 1_230_500],
  ["2025-12-31", 1_275_000, 9],
];
const pointsOf = ({ series }: NonNullable<DataSet["market"]>[number]) =>
  series.map(({ period_end, median_sold_price, number_sold }) => [
    period_end,
    ...[median_sold_price, number_sold].filter((each) => each != null),
  ]);

describe("the Victorian Property Sales Report", () => {
  test("by quarter: flags and dashes are no prices, the count is the newest quarter's, a second import changes nothing", async () => {
    expect(await imported("median-house-q4-2025.csv", QUARTERS)).toBe(0);
    const [houses, ...others] = marketOf("Abbotsford", "VIC");
    expect(others).toEqual([]);
    expect(houses).toMatchObject({ category: "house", source: "vic-vpsr" });
    expect(houses?.series.every(({ period_months }) => period_months === 3)).toBe(true);
    expect(houses && pointsOf(houses)).toEqual(ABBOTSFORD);
    const [other] = marketOf("Aberfeldie", "VIC");
    expect(other && pointsOf(other)[0]).toEqual(["2025-03-31", 1_650_000]);
    expect(world.out.join("\n")).toContain("fewer than ten sales (^) (4, such as ABBOTSFORD 2025-03-31)");
    await imported("median-house-q4-2025.csv", QUARTERS);
    expect(world.out.at(-1)).toContain("0 new, 0 changed, 10 unchanged");
  });

  test("in its other layout, a workbook with blanks in its labels, titles above and no empty rows", async () => {
    const rows: CellValue[][] = [
      ["Median unit prices by suburb"],
      [
        "Locality",
        "Oct - Dec",
        null,
        "Jan - Mar",
        null,
        "Apr - Jun",
        null,
        "Jul -\nSep",
        null,
        "Oct - Dec",
        null,
        "No. of Sales",
      ],
      [null, 2024, null, 2025, null, 2025, null, 2025, null, 2025, null, "Oct - Dec 2025"],
      ["ABBOTSFORD", 1_200_000, null, 1_185_000, "^", 1_250_000, null, 1_230_500, null, 1_275_000, "^", 9],
      ["NO SUCH PLACE", 1_200_000, null, 1_185_000, null, 1, null, 1, null, 1, null, 9],
    ];
    expect(await imported("vpsr.xlsx", rows, "Unit")).toBe(0);
    const [units] = marketOf("Abbotsford", "VIC");
    expect(units?.category).toBe("unit");
    expect(units && pointsOf(units)).toEqual(ABBOTSFORD);
    expect(world.err.filter((line) => line.includes("NO SUCH PLACE"))).toHaveLength(1);
  });

  test("by year: a column a year, growths skipped, the last preliminary; land by the file's name", async () => {
    const csv = `Locality,2023,2024,prelim 2025,2024-2025,2015-2025,Growth PA
ABBOTSFORD,500000^,-,"530,000",2,3,4
`;
    expect(await imported("land-by-suburb-2015-2025.csv", csv)).toBe(0);
    const [land] = marketOf("Abbotsford", "VIC");
    expect(land).toMatchObject({ category: "land", series: [{ period_months: 12 }, { period_months: 12 }] });
    expect(land && pointsOf(land)).toEqual([
      ["2023-12-31", 500_000],
      ["2025-12-31", 530_000],
    ]);
  });
});

test("South Australia's houses: line breaks in headers, padded names, medians of two councils are not added", async () => {
  const rows: CellValue[][] = [
    ["Metropolitan median house sales"],
    ["City", "Suburb", "Sales\n1Q 2025", "Median\n1Q 2025", "Sales\n1Q 2026", "Median\n1Q 2026", "Median\nChange"],
    ["ADELAIDE ", "ADELAIDE  ", 9, 700_000, 12, 750_000, 0.07],
    ["MITCHAM", "GLEN OSMOND", 3, 1_500_000, 4, null, null],
    ["BURNSIDE", "GLEN OSMOND ", 7, 1_400_000, 5, 1_450_000, null],
  ];
  expect(await imported("house-sales-1q2026.xlsx", rows)).toBe(0);
  const [adelaide] = marketOf("Adelaide", "SA");
  expect(adelaide).toMatchObject({ category: "house", source: "sa-median-house-sales" });
  expect(adelaide && pointsOf(adelaide)).toEqual([
    ["2025-03-31", 700_000, 9],
    ["2026-03-31", 750_000, 12],
  ]);
  const [osmond] = marketOf("Glen Osmond", "SA");
  expect(osmond && pointsOf(osmond)).toEqual([
    ["2025-03-31", 10],
    ["2026-03-31", 1_450_000, 9],
  ]);
  expect(world.out.join("\n")).toContain("a suburb in two councils");
});

describe("NSW rental bonds", () => {
  const bond = (day: CellValue, type: string, beds: CellValue, rent: CellValue): CellValue[] => [
    day,
    2095,
    type,
    beds,
    rent,
  ];
  const january = [
    ...Array.from({ length: 8 }, (_, at) => bond(new Date(Date.UTC(2026, 0, at + 1)), "H", 3, 1_000 + at)),
    ...Array.from({ length: 3 }, () => bond(new Date(Date.UTC(2026, 0, 31)), "T", "U", 1_100)),
    ...Array.from({ length: 10 }, () => bond("15/01/2026", "F", 2, 700)),
    ...Array.from({ length: 9 }, () => bond("15/01/2026", "F", 1, 500)),
    ...Array.from({ length: 20 }, () => bond("15/01/2026", "U", 2, 1)),
    bond("15/01/2026", "F", 2, "U"),
  ];
  const file = (rows: readonly CellValue[][]) => [
    ["Rental bond lodgements"],
    ["January 2026"],
    ["Lodgement Date", "Postcode", "Dwelling Type", "Bedrooms", "Weekly Rent"],
    ...rows,
  ];

  test("are medians of each suburb of the postcode, houses and terraces apart from flats, with bedrooms where ten are known", async () => {
    expect(await imported("rentalbond_lodgements_january_2026.xlsx", file(january))).toBe(0);
    const rents = marketOf("Manly", "NSW").map(({ category, bedrooms, series: [point] }) => [
      category,
      bedrooms,
      point?.period_end,
      point?.median_weekly_rent,
      point?.rent_listings,
    ]);
    expect(rents.toSorted()).toEqual([
      ["house", null, "2026-01-31", 1_005, 11],
      ["unit", null, "2026-01-31", 700, 19],
      ["unit", 2, "2026-01-31", 700, 10],
    ]);
    expect(marketOf("Manly East", "NSW")).toHaveLength(3);
    expect(world.out.join("\n")).toContain("bonds of other or unknown dwellings, or without a rent: left out (21");
    expect(world.out.join("\n")).toContain("fewer than 10 bonds in a month: no figure (2");
    // The year's file repeats the months.
    const december = Array.from({ length: 12 }, () => bond("2025-12-05", "H", 4, 1_200));
    await imported("rentalbond_lodgements_year_2025.xlsx", file([...december, ...january]));
    expect(
      marketOf("Manly", "NSW").find(({ category, bedrooms }) => category === "house" && bedrooms === null)?.series,
    ).toHaveLength(2);
    expect(world.out.at(-1)).toContain("0 changed");
  });

  test("give a report its rents and leave it the quarters and medians of its own sales", async () => {
    await imported("bonds.xlsx", file(january));
    const sales = Array.from({ length: 12 }, (_, at) =>
      sale({
        id: `s${at}`,
        address: `${at} Pine St`,
        category: "house",
        price: 2_000_000,
        sold_date: `2026-0${1 + (at % 6)}-1${at % 6}`,
      }),
    );
    const report = buildReport(
      { market: marketOf("Manly", "NSW"), sales },
      {
        suburb: "Manly",
        state: "NSW",
        postcode: "2095",
        preparedFor: null,
        branding: null,
        printEmails: false,
        date: "2026-07-15",
      },
    );
    const [houses] = report.market;
    expect(houses?.median.value).toBe(2_000_000);
    expect(houses?.grossYield.value).toBeCloseTo(((1_005 * 52) / 2_000_000) * 100);
    expect(houses?.series.some(({ median }) => median === 2_000_000)).toBe(true);
  });
});
