import { type Place, resolveSuburb } from "../../report/suburbs.ts";
import { decoded, inPath } from "../path.ts";
import { text } from "../query.ts";

/** The path of a place, `…/:state/:suburb`. */
export const IN_PLACE = [inPath("state", "State, such as NSW"), inPath("suburb", "Suburb, such as Manly")] as const;
export const POSTCODE = text("Needed if several suburbs share the name");

/** The place of an address. @throws Failure as resolveSuburb. */
export function placeIn(
  { state, suburb }: { readonly state: string; readonly suburb: string },
  { postcode }: { readonly postcode: string | null },
): Place {
  return resolveSuburb({ suburb: decoded(suburb), state: decoded(state), postcode });
}
