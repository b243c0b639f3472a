import { plural } from "./wording.ts";

/** What a record must be known for, to be counted at all. */
const NOT_KNOWN = {
  type: ["its property type is", "their property types are"],
  bedrooms: ["its bedrooms are", "their bedrooms are"],
  bathrooms: ["its bathrooms are", "their bathrooms are"],
  carspaces: ["its car spaces are", "their car spaces are"],
  price: ["its price is", "their prices are"],
  landArea: ["its land area is", "their land areas are"],
  place: ["its coordinates are", "their coordinates are"],
} as const satisfies Readonly<Record<string, readonly [one: string, many: string]>>;

export type Unknown = keyof typeof NOT_KNOWN;

/** "12 sales excluded because their bedrooms are unknown": records that nothing known speaks against, by what is not known. */
export function leftOutUnknown(counts: ReadonlyMap<Unknown, number>, noun: string): readonly string[] {
  return Object.entries(NOT_KNOWN).flatMap(([what, [one, many]]) => {
    const n = counts.get(what as Unknown) ?? 0;
    return n === 0 ? [] : [`${plural(n, noun)} excluded because ${n === 1 ? one : many} unknown`];
  });
}
