import { visibleText } from "./visible-text.ts";

/** What makes a spreadsheet take a text for a formula, also where it is behind what the spreadsheet leaves out. */
const FORMULA = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}'"]*[=+\-\u2212@]|^[\s\p{Cc}]/u;

/**
 * A text as a cell of CSV (RFC 4180), whatever its source: no spreadsheet takes it for a formula, because an apostrophe
 * before it makes it a text, and nothing in it shows itself as something else. A line end within it stays within its cell.
 */
export function csvText(text: string): string {
  const shown = visibleText(text.replace(/\r\n?/g, "\n"));
  // Normalised, because fullwidth, small and superscript signs are signs to some spreadsheets: ＝ ﹦ ⁼.
  return quoted(FORMULA.test(text.normalize("NFKC")) || FORMULA.test(text) ? `'${shown}` : shown);
}

/** A number, as it is. */
export function csvNumber(value: number | bigint): string {
  return quoted(String(value));
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
