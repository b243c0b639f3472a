// Domain's responses as a data set. Pure: the same rows in any order and any repetition give the same data set.

import { compareText } from "../../../text/text.ts";
import type {
  Category,
  DataSet,
  Listing,
  MarketPoint,
  MarketSeries,
  Rental,
  Sale,
  SaleMethod,
  State,
} from "../../data-set.ts";
import { monthEnd } from "../../figures/days.ts";
import { readAdvertised, weeklyRent } from "../../figures/rent.ts";
import { suburbKey } from "../../gazetteer/key.ts";
import { readRecordType } from "../../request/property-type.ts";
import { messages } from "../messages.ts";
import { compareIds, type DomainPeople, readPeople } from "./people.ts";
import type {
  AgentRecord,
  DomainAgency,
  DomainListing,
  LocationProfile,
  SearchRow,
  SuburbPerformance,
} from "./responses.ts";
import { amount, dayOf, dollars, idOf, listOf, text, whole } from "./values.ts";

/** Everything that Domain responded about a suburb. */
export interface DomainResponses {
  readonly locality: { readonly suburb: string; readonly state: State; readonly postcode: string | null };
  /** The day of the response, ISO. */
  readonly day: string;
  /** The first and the last day of the sales that were requested, ISO. */
  readonly soldFrom: string;
  readonly retrievedAt: string;
  readonly sold: readonly SearchRow[];
  readonly forSale: readonly SearchRow[];
  readonly toRent: readonly SearchRow[];
  readonly agencies: readonly DomainAgency[];
  /** Of those who sold most. */
  readonly agents?: readonly AgentRecord[];
  readonly market: readonly {
    readonly category: Category;
    readonly bedrooms: number | null;
    readonly response: SuburbPerformance;
  }[];
  readonly profile: LocationProfile | null;
  /** How sales of the last Saturday were made, by Domain's ids. */
  readonly methods?: ReadonlyMap<string, SaleMethod>;
  /** Texts that must be printed. */
  readonly disclaimers: readonly string[];
  /** Notes on the data, printed under Coverage. */
  readonly notes: readonly string[];
}

export interface MappingOptions {
  /** What townhouses and villas count as: houses for agents, units in some statistics. */
  readonly townhouses: "house" | "unit";
}

export interface MappedResponses {
  readonly dataSet: DataSet;
  /** Addresses of pictures by the ids of agencies and agents. */
  readonly logos: Readonly<Record<string, string>>;
  readonly photos: Readonly<Record<string, string>>;
}

const SOURCE_ID = "domain";

const HOUSES = [
  "House",
  "Terrace",
  "SemiDetached",
  "Duplex",
  "AcreageSemiRural",
  "NewHouseLand",
  "NewHomeDesigns",
] as const;
const UNITS = ["ApartmentUnitFlat", "Studio", "Penthouse", "NewApartments", "BlockOfUnits"] as const;
const LAND = ["VacantLand", "NewLand", "DevelopmentSite"] as const;
const DISPUTED: ReadonlySet<unknown> = new Set(["Townhouse", "Villa"]);

const CATEGORY_OF: ReadonlyMap<unknown, Category> = new Map([
  ...HOUSES.map((type) => [type, "house"] as const),
  ...UNITS.map((type) => [type, "unit"] as const),
  ...LAND.map((type) => [type, "land"] as const),
]);

const SOLD_BY: Readonly<Record<string, SaleMethod>> = {
  SoldByAuction: "auction",
  SoldPriorToAuction: "sold_prior",
  SoldByPrivateTreaty: "private_treaty",
};
const OFFERED_BY: Readonly<Record<string, SaleMethod>> = {
  Auction: "auction",
  PrivateTreaty: "private_treaty",
  Tender: "tender",
  ExpressionOfInterest: "eoi",
};

/** Limits of a data set. */
const MAX_SALES = 20_000;
const MAX_LISTINGS = 5_000;
const MAX_RENTALS = 20_000;
const MAX_AGENCIES = 1_000;
const MAX_AGENTS = 2_000;
const MAX_POINTS = 120;
const MAX_COUNT = 1_000_000;

