// Why: Thai, Lao, Khmer and Burmese have no blanks between words, so that pdfmake takes a phrase for one word (docs/upstream.md).
// Here it is cut where its words end; a word that is still too wide is cut as any other (hyphens.ts).
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

const PHRASE = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]{2}/;
const WORDS = new Intl.Segmenter("th", { granularity: "word" });

export function cutPhrases(): Undo {
  const { processLeaf } = Builder.prototype;
  return override("pdfmake's layout", Builder.prototype, {
    processLeaf(node) {
      const { availableWidth } = this.writer.context();
      if (node._inlines?.some(({ text, width }) => width > availableWidth && PHRASE.test(text)))
        node._inlines = node._inlines.flatMap((inline) =>
          inline.width > availableWidth && PHRASE.test(inline.text) ? parts(inline) : [inline],
        );
      processLeaf.call(this, node);
    },
  });
}

/** The words of a phrase. */
function parts(inline: PhraseInline): readonly PhraseInline[] {
  const measure = new Measure(null);
  const part = (text: string): PhraseInline => ({
    ...inline,
    text,
    width: measure.widthOfText(text, inline),
    noNewLine: false,
  });
  const found = Array.from(WORDS.segment(inline.text), ({ segment }) => part(segment));
  const last = found.at(-1);
  if (last !== undefined) found[found.length - 1] = { ...last, noNewLine: inline.noNewLine ?? false };
  return found.map((each, index) => ({
    ...each,
    leadingCut: index === 0 ? (inline.leadingCut ?? 0) : 0,
    trailingCut: index === found.length - 1 ? (inline.trailingCut ?? 0) : 0,
  }));
}
