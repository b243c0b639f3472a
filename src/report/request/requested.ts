import { count, decimal, listWords, plural } from "../wording.ts";
import { areaName, besideOf, type ReportedLocality } from "./beside.ts";
import { type Bounds, type Filter, filterOf } from "./filter.ts";
import { describeTypes } from "./property-type.ts";
import type { ReportRequest } from "./request.ts";

/** "houses and townhouses, 3 bedrooms or more": what a filter lets through; an empty list for no filter. */
export function describeFilter(filter: Filter | null): readonly string[] {
  if (filter === null) return [];
  return [
    ...(filter.propertyTypes.length > 0 ? [describeTypes(filter.propertyTypes)] : []),
    ...range(filter.bedrooms, (n) => plural(n, "bedroom")),
    ...range(filter.bathrooms, (n) => plural(n, "bathroom")),
    ...range(filter.carspaces, (n) => plural(n, "car space")),
    ...range(filter.landArea, (n) => `${Number.isInteger(n) ? count(n) : decimal(n)} m² of land`),
  ];
}

/** "3 bedrooms or more", "2 to 4 bedrooms", "4 bedrooms at most", "3 bedrooms". */
function range({ min, max }: Bounds, words: (n: number) => string): readonly string[] {
  if (min !== null && max !== null)
    return [min === max ? words(min) : `${words(min).replace(/ .*/, "")} to ${words(max)}`];
  if (min !== null) return [`${words(min)} or more`];
  return max === null ? [] : [`${words(max)} at most`];
}

/** What was requested in a line, such as "houses, 3 bedrooms or more, Manly and 4 neighbours"; "" for the usual report. */
export function describeRequested(request: Readonly<Record<string, unknown>>, locality: ReportedLocality): string {
  const requested = request as Partial<ReportRequest>;
  const beside = besideOf(requested);
  return [
    ...describeFilter(filterOf(requested)),
    ...(beside === null ? [] : [areaName(locality, beside)]),
    ...(requested.region === undefined ? [] : [`region ${requested.region}`]),
    ...(requested.area === undefined ? [] : [`area ${requested.area}`]),
    ...(requested.home_owner_pricing === undefined ? [] : [`price band ${requested.home_owner_pricing}`]),
    ...(requested.edition === undefined ? [] : [`${requested.edition} edition`]),
    ...(requested.sections === undefined ? [] : [`only ${listWords(requested.sections)}`]),
    ...(requested.compare === undefined ? [] : [`${listWords(requested.compare)} side by side`]),
    ...(requested.subject === undefined ? [] : [`sales comparable with ${requested.subject.address}`]),
  ].join(", ");
}
