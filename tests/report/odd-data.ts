import type { DataSet, Sale } from "../../src/report/data-set.ts";
import { toDay, toIso } from "../../src/report/figures/days.ts";
import { buildReport } from "../../src/report/report.ts";
import { options, sale } from "./data.ts";

/** Of a day after the data, so that a period can end with it. */
export const report = (data: DataSet, changes = {}) => buildReport(data, options({ date: "2026-07-15", ...changes }));
export const tile = (model: ReturnType<typeof report>, label: string) =>
  model.verdict.tiles.find((each) => each.label === label);

/** Sales, evenly over the days before `to`, both ends included. */
export function sales(
  count: number,
  to: string,
  days: number,
  change: (at: number) => Partial<Sale> = () => ({}),
): Sale[] {
  return Array.from({ length: count }, (_, at) =>
    sale({
      id: `${to}-${at}-${JSON.stringify(change(at)).length}`,
      address: `${at} Pine Street ${to} ${change(at).category ?? ""}`,
      sold_date: toIso(toDay(to) - Math.floor((at * days) / count)),
      ...change(at),
    }),
  );
}
