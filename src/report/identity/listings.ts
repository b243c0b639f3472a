// Which listings, for sale or for rent, are one property's under several ids, or at several agencies.

import { compareText } from "../../text/text.ts";
import type { Listing, Rental } from "../data-set.ts";
import { toDay } from "../figures/days.ts";
import { listedOn } from "../figures/deal.ts";
import { isPlaceholderText, likelyPrice } from "../figures/placeholder.ts";
import { byFirstNumber, mayBePartlyNamed, propertyKey, readAddress } from "./address.ts";

/** Listed again so soon after, it is the same listing: another portal's, or another office's. */
const SAME_LISTING_DAYS = 30;

export interface Unique<Row> {
  readonly rows: readonly Row[];
  /** How many were joined with another. */
  readonly joined: number;
}

/**
 * Each property that is for sale once, with the agencies and agents of all its listings. `home` is the suburb of those
 * that name none, `today` the day of the request, ISO.
 */
export function uniqueListings(listings: readonly Listing[], home: string, today: string): Unique<Listing> {
  // One listing's placeholder must not hide the day or the price that another has.
  const known = listings.map((listing) => {
    const { listed_date = null, display_price = null } = listing;
    const isDayKnown = listed_date === null || listedOn(listed_date, toDay(today)) !== null;
    const isPriceKnown = display_price === null || !isPlaceholderText(display_price);
    if (isDayKnown && isPriceKnown) return listing;
    return {
      ...listing,
      ...(isDayKnown ? {} : { listed_date: null }),
      ...(isPriceKnown ? {} : { display_price: null }),
    };
  });
  return unique(known, home, {
    priceOf: ({ display_price }) => pricesIn(display_price ?? ""),
    isSame: (one, other) => !isBlock(one, other) || isAlike(one, other, "display_price"),
  });
}

/** The prices that an advertisement names, whatever is around them: "1500000" of "Guide $1.5m"; null for "Auction". */
function pricesIn(words: string): string | null {
  const prices = [...words.matchAll(/(?<![\d.,])([1-9]\d*(?:,\d{3})*(?:\.\d+)?)(?:\s*(m|k)\b)?/gi)].flatMap(
    ([, amount = "", unit = ""]) =>
      likelyPrice(
        Math.round(Number(amount.replaceAll(",", "")) * (UNITS[unit.toLowerCase() as keyof typeof UNITS] ?? 1)),
        "house",
      ) ?? [],
  );
  return prices.length === 0 ? null : prices.join(" ");
}

const UNITS = { m: 1e6, k: 1e3 } as const;

/** Each rental listing once: the same property at the same rent within 30 days, or while it is on the market. */
export function uniqueRentals(rentals: readonly Rental[], home: string): Unique<Rental> {
  return unique(rentals, home, {
    priceOf: ({ weekly_rent }) => weekly_rent || null,
    isSame: (one, other, apart) =>
      (apart === null || apart <= SAME_LISTING_DAYS) &&
      !differ(one.weekly_rent || null, other.weekly_rent || null) &&
      (apart !== null || (isOnMarket(one) && isOnMarket(other))) &&
      (!isBlock(one, other) || isAlike(one, other, "weekly_rent")),
  });
}

type AdvertisedProperty = Listing | Rental;

interface ListingRule<R> {
  /** What is asked; null where that is unknown. */
  priceOf(row: R): string | number | null;
  /** Of rows of one property. `apart`: days, null where a day is unknown. */
  isSame(one: R, other: R, apart: number | null): boolean;
}

function unique<R extends AdvertisedProperty>(
  rows: readonly R[],
  home: string,
  { priceOf, isSame }: ListingRule<R>,
): Unique<R> {
  const sorted = rows.toSorted((a, b) => compareText(dayOf(a) ?? "9", dayOf(b) ?? "9") || compareText(a.id, b.id));
  const byProperty = new Map<string, R[]>();
  for (const row of sorted) {
    // What has no address is a group of its own.
    const property = byFirstNumber(propertyKey(row, home)) || `\n${row.id}`;
    const there = byProperty.get(property) ?? [];
    byProperty.set(property, there);
    const at = there.findIndex(
      (other) => isOneProperty(other, row, home, priceOf) && isSame(other, row, daysApart(other, row)),
    );
    const same = there[at];
    if (same === undefined) there.push(row);
    else there[at] = merged(same, row);
  }
  const found = [...byProperty.values()].flat();
  return found.length === rows.length ? { rows, joined: 0 } : { rows: found, joined: rows.length - found.length };
}

/** Of rows whose addresses begin with one number: "10 Short Street" at the price of "10-12 Short Street" is that. */
function isOneProperty<R extends AdvertisedProperty>(
  one: R,
  other: R,
  home: string,
  priceOf: ListingRule<R>["priceOf"],
) {
  const [property, otherProperty] = [propertyKey(one, home), propertyKey(other, home)];
  if (property === otherProperty) return true;
  return (
    mayBePartlyNamed(property, otherProperty) &&
    one.category === other.category &&
    priceOf(one) !== null &&
    priceOf(one) === priceOf(other) &&
    !differ(one.beds, other.beds) &&
    !differ(one.land_sqm, other.land_sqm)
  );
}

/** Null where a day is unknown. */
function daysApart(one: AdvertisedProperty, other: AdvertisedProperty): number | null {
  const [a, b] = [dayOf(one), dayOf(other)];
  return a && b ? Math.abs(toDay(a) - toDay(b)) : null;
}

/** The day it was listed, else leased. */
function dayOf(row: AdvertisedProperty): string | null {
  return row.listed_date || ("leased_date" in row && row.leased_date) || null;
}

/** Without a number of its own a unit has the address of all in the block. */
function isBlock(one: AdvertisedProperty, other: AdvertisedProperty): boolean {
  return [one, other].some(({ category, address }) => category === "unit" && readAddress(address)?.unit == null);
}

/** In a block only what agrees in all that is known, and in a known price, is the same. */
function isAlike<R extends AdvertisedProperty>(one: R, other: R, asking: keyof R): boolean {
  return (
    one[asking] != null &&
    one[asking] === other[asking] &&
    (one.listed_date ?? null) === (other.listed_date ?? null) &&
    !differ(one.beds, other.beds) &&
    !differ(one.baths, other.baths)
  );
}

function differ(one: number | null | undefined, other: number | null | undefined): boolean {
  return one != null && other != null && one !== other;
}

function isOnMarket(row: AdvertisedProperty): boolean {
  return "status" in row && row.status === "current";
}

function merged<R extends AdvertisedProperty>(one: R, other: R): R {
  const known = Object.entries(one).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const both = (a: readonly string[] = [], b: readonly string[] = []) => [...new Set([...a, ...b])];
  const isLeased = "status" in other && other.status === "leased";
  return {
    ...other,
    ...Object.fromEntries(known),
    ...(isLeased ? { status: "leased" } : {}),
    agency_ids: both(one.agency_ids, other.agency_ids),
    agent_ids: both(one.agent_ids, other.agent_ids),
  };
}
