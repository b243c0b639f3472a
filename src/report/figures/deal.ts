import { compareText } from "../../text/text.ts";
import type { Category, Sale, SaleMethod } from "../data-set.ts";
import { byFirstNumber, mayBePartlyNamed, propertyKey } from "../identity/address.ts";
import { isWholeAddress } from "../identity/ids.ts";
import { toDay } from "./days.ts";
import { likelyPrice } from "./placeholder.ts";

/**
 * A record of the data set's `sales`, read once: days as numbers, defaults filled, the price there only where it was
 * disclosed, the campaign's first day found. All figures are computed from these.
 */
export interface Deal {
  readonly id: string;
  readonly sale: Sale;
  /** What all records of the property share; "" where the sale has no address. */
  readonly property: string;
  readonly category: Category;
  readonly method: SaleMethod;
  readonly outcome: "sold" | "passed_in" | "withdrawn";
  /** When it was sold, passed in or withdrawn. */
  readonly day: number;
  /** The first day of the campaign: a relisting within 90 days continues the first. Null where unknown. */
  readonly listed: number | null;
  /** Null where unknown, 0 or not disclosed. */
  readonly price: number | null;
  /** The first asking price, the floor where it was a range. Null where unknown or 0. */
  readonly ask: number | null;
  /** A sale after this auction is on record as well: the campaign's result is that sale, not this record. */
  readonly superseded: boolean;
  /** How many records of the data set it is: the same sale can be in it under several ids. */
  readonly records: number;
  readonly agencyIds: readonly string[];
  readonly agents: readonly { readonly id: string; readonly role: "lead" | "co" }[];
}

/** A relisting of a property within so many days of its withdrawal or auction continues the campaign. */
const RELISTING_DAYS = 90;

/** Defaults for a sale's missing fields. */
export interface DealContext {
  /** The suburb of sales that name none. */
  readonly suburb: string;
  /** The agency of an agent, for sales that name their agents alone. */
  agencyOf(agentId: string): string | null;
}

/** Reads the sales, oldest first. Records without a date are left out: the 12 months that they belong to are unknown. */
export function readDeals(sales: readonly Sale[], context: DealContext): readonly Deal[] {
  const deals = sales.flatMap((sale) => (sale.sold_date ? [readDeal(sale, sale.sold_date, context)] : []));
  // Of one day an auction fails before the property is sold.
  deals.sort(
    (a, b) => a.day - b.day || Number(a.outcome === "sold") - Number(b.outcome === "sold") || compareText(a.id, b.id),
  );
  const joined = joinSame(
    deals,
    addressesOf(deals, ({ property }) => byFirstNumber(property)),
  );
  return joinCampaigns(joined, addressesOf(joined));
}

/** A sale of the same address at the same price, or at one not known, within so many days is the same, under another id. */
const SAME_SALE_DAYS = 30;
/** No auction is repeated within a week: two records of it are one. */
const SAME_AUCTION_DAYS = 6;
/** Prices of one sale may differ by so little: a typing error, or a rounding. */
const SAME_PRICE = 0.001;

/** Each sale once, the first record of it, with the agents and agencies of all. */
function joinSame(deals: readonly Deal[], addresses: Addresses): readonly Deal[] {
  const joined = new Map<number, Deal>(deals.entries());
  for (const indexes of addresses) {
    /** Where each is, and the day of its newest record: "within 30 days of another". */
    const unique: { readonly at: number; day: number }[] = [];
    for (const index of indexes) {
      const deal = joined.get(index);
      if (deal === undefined) continue;
      const same = unique.find(({ at, day }) => isSameSale(joined.get(at), deal, deal.day - day));
      if (same === undefined) unique.push({ at: index, day: deal.day });
      else {
        joined.set(same.at, merged(joined.get(same.at) ?? deal, deal));
        joined.delete(index);
        same.day = deal.day;
      }
    }
  }
  return [...joined.values()];
}

