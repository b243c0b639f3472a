import type { Category } from "../../report/data-set.ts";
import { monthEnd } from "../../report/figures/days.ts";
import { localitiesOfPostcode } from "../../report/localities/suburbs.ts";
import { wordKey } from "../columns/words.ts";
import { readDay, readSerial } from "../dates.ts";
import { messages } from "../messages.ts";
import type { Table } from "../table.ts";
import { numberIn, type PointAt, type Publication, textIn } from "./publication.ts";

/** Of fewer bonds than these a median means little. */
const LEAST_BONDS = 10;
const COLUMNS = ["lodgementdate", "postcode", "dwellingtype", "bedrooms", "weeklyrent"] as const;
const TYPES: Readonly<Record<string, Category>> = { h: "house", t: "house", f: "unit" };

/**
 * Rental bonds lodged in New South Wales: a row a bond, with the postcode alone. They are counted by month, and each suburb
 * of a postcode has its postcode's figures. A file of a year repeats the months.
 */
export const bonds: Publication = {
  name: "NSW rental bonds",
  state: "NSW",
  source: {
    id: "nsw-rental-bonds",
    name: "NSW Fair Trading, rental bonds lodged, by postcode",
    licence: "CC BY",
    disclaimer: "Rents of bonds lodged in the month, of the whole postcode that a suburb is in.",
  },
  isHeader: (cells) => COLUMNS.every((column) => cells.some((cell) => columnOf(cell) === column)),
  points,
};

async function* points(table: Table, { rules }: Parameters<Publication["points"]>[1]): AsyncGenerator<PointAt> {
  const at = Object.fromEntries(
    COLUMNS.map((column) => [column, table.headers.findIndex((header) => columnOf(header) === column)]),
  ) as Readonly<Record<(typeof COLUMNS)[number], number>>;
  /** Weekly rents by postcode, category and bedrooms, then by month. */
  const groups = new Map<string, Map<string, number[]>>();
  for await (const { cells, line } of table.rows()) {
    const day = dayIn(cells[at.lodgementdate]);
    const postcode = textIn(cells[at.postcode]);
    const rent = numberIn(cells[at.weeklyrent]);
    const type = textIn(cells[at.dwellingtype]);
    const category = TYPES[type.charAt(0).toLowerCase()];
    if (day === null && postcode === "") continue;
    if (day === null || !/^\d{4}$/.test(postcode)) {
      yield { line, unused: messages.bondWithout };
      continue;
    }
    if (category === undefined || rent === null || rent <= 0) {
      rules.use("row", messages.bondLeftOut, `${type} ${rent ?? ""}`);
      continue;
    }
    const beds = numberIn(cells[at.bedrooms]);
    for (const bedrooms of beds === null ? [""] : ["", String(beds)]) {
      const key = `${postcode} ${category} ${bedrooms}`;
      const months = groups.get(key) ?? new Map<string, number[]>();
      groups.set(key, months);
      const rents = months.get(day.slice(0, 7)) ?? [];
      months.set(day.slice(0, 7), rents);
      rents.push(rent);
    }
  }
  const unknownSuburbs = new Set<string>();
  for (const [key, months] of groups) {
    const [postcode = "", category, bedrooms = ""] = key.split(" ");
    const named = suburbsOf(postcode);
    if (named.length === 0) {
      if (!unknownSuburbs.has(postcode)) yield { line: null, unused: messages.bondPostcode(postcode) };
      unknownSuburbs.add(postcode);
      continue;
    }
    for (const [month, rents] of [...months].sort()) {
      if (rents.length < LEAST_BONDS) {
        rules.use("median_weekly_rent", messages.bondFew(LEAST_BONDS), `${key} ${month}`);
        continue;
      }
      const [year = 0, number = 0] = month.split("-").map(Number);
      for (const suburb of named)
        yield {
          line: null,
          point: {
            suburb,
            postcode,
            category: category as Category,
            ...(bedrooms === "" ? {} : { bedrooms: Number(bedrooms) }),
            period_end: monthEnd(year, number),
            period_months: 1,
            median_weekly_rent: medianOf(rents),
            rent_listings: rents.length,
          },
        };
    }
  }
}

const suburbs = new Map<string, readonly string[]>();

function suburbsOf(postcode: string): readonly string[] {
  const known = suburbs.get(postcode) ?? localitiesOfPostcode("NSW", postcode).map(({ suburb }) => suburb);
  suburbs.set(postcode, known);
  return known;
}

function columnOf(cell: unknown): string {
  const key = wordKey(textIn(cell));
  if (key === "datelodged" || key === "lodgedate") return "lodgementdate";
  return key === "rent" ? "weeklyrent" : key;
}

function dayIn(cell: unknown): string | null {
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? null : cell.toISOString().slice(0, 10);
  if (typeof cell === "number") return readSerial(cell)?.day ?? null;
  const text = textIn(cell);
  return text === "" ? null : (readDay(text, "day_first", new Date().getUTCFullYear())?.day ?? null);
}

/** Whole dollars. */
function medianOf(rents: number[]): number {
  rents.sort((a, b) => a - b);
  const middle = rents.length >> 1;
  const upper = rents[middle] ?? 0;
  return Math.round(rents.length % 2 === 1 ? upper : ((rents[middle - 1] ?? 0) + upper) / 2);
}
