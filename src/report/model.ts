import type { Category, SaleMethod, State } from "./data-set.ts";
import type { Locator } from "./gazetteer/locator.ts";
import type { Branding } from "./request/request.ts";
import type { Selection } from "./selection/selection.ts";

/** All that a report states, as plain JSON; what must not be shown is not in it. */
export interface ReportModel {
  /** Oddities of the data, for the client; repeated in Method. */
  readonly warnings: readonly string[];
  readonly locality: {
    readonly suburb: string;
    readonly state: State;
    readonly postcode: string | null;
    readonly dwellings: number | null;
    readonly population: number | null;
    /** Homes of owners and of tenants, per cent, and the ages that most people have; missing where unknown. */
    readonly owners?: number | null;
    readonly tenants?: number | null;
    readonly age?: string | null;
  };
  /** The 12 months the figures cover, ISO days, both inclusive. */
  readonly period: { readonly from: string; readonly to: string };
  readonly asOf: string;
  readonly isDated: boolean;
  /** True where a source is synthetic: every page is then labelled as a sample. */
  readonly sample: boolean;
  /** The requested selection, of less or more than the suburb; null for the usual report. */
  readonly selection: Selection | null;
  /** Does a source of sales lag, or one of the market's series? Its newest quarter may still grow, and is marked. */
  readonly provisional: { readonly sales: boolean; readonly series: boolean };
  readonly branding: Branding | null;
  readonly preparedFor: (Standing & { readonly logo: string | null }) | null;
  /** The name in the request, if the data set has no such agency; page 2 of the report states it. */
  readonly preparedForUnknown: string | null;
  readonly verdict: Verdict;
  /** Houses, then units, then what else was sold; a segment without sales and series is left out. */
  readonly market: readonly MarketSegment[];
  readonly locator: Locator | null;
  readonly agencies: AgencyLeague;
  readonly agents: AgentLeague;
  /** Top agents, best first, 12 at most. */
  readonly cards: readonly AgentCard[];
  /** Who pays to be shown, the highest tier first; changes no other part but Method, which names them. */
  readonly paid: readonly PaidPlacement[];
  readonly heatMap: HeatMap | null;
  /** Agents or agencies side by side, where the request names some. */
  readonly comparison: Comparison | null;
  /** Sales that are like the property of the request, where it has one. */
  readonly comparables: Comparables | null;
  /** The requested parts, by their names; null for all. */
  readonly sections: readonly string[] | null;
  /** `daysTo`: the day that days listed are counted to, where it is not the report's. */
  readonly listings: { readonly total: number; readonly rows: readonly ListingRow[]; readonly daysTo: string | null };
  /** `hasOtherUnit`: of a type the prices are not used, as they seem to be in thousands or cents. */
  readonly sales: { readonly total: number; readonly rows: readonly SaleRow[]; readonly hasOtherUnit: boolean };
  /** The suburb and its neighbours, where these count, too; else empty. */
  readonly suburbs: readonly SuburbRow[];
  readonly method: Method;
}

export type Tier = "featured_plus" | "featured" | "standard";

/** An agent who pays to be shown. Reports label everything about a paid placement as paid. */
export interface PaidPlacement {
  readonly id: string;
  readonly name: string;
  readonly agencyName: string | null;
  readonly tier: Tier;
  /** The agent of the data set that it is; null where the data names no such agent. */
  readonly agentId: string | null;
  /** The agent's rank by sales, unaffected by payment. */
  readonly rank: number | null;
  readonly sales: Figure;
  readonly median: Figure;
  readonly value: Figure;
  readonly photo: string | null;
  readonly logo: string | null;
}

/** One of the suburbs that a report counts. */
export interface SuburbRow {
  readonly name: string;
  /** False where the data has no records of it: its sales are then unknown, not 0. */
  readonly isKnown: boolean;
  readonly sales: number;
  readonly median: Figure;
  readonly daysOnMarket: Figure;
  /** Null where the data has no listings. */
  readonly listings: number | null;
}

/** One number of the report with what it rests on: null when unknown or suppressed (n too small), printed as "–" with n. */
export interface Figure {
  readonly value: number | null;
  /** How many observations it rests on; null for a figure as supplied. */
  readonly n: number | null;
  readonly supplied: boolean;
  /** Of a figure that a source supplied for a period of its own: the last day, ISO. */
  readonly period?: { readonly end: string; readonly months: number };
}

/** A "total" is a sum of dollars: it rests on nothing but itself, as a count does. */
export type Unit =
  | "count"
  | "total"
  | "money"
  | "rent"
  | "share"
  | "percent"
  | "percent_change"
  | "days"
  | "months"
  | "points";

export interface Tile {
  readonly label: string;
  readonly figure: Figure;
  readonly unit: Unit;
  /** What is below the number: "n 212 · 88% disclosed". */
  readonly note: string;
}

