import type { ContentText } from "pdfmake/interfaces";
import { covers, FALLBACKS, type Family, REPLACEMENT, widthOf } from "../fonts/fonts.ts";
import { wholeLanguageOf } from "../fonts/language.ts";
import { scriptOf } from "../fonts/scripts.ts";
import type { Tag, TaggedPicture } from "../structure/tag.ts";

/** How a text is set; what is left out is inherited. */
export interface Style {
  font?: Family;
  fontSize?: number;
  bold?: boolean;
  color?: string;
  lineHeight?: number;
  characterSpacing?: number;
  alignment?: "left" | "right" | "center";
  margin?: [number, number, number, number];
  noWrap?: boolean;
  /** The id of the text elsewhere in the report that a click leads to. */
  linkToDestination?: string;
  /** What a click counts on, in points from the left of the words; without it the words alone. */
  linkWidth?: number;
  tag?: Tag;
}

export interface Inline extends Style {
  text: string;
}

/** A paragraph of one style, from words that may have come from anywhere. */
export function text(value: string, style: Style = {}): ContentText {
  return paragraph([inlines(value, {}, style.font)], style);
}

/** A paragraph of several styles. */
export function paragraph(parts: readonly (readonly Inline[])[], style: Style = {}): ContentText {
  return { text: parts.flat(), ...style };
}

/** Words of one style within a paragraph, split where another face has to help out. */
export function inlines(
  value: string,
  style: Omit<Style, "margin" | "alignment" | "tag"> = {},
  font?: Family,
): Inline[] {
  const family = style.font ?? font ?? "Sans";
  return runs(value, family).map((run) => ({
    ...style,
    text: run.text,
    ...(run.family === family ? {} : { font: run.family }),
  }));
}

export interface Run {
  readonly text: string;
  readonly family: Family;
}

const GRAPHEMES = new Intl.Segmenter("en-AU", { granularity: "grapheme" });

/**
 * Splits a text by the faces that cover it. What none covers becomes the replacement mark, one for each character a
 * reader would see: a family emoji is one, not seven. The empty text is one empty run.
 */
export function runs(value: string, family: Family): readonly Run[] {
  const plain = clean(value);
  if (coversAll(family, plain)) return [{ text: plain, family }];
  const found: { text: string; family: Family; isDigit: boolean }[] = [];
  for (const { segment } of GRAPHEMES.segment(plain)) {
    const helped = helpedBy(segment, family);
    const run =
      helped === undefined
        ? { text: REPLACEMENT, family: "Sans" as const, isDigit: false }
        : { ...helped, isDigit: ARABIC_DIGIT.test(segment) };
    const last = found.at(-1);
    if (last?.family === run.family && last.isDigit === run.isDigit) last.text += run.text;
    else found.push(run);
  }
  return found.map(({ text, family: of }) => ({ text, family: of }));
}

/** Numbers run from left to right, also among letters that do not. */
const ARABIC_DIGIT = /[\u0660-\u0669\u06f0-\u06f9]/;

/**
 * A visible character with the family that has all of it: its script's, the text's own, or one of those that help out. A
 * letter with its mark that no face has is set as both: they are the same to every reader.
 */
function helpedBy(segment: string, family: Family): Run | undefined {
  const script = scriptOf(segment.codePointAt(0) ?? 0);
  const candidates = script === null ? [family, ...FALLBACKS] : [script];
  for (const text of [segment, segment.normalize("NFD")]) {
    const helper = candidates.find((candidate) => coversAll(candidate, text));
    if (helper !== undefined) return { text, family: helper };
  }
  return undefined;
}

/** Most texts need no check of a face. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Whether the report shows a mark for a part of the text, for lack of a face that has it. */
export function hasUncovered(value: string): boolean {
  if (PLAIN.test(value)) return false;
  const plain = clean(value);
  if (plain === REPLACEMENT) return true;
  return Array.from(GRAPHEMES.segment(plain)).some(({ segment }) => helpedBy(segment, "Sans") === undefined);
}

/**
 * A zero-width joiner stays within an emoji, where it makes one character of several, and beside the sign that takes a
 * letter's vowel, where it makes another letter; a non-joiner behind that sign, and between letters that would join.
 */
const STRAY_JOINER =
  /(?<!\p{Extended_Pictographic}\uFE0F?[\u{1F3FB}-\u{1F3FF}]?|[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA])\u200D(?![\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA])/gu;
const STRAY_NON_JOINER =
  /(?<![\u0620-\u07FF\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA])\u200C|(?<=[\u0620-\u07FF])\u200C(?![\u0620-\u07FF])/gu;
const HIDDEN = /\p{Cf}|\p{Cs}|\p{Default_Ignorable_Code_Point}/u;
/** Some signs that Unicode counts as format are seen: those around a number or a year in Arabic and Syriac. */
const INVISIBLE =
  /(?![\u200C\u200D]|[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2])(?:\p{Cf}|\p{Default_Ignorable_Code_Point})/gu;
