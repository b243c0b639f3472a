// Why: the text that is extracted of a PDF must be the text that was set. Of Arabic, Thai or Devanagari the glyphs stand
// in another order than the characters, and one glyph is part of several; what they read is written beside them
// (ISO 32000-1, 14.9.4).
// Pinned by: pdfkit 0.19.1, PDFDocument.text, and an embedded font's layoutCached.
import { SHAPED } from "../scripts.ts";
import { textString } from "../structure/tree.ts";
import type { DocumentFont } from "./document-font.ts";
import { override, type Undo } from "./patch.ts";

interface Canvas {
  readonly _font: DocumentFont;
  addContent(operator: string): Canvas;
  text(this: Canvas, value: string, ...rest: unknown[]): Canvas;
}

const { default: PdfDocument } = require("pdfmake/js/PDFDocument.js") as { default: { readonly prototype: Canvas } };

export function writeActualText(): Undo {
  const { text } = PdfDocument.prototype;
  return override("pdfkit's document", PdfDocument.prototype, {
    text(value, ...rest) {
      if (typeof value !== "string" || !SHAPED.test(value)) return text.call(this, value, ...rest);
      this.addContent(`/Span <</ActualText ${textString(value)}>> BDC`);
      text.call(this, value, ...rest);
      return this.addContent("EMC");
    },
  });
}
