import type { Font, Glyph } from "fontkit";
import { openFontFile } from "./font-file.ts";

/**
 * fontkit as pdfkit loads it. An `import` would bring a second copy of it, and a format that is registered there would
 * be unknown to pdfkit.
 */
const fontkit = require("fontkit") as typeof import("fontkit") & {
  registerFormat(format: { probe(bytes: Uint8Array): boolean; new (stream: { buffer: Uint8Array }): object }): void;
};

/** Words kept for each face; past that all are forgotten. A sample report has about 1,500. */
const MAX_WORDS = 8_000;
/** What is longer is no word that comes again. */
const MAX_WORD_LENGTH = 40;

/** A face of the report, parsed once in a thread: what pdfkit would do anew for each document. */
export interface Face {
  readonly font: Font;
  /** Stands for the face wherever a font file is wanted: pdfkit gets the parsed font for it. */
  readonly token: Uint8Array;
}

/** Files never change: each is opened once in a thread, when the first text needs it. */
const faces = new Map<string, Face>();

export function openFace(path: string): Face {
  const known = faces.get(path);
  if (known !== undefined) return known;
  const font = readFont(path);
  skipMissingAnchors(font);
  const face = { font, token: tokenOf(path) };
  faces.set(path, face);
  return face;
}

/** What fontkit knows of a font's file, once it has the directory of its tables. */
interface TrueType extends Font {
  readonly loca: { readonly offsets: readonly number[] };
}

const HEADER_BYTES = 12;
const RECORD_BYTES = 16;

/**
 * A font without its outlines, that gets each when it is first asked for it: fontkit asks for a glyph before it reads
 * it. What is never written to of the memory takes no room. A glyph has the characters that it was asked for with:
 * fontkit stores it with the first ones, and a later text of the thread would be extracted as an earlier one
 * (https://github.com/foliojs/fontkit/issues/154).
 */
function readFont(path: string): Font {
  const file = openFontFile(path);
  const bytes = Buffer.alloc(file.size);
  file.read(bytes, 0, HEADER_BYTES);
  const directoryEnd = HEADER_BYTES + RECORD_BYTES * bytes.readUInt16BE(4);
  file.read(bytes, HEADER_BYTES, directoryEnd);
  let outlines = 0;
  for (let record = HEADER_BYTES; record < directoryEnd; record += RECORD_BYTES) {
    const offset = bytes.readUInt32BE(record + 8);
    if (bytes.toString("latin1", record, record + 4) === "glyf") outlines = offset;
    else file.read(bytes, offset, offset + bytes.readUInt32BE(record + 12));
  }
  // A file of one face answers a font, never a collection.
  const font = fontkit.create(bytes) as TrueType;
  const { getGlyph } = font;
  const known = new Set<number>();
  font.getGlyph = (id, codePoints = []) => {
    if (!known.has(id)) {
      const { offsets } = font.loca;
      const begin = offsets[id] ?? 0;
      file.read(bytes, outlines + begin, outlines + Math.max(begin, offsets[id + 1] ?? 0));
      known.add(id);
    }
    const glyph = getGlyph.call(font, id, []);
    return glyph === null || codePoints.length === 0
      ? glyph
      : new (glyph.constructor as GlyphClass)(id, codePoints, font);
  };
  return font;
}

/** Not declared by fontkit's types. */
type GlyphClass = new (id: number, codePoints: readonly number[], font: Font) => Glyph;

interface Positioner {
  applyAnchor(mark: { readonly markAnchor: unknown }, baseAnchor: unknown, baseIndex: number): void;
}

/**
 * A face may have no place for a mark on a letter (X with a caron); fontkit's shaping throws where it has none
 * (https://github.com/foliojs/fontkit/issues/367). As in HarfBuzz, the mark then stays where it is.
 */