export interface Verdict {
  /** At most six; one about which nothing is known is left out. */
  readonly tiles: readonly Tile[];
  /** At most four, computed from the data, plain text. */
  readonly sentences: readonly string[];
  /** Those with the most sales: several in a tie. */
  readonly leadingAgencies: readonly { readonly id: string; readonly name: string; readonly share: Figure }[];
  readonly leadingAgents: readonly { readonly id: string; readonly name: string; readonly sales: Figure }[];
}

/** Where the requesting agency stands. Rank and change as in its league row. */
export interface Standing {
  readonly agencyId: string;
  readonly name: string;
  readonly colour: string | null;
  readonly rank: number | null;
  readonly rankChange: number | null;
  readonly share: Figure;
  /** Percentage points against the 12 months before. */
  readonly shareChange: number | null;
  /** Sales to go past the next rank: { sales: 3, rank: 2 } reads "3 more sales pass #2". Null for the leader. */
  readonly gap: { readonly sales: number; readonly rank: number } | null;
}

export interface MarketSegment {
  readonly category: Category;
  readonly sales12m: Figure;
  /** Sales of the 12 months by the source's own series, whatever the data lists. */
  readonly counted: Figure;
  readonly median: Figure;
  /** Priced / all, percent. */
  readonly disclosureRate: Figure;
  /** Median now / median a year ago − 1, percent. */
  readonly growth: Figure;
  readonly daysOnMarket: Figure;
  readonly vendorDiscount: Figure;
  readonly saleToList: Figure;
  readonly clearance: Figure & { readonly reliable: boolean };
  readonly monthsOfSupply: Figure;
  readonly grossYield: Figure;
  /** What the rents of a series would be a week, if they cannot be that and are not used. */
  readonly rentNotUsed: number | null;
  readonly methodMix: readonly MethodShare[];
  /** Fewest bedrooms first; empty where none has a median. */
  readonly bedrooms: readonly BedroomRow[];
  /** Whether the series is a source's own: its charts then show the source's figures. */
  readonly seriesSupplied: boolean;
  /** Oldest first, at most 12 quarters; from the source's series where it has one, else from the sales. */
  readonly series: readonly SeriesPoint[];
}

export interface MethodShare {
  readonly method: SaleMethod;
  readonly share: number;
  readonly n: number;
  /** All sales that the share is of. */
  readonly of: number;
}

/** The homes of a segment that have so many bedrooms. */
export interface BedroomRow {
  readonly bedrooms: number;
  readonly orMore: boolean;
  readonly sales: Figure;
  readonly median: Figure;
  /** Percent on the 12 months before. */
  readonly growth: Figure;
  readonly daysOnMarket: Figure;
}

export interface SeriesPoint {
  readonly periodEnd: string;
  readonly sold: number | null;
  readonly median: number | null;
  /** How many prices the median and the quantiles rest on; null where a source's own series does not report it. */
  readonly medianN: number | null;
  readonly p5: number | null;
  readonly p25: number | null;
  readonly p75: number | null;
  readonly p95: number | null;
  readonly daysOnMarket: number | null;
  readonly daysN: number | null;
  readonly discount: number | null;
  readonly discountN: number | null;
  readonly clearance: number | null;
  readonly clearanceN: number | null;
  readonly stock: number | null;
  readonly weeklyRent: number | null;
}

export interface AgencyLeague {
  /** Sales of the suburb in the 12 months, each once. */
  readonly totalSales: number;
  /** Those of which no agency is known. */
  readonly unattributed: number;
  /** Joint sales count once for each agency, so shares can pass 100%. */
  readonly jointSales: number;
  /** Sum of the squared shares (percent), 0–10,000. */
  readonly concentration: Figure;
  readonly rows: readonly AgencyRow[];
}

/** What agencies and agents are ranked and shown by. */
export interface LeagueRow {
  readonly id: string;
  readonly name: string;
  /** 1-based; equal sales share a rank. Null for one without a sale. */
  readonly rank: number | null;
  readonly rankChange: number | null;
  /** It has a rank, and had none in the 12 months before, which are covered. */
  readonly isNew: boolean;
  readonly share: Figure;
  readonly value: Figure;
  readonly median: Figure;
  readonly daysOnMarket: Figure;
  /** Null where the data has no listings. */
  readonly listings: number | null;
  /** Of the sales those in the report's own suburb; null where no other counts. */
  readonly ownSales: number | null;
  readonly isPreparedFor: boolean;
  readonly isFeatured: boolean;
}

export interface AgencyRow extends LeagueRow {
  readonly colour: string | null;
  readonly sales: Figure;
  readonly shareChange: number | null;
  /** Share of the current listings less share of the sales, percentage points. */
  readonly momentum: Figure;
}

export interface AgentLeague {
  readonly rows: readonly AgentRow[];
}

export interface AgentRow extends LeagueRow {
  readonly title: string | null;
  readonly agencyId: string | null;
  readonly agencyName: string | null;
  readonly lead: Figure;
  readonly involved: Figure;
}

