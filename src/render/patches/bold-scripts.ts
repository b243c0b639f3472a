// Why: the faces of names are there in one weight, so that a name in bold looks like one that is not. Its letters are drawn
// with an outline besides (text rendering mode 2; ISO 32000-1, 9.3.6).
// Pinned by: pdfmake 0.3.11, PDFDocument.provideFont; pdfkit 0.19.1, PDFDocument.text and _fillColor, and that an embedded
// font has in `dictionary` what it is written as.
import { type Family, FONTS } from "../fonts/fonts.ts";
import { partsOf, rounded } from "./lines.ts";
import { override, type Undo } from "./patch.ts";

interface EmbeddedPdfFont {
  ref(): unknown;
}

interface FontCanvas {
  readonly _font: EmbeddedPdfFont;
  readonly _fontSize: number;
  readonly _fillColor: readonly [color: string, opacity: number] | null;
  addContent(operator: string): FontCanvas;
  provideFont(this: FontCanvas, family: Family, bold: boolean, italics: boolean): EmbeddedPdfFont;
  text(this: FontCanvas, value: string, ...rest: unknown[]): FontCanvas;
  _normalizeColor(color: string): readonly number[] | null;
}

const { default: PdfDocument } = require("pdfmake/js/PDFDocument.js") as {
  default: { readonly prototype: FontCanvas };
};

/** Of the size: as much as a stem of a semibold face is wider than one of a regular face. */
const OUTLINE = 0.03;

/** The family of titles has one weight by design. */
const ONE_WEIGHT: ReadonlySet<Family> = new Set(
  (Object.keys(FONTS) as Family[]).filter(
    (family) => family !== "Serif" && FONTS[family].normal === FONTS[family].bold,
  ),
);

export function embolden(): Undo {
  const { provideFont, text } = PdfDocument.prototype;
  /** By the font as it is; the other is the same in all else. */
  const strong = new WeakMap<EmbeddedPdfFont, EmbeddedPdfFont>();
  const outlined = new WeakSet<EmbeddedPdfFont>();
  return override("pdfkit's document", PdfDocument.prototype, {
    provideFont(family, bold, italics) {
      const font = provideFont.call(this, family, bold, italics);
      if (!bold || !ONE_WEIGHT.has(family)) return font;
      let found = strong.get(font);
      if (found === undefined) {
        found = Object.create(font, { ref: { value: () => font.ref() } }) as EmbeddedPdfFont;
        strong.set(font, found);
        outlined.add(found);
      }
      return found;
    },
    text(value, ...rest) {
      if (value === "" || !outlined.has(this._font)) return text.call(this, value, ...rest);
      const colour = partsOf(this._fillColor?.[0] ?? "black", this);
      this.addContent(`q\n${colour} RG\n${rounded(OUTLINE * this._fontSize)} w\n1 j\n2 Tr`);
      text.call(this, value, ...rest);
      return this.addContent("Q");
    },
  });
}
