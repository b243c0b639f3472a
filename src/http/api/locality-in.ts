import { type Locality, resolveSuburb } from "../../report/localities/suburbs.ts";
import { decoded, inPath } from "../path.ts";
import { text } from "../query.ts";

/** The path of a locality, `…/:state/:suburb`. */
export const IN_LOCALITY = [inPath("state", "State, such as NSW"), inPath("suburb", "Suburb, such as Manly")] as const;
export const POSTCODE = text("Needed if several suburbs share the name");

/** The locality of an address. @throws Failure as resolveSuburb. */
export function localityIn(
  { state, suburb }: { readonly state: string; readonly suburb: string },
  { postcode }: { readonly postcode: string | null },
): Locality {
  return resolveSuburb({ suburb: decoded(suburb), state: decoded(state), postcode });
}
