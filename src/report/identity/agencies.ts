// Which agencies are one, and which are branches of one franchise.

import { STATES } from "../data-set.ts";
import { suburbKey } from "../gazetteer/key.ts";
import { findSuburb } from "../localities/suburbs.ts";

/** Words that occur in many names and distinguish none. */
const GENERIC = new Set([
  ...["real", "estate", "estates", "realty", "property", "properties", "agency", "agencies", "agent", "agents"],
  ...["residential", "sales", "group", "homes", "and", "co", "partners", "projects", "rentals", "office"],
]);
const REGIONS = new Set([
  ...["northern beaches", "north shore", "lower north shore", "upper north shore", "inner west", "eastern suburbs"],
  ...["hills district", "sutherland shire", "gold coast", "sunshine coast", "central coast", "bayside", "cbd", "city"],
  ...["mornington peninsula", "inner city", "head office", "north", "south", "east", "west", "central"],
]);
const COMPANY = /\b(?:pty|ltd|limited|p l|inc)\b/g;
const MOST_WORDS_OF_AREA = 4;

/** What two spellings of one agency's name share: no case, accents, punctuation and form of company. */
export function agencyKey(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("&", " and ");
  return plain
    .replace(/[’'`]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .replace(COMPANY, " ")
    .replace(/\s+/g, " ")
    .trim();
}

export interface Franchise {
  /** The name without the branch; "" if nothing is left that distinguishes it from others. */
  readonly name: string;
  /** Whether a branch was named. */
  readonly isBranch: boolean;
}

/** The name of an agency without the suburb or region that its branch is called by. */
export function franchiseOf(agency: string): Franchise {
  let words = agencyKey(agency).split(" ").filter(Boolean);
  let isBranch = false;
  for (let more = true; more; ) {
    more = false;
    for (let length = Math.min(MOST_WORDS_OF_AREA, words.length - 1); length > 0; length--) {
      const tail = words.slice(-length).join(" ");
      if (!isAreaName(tail)) continue;
      words = words.slice(0, -length);
      while (words.length > 1 && (words.at(-1) === "and" || words.at(-1) === "at")) words.pop();
      [isBranch, more] = [true, true];
      break;
    }
  }
  const name = words.every((word) => GENERIC.has(word)) ? "" : words.join(" ");
  return { name, isBranch };
}

const areaNames = new Map<string, boolean>();

function isAreaName(words: string): boolean {
  if (REGIONS.has(words)) return true;
  if (words.length < 3 || GENERIC.has(words)) return false;
  const known = areaNames.get(words);
  if (known !== undefined) return known;
  const found = suburbKey(words) !== "" && STATES.some((state) => findSuburb({ suburb: words, state }) !== null);
  if (areaNames.size > 20_000) areaNames.clear();
  areaNames.set(words, found);
  return found;
}
