import type { DataSet } from "../../src/report/data-set.ts";
import type { ReportModel } from "../../src/report/model.ts";
import { buildReport, type ReportOptions } from "../../src/report/report.ts";
import { dataSet, OPTIONS, type Wanted } from "./data-sets.ts";
import { png } from "./pictures.ts";

interface Shape extends Wanted {
  readonly options?: Partial<ReportOptions>;
  /** What no option of a builder covers. */
  readonly change?: (data: DataSet) => DataSet;
}

const LONG = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswess";
const SPACED = "The Very Long Established Northern Beaches Residential Property Company of Manly";
const SCRIPTS = ["陳大文", "김민수", "Иван Ωμέγα", "Tāmati 🏡", "مريم", "Nguyễn Thị Hương", "X̌ J̊ørn", "O'Brien & Søns"];
const scripts = (index: number) => `${SCRIPTS[index % SCRIPTS.length]} ${index}`;
const long = (index: number) => `${LONG}${index}`;
const spaced = (index: number) => `${SPACED} ${index}`;
const branded = (colour: string, logo?: string): Partial<ReportOptions> => ({
  branding: { name: "Smith & Co", colour, contact: "02 9977 0000 · hello@example.com", ...(logo ? { logo } : {}) },
});
const sales = (change: (sale: NonNullable<DataSet["sales"]>[number], index: number) => object) => (data: DataSet) => ({
  ...data,
  sales: (data.sales ?? []).map((sale, index) => ({ ...sale, ...change(sale, index) })),
});

