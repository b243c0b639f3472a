// Why: pdfkit writes title, author and subject into the XMP packet as they are: "Smith & Co" makes it ill-formed XML, and
// a PDF/A invalid. Its Info dictionary and the packet must agree, so the whole packet is written here.
// Pinned by: pdfkit 0.19.1, PDFDocument._addInfo and appendXML. Reported: docs/upstream.md.
import { xmpOf } from "../file/metadata.ts";
import { override, type Undo } from "./patch.ts";

interface Described {
  readonly info: Readonly<Record<string, unknown>>;
  readonly options: { readonly tagged?: boolean; readonly subset?: string };
  appendXML(xml: string): void;
  _addInfo(this: Described): void;
}

const { default: PdfDocument } = require("pdfmake/js/PDFDocument.js") as { default: { readonly prototype: Described } };

export function escapeMetadata(): Undo {
  return override("pdfkit's document", PdfDocument.prototype, {
    _addInfo() {
      const { tagged = false, subset = "" } = this.options;
      this.appendXML(xmpOf(this.info, { accessible: tagged, archival: subset.startsWith("PDF/A") }));
    },
  });
}
