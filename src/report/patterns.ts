import { BAND_PATTERN, BANDS } from "./commission/band.ts";

/** The expressions that texts of a request or a data set must match. */
export const PATTERN = {
  date: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$",
  postcode: "^\\d{4}$",
  colour: "^#[0-9a-fA-F]{6}$",
  picture: "^data:image/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$",
  address: "^[Hh][Tt][Tt][Pp][Ss]?://",
  sha256: "^[0-9a-f]{64}$",
  band: BAND_PATTERN,
} as const;

/** Six megabytes as base64. */
export const PICTURE_CHARACTERS = 8_000_000;
export const PICTURE_DESCRIPTION =
  "PNG, JPEG, GIF or WebP as a data URI; stored upright and in the size that is printed";

/** What a text that does not match must be: the end of a sentence. Each expression has one. */
const SENTENCES: Readonly<Record<(typeof PATTERN)[keyof typeof PATTERN], string>> = {
  [PATTERN.date]: "must be a date as YYYY-MM-DD",
  [PATTERN.postcode]: "must be a postcode of four digits",
  [PATTERN.colour]: "must be a colour as #rrggbb",
  [PATTERN.picture]:
    "must be a PNG, JPEG, GIF or WebP picture as a data URI (data:image/png;base64, and then Base64 without blanks or line breaks)",
  [PATTERN.address]: "must be an address that begins with https:// or http://",
  [PATTERN.sha256]: "must be a SHA-256 as 64 hexadecimal digits in lower case",
  [PATTERN.band]: `must be one of the price bands ${BANDS.map(({ label }) => label).join(", ")}`,
};

/** What a text must be, as the end of a sentence. A schema has no other expressions than those of {@link PATTERN}. */
export function patternSentence(pattern: string): string {
  return SENTENCES[pattern as keyof typeof SENTENCES] ?? "has a format that is not allowed here";
}
