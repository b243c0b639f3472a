import { sha256 } from "../../host/hash.ts";
import { addressText } from "./address.ts";

/** Ids are at most 100 characters in the data set. */
const MAX_ID = 100;

/** Small, in Latin letters and digits with hyphens; a text of other letters retains them. */
function slug(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/['’`]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
}

/**
 * An id made of what identifies a thing, the same for all its spellings and in every file. One that would be too long ends
 * in a hash of all of it.
 */
export function stableId(prefix: string, ...parts: readonly string[]): string {
  const whole = [prefix, ...parts.map(slug)].filter((part) => part !== "").join("-");
  if (whole.length <= MAX_ID) return whole;
  const hash = sha256(whole).slice(0, 12);
  return `${whole.slice(0, MAX_ID - 13)}-${hash}`;
}

/** Whether an address identifies a property: it has a number. */
export function isWholeAddress(address: string): boolean {
  return /\d/.test(address);
}

interface Identified {
  readonly address: string;
  readonly suburb: string;
  readonly state: string;
  /** The day that distinguishes two sales of one property; null for what a property has one of. */
  readonly day: string | null;
  /** What else distinguishes rows whose address has no number. */
  readonly more: readonly string[];
}

/** The id of a row that has none: where it is and when. */
export function idOfProperty(prefix: string, { address, suburb, state, day, more }: Identified): string {
  const key = addressText(address, suburb).replaceAll("/", " on ");
  return stableId(prefix, state, suburb, key, day ?? "", ...(isWholeAddress(address) ? [] : more));
}

export function agencyId(name: string): string {
  return stableId("agency", name);
}

export function agentId(name: string, agency: string | null): string {
  return stableId("agent", name, (agency ?? "").replace(/^agency-/, ""));
}
