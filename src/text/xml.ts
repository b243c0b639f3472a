/** Not allowed in XML 1.0 (section 2.2), even escaped. */
const NO_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** The text with `instead` in place of what no XML may have. */
export function xmlCharacters(text: string, instead = ""): string {
  return text.replace(NO_CHARACTER, instead);
}

/** The text as content or as a quoted value of XML. */
export function xmlText(text: string): string {
  return xmlCharacters(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
