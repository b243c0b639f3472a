import type { DataSet } from "../../src/report/data-set.ts";
import { portrait } from "../pictures.ts";
import type { Deal } from "./deals.ts";
import { addressOf } from "./formats.ts";

interface Served {
  readonly sold: readonly Deal[];
  readonly current?: readonly Deal[];
  readonly rented?: readonly Deal[];
  /** Photos of the agents with the most sales. */
  readonly photos?: boolean;
}

const ENDS_IN_2026 = "2026-10-31";

/** The same sales as a data service of one's own responds with them: people and agencies with ids, and all that is known. */
export function served({ sold, current = [], rented = [], photos = false }: Served): DataSet {
  const all = [...sold, ...current, ...rented];
  const firms = [...new Set(all.map(({ agency }) => agency))];
  const people = [...new Map(all.flatMap(({ agents, agency }) => agents.map((name) => [name, agency] as const)))];
  const agencyId = (name: string) => `firm-${firms.indexOf(name)}`;
  const ids = new Map(people.map(([name], index) => [name, `person-${index}`]));
  const idsOf = (deal: Deal) => deal.agents.map((name) => ids.get(name) ?? "");
  const property = (deal: Deal, prefix: string) => ({
    ...{ id: `${prefix}-${deal.n}`, address: addressOf(deal), category: deal.kind, property_type: deal.type },
    ...{ beds: deal.beds, baths: deal.baths, cars: deal.cars, land_sqm: deal.land, listed_date: deal.listed },
    ...{ agency_ids: [agencyId(deal.agency)], lat: deal.at?.[0] ?? null, lon: deal.at?.[1] ?? null, source: "own" },
  });
  return {
    schema_version: 1,
    as_of: ENDS_IN_2026,
    sources: [
      { id: "own", name: "Our own records", licence: "Own data", retrieved_at: "2026-11-01", coverage_pct: 91 },
    ],
    agencies: firms.map((name, index) => ({
      ...{ id: agencyId(name), name, colour: index === 0 ? "#24478f" : null, source: "own" },
      phone: index % 3 === 0 ? null : `(02) 5550 1${String(index).padStart(3, "0")}`,
    })),
    agents: people.map(([name, agency], index) => ({
      ...{ id: ids.get(name) ?? "", name, agency_id: agencyId(agency), source: "own" },
      ...{ title: index % 4 === 0 ? "Principal" : "Sales agent", hidden: index % 40 === 39 },
      phone: index % 5 === 0 ? null : `0491 570 ${String(index % 1_000).padStart(3, "0")}`,
      photo: photos && index % 5 !== 4 && index < 60 ? portrait(index) : null,
      reviews: index % 3 === 0 ? [{ provider: "Reviews", rating: 4.8, count: 12 + index, as_of: "2026-10-01" }] : [],
    })),
    sales: sold.map((deal) => ({
      ...property(deal, "sale"),
      ...{ sold_date: deal.sold, method: deal.method, outcome: deal.outcome },
      ...{ price: deal.disclosed ? deal.price : null, price_disclosed: deal.disclosed },
      first_ask: deal.guide === null ? null : { from: deal.guide, to: null },
      agents: idsOf(deal).map((id, index) => ({ id, role: index === 0 ? ("lead" as const) : ("co" as const) })),
    })),
    listings: current.map((deal) => ({
      ...property(deal, "listing"),
      display_price: deal.guide === null ? "Contact agent" : `Guide $${deal.guide.toLocaleString("en-AU")}`,
      agent_ids: idsOf(deal),
    })),
    rentals: rented.map((deal, index) => ({
      ...property(deal, "rental"),
      leased_date: index % 6 === 0 ? null : deal.sold,
      weekly_rent: Math.round(deal.price / 1_350 / 10) * 10,
      status: index % 6 > 0 ? ("leased" as const) : deal.listed > "2026-09-15" ? ("current" as const) : null,
      agent_ids: idsOf(deal),
    })),
  };
}