/** Also spaces of other widths, which not every face has. */
const BLANKS = /[\p{Cc}\p{Zl}\p{Zp} \u1680\u2000-\u200A\u205F]+/gu;
/** Of most texts there is nothing to replace but each space by a space. */
const ODD_BLANKS = /[\p{Cc}\p{Zl}\p{Zp}\u1680\u2000-\u200A\u205F]| {2}/u;

/** Such as an ideographic space as a name. */
const ODD_BLANK_ALONE = /^(?=.*[^ \n\u00a0])[\s\p{Cc}]+$/su;

/**
 * One line of visible text: no control characters, no invisible ones (they can turn the order of a name around), no
 * runs of blanks. Composed, so that a letter and its accent are one glyph. What is all invisible, an odd blank, or half
 * a character becomes the replacement mark.
 */
export function clean(value: string): string {
  // Most texts have none of them, and every text is checked.
  const visible = HIDDEN.test(value)
    ? value.toWellFormed().replace(STRAY_JOINER, "").replace(STRAY_NON_JOINER, "").replace(INVISIBLE, "")
    : value;
  if (value !== "" && (visible === "" || ODD_BLANK_ALONE.test(visible))) return REPLACEMENT;
  const composed = visible.normalize("NFC");
  return ODD_BLANKS.test(composed) ? composed.replace(BLANKS, " ") : composed;
}

/**
 * A picture of a person or thing, in words. A name in another language stands alone: English words beside it would be
 * read in that language, too.
 */
export function described(kind: "Photo" | "Logo", of: string | null): TaggedPicture {
  const name = clean(of ?? "the agency");
  const lang = wholeLanguageOf(name);
  return lang === null ? { alt: `${kind} of ${name}` } : { alt: name, lang };
}

/**
 * Cuts at so many visible characters, behind a word where there is one, with an ellipsis: a table's row must stay
 * shorter than a page.
 */
export function shorten(value: string, length: number): string {
  if (value.length <= length) return value;
  const characters = Array.from(GRAPHEMES.segment(value), ({ segment }) => segment);
  return characters.length <= length ? value : `${wholeWords(characters, length - 1)}…`;
}

/** The beginning of a text up to a number of characters, without a cut word, unless that is most of it. */
function wholeWords(characters: readonly string[], length: number): string {
  const cut = characters.slice(0, length);
  const blank = characters[length] === " " ? length : cut.lastIndexOf(" ");
  return cut
    .slice(0, blank < length * 0.6 ? length : blank)
    .join("")
    .trimEnd();
}

/** The width of a text in points, in the faces it will be set in. */
export function measure(value: string, family: Family, size: number, bold = false): number {
  return runs(value, family).reduce((width, run) => width + widthOf(run.text, run.family, size, bold), 0);
}

/** Cuts a text, with an ellipsis, to what fits into so many points. */
export function fit(value: string, width: number, family: Family, size: number, bold = false): string {
  if (measure(value, family, size, bold) <= width) return value;
  const characters = Array.from(GRAPHEMES.segment(value), ({ segment }) => segment);
  let fitting = 0;
  let taken = measure("…", family, size, bold);
  for (const character of characters) {
    taken += measure(character, family, size, bold);
    if (taken > width) break;
    fitting++;
  }
  return `${wholeWords(characters, fitting)}…`;
}

/**
 * Names as `cut` cuts them, by the names. Where several would then look alike, as those of the offices of a franchise
 * do, the words that they share are left out in the middle: "Gull Realty … Manly".
 */
export function cutApart(names: readonly string[], cut: (name: string) => string): (name: string) => string {
  const all = [...new Set(names)];
  const shown = new Map<string, string>();
  for (const [short, alike] of Map.groupBy(all, cut)) {
    const words = alike.map((name) => name.split(" "));
    const fewest = Math.min(...words.map(({ length }) => length));
    const [first = []] = words;
    // Each is left with a word of its own.
    const differ = first.findIndex((word, at) => at === fewest - 1 || words.some((other) => other[at] !== word));
    for (const [index, name] of alike.entries()) {
      const rest = words[index]?.slice(differ).join(" ") ?? "";
      // With as many of the shared words as there is room for.
      const candidates = Array.from({ length: differ }, (_, at) =>
        [...first.slice(0, differ - 1 - at), "…", rest].join(" "),
      );
      shown.set(name, alike.length === 1 ? short : (candidates.find((each) => cut(each) === each) ?? short));
    }
  }
  return (name) => shown.get(name) ?? cut(name);
}

function coversAll(family: Family, characters: string): boolean {
  for (const character of characters) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (codePoint > 0x7e && !covers(family, codePoint)) return false;
  }
  return true;
}
