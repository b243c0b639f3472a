// Why: pdfmake marks none of its output. Here a page's operators are written in runs, each marked with the element
// it belongs to, or as no part of the content (ISO 32000-1, 14.6 and 14.8.2.2), parts in another language are elements
// (14.9.2), and links are elements with annotations.
// Pinned by: pdfmake 0.3.11, the methods of Renderer that are overridden here; pdfkit 0.19.1, PDFDocument.text, annotate,
// endPageMarkings, endMarkings and _refEnd, and what `tagged` makes of _root.

import { DOCUMENT_LANGUAGE, hasLatin, otherLanguageOf } from "../fonts/language.ts";
import { addElement, addRun, type Element, type Parents, writeTree } from "../structure/tree.ts";
import { addObjects, allocateObject } from "./object-streams.ts";
import { override, type Undo, undoAll } from "./patch.ts";
import {
  beginLink,
  continuesLink,
  type LineWords,
  type LinkArea,
  type LinkCanvas,
  type LinkedWords,
  linkOf,
  linksOf,
  type OpenLink,
} from "./structure-links.ts";

/** Content of a page that is no part of its text: how its run begins. */
export interface Artifact {
  readonly begin: string;
}

export const ARTIFACT = {
  layout: { begin: "/Artifact BMC" },
  header: { begin: "/Artifact <</Type/Pagination/Subtype/Header>> BDC" },
  footer: { begin: "/Artifact <</Type/Pagination/Subtype/Footer>> BDC" },
  /** What is repeated on the next page. */
  repeated: { begin: "/Artifact <</Type/Pagination>> BDC" },
} as const satisfies Readonly<Record<string, Artifact>>;

type ContentOwner = Element | Artifact;

/** The structure of a document that is being written. */
export interface Structure {
  readonly root: Element;
  readonly parents: Parents;
  /** By the page's object: the element of each run of it. */
  readonly runs: Map<number, Element[]>;
  /** The page that is written to, and the owner of the run that is open on it. */
  page: TaggedPage | null;
  open: ContentOwner | null;
  /** Whose line is being written, and of which text where the owner has several. */
  line: ContentOwner;
  text: object | null;
  /** The text of the run that is open. */
  openText: object | null;
  /** The line itself, and where it begins. */
  words: TaggedLine | null;
  left: number;
  /** Its links that are still to be written, by where they lead; null until the first that is. */
  links: Map<string, LinkArea> | null;
  /** The one whose words are being written. */
  link: LinkedWords | null;
  /** The last one. */
  openLink: OpenLink | null;
}

interface TaggedPage {
  readonly height: number;
  readonly dictionary: { readonly id: number; readonly data: { StructParents?: number } };
  readonly annotations: unknown[];
  write(operator: string): void;
}

interface LinkOptions {
  readonly link?: string | null;
  readonly goTo?: string | null;
}

/** The parts of pdfkit's document that are used here. */
interface TaggedCanvas extends LinkCanvas {
  readonly page: TaggedPage;
  readonly _root: { readonly data: { readonly StructTreeRoot: ObjectReference; readonly MarkInfo: { end(): void } } };
  addContent(operator: string): TaggedCanvas;
  currentLineHeight(): number;
  text(this: TaggedCanvas, value: string, x: number, y: number, options?: LinkOptions): TaggedCanvas;
  annotate(
    this: TaggedCanvas,
    x: number,
    y: number,
    w: number,
    h: number,
    options: Record<string, unknown>,
  ): TaggedCanvas;
  endPageMarkings(this: TaggedCanvas, page: TaggedPage): unknown;
  endMarkings(this: TaggedCanvas): void;
  _refEnd(reference: ObjectReference): void;
}

interface ObjectReference {
  readonly id: number;
}

const structures = new WeakMap<object, Structure>();

/** Begins the structure of a document, which is written with it. */
export function createStructure(document: object): Structure {
  const root = addElement("Document", null);
  const structure: Structure = {
    root,
    parents: new Map(),
    runs: new Map(),
    page: null,
    open: null,
    line: ARTIFACT.layout,
    text: null,
    openText: null,
    words: null,
    left: 0,
    links: null,
    link: null,
    openLink: null,
  };
  structures.set(document, structure);
  return structure;
}

/** Makes the owner's what is written from here on. */
function mark(document: TaggedCanvas, structure: Structure, part: ContentOwner): void {
  const { page } = document;
  if (structure.page !== page) {
    structure.page = page;
    structure.open = null;
  }
  const owner = "begin" in part ? part : ownerOn(page, part);
  if (structure.open === owner && structure.openText === structure.text) return;
  const { open } = structure;
  structure.open = owner;
  structure.openText = structure.text;
  if ("begin" in owner) {
    if (open !== null) document.addContent("EMC");
    document.addContent(owner.begin);
    return;
  }
  const runs = runsOf(page, structure);
  const { length: mcid } = runs;
  begins[mcid] ??= `/P <</MCID ${mcid}>> BDC`;
  changes[mcid] ??= `EMC\n${begins[mcid]}`;
  document.addContent((open === null ? begins : changes)[mcid] ?? "");
  addRun(owner, page.dictionary.id, mcid);
  runs.push(owner);
}