/** The data set of Domain's responses, and the addresses of its pictures. */
export function toDataSet(responses: DomainResponses, options: MappingOptions): MappedResponses {
  const { locality, day } = responses;
  const sold = collectListings(responses.sold).filter((listing) => isIn(locality, listing));
  const forSale = collectListings(responses.forSale).filter((listing) => isIn(locality, listing));
  const toRent = collectListings(responses.toRent).filter((listing) => isIn(locality, listing));
  const people = readPeople([...sold, ...forSale, ...toRent], responses.agencies, responses.agents);
  const sales = sold.flatMap((listing) => saleOf(listing, people, options, responses.methods));
  const listings = forSale.flatMap((listing) => currentListing(listing, people, options));
  const rentals = toRent.flatMap((listing) => rentalOf(listing, people, options));
  const about = responses.profile?.data;
  return {
    dataSet: {
      schema_version: 1,
      as_of: day,
      suburb: {
        name: locality.suburb,
        state: locality.state,
        postcode: locality.postcode,
        population: whole(about?.population, MAX_COUNT),
        ...sharesOf(amount(about?.ownerOccupierPercentage), amount(about?.renterPercentage)),
        age: text(about?.mostCommonAgeBracket, 40),
      },
      notes: [messages.townhouses(options.townhouses), ...responses.notes],
      sources: [
        {
          id: SOURCE_ID,
          name: "Domain (api.domain.com.au)",
          licence: "Domain API terms",
          retrieved_at: responses.retrievedAt,
          disclaimer: [...new Set(responses.disclaimers)].join(" ").slice(0, 2_000) || null,
        },
      ],
      market: responses.market.flatMap((series) => marketSeries(series)),
      agencies: people.agencies.slice(0, MAX_AGENCIES),
      agents: people.agents.slice(0, MAX_AGENTS),
      sales: newest(sales, ({ sold_date }) => sold_date, MAX_SALES),
      listings: newest(listings, ({ listed_date }) => listed_date, MAX_LISTINGS),
      rentals: newest(rentals, ({ listed_date }) => listed_date, MAX_RENTALS),
    },
    logos: Object.fromEntries(people.logos),
    photos: Object.fromEntries(people.photos),
  };
}

/**
 * The listings of search rows, those within projects among them, each id once and in the order of their ids. Of two that
 * differ, which a page that changed while it was read gives, always the same one.
 */
export function collectListings(rows: readonly SearchRow[]): readonly DomainListing[] {
  const byId = new Map<string, { readonly listing: DomainListing; readonly json: string }>();
  for (const row of listOf(rows)) {
    const inside = row.type === "Project" ? listOf(row.listings) : row.listing ? [row.listing] : [];
    for (const listing of inside) {
      const id = idOf(listing.id);
      if (id === null) continue;
      const json = JSON.stringify(listing);
      const before = byId.get(id);
      if (before === undefined || json > before.json) byId.set(id, { listing, json });
    }
  }
  return [...byId].sort(([a], [b]) => compareIds(a, b)).map(([, { listing }]) => listing);
}

/** Whether a listing is in the suburb that was requested: projects are found in others, too. */
export function isIn(locality: DomainResponses["locality"], { propertyDetails }: DomainListing): boolean {
  const suburb = text(propertyDetails?.suburb);
  const state = text(propertyDetails?.state);
  if (state !== null && state !== locality.state) return false;
  return suburb === null || suburbKey(suburb) === suburbKey(locality.suburb);
}

/** What a property of Domain's type counts as; auction results name types in plain words, such as "Unit". */
export function categoryOf(type: unknown, { townhouses }: MappingOptions): Category {
  const known = readRecordType(text(type, 100)) ?? type;
  return DISPUTED.has(known) ? townhouses : (CATEGORY_OF.get(known) ?? "other");
}

