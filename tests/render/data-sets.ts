import type { DataSet } from "../../src/report/data-set.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { buildReport, type ReportOptions } from "../../src/report/report.ts";

export interface Wanted {
  readonly agents?: number;
  readonly agencies?: number;
  readonly sales?: number;
  readonly listings?: number;
  /** Part of the sales that have a price, 0–1. */
  readonly priced?: number;
  readonly agentName?: (index: number) => string;
  readonly agencyName?: (index: number) => string;
  readonly address?: (index: number) => string;
  /** All sales are the first agency's. */
  readonly oneAgency?: boolean;
  readonly market?: boolean;
  readonly synthetic?: boolean;
}

const SURNAMES = "Nguyễn,O'Brien,Søns,Tāmati,Żółć,Smith,Papadopoulos,Walker,Chen,Rossi,Taylor,Haddad,Kaur,Jones".split(
  ",",
);
const GIVEN = "Mia,Jack,Aroha,Łukasz,Thuỳ,Isla,Noah,Grace,Leo,Zoe,Ava,Finn,Ruby,Max".split(",");
const AGENCIES =
  "Norfolk & Pine Property,Harbour Row,Corso Estate Agents,Shelly & Bower,Pacific Ledger,Fairy Bower Realty".split(",");
const STREETS = "Pittwater Road,Darley Road,North Steyne,Addison Road,Bower Street,Whistler Street,Pine Street".split(
  ",",
);
const METHODS = ["auction", "private_treaty", "auction", "sold_prior", "private_treaty", "off_market"] as const;

/** A data set that is the same each time, of the shape requested. */
export function dataSet(wanted: Wanted = {}): DataSet {
  const { agents = 24, agencies = 8, sales = 220, listings = 18, priced = 0.85, oneAgency = false } = wanted;
  const { market = false, synthetic = false } = wanted;
  const random = sequence(7);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  const agencyOf = (agent: number) => (oneAgency ? 0 : Math.floor(agencies * (agent / Math.max(1, agents)) ** 1.5));
  return {
    schema_version: 1,
    as_of: "2026-06-30",
    suburb: { name: "Manly", state: "NSW", postcode: "2095" },
    sources: [
      {
        id: "s1",
        name: "Test registry",
        licence: "CC BY 4.0",
        retrieved_at: "2026-07-01",
        coverage_pct: 92,
        synthetic,
      },
    ],
    agencies: Array.from({ length: agencies }, (_, index) => ({
      id: `y${index}`,
      name: wanted.agencyName?.(index) ?? AGENCIES[index] ?? `Agency ${index + 1}`,
      colour: index === 0 ? "#0f5c5c" : null,
    })),
    agents: Array.from({ length: agents }, (_, index) => ({
      id: `a${index}`,
      agency_id: agencies > 0 ? `y${agencyOf(index)}` : null,
      name:
        wanted.agentName?.(index) ??
        `${GIVEN[index % GIVEN.length]} ${SURNAMES[(index * 5 + Math.floor(index / 14)) % SURNAMES.length]}`,
      title: index % 3 === 0 ? "Director" : null,
      phone: `0400 000 ${String(index).padStart(3, "0")}`,
      supplied: { sales_12m: agents - index, median_price: 1_200_000 + index * 10_000, median_days_on_market: 30 },
    })),
    sales: Array.from({ length: sales }, (_, index) => {
      const agent = Math.floor(random() ** 2 * Math.max(1, agents));
      const daysAgo = Math.floor(random() * 729);
      const category = random() < 0.45 ? ("house" as const) : ("unit" as const);
      const price =
        Math.round((category === "house" ? 2_600_000 : 1_200_000) * (0.6 + random() ** 1.6 * 1.6) * 1e-4) * 1e4;
      const disclosed = random() < priced;
      const method = pick(METHODS);
      return {
        id: `s${index}`,
        address: wanted.address?.(index) ?? `${Math.floor(random() * 90) + 1}/${index + 1} ${pick(STREETS)}, Manly`,
        category,
        beds: Math.floor(random() * 4) + 1,
        baths: Math.floor(random() * 3) + 1,
        cars: Math.floor(random() * 3),
        listed_date: daysBefore(daysAgo + 15 + Math.floor(random() * 50)),
        sold_date: daysBefore(daysAgo),
        price: disclosed ? price : null,
        price_disclosed: disclosed,
        first_ask: method === "private_treaty" ? { from: Math.round(price * 1.03), to: null } : null,
        method,
        outcome: method === "auction" && random() < 0.25 ? ("passed_in" as const) : ("sold" as const),
        agency_ids: agencies > 0 ? [`y${agencyOf(agent)}`] : [],
        agents: agents > 0 ? [{ id: `a${agent}`, role: "lead" as const }] : [],
        source: "s1",
      };
    }),
    listings: Array.from({ length: listings }, (_, index) => ({
      id: `l${index}`,
      address: wanted.address?.(index) ?? `${index + 3} ${pick(STREETS)}, Manly`,
      category: "house" as const,
      listed_date: daysBefore(index * 4),
      display_price: index % 4 === 0 ? "Contact agent" : `$${(1_500_000 + index * 50_000).toLocaleString("en-AU")}`,
      agency_ids: agencies > 0 ? [`y${index % agencies}`] : [],
      agent_ids: agents > 0 ? [`a${index % agents}`] : [],
    })),
    market: market ? [{ category: "house", bedrooms: null, source: "s1", series: quarters(random) }] : [],
  };
}

export const OPTIONS: ReportOptions = {
  suburb: "Manly",
  state: "NSW",
  postcode: "2095",
  preparedFor: "Norfolk & Pine Property",
  branding: null,
  printEmails: false,
  date: "2026-07-01",
};

export function model(wanted: Wanted = {}, options: Partial<ReportOptions> = {}): ReportModel {
  return buildReport(dataSet(wanted), { ...OPTIONS, ...options });
}

function quarters(random: () => number) {
  return Array.from({ length: 12 }, (_, index) => {
    const median = 2_400_000 + index * 40_000 + Math.round(random() * 150_000);
    return {
      period_end: new Date(Date.UTC(2023, 9 + index * 3, 0)).toISOString().slice(0, 10),
      period_months: 3,
      median_sold_price: median,
      number_sold: 18 + Math.floor(random() * 20),
      p5: Math.round(median * 0.55),
      p25: Math.round(median * 0.8),
      p75: Math.round(median * 1.3),
      p95: Math.round(median * 2.1),
      days_on_market: 24 + Math.floor(random() * 18),
      discount_pct: 1 + Math.round(random() * 40) / 10,
      auctions: { scheduled: 20, auctioned: 18, sold_prior: 4, sold_at: 8, sold_after: 1, passed_in: 4, withdrawn: 2 },
      sale_listings: 30 + Math.floor(random() * 20),
      median_weekly_rent: 1_300 + index * 10,
      rent_listings: 40,
    };
  });
}

function daysBefore(days: number): string {
  return new Date(Date.UTC(2026, 5, 30) - days * 86_400_000).toISOString().slice(0, 10);
}

/** mulberry32: small, and the same on every machine. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
