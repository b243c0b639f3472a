// Saved responses of Domain, as rows of the catalogue: no suburb was requested, each row names its own. Pure.

import type { Agency, Agent, Listing, MarketSeries, Rental, Sale } from "../../data-set.ts";
import { parseState } from "../../localities/suburbs.ts";
import { auctionOf, isAuctionDay, isAuctionResult, listingOf, unknownResult } from "./auctions.ts";
import {
  categoryOf,
  collectListings,
  currentListing,
  type MappingOptions,
  marketSeries,
  rentalOf,
  saleOf,
} from "./mapping.ts";
import { readPeople } from "./people.ts";
import type { AuctionResult, DomainAgency, DomainListing, SearchRow, SuburbPerformance } from "./responses.ts";
import { dayOf, idOf, listOf, text } from "./values.ts";

/** The locality of a row, from the response. */
interface SavedLocality {
  readonly suburb: string | null;
  readonly state: string | null;
  readonly postcode: string | null;
}

export interface SavedRows {
  readonly agencies: readonly Agency[];
  readonly agents: readonly (Agent & { readonly id: string })[];
  readonly sales: readonly (Sale & SavedLocality)[];
  readonly listings: readonly (Listing & SavedLocality)[];
  readonly rentals: readonly (Rental & SavedLocality)[];
  readonly market: readonly (MarketSeries & SavedLocality)[];
  /** Auction results with an unknown code. */
  readonly unknownResults: readonly string[];
  /** There are auction results of an unknown day. */
  readonly isDayMissing: boolean;
}

/** Statistics of a suburb as they are saved: with the locality and the category in a head of their own. */
interface SavedPerformance extends SuburbPerformance {
  readonly header?: { readonly suburb?: unknown; readonly state?: unknown; readonly propertyCategory?: unknown } | null;
}

/**
 * Whether a value is one of Domain's: a page of a search, a row of one, a listing, an agency's record, or the statistics of
 * a suburb.
 */
export function isDomain(value: unknown): boolean {
  return (
    isAuctionResult(value) ||
    isAuctionDay(value) ||
    isPage(value) ||
    isRow(value) ||
    isListing(value) ||
    isAgency(value) ||
    isPerformance(value)
  );
}

/**
 * The rows of saved responses: pages, rows and records in any order and number. A listing that occurs twice counts once.
 * Auction results do not contain their day: it is `auctionDay`, unless the response that has it is among the values.
 */
export function readSaved(
  values: readonly unknown[],
  options: MappingOptions,
  auctionDay: string | null = null,
): SavedRows {
  const results = new Map<string, AuctionResult>();
  let day = auctionDay;
  const rows: SearchRow[] = [];
  const records: DomainAgency[] = [];
  const statistics: SavedPerformance[] = [];
  for (const value of values) {
    if (isAuctionDay(value)) day = dayOf(value.auctionedDate);
    else if (isAuctionResult(value)) results.set(idOf(value.id) ?? `${results.size}`, value);
    else if (isPage(value))
      rows.push(
        ...listOf(value.results).flatMap((row) => (isRow(row) ? [row] : isListing(row) ? [{ listing: row }] : [])),
      );
    else if (isRow(value)) rows.push(value);
    else if (isListing(value)) rows.push({ listing: value });
    else if (isAgency(value)) records.push(value);
    else if (isPerformance(value)) statistics.push(value);
  }
  const listings = collectListings(rows);
  const auctions = [...results.values()];
  const people = readPeople(
    [...listings, ...auctions.map((row) => listingOf(row, day)), ...records.map(asAdvertiser)],
    records,
  );
  const placed = <Row>(listing: DomainListing, made: readonly Row[]) => {
    const { propertyDetails: details } = listing;
    return made.map((row) => ({
      ...row,
      suburb: text(details?.suburb, 100),
      state: text(details?.state, 30),
      postcode: text(details?.postcode, 4),
    }));
  };
  const of = (...types: readonly string[]) => listings.filter((listing) => types.includes(typeOf(listing)));
  return {
    agencies: people.agencies,
    agents: people.agents,
    sales: [
      ...of("sold").flatMap((listing) => placed(listing, saleOf(listing, people, options, undefined))),
      ...auctions.flatMap((row) => {
        const sale = auctionOf(row, day, people, options);
        return sale === null ? [] : placed(listingOf(row, day), [sale]);
      }),
    ],
    unknownResults: auctions.flatMap((row) => unknownResult(row) ?? []),
    isDayMissing: auctions.length > 0 && day === null,
    listings: of("sale").flatMap((listing) => placed(listing, currentListing(listing, people, options))),
    rentals: of("rent").flatMap((listing) => placed(listing, rentalOf(listing, people, options))),
    market: statistics.flatMap((statistic) => {
      const { header } = statistic;
      const category = categoryOf(
        header?.propertyCategory === "Unit" ? "ApartmentUnitFlat" : header?.propertyCategory,
        options,
      );
      const locality = { suburb: text(header?.suburb, 100), state: text(header?.state, 30), postcode: null };
      return marketSeries({ category, bedrooms: null, response: statistic }).map((series) => ({
        ...series,
        ...locality,
      }));
    }),
  };
}

/** An agency's record by itself names its people as a listing would. */
function asAdvertiser({ id, name, agents }: DomainAgency): DomainListing {
  const contacts = listOf(agents).map(({ firstName, lastName }) => ({
    name: [text(firstName), text(lastName)].filter((part) => part !== null).join(" "),
  }));
  return { advertiser: { id, name, type: "Agency", contacts } };
}

/** The purpose of a listing, if it has one; else a sale if it is marked as sold. */
function typeOf({ listingType, soldData }: DomainListing): "sold" | "sale" | "rent" {
  const type = String(listingType ?? "").toLowerCase();
  if (type === "sold" || type === "sale" || type === "rent") return type;
  if (type === "lease") return "rent";
  return soldData ? "sold" : "sale";
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListing(value: unknown): value is DomainListing {
  return (
    isObject(value) &&
    isObject(value.propertyDetails) &&
    idOf(value.id) !== null &&
    "propertyType" in value.propertyDetails
  );
}

function isRow(value: unknown): value is SearchRow {
  if (!isObject(value)) return false;
  return value.type === "Project" ? isObject(value.project) || Array.isArray(value.listings) : isListing(value.listing);
}

function isPage(value: unknown): value is { readonly results: readonly unknown[] } {
  if (!isObject(value) || !Array.isArray(value.results) || value.results.length === 0) return false;
  return value.results.some((row) => isRow(row) || isListing(row));
}

function isAgency(value: unknown): value is DomainAgency {
  if (!isObject(value) || idOf(value.id) === null || typeof value.name !== "string") return false;
  return isObject(value.profile) && (isObject(value.details) || Array.isArray(value.agents));
}

function isPerformance(value: unknown): value is SavedPerformance {
  if (!isObject(value) || !isObject(value.header) || !isObject(value.series)) return false;
  return Array.isArray(value.series.seriesInfo) && parseState(String(value.header.state ?? "")) !== null;
}
