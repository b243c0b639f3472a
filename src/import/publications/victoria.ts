import { basename } from "node:path";
import type { Category } from "../../report/data-set.ts";
import { monthEnd } from "../../report/figures/days.ts";
import { messages } from "../messages.ts";
import type { Table } from "../table.ts";
import { numberIn, type Point, type PointAt, type Publication, quarterIn, textIn, yearIn } from "./publication.ts";

/**
 * The Victorian Property Sales Report: medians by suburb, a column a quarter with a column of flags behind each, or a column
 * a year. "^": fewer than ten sales; "-": none.
 */
export const victoria: Publication = {
  name: "Victorian Property Sales Report",
  state: "VIC",
  source: {
    id: "vic-vpsr",
    name: "Valuer-General Victoria, Victorian Property Sales Report",
    licence: "CC BY 4.0",
    disclaimer: "Medians by suburb as published; those of fewer than ten sales, and of the newest period, may change.",
  },
  isHeader: (cells) =>
    /^(locality|suburb)$/i.test(textIn(cells[0])) &&
    cells.slice(1).filter((cell) => quarterIn(textIn(cell)) !== null || isYear(cell)).length >= 2 &&
    // The table of South Australia has its quarters with what is in them.
    !cells.some((cell) => /^(sales|median)\b/i.test(textIn(cell))),
  points,
};

const YEAR_ROWS = 3;

async function* points(
  table: Table,
  { fileName, rules }: Parameters<Publication["points"]>[1],
): AsyncGenerator<PointAt> {
  const category = categoryIn(`${basename(fileName)} ${table.facts.sheet ?? ""}`);
  if (category === null) rules.use("category", messages.victoriaHouses, basename(fileName));
  let columns = periodsOf(table.headers, []);
  const years: (readonly unknown[])[] = [];
  let begun = false;
  for await (const { cells, line } of table.rows()) {
    const locality = textIn(cells[0]);
    if (!begun && locality === "") {
      // The years are below the quarters.
      if (years.length < YEAR_ROWS) years.push(cells);
      continue;
    }
    if (!begun) {
      columns = periodsOf(table.headers, years);
      for (const label of columns.unread) rules.use("period_end", messages.victoriaYear, label);
    }
    begun = true;
    if (locality === "") continue;
    let any = false;
    for (const { at, newest, ...period } of columns.periods) {
      const median = numberIn(cells[at]);
      if (median === null || median <= 0) continue;
      if (/\^/.test(`${textIn(cells[at])}${columns.flagged ? textIn(cells[at + 1]) : ""}`))
        rules.use("median_sold_price", messages.victoriaFew, `${locality} ${period.period_end}`);
      const sold = newest && columns.count !== null ? numberIn(cells[columns.count]) : null;
      any = true;
      const point: Point = {
        suburb: locality,
        category: category ?? "house",
        ...period,
        median_sold_price: Math.round(median),
        ...(sold === null ? {} : { number_sold: sold }),
      };
      yield { line, point };
    }
    if (!any && cells.filter((cell) => textIn(cell) !== "").length > 1)
      yield { line, unused: messages.noMedian(locality) };
  }
}

interface Periods {
  readonly periods: readonly {
    readonly at: number;
    readonly period_end: string;
    readonly period_months: number;
    readonly newest: boolean;
  }[];
  readonly count: number | null;
  /** A column of flags is behind each. */
  readonly flagged: boolean;
  /** Years without a quarter, among quarters: their name is above another column. */
  readonly unread: readonly string[];
}

/** What each column is, by what it is called and by the year below that. */
function periodsOf(headers: readonly string[], below: readonly (readonly unknown[])[]): Periods {
  const labels = headers.map((header, at) => [header, ...below.map((cells) => textIn(cells[at]))].join(" ").trim());
  const count = labels.findIndex((label) => /\bno\.?\s*of\s*sales\b|\bnumber of sales\b/i.test(label));
  const all = labels.flatMap((label, at) => {
    const year = yearIn(label);
    if (at === 0 || at === count || year === null) return [];
    const quarter = quarterIn(label);
    if (quarter !== null) return [{ at, period_end: monthEnd(year, 3 * quarter), period_months: 3 }];
    return isYear(label) ? [{ at, period_end: monthEnd(year, 12), period_months: 12 }] : [];
  });
  const hasQuarters = all.some(({ period_months }) => period_months === 3);
  const found = all.filter(({ period_months }) => !hasQuarters || period_months === 3);
  const newest = found
    .map(({ period_end }) => period_end)
    .sort()
    .at(-1);
  return {
    periods: found.map((each) => ({ ...each, newest: each.period_end === newest })),
    count: count < 0 ? null : count,
    unread: all.flatMap((each) => (found.includes(each) ? [] : (labels[each.at] ?? []))),
    flagged: found.every(({ at }, index) => index === 0 || at - (found[index - 1]?.at ?? 0) >= 2),
  };
}

/** A year alone, or one that is marked as preliminary; "2015-2025" is a growth. */
function isYear(label: unknown): boolean {
  return /^(prelim\w*\.?\s*)?(19|20)\d{2}(\s*\(?prelim\w*\.?\)?)?[\s*^]*$/i.test(textIn(label));
}

function categoryIn(text: string): Category | null {
  if (/house/i.test(text)) return "house";
  if (/unit|apartment|flat/i.test(text)) return "unit";
  return /land|vacant/i.test(text) ? "land" : null;
}
