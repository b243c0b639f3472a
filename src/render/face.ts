import type { Font, GlyphRun } from "fontkit";
import { openFontFile } from "./font-file.ts";
import { POST_WITHOUT_NAMES } from "./font-tables.ts";
import { separateGlyphs } from "./patches/glyph-text.ts";
import { skipMissingAnchors } from "./patches/mark-anchors.ts";
import { isShaped, runsFromRight } from "./scripts.ts";
import { type FaceTable, openShaper, type Shape } from "./shaper.ts";

/**
 * fontkit as pdfkit loads it. An `import` would bring a second copy of it, and a format that is registered there would
 * be unknown to pdfkit.
 */
export const fontkit = require("fontkit") as typeof import("fontkit") & {
  registerFormat(format: { probe(bytes: Uint8Array): boolean; new (stream: { buffer: Uint8Array }): object }): void;
};

/** Files never change: each is opened once in a thread, when the first text needs it. */
const faces = new Map<string, Font>();

/** A face of the report, parsed once in a thread. */
export function openFace(path: string): Font {
  const known = faces.get(path);
  if (known !== undefined) return known;
  const { font, openShape } = readFont(path);
  skipMissingAnchors(font);
  separateGlyphs(font);
  standIn(font);
  shapeScripts(font, openShape);
  faces.set(path, font);
  return font;
}

/** Characters that no face has, and what looks like them: the middle dot between the words of a Japanese name. */
const ALIKE: Readonly<Record<number, readonly number[]>> = { 12539: [0xff65, 0x2022] };

/** Draws a character that the face does not have as one that looks like it; it is extracted as what it is. */
function standIn(font: Font): void {
  const { _cmapProcessor: characters } = font as Font & {
    readonly _cmapProcessor: { lookup(codePoint: number, selector?: number): number };
  };
  const lookup = characters.lookup.bind(characters);
  characters.lookup = (codePoint, selector) => {
    const glyph = lookup(codePoint, selector);
    if (glyph !== 0 || ALIKE[codePoint] === undefined) return glyph;
    return ALIKE[codePoint].map((alike) => lookup(alike)).find((other) => other !== 0) ?? 0;
  };
}

/**
 * Sets what is of a script with a face of its own by HarfBuzz: fontkit places marks of many of them wrong, and has no
 * shaper for some. The first glyph of each cluster, from the left, has the characters of the cluster, the others none.
 * What runs from right to left has them as it has its glyphs, from the left: poppler, PDFium and pdf.js turn a line around
 * with all that its glyphs stand for.
 */
function shapeScripts(font: Font, openShape: () => Shape): void {
  const { layout } = font;
  let shape: Shape | undefined;
  font.layout = (text, ...rest) => {
    if (!isShaped(text)) return layout.call(font, text, ...rest);
    shape ??= openShape();
    const fromRight = runsFromRight(text);
    const shaped = shape(text, fromRight);
    const begins = [...new Set(shaped.map(({ cluster }) => cluster))].sort((a, b) => a - b);
    const charactersOf = (cluster: number) => {
      const index = begins.indexOf(cluster);
      const characters = Array.from(text.slice(index === 0 ? 0 : cluster, begins[index + 1]));
      return (fromRight ? characters.reverse() : characters).map((each) => each.codePointAt(0) ?? 0);
    };
    const glyphs = shaped.map(({ id, cluster }, index) =>
      font.getGlyph(id, shaped[index - 1]?.cluster === cluster ? [] : charactersOf(cluster)),
    );
    const positions = shaped.map(({ xAdvance, xOffset, yOffset }) => ({ xAdvance, yAdvance: 0, xOffset, yOffset }));
    const advanceWidth = shaped.reduce((sum, { xAdvance }) => sum + xAdvance, 0);
    return { glyphs, positions, advanceWidth } as unknown as GlyphRun;
  };
}

/** What fontkit knows of a font's file, once it has the directory of its tables. */
interface TrueType extends Font {
  readonly loca: { readonly offsets: readonly number[] };
}

const HEADER_BYTES = 12;
const RECORD_BYTES = 16;

/**
 * A font without its outlines, that gets each when it is first asked for it: fontkit asks for a glyph before it reads
 * it. What is never written to of the memory takes no room.
 */
function readFont(path: string): { readonly font: Font; readonly openShape: () => Shape } {
  const file = openFontFile(path);
  const bytes = Buffer.alloc(file.size);
  const read = (from: number, to: number) => file.read(bytes.subarray(from, to), from);
  read(0, HEADER_BYTES);
  const directoryEnd = HEADER_BYTES + RECORD_BYTES * bytes.readUInt16BE(4);
  read(HEADER_BYTES, directoryEnd);
  let outlines = 0;
  const tables: FaceTable[] = [];
  for (let record = HEADER_BYTES; record < directoryEnd; record += RECORD_BYTES) {
    const offset = bytes.readUInt32BE(record + 8);
    const table = bytes.toString("latin1", record, record + 4);
    const length = bytes.readUInt32BE(record + 12);
    if (table === "glyf") outlines = offset;
    else {
      read(offset, offset + length);
      tables.push({ offset, length });
    }
    if (table === "post") bytes.writeUInt32BE(POST_WITHOUT_NAMES, offset);
  }
  // A file of one face returns a font, never a collection.
  const font = fontkit.create(bytes) as TrueType;
  const { getGlyph } = font;
  const known = new Set<number>();
  font.getGlyph = (id, codePoints = []) => {
    if (!known.has(id)) {
      const { offsets } = font.loca;
      const begin = offsets[id] ?? 0;
      read(outlines + begin, outlines + Math.max(begin, offsets[id + 1] ?? 0));
      known.add(id);
    }
    return getGlyph.call(font, id, codePoints);
  };
  return { font, openShape: () => openShaper(bytes, tables) };
}