/**
 * How runs begin, by their numbers on their page, which are the same on all pages. The tag has no meaning: the element
 * has (14.7.4.2). The same one everywhere takes fewer bytes.
 */
const begins: string[] = [];
/** The same behind a run that ends there. */
const changes: string[] = [];

/** A table's head is read once. */
function ownerOn({ dictionary }: TaggedPage, element: Element): ContentOwner {
  const first = element.repeats ? firstPageOf(element) : null;
  return first !== null && first !== dictionary.id ? ARTIFACT.repeated : element;
}

/** The page of its first content, which may be of a part in another language. */
function firstPageOf({ page, kids: [first] }: Element): TaggedPage["dictionary"]["id"] | null {
  if (page !== null) return page;
  if (first === undefined) return null;
  return "role" in first ? firstPageOf(first) : first.page;
}

function runsOf({ dictionary }: TaggedPage, { runs, parents }: Structure): Element[] {
  let found = runs.get(dictionary.id);
  if (found === undefined) {
    found = [];
    runs.set(dictionary.id, found);
    dictionary.data.StructParents = parents.size;
    parents.set(parents.size, found);
  }
  return found;
}

/** Items of a page as pdfmake's renderer takes them, with the element that the layout gave them. */
interface PageItem {
  readonly element?: ContentOwner;
  readonly x: number;
  readonly y: number;
}
interface TaggedLine extends PageItem {
  readonly text?: object;
  readonly newLineForced?: boolean;
  readonly lastLineInParagraph?: boolean;
  inlines: readonly LineWords[];
}

interface PlacedDrawing extends PageItem {
  readonly _width: number;
  readonly _height: number;
  readonly cover?: { readonly width?: number; readonly height?: number };
}
interface Vector extends PageItem {
  readonly x1?: number;
  readonly y1?: number;
  readonly x2?: number;
  readonly y2?: number;
  readonly w?: number;
  readonly h?: number;
}

interface TaggingRenderer {
  readonly pdfDocument: TaggedCanvas;
  renderLine(this: TaggingRenderer, line: TaggedLine, x: number, y: number): void;
  renderVector(this: TaggingRenderer, vector: Vector): void;
  renderImage(this: TaggingRenderer, image: PlacedDrawing): void;
  renderSVG(this: TaggingRenderer, svg: PlacedDrawing): void;
}

const { default: PdfDocument } = require("pdfmake/js/PDFDocument.js") as {
  default: { readonly prototype: TaggedCanvas };
};
const { default: PdfRenderer } = require("pdfmake/js/Renderer.js") as {
  default: { readonly prototype: TaggingRenderer };
};

export function tagContent(): Undo {
  const { text, annotate, endPageMarkings, endMarkings } = PdfDocument.prototype;
  const { renderLine, renderVector, renderImage, renderSVG } = PdfRenderer.prototype;
  return undoAll([
    override("pdfkit's document", PdfDocument.prototype, {
      text(value, x, y, options = {}) {
        const structure = structures.get(this);
        if (structure === undefined || value === "") return text.call(this, value, x, y, options);
        const target = options.link ?? options.goTo;
        const { line } = structure;
        const owner = "begin" in line ? line : ownerOn(this.page, line);
        if (target == null || "begin" in owner) {
          mark(this, structure, "begin" in owner ? owner : spokenIn(owner, value, structure));
          // A link on blanks would be invisible.
          return text.call(this, value, x, y, target == null ? options : { ...options, link: null, goTo: null });
        }
        const links = linksIn(structure);
        const area = links.get(target);
        const element = linkOf(owner, target, area?.words ?? value);
        mark(this, structure, spokenIn(element, value, structure));
        const words = { ...options, link: null, goTo: null };
        if (area === undefined) return text.call(this, value, x, y, words);
        links.delete(target);
        const link = { element, area, y, height: this.currentLineHeight() };
        if (continuesLink(this, structure.openLink, link)) return text.call(this, value, x, y, words);
        endLink(structure);
        structure.link = link;
        text.call(this, value, x, y, options);
        structure.link = null;
        return this;
      },
      annotate(x, y, w, h, options) {
        const structure = structures.get(this);
        const link = structure?.link ?? null;
        if (structure === undefined || link === null) return annotate.call(this, x, y, w, h, options);
        structure.openLink = beginLink(this, link, options, structure.parents);
        return this;
      },
      endPageMarkings(page) {
        const structure = structures.get(this);
        if (structure?.page === page && structure.open !== null) {
          page.write("EMC");
          structure.open = null;
        }
        if (structure !== undefined) endLink(structure);
        return endPageMarkings.call(this, page);
      },
      endMarkings() {
        const structure = structures.get(this);
        if (structure === undefined) return endMarkings.call(this);
        const { StructTreeRoot: root, MarkInfo: info } = this._root.data;
        addObjects(
          this,
          writeTree(structure.root, structure.parents, root.id, () => allocateObject(this)),
        );
        this._refEnd(root);
        info.end();
      },
    }),
    override("pdfmake's renderer", PdfRenderer.prototype, {
      renderLine(line, x, y) {
        const structure = structures.get(this.pdfDocument);
        if (structure !== undefined) {
          const isBlank = isBlankLine(line);
          structure.line = isBlank ? ARTIFACT.layout : (line.element ?? ARTIFACT.layout);
          structure.text = line.text ?? null;
          structure.words = line;
          structure.left = x;
          structure.links = null;
          if (!isBlank && isContinued(line, structure)) line.inlines = blankAfter(line.inlines);
          // pdfmake fills the empty path before it writes words, which is to be somewhere, too.
          if (structure.page !== this.pdfDocument.page) mark(this.pdfDocument, structure, ARTIFACT.layout);
        }
        renderLine.call(this, line, x, y);
      },
      renderVector(vector) {
        const { x, y, w = 0, h = 0 } = vector;
        const { x1 = x, y1 = y, x2 = x + w, y2 = y + h } = vector;
        markDrawn(this.pdfDocument, vector, x1, y1, x2, y2);
        renderVector.call(this, vector);
      },
      renderImage(image) {
        const { x, y, _width, _height, cover } = image;
        markDrawn(this.pdfDocument, image, x, y, x + (cover?.width ?? _width), y + (cover?.height ?? _height));
        renderImage.call(this, image);
      },
      renderSVG(svg) {
        markDrawn(this.pdfDocument, svg, svg.x, svg.y, svg.x + svg._width, svg.y + svg._height);
        renderSVG.call(this, svg);
      },
    }),
  ]);
}

