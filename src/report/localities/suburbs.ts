/*
 * Finds the locality that a client means: from a name, a postcode or a whole line, and among towns of one name.
 * Its list of localities is the gazetteer.
 * Not here: records, and what a report counts (selection/).
 */

import { distance } from "fastest-levenshtein";
import { Failure } from "../../failure.ts";
import { compareText } from "../../text/text.ts";
import { STATES, type State } from "../data-set.ts";
import { entriesOf } from "../gazetteer/entries.ts";
import { gazetteer, type Locality } from "../gazetteer/gazetteer.ts";
import { suburbKey } from "../gazetteer/key.ts";
import { messages } from "../messages.ts";
import { completeLocality } from "./given-locality.ts";
import { parseState, readLocality } from "./locality-line.ts";

export type { Locality } from "../gazetteer/gazetteer.ts";
export { neighbours, surroundingsOf } from "../gazetteer/neighbours.ts";
export { localitiesOfPostcode } from "../gazetteer/postcodes.ts";
export { parseState, readLocality } from "./locality-line.ts";

export interface SuburbQuery {
  /** May be a whole line, such as "Manly, NSW 2095", or a postcode. */
  readonly suburb: string;
  /** Short or in full, any case; needed where the suburb's line does not state it. */
  readonly state?: string | null | undefined;
  readonly postcode?: string | null | undefined;
}

/**
 * The one locality that is meant: the name in any case, with any spacing, hyphen or apostrophe, Saint or St, Mount or Mt.
 * Without a postcode it chooses the one people live in, and the larger town where a state has two of a name; a postcode
 * of post-office boxes stands for the delivery area beside them. A whole line is read by completeLocality.
 * @throws Failure, permanent: "unknown_state", also for one that is missing; "unknown_suburb" and "postcode_mismatch",
 *   both with the right ones in `details.nearest`; "invalid_request" for a line that the other fields contradict.
 */
export function resolveSuburb(given: SuburbQuery): Locality {
  const query = completeLocality(given);
  if ("problem" in query) {
    const { path, message } = query.problem;
    throw new Failure(query.code, `the ${path.slice(1)} ${message}`, { details: { problems: [query.problem] } });
  }
  const state = parseState(query.state);
  if (state === null)
    throw new Failure("unknown_state", messages.noState(query.state, STATES.join(", ")), {
      details: { states: STATES },
    });
  const entries = entriesOf(state, suburbKey(query.suburb));
  const [preferred] = entries;
  if (!preferred) throw unknownSuburb(query.suburb, state);
  if (!query.postcode) return preferred;
  const chosen = entries.find(({ postcode }) => postcode === query.postcode);
  if (!chosen) throw mismatch(query.postcode, entries);
  return chosen.kind === "delivery" ? chosen : nearestDelivery(chosen, entries);
}

/** As resolveSuburb, but null where it fails. */
export function findSuburb(query: SuburbQuery): Locality | null {
  const state = parseState(query.state ?? "");
  const entries = state === null ? [] : entriesOf(state, suburbKey(query.suburb));
  return (query.postcode ? entries.find(({ postcode }) => postcode === query.postcode) : entries[0]) ?? null;
}

/**
 * Completions for what was typed, best first: localities that there is data for before all others; then suburbs
 * that are called so, that begin so, and that have a word that begins so, the larger before the smaller; then those spelt
 * alike. A state or a postcode narrows it ("richmond vic", "manly 2095"); digits alone are the beginning of a postcode.
 */
export function searchSuburbs(
  q: string,
  limit: number,
  hasData: (locality: Locality) => boolean = () => false,
): readonly Locality[] {
  // Some write the postcode first.
  const line = q
    .trim()
    .slice(0, 100)
    .replace(/^(\d{4})[\s,]+(.+)$/, "$2 $1");
  const { suburb: name, state, postcode } = readLocality(line);
  const key = suburbKey(name);
  if ((key === "" && postcode === null) || limit < 1) return [];
  const all = gazetteer();
  const digits = /^\d{1,4}$/.test(key) ? key : key === "" ? (postcode ?? "") : null;
  const ranked: Ranked[] = [];
  // A letter is in most of 18,000 names, and begins a later word of few: only these are taken apart.
  const inLaterWord = new RegExp(`[\\s-]${key.charAt(0).replace(/\W/g, "\\S")}`, "i");
  const add = (index: number, rank: number, locality = all.locality(index)) =>
    ranked.push({ rank, locality, data: hasData(locality), people: all.peopleClass(index) });
  for (let index = 0; index < all.size; index++) {
    if (state !== null && all.state(index) !== state) continue;
    if (!all.isDelivery(index)) continue;
    if (digits !== null) {
      if (all.postcode(index).startsWith(digits)) add(index, 0);
      continue;
    }
    if (postcode !== null && all.postcode(index) !== postcode) continue;
    const candidate = all.key(index);
    if (candidate.startsWith(key)) add(index, candidate.length === key.length ? 0 : 1);
    else if (candidate.includes(key)) {
      const locality = all.locality(index);
      if (inLaterWord.test(locality.suburb) && startsAWord(locality.suburb, key)) add(index, 2, locality);
    }
  }
  ranked.sort(
    (a, b) =>
      Number(b.data) - Number(a.data) ||
      a.rank - b.rank ||
      b.people - a.people ||
      compareLocalities(a.locality, b.locality),
  );
  const found = ranked.slice(0, limit).map(({ locality }) => locality);
  if (found.length < limit && digits === null) {
    const known = new Set(found.map(identity));
    for (const locality of alike(key, state, limit))
      if (
        !known.has(identity(locality)) &&
        (state === null || locality.state === state) &&
        (postcode === null || locality.postcode === postcode)
      )
        found.push(locality);
  }
  return found.slice(0, limit);
}

