import type { DataSet, Listing, Sale } from "../data-set.ts";
import { type DomainType, isOfType, type PropertyType, typesOf } from "./property-type.ts";
import type { ReportRequest } from "./request.ts";

/** Bounds of a number, both included; null for none. */
export interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}

/** Which sales and listings of a data set a report counts. */
export interface Filter {
  /** Empty: of every type. */
  readonly propertyTypes: readonly PropertyType[];
  readonly bedrooms: Bounds;
  readonly bathrooms: Bounds;
  readonly carspaces: Bounds;
  readonly landArea: Bounds;
}

/** What a record must be known for, in the order in which it is examined. */
export type Criterion = "type" | "bedrooms" | "bathrooms" | "carspaces" | "landArea";

type FilterFields = Pick<
  ReportRequest,
  | "property_types"
  | "min_bedrooms"
  | "max_bedrooms"
  | "min_bathrooms"
  | "max_bathrooms"
  | "min_carspaces"
  | "max_carspaces"
  | "min_land_area"
  | "max_land_area"
>;

/** The filter of a request; null where it has none. */
export function filterOf(request: FilterFields): Filter | null {
  const bounds = (min: number | undefined, max: number | undefined): Bounds => ({ min: min ?? null, max: max ?? null });
  const filter: Filter = {
    propertyTypes: request.property_types ?? [],
    bedrooms: bounds(request.min_bedrooms, request.max_bedrooms),
    bathrooms: bounds(request.min_bathrooms, request.max_bathrooms),
    carspaces: bounds(request.min_carspaces, request.max_carspaces),
    landArea: bounds(request.min_land_area, request.max_land_area),
  };
  return criteriaOf(filter).length === 0 ? null : filter;
}

const NUMBERS = {
  bedrooms: "beds",
  bathrooms: "baths",
  carspaces: "cars",
  landArea: "land_sqm",
} as const satisfies Record<string, keyof Sale & keyof Listing>;

/** What the filter compares. */
function criteriaOf(filter: Filter): readonly Criterion[] {
  const bounded = (Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]).filter((name) => {
    const { min, max } = filter[name];
    return min !== null || max !== null;
  });
  return [...(filter.propertyTypes.length > 0 ? (["type"] as const) : []), ...bounded];
}

/** The fields of a record that are examined. */
export type FilteredRecord = Pick<Sale, "category" | "property_type" | "beds" | "baths" | "cars" | "land_sqm">;

/**
 * Whether a record passes: the criterion that it would have to be known for where nothing that is known speaks against
 * it.
 */
export type FilterResult = true | false | Criterion;

/** Judges records one by one. */
export function createJudge(filter: Filter): (row: FilteredRecord) => FilterResult {
  const types: ReadonlySet<DomainType> = typesOf(filter.propertyTypes);
  const criteria = criteriaOf(filter);
  return (row) => {
    let unknown: Criterion | null = null;
    for (const criterion of criteria) {
      const passes = criterion === "type" ? isOfType(types, row) : isWithin(filter[criterion], row[NUMBERS[criterion]]);
      if (passes === false) return false;
      if (passes === "unknown") unknown ??= criterion;
    }
    return unknown ?? true;
  };
}

/** Whether a record has all that the filter asks for; without a filter, each has. */
export function isJudgedBy(filter: Filter | null | undefined): (row: FilteredRecord) => boolean {
  if (!filter) return () => true;
  const judge = createJudge(filter);
  return (row) => typeof judge(row) === "boolean";
}

function isWithin({ min, max }: Bounds, value: number | null | undefined): boolean | "unknown" {
  if (value == null) return "unknown";
  return (min === null || value >= min) && (max === null || value <= max);
}

/**
 * The data set with only the records that pass, in their order: a report is then made from it. What describes a whole
 * suburb is dropped: figures as supplied, and series of the market unless they are of a category that was requested as
 * a whole. Filtering twice is the same as filtering once.
 */
export function filterDataSet(dataSet: DataSet, filter: Filter): DataSet {
  const judge = createJudge(filter);
  const passes = (row: FilteredRecord) => judge(row) === true;
  const types = typesOf(filter.propertyTypes);
  const byTypeOnly = criteriaOf(filter).every((criterion) => criterion === "type");
  return {
    ...dataSet,
    ...(dataSet.sales && { sales: dataSet.sales.filter(passes) }),
    ...(dataSet.listings && { listings: dataSet.listings.filter(passes) }),
    ...(dataSet.rentals && { rentals: dataSet.rentals.filter(passes) }),
    ...(dataSet.market && {
      market: dataSet.market.filter(({ category }) => byTypeOnly && isOfType(types, { category }) === true),
    }),
    ...(dataSet.agents && { agents: dataSet.agents.map(({ supplied: _, ...agent }) => agent) }),
    ...(dataSet.agencies && { agencies: dataSet.agencies.map(({ for_sale: _, ...agency }) => agency) }),
  };
}
