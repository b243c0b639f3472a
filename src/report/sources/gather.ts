import type { Decision } from "../data-set.ts";
import { findSuburb } from "../localities/suburbs.ts";
import { allBeside, type Beside, localitiesBeside } from "../request/beside.ts";
import { joinTexts } from "../selection/surroundings.ts";
import type { DataSetSource, ReportLocality } from "./source.ts";

/**
 * The data set of a suburb as JSON text, from the first source that knows it; with those of the suburbs that
 * count beside it, each requested in the same way. `of`: what is reported
 * on. Null where nothing is known of any of them. Throws as the sources do.
 */
export async function gatherDataSet(
  sources: readonly DataSetSource[],
  locality: ReportLocality,
  beside: Beside | null,
  of: "sales" | "rentals" = "sales",
): Promise<string | null> {
  const own = await firstOf(sources, locality, of);
  const found = beside === null ? null : findSuburb(locality);
  if (found === null) return own;
  const texts = await Promise.all(
    allBeside(localitiesBeside(locality, beside)).map(
      async (each) => [each, await firstOf(sources, each, of)] as const,
    ),
  );
  const around = texts.flatMap(([each, text]) => (text === null ? [] : [[each, text] as const]));
  return own === null && around.length === 0 ? null : joinTexts(own, found, around);
}

async function firstOf(
  sources: readonly DataSetSource[],
  locality: ReportLocality,
  of: "sales" | "rentals",
): Promise<string | null> {
  for (const source of sources) {
    const dataSet = await source.dataSet(locality, of);
    if (dataSet !== null) return dataSet;
  }
  return null;
}

/** A data set with what a person decided of its people and sales. Its JSON is not read for it: it may be large. */
export function withDecisions(dataSet: string, decisions: readonly Decision[]): string {
  if (decisions.length === 0) return dataSet;
  return `${dataSet.trimEnd().slice(0, -1)},"decisions":${JSON.stringify(decisions)}}`;
}
