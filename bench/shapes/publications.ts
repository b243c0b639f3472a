import type { CellValue } from "hucre/xlsx";
import { createRandom } from "../../data/sample/random.ts";
import { csv, sheetOf } from "./formats.ts";

/** Tables of medians and rents as three states publish them. */

const QUARTERS = ["Jan-Mar", "Apr-Jun", "Jul-Sep", "Oct-Dec"];

/** Victoria's medians of five quarters; few sales are marked, none is a dash. */
export function victoriaQuarters(
  localities: Readonly<Record<string, readonly [median: number, sales: number]>>,
): string {
  const random = createRandom(2_026);
  const quarters = [3, 0, 1, 2, 3].map((quarter) => QUARTERS[quarter]);
  return csv([
    ["Locality", ...quarters.flatMap((quarter) => [quarter ?? "", ""]), "No. of Sales"],
    ["", "2024", "", "2025", "", "2025", "", "2025", "", "2025", "", "Oct-Dec 2025"],
    [],
    [],
    ...Object.entries(localities).map(([name, [median, sales]]) => [
      name.toUpperCase(),
      ...quarters.flatMap((): CellValue[] => {
        const n = Math.max(0, Math.round(sales + random.normal() * Math.sqrt(sales)));
        return n === 0
          ? ["-", ""]
          : [Math.round((median * (1 + random.normal() * 0.04)) / 500) * 500, n < 10 ? "^" : ""];
      }),
      sales,
    ]),
  ]);
}

/** Victoria's medians by year. */
export function victoriaYears(name: string, first: number): string {
  const random = createRandom(first);
  const years = Array.from({ length: 11 }, (_, index) => 2015 + index);
  const medians = years.map(
    (_, index) => Math.round((first * 1.055 ** index * (1 + random.normal() * 0.03)) / 500) * 500,
  );
  return csv([
    [
      "Locality",
      ...years.map((year) => (year === 2025 ? "prelim 2025" : String(year))),
      "2024-2025",
      "2015-2025",
      "Growth PA",
    ],
    [
      name.toUpperCase(),
      ...medians.map((median, index) => (index % 5 === 4 ? `${median}^` : String(median))),
      "2",
      "3",
      "4",
    ],
  ]);
}

/** South Australia's houses of a quarter and the one a year before. */
export const southAustralia = (name: string, city: string) =>
  sheetOf([
    ["Metropolitan median house sales"],
    ["City", "Suburb", "Sales\n3Q 2025", "Median\n3Q 2025", "Sales\n3Q 2026", "Median\n3Q 2026", "Median\nChange"],
    [city, `${name.toUpperCase()}  `, 14, 1_240_000, 17, 1_385_000, 0.117],
  ]);

/** Bonds of a postcode, a month's file. */
export function bonds(postcode: string, month: string, count: number, house: number, flat: number) {
  const random = createRandom(Number(postcode) + Number(month.slice(5)));
  const rows = Array.from({ length: count }, (): CellValue[] => {
    const type = random.weighted([
      ["F", 6],
      ["H", 3],
      ["T", 0.5],
      ["U", 0.5],
    ] as const);
    const beds = type === "F" ? 1 + Math.floor(random.next() * 3) : 2 + Math.floor(random.next() * 4);
    const rent =
      Math.round(((type === "F" ? flat : house) * (0.7 + beds * 0.12) * (1 + random.normal() * 0.1)) / 10) * 10;
    const day = `${String(1 + Math.floor(random.next() * 28)).padStart(2, "0")}/${month.slice(5)}/${month.slice(0, 4)}`;
    return [day, Number(postcode), type, random.next() < 0.07 ? "U" : beds, random.next() < 0.02 ? "U" : rent];
  });
  return sheetOf([
    ["Rental bond lodgements"],
    [month],
    ["Lodgement Date", "Postcode", "Dwelling Type", "Bedrooms", "Weekly Rent"],
    ...rows,
  ]);
}