/** `apart`: days between the newest record of the one and the other. */
function isSameSale(one: Deal | undefined, other: Deal, apart: number): boolean {
  if (one === undefined || one.outcome !== other.outcome) return false;
  if (areOfOneBlock(one, other) || areOfOneStreet(one, other)) return false;
  if (one.property !== other.property && !isPartlyNamed(one, other)) return false;
  if (one.outcome === "sold") return apart <= SAME_SALE_DAYS && hasSamePrice(one, other, apart);
  // An auction that failed has no price.
  const isStated = one.method !== "not_stated" && other.method !== "not_stated";
  return apart <= SAME_AUCTION_DAYS && (one.outcome === "passed_in" || !isStated || one.method === other.method);
}

/** Is "10 Short Street" the same as "10-12 Short Street"? Its known price must be, and all else that is known of both. */
function isPartlyNamed(one: Deal, other: Deal): boolean {
  return (
    mayBePartlyNamed(one.property, other.property) &&
    one.category === other.category &&
    likelyPrice(one.price) !== null &&
    one.price === other.price &&
    !differs(one.sale.beds, other.sale.beds) &&
    !differs(one.sale.land_sqm, other.sale.land_sqm)
  );
}

function differs(a: number | null | undefined, b: number | null | undefined): boolean {
  return a != null && b != null && a !== b;
}

/** Without its number, a unit has the address of the whole block: different numbers of rooms mean two units. */
function areOfOneBlock(one: Deal, other: Deal): boolean {
  const isBlock = one.category === "unit" && other.category === "unit" && !one.property.includes("/");
  return isBlock && (differs(one.sale.beds, other.sale.beds) || differs(one.sale.baths, other.sale.baths));
}

/**
 * An address without a number is a street's, as lots of an estate have it: of one source only the id distinguishes
 * them.
 */
function areOfOneStreet(one: Deal, other: Deal): boolean {
  const isStreet = !isWholeAddress(one.sale.address);
  return isStreet && (one.sale.source ?? null) !== null && one.sale.source === other.sale.source;
}

/** One source may have the price that another does not; where neither has it, the day must be the same. */
function hasSamePrice(one: Deal, other: Deal, apart: number): boolean {
  if (one.price !== null && other.price !== null) {
    const isSame = Math.abs(one.price - other.price) <= SAME_PRICE * Math.max(one.price, other.price);
    if (isSame) return true;
  }
  // A placeholder, such as $1, counts as no price.
  const [price, otherPrice] = [likelyPrice(one.price), likelyPrice(other.price)];
  if (price === null && otherPrice === null) return apart === 0;
  return price === null || otherPrice === null;
}

/** Values that the first record lacks are those of another. */
function merged(one: Deal, other: Deal): Deal {
  const roles = new Map(one.agents.map(({ id, role }) => [id, role]));
  for (const { id, role } of other.agents) if (roles.get(id) !== "lead") roles.set(id, role);
  const known = Object.entries(one.sale).filter(([, value]) => value !== null && value !== undefined);
  const price = likelyPrice(one.price) ?? likelyPrice(other.price) ?? one.price ?? other.price;
  return {
    ...one,
    sale: { ...other.sale, ...Object.fromEntries(known) },
    method: one.method === "not_stated" ? other.method : one.method,
    price,
    listed: one.listed ?? other.listed,
    // The record with the asking price may not be the one with the sale price, which reveals a placeholder.
    ask: likelyAsk(one.ask ?? other.ask, price),
    agencyIds: [...new Set([...one.agencyIds, ...other.agencyIds])],
    agents: [...roles].map(([id, role]) => ({ id, role })),
    records: one.records + other.records,
  };
}

function readDeal(sale: Sale, date: string, { suburb, agencyOf }: DealContext): Deal {
  const agents = uniqueAgents(sale);
  const named = sale.agency_ids ?? [];
  const agencies = named.length > 0 ? named : agents.flatMap(({ id }) => agencyOf(id) ?? []);
  return {
    id: sale.id,
    sale,
    property: propertyKey(sale, suburb),
    category: sale.category,
    method: sale.method ?? "not_stated",
    outcome: sale.outcome ?? "sold",
    day: toDay(date),
    listed: listedOn(sale.listed_date, toDay(date)),
    price: sale.price_disclosed === false ? null : sale.price || null,
    ask: askingPrice(sale),
    superseded: false,
    records: 1,
    agencyIds: [...new Set(agencies)],
    agents,
  };
}

