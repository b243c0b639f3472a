// Why: pdfmake sets each word by itself, and pdfkit each with eleven operators, a state saved and restored, and its letters
// encoded again; here what is side by side in one style is set at once, with what it takes, from words that are encoded
// once in a document. The page looks the same, a fifth of the time and a tenth of the file are saved.
// Pinned by: pdfmake 0.3.11, Renderer.renderLine and the fields of a line; pdfkit 0.19.1, PDFDocument.text,
// _setColorCore and
// _normalizeColor, and an embedded font's layoutCached.
import type { Glyph } from "fontkit";
import { drawn, inDirections, isShaped, readAlone } from "../fonts/scripts.ts";
import { joinClusters } from "./clusters.ts";
import type { DocumentFont, GlyphPosition } from "./document-font.ts";
import { hex, include } from "./glyph-text.ts";
import { override, type Undo, undoAll } from "./patch.ts";

/** A word or several of a line; how it is set, and where its left end is, in points from the line's. */
interface TypesetInline {
  readonly text: string;
  readonly x: number;
  readonly width: number;
  readonly font: { widthOfString(text: string, size: number, features?: unknown): number };
  readonly fontSize: number;
  readonly characterSpacing?: number;
  readonly [property: string]: unknown;
}

interface TypesetLine {
  inlines: readonly TypesetInline[];
}

interface TypesetWriter {
  renderLine(this: TypesetWriter, line: TypesetLine, x: number, y: number): void;
}

interface LineOptions {
  readonly lineBreak?: boolean;
  readonly textWidth?: number;
  readonly characterSpacing?: number;
  readonly link?: string | null;
  readonly goTo?: string;
  readonly destination?: string;
  readonly features?: unknown;
}

/** A font within a document. */
export interface EmbeddedFont extends DocumentFont {
  readonly id: string;
  readonly ascender: number;
  ref(): unknown;
}

/** The parts of pdfkit's document that are used here. */
interface LineCanvas {
  readonly page: { readonly fonts: Record<string, unknown> };
  readonly _font: EmbeddedFont;
  readonly _fontSize: number;
  addContent(operator: string): LineCanvas;
  currentLineHeight(): number;
  link(x: number, y: number, width: number, height: number, url: string): void;
  goTo(x: number, y: number, width: number, height: number, destination: string): void;
  addNamedDestination(name: string, ...destination: readonly unknown[]): void;
  readonly spotColors: Readonly<Record<string, unknown>>;
  text(this: LineCanvas, value: string, x: number, y: number, options?: LineOptions): LineCanvas;
  _normalizeColor(color: string): readonly number[] | null;
  _setColorCore(this: LineCanvas, color: unknown, stroke: boolean): boolean;
}

const { default: PdfRenderer } = require("pdfmake/js/Renderer.js") as {
  default: { readonly prototype: TypesetWriter };
};
const { default: PdfDocument } = require("pdfmake/js/PDFDocument.js") as {
  default: { readonly prototype: LineCanvas };
};

export function joinWords(): Undo {
  const { renderLine } = PdfRenderer.prototype;
  const { text, _setColorCore } = PdfDocument.prototype;
  return undoAll([
    override("pdfmake's renderer", PdfRenderer.prototype, {
      renderLine(line, x, y) {
        line.inlines = joined(ordered(line.inlines));
        renderLine.call(this, line, x, y);
      },
    }),
    override("pdfkit's document", PdfDocument.prototype, {
      /** One line of text that begins at `x`; `y` is where its ascenders end. */
      text(value, x, y, options = {}) {
        const { _font: font, _fontSize: size, page } = this;
        const shown = options.lineBreak === false && !options.features ? lettersOf(value, font) : null;
        if (shown === null) return text.call(this, value, x, y, options);
        const { textWidth: width = 0, characterSpacing: spacing = 0, link, goTo, destination } = options;
        if (link != null) this.link(x, y, width, this.currentLineHeight(), link);
        if (goTo != null) this.goTo(x, y, width, this.currentLineHeight(), goTo);
        if (destination != null) this.addNamedDestination(destination, "XYZ", x, y, null);
        if (shown === "") return this;
        page.fonts[font.id] ??= font.ref();
        return this.addContent(
          setLetters(shown, { font, size, x, baseline: y + (font.ascender / 1000) * size, spacing }),
        );
      },
      /** One operator instead of two, from a colour that is read once. */
      _setColorCore(color, stroke) {
        if (typeof color !== "string" || this.spotColors[color] !== undefined)
          return _setColorCore.call(this, color, stroke);
        const parts = partsOf(color, this);
        if (parts !== "") this.addContent(`${parts} ${stroke ? "RG" : "rg"}`);
        return parts !== "";
      },
    }),
  ]);
}

