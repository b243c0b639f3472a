// Why: pdfmake makes a link of each word; here a link is one element with one annotation on a page, however many faces
// and lines its words are set in.
// Pinned by: pdfmake 0.3.11, the fields of a line; pdfkit 0.19.1, PDFDocument.annotate, whose entries are written here.
import { wholeLanguageOf } from "../fonts/language.ts";
import { SOFT_HYPHEN } from "../fonts/scripts.ts";
import { addElement, addKid, type Element, type Parents } from "../structure/tree.ts";

/** What a click on a line counts on, in points from the left of the page, and its words. */
export interface LinkArea {
  readonly left: number;
  readonly right: number;
  readonly words: string;
}

/** An annotation that is still to be written: the next line of its page may continue it. */
export interface OpenLink {
  readonly element: Element;
  readonly page: LinkPage;
  readonly reference: AnnotationReference;
}

type Corners = readonly [left: number, bottom: number, right: number, top: number];

interface AnnotationReference {
  readonly id: number;
  readonly data: { Rect: Corners; QuadPoints?: readonly number[]; Contents: object };
  end(): void;
}

interface LinkPage {
  readonly dictionary: { readonly id: number };
  readonly annotations: unknown[];
}

/** The parts of pdfkit's document that are used here. */
export interface LinkCanvas {
  readonly page: LinkPage;
  ref(data: object): AnnotationReference;
  _convertRect(x: number, y: number, width: number, height: number): Corners;
}

/** Words of a line in one face, in points from where it begins. */
export interface LineWords {
  readonly text: string;
  readonly x: number;
  readonly width: number;
  readonly link?: string;
  readonly linkToDestination?: string;
  readonly linkWidth?: number;
}

interface LinkedLine {
  readonly element?: object;
  readonly inlines: readonly LineWords[];
}

/**
 * The links of a line, one for each target however many faces its words are set in. An entry of the contents is one,
 * with its page.
 */
export function linksOf({ inlines, element }: LinkedLine, x: number): Map<string, LinkArea> {
  const links = new Map<string, LinkArea>();
  for (const inline of inlines) {
    const target = inline.link ?? inline.linkToDestination;
    if (target === undefined) continue;
    if (element !== undefined && isBegunEntry(element)) break;
    const [begin, end] = [x + inline.x, x + inline.x + inline.width];
    const { left, right, words } = links.get(target) ?? {
      left: begin,
      right: begin + (inline.linkWidth ?? inline.width),
      words: "",
    };
    links.set(target, {
      left: Math.min(left, begin),
      right: Math.max(right, end),
      words: words + inline.text.replaceAll(SOFT_HYPHEN, ""),
    });
  }
  return links;
}

function isBegunEntry(owner: object): boolean {
  const { role, kids } = owner as Partial<Element>;
  return role === "Reference" && kids !== undefined && kids.length > 0;
}

/** The link that a line's words are; it continues where a line before ended with the same. */
export function linkOf(parent: Element, target: string, words: string): Element {
  const last = parent.kids.at(-1);
  if (last !== undefined && "role" in last && last.role === "Link" && targets.get(last) === target) return last;
  const lang = wholeLanguageOf(words);
  const link = addElement("Link", parent, lang === null ? undefined : { lang });
  targets.set(link, target);
  return link;
}

const targets = new WeakMap<Element, string>();

/** Where a line's words are a link: its element, its area, and the height of the line, which begins at `y`. */
export interface LinkedWords {
  readonly element: Element;
  readonly area: LinkArea;
  readonly y: number;
  readonly height: number;
}

/** Begins the annotation of a link, with what pdfkit has of it in `options`. */
export function beginLink(
  canvas: LinkCanvas,
  { element, area, y, height }: LinkedWords,
  options: object,
  parents: Parents,
): OpenLink {
  const { page } = canvas;
  const key = parents.size;
  parents.set(key, element);
  const reference = canvas.ref({
    ...{ ...options, Contents: new String(area.words), StructParent: key, Type: "Annot" },
    ...{ Rect: cornersOf(canvas, area, y, height), Border: [0, 0, 0], F: PRINTED },
  });
  page.annotations.push(reference);
  addKid(element, { page: page.dictionary.id, annotation: reference.id });
  return { element, page, reference };
}

/** An annotation is printed with its page (ISO 32000-1, table 165). */
const PRINTED = 1 << 2;

/** Adds a further line to the link, if that is what the line continues. */
export function continuesLink(canvas: LinkCanvas, open: OpenLink | null, words: LinkedWords): boolean {
  if (open === null || open.element !== words.element || open.page !== canvas.page) return false;
  const { data } = open.reference;
  const corners = cornersOf(canvas, words.area, words.y, words.height);
  data.QuadPoints = [...(data.QuadPoints ?? quadOf(data.Rect)), ...quadOf(corners)];
  data.Rect = [
    Math.min(data.Rect[0], corners[0]),
    Math.min(data.Rect[1], corners[1]),
    Math.max(data.Rect[2], corners[2]),
    Math.max(data.Rect[3], corners[3]),
  ];
  data.Contents = new String(`${data.Contents}${words.area.words}`);
  return true;
}

function cornersOf(canvas: LinkCanvas, { left, right }: LinkArea, y: number, height: number): Corners {
  return canvas._convertRect(left, y, right - left, height);
}

/** In the order in which readers expect them, which is not that of ISO 32000-1, 12.5.6.10: upper left first, as a Z. */
function quadOf([left, bottom, right, top]: Corners): readonly number[] {
  return [left, top, right, top, left, bottom, right, bottom];
}