/** A sold listing, or one withdrawn from its auction; empty where it has no id. */
export function saleOf(
  listing: DomainListing,
  people: DomainPeople,
  options: MappingOptions,
  methods: DomainResponses["methods"],
): readonly Sale[] {
  const id = idOf(listing.id);
  if (id === null) return [];
  const { soldData, priceDetails, propertyDetails } = listing;
  const withdrawn = soldData?.saleMethod === "Withdrawn";
  const auctionDay = withdrawn ? dayOf(listing.auctionSchedule?.time) : null;
  const soldDate = dayOf(soldData?.soldDate) ?? auctionDay;
  const listed = dayOf(listing.dateListed);
  const price = priceDetails?.canDisplayPrice === false || withdrawn ? null : dollars(soldData?.soldPrice);
  const agency = people.agencyOf(listing);
  return [
    {
      id: `domain-${id}`,
      ...rooms(propertyDetails, options),
      listed_date: listed !== null && soldDate !== null && listed > soldDate ? null : listed,
      sold_date: soldDate,
      price,
      price_disclosed: price !== null,
      method: methods?.get(id) ?? methodOf(soldData?.saleMethod, priceDetails?.saleMethod),
      outcome: withdrawn ? "withdrawn" : "sold",
      agency_ids: agency === null ? [] : [agency],
      agents: people.agentsOf(listing).map((agent, at) => ({ id: agent, role: at === 0 ? "lead" : "co" })),
      source: SOURCE_ID,
    },
  ];
}

/** Domain's search gives the last asking price, not the first, so a first one stays unknown. */
function methodOf(soldBy: unknown, offeredBy: unknown): SaleMethod {
  return SOLD_BY[String(soldBy)] ?? OFFERED_BY[String(offeredBy)] ?? "not_stated";
}

function rooms(details: DomainListing["propertyDetails"], options: MappingOptions) {
  const land = amount(details?.landArea);
  return {
    address: addressOf(details),
    category: categoryOf(details?.propertyType, options),
    property_type: text(details?.propertyType, 100),
    beds: whole(details?.bedrooms, 100) ?? (details?.propertyType === "Studio" ? 0 : null),
    baths: whole(details?.bathrooms, 100),
    cars: whole(details?.carspaces, 1_000),
    land_sqm: land === null || land === 0 || land > 1_000_000_000 ? null : land,
  };
}

/** Without the suburb, which every row of a report shares. */
function addressOf(details: DomainListing["propertyDetails"]): string {
  const suburb = text(details?.suburb);
  const shown = text(details?.displayableAddress, 300);
  if (shown !== null) {
    const parts = shown.split(",");
    const at = parts.findIndex((part, index) => index > 0 && suburb !== null && startsWithSuburb(part, suburb));
    const street = (at === -1 ? parts : parts.slice(0, at)).join(",").trim();
    if (street !== "" && (suburb === null || suburbKey(street) !== suburbKey(suburb))) return street;
  }
  const [unit, number, street] = [text(details?.unitNumber), text(details?.streetNumber), text(details?.street)];
  const built = [[unit, number].filter((part) => part !== null).join("/"), street].filter(Boolean).join(" ");
  return (built || shown || "Address withheld").slice(0, 300);
}

function startsWithSuburb(part: string, suburb: string): boolean {
  const bare = part.replace(/\b(NSW|VIC|QLD|SA|WA|TAS|NT|ACT)\b/gi, "").replace(/\b\d{4}\b/g, "");
  return suburbKey(bare) === suburbKey(suburb);
}

/** A listing for sale; empty where it has no id. */
export function currentListing(
  listing: DomainListing,
  people: DomainPeople,
  options: MappingOptions,
): readonly Listing[] {
  const id = idOf(listing.id);
  if (id === null) return [];
  const agency = people.agencyOf(listing);
  return [
    {
      id: `domain-${id}`,
      ...rooms(listing.propertyDetails, options),
      listed_date: dayOf(listing.dateListed),
      display_price: text(listing.priceDetails?.displayPrice, 100),
      agency_ids: agency === null ? [] : [agency],
      agent_ids: [...people.agentsOf(listing)],
    },
  ];
}

/** A listing to let; empty where it has no id. */
export function rentalOf(listing: DomainListing, people: DomainPeople, options: MappingOptions): readonly Rental[] {
  const id = idOf(listing.id);
  if (id === null) return [];
  const agency = people.agencyOf(listing);
  const shown = text(listing.priceDetails?.displayPrice, 100);
  return [
    {
      id: `domain-${id}`,
      ...rooms(listing.propertyDetails, options),
      listed_date: dayOf(listing.dateListed),
      weekly_rent: rentOf(listing.priceDetails?.price, shown),
      display_price: shown,
      status: "current",
      agency_ids: agency === null ? [] : [agency],
      agent_ids: [...people.agentsOf(listing)],
      source: SOURCE_ID,
    },
  ];
}

