import { STATES, type State } from "../data-set.ts";
import { entriesAnywhere, entriesOf } from "../gazetteer/entries.ts";
import type { Locality } from "../gazetteer/gazetteer.ts";
import { suburbKey } from "../gazetteer/key.ts";
import { inhabitedLocalities } from "../gazetteer/postcodes.ts";
import type { SchemaViolation } from "../input/schema.ts";
import { messages } from "../messages.ts";
import { listWords } from "../wording.ts";
import { type NamedLocality, parseState, readLocality } from "./locality-line.ts";

/** A locality as it was entered: the first field may contain all of it. */
export interface GivenLocality {
  readonly suburb: string;
  readonly state?: string | null | undefined;
  readonly postcode?: string | null | undefined;
}

export interface CompleteLocality {
  readonly suburb: string;
  readonly state: string;
  readonly postcode: string | null;
}

/** Why a locality is not known yet, by the field to correct. */
export interface LocalityProblem {
  readonly code: "unknown_state" | "unknown_suburb" | "invalid_request";
  readonly problem: SchemaViolation;
}

/** The number of localities that are suggested. */
const NAMED = 5;

/**
 * The three fields of a locality, with what its suburb's line has in place of what the others leave out: "Manly, NSW
 * 2095", "2095 Manly", "St Kilda" with "VIC 3182", "2095". The name of a suburb is never taken apart.
 * Where a postcode leaves one state it is taken. Whether there is such a suburb is not examined where all three are given.
 */
export function completeLocality({ suburb, state, postcode }: GivenLocality): CompleteLocality | LocalityProblem {
  const stated = stateField(state || null);
  if (typeof stated === "string") return { suburb, state: stated, postcode: postcode || null };
  if (stated.postcode !== null && postcode && stated.postcode !== postcode)
    return contradiction("/postcode", postcode, `state says ${stated.postcode}`);
  const code = postcode || stated.postcode;
  if (stated.state !== null && entriesOf(stated.state, suburbKey(suburb)).length > 0)
    return { suburb, state: stated.state, postcode: code };

  const line = lineOf(suburb);
  if (stated.state !== null && line.state !== null && line.state !== stated.state)
    return isKnown(line, stated.state)
      ? contradiction("/state", state ?? "", `suburb says ${line.state} ("${suburb}")`)
      : { suburb, state: stated.state, postcode: code };
  if (code !== null && line.postcode !== null && line.postcode !== code)
    return contradiction("/postcode", code, `suburb says ${line.postcode} ("${suburb}")`);
  const whole = { suburb: line.suburb, state: stated.state ?? line.state, postcode: code ?? line.postcode };
  if (whole.suburb === "")
    return whole.postcode === null
      ? { code: "unknown_suburb", problem: { path: "/suburb", message: messages.notEmpty } }
      : onlyPostcode(whole.postcode, whole.state);
  return whole.state === null ? withoutState(whole) : { ...whole, state: whole.state };
}

/** The field of the state: empty, a state, or one with a postcode ("VIC 3182"); other texts are returned unchanged. */
function stateField(text: string | null): { state: State | null; postcode: string | null } | string {
  if (text === null) return { state: null, postcode: null };
  const plain = parseState(text);
  if (plain !== null) return { state: plain, postcode: null };
  const { suburb, state, postcode } = readLocality(`suburb ${text}`);
  return suburb === "suburb" && state !== null ? { state, postcode } : text;
}

/** Some write the postcode first, or it alone: then there is no suburb. */
function lineOf(text: string): NamedLocality {
  const [, first, rest] = /^\s*(\d{4})(?:[\s,]+(.*))?$/.exec(text) ?? [];
  if (first === undefined) return readLocality(text);
  const { suburb, state, postcode } = readLocality(`suburb ${rest ?? ""}`);
  const name = suburb.replace(/^suburb ?/, "");
  // "2095 Manly 2096" is no line.
  return postcode !== null && postcode !== first ? readLocality(text) : { suburb: name, state, postcode: first };
}

/** Whether a suburb is in one of two states. */
function isKnown({ suburb, state }: NamedLocality, other: State): boolean {
  const key = suburbKey(suburb);
  return entriesOf(other, key).length > 0 || (state !== null && entriesOf(state, key).length > 0);
}

/** A postcode stands for the one suburb that has it, or the only one where more than a few people live. */
function onlyPostcode(postcode: string, state: State | null): CompleteLocality | LocalityProblem {
  const all = inhabitedLocalities(postcode).filter(({ locality }) => state === null || locality.state === state);
  const peopled = all.filter(({ people }) => people > 0);
  const [only] = peopled.length > 0 ? peopled : all;
  if (only !== undefined && (peopled.length === 1 || all.length === 1))
    return { suburb: only.locality.suburb, state: only.locality.state, postcode };
  const message =
    only === undefined
      ? messages.postcodeOfNone(postcode, state === null ? "" : ` of ${state}`)
      : messages.postcodeOfMany(postcode, all.length, named(all.map(({ locality }) => locality)));
  return { code: "unknown_suburb", problem: { path: "/suburb", message } };
}

function withoutState({ suburb, postcode }: Omit<NamedLocality, "state">): CompleteLocality | LocalityProblem {
  const localities = entriesAnywhere(suburbKey(suburb));
  const fitting = postcode === null ? [] : localities.filter((locality) => locality.postcode === postcode);
  const states = new Set(fitting.map(({ state }) => state));
  const [locality] = fitting;
  if (locality !== undefined && states.size === 1) return { suburb, state: locality.state, postcode };
  const homes = localities.filter(({ kind }) => kind === "delivery");
  const message =
    localities.length === 0
      ? messages.stateAndSuburb(suburb, STATES.join(", "))
      : messages.stateRequired(named(homes.length > 0 ? homes : localities), homes.length || localities.length);
  return { code: "unknown_state", problem: { path: "/state", message } };
}

function contradiction(path: string, given: string, other: string): LocalityProblem {
  return {
    code: "invalid_request",
    problem: { path, message: messages.contradiction(given, other) },
  };
}

function named(localities: readonly Locality[]): string {
  const names = [...new Set(localities.map(({ suburb, state, postcode }) => `${suburb} ${state} ${postcode}`))];
  const more = names.length > NAMED ? [`${names.length - NAMED} more`] : [];
  return listWords([...names.slice(0, NAMED), ...more]);
}
