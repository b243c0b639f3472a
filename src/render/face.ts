import { readFileSync } from "node:fs";
import type { Font, GlyphRun } from "fontkit";

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

/** Files never change and are large: each is read once in a thread, when the first text needs it. */
const faces = new Map<string, Face>();

export function openFace(path: string): Face {
  const known = faces.get(path);
  if (known !== undefined) return known;
  // A file of one face answers a font, never a collection.
  const font = fontkit.create(readFileSync(path)) as Font;
  keepWords(font);
  const face = { font, token: tokenOf(path) };
  faces.set(path, face);
  return face;
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

/**
 * Shaping a word (ligatures, kerning) is the dearest part of a report, and reports share their words. The answer is a
 * copy: pdfkit scales the positions in place.
 */
function keepWords(font: Font): void {
  const shape = font.layout.bind(font);
  const words = new Map<string, KeptRun>();
  font.layout = (text, features, ...rest) => {
    if (features || rest.length > 0 || text.length > MAX_WORD_LENGTH) return shape(text, features, ...rest);
    let word = words.get(text);
    if (word === undefined) {
      if (words.size >= MAX_WORDS) words.clear();
      const { glyphs, positions } = shape(text);
      word = { glyphs, positions };
      words.set(text, word);
    }
    return copyOf(word);
  };
}

type KeptRun = Pick<GlyphRun, "glyphs" | "positions">;

/** Of a run, pdfkit reads the glyphs, the positions and the width, which follows the positions as they are scaled. */
function copyOf({ glyphs, positions }: KeptRun): GlyphRun {
  const own = positions.map(({ xAdvance, yAdvance, xOffset, yOffset }) => ({ xAdvance, yAdvance, xOffset, yOffset }));
  let width: number | null = null;
  const run = {
    glyphs,
    positions: own,
    get advanceWidth() {
      width ??= own.reduce((sum, { xAdvance }) => sum + xAdvance, 0);
      return width;
    },
  };
  return run as unknown as GlyphRun;
}
