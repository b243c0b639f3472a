// Why: pdfkit parses each font file again for each document and forgets its words with it; here a thread parses each face
// once, and shapes a word once. Half of a report's time.
// Pinned by: fontkit 2.0.4, registerFormat; pdfkit 0.19.1, PDFDocument.initFonts and registerFont, and of an embedded font
// layout, layoutCached and layoutRun.
import type { Font } from "fontkit";
import { fontkit, openFace } from "../fonts/face.ts";
import { FONT_FILES } from "../fonts/fonts.ts";
import { type DocumentFont, embedsFont, type Shaped } from "./document-font.ts";
import { override, type Undo, undoAll } from "./patch.ts";

interface FontRegistry {
  initFonts(this: FontRegistry, ...rest: unknown[]): void;
  registerFont(name: string, source: Uint8Array): void;
}

const { default: PdfDocument } = require("pdfmake/js/PDFDocument.js") as {
  default: { readonly prototype: FontRegistry };
};

/** Each user of a font file, text or chart, gets the face that this thread has parsed already. */
export function shareFaces(): Undo {
  const { initFonts } = PdfDocument.prototype;
  return undoAll([
    override("pdfkit's document", PdfDocument.prototype, {
      initFonts(...rest) {
        initFonts.apply(this, rest);
        for (const path of FONT_FILES) this.registerFont(path, tokenOf(path));
      },
    }),
    embedsFont(shareWords),
  ]);
}

const TOKEN_HEAD = "agentlink face: ";

/** Bytes that are no font file, for the face at this path. */
function tokenOf(path: string): Uint8Array {
  return Buffer.from(TOKEN_HEAD + path);
}

function pathOf(token: Uint8Array): string | null {
  const text = Buffer.from(token.buffer, token.byteOffset, Math.min(token.byteLength, 4_096)).toString();
  return text.startsWith(TOKEN_HEAD) ? text.slice(TOKEN_HEAD.length) : null;
}

// fontkit checks the bytes against each of its formats; this one knows the tokens. What it returns for `new` is
// the parsed font itself, from which pdfkit takes a new subset for each document.
function ParsedFace({ buffer }: { buffer: Uint8Array }): Font {
  return openFace(pathOf(buffer) ?? "");
}
fontkit.registerFormat(
  Object.assign(ParsedFace as unknown as new (stream: { buffer: Uint8Array }) => object, {
    probe: (bytes: Uint8Array) => pathOf(bytes) !== null,
  }),
);

/** Words cached for each face; past that all are forgotten. A sample report has about 1,500. */
const MAX_WORDS = 8_000;
/** What is longer is no word that comes again. */
const MAX_WORD_LENGTH = 40;

/**
 * Shaping a word (ligatures, kerning) is the dearest part of a report, and reports share their words: what a document
 * would cache for itself is cached for all.
 */
function shareWords(embedded: DocumentFont): void {
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
