// Why: pdfkit makes a buffer of each of some ten thousand operators; here it gets those of a page at once.
// Pinned by: pdfkit 0.19.1, PDFDocument.addContent, flushPages and _pageBuffer.
import { override, type Undo } from "./patch.ts";

/** What pdfkit draws on: a page, or for a group within a chart something that can be written to alone. */
interface Page {
  readonly content?: unknown;
  write(chunk: string): void;
}

interface Canvas {
  readonly page: Page;
  readonly _pageBuffer: readonly Page[];
  addContent(this: Canvas, operator: string): Canvas;
  flushPages(this: Canvas): void;
}

const { default: PdfDocument } = require("pdfmake/js/PDFDocument.js") as { default: { readonly prototype: Canvas } };

/** Operators of pages that are not flushed yet. */
const drawn = new WeakMap<Page, string[]>();

export function writeOperatorsAtOnce(): Undo {
  const { flushPages } = PdfDocument.prototype;
  return override("pdfkit's document", PdfDocument.prototype, {
    addContent(operator) {
      const { page } = this;
      const operators = drawn.get(page);
      if (operators !== undefined) operators.push(operator);
      else if (page.content !== undefined) drawn.set(page, [operator]);
      else page.write(operator);
      return this;
    },
    flushPages() {
      for (const page of this._pageBuffer) {
        const operators = drawn.get(page);
        if (operators !== undefined) page.write(operators.join("\n"));
        drawn.delete(page);
      }
      flushPages.call(this);
    },
  });
}
