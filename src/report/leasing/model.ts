import type { Category } from "../data-set.ts";
import type { Figure, Method, ReportModel, Standing, Tile } from "../model.ts";

/** The content of the agency report: which agencies let a suburb, by their rental listings of 12 months. Plain JSON. */
export interface LeasingModel {
  readonly locality: ReportModel["locality"];
  /** The suburb, with its neighbours where they count. */
  readonly area: string;
  /** The requested selection in words; null for all of the suburb. */
  readonly selected: string | null;
  /** The 12 months the figures cover, ISO days, both inclusive. */
  readonly period: ReportModel["period"];
  readonly asOf: string;
  /** False if nothing in the data has a date. */
  readonly isDated: boolean;
  readonly sample: boolean;
  /** The first day on record, ISO, where it is within the 12 months. */
  readonly begins: string | null;
  /** A source lags: its newest quarter may still grow, and is marked so. */
  readonly isProvisional: boolean;
  readonly branding: ReportModel["branding"];
  readonly locator: ReportModel["locator"];
  readonly preparedFor: (Standing & { readonly logo: string | null }) | null;
  readonly preparedForUnknown: string | null;
  /** Six at most, no label twice, and none about which nothing is known. */
  readonly tiles: readonly Tile[];
  /** Three or four, computed from the data, plain text. */
  readonly sentences: readonly string[];
  /** Rental listings of the 12 months, each once. */
  readonly total: number;
  /** Those of which no agency is known. */
  readonly unattributed: number;
  /** Those of several agencies: each counts them. */
  readonly joint: number;
  /** Agencies with a rental listing in the 12 months, by their number. */
  readonly league: readonly LettingAgency[];
  /** By type, and within it by bedrooms; all of a type first. */
  readonly rents: readonly RentRow[];
  /** Oldest first. */
  readonly quarters: readonly RentQuarter[];
  /** Some rents are a multiple of those of similar homes: what rests on rents is marked. */
  readonly hasOddRents: boolean;
  /** On the market on the report's day, newest first. */
  readonly current: { readonly total: number; readonly rows: readonly RentalRow[] };
  /** Leased in the 12 months, the latest first; `earlier`: those of them that were listed before. */
  readonly leased: { readonly total: number; readonly earlier: number; readonly rows: readonly RentalRow[] };
  readonly method: Method;
  /** Oddities of the data, for the client. */
  readonly warnings: readonly string[];
}

export interface LettingAgency {
  readonly id: string;
  readonly name: string;
  readonly colour: string | null;
  readonly logo: string | null;
  readonly address: string | null;
  readonly phone: string | null;
  /** 1-based; equal numbers share a rank. */
  readonly rank: number;
  readonly rankChange: number | null;
  readonly listings: Figure;
  readonly share: Figure;
  /** Percentage points against the 12 months before. */
  readonly shareChange: number | null;
  readonly medianRent: Figure;
  readonly daysToLease: Figure;
  /** On the market on the report's day. */
  readonly current: number;
  readonly leased: number;
  /** Listings of each type, the most first. */
  readonly mix: readonly { readonly category: Category; readonly listings: number; readonly medianRent: Figure }[];
  /** Listings by bedrooms, as {@link BEDROOMS} groups them. */
  readonly bedrooms: readonly number[];
  readonly isPreparedFor: boolean;
  readonly isFeatured: boolean;
}

/** How bedrooms are grouped: studios, 1, 2, 3, 4, and 5 or more. */
export const BEDROOMS = ["Studio", "1", "2", "3", "4", "5+"] as const;

export interface RentRow {
  readonly category: Category;
  /** Null for all of the type; "not known" where the data does not report it. */
  readonly bedrooms: string | null;
  readonly listings: number;
  readonly share: Figure;
  readonly medianRent: Figure;
  /** Against the 12 months before, percent. */
  readonly rentChange: Figure;
  readonly daysToLease: Figure;
}

export interface RentQuarter {
  readonly periodEnd: string;
  /** Null, as the medians are, where the records of the quarter are missing. */
  readonly listings: number | null;
  /** Median asking rents by type: the two types with most listings. */
  readonly medians: readonly (Pick<Figure, "value" | "n"> & { readonly category: Category })[];
}

export interface RentalRow {
  readonly id: string;
  readonly address: string;
  readonly category: Category;
  readonly beds: number | null;
  readonly baths: number | null;
  readonly cars: number | null;
  /** When it was listed, or leased, ISO. */
  readonly date: string | null;
  readonly weeklyRent: number | null;
  readonly displayPrice: string | null;
  readonly daysToLease: number | null;
  readonly agencyNames: readonly string[];
  readonly isPreparedFor: boolean;
}