/** Every shape that a report must be correct in. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  "market alone": { agents: 0, agencies: 0, sales: 0, listings: 0, market: true },
  "one name": { agents: 1, agencies: 0, sales: 0, listings: 0 },
  "names alone": { agents: 5, agencies: 0, sales: 0, listings: 0 },
  "as supplied alone": { agents: 30, agencies: 6, sales: 0, listings: 0 },
  "as supplied, 200 agents": { agents: 200, agencies: 40, sales: 0, listings: 0 },
  "listings alone": { agents: 0, agencies: 0, sales: 0, listings: 12 },
  "agencies alone": { agents: 0, agencies: 12, sales: 0, listings: 0 },
  "one agent, one sale": { agents: 1, agencies: 1, sales: 1, listings: 1 },
  "two agents": { agents: 2, agencies: 2, sales: 4, listings: 0 },
  "two agents, many sales": { agents: 2, agencies: 2, sales: 300, listings: 4 },
  "three agents": { agents: 3, agencies: 3, sales: 9, listings: 3 },
  "five agents": { agents: 5, agencies: 2, sales: 30, listings: 5, market: true },
  "ten agents": { agents: 10, agencies: 4, sales: 60, listings: 10 },
  "ten agents, with market": { agents: 10, agencies: 4, sales: 60, listings: 10, market: true },
  "33 agents": { agents: 33, agencies: 9, sales: 300 },
  "60 agents, 15 agencies": { agents: 60, agencies: 15, sales: 640, listings: 63, market: true },
  "60 agents, 30 agencies": { agents: 60, agencies: 30, sales: 640, listings: 63 },
  "200 agents": { agents: 200, agencies: 60, sales: 1_500, listings: 200 },
  "200 agencies": { agents: 200, agencies: 200, sales: 1_200, listings: 100 },
  "population and dwellings": {
    sales: 40,
    change: (data) => ({
      ...data,
      suburb: { name: "Manly", state: "NSW", postcode: "2095", population: 16_296, dwellings: 8_412 },
    }),
  },
  "no sales": { sales: 0 },
  "no prices": { priced: 0 },
  "few prices": { priced: 0.05, sales: 60 },
  "no listings": { listings: 0 },
  "one huge agency": { oneAgency: true, sales: 600 },
  "no agencies": { agencies: 0 },
  "no agents": { agents: 0 },
  "long names": { agentName: spaced, agencyName: spaced, address: spaced },
  "long names, few of them": { agents: 3, agencies: 2, sales: 12, agentName: spaced, agencyName: spaced },
  "names without a blank": { agentName: long, agencyName: long },
  "addresses without a blank": { address: (index) => `${index}${LONG.repeat(3)}` },
  "names of many scripts": { agentName: scripts, agencyName: scripts, address: scripts },
  "sample label": { synthetic: true, agents: 12, sales: 80 },
  "only units": { change: sales(() => ({ category: "unit" })), sales: 120 },
  "four categories": {
    sales: 200,
    change: sales((_, index) => ({ category: ["house", "unit", "land", "other"][index % 4] })),
  },
  "one quarter": {
    sales: 40,
    change: sales((_, index) => ({ sold_date: `2026-06-${String(1 + (index % 28)).padStart(2, "0")}` })),
  },
  "joint sales": {
    sales: 160,
    change: sales((sale, index) => ({
      agency_ids: [...(sale.agency_ids ?? []), `y${(index % 7) + 1}`],
      agents: [...(sale.agents ?? []), { id: `a${(index % 20) + 1}`, role: "co" }],
    })),
  },
  "prices far apart": {
    change: sales((_, index) => ({ price: index % 9 === 0 ? 98_000_000 : 310_000, price_disclosed: true })),
  },
  "prices all the same": { change: sales(() => ({ price: 1_000_000, price_disclosed: true })) },
  "a register: no agents, agencies, methods or listing dates": {
    ...{ agents: 0, agencies: 0, listings: 0, priced: 1 },
    change: sales((sale) => ({
      method: "not_stated",
      listed_date: null,
      outcome: "sold",
      beds: null,
      address: sale.address,
    })),
  },
  "a register of a small town": {
    ...{ agents: 0, agencies: 0, listings: 0, sales: 9, priced: 1 },
    change: sales((_, index) => ({
      method: "not_stated",
      listed_date: null,
      outcome: "sold",
      beds: null,
      category: index % 3 === 0 ? "house" : "unit",
    })),
  },
  "small, with failed auctions": {
    ...{ agents: 0, agencies: 16, sales: 26, listings: 0 },
    change: sales((_, index) => ({
      method: "auction",
      listed_date: null,
      outcome: index % 2 === 0 ? "sold" : "passed_in",
    })),
  },
  "hidden agents": {
    change: (data) => ({
      ...data,
      agents: (data.agents ?? []).map((agent, index) => ({ ...agent, hidden: index % 3 === 0 })),
    }),
  },
  "long disclaimers": {
    agents: 4,
    sales: 30,
    change: (data) => ({
      ...data,
      sources: Array.from({ length: 6 }, (_, index) => ({
        id: `s${index}`,
        name: `${SPACED} ${index}`,
        licence: "CC BY 4.0",
        retrieved_at: "2026-07-01",
        disclaimer: "The supplier makes no promise about what this data says or leaves out. ".repeat(14),
        coverage_pct: 40 + index,
      })),
    }),
  },
  "light brand": { sales: 60, options: branded("#fff3a0") },
  "white brand": { sales: 60, options: branded("#ffffff") },
  "dark brand": { sales: 60, options: branded("#050510") },
  "wide logo": { sales: 60, options: branded("#7a1fa2", png({ width: 600, height: 20 })) },
  "tall logo": { sales: 60, options: branded("#c2185b", png({ width: 20, height: 600 })) },
  "prepared for nobody": { options: { preparedFor: null } },
  "prepared for a stranger": { options: { preparedFor: `Nobody & Sons ${LONG}` } },
  "prepared for the last": { options: { preparedFor: "y7" }, sales: 60 },
  "a suburb of a long name": { agents: 6, sales: 40, options: { suburb: "Beaumont Hills and Rouse Hill Town Centre" } },
};

export function modelOf({ options, change = (data) => data, ...wanted }: Shape): ReportModel {
  return buildReport(change(dataSet(wanted)), { ...OPTIONS, ...options });
}
