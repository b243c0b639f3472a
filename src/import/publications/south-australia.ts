import { monthEnd } from "../../report/figures/days.ts";
import { messages } from "../messages.ts";
import type { Table } from "../table.ts";
import { numberIn, type PointAt, type Publication, quarterIn, textIn, yearIn } from "./publication.ts";

/** Metropolitan house sales of South Australia: number and median of a quarter, and of the same quarter a year later. */
export const southAustralia: Publication = {
  name: "South Australian median house sales",
  state: "SA",
  source: {
    id: "sa-median-house-sales",
    name: "Government of South Australia, metropolitan median house sales",
    licence: "CC BY",
    disclaimer: "Houses of metropolitan Adelaide, by quarter and suburb, as published.",
  },
  isHeader: (cells) =>
    cells.some((cell) => /^suburb$/i.test(textIn(cell))) &&
    cells.filter((cell) => columnOf(textIn(cell)) !== null).length >= 2,
  points,
};

interface Sum {
  readonly line: number | null;
  sold: number | null;
  /** Of each council that the suburb lies in. */
  readonly medians: { readonly median: number; readonly sold: number | null }[];
}

async function* points(table: Table, { rules }: Parameters<Publication["points"]>[1]): AsyncGenerator<PointAt> {
  const suburbAt = table.headers.findIndex((header) => /^suburb$/i.test(textIn(header)));
  const columns = table.headers.map((header) => columnOf(textIn(header)));
  const suburbs = new Map<string, Map<string, Sum>>();
  for await (const { cells, line } of table.rows()) {
    const suburb = textIn(cells[suburbAt]);
    if (suburb === "" || /^total\b/i.test(suburb)) continue;
    const periods = suburbs.get(suburb.toUpperCase()) ?? new Map<string, Sum>();
    suburbs.set(suburb.toUpperCase(), periods);
    for (const end of new Set(columns.flatMap((column) => column?.end ?? []))) {
      const of = (what: "sales" | "median") =>
        numberIn(cells[columns.findIndex((column) => column?.end === end && column.what === what)]);
      const [sold, median] = [of("sales"), of("median")];
      const sum = periods.get(end) ?? { line, sold: null, medians: [] };
      periods.set(end, sum);
      if (sold !== null) sum.sold = (sum.sold ?? 0) + sold;
      if (median !== null && median > 0) sum.medians.push({ median, sold });
    }
  }
  for (const [suburb, periods] of suburbs)
    for (const [period_end, { line, sold, medians }] of periods) {
      const [only] = medians;
      const one = only !== undefined && medians.every(({ median }) => median === only.median);
      if (!one && medians.length > 1) rules.use("median_sold_price", messages.suburbInTwoCouncils, suburb);
      if (sold === null && only === undefined) continue;
      yield {
        line,
        point: {
          suburb,
          category: "house",
          period_end,
          period_months: 3,
          ...(one ? { median_sold_price: Math.round(only.median) } : {}),
          ...(sold === null ? {} : { number_sold: sold }),
        },
      };
    }
}

/** "Sales 1Q 2025" and "Median 1Q 2025", with line breaks or blanks in them; null for another column. */
function columnOf(header: string): { readonly what: "sales" | "median"; readonly end: string } | null {
  const [, word = ""] = /^(sales|median)\b(?!\s*change)/i.exec(header) ?? [];
  const [year, quarter] = [yearIn(header), quarterIn(header)];
  if (word === "" || year === null || quarter === null) return null;
  return { what: /^s/i.test(word) ? "sales" : "median", end: monthEnd(year, 3 * quarter) };
}
