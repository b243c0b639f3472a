import type { Font, GlyphRun } from "fontkit";
import type { Parts } from "../../host/files/packed-blocks.ts";
import { separateGlyphs } from "../patches/glyph-text.ts";
import { skipMissingAnchors } from "../patches/mark-anchors.ts";
import { openFontFile } from "./font-file.ts";
import { POST_WITHOUT_NAMES } from "./font-tables.ts";
import { hasMarks, isShaped, runsFromRight } from "./scripts.ts";
import { openShaper, type Shape, type ShapedGlyph } from "./shaper.ts";

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

const JOINERS = /^[\u200c\u200d]+$/;

/**
 * Sets what is of a script with a face of its own by HarfBuzz: fontkit places marks of many of them wrong, and has no
 * shaper for some. The first glyph of each cluster, from the left, has the characters of the cluster, the others none.
 * What runs from right to left has them as it has its glyphs, from the left: poppler, PDFium and pdf.js turn a line around
 * with all that its glyphs stand for. A joiner is of the cluster before it: alone, pdf.js and poppler leave it out.
 */
function shapeScripts(font: Font, openShape: () => Shape): void {
  const { layout } = font;
  let shape: Shape | undefined;
  font.layout = (text, ...rest) => {
    if (!isShaped(text)) return layout.call(font, text, ...rest);
    shape ??= openShape();
    const fromRight = runsFromRight(text);
    const found = shape(text, fromRight);
    const shaped = hasMarks(text) && !fromRight ? withMarks(found, font) : found;
    const all = [...new Set(shaped.map(({ cluster }) => cluster))].sort((a, b) => a - b);
    const begins = all.filter((begin, index) => index === 0 || !JOINERS.test(text.slice(begin, all[index + 1])));
    const clusters = shaped.map(({ cluster }) => begins.findLast((begin) => begin <= cluster) ?? cluster);
    const charactersOf = (cluster: number) => {
      const index = begins.indexOf(cluster);
      // Composed as they were sent, also where the face has a letter and its mark apart.
      const characters = Array.from(text.slice(index === 0 ? 0 : cluster, begins[index + 1]).normalize("NFC"));
      return (fromRight ? characters.reverse() : characters).map((each) => each.codePointAt(0) ?? 0);
    };
    const glyphs = shaped.map(({ id }, index) => {
      const cluster = clusters[index] ?? 0;
      return font.getGlyph(id, clusters[index - 1] === cluster ? [] : charactersOf(cluster));
    });
    const positions = shaped.map(({ xAdvance, xOffset, yOffset }) => ({ xAdvance, yAdvance: 0, xOffset, yOffset }));
    const run = {
      ...{ glyphs, positions },
      /** Of the positions as they are by then: pdfkit scales those of a face whose units are not a thousandth. */
      get advanceWidth() {
        return positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0);
      },
    };
    return run as unknown as GlyphRun;
  };
}

/** Of the size: between a letter and a mark above or below it. */
const GAP = 0.05;

/**
 * With the marks that the face has no place for on their letter (a grave on Ọ, in the titles' face): centred on it, above or
 * below it and the marks before. As HarfBuzz does for a face that places none.
 */
function withMarks(shaped: readonly ShapedGlyph[], font: Font): readonly ShapedGlyph[] {
  const gap = GAP * font.unitsPerEm;
  let letter: ShapedGlyph | undefined;
  let [bottom, top] = [0, 0];
  // A mark that the face places is placed on the mark before it, where that has been moved.
  let moved = false;
  return shaped.map((glyph) => {
    const { minX, maxX, minY, maxY } = font.getGlyph(glyph.id).bbox;
    const isMark = letter?.cluster === glyph.cluster && glyph.xAdvance === 0 && Number.isFinite(minX);
    if (letter === undefined || !isMark) {
      [letter, bottom, top, moved] = [glyph, minY, maxY, false];
      return glyph;
    }
    let placed = glyph;
    if (moved || (glyph.xOffset === 0 && glyph.yOffset === 0)) {
      moved = true;
      const base = font.getGlyph(letter.id).bbox;
      const xOffset = Math.round((base.minX + base.maxX - minX - maxX) / 2 - letter.xAdvance);
      const up = minY > 0 ? Math.max(0, top + gap - minY) : 0;
      const down = maxY <= gap && bottom < -gap ? Math.min(0, bottom - gap - maxY) : 0;
      placed = { ...glyph, xOffset, yOffset: Math.round(up + down) };
    }
    [bottom, top] = [Math.min(bottom, minY + placed.yOffset), Math.max(top, maxY + placed.yOffset)];
    return placed;
  });
}

