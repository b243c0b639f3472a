// Why: the text that is extracted of a PDF must be the text that was set. fontkit stores a glyph with the characters that
// it was first asked for, and gives a later text of the thread the same object
// (https://github.com/foliojs/fontkit/issues/154); pdfkit keeps one meaning for each glyph of a document, so that the two
// hyphens U+002D and U+2010, a ligature and its letters, are extracted as whichever came first (docs/upstream.md).
// Pinned by: fontkit 2.0.4, a font's getGlyph; pdfkit 0.19.1, an embedded font's encode, subset, widths and unicode.
import type { Font, Glyph } from "fontkit";
import { type DocumentFont, embedsFont } from "./document-font.ts";
import type { Undo } from "./patch.ts";

/** Not declared by fontkit's types. */
type GlyphClass = new (id: number, codePoints: readonly number[], font: Font) => Glyph;

/** Gives each text glyphs of its own, with the characters that it has. Their outlines are still read once. */
export function separateGlyphs(font: Font): void {
  const { getGlyph } = font;
  font.getGlyph = (id, codePoints = []) => {
    const glyph = getGlyph.call(font, id, []);
    return glyph === null || codePoints.length === 0
      ? glyph
      : new (glyph.constructor as GlyphClass)(id, codePoints, font);
  };
}

/** Makes a glyph that stands for several texts a glyph of the document for each. */
export function keepText(): Undo {
  return embedsFont((embedded) => {
    embedded.encode = (text, features) => {
      const { glyphs, positions } = embedded.layout(text, features);
      const codes = glyphs.map((glyph, at) => hex(include(embedded, glyph, positions[at]?.advanceWidth ?? 0)));
      return [codes, positions];
    };
  });
}

/** The glyph's number in the document, as the characters that it stands for. */
export function include(
  { subset, widths, unicode }: DocumentFont,
  { id, codePoints }: Glyph,
  advanceWidth: number,
): number {
  let numbers = included.get(subset);
  if (numbers === undefined) {
    numbers = new Map();
    included.set(subset, numbers);
  }
  const key = `${id} ${codePoints.join(" ")}`;
  let number = numbers.get(key);
  if (number === undefined) {
    number = subset.includeGlyph(id);
    // Another text has it already.
    if (unicode[number] !== undefined) number = subset.glyphs.push(id) - 1;
    numbers.set(key, number);
    widths[number] = advanceWidth;
    unicode[number] = codePoints;
  }
  return number;
}

const included = new WeakMap<object, Map<string, number>>();

/** A glyph's number as pages have it. */
export function hex(number: number): string {
  return number.toString(16).padStart(4, "0");
}
