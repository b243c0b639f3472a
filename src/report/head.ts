import type { DataSet } from "./data-set.ts";
import type { ReportOptions } from "./options.ts";

/** What every document says at its head: of which locality it is, whether its data is made up, and whose brand it has. */
export function headOf(
  { suburb, sources = [] }: DataSet,
  { suburb: name, state, postcode, branding }: Pick<ReportOptions, "suburb" | "state" | "postcode" | "branding">,
) {
  return {
    locality: { suburb: name, state, postcode: postcode ?? suburb?.postcode ?? null },
    sample: sources.some(({ synthetic }) => synthetic === true),
    branding,
  };
}

/** How large the locality is; null where the data does not report it. */
export function sizeOf({ suburb }: DataSet) {
  return { dwellings: suburb?.dwellings ?? null, population: suburb?.population ?? null };
}
