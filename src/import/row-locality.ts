import { STATES, type State } from "../report/data-set.ts";
import { suburbKey } from "../report/gazetteer/key.ts";
import { findSuburb, parseState, readLocality } from "../report/localities/suburbs.ts";
import { messages } from "./messages.ts";
import type { Rules } from "./rules.ts";

/** What a row states about its locality, in whichever columns. */
export interface WrittenLocality {
  readonly address: string | null;
  readonly suburb: string | null;
  readonly state: string | null;
  readonly postcode: string | null;
}

const MEMORY = 5_000;

/**
 * Puts a row's address and locality in order: what is behind the street in the address goes to the suburb, the state
 * and the postcode, or is left out where these are known already; a state that is missing is that of the postcode, or of
 * the only suburb of the name.
 */
export function createLocalityReader(rules: Rules): (written: WrittenLocality) => WrittenLocality {
  const states = new Map<string, State | null>();
  const stateOf = (suburb: string, postcode: string | null): State | null => {
    const key = `${suburb}\n${postcode ?? ""}`;
    const known = states.get(key);
    if (known !== undefined) return known;
    const found = STATES.filter((state) => findSuburb({ suburb, state, postcode }) !== null);
    const state = found.length === 1 ? (found[0] ?? null) : null;
    if (states.size > MEMORY) states.clear();
    states.set(key, state);
    return state;
  };

  return (written) => {
    let { address, suburb, postcode } = written;
    let state = written.state === null ? null : bareState(written.state);
    if (suburb !== null && (state === null || /[,\d]/.test(suburb))) {
      const line = readLocality(suburb);
      if (line.state !== null && line.suburb !== "") {
        suburb = line.suburb;
        state ??= line.state;
        postcode ??= line.postcode;
      }
    }
    if (address !== null) {
      const cut = suburb === null ? findLocalityIn(address, state, postcode) : cutLocality(address, suburb);
      if (cut !== null) {
        rules.use("address", suburb === null ? messages.suburbFromAddress : messages.suburbOutOfAddress, address);
        address = cut.street;
        suburb ??= cut.suburb;
        state ??= cut.state;
        postcode ??= cut.postcode;
      }
    }
    if (suburb !== null && state === null) {
      const found = stateOf(suburb, postcode);
      if (found !== null) {
        rules.use(
          "state",
          postcode === null ? messages.onlyState : messages.stateOfPostcode,
          `${suburb} ${postcode ?? ""}`,
        );
        state = found;
      }
    }
    return { address, suburb, state, postcode };
  };
}

/** "AU-NSW" and "New South Wales, Australia" are a state with its country; other texts are unchanged. */
function bareState(text: string): string {
  const bare = text
    .trim()
    .replace(/^au[-_ ]/i, "")
    .replace(/[\s,]+(australia|aus?)\.?$/i, "");
  return parseState(bare) === null ? text : bare;
}

const STATE_AT_END = /\b(act|nsw|nt|qld|sa|tas|vic|wa|australia|wales|territory|victoria|queensland|tasmania)\.?\s*$/i;

interface AddressCut {
  readonly street: string;
  readonly suburb: string | null;
  readonly state: string | null;
  readonly postcode: string | null;
}

/** The street of an address that ends with the suburb that is known; null where it does not. */
function cutLocality(address: string, suburb: string): AddressCut | null {
  // Most end with their street: a comma, a postcode or the suburb's last letters are what makes a closer look worth it.
  const tail = suburb.slice(-3).toLowerCase();
  if (
    !address.includes(",") &&
    !/\d{4}\s*$/.test(address) &&
    !address.trimEnd().toLowerCase().endsWith(tail) &&
    !STATE_AT_END.test(address)
  )
    return null;
  const line = readLocality(address);
  const key = suburbKey(suburb);
  const words = address.split(/[\s,]+/).filter((word) => word !== "");
  const dropped = line.suburb.split(" ").length;
  const bare = line.state !== null || line.postcode !== null ? words.slice(0, dropped) : words;
  for (let length = Math.min(5, bare.length - 1); length > 0; length--) {
    if (suburbKey(bare.slice(-length).join(" ")) !== key) continue;
    const street = streetOf(address, bare.length - length);
    // "12 Manly" is no street with a suburb behind it; "12 Pine St Manly" is.
    if (!/\p{L}/u.test(street.replace(/^(unit|lot|shop|suite|level)\b/i, ""))) return null;
    return { street, suburb, state: line.state, postcode: line.postcode };
  }
  if (bare.length === words.length || !address.includes(",")) return null;
  return { street: streetOf(address, bare.length), suburb, state: line.state, postcode: line.postcode };
}

/** The street, and the longest suburb of the gazetteer that the address ends with; null where it ends with none. */
function findLocalityIn(address: string, state: string | null, postcode: string | null): AddressCut | null {
  const line = readLocality(address);
  const within = (state === null ? null : parseState(state)) ?? line.state;
  const words = line.suburb.split(" ");
  const code = postcode ?? line.postcode;
  for (let length = Math.min(5, words.length - 1); length > 0; length--) {
    const suburb = words.slice(-length).join(" ");
    const states = within === null ? STATES : [within];
    if (!states.some((each) => findSuburb({ suburb, state: each, postcode: code }) !== null)) continue;
    const street = streetOf(address, words.length - length);
    if (!/\d/.test(street) && !address.includes(",")) return null;
    return { street, suburb, state: within, postcode: code };
  }
  return null;
}

/** The first so many words of an address, with the commas between them. */
function streetOf(address: string, words: number): string {
  const [street = address] = new RegExp(`^\\s*(?:[^\\s,]+[\\s,]*){${words}}`).exec(address) ?? [];
  return street.replace(/[\s,]+$/, "").trim();
}