/** The weekly rent as a number, else as displayed; without a period it is weekly. A range is no rent. */
function rentOf(price: unknown, shown: string | null): number | null {
  const advertised = readAdvertised(shown);
  const weekly = weeklyRent(dollars(price), shown) ?? (advertised?.weeks === null ? dollars(advertised.amount) : null);
  return weekly === null || weekly > 1_000_000 ? null : weekly;
}

/** Some of Domain's clients received shares of 1, its documentation states percentages: all values together show which. */
function sharesOf(owners: number | null, renters: number | null) {
  const factor = (owners ?? 0) + (renters ?? 0) <= 1.01 ? 100 : 1;
  const share = (value: number | null) =>
    value === null || value * factor > 100 ? null : Math.round(value * factor * 10) / 10;
  return { owner_pct: share(owners), renter_pct: share(renters) };
}

/** A suburb's statistics as a series; empty where they have no month. */
export function marketSeries({
  category,
  bedrooms,
  response,
}: DomainResponses["market"][number]): readonly MarketSeries[] {
  const points = new Map<string, MarketPoint>();
  for (const { year, month, values } of listOf(response.series?.seriesInfo)) {
    const end = lastDayOf(year, month);
    if (end !== null && values) points.set(end, marketPoint(end, values));
  }
  if (points.size === 0) return [];
  const series = [...points.values()].sort((a, b) => compareText(a.period_end, b.period_end)).slice(-MAX_POINTS);
  return [{ category, bedrooms, source: SOURCE_ID, series }];
}

function marketPoint(periodEnd: string, values: Readonly<Record<string, unknown>>): MarketPoint {
  const count = (name: string) => whole(values[name], MAX_COUNT);
  const discount = Number(values.discountPercentage ?? Number.NaN);
  return {
    period_end: periodEnd,
    period_months: 3,
    median_sold_price: dollars(values.medianSoldPrice),
    number_sold: count("numberSold"),
    p5: dollars(values["5thPercentileSoldPrice"]),
    p25: dollars(values["25thPercentileSoldPrice"]),
    p75: dollars(values["75thPercentileSoldPrice"]),
    p95: dollars(values["95thPercentileSoldPrice"]),
    days_on_market: count("daysOnMarket"),
    // Some clients saw it negative, some positive: it is by how much less was paid.
    discount_pct: Number.isFinite(discount) && Math.abs(discount) <= 1_000 ? Math.abs(discount) : null,
    auctions: auctionsOf(count("auctionNumberAuctioned"), count("auctionNumberSold"), count("auctionNumberWithdrawn")),
    sale_listings: count("numberSaleListing"),
    median_ask: dollars(values.medianSaleListingPrice),
    median_weekly_rent: dollars(values.medianRentListingPrice),
    rent_listings: count("numberRentListing"),
  };
}

/** So that our clearance rate is Domain's own: sold, of those auctioned and withdrawn. */
function auctionsOf(auctioned: number | null, sold: number | null, withdrawn: number | null) {
  if (auctioned === null || sold === null) return null;
  return {
    auctioned,
    sold_at: Math.min(sold, auctioned),
    passed_in: Math.max(0, auctioned - sold),
    withdrawn: withdrawn ?? 0,
  };
}

function lastDayOf(year: unknown, month: unknown): string | null {
  const [y, m] = [whole(year, 9_999), whole(month, 12)];
  if (y === null || m === null || y < 1_900 || m < 1) return null;
  return monthEnd(y, m);
}

/** The newest of them, in the order that they came in. */
function newest<T>(rows: readonly T[], dateOf: (row: T) => string | null | undefined, most: number): T[] {
  if (rows.length <= most) return [...rows];
  const dates = rows.map((row) => dateOf(row) ?? "").sort();
  const since = dates[dates.length - most] ?? "";
  return rows.filter((row) => (dateOf(row) ?? "") >= since).slice(0, most);
}
