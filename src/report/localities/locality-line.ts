import { STATE_NAMES, STATES, type State } from "../data-set.ts";
import { isLocalityName } from "../gazetteer/entries.ts";
import { suburbKey } from "../gazetteer/key.ts";

const statesByKey = new Map(
  STATES.flatMap((state) => [state, STATE_NAMES[state]].map((name) => [suburbKey(name), state])),
);

/** The state or territory, short or in full, in any case; null for anything else. */
export function parseState(name: string): State | null {
  return statesByKey.get(suburbKey(name)) ?? null;
}

/** What a line such as "St Kilda, VIC 3182" names; null for what it does not name. */
export interface NamedLocality {
  readonly suburb: string;
  readonly state: State | null;
  readonly postcode: string | null;
}

/**
 * Reads a locality as people write it in one line: the suburb, and behind it, in any order and with commas or without, its
 * state (short or in full), its postcode and "Australia". What is before them is the suburb, whatever it is; a suburb
 * whose own name ends with a state's (Mount Victoria) retains it.
 */
export function readLocality(line: string): NamedLocality {
  let words = line.split(/[\s,]+/).filter((word) => word !== "");
  let state: State | null = null;
  let postcode: string | null = null;
  for (let more = true; more && words.length > 1; ) {
    const last = words.at(-1) ?? "";
    const length = state === null ? stateAtEnd(words) : 0;
    more = true;
    if (postcode === null && /^\d{4}$/.test(last)) {
      postcode = last;
      words = words.slice(0, -1);
    } else if (length > 0) {
      state = parseState(words.slice(-length).join(" "));
      words = words.slice(0, -length);
    } else if (/^(australia|aus?)$/i.test(last)) words = words.slice(0, -1);
    else more = false;
  }
  return { suburb: words.join(" "), state, postcode };
}

/** How many words at the end name a state, the longest name first; at least one word is left for the suburb. */
function stateAtEnd(words: readonly string[]): number {
  for (let length = Math.min(3, words.length - 1); length > 0; length -= 1)
    if (parseState(words.slice(-length).join(" ")) !== null)
      return isLocalityName(suburbKey(words.join(" "))) ? 0 : length;
  return 0;
}
