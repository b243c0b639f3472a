// Why: the text that is extracted of a PDF must be the text that was set. fontkit stores a glyph with the characters that
// it was first requested, and gives a later text of the thread the same object
// (https://github.com/foliojs/fontkit/issues/154); pdfkit stores one meaning for each glyph of a document, so that the two
// hyphens U+002D and U+2010, a ligature and its letters, are extracted as whichever came first (docs/upstream.md).
// Pinned by: fontkit 2.0.4, a font's getGlyph; pdfkit 0.19.1, an embedded font's encode, subset, widths and unicode.
import type { Font, Glyph } from "fontkit";
import { type DocumentFont, embedsFont } from "./document-font.ts";
import type { Undo } from "./patch.ts";

/** Not declared by fontkit's types. */
type GlyphClass = new (id: number, codePoints: readonly number[], font: Font) => Glyph;

/** Glyphs that are cached for a face; past that all are forgotten. A sample report has about 300. */
const MAX_GLYPHS = 20_000;

/** Gives each text glyphs with the characters that it has: one for a glyph and its characters. */
export function separateGlyphs(font: Font): void {
  const { getGlyph } = font;
  const known = new Map<string, Glyph>();
  font.getGlyph = (id, codePoints = []) => {
    const key = keyOf(id, codePoints);
    let glyph = known.get(key);
    if (glyph === undefined) {
      const any = getGlyph.call(font, id, []);
      if (any === null || codePoints.length === 0) return any;
      glyph = new (any.constructor as GlyphClass)(id, [...codePoints], font);
      if (known.size >= MAX_GLYPHS) known.clear();
      known.set(key, glyph);
    }
    return glyph;
  };
}

/** Makes a glyph that stands for several texts a glyph of the document for each. */
export function preserveText(): Undo {
  return embedsFont((embedded) => {
    // pdfkit writes U+0000 for the glyph of a missing one, which every font has: no glyph may (ISO 14289-1, 7.21.7).
    embedded.unicode[0] = [0xfffd];
    embedded.encode = (text, features) => {
      const { glyphs, positions } = embedded.layout(text, features);
      const codes = glyphs.map((glyph, at) => hex(include(embedded, glyph, positions[at]?.advanceWidth ?? 0)));
      return [codes, positions];
    };
  });
}

/** The glyph's number in the document, as the characters that it stands for. */
export function include({ subset, widths, unicode }: DocumentFont, glyph: Glyph, advanceWidth: number): number {
  let numbers = included.get(subset);
  if (numbers === undefined) {
    numbers = { ofGlyph: new Map(), ofKey: new Map() };
    included.set(subset, numbers);
  }
  const { ofGlyph, ofKey } = numbers;
  const known = ofGlyph.get(glyph);
  if (known !== undefined) return known;
  const { id, codePoints } = glyph;
  // Another object may stand for the same, where glyphs were forgotten in between.
  const key = keyOf(id, codePoints);
  let number = ofKey.get(key);
  if (number === undefined) {
    number = subset.includeGlyph(id);
    // Another text has it already.
    if (unicode[number] !== undefined) number = subset.glyphs.push(id) - 1;
    ofKey.set(key, number);
    widths[number] = advanceWidth;
    unicode[number] = codePoints;
  }
  ofGlyph.set(glyph, number);
  return number;
}

interface Numbers {
  readonly ofGlyph: Map<Glyph, number>;
  readonly ofKey: Map<string, number>;
}

/** Of each document's fonts. */
const included = new WeakMap<object, Numbers>();

function keyOf(id: number, codePoints: readonly number[]): string {
  return `${id} ${codePoints.join(" ")}`;
}

/** The numbers as they were written before; a document has some hundred, and nine thousand glyphs. */
const written: string[] = [];

/** A glyph's number as written on pages. */
export function hex(number: number): string {
  let digits = written[number];
  if (digits === undefined) {
    digits = number.toString(16).padStart(4, "0");
    written[number] = digits;
  }
  return digits;
}
