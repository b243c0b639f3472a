/*
 * The names of the kinds of rows, without their schemas: the command line lists them, and needs no more to do so.
 */

/** Kinds of rows about a suburb. */
export const SUBURB_KINDS = ["sources", "agencies", "agents", "sales", "listings", "market", "rentals"] as const;
/** All kinds of rows: those about suburbs, and the operator's own about the business. */
export const CATALOGUE_KINDS = [...SUBURB_KINDS, "partners", "commission_rates", "area_kinds"] as const;
export type CatalogueKind = (typeof CATALOGUE_KINDS)[number];

/** Kinds whose rows are of one locality each, and have a day. */
export const LOCALITY_KINDS = ["sales", "listings", "rentals"] as const;
export type LocalityKind = (typeof LOCALITY_KINDS)[number];
