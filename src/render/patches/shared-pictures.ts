// Why: pdfmake gives each use of a picture a name of its own, and embeds it once for each use: a logo on twelve pages is in
// the file twelve times.
// Pinned by: pdfmake 0.3.11, DocMeasure.convertIfBase64Image. Reported: docs/upstream.md.
import { override, type Undo } from "./patch.ts";

interface ImageMeasure {
  readonly pdfDocument: { readonly images: Record<string, string> };
  convertIfBase64Image(this: ImageMeasure, node: { image: string }): void;
}

const { default: DocMeasure } = require("pdfmake/js/DocMeasure.js") as {
  default: { readonly prototype: ImageMeasure };
};

export function sharePictures(): Undo {
  const { convertIfBase64Image } = DocMeasure.prototype;
  return override("pdfmake's measure of nodes", DocMeasure.prototype, {
    convertIfBase64Image(node) {
      const { images } = this.pdfDocument;
      const known = Object.keys(images).find((name) => images[name] === node.image);
      if (known === undefined) convertIfBase64Image.call(this, node);
      else node.image = known;
    },
  });
}
