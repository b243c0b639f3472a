import type { DataSet, Sale } from "../../src/report/data-set.ts";
import { toDay, toIso } from "../../src/report/figures/days.ts";
import { type Deal, readDeals } from "../../src/report/figures/deal.ts";
import type { ReportOptions } from "../../src/report/report.ts";

let lastId = 0;

/** A house sold at auction on 2026-03-01, its price disclosed, by no named agency; each with an id and address of its own. */
export function sale(changes: Partial<Sale> = {}): Sale {
  const id = `s${++lastId}`;
  return {
    id,
    address: `${lastId} Driftwood Street`,
    category: "house",
    listed_date: "2026-02-01",
    sold_date: "2026-03-01",
    price: 2_000_000,
    method: "auction",
    outcome: "sold",
    ...changes,
  };
}

/** Sales of one agency, evenly over the days before `to`. */
export function salesOver(
  count: number,
  to: string,
  days: number,
  change: (at: number) => Partial<Sale> = () => ({}),
): Sale[] {
  return Array.from({ length: count }, (_, at) =>
    sale({
      id: `${to}-${at}`,
      address: `${at} Pine Street ${to}`,
      sold_date: toIso(toDay(to) - Math.floor((at * days) / count)),
      agency_ids: ["a"],
      ...change(at),
    }),
  );
}

/** Sales as the figures read them; agents have no agency but the sale's. */
export function deals(...sales: readonly Partial<Sale>[]): readonly Deal[] {
  return readDeals(sales.map(sale), { suburb: "Manly", agencyOf: () => null });
}

export function options(changes: Partial<ReportOptions> = {}): ReportOptions {
  return {
    suburb: "Manly",
    state: "NSW",
    postcode: "2095",
    preparedFor: null,
    branding: null,
    printEmails: false,
    date: "2026-07-01",
    ...changes,
  };
}

/** A data set as of 2026-06-30 with two agencies, three agents, and whatever is given. */
export function dataSet(changes: Partial<DataSet> = {}): DataSet {
  return {
    as_of: "2026-06-30",
    agencies: [
      { id: "a", name: "Alder & Co" },
      { id: "b", name: "Birch" },
    ],
    agents: [
      { id: "x", name: "Xanthe", agency_id: "a" },
      { id: "y", name: "Yusuf", agency_id: "a" },
      { id: "z", name: "Zoë", agency_id: "b" },
    ],
    ...changes,
  };
}
