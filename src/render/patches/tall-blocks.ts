// Why: of an unbreakable block that is taller than a page pdfmake prints the first page and drops the rest without a word
// ("no support for multi-page unbreakableBlocks"). Here the rest continues on the next pages. The space for a block is what
// the heads that repeat above it leave: pdfmake forgets these, and a block would run into the foot of the page.
// Pinned by: pdfmake 0.3.11, PageElementWriter's transactions and repeatables, and ElementWriter's contexts.
import { override, type Undo } from "./patch.ts";

interface BlockContext {
  readonly y: number;
  readonly availableWidth: number;
  readonly pages: readonly { readonly items: readonly object[] }[];
  readonly pageMargins: { readonly top: number; readonly bottom: number };
  getCurrentPage(): { readonly pageSize: { readonly height: number } };
}

interface BlockHead {
  readonly height: number;
}

interface BlockWriter {
  transactionLevel: number;
  repeatables: BlockHead[];
  context(): BlockContext;
  popContext(): void;
  addFragment(fragment: { readonly items: readonly object[]; readonly height: number }): unknown;
  beginUnbreakableBlock(this: BlockWriter, width?: number, height?: number): void;
  commitUnbreakableBlock(this: BlockWriter, x?: number, y?: number): void;
}

const { default: ElementWriter } = require("pdfmake/js/PageElementWriter.js") as {
  default: { readonly prototype: BlockWriter };
};

/** What repeats on the pages around a block, and the height that it leaves. It does not repeat within the block. */
interface AroundBlock {
  readonly repeatables: BlockHead[];
  readonly height: number;
}

const around = new WeakMap<BlockWriter, AroundBlock>();

/** In points: sums of heights differ by less. */
const ROUNDING = 0.001;

export function breakTallBlocks(): Undo {
  const { beginUnbreakableBlock, commitUnbreakableBlock } = ElementWriter.prototype;
  return override("pdfmake's writer", ElementWriter.prototype, {
    beginUnbreakableBlock(width, height) {
      if (this.transactionLevel > 0 || width !== undefined || height !== undefined)
        return beginUnbreakableBlock.call(this, width, height);
      const { repeatables } = this;
      const { pageMargins, availableWidth } = this.context();
      const page = this.context().getCurrentPage().pageSize.height - pageMargins.top - pageMargins.bottom;
      const free = repeatables.reduce((left, head) => left - head.height, page);
      around.set(this, { repeatables, height: free });
      this.repeatables = [];
      beginUnbreakableBlock.call(this, availableWidth, free);
    },
    commitUnbreakableBlock(x, y) {
      const outside = around.get(this);
      if (this.transactionLevel !== 1 || outside === undefined) return commitUnbreakableBlock.call(this, x, y);
      around.delete(this);
      this.repeatables = outside.repeatables;
      const block = this.context();
      if (block.pages.length < 2) return commitUnbreakableBlock.call(this, x, y);
      this.transactionLevel = 0;
      this.popContext();
      for (const [index, { items }] of block.pages.entries()) {
        const isLast = index === block.pages.length - 1;
        this.addFragment({ items, height: isLast ? block.y : outside.height - ROUNDING });
      }
    },
  });
}
