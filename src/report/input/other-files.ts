import { messages } from "../messages.ts";

const UTF_16 = "UTF-16 text";

/** How files begin that are often taken for a table or JSON. */
const OTHER_FILES: readonly (readonly [beginning: string, what: string])[] = [
  ["504b0304", messages.workbook],
  ["d0cf11e0", messages.oldWorkbook],
  ["fffe", UTF_16],
  ["feff", UTF_16],
  ["25504446", "a PDF"],
  ["1f8b", "a gzip file"],
];

/** The kind of a file that is no text in UTF-8, by its first bytes; null if it may be text. Eight bytes are enough. */
export function otherFile(head: Uint8Array): { readonly what: string; readonly isText: boolean } | null {
  const hex = Buffer.from(head.subarray(0, 8)).toString("hex");
  const found = OTHER_FILES.find(([beginning]) => hex.startsWith(beginning))?.[1];
  // Text in UTF-16 without a mark has an empty byte beside each letter.
  const what = found ?? (/^(..00..00|00..00..)/.test(hex) ? UTF_16 : null);
  return what === null ? null : { what, isText: what === UTF_16 };
}
