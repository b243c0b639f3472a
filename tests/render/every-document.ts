import { OPTIONS as SAMPLE, sampleDataSet } from "../../bench/sample.ts";
import { DRAW } from "../../src/render/documents.ts";
import type { DataSet } from "../../src/report/data-set.ts";
import type { DrawnKind } from "../../src/report/documents.ts";
import { BANDS } from "../../src/report/input/price-band.ts";
import type { ReportOptions } from "../../src/report/report.ts";
import { openWorld } from "../report/sources/domain/world.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";
import { png } from "./pictures.ts";
import { SCRIPT_NAMES } from "./script-names.ts";

const picture = png({ width: 60, height: 40 });

/** Everything that a document may have: photos, logos, a paid placement, a market, joint sales, rentals, localities. */
export function rich(): DataSet {
  const data = dataSet({ agents: 14, agencies: 5, sales: 160, market: true, synthetic: true });
  return {
    ...data,
    suburb: { name: "Manly", state: "NSW", postcode: "2095", population: 16_296, dwellings: 8_412, owner_pct: 45 },
    agents: (data.agents ?? []).map((agent, index) => ({ ...agent, photo: index % 2 === 0 ? picture : null })),
    agencies: (data.agencies ?? []).map((agency, index) => ({ ...agency, logo: index % 2 === 0 ? picture : null })),
    sales: (data.sales ?? []).map((sale, index) => ({
      ...sale,
      ...{ lat: -33.797 + (index % 12) * 0.001, lon: 151.285 + (index % 7) * 0.001 },
      ...(index % 4 === 0 ? { suburb: "Fairlight", postcode: "2094" } : {}),
      agents: [...(sale.agents ?? []), ...(index % 3 === 0 ? [{ id: `a${index % 14}`, role: "co" as const }] : [])],
    })),
    partners: [{ agent: "Paula Partner", agency: "Paid & Sons", tier: "featured" }],
    rentals: Array.from({ length: 40 }, (_, index) => ({
      id: `r${index}`,
      address: `${index} Tern Street`,
      category: index % 3 === 0 ? ("house" as const) : ("unit" as const),
      beds: index % 5,
      listed_date: `2026-0${1 + (index % 6)}-10`,
      leased_date: index < 5 ? null : `2026-0${1 + (index % 6)}-20`,
      status: index < 5 ? ("current" as const) : ("leased" as const),
      weekly_rent: 600 + 10 * index,
      agency_ids: [`y${index % 5}`],
    })),
    commission_rates: BANDS.map(({ label }) => ({ state: "NSW" as const, band: label, rate_from: 1.8, rate_to: 2.2 })),
  };
}

export const OPTION: ReportOptions = {
  ...OPTIONS,
  preparedFor: "Norfolk & Pine Property",
  branding: { name: "Smith & Co", logo: picture },
  homeOwnerPricing: "$1.5m-$2m",
};

/** Rents of the bonds that were lodged in each of the last 24 months, by rooms. */
const bonds = (): DataSet => ({
  ...rich(),
  sources: [{ id: "nsw-rental-bonds", name: "Rental bonds lodged", retrieved_at: "2026-07-01" }],
  market: ([1, 2, 3] as const).flatMap((bedrooms) =>
    (["house", "unit"] as const).map((category) => ({
      ...{ category, bedrooms, source: "nsw-rental-bonds" },
      series: Array.from({ length: 24 }, (_, month) => ({
        period_end: new Date(Date.UTC(2024, 7 + month, 0)).toISOString().slice(0, 10),
        ...{ period_months: 1, median_weekly_rent: 500 + 90 * bedrooms + 7 * month, rent_listings: 12 + month },
      })),
    })),
  ),
});

const partners = (): DataSet => ({
  ...rich(),
  partners: Array.from({ length: 8 }, (_, index) => ({
    ...{
      id: `p${index}`,
      agent: `Paula ${"Ash,Birch,Cedar,Elm,Fig,Gum,Hazel,Ivy".split(",")[index]}`,
      agency: "Paid & Sons",
    },
    tier: (["featured_plus", "featured", "standard"] as const)[index % 3] ?? "standard",
    ...(index % 2 === 0 ? { photo: picture, logo: picture } : { sales: 12 + index, median_price: 1_450_000 }),
  })),
});

/** Domain's data about a suburb, as far as a report can have it. */
async function fromDomain(): Promise<DataSet> {
  await using world = openWorld({ suburb: { sold: 60, current: 14, toRent: 12, agencies: 5 }, pictures: {} });
  const data = await world.request();
  if (data === null) throw new Error("Domain has no data");
  return data;
}

const SUBJECT = { address: "1 Bower Street", property_type: "House", bedrooms: 3, price: 2_400_000 } as const;
const scripts = (): DataSet => {
  const names = Object.values(SCRIPT_NAMES).flatMap(([first = "", second = ""]) => [first, second]);
  return dataSet({ agents: names.length, agencies: 5, sales: 120, agentName: (index) => names[index] ?? "" });
};

interface Document {
  readonly kind: DrawnKind;
  readonly data: () => DataSet | Promise<DataSet>;
  readonly options?: Partial<ReportOptions>;
}

/**
 * One of each document and part of one that the service makes, but the complete one, which is made of others. What only
 * one part is for has that alone: poppler reads a page once for each text on it.
 */
export const DOCUMENTS: Readonly<Record<string, Document>> = {
  agents: { kind: "agents", data: rich },
  sample: { kind: "agents", data: () => sampleDataSet(), options: { ...SAMPLE, branding: null } },
  brief: { kind: "agents_brief", data: rich },
  nothing: { kind: "agents_brief", data: () => dataSet({ agents: 0, sales: 0, listings: 0 }) },
  agency: { kind: "agency", data: rich },
  "agency, sample": {
    kind: "agency",
    data: () => sampleDataSet(SAMPLE, "rentals"),
    options: { ...SAMPLE, branding: null },
  },
  "agency, brief": { kind: "agency", data: rich, options: { edition: "brief" } },
  commission: { kind: "commission", data: rich },
  "head-to-head": {
    kind: "agents",
    data: rich,
    options: { compare: ["a0", "a1", "a2", "a3"], sections: ["comparison"] },
  },
  "head-to-head of agencies": {
    kind: "agents",
    data: rich,
    options: { compare: ["y0", "y1"], sections: ["comparison"] },
  },
  "several suburbs": {
    kind: "agents",
    data: rich,
    options: {
      beside: { named: ["Fairlight NSW 2094", "Balgowlah NSW 2093"], surroundings: true },
      sections: ["market", "cards"],
    },
  },
  bonds: { kind: "agents", data: bonds, options: { sections: ["market"] } },
  "agency, bonds": { kind: "agency", data: bonds },
  partners: { kind: "agents", data: partners, options: { sections: ["agents"] } },
  "partners, brief": { kind: "agents_brief", data: partners },
  Domain: { kind: "agents", data: fromDomain },
  "Domain, brief": { kind: "agents_brief", data: fromDomain },
  comparables: { kind: "agents", data: rich, options: { subject: SUBJECT, sections: ["comparables"] } },
  selected: { kind: "agents", data: rich, options: { sections: ["market", "sales"] } },
  scripts: { kind: "agents", data: scripts, options: { branding: { name: "مكتب محمد" }, sections: ["agents"] } },
};

export async function drawDocument(name: string, options: Partial<ReportOptions> = {}) {
  const document = DOCUMENTS[name];
  if (document === undefined) throw new Error(`no document ${name}`);
  const { kind, data, options: own } = document;
  return DRAW[kind](await data(), { ...OPTION, ...own, ...options }, () => {});
}
