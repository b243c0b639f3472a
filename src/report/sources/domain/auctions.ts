// A Saturday's saved auction results, as rows of the catalogue: sales, and auctions that ended otherwise. Pure.

import type { Sale } from "../../data-set.ts";
import { type MappingOptions, saleOf } from "./mapping.ts";
import type { DomainPeople } from "./people.ts";
import type { AuctionDay, AuctionResult, DomainListing } from "./responses.ts";
import { outcomeOf } from "./results.ts";
import { dayOf, idOf, text } from "./values.ts";

/** A row of `/v1/salesResults/{city}/listings`: flat, and without the day, which the response of `_head` has. */
export function isAuctionResult(value: unknown): value is AuctionResult {
  return isObject(value) && "result" in value && "streetName" in value && "suburb" in value && !("listing" in value);
}

export function isAuctionDay(value: unknown): value is AuctionDay {
  return isObject(value) && dayOf(value.auctionedDate) !== null;
}

/** A result in the form of a search's listing. */
export function listingOf(row: AuctionResult, day: string | null): DomainListing {
  const street = [text(row.streetName), text(row.streetType)].filter((part) => part !== null).join(" ");
  return {
    id: row.id,
    listingType: "Sold",
    advertiser: { id: row.agencyId, type: "Agency", name: row.agencyName, contacts: [{ name: row.agent }] },
    propertyDetails: {
      ...{ unitNumber: row.unitNumber, streetNumber: row.streetNumber, street, propertyType: row.propertyType },
      ...{ bedrooms: row.bedrooms, bathrooms: row.bathrooms, carspaces: row.carspaces },
      ...{ suburb: row.suburb, state: row.state, postcode: row.postcode },
    },
    soldData: { soldDate: day, soldPrice: row.price },
  };
}

/** The sale of a result, or its auction that ended without one; null for an unknown code. */
export function auctionOf(
  row: AuctionResult,
  day: string | null,
  people: DomainPeople,
  options: MappingOptions,
): Sale | null {
  const outcome = outcomeOf(text(row.result, 20));
  const [sale] = outcome === null ? [] : saleOf(listingOf(row, day), people, options, undefined);
  if (sale === undefined || outcome === null) return null;
  const { method, ended } = ENDS[outcome];
  const isSold = ended === "sold";
  return {
    ...sale,
    // A listing that did not sell on the day may be sold later, under its own id.
    id: isSold ? sale.id : `${sale.id}-auction-${day ?? ""}`,
    method,
    outcome: ended,
    price: isSold ? (sale.price ?? null) : null,
    price_disclosed: isSold && sale.price != null,
  };
}

/** Why a result makes no row. */
export function unknownResult(row: AuctionResult): string | null {
  const code = text(row.result, 20);
  return outcomeOf(code) === null ? `${idOf(row.id) ?? "a result"} ${code ?? ""}`.trim() : null;
}

const ENDS = {
  "sold at auction": { method: "auction", ended: "sold" },
  "sold before": { method: "sold_prior", ended: "sold" },
  "sold after": { method: "sold_after", ended: "sold" },
  "passed in": { method: "auction", ended: "passed_in" },
  withdrawn: { method: "auction", ended: "withdrawn" },
} as const;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
