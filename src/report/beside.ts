import type { State } from "./data-set.ts";
import { messages } from "./messages.ts";
import type { ReportRequest } from "./request.ts";
import { findSuburb, isSameSuburb, type Place, readPlace, surroundingsOf } from "./suburbs.ts";
import { listWords, plural } from "./wording.ts";

/** Which suburbs a report counts beside its own. */
export interface Beside {
  /** Those that the request names, as "Fairlight NSW 2094". */
  readonly named: readonly string[];
  /** Those around it, by the gazetteer. */
  readonly surroundings: boolean;
}

/** A place as a report or a job names it. */
export interface ReportedPlace {
  readonly suburb: string;
  readonly state: string;
  readonly postcode: string | null;
}

/** Null for a report of one suburb. */
export function besideOf(
  request: Pick<Partial<ReportRequest>, "include_surrounding_suburbs" | "other_suburbs">,
): Beside | null {
  const named = request.other_suburbs ?? [];
  const surroundings = request.include_surrounding_suburbs === true;
  return named.length === 0 && !surroundings ? null : { named, surroundings };
}

/** The places that count beside one. */
export interface PlacesBeside {
  readonly named: readonly Place[];
  /** Those around it that are not named, nearest first. */
  readonly around: readonly Place[];
  /** How far away the centres of those may be; null where they do not count. */
  readonly radiusKm: number | null;
}

/** Null where nothing counts beside it, or the gazetteer does not know it. */
export function placesBeside(place: ReportedPlace, beside: Beside | null): PlacesBeside | null {
  const own = beside === null ? null : findSuburb({ ...place, state: place.state as State });
  if (beside === null || own === null) return null;
  const taken = [own];
  const untaken = (each: Place | null): readonly Place[] => {
    if (each === null || taken.some((other) => isOneSuburb(other, each))) return [];
    taken.push(each);
    return [each];
  };
  const named = beside.named.flatMap((text) => untaken(placeNamed(text, own.state)));
  if (!beside.surroundings) return { named, around: [], radiusKm: null };
  const { suburbs, radiusKm } = surroundingsOf(own);
  return { named, around: suburbs.flatMap(untaken), radiusKm };
}

/** All of them. */
export function allBeside(places: PlacesBeside | null): readonly Place[] {
  return places === null ? [] : [...places.named, ...places.around];
}

/** As a report distinguishes it from its own: "Fairlight", "Richmond VIC" of another state. */
export function nameBeside({ suburb, state }: Pick<Place, "suburb" | "state">, ofReport: string): string {
  return state === ofReport ? suburb : `${suburb} ${state}`;
}

function isOneSuburb(a: Place, b: Place): boolean {
  return a.suburb === b.suburb && a.state === b.state && isSameSuburb(a, b);
}

/** "Fairlight", "Fairlight 2094" or "Albury NSW", in the state of the report where it names none. */
function placeNamed(text: string, ofReport: State): Place | null {
  const { suburb, state, postcode } = readPlace(text);
  return findSuburb({ suburb, state: state ?? ofReport, postcode });
}

/** Of many names the number is enough: Method has them all. */
const FEW = 3;

/** "Manly", "Manly, Fairlight and Balgowlah", "Manly and 4 neighbours", "Manly, 7 other suburbs and 4 neighbours". */
export function areaName(place: ReportedPlace, beside: Beside | null): string {
  const places = placesBeside(place, beside);
  if (places === null) return place.suburb;
  const { named, around } = places;
  return listWords([place.suburb, ...othersIn({ named, around }, place)]);
}

/**
 * The same of those whose records are counted, with what is `silent`: "Orange (no data for 4 other suburbs)". Of none
 * of them it indicates nothing.
 */
export function countedAreaName(place: ReportedPlace, beside: Beside | null, silent: readonly string[]): string {
  const places = placesBeside(place, beside);
  const isKnown = (each: Place) => !silent.includes(nameBeside(each, place.state));
  const named = places?.named.filter(isKnown) ?? [];
  const around = places?.around.filter(isKnown) ?? [];
  const isOwnKnown = !silent.includes(place.suburb);
  if (places === null || silent.length === 0 || (!isOwnKnown && named.length + around.length === 0))
    return areaName(place, beside);
  const others = othersIn({ named, around }, place);
  const counted = isOwnKnown
    ? listWords([place.suburb, ...others])
    : listWords(others) + (around.length === 0 ? "" : messages.neighboursOf(place.suburb));
  const left = silent.filter((name) => name !== place.suburb);
  return messages.withoutDataFor(
    counted,
    listWords([
      ...(isOwnKnown ? [] : [place.suburb]),
      ...(left.length > FEW ? [plural(left.length, "other suburb")] : left),
    ]),
  );
}

function othersIn({ named, around }: Pick<PlacesBeside, "named" | "around">, { state }: ReportedPlace) {
  return [
    ...(named.length > FEW ? [plural(named.length, "other suburb")] : named.map((each) => nameBeside(each, state))),
    ...(around.length === 0 ? [] : [plural(around.length, "neighbour")]),
  ];
}
