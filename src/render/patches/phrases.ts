// Why: Thai, Lao and Khmer have no blanks between words, so that pdfmake takes a phrase for one word and cuts it anywhere,
// in the middle of a letter and its marks, too (docs/upstream.md). Here it is cut where its words end.
// Pinned by: pdfmake 0.3.11, LayoutBuilder.processLeaf, the fields of an inline, and TextInlines.widthOfText.
import { override, type Undo } from "./patch.ts";

interface PhraseInline {
  readonly text: string;
  readonly width: number;
  readonly leadingCut?: number;
  readonly trailingCut?: number;
  readonly noNewLine?: boolean;
}

interface Leaf {
  _inlines?: PhraseInline[];
}

interface PhraseLayoutBuilder {
  readonly writer: { context(): { readonly availableWidth: number } };
  processLeaf(this: PhraseLayoutBuilder, node: Leaf): void;
}

interface TextInlines {
  widthOfText(text: string, inline: PhraseInline): number;
}

const { default: Builder } = require("pdfmake/js/LayoutBuilder.js") as {
  default: { readonly prototype: PhraseLayoutBuilder };
};
const { default: Measure } = require("pdfmake/js/TextInlines.js") as { default: new (document: null) => TextInlines };

const PHRASE = /[\u0e00-\u0eff\u1780-\u17ff]{2}/;
const WORDS = new Intl.Segmenter("th", { granularity: "word" });
const LETTERS = new Intl.Segmenter("th", { granularity: "grapheme" });

export function cutPhrases(): Undo {
  const { processLeaf } = Builder.prototype;
  return override("pdfmake's layout", Builder.prototype, {
    processLeaf(node) {
      const { availableWidth } = this.writer.context();
      if (node._inlines?.some(({ text, width }) => width > availableWidth && PHRASE.test(text)))
        node._inlines = node._inlines.flatMap((inline) =>
          inline.width > availableWidth && PHRASE.test(inline.text) ? parts(inline, availableWidth) : [inline],
        );
      processLeaf.call(this, node);
    },
  });
}

/** The words of a phrase; of a word that is wider than the line, its letters with their marks. */
function parts(inline: PhraseInline, availableWidth: number): readonly PhraseInline[] {
  const measure = new Measure(null);
  const part = (text: string): PhraseInline => ({
    ...inline,
    text,
    width: measure.widthOfText(text, inline),
    noNewLine: false,
  });
  const words = Array.from(WORDS.segment(inline.text), ({ segment }) => part(segment));
  const found = words.flatMap((word) =>
    word.width <= availableWidth ? [word] : Array.from(LETTERS.segment(word.text), ({ segment }) => part(segment)),
  );
  const last = found.at(-1);
  if (last !== undefined) found[found.length - 1] = { ...last, noNewLine: inline.noNewLine ?? false };
  return found.map((each, index) => ({
    ...each,
    leadingCut: index === 0 ? (inline.leadingCut ?? 0) : 0,
    trailingCut: index === found.length - 1 ? (inline.trailingCut ?? 0) : 0,
  }));
}
