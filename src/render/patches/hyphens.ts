// Why: pdfmake cuts a word that is wider than its line wherever the line ends, without a hyphen: who reads "Featherstoneh"
// cannot know that the name continues. Here a hyphen shows it, which is no letter of the word (read as U+00AD, ISO 32000-1
// 14.8.2.2.3), and an address is cut behind one of its signs, without a hyphen that would be taken for a part of it. A word
// of a script with a face of its own is cut between two letters with their marks, without a hyphen, which such a face lacks.
// Pinned by: pdfmake 0.3.11, LayoutBuilder.processLeaf, the fields of an inline, and TextInlines.widthOfText.
import { isShaped, SOFT_HYPHEN } from "../fonts/scripts.ts";
import { override, type Undo } from "./patch.ts";

interface WideInline {
  readonly text: string;
  readonly width: number;
  readonly leadingCut?: number;
  readonly trailingCut?: number;
  readonly noWrap?: boolean | null;
  readonly noNewLine?: boolean;
}

interface WideLeaf {
  _inlines?: WideInline[];
}

interface HyphenBuilder {
  readonly writer: { context(): { readonly availableWidth: number } };
  processLeaf(this: HyphenBuilder, node: WideLeaf): void;
}

const { default: Builder } = require("pdfmake/js/LayoutBuilder.js") as {
  default: { readonly prototype: HyphenBuilder };
};
const { default: Measure } = require("pdfmake/js/TextInlines.js") as {
  default: new (document: null) => { widthOfText(text: string, inline: WideInline): number };
};

export function hyphenate(): Undo {
  const { processLeaf } = Builder.prototype;
  return override("pdfmake's layout", Builder.prototype, {
    processLeaf(node) {
      const { availableWidth } = this.writer.context();
      const isTooWide = (inline: WideInline) => lettersWidth(inline) > availableWidth && inline.noWrap !== true;
      if (node._inlines?.some(isTooWide))
        node._inlines = node._inlines.flatMap((inline) =>
          isTooWide(inline) ? parts(inline, availableWidth) : [inline],
        );
      processLeaf.call(this, node);
    },
  });
}

/** pdfmake lets the blanks at the end of a line extend beyond it. */
function lettersWidth({ width, leadingCut = 0, trailingCut = 0 }: WideInline): number {
  return width - Math.max(0, leadingCut) - trailingCut;
}

const GRAPHEMES = new Intl.Segmenter("en-AU", { granularity: "grapheme" });
const LETTER = /^\p{L}/u;
/** Of an address or a number, what may end a line. */
const SIGN = /^[@._/:?&=+,;]$/;
/** Fewer letters of a word look lost. */
const FEWEST = 3;

function parts(inline: WideInline, availableWidth: number): readonly WideInline[] {
  const measure = new Measure(null);
  const widthOf = (text: string) => measure.widthOfText(text, inline);
  const found: WideInline[] = [];
  let rest = Array.from(GRAPHEMES.segment(inline.text), ({ segment }) => segment);
  while (widthOf(rest.join("").trimEnd()) > availableWidth) {
    const cut = cutOf(rest, (text) => widthOf(text) <= availableWidth);
    if (cut === null) break;
    const text = rest.slice(0, cut.at).join("");
    found.push({
      ...inline,
      text: cut.hyphen ? `${text}${SOFT_HYPHEN}` : text,
      width: widthOf(cut.hyphen ? `${text}-` : text),
      trailingCut: 0,
      noNewLine: false,
      ...(found.length > 0 ? { leadingCut: 0 } : {}),
    });
    rest = rest.slice(cut.at);
  }
  if (found.length === 0) return [inline];
  const text = rest.join("");
  return [...found, { ...inline, text, width: widthOf(text), leadingCut: 0 }];
}

/** What joins a letter to the next one: the sign that takes its vowel, and joiners. */
const JOINS = /[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D4D\u0DCA\u1039\u17D2]\u200D?$|\u200D$/;

/** Where the first part of a word ends: behind the last sign that has room, else between two letters, else anywhere. */
function cutOf(
  letters: readonly string[],
  fits: (text: string) => boolean,
): { readonly at: number; readonly hyphen: boolean } | null {
  const fitting = (at: number, hyphen: boolean) => fits(`${letters.slice(0, at).join("")}${hyphen ? "-" : ""}`);
  const isAddress = letters.some((letter) => SIGN.test(letter));
  const hasHyphen = !isShaped(letters.join(""));
  let anywhere: number | null = null;
  for (let at = mostThatFit(letters, fitting); at > 0; at--) {
    const [before = "", after = ""] = letters.slice(at - 1, at + 1);
    if (isAddress) {
      if (SIGN.test(before) && fitting(at, false)) return { at, hyphen: false };
    } else if (
      hasHyphen &&
      at >= FEWEST &&
      letters.length - at >= FEWEST &&
      LETTER.test(before) &&
      LETTER.test(after)
    ) {
      if (fitting(at, true)) return { at, hyphen: true };
    }
    if (anywhere === null && !JOINS.test(before) && fitting(at, false)) anywhere = at;
  }
  return anywhere === null ? null : { at: anywhere, hyphen: false };
}

/** By how many letters a part may have room that a shorter one has not: ligatures and marks make it narrower. */
const NARROWER = 4;

/** No more letters than these have room. Found by halves: to measure each part of a long word took most of a report. */
function mostThatFit(letters: readonly string[], fitting: (at: number, hyphen: boolean) => boolean): number {
  let [fits, most] = [0, letters.length - 1];
  while (fits < most) {
    const middle = Math.ceil((fits + most) / 2);
    if (fitting(middle, false)) fits = middle;
    else most = middle - 1;
  }
  return Math.min(letters.length - 1, most + NARROWER);
}