/** The stream with which fontkit reads a table. */
interface Stream {
  /** Of the next byte that is read. */
  pos: number;
  readonly constructor: new (bytes: Uint8Array) => Stream;
}

interface TrueType extends Font {
  readonly stream: Stream;
  readonly loca: { readonly offsets: readonly number[] };
  _getTableStream(tag: string): Stream | null;
}

const HEADER_BYTES = 12;
const RECORD_BYTES = 16;
/** fontkit reads the box of a glyph without an outline (a space), too. */
const GLYPH_HEADER_BYTES = 10;

/** A font's file without its outlines, and where they begin in the file. */
interface Tables {
  readonly bytes: Buffer;
  readonly outlines: number;
}

function readTables(file: Parts): Tables {
  const header = Buffer.alloc(HEADER_BYTES);
  file.read(header, 0);
  const directory = Buffer.alloc(RECORD_BYTES * header.readUInt16BE(4));
  file.read(directory, HEADER_BYTES);
  const parts: Uint8Array[] = [header, directory];
  let offset = HEADER_BYTES + directory.length;
  let outlines = 0;
  for (let at = 0; at < directory.length; at += RECORD_BYTES) {
    const tag = directory.toString("latin1", at, at + 4);
    const from = directory.readUInt32BE(at + 8);
    const isOutlines = tag === "glyf";
    if (isOutlines) outlines = from;
    const table = Buffer.alloc(isOutlines ? 0 : directory.readUInt32BE(at + 12));
    file.read(table, from);
    if (tag === "post") table.writeUInt32BE(POST_WITHOUT_NAMES, 0);
    directory.writeUInt32BE(offset, at + 8);
    directory.writeUInt32BE(table.length, at + 12);
    const padding = Buffer.alloc(-table.length & 3);
    parts.push(table, padding);
    offset += table.length + padding.length;
  }
  return { bytes: Buffer.concat(parts), outlines };
}

/**
 * A font that reads each outline when the glyph is first used: fontkit requests a glyph before it reads its outline.
 * With a buffer as large as the file, of which hardly anything is ever used, the collector of each thread would wait for
 * 12 MB more than there are, and for as much garbage again and more.
 */
function readFont(path: string): { readonly font: Font; readonly openShape: () => Shape } {
  const file = openFontFile(path);
  const { bytes, outlines: begin } = readTables(file);
  // A file of one face returns a font, never a collection.
  const font = fontkit.create(bytes) as TrueType;
  /** By where they begin in their table. */
  const outlines = new Map<number, Uint8Array>();
  const { getGlyph, _getTableStream } = font;
  font.getGlyph = (id, codePoints = []) => {
    const { offsets } = font.loca;
    const from = offsets[id] ?? 0;
    const bytes = (offsets[id + 1] ?? 0) - from;
    if (bytes > 0 && !outlines.has(from)) {
      const outline = Buffer.alloc(bytes);
      file.read(outline, begin + from);
      outlines.set(from, outline);
    }
    return getGlyph.call(font, id, codePoints);
  };
  font._getTableStream = (tag) =>
    tag === "glyf" ? outlineStream(font.stream.constructor, outlines) : _getTableStream.call(font, tag);
  return { font, openShape: () => openShaper(bytes) };
}

/** A stream that fontkit moves to where an outline begins in its table, and that is at the start of that outline then. */
function outlineStream(StreamOf: Stream["constructor"], outlines: ReadonlyMap<number, Uint8Array>): Stream {
  const stream = new StreamOf(new Uint8Array());
  return Object.defineProperty(stream, "pos", {
    configurable: true,
    get: () => 0,
    set(from: number) {
      const outline = new StreamOf(outlines.get(from) ?? new Uint8Array(GLYPH_HEADER_BYTES));
      Object.defineProperties(stream, Object.getOwnPropertyDescriptors(outline));
    },
  });
}
