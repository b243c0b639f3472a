import { SOFT_HYPHEN } from "../../src/render/fonts/scripts.ts";
import { override, type Undo, undoAll } from "../../src/render/patches/patch.ts";
// With its patches, over which this is laid.
import "../../src/render/writer.ts";

interface Inline {
  readonly text: string;
}

interface Line {
  readonly inlines: readonly Inline[];
  readonly inlineWidths: number;
  readonly trailingCut: number;
  readonly maxWidth: number;
}

interface Node {
  readonly _inlines?: readonly Inline[];
}

interface Builder {
  buildNextLine(this: Builder, node: Node): Line | null;
}

interface PageWriter {
  context(): {
    readonly y: number;
    readonly pages: readonly { readonly pageSize: { readonly height: number } }[];
  };
  popContext(this: PageWriter): void;
}

const { default: LayoutBuilder } = require("pdfmake/js/LayoutBuilder.js") as {
  default: { readonly prototype: Builder };
};
const { default: ElementWriter } = require("pdfmake/js/PageElementWriter.js") as {
  default: { readonly prototype: PageWriter };
};

/** Scripts whose words have no blanks between them, or that are not set letter by letter. */
const OTHERS =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Arabic}\p{sc=Hebrew}]/u;

/**
 * Receives, until it is undone, what a layout hides: a block that was to be on one page and is taller, a word or a
 * number that is cut without a hyphen, a text that is wider than its column.
 */
export function watchLayout(problem: (words: string) => void): Undo {
  const { buildNextLine } = LayoutBuilder.prototype;
  const { popContext } = ElementWriter.prototype;
  return undoAll([
    override("pdfmake's layout", LayoutBuilder.prototype, {
      buildNextLine(node) {
        const line = buildNextLine.call(this, node);
        const [last, next] = [line?.inlines.at(-1)?.text ?? "", node._inlines?.[0]?.text ?? ""];
        const isCut = /[\p{L}\p{N}]$/u.test(last) && /^[\p{L}\p{N}]/u.test(next) && !last.endsWith(SOFT_HYPHEN);
        if (isCut && !OTHERS.test(last + next)) problem(`cut without a hyphen: ${last} / ${next}`);
        if (line !== null && line.inlineWidths - line.trailingCut > line.maxWidth + 0.5)
          problem(`wider than its column: ${line.inlines.map(({ text }) => text).join("")}`);
        return line;
      },
    }),
    override("pdfmake's writer", ElementWriter.prototype, {
      /** Of a block when it ends, whichever patch ends it. */
      popContext() {
        const { pages, y: end } = this.context();
        const height = pages[0]?.pageSize.height ?? 0;
        if (pages.length > 1 || end > height)
          problem(`a block that is to be on one page is taller than that: ${pages.length} pages`);
        popContext.call(this);
      },
    }),
  ]);
}