export interface AgentCard extends AgentRow {
  readonly photo: string | null;
  readonly agencyLogo: string | null;
  readonly phone: string | null;
  /** Only where the operator switched e-mail addresses on. */
  readonly email: string | null;
  readonly reviews: readonly { readonly provider: string; readonly rating: number; readonly count: number | null }[];
  /** The suburb's figures to set beside the agent's. */
  readonly suburb: { readonly median: Figure; readonly daysOnMarket: Figure };
  /** How the agent sells; null where the data has no sale of the agent in the 12 months. */
  readonly practice: Practice | null;
  /** Involved sales a quarter, oldest first, 8 at most; null where the records of the quarter are missing. */
  readonly sparkline: readonly { readonly periodEnd: string; readonly value: number | null }[];
  /** Newest first, 5 at most. */
  readonly recent: readonly SaleRow[];
}

/** How an agent or an agency sells: of the sales of the 12 months that it was involved in. */
export interface Practice {
  /** Without a colleague (of an agency: without another agency), and with one. */
  readonly solo: number;
  readonly joint: number;
  /** The most frequent first; sales whose method is not stated are in none. Empty with fewer than 3 that state it. */
  readonly methods: readonly MethodShare[];
  /** Disclosed sales below the suburb's lower third of prices, in the middle and in the upper third; null where there are too few. */
  readonly tiers: {
    readonly counts: readonly [number, number, number];
    readonly edges: readonly [number, number];
  } | null;
}

/** Two to four agents, or agencies, by the same figures. */
export interface Comparison {
  readonly kind: "agent" | "agency";
  /** In the order in which the request names them. */
  readonly columns: readonly ComparisonColumn[];
  /** Sentences about names that are unknown or not unique. */
  readonly notes: readonly string[];
}

export interface ComparisonColumn {
  readonly id: string;
  readonly name: string;
  readonly agencyName: string | null;
  readonly isPreparedFor: boolean;
  readonly rank: number | null;
  readonly rankChange: number | null;
  readonly isNew: boolean;
  readonly sales: Figure;
  /** Of an agent: the sales led. */
  readonly lead: Figure | null;
  readonly share: Figure;
  readonly value: Figure;
  readonly median: Figure;
  readonly daysOnMarket: Figure;
  readonly vendorDiscount: Figure;
  readonly saleToList: Figure;
  readonly listings: number | null;
  readonly practice: Practice | null;
}

/** A property, and the sales of the 12 months that are like it. No valuation. */
export interface Comparables {
  readonly address: string;
  /** "4 bedrooms, 2 bathrooms, about $2.5m". */
  readonly described: string;
  /** By which rule sales are like it, in a sentence. */
  readonly rule: string;
  readonly total: number;
  readonly median: Figure;
  /** The middle half of the prices; none below 5. */
  readonly lower: Figure;
  readonly upper: Figure;
  readonly daysOnMarket: Figure;
  /** The most alike first, 12 at most. */
  readonly rows: readonly (SaleRow & { readonly km: number | null })[];
  /** Sentences: what could not be judged, and a sale of the property itself. */
  readonly notes: readonly string[];
}

/** What a sale and a listing have in common. */
interface PropertyRow {
  readonly id: string;
  readonly address: string;
  /** Of a neighbour; null in the report's own suburb. */
  readonly suburb: string | null;
  readonly category: Category;
  /** The one the report is prepared for comes first. */
  readonly agencyNames: readonly string[];
  readonly agentNames: readonly string[];
  readonly isPreparedFor: boolean;
}

export interface SaleRow extends PropertyRow {
  readonly beds: number | null;
  readonly baths: number | null;
  readonly cars: number | null;
  readonly soldDate: string;
  /** Null where it was not disclosed. */
  readonly price: number | null;
  readonly method: SaleMethod;
  readonly daysOnMarket: number | null;
}

export interface ListingRow extends PropertyRow {
  readonly listedDate: string | null;
  readonly daysListed: number | null;
  readonly displayPrice: string | null;
}

/** Disclosed sales of the 12 months by price band (columns, cheapest first) and agency (rows, in league order, 10 at most). */
export interface HeatMap {
  readonly bands: readonly string[];
  readonly rows: readonly {
    readonly agencyId: string;
    readonly name: string;
    readonly counts: readonly number[];
    readonly isPreparedFor: boolean;
  }[];
  /** Of all agencies with a disclosed sale those behind the rows; `tied`: level with the last one. */
  readonly others: number;
  readonly tied: number;
}

export interface Method {
  readonly definitions: readonly { readonly term: string; readonly text: string }[];
  readonly coverage: readonly string[];
  readonly sources: readonly {
    readonly name: string;
    readonly licence: string | null;
    readonly retrievedAt: string | null;
    readonly disclaimer: string | null;
    readonly coveragePct: number | null;
    readonly synthetic: boolean;
  }[];
  readonly disclaimer: string;
  readonly correction: string;
}
