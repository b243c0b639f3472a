// Why: pdfmake gives pdfkit no position for a bookmark, and pdfkit then writes the upper right corner of the page. A bookmark
// opens at the line that it names, as a link to it does.
// Pinned by: pdfmake 0.3.11, Renderer.renderLine and a line's _outline; pdfkit 0.19.1, PDFOutline's children and outlineData.
import { override, type Undo } from "./patch.ts";

interface OutlineLine {
  readonly _outline?: object;
}

interface OutlineWriter {
  readonly pdfDocument: {
    readonly page: { readonly dictionary: object; readonly height: number };
    readonly outline: { readonly children: readonly { readonly outlineData: { Dest?: readonly unknown[] } }[] };
  };
  renderLine(this: OutlineWriter, line: OutlineLine, x: number, y: number): void;
}

const { default: Renderer } = require("pdfmake/js/Renderer.js") as { default: { readonly prototype: OutlineWriter } };

export function placeBookmarks(): Undo {
  const { renderLine } = Renderer.prototype;
  return override("pdfmake's renderer", Renderer.prototype, {
    renderLine(line, x, y) {
      renderLine.call(this, line, x, y);
      if (line._outline === undefined) return;
      const { page, outline } = this.pdfDocument;
      const bookmark = outline.children.at(-1);
      if (bookmark !== undefined) bookmark.outlineData.Dest = [page.dictionary, "XYZ", x, page.height - y, null];
    },
  });
}
