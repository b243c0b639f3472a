import type { State } from "../data-set.ts";
import { namesakesOf } from "../localities/namesakes.ts";
import { findSuburb, isSameSuburb, type Locality, readLocality, surroundingsOf } from "../localities/suburbs.ts";
import { messages } from "../messages.ts";
import { listWords, plural } from "../wording.ts";
import type { ReportRequest } from "./request.ts";

/** Which suburbs a report counts beside its own. */
export interface Beside {
  /** Those that the request names, as "Fairlight NSW 2094". */
  readonly named: readonly string[];
  /** Those around it, by the gazetteer. */
  readonly surroundings: boolean;
}

/** A locality as a report or a job names it. */
export interface ReportedLocality {
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

/** The localities that count beside one. */
export interface LocalitiesBeside {
  readonly named: readonly Locality[];
  /** Those around it that are not named, nearest first. */
  readonly around: readonly Locality[];
  /** How far away the centres of those may be; null where they do not count. */
  readonly radiusKm: number | null;
}

/** Null where nothing counts beside it, or the gazetteer does not know it. */
export function localitiesBeside(locality: ReportedLocality, beside: Beside | null): LocalitiesBeside | null {
  const own = beside === null ? null : findSuburb({ ...locality, state: locality.state as State });
  if (beside === null || own === null) return null;
  const taken = [own];
  const untaken = (each: Locality | null): readonly Locality[] => {
    if (each === null || taken.some((other) => isOneSuburb(other, each))) return [];
    taken.push(each);
    return [each];
  };
  const named = beside.named.flatMap((text) => untaken(localityNamed(text, own.state)));
  if (!beside.surroundings) return { named, around: [], radiusKm: null };
  const { suburbs, radiusKm } = surroundingsOf(own);
  return { named, around: suburbs.flatMap(untaken), radiusKm };
}

/** All of them. */
export function allBeside(localities: LocalitiesBeside | null): readonly Locality[] {
  return localities === null ? [] : [...localities.named, ...localities.around];
}

/**
 * As a report distinguishes it from its own: "Fairlight", "Richmond VIC" of another state, "Richmond 4740" in a state that
 * has several.
 */
export function nameBeside(locality: Locality, ofReport: string): string {
  const { suburb, state, postcode } = locality;
  const name = state === ofReport ? suburb : `${suburb} ${state}`;
  return namesakesOf(locality).length === 0 ? name : `${name} ${postcode}`;
}

function isOneSuburb(a: Locality, b: Locality): boolean {
  return a.suburb === b.suburb && a.state === b.state && isSameSuburb(a, b);
}

/** "Fairlight", "Fairlight 2094" or "Albury NSW", in the state of the report where it names none. */
function localityNamed(text: string, ofReport: State): Locality | null {
  const { suburb, state, postcode } = readLocality(text);
  return findSuburb({ suburb, state: state ?? ofReport, postcode });
}

/** Of many names the number is enough: Method has them all. */
const FEW = 3;

/** "Manly", "Manly, Fairlight and Balgowlah", "Manly and 4 neighbours", "Manly, 7 other suburbs and 4 neighbours". */
export function areaName(locality: ReportedLocality, beside: Beside | null): string {
  const localities = localitiesBeside(locality, beside);
  if (localities === null) return locality.suburb;
  const { named, around } = localities;
  return listWords([locality.suburb, ...othersIn({ named, around }, locality)]);
}

/**
 * The same of those whose records are counted, with what is `silent`: "Orange (no sales data for 4 other suburbs)". Of none
 * of them it is omitted.
 */
export function countedAreaName(
  locality: ReportedLocality,
  {
    beside = null,
    silent,
    of,
  }: {
    readonly beside?: Beside | null | undefined;
    readonly silent: readonly string[];
    readonly of: "sales" | "rentals";
  },
): string {
  const localities = localitiesBeside(locality, beside);
  const isKnown = (each: Locality) => !silent.includes(nameBeside(each, locality.state));
  const named = localities?.named.filter(isKnown) ?? [];
  const around = localities?.around.filter(isKnown) ?? [];
  const isOwnKnown = !silent.includes(locality.suburb);
  if (localities === null || silent.length === 0 || (!isOwnKnown && named.length + around.length === 0))
    return areaName(locality, beside);
  const others = othersIn({ named, around }, locality);
  const counted = isOwnKnown
    ? listWords([locality.suburb, ...others])
    : listWords(others) + (around.length === 0 ? "" : messages.neighboursOf(locality.suburb));
  const left = silent.filter((name) => name !== locality.suburb);
  return messages.withoutDataFor(
    counted,
    listWords([
      ...(isOwnKnown ? [] : [locality.suburb]),
      ...(left.length > FEW ? [plural(left.length, "other suburb")] : left),
    ]),
    of,
  );
}

function othersIn({ named, around }: Pick<LocalitiesBeside, "named" | "around">, { state }: ReportedLocality) {
  return [
    ...(named.length > FEW ? [plural(named.length, "other suburb")] : named.map((each) => nameBeside(each, state))),
    ...(around.length === 0 ? [] : [plural(around.length, "neighbour")]),
  ];
}