interface Ranked {
  /** Called so, begins so, has a word that begins so. */
  readonly rank: number;
  readonly locality: Locality;
  readonly data: boolean;
  readonly people: number;
}

/** All localities of a state that have a locality's name, the one to prefer first. */
export function localitiesNamed({ suburb, state }: Pick<Locality, "suburb" | "state">): readonly Locality[] {
  return entriesOf(state, suburbKey(suburb));
}

/** Postcodes of one name and state nearer than this, in degrees, are one suburb. */
const SAME_SUBURB_DEGREES = 0.1;

/** Whether two entries of one name and state are one suburb that has two postcodes. */
export function isSameSuburb(a: Locality, b: Locality): boolean {
  return (
    Math.abs(a.latitude - b.latitude) < SAME_SUBURB_DEGREES && Math.abs(a.longitude - b.longitude) < SAME_SUBURB_DEGREES
  );
}

function nearestDelivery(from: Locality, entries: readonly Locality[]): Locality {
  const away = (locality: Locality) =>
    Math.hypot(locality.latitude - from.latitude, locality.longitude - from.longitude);
  const [nearest] = entries.filter(({ kind }) => kind === "delivery").sort((a, b) => away(a) - away(b));
  return nearest ?? from;
}

function mismatch(postcode: string, entries: readonly Locality[]): Failure {
  const nearest = entries.filter(({ kind }) => kind === "delivery");
  const [locality] = entries;
  const postcodes = (nearest.length > 0 ? nearest : entries).map((entry) => entry.postcode);
  return new Failure(
    "postcode_mismatch",
    messages.otherPostcode(locality?.suburb, locality?.state, postcodes.join(" or "), postcode),
    { details: { nearest: (nearest.length > 0 ? nearest : entries).map(named) } },
  );
}

const NEAREST = 5;

function unknownSuburb(suburb: string, state: State): Failure {
  const key = suburbKey(suburb);
  // That very suburb in another state is always named, however many names of this state look alike.
  const elsewhere = STATES.flatMap((other) => entriesOf(other, key).slice(0, 1));
  const [best, ...others] = alike(key, state, NEAREST).filter((locality) => suburbKey(locality.suburb) !== key);
  const nearest = (
    best && best.state === state && distance(key, suburbKey(best.suburb)) === 1
      ? [best, ...elsewhere, ...others]
      : [...elsewhere, ...(best ? [best] : []), ...others]
  )
    .slice(0, NEAREST)
    .map(named);
  const names = nearest.slice(0, 3).map((locality) => `${locality.suburb} ${locality.state} ${locality.postcode}`);
  const hint = names.length > 0 ? `; did you mean ${names.join(", ")}?` : messages.checkSuburb;
  return new Failure("unknown_suburb", messages.noSuburb(suburb, state, hint), { details: { nearest } });
}

/** Localities whose spelling is nearest to the key, those of the state first where they are equally near. */
function alike(key: string, state: State | null, limit: number): readonly Locality[] {
  const all = gazetteer();
  const reach = Math.max(2, Math.floor(key.length / 3));
  const found: { readonly score: number; readonly index: number }[] = [];
  for (let index = 0; index < all.size; index++) {
    const candidate = all.key(index);
    if (Math.abs(candidate.length - key.length) > reach || isLaterPostcode(index) || !all.isDelivery(index)) continue;
    const edits = distance(key, candidate);
    if (edits > reach) continue;
    // Another state costs as much as two slips; a wrong first letter is rarer than one further on.
    const elsewhere = state !== null && all.state(index) !== state ? 2 : 0;
    found.push({ score: edits + elsewhere + (candidate[0] === key[0] ? 0 : 0.5), index });
  }
  found.sort((a, b) => a.score - b.score || a.index - b.index);
  return found.slice(0, limit).map(({ index }) => all.locality(index));
}

/** True for a suburb's second postcode and those after it. */
function isLaterPostcode(index: number): boolean {
  const all = gazetteer();
  return index > 0 && all.key(index) === all.key(index - 1) && all.state(index) === all.state(index - 1);
}

function startsAWord(suburb: string, key: string): boolean {
  const words = suburb.split(/[\s-]+/);
  return words.some((_, at) => at > 0 && suburbKey(words.slice(at).join(" ")).startsWith(key));
}

function compareLocalities(a: Locality, b: Locality): number {
  return compareText(a.suburb, b.suburb) || compareText(a.state, b.state) || compareText(a.postcode, b.postcode);
}

function identity(locality: Locality): string {
  return `${locality.suburb} ${locality.state} ${locality.postcode}`;
}

function named({ suburb, state, postcode }: Locality) {
  return { suburb, state, postcode };
}
