import { type Static, type TSchema, Type as t } from "@sinclair/typebox";
import { Agency, Agent, Listing, MarketPoint, MarketSeries, Sale, Source } from "../../data-set.ts";
import { PATTERN } from "../../patterns.ts";

export const CATALOGUE_KINDS = ["sources", "agencies", "agents", "sales", "listings", "market"] as const;
export type CatalogueKind = (typeof CATALOGUE_KINDS)[number];

/** Where a row belongs; sales, listings and market figures must say it, the others may. */
export const RowPlace = t.Object({
  suburb: t.Optional(t.Union([t.String({ minLength: 1, maxLength: 100 }), t.Null()])),
  state: t.Optional(t.Union([t.String({ minLength: 2, maxLength: 30 }), t.Null()])),
  postcode: t.Optional(
    t.Union([t.String({ pattern: PATTERN.postcode, description: "a postcode of four digits" }), t.Null()]),
  ),
});
export type RowPlace = Static<typeof RowPlace>;

interface KindSchema {
  /** A row as it comes in: the data set's fields and the place. */
  readonly row: TSchema;
  /** A row for every suburb, or of one. */
  readonly needsPlace: boolean;
}

/** A market row is one point of a series, so that each can be sent when it is known. */
export const MarketRow = t.Object({
  category: MarketSeries.properties.category,
  bedrooms: MarketSeries.properties.bedrooms,
  source: MarketSeries.properties.source,
  ...MarketPoint.properties,
});
export type MarketRow = Static<typeof MarketRow>;

const place = RowPlace.properties;

export const KINDS: Readonly<Record<CatalogueKind, KindSchema>> = {
  sources: { row: t.Object({ ...Source.properties, ...place }), needsPlace: false },
  agencies: { row: t.Object({ ...Agency.properties, ...place }), needsPlace: false },
  agents: { row: t.Object({ ...Agent.properties, id: Agency.properties.id, ...place }), needsPlace: false },
  sales: { row: t.Object({ ...Sale.properties, ...place }), needsPlace: true },
  listings: { row: t.Object({ ...Listing.properties, ...place }), needsPlace: true },
  market: { row: t.Object({ ...MarketRow.properties, ...place }), needsPlace: true },
};