function skipMissingAnchors(font: Font): void {
  const { _layoutEngine } = font as Font & {
    readonly _layoutEngine: { readonly engine: { readonly GPOSProcessor: Positioner | null } | null };
  };
  const positioner = _layoutEngine.engine?.GPOSProcessor;
  if (!positioner) return;
  const { applyAnchor } = positioner;
  positioner.applyAnchor = (mark, baseAnchor, baseIndex) => {
    if (mark.markAnchor && baseAnchor) applyAnchor.call(positioner, mark, baseAnchor, baseIndex);
  };
}

const TOKEN_HEAD = "agentlink face: ";

/** Bytes that are no font file, for the face at this path. */
export function tokenOf(path: string): Uint8Array {
  return Buffer.from(TOKEN_HEAD + path);
}

function pathOf(token: Uint8Array): string | null {
  const text = Buffer.from(token.buffer, token.byteOffset, Math.min(token.byteLength, 4_096)).toString();
  return text.startsWith(TOKEN_HEAD) ? text.slice(TOKEN_HEAD.length) : null;
}

// fontkit asks each of its formats whether the bytes are theirs; this one knows the tokens. What it answers to `new` is
// the parsed font itself, from which pdfkit takes a new subset for each document.
function ParsedFace({ buffer }: { buffer: Uint8Array }): Font {
  return openFace(pathOf(buffer) ?? "").font;
}
fontkit.registerFormat(
  Object.assign(ParsedFace as unknown as new (stream: { buffer: Uint8Array }) => object, {
    probe: (bytes: Uint8Array) => pathOf(bytes) !== null,
  }),
);

/** A shaped word, in thousandths of the font's size. fontkit's own run adds the width up whenever it is asked. */
export interface Shaped {
  readonly glyphs: readonly Glyph[];
  readonly positions: readonly Position[];
  readonly advanceWidth: number;
}

/** `xAdvance` is `advanceWidth` with the kerning. */
export interface Position {
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
  encode(text: string, features?: unknown): readonly [readonly string[], readonly Position[]];
  layout(text: string, features?: unknown, onlyWidth?: boolean): Shaped;
  layoutCached(word: string): Shaped;
  layoutRun(word: string): Shaped;
}

/**
 * Shaping a word (ligatures, kerning) is the dearest part of a report, and reports share their words: what a document
 * would keep for itself is kept for all.
 */
export function shareWords(embedded: DocumentFont): void {
  const words = wordsOf(embedded.font);
  const { layout } = embedded;
  embedded.layoutCached = (word) => {
    let run = words.get(word);
    if (run === undefined) {
      const { glyphs, positions, advanceWidth } = embedded.layoutRun(word);
      run = { glyphs, positions, advanceWidth };
      if (words.size >= MAX_WORDS) words.clear();
      if (word.length <= MAX_WORD_LENGTH) words.set(word, run);
    }
    return run;
  };
  embedded.layout = (text, features, onlyWidth) =>
    features || text.length === 0 || SEVERAL_WORDS.test(text)
      ? layout.call(embedded, text, features, onlyWidth)
      : embedded.layoutCached(text);
}

/**
 * Makes what is extracted of the document the text that was set, also where a glyph stands for several characters (one
 * for the two hyphens U+002D and U+2010; a ligature for its letters and for a character of its own): it is then in the
 * document once for each.
 */
export function keepText(embedded: DocumentFont): void {
  embedded.encode = (text, features) => {
    const { glyphs, positions } = embedded.layout(text, features);
    const codes = glyphs.map((glyph, at) => hex(include(embedded, glyph, positions[at]?.advanceWidth ?? 0)));
    return [codes, positions];
  };
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

const SEVERAL_WORDS = /[ \t]./;

const shaped = new WeakMap<Font, Map<string, Shaped>>();

function wordsOf(font: Font): Map<string, Shaped> {
  let words = shaped.get(font);
  if (words === undefined) {
    words = new Map();
    shaped.set(font, words);
  }
  return words;
}
