/**
 * What shows itself as something else: control characters and their sequences (a terminal obeys them), what turns the
 * order of letters around, what is invisible (zero-width characters, tags, fillers), and line ends that are none of text's
 * own. The signs that make a character before them an emoji or not are what they seem.
 */
const DECEPTIVE = /(?!\n|\t|\uFE0E|\uFE0F)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/gu;

/** A text with each of these written out, as JSON writes them (\u202e): the lines stay, and JSON stays the same JSON. */
export function visibleText(text: string): string {
  return text.replace(DECEPTIVE, writtenOut);
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visibleText(text).replace(/[\n\t]+/g, " ");
}

function writtenOut(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }).join("");
}

/**
 * A value that a person or a program sent, and that a sentence names because it is refused or unknown: in quotes, as JSON
 * writes it, so that an empty or a strange one is seen; a long one is cut. What exists is named without quotes.
 */
export function quoted(value: string, most = 60): string {
  return visibleLine(JSON.stringify(value.length > most ? `${value.slice(0, most)}…` : value));
}

/** Any JSON value that a sentence refuses: a text in quotes, a list or an object by what it is. */
export function shownValue(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return JSON.stringify(value) ?? "nothing";
}