function linksIn(structure: Structure): Map<string, LinkArea> {
  structure.links ??= structure.words === null ? new Map() : linksOf(structure.words, structure.left);
  return structure.links;
}

/** Most lines begin with a plain letter. */
function isBlankLine({ inlines }: TaggedLine): boolean {
  const code = inlines[0]?.text.charCodeAt(0) ?? 0;
  // The code of no letter is not a number.
  return !(code > 0x20 && code < 0x7f) && inlines.every(({ text }) => text.trim() === "");
}

function endLink(structure: Structure): void {
  structure.openLink?.reference.end();
  structure.openLink = null;
}

/** Whether more words of the same element follow that pdfmake parts by no blank. */
function isContinued({ newLineForced, lastLineInParagraph, text }: TaggedLine, structure: Structure): boolean {
  const { line } = structure;
  if ("begin" in line) return false;
  return newLineForced === true || (lastLineInParagraph === true && text !== undefined) || isEntry(line, structure);
}

/** The words of an entry of the contents, whose page follows. */
function isEntry({ role }: Element, structure: Structure): boolean {
  return role === "Reference" && linksIn(structure).size > 0;
}

/** Without it those who read the structure get two words as one. Every face has a blank. */
function blankAfter(inlines: readonly LineWords[]): readonly LineWords[] {
  const last = inlines.at(-1);
  return last === undefined || last.text.endsWith(" ")
    ? inlines
    : [...inlines.slice(0, -1), { ...last, text: `${last.text} ` }];
}

/**
 * A part of its own where the words are in another language; it continues with the words beside it and the blanks between
 * them. Not marked within the parent's run: poppler takes the end of a sequence within one for the end of the run.
 */
function spokenIn(parent: Element, words: string, { open, openText, text }: Structure): Element {
  const language = languageWithin(parent, words);
  const lang = language === (parent.lang ?? null) ? null : language;
  const isBeside =
    open !== null && "role" in open && open.role === "Span" && open.parent === parent && openText === text;
  if (isBeside && (open.lang === lang || words.trim() === "")) return open;
  return lang === null ? parent : addElement("Span", parent, { lang });
}

/** A link that begins in another language may go on in the document's. */
function languageWithin({ lang }: Element, words: string): string | null {
  return otherLanguageOf(words) ?? (lang !== undefined && hasLatin(words) ? DOCUMENT_LANGUAGE : null);
}

/** Of what is drawn only a figure is content; it takes all the room that its parts take. */
function markDrawn(
  document: TaggedCanvas,
  { element }: PageItem,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): void {
  const structure = structures.get(document);
  if (structure === undefined) return;
  if (element === undefined || "begin" in element || element.role !== "Figure") {
    mark(document, structure, element !== undefined && "begin" in element ? element : ARTIFACT.layout);
    return;
  }
  mark(document, structure, element);
  const { box = [x1, y1, x2, y2] } = element;
  const [left, top, right, bottom] = box;
  element.box = [Math.min(left, x1, x2), Math.min(top, y1, y2), Math.max(right, x1, x2), Math.max(bottom, y1, y2)];
  element.pageHeight = document.page.height;
}