/** What two words must have in common to be set at once. */
const STYLE = [
  "font",
  "fontSize",
  "height",
  "fontFeatures",
  "color",
  "opacity",
  "background",
  "decoration",
  "decorationColor",
  "decorationStyle",
  "decorationThickness",
  "link",
  "linkToPage",
  "linkToDestination",
  "sup",
  "sub",
] as const;

/** In points: less than an eye sees, more than sums of widths differ by. */
const TOUCHING = 0.001;

/**
 * Where they are, which is another order than they are read in where letters run from right to left. They are written
 * in the order in which they are read, for text extraction and screen readers.
 */
function ordered(inlines: readonly TypesetInline[]): readonly TypesetInline[] {
  const found = inDirections(inlines, (inline, text) => ({ ...inline, text, width: widthOf(inline, text) }));
  if (found === null) return inlines;
  let x = inlines[0]?.x ?? 0;
  const lefts = new Map<number, number>();
  for (const { part, position } of found.toSorted((a, b) => a.position - b.position)) {
    lefts.set(position, x);
    x += part.width;
  }
  return found.map(({ part, position }) => ({ ...part, x: lefts.get(position) ?? part.x }));
}

function widthOf({ font, fontSize, fontFeatures, characterSpacing = 0 }: TypesetInline, text: string): number {
  return font.widthOfString(text, fontSize, fontFeatures) + characterSpacing * text.length;
}

function joined(inlines: readonly TypesetInline[]): readonly TypesetInline[] {
  const found: TypesetInline[] = [];
  let first: TypesetInline | undefined;
  let text = "";
  let width = 0;
  for (const inline of inlines) {
    if (first === undefined || !continues(first, width, inline)) {
      if (first !== undefined) found.push(set(first, text, width));
      first = inline;
      text = inline.text;
      width = inline.width;
    } else {
      text += inline.text;
      width += inline.width;
    }
  }
  if (first !== undefined) found.push(set(first, text, width));
  return found;
}

/** What is set at once, beginning with `first`: copied once, since a word has some twenty properties. */
function set(first: TypesetInline, text: string, width: number): TypesetInline {
  return text.length === first.text.length ? first : { ...first, text, width };
}

/** Whether `next` begins where `last` ends, which is `width` wide with what is set with it, and looks the same. */
function continues(last: TypesetInline, width: number, next: TypesetInline): boolean {
  return (
    Math.abs(last.x + width - next.x) < TOUCHING &&
    // pdfmake spaces the letters of a word apart, but not a word from the next.
    !next.characterSpacing &&
    !last.characterSpacing &&
    // A page's number is not known before.
    last._pageNodeRef === undefined &&
    next._pageNodeRef === undefined &&
    STYLE.every((property) => last[property] === next[property])
  );
}

/** A colour's parts as they are written; empty for anything else. Of strings, which are always RGB. */
const colours = new Map<string, string>();
/** Past that all are forgotten: clients choose colours, and a thread lives for months. A report has some twenty. */
const MAX_COLOURS = 1_000;

