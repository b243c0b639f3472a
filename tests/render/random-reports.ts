import fc from "fast-check";
import type { DataSet } from "../../src/report/data-set.ts";
import type { ReportOptions } from "../../src/report/options.ts";
import { dataSet, OPTIONS } from "./data-sets.ts";

/** A data set and what is asked of it. */
export interface RandomReport {
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
      sales,
      sources: source
        ? [{ ...source, disclaimer: "The supplier makes no promise about this data. ".repeat(of.disclaimer) || null }]
        : [],
    };
    const options: ReportOptions = {
      ...OPTIONS,
      suburb: of.suburb,
      preparedFor: of.preparedFor,
      branding: of.colour === null ? null : { name: "Smith & Co", colour: of.colour, contact: "hello@example.com" },
      compare: of.compare,
      subject: of.subject ? { address: "12 Tern Street", bedrooms: 3 } : null,
    };
    return { data, options };
  });

function dayBefore(days: number): string {
  return new Date(Date.UTC(2026, 5, 30 - days)).toISOString().slice(0, 10);
}
