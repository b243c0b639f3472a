import fc from "fast-check";
import type { DataSet } from "../../src/report/data-set.ts";
import type { ReportOptions } from "../../src/report/options.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";
import { png } from "./pictures.ts";

/** A data set and a request for it. */
export interface RandomReport {
  readonly kind: "agents" | "agency";
  readonly data: DataSet;
  readonly options: ReportOptions;
}

/** Many are few, some are hundreds. */
const some = (max: number) =>
  fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max }));

const NAMES: readonly ((index: number) => string)[] = [
  (index) => `Ada ${index} Ash`,
  (index) => `The Very Long Established Northern Beaches Residential Property Company of Manly ${index}`,
  (index) => `Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswess${index}`,
  (index) =>
    `${["陳大文", "김민수", "Иван Ωμέγα", "مريم", "דוד כהן", "สมชาย", "अमित", "தமிழ்", "X̌ J̊ørn"][index % 9]} ${index}`,
];
const name = fc.constantFrom(...NAMES);

/** Shapes of every kind of report on sales: how many of what, of which names, prices, days, brand and parts. */
export const randomReports: fc.Arbitrary<RandomReport> = fc
  .record({
    agents: some(120),
    agencies: some(60),
    sales: some(400),
    listings: some(80),
    priced: fc.constantFrom(0, 0.1, 0.85, 1),
    agentName: name,
    agencyName: name,
    address: fc.constantFrom((index: number) => `${index} Tern Street`, ...NAMES),
    market: fc.boolean(),
    oneAgency: fc.boolean(),
    back: fc.constantFrom(20, 90, 400, 729),
    categories: fc.constantFrom(["house"], ["house", "unit"], ["house", "unit", "land", "other"]),
    method: fc.constantFrom(undefined, "not_stated", "auction"),
    listed: fc.boolean(),
    disclaimer: fc.constantFrom(0, 1, 14),
    suburb: fc.constantFrom("Manly", "Beaumont Hills and Rouse Hill Town Centre"),
    preparedFor: fc.constantFrom(null, "y0", "y3", "Nobody & Sons"),
    colour: fc.constantFrom(null, "#ffffff", "#050510", "#fff3a0", "#c2185b"),
    logo: fc.constantFrom([0, 0], [840, 42], [42, 840], [1, 1], [840, 840]),
    sections: fc.constantFrom<ReportOptions["sections"]>(
      null,
      null,
      ["market"],
      ["agents", "cards"],
      ["agencies", "sales"],
      ["comparison"],
      ["comparables", "cards"],
      ["price-bands", "listings"],
    ),
    beside: fc.boolean(),
    months: fc.constantFrom(3, 3, 1, 12),
    compare: fc.constantFrom<readonly string[]>([], ["a0", "a1"], ["a0", "a1", "a2", "a3"]),
    subject: fc.boolean(),
  })
  .map((of) => {
    const made = dataSet(of);
    const sales = (made.sales ?? []).map((sale, index) => ({
      ...sale,
      category: of.categories[index % of.categories.length] as "house",
      ...(of.method === undefined ? {} : { method: of.method as "auction" }),
      ...(of.listed ? {} : { listed_date: null }),
      sold_date: dayBefore((index * 37) % of.back),
    }));
    const [source] = made.sources ?? [];
    const data: DataSet = {
      ...made,
      sales: sales.map((sale, index) =>
        of.beside && index % 3 === 0 ? { ...sale, suburb: "Fairlight", postcode: "2094" } : sale,
      ),
      market: (made.market ?? []).map((each) => ({
        ...each,
        series: each.series.map((point, index, { length }) => ({
          ...point,
          period_months: of.months,
          period_end: new Date(Date.UTC(2026, 6 - of.months * (length - 1 - index), 0)).toISOString().slice(0, 10),
        })),
      })),
      sources: source
        ? [{ ...source, disclaimer: "The supplier makes no promise about this data. ".repeat(of.disclaimer) || null }]
        : [],
    };
    const options: ReportOptions = {
      ...OPTIONS,
      suburb: of.suburb,
      preparedFor: of.preparedFor,
      branding: of.colour === null ? null : { ...BRAND, colour: of.colour, ...logoOf(of.logo) },
      sections: of.sections ?? null,
      beside: of.beside ? { named: ["Fairlight NSW 2094", "Balgowlah NSW 2093"], surroundings: false } : null,
      compare: of.compare,
      subject: of.subject ? { address: "12 Tern Street", bedrooms: 3 } : null,
    };
    return { kind: "agents" as const, data, options };
  });

/** Shapes of the agency report: how many rentals, of which types, rents, days, agencies and names. */
export const randomLeasing: fc.Arbitrary<RandomReport> = fc
  .record({
    rentals: some(400),
    agencies: some(60),
    agencyName: name,
    address: fc.constantFrom((index: number) => `${index} Tern Street`, ...NAMES),
    categories: fc.constantFrom(["unit"], ["house", "unit"], ["house", "unit", "land", "other"]),
    back: fc.constantFrom(20, 90, 400, 729),
    rented: fc.constantFrom(0, 1, 5),
    leased: fc.constantFrom(0, 1, 3),
    lag: fc.constantFrom(0, 84),
    withLogos: fc.boolean(),
    colour: fc.constantFrom(null, "#ffffff", "#050510", "#fff3a0"),
    preparedFor: fc.constantFrom(null, "y0", "y3", "Nobody & Sons"),
  })
  .map((of) => {
    const data: DataSet = {
      as_of: "2026-06-30",
      sources: [{ id: "s", name: "Test registry", lag_days: of.lag }],
      agencies: Array.from({ length: of.agencies }, (_, index) => ({
        id: `y${index}`,
        name: of.agencyName(index),
        address: index % 3 === 0 ? `${index} The Corso, Manly` : null,
        logo: of.withLogos && index % 2 === 0 ? png({ width: index % 4 === 0 ? 400 : 20, height: 20 }) : null,
      })),
      rentals: Array.from({ length: of.rentals }, (_, index) => {
        const listed = (index * 37) % of.back;
        const isLeased = of.leased > 0 && index % of.leased === 0;
        return {
          id: `r${index}`,
          address: of.address(index),
          category: of.categories[index % of.categories.length] as "unit",
          beds: index % 7 === 0 ? null : index % 6,
          listed_date: dayBefore(listed),
          leased_date: isLeased ? dayBefore(Math.max(0, listed - (index % 40))) : null,
          status: isLeased ? ("leased" as const) : ("current" as const),
          weekly_rent: of.rented > 0 && index % of.rented === 0 ? 400 + ((index * 61) % 900) : null,
          agency_ids: of.agencies === 0 ? [] : [`y${Math.floor((index * 13) % of.agencies)}`],
          source: "s",
        };
      }),
    };
    const branding = of.colour === null ? null : { ...BRAND, colour: of.colour };
    return {
      kind: "agency" as const,
      data,
      options: { ...OPTIONS, preparedFor: of.preparedFor, branding, emptyIsPage: true },
    };
  });

const BRAND = { name: "Smith & Co", contact: "hello@example.com" };

function logoOf([width = 0, height = 0]: readonly number[]): { logo?: string } {
  return width === 0 ? {} : { logo: png({ width, height, alpha: width === height }) };
}

function dayBefore(days: number): string {
  return new Date(Date.UTC(2026, 5, 30 - days)).toISOString().slice(0, 10);
}