/** Ten years: systems without a date store 1 January 1900 or 1970. */
const LONGEST_CAMPAIGN = 3_653;

/** The day of a listing; null where unknown, or one that no campaign has. `until`: the day of the sale or report. */
export function listedOn(date: string | null | undefined, until: number): number | null {
  const day = date ? toDay(date) : null;
  return day === null || until - day > LONGEST_CAMPAIGN ? null : day;
}

/** Less than a tenth of the price, or ten times as much, is a placeholder. */
const PLACEHOLDER = 10;

function askingPrice({ first_ask, price }: Sale): number | null {
  return likelyAsk(first_ask?.from || first_ask?.to || null, price || null);
}

function likelyAsk(ask: number | null, price: number | null): number | null {
  if (ask === null || price === null) return ask;
  return ask * PLACEHOLDER < price || ask > price * PLACEHOLDER ? null : ask;
}

/** Each agent once; one who is named as lead and as co counts as lead. An agent without a role is a lead. */
function uniqueAgents(sale: Sale): Deal["agents"] {
  const [only, ...others] = sale.agents ?? [];
  if (only !== undefined && others.length === 0) return [{ id: only.id, role: only.role ?? "lead" }];
  const roles = new Map<string, "lead" | "co">();
  for (const { id, role = "lead" } of sale.agents ?? []) if (roles.get(id) !== "lead") roles.set(id, role);
  return [...roles].map(([id, role]) => ({ id, role }));
}

/**
 * Carries the first listing day of a property on through withdrawals and auctions passed in, until it is sold. What a
 * campaign attempted before it sold after auction is superseded, and so is a withdrawal of what was passed in already.
 */
function joinCampaigns(deals: readonly Deal[], addresses: Addresses): readonly Deal[] {
  const joined = [...deals];
  for (const indexes of addresses) {
    let failed: number[] = [];
    for (const index of indexes) {
      const deal = joined[index];
      if (deal === undefined) continue;
      const previous = joined[failed.at(-1) ?? -1];
      if (previous !== undefined && (deal.listed ?? deal.day) - previous.day > RELISTING_DAYS) failed = [];
      else if (previous !== undefined) {
        if (previous.listed !== null && (deal.listed === null || previous.listed < deal.listed))
          joined[index] = { ...deal, listed: previous.listed };
        if (deal.method === "sold_after") for (const at of failed) supersede(joined, at);
        else if (isSameAuction(previous, deal)) supersede(joined, failed.at(-1) ?? -1);
        if (deal.outcome === "withdrawn" && previous.outcome === "passed_in") supersede(joined, index);
      }
      failed = deal.outcome === "sold" ? [] : [...failed, index];
    }
  }
  return joined;
}

/** Sold at the auction, or within a few days of it, at which another record has it passed in. */
function isSameAuction(failed: Deal, { outcome, method, day }: Deal): boolean {
  return (
    outcome === "sold" && (method === "auction" || method === "sold_prior") && day - failed.day <= SAME_AUCTION_DAYS
  );
}

function supersede(deals: Deal[], at: number): void {
  const deal = deals[at];
  if (deal !== undefined) deals[at] = { ...deal, superseded: true };
}

/** Indexes in the list of the deals of each address that has several. */
type Addresses = readonly (readonly number[])[];

function addressesOf(deals: readonly Deal[], addressOf = ({ property }: Deal) => property): Addresses {
  const groups = new Map<string, number[]>();
  for (const [index, deal] of deals.entries()) {
    const property = addressOf(deal);
    if (property === "") continue;
    const group = groups.get(property);
    if (group) group.push(index);
    else groups.set(property, [index]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}
