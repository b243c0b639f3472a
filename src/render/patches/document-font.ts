// What pdfkit makes of a face for one document, and the place where it is made: two patches begin there.
import type { Font, Glyph } from "fontkit";
import { override, type Undo } from "./patch.ts";

/** A shaped word, in thousandths of the font's size. fontkit's own run adds the width up at each access. */
export interface Shaped {
  readonly glyphs: readonly Glyph[];
  readonly positions: readonly GlyphPosition[];
  readonly advanceWidth: number;
}

/** `xAdvance` is `advanceWidth` with the kerning. */
export interface GlyphPosition {
  readonly xAdvance: number;
  readonly advanceWidth: number;
  readonly xOffset: number;
  readonly yOffset: number;
}

/** What pdfkit makes of a face for one document. */
export interface DocumentFont {
  readonly font: Font;
  readonly subset: { readonly glyphs: number[]; includeGlyph(id: number): number };
  /** By the glyph's number in the document: width in thousandths of the size, and the characters it is extracted as. */
  readonly widths: number[];
  readonly unicode: (readonly number[])[];
  encode(text: string, features?: unknown): readonly [readonly string[], readonly GlyphPosition[]];
  layout(text: string, features?: unknown, onlyWidth?: boolean): Shaped;
  layoutCached(word: string): Shaped;
  layoutRun(word: string): Shaped;
}

interface FontUser {
  readonly _font: DocumentFont;
  font(this: FontUser, ...source: unknown[]): FontUser;
}

const { default: PdfDocument } = require("pdfmake/js/PDFDocument.js") as { default: { readonly prototype: FontUser } };

/** Calls `embedded` with each font of each document, when it is there for the first time. */
export function embedsFont(embedded: (font: DocumentFont) => void): Undo {
  const { font } = PdfDocument.prototype;
  const known = new WeakSet<DocumentFont>();
  return override("pdfkit's document", PdfDocument.prototype, {
    font(...source) {
      font.apply(this, source);
      if (!known.has(this._font)) {
        known.add(this._font);
        embedded(this._font);
      }
      return this;
    },
  });
}