/** A colour's parts as the operands of an operator; "" for anything else. */
export function partsOf(color: string, document: Pick<LineCanvas, "_normalizeColor">): string {
  let parts = colours.get(color);
  if (parts === undefined) {
    parts = document._normalizeColor(color)?.join(" ") ?? "";
    if (colours.size >= MAX_COLOURS) colours.clear();
    colours.set(color, parts);
  }
  return parts;
}

/** Thousandths of a point. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** The operators that set the letters of `lettersOf`. */
export function setLetters(
  shown: string,
  line: {
    readonly font: EmbeddedFont;
    readonly size: number;
    readonly x: number;
    readonly baseline: number;
    readonly spacing: number;
  },
): string {
  const { font, size, x, baseline, spacing } = line;
  const letters = shown.includes(RISE)
    ? shown.replace(RISES, (_, rise) => String(rounded((Number(rise) * size) / 1000)))
    : shown;
  // pdfkit's pages count from the top, so letters are turned over.
  const begin = `BT\n1 0 0 -1 ${rounded(x)} ${rounded(baseline)} Tm\n/${font.id} ${rounded(size)} Tf`;
  const spaced = spacing === 0 ? `[${letters}] TJ` : `${rounded(spacing)} Tc\n[${letters}] TJ\n0 Tc`;
  return `${begin}\n${spaced}\nET`;
}

/** What pdfkit's encode responds, as it is written; null where a glyph is missing. */
export function lettersOf(value: string, font: EmbeddedFont): string | null {
  let words = encoded.get(font);
  if (words === undefined) {
    words = new Map();
    encoded.set(font, words);
  }
  let shown = "";
  for (let begin = 0; begin < value.length; ) {
    const space = value.indexOf(" ", begin);
    const end = space === -1 ? value.length : space + 1;
    const word = value.slice(begin, end);
    let letters = words.get(word);
    if (letters === undefined) {
      const parts = readAlone(word).map((part) => encode(part, font));
      letters = parts.includes(null) ? null : parts.join("");
      words.set(word, letters);
    }
    if (letters === null) return null;
    shown += letters;
    begin = end;
  }
  return shown.replaceAll("><", "");
}

const encoded = new WeakMap<EmbeddedFont, Map<string, string | null>>();

/** Before a rise in thousandths of the size, which a word is encoded without. */
const RISE = "@";
const RISES = /@(-?[\d.]+)/g;

function encode(word: string, font: EmbeddedFont): string | null {
  const { text, readAs } = drawn(word);
  const { glyphs, positions } = font.layoutCached(text);
  if (glyphs.length !== positions.length) return null;
  let shown = "<";
  const write = (glyph: Glyph, position: GlyphPosition, number: number | null) => {
    const { xAdvance, advanceWidth, xOffset, yOffset } = position;
    const reading = glyph.codePoints.length === 1 ? readAs?.get(glyph.codePoints[0] ?? -1) : undefined;
    if (xOffset !== 0) shown += `>${rounded(-xOffset)}<`;
    const read = reading === undefined ? glyph : font.font.getGlyph(glyph.id, [reading]);
    const code = hex(number ?? include(font, read, advanceWidth));
    shown += yOffset === 0 ? code : `>] TJ\n${RISE}${rounded(yOffset)} Ts\n[<${code}>] TJ\n0 Ts\n[<`;
    const back = advanceWidth - xAdvance + xOffset;
    if (back !== 0) shown += `>${rounded(back)}<`;
  };
  // A glyph without characters is a part of the one before it: a long dash of two strokes.
  if (isShaped(text) || glyphs.some(({ codePoints }) => codePoints.length === 0))
    for (const { glyph, position, number } of joinClusters(font, glyphs, positions)) write(glyph, position, number);
  // Without an array for each of nine thousand glyphs.
  else
    for (let index = 0; index < glyphs.length; index++) {
      const glyph = glyphs[index];
      const position = positions[index];
      if (glyph !== undefined && position !== undefined) write(glyph, position, null);
    }
  return `${shown}>`.replaceAll("<>", " ");
}
