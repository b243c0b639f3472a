import type { Category, State } from "../../report/data-set.ts";
import { findSuburb } from "../../report/localities/suburbs.ts";
import { messages } from "../messages.ts";
import type { Rules } from "../rules.ts";
import type { Table, TableRow } from "../table.ts";

/** Where a publication's figures come from, as a row of the sources. */
export interface PublicationSource {
  readonly id: string;
  readonly name: string;
  readonly licence: string;
  readonly disclaimer: string;
}

/** A figure of a publisher for a locality and a period. */
export interface Point {
  readonly suburb: string;
  readonly postcode?: string;
  readonly category: Category;
  readonly bedrooms?: number;
  /** YYYY-MM-DD. */
  readonly period_end: string;
  readonly period_months: number;
  readonly median_sold_price?: number;
  readonly number_sold?: number;
  readonly median_weekly_rent?: number;
  readonly rent_listings?: number;
}

/** A point with its line, or a line of no use with the reason. */
export type PointAt =
  | { readonly line: number | null; readonly point: Point }
  | { readonly line: number | null; readonly unused: string };

/** A table of figures that an office publishes, in a layout of its own. */
export interface Publication {
  readonly name: string;
  readonly state: State;
  readonly source: PublicationSource;
  /** Whether a row is the one that names the columns. */
  isHeader(cells: readonly unknown[]): boolean;
  /** `fileName` and the sheet have what the columns do not. */
  points(table: Table, context: { readonly fileName: string; readonly rules: Rules }): AsyncIterable<PointAt>;
}

const COLUMNS = [
  "suburb",
  "state",
  "postcode",
  "category",
  "bedrooms",
  "period_end",
  "period_months",
  "median_sold_price",
  "number_sold",
  "median_weekly_rent",
  "rent_listings",
  "source",
] as const;

/** The figures of a publication as a table with the catalogue's own columns for the kind `market`. */
export function asMarketTable(publication: Publication, table: Table, fileName: string, rules: Rules): Table {
  const { state, source } = publication;
  return {
    facts: { ...table.facts, publication: publication.name },
    headers: COLUMNS,
    sample: [],
    async *rows(): AsyncGenerator<TableRow> {
      const unknownSuburbs = new Set<string>();
      for await (const each of publication.points(table, { fileName, rules })) {
        if ("unused" in each) {
          yield { line: each.line, cells: [], unused: each.unused };
          continue;
        }
        const { line, point } = each;
        const locality = findSuburb({ suburb: point.suburb, state, postcode: point.postcode ?? null });
        if (locality === null) {
          if (!unknownSuburbs.has(point.suburb))
            yield { line, cells: [], unused: messages.suburbUnknown(point.suburb, state) };
          unknownSuburbs.add(point.suburb);
          continue;
        }
        const row: Readonly<Record<string, unknown>> = { ...point, suburb: locality.suburb, state, source: source.id };
        yield { line, cells: COLUMNS.map((column) => row[column] ?? null) };
      }
    },
  };
}

/** A cell's text, line breaks and double blanks as one blank. */
export function textIn(cell: unknown): string {
  return cell === null || cell === undefined ? "" : String(cell).replace(/\s+/g, " ").trim();
}

/** A number as written in the tables ("1,275,000", 1275000, "$650 ^"); null for "-", blanks and words. */
export function numberIn(cell: unknown): number | null {
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : null;
  const text = textIn(cell).replace(/[$,\s^*]/g, "");
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

const QUARTERS = ["jan mar", "apr jun", "jul sep", "oct dec"];
const QUARTER = /\b([a-z]{3})[a-z]*\s*[-–—/ ]+\s*([a-z]{3})[a-z]*\b/i;
const YEAR = /\b(?:19|20)\d{2}\b/;

/** The quarter that a label names, from 1 ("Oct-Dec", "Oct - Dec 2025", "4Q 2025", "Q4 2025"); null for another. */
export function quarterIn(label: string): number | null {
  const [, short, other] = /\b(?:([1-4])\s?q|q\s?([1-4]))/i.exec(label) ?? [];
  if (short !== undefined || other !== undefined) return Number(short ?? other);
  const [, from = "", to = ""] = QUARTER.exec(label) ?? [];
  const at = QUARTERS.indexOf(`${from} ${to}`.toLowerCase());
  return at < 0 ? null : at + 1;
}

export function yearIn(label: string): number | null {
  const found = YEAR.exec(label);
  return found === null ? null : Number(found[0]);
}
