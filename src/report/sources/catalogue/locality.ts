import { suburbKey } from "../../gazetteer/key.ts";
import { findSuburb, type Place, resolveSuburb, type SuburbQuery } from "../../suburbs.ts";

/** Postcodes of one name and state nearer than this, in degrees, are one suburb. */
const SAME_SUBURB_DEGREES = 0.1;

/**
 * The catalogue's key of a suburb: the same for all its spellings and for all its postcodes (Virginia NT is 0834 and
 * 0835), but not for another town of the same name in the same state.
 */
export function localityKey(place: Place): string {
  const preferred = findSuburb({ suburb: place.suburb, state: place.state });
  const same =
    preferred !== null &&
    Math.abs(preferred.latitude - place.latitude) < SAME_SUBURB_DEGREES &&
    Math.abs(preferred.longitude - place.longitude) < SAME_SUBURB_DEGREES;
  return `${place.state} ${suburbKey(place.suburb)} ${same ? preferred.postcode : place.postcode}`;
}

export interface Locality {
  readonly key: string;
  readonly place: Place;
}

/** Resolves suburbs of rows, remembering the last ones: a file has few suburbs and many rows. Throws as resolveSuburb. */
export function createLocalities(): (query: SuburbQuery) => Locality {
  const known = new Map<string, Locality>();
  return (query) => {
    const spelling = `${query.suburb}\n${query.state}\n${query.postcode ?? ""}`;
    const found = known.get(spelling);
    if (found) return found;
    const place = resolveSuburb(query);
    const locality = { key: localityKey(place), place };
    if (known.size > 1_000) known.clear();
    known.set(spelling, locality);
    return locality;
  };
}
