import pdfmake from "pdfmake";
import { DRAWN_SIZE } from "./charts/svg.ts";
import { tokenOf } from "./face.ts";
import { FONTS } from "./fonts.ts";
import { xmpOf } from "./metadata.ts";
import "./typesetting.ts";

/** What pdfkit draws on: a page, or for a group within a chart something that can be written to alone. */
interface Page {
  readonly content?: unknown;
  write(chunk: string): void;
}

/** The parts of pdfkit's document that are used here; those after `appendXML` are called by pdfkit itself. */
interface Writer {
  readonly info: Readonly<Record<string, unknown>>;
  readonly page: Page;
  readonly _pageBuffer: readonly Page[];
  initFonts(this: Writer, ...rest: unknown[]): void;
  registerFont(name: string, source: Uint8Array): void;
  appendXML(xml: string): void;
  _addInfo(this: Writer): void;
  addContent(this: Writer, operator: string): Writer;
  flushPages(this: Writer): void;
}

// pdfmake makes its document itself, so its class is the one place to teach it something.
const { default: PdfDocument } = require("pdfmake/js/PDFDocument.js") as { default: { readonly prototype: Writer } };
const { initFonts, registerFont, appendXML, _addInfo, addContent, flushPages } = PdfDocument.prototype;
for (const [name, method] of Object.entries({ initFonts, registerFont, appendXML, _addInfo, addContent, flushPages }))
  if (typeof method !== "function") throw new Error(`pdfkit has changed: its document has no ${name} any more`);

/** Operators of pages that are not flushed yet. */
const drawn = new WeakMap<Page, string[]>();

const fontFiles = new Set(Object.values(FONTS).flatMap(({ normal, bold }) => [normal, bold]));

Object.assign(PdfDocument.prototype, {
  /** Whoever asks for a font file, text or chart, gets the face that this thread has parsed already. */
  initFonts(...rest) {
    initFonts.apply(this, rest);
    for (const path of fontFiles) this.registerFont(path, tokenOf(path));
  },
  /** pdfkit writes titles and names into the XML as they are: "Smith & Co" would break it. */
  _addInfo() {
    this.appendXML(xmpOf(this.info));
  },
  /** pdfkit makes a buffer of each of some ten thousand operators; here it gets those of a page at once. */
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
} satisfies Pick<Writer, "initFonts" | "_addInfo" | "addContent" | "flushPages">);

/** What pdfmake asks some 25 times for each word: how is it set, by itself, by what it stands in, by the document? */
interface StyleStack {
  readonly defaultStyle: Styled | undefined;
  readonly styleOverrides: readonly (Styled | string)[];
  getProperty(property: string): unknown;
}
type Styled = Readonly<Record<string, unknown>>;
type Lookup = (item: Styled, stack: StyleStack | undefined, property: string, fallback: unknown) => unknown;

const { default: Stack } = require("pdfmake/js/StyleContextStack.js") as { default: { getStyleProperty: Lookup } };
if (typeof Stack.getStyleProperty !== "function") throw new Error("pdfmake has changed: it looks up styles elsewhere");

/** The same answer as pdfmake's, without its closures and pushes. A report names no styles; one that did is left to it. */
const lookup = Stack.getStyleProperty;
Stack.getStyleProperty = (item, stack, property, fallback) => {
  const own = item[property];
  if (own !== undefined && own !== null) return own;
  if (stack === undefined || item.style !== undefined) return lookup(item, stack, property, fallback);
  const { styleOverrides, defaultStyle } = stack;
  for (let index = styleOverrides.length - 1; index >= 0; index--) {
    const outer = styleOverrides[index];
    if (outer === undefined || typeof outer === "string") return lookup(item, stack, property, fallback);
    const value = outer[property];
    if (value !== undefined && value !== null) return value;
  }
  return defaultStyle?.[property] ?? fallback;
};

interface Size {
  readonly width: number;
  readonly height: number;
}
interface SvgMeasure {
  measureSVG(svg: string): Size;
  writeDimensions(svg: string, size: Size): string;
}
const { default: Measure } = require("pdfmake/js/SVGMeasure.js") as { default: { readonly prototype: SvgMeasure } };
const { measureSVG, writeDimensions } = Measure.prototype;
if (typeof measureSVG !== "function" || typeof writeDimensions !== "function")
  throw new Error("pdfmake has changed: it measures drawings elsewhere");
/** pdfmake reads all of a drawing to know its size, and again to write down the same size. */
Object.assign(Measure.prototype, {
  measureSVG(svg) {
    const [, width, height] = DRAWN_SIZE.exec(svg) ?? [];
    return width === undefined ? measureSVG.call(this, svg) : { width: Number(width), height: Number(height) };
  },
  writeDimensions(svg, size) {
    const { width, height } = this.measureSVG(svg);
    return width === size.width && height === size.height ? svg : writeDimensions.call(this, svg, size);
  },
} satisfies SvgMeasure & ThisType<SvgMeasure>);

interface ImageMeasure {
  readonly pdfDocument: { readonly images: Record<string, string> };
  convertIfBase64Image(this: ImageMeasure, node: { image: string }): void;
}
const { default: DocMeasure } = require("pdfmake/js/DocMeasure.js") as {
  default: { readonly prototype: ImageMeasure };
};
const { convertIfBase64Image } = DocMeasure.prototype;
if (typeof convertIfBase64Image !== "function") throw new Error("pdfmake has changed: it names its pictures elsewhere");
Object.assign(DocMeasure.prototype, {
  /** pdfmake gives each use of a picture a name of its own, and so embeds it once for each. */
  convertIfBase64Image(this: ImageMeasure, node) {
    const { images } = this.pdfDocument;
    const known = Object.keys(images).find((name) => images[name] === node.image);
    if (known === undefined) convertIfBase64Image.call(this, node);
    else node.image = known;
  },
} satisfies Pick<ImageMeasure, "convertIfBase64Image">);

/** pdfmake counts words and lines while it writes; told is what a reader knows: how many of the pages are written. */
interface PageWriter {
  progressCallback: ((done: number) => void) | undefined;
  renderPages(this: PageWriter, pages: readonly unknown[]): void;
}
const { default: PdfRenderer } = require("pdfmake/js/Renderer.js") as { default: { readonly prototype: PageWriter } };
const { renderPages } = PdfRenderer.prototype;
if (typeof renderPages !== "function") throw new Error("pdfmake has changed: it writes its pages elsewhere");
Object.assign(PdfRenderer.prototype, {
  renderPages(this: PageWriter, pages) {
    const told = this.progressCallback;
    this.progressCallback = undefined;
    for (const [index, page] of pages.entries()) {
      told?.(index / pages.length);
      renderPages.call(this, [page]);
    }
  },
} satisfies Pick<PageWriter, "renderPages">);

pdfmake.setFonts(FONTS);
// pdfmake would fetch what a definition names; nothing of ours does, and nothing of anybody else's may.
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path) => fontFiles.has(path));

/** pdfmake with the report's faces, and with metadata that are well-formed whatever names are in them. */
export const writer = pdfmake;
