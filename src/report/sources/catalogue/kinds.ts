import { type Static, type TSchema, Type as t } from "@sinclair/typebox";
import {
  Agency,
  Agent,
  AreaKindRow,
  CommissionRate,
  Listing,
  MarketPoint,
  MarketSeries,
  Partner,
  Rental,
  Sale,
  Source,
} from "../../data-set.ts";
import { PATTERN } from "../../input/patterns.ts";
import type { CatalogueKind } from "./kind-names.ts";

/** "1 agency", "12 sales", by the names of the kinds. */
export function rowsInWords(number: number, kind: string): string {
  return `${number} ${kindInWords(number, kind)}`;
}

/** What so many rows of a kind are called: "agency", "sales". */
export function kindInWords(number: number, kind: string): string {
  const [one, more] = IN_WORDS[kind] ?? [kind.replace(/ies$/, "y").replace(/s$/, ""), kind];
  return number === 1 ? one : more;
}

/** Kinds whose names are not what people call their rows. */
const IN_WORDS: Readonly<Record<string, readonly [one: string, more: string]>> = {
  market: ["market figure", "market figures"],
  commission_rates: ["commission rate", "commission rates"],
  area_kinds: ["kind of area", "kinds of area"],
};

/** The locality of a row: required for sales, listings, rentals and market figures, optional for others. */
export const RowLocality = t.Object({
  suburb: t.Optional(t.Union([t.String({ minLength: 1, maxLength: 100 }), t.Null()])),
  state: t.Optional(t.Union([t.String({ minLength: 2, maxLength: 30 }), t.Null()])),
  postcode: t.Optional(
    t.Union([t.String({ pattern: PATTERN.postcode, description: "A postcode of four digits" }), t.Null()]),
  ),
});
export type RowLocality = Static<typeof RowLocality>;

interface KindSchema {
  /** A row as it comes in: the data set's fields and the locality. */
  readonly row: TSchema;
  /** A row for every suburb, or of one. */
  readonly needsLocality: boolean;
  /**
   * What suburb, state and postcode of a row are: by default where it belongs; fields of its own; or one of the areas
   * that it is for.
   */
  readonly placing?: "own" | "several";
}

/** A market row is one point of a series, so that each can be sent when it is known. */
export const MarketRow = t.Object({
  category: MarketSeries.properties.category,
  bedrooms: MarketSeries.properties.bedrooms,
  source: MarketSeries.properties.source,
  ...MarketPoint.properties,
});
export type MarketRow = Static<typeof MarketRow>;

const locality = RowLocality.properties;

export const KINDS: Readonly<Record<CatalogueKind, KindSchema>> = {
  sources: { row: t.Object({ ...Source.properties, ...locality }), needsLocality: false },
  agencies: { row: t.Object({ ...Agency.properties, ...locality }), needsLocality: false },
  agents: { row: t.Object({ ...Agent.properties, id: Agency.properties.id, ...locality }), needsLocality: false },
  sales: { row: t.Object({ ...Sale.properties, ...locality }), needsLocality: true },
  listings: { row: t.Object({ ...Listing.properties, ...locality }), needsLocality: true },
  market: { row: t.Object({ ...MarketRow.properties, ...locality }), needsLocality: true },
  rentals: { row: t.Object({ ...Rental.properties, ...locality }), needsLocality: true },
  partners: { row: t.Object({ ...Partner.properties, ...locality }), needsLocality: false, placing: "several" },
  commission_rates: { row: CommissionRate, needsLocality: false, placing: "own" },
  area_kinds: { row: AreaKindRow, needsLocality: false, placing: "own" },
};
