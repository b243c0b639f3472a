// The requests to Domain's API: each in one place, with its path and its body. No others are ever sent.
import type { State } from "../../data-set.ts";

/** What a response is, for how long it is used and which package of a key brings it. */
export type CallKind =
  | "sold"
  | "sold_closed"
  | "listings"
  | "agency"
  | "market"
  | "location"
  | "disclaimers"
  | "auctions";

export interface DomainCall {
  readonly kind: CallKind;
  readonly method: "GET" | "POST";
  /** Below the API's address, with its query, encoded. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface DomainLocality {
  readonly suburb: string;
  readonly state: State;
  readonly postcode: string | null;
  readonly region?: string | null;
  readonly area?: string | null;
}

/** Sales of some days, all types by default. */
export interface SoldWindow {
  /** ISO days, both inclusive; null for no end. */
  readonly from: string;
  readonly to: string | null;
  readonly types: readonly string[] | null;
}

/** The most that Domain gives on a page. */
const PAGE_SIZE = 100;
/** However many there are: of one search no more can be reached. */
export const REACHABLE = 1_000;

/** The types that a search can be narrowed to. */
export const PROPERTY_TYPES = [
  "House",
  "ApartmentUnitFlat",
  "Townhouse",
  "Villa",
  "Terrace",
  "SemiDetached",
  "Duplex",
  "Studio",
  "Penthouse",
  "BlockOfUnits",
  "NewApartments",
  "NewHouseLand",
  "NewHomeDesigns",
  "VacantLand",
  "NewLand",
  "DevelopmentSite",
  "AcreageSemiRural",
  "RetirementVillage",
  "CarSpace",
  "Rural",
  "RuralLifestyle",
  "Farm",
  "Farmlet",
  "MixedFarming",
  "SpecialistFarm",
  "Cropping",
  "Grazing",
  "Livestock",
  "DairyFarming",
  "Horticulture",
  "Orchard",
  "Viticulture",
  "Equine",
  "Aquaculture",
  "FishingForestry",
  "IrrigationServices",
] as const;

export function soldSearch(locality: DomainLocality, window: SoldWindow, page: number, closed: boolean): DomainCall {
  return {
    kind: closed ? "sold_closed" : "sold",
    method: "POST",
    path: "/v1/listingSearch/residential/searchSold",
    body: {
      listingType: "Sold",
      locations: [location(locality)],
      soldFrom: `${window.from}T00:00:00`,
      ...(window.to === null ? {} : { soldTo: `${window.to}T23:59:59` }),
      ...(window.types === null ? {} : { propertyTypes: window.types }),
      sort: { sortKey: "SoldDate", direction: "Descending" },
      pageSize: PAGE_SIZE,
      page,
    },
  };
}

/** Current listings; the response is a bare list. */
export function currentSearch(
  locality: DomainLocality,
  listingType: "Sale" | "Rent",
  types: readonly string[] | null,
  page: number,
): DomainCall {
  return {
    kind: "listings",
    method: "POST",
    path: "/v1/listings/residential/_search",
    body: {
      listingType,
      locations: [location(locality)],
      ...(types === null ? {} : { propertyTypes: types }),
      sort: { sortKey: "DateListed", direction: "Descending" },
      pageSize: PAGE_SIZE,
      pageNumber: page,
    },
  };
}

export function agencyRecord(id: string): DomainCall {
  return { kind: "agency", method: "GET", path: `/v1/agencies/${encodeURIComponent(id)}` };
}

/** What an agency's record does not state about its agents: their positions. */
export function agentRecord(id: string): DomainCall {
  return { kind: "agency", method: "GET", path: `/v1/agents/${encodeURIComponent(id)}` };
}

/** Three years by quarter. */
export function suburbPerformance(
  { state, suburb, postcode }: DomainLocality & { readonly postcode: string },
  category: "House" | "Unit",
  bedrooms: number | null,
): DomainCall {
  const localityPath = [state, suburb, postcode].map(encodeURIComponent).join("/");
  const query = new URLSearchParams({
    propertyCategory: category,
    ...(bedrooms === null ? {} : { bedrooms: String(bedrooms) }),
    periodSize: "quarters",
    startingPeriodRelativeToCurrent: "1",
    totalPeriods: "12",
  });
  return { kind: "market", method: "GET", path: `/v2/suburbPerformanceStatistics/${localityPath}?${query}` };
}

export function addressLocators({ suburb, state, postcode }: DomainLocality): DomainCall {
  const query = new URLSearchParams({ searchLevel: "Suburb", suburb, state, ...(postcode ? { postcode } : {}) });
  return { kind: "location", method: "GET", path: `/v1/addressLocators?${query}` };
}

export function locationProfile(id: string): DomainCall {
  return { kind: "location", method: "GET", path: `/v1/locations/profiles/${encodeURIComponent(id)}` };
}

/** APM is the owner of the figures, the Valuers General of the sales in their states. */
export function disclaimers(state: State): DomainCall {
  const ids = ["APM", ...(state === "NSW" ? ["NSWVG"] : state === "VIC" ? ["VICVG"] : [])];
  return { kind: "disclaimers", method: "GET", path: `/v1/disclaimers?${new URLSearchParams({ ids: ids.join(",") })}` };
}

/** The Saturday that results are of. */
export const AUCTION_DAY: DomainCall = { kind: "auctions", method: "GET", path: "/v1/salesResults/_head" };

export function auctionResults(city: string): DomainCall {
  return { kind: "auctions", method: "GET", path: `/v1/salesResults/${encodeURIComponent(city)}/listings` };
}

function location({ state, region, area, suburb, postcode }: DomainLocality) {
  return {
    state,
    region: region ?? "",
    area: area ?? "",
    suburb,
    postCode: postcode ?? "",
    includeSurroundingSuburbs: false,
  };
}
