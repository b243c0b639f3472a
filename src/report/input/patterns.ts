import { messages } from "../messages.ts";
import { BAND_PATTERN, BANDS } from "./price-band.ts";

/**
 * A data URI in Base64 as browsers take it (Fetch, 6): in any case, with parameters, and whatever type it claims: what it
 * contains decides (picture.ts).
 */
const DATA_URI = "[Dd][Aa][Tt][Aa]:[^,]{0,200};\\s*[Bb][Aa][Ss][Ee]64\\s*,\\s*\\S";

/** The expressions that texts of a request or a data set must match. */
export const PATTERN = {
  date: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$",
  postcode: "^\\d{4}$",
  colour: "^#[0-9a-fA-F]{6}$",
  picture: `^${DATA_URI}`,
  pictureOrAddress: `^(${DATA_URI}|[Hh][Tt][Tt][Pp][Ss]?://\\S{1,2000}$)`,
  address: "^[Hh][Tt][Tt][Pp][Ss]?://",
  sha256: "^[0-9a-f]{64}$",
  band: BAND_PATTERN,
} as const;

/** Twelve megabytes as base64: a photo of a phone has four to eight. */
export const PICTURE_CHARACTERS = 16_000_000;
export const PICTURE_DESCRIPTION = messages.pictureField;
export const PICTURE_OR_ADDRESS_DESCRIPTION = messages.pictureOrAddressField;

/** What a text that does not match must be: the end of a sentence. Each expression has one. */
const SENTENCES: Readonly<Record<(typeof PATTERN)[keyof typeof PATTERN], string>> = {
  [PATTERN.date]: messages.notDate,
  [PATTERN.postcode]: messages.notPostcode,
  [PATTERN.colour]: messages.notColour,
  [PATTERN.picture]: messages.notPicture,
  [PATTERN.pictureOrAddress]: messages.notPictureOrAddress,
  [PATTERN.address]: messages.notAddress,
  [PATTERN.sha256]: messages.notSha256,
  [PATTERN.band]: messages.notBand(BANDS.map(({ label }) => label).join(", ")),
};

/** What a text must be, as the end of a sentence. A schema has no other expressions than those of {@link PATTERN}. */
export function patternSentence(pattern: string): string {
  return SENTENCES[pattern as keyof typeof SENTENCES] ?? messages.otherFormat;
}
