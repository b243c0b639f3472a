import { suburbKey } from "../../gazetteer/key.ts";
import { findSuburb, isSameSuburb, type Locality, resolveSuburb, type SuburbQuery } from "../../localities/suburbs.ts";

/**
 * The catalogue's key of a suburb: the same for all its spellings and for all its postcodes (Virginia NT is 0834 and
 * 0835), but not for another town of the same name in the same state.
 */
export function localityKey(locality: Locality): string {
  const preferred = findSuburb({ suburb: locality.suburb, state: locality.state });
  const { postcode } = preferred !== null && isSameSuburb(preferred, locality) ? preferred : locality;
  return `${locality.state} ${suburbKey(locality.suburb)} ${postcode}`;
}

/** Whether a text has the format of a locality's key, as a page's cursor must. */
export function isLocalityKey(text: string): boolean {
  return /^[A-Z]{2,3} \S{1,100} \d{4}$/.test(text);
}

export interface KeyedLocality {
  readonly key: string;
  readonly locality: Locality;
}

/** Resolves suburbs of rows, remembering the last ones: a file has few suburbs and many rows. Throws as resolveSuburb. */
export function createLocalities(): (query: SuburbQuery) => KeyedLocality {
  /** Written by what `createLocalities` returns. */
  const known = new Map<string, KeyedLocality>();
  return (query) => {
    const spelling = `${query.suburb}\n${query.state}\n${query.postcode ?? ""}`;
    const found = known.get(spelling);
    if (found) return found;
    const locality = resolveSuburb(query);
    const keyed = { key: localityKey(locality), locality };
    if (known.size > 1_000) known.clear();
    known.set(spelling, keyed);
    return keyed;
  };
}
