import { BAND_PATTERN, BANDS } from "./commission/band.ts";

/** The expressions that texts of a request or a data set must match. */
export const PATTERN = {
  date: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$",
  postcode: "^\\d{4}$",
  colour: "^#[0-9a-fA-F]{6}$",
  /** Nothing but PNG and JPEG is safe to hand to the PDF. */
  picture: "^data:image/(png|jpeg);base64,[A-Za-z0-9+/]+={0,2}$",
  address: "^[Hh][Tt][Tt][Pp][Ss]?://",
  band: BAND_PATTERN,
} as const;

/** What is said of a text that does not match: the end of a sentence. */
const SENTENCES: Readonly<Record<string, string>> = {
  [PATTERN.date]: "must be a date as YYYY-MM-DD",
  [PATTERN.postcode]: "must be a postcode of four digits",
  [PATTERN.colour]: "must be a colour as #rrggbb",
  [PATTERN.picture]: "must be a PNG or JPEG data URI",
  [PATTERN.address]: "must be an address that begins with https:// or http://",
  [PATTERN.band]: `must be one of the price bands ${BANDS.map(({ label }) => label).join(", ")}`,
};

/** What a text must be, as the end of a sentence. */
export function patternSentence(pattern: string): string {
  return SENTENCES[pattern] ?? `must match ${pattern}`;
}
