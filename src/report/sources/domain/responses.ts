// The parts of Domain's responses that a report uses. Names and shapes are those of their OpenAPI document, every field
// may be missing or null, and nothing is trusted to be of its type: mapping.ts reads each value.

/** A row of a search: a listing, or a project of new homes with listings of its own. */
export interface SearchRow {
  readonly type?: unknown;
  readonly listing?: DomainListing | null;
  readonly listings?: readonly DomainListing[] | null;
}

export interface DomainListing {
  readonly id?: unknown;
  /** "Sold", "Sale" or "Rent". */
  readonly listingType?: unknown;
  readonly dateListed?: unknown;
  readonly advertiser?: Advertiser | null;
  readonly priceDetails?: {
    readonly displayPrice?: unknown;
    readonly price?: unknown;
    readonly canDisplayPrice?: unknown;
    readonly saleMethod?: unknown;
  } | null;
  readonly propertyDetails?: PropertyDetails | null;
  readonly auctionSchedule?: { readonly time?: unknown } | null;
  readonly soldData?: {
    readonly soldDate?: unknown;
    readonly soldPrice?: unknown;
    readonly saleMethod?: unknown;
  } | null;
}

export interface Advertiser {
  readonly id?: unknown;
  /** "Agency" or "Private". */
  readonly type?: unknown;
  readonly name?: unknown;
  readonly logoUrl?: unknown;
  readonly preferredColourHex?: unknown;
  readonly contacts?: readonly { readonly name?: unknown; readonly photoUrl?: unknown }[] | null;
}

export interface PropertyDetails {
  readonly bedrooms?: unknown;
  readonly bathrooms?: unknown;
  readonly carspaces?: unknown;
  readonly landArea?: unknown;
  readonly unitNumber?: unknown;
  readonly streetNumber?: unknown;
  readonly street?: unknown;
  readonly suburb?: unknown;
  readonly state?: unknown;
  readonly postcode?: unknown;
  readonly displayableAddress?: unknown;
  readonly propertyType?: unknown;
}

/** Of searchSold. */
export interface SoldPage {
  readonly results?: readonly SearchRow[] | null;
  readonly totalResults?: unknown;
  readonly totalPages?: unknown;
}

export interface DomainAgency {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly profile?: {
    readonly agencyLogoStandard?: unknown;
    readonly primaryAgencyColour?: unknown;
    readonly numberForSale?: unknown;
    readonly agencyWebsite?: unknown;
  } | null;
  readonly details?: {
    readonly principalName?: unknown;
    readonly streetAddress1?: unknown;
    readonly streetAddress2?: unknown;
    readonly suburb?: unknown;
    readonly state?: unknown;
    readonly postcode?: unknown;
  } | null;
  readonly contactDetails?: { readonly general?: { readonly phone?: unknown } | null } | null;
  readonly agents?: readonly DomainAgent[] | null;
}

export interface DomainAgent {
  readonly id?: unknown;
  readonly firstName?: unknown;
  readonly lastName?: unknown;
  readonly email?: unknown;
  readonly mobile?: unknown;
  readonly phone?: unknown;
  readonly photo?: unknown;
  readonly mugShotNew?: unknown;
  readonly isHideSoldLeasedListings?: unknown;
}

/** Of an agent's own record. */
export interface AgentRecord {
  readonly agentId?: unknown;
  readonly jobPosition?: unknown;
}

export interface AuctionDay {
  readonly auctionedDate?: unknown;
}

/** A property of a Saturday's auctions. */
export interface AuctionResult {
  readonly id?: unknown;
  readonly unitNumber?: unknown;
  readonly streetNumber?: unknown;
  readonly streetName?: unknown;
  readonly streetType?: unknown;
  readonly suburb?: unknown;
  readonly state?: unknown;
  readonly postcode?: unknown;
  readonly propertyType?: unknown;
  readonly bedrooms?: unknown;
  readonly bathrooms?: unknown;
  readonly carspaces?: unknown;
  readonly price?: unknown;
  readonly agent?: unknown;
  readonly agencyId?: unknown;
  readonly agencyName?: unknown;
  readonly result?: unknown;
}

export interface SuburbPerformance {
  readonly series?: {
    readonly seriesInfo?:
      | readonly {
          readonly year?: unknown;
          readonly month?: unknown;
          readonly values?: Readonly<Record<string, unknown>> | null;
        }[]
      | null;
  } | null;
}

export interface LocationProfile {
  readonly data?: {
    readonly population?: unknown;
    readonly ownerOccupierPercentage?: unknown;
    readonly renterPercentage?: unknown;
    readonly mostCommonAgeBracket?: unknown;
  } | null;
}
