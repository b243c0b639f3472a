// Where the outline and the links of a PDF lead, as pages by their number, whichever of the ways of ISO 32000-2, 12.3.2,
// it is written in.
import {
  PDFArray,
  PDFDict,
  type PDFDocument,
  PDFHexString,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFRef,
  PDFString,
} from "@cantoo/pdf-lib";

export interface PdfDestination {
  /** The first page is 0. */
  readonly page: number;
  /** How the page is shown, such as /XYZ 0 700 null. */
  readonly view: readonly PDFObject[];
}

export interface OutlineItem {
  readonly title: string;
  readonly target: PdfDestination | null;
  readonly open: boolean;
  readonly children: readonly OutlineItem[];
}

/** A link within the document. */
export interface InnerLink {
  readonly page: number;
  /** Its index among the page's annotations. */
  readonly index: number;
  readonly annotation: PDFDict;
  readonly target: PdfDestination;
}

/** A file that is wrong may go in circles. */
const MAX_DEPTH = 12;
const MAX_ITEMS = 5_000;

const name = PDFName.of;

export function destinationsOf(source: PDFDocument): {
  readonly outline: readonly OutlineItem[];
  readonly links: readonly InnerLink[];
} {
  const pages = new Map(source.getPages().map(({ ref }, index) => [ref.toString(), index]));
  const named = namedDestinations(source);
  let items = 0;

  function resolve(value: PDFObject | undefined, depth = 0): PdfDestination | null {
    const found = value instanceof PDFRef ? source.context.lookup(value) : value;
    if (depth > MAX_DEPTH || found === undefined) return null;
    if (found instanceof PDFArray) return targetOf(found);
    if (found instanceof PDFDict) return resolve(found.get(name("D")), depth + 1);
    const text = textOf(found);
    return text === null ? null : resolve(named.get(text), depth + 1);
  }

  function targetOf(array: PDFArray): PdfDestination | null {
    const [first, ...view] = array.asArray();
    const page =
      first instanceof PDFRef ? pages.get(first.toString()) : first instanceof PDFNumber ? first.asNumber() : undefined;
    if (page === undefined || page < 0 || page >= pages.size) return null;
    return { page, view: view.map((each) => (each instanceof PDFRef ? (source.context.lookup(each) ?? each) : each)) };
  }

  /** Of an outline's item or a link: its destination, or that of its action. */
  function leadOf(dict: PDFDict): PdfDestination | null {
    const destination = dict.get(name("Dest"));
    if (destination !== undefined) return resolve(destination);
    const action = dict.lookup(name("A"));
    if (!(action instanceof PDFDict) || action.lookup(name("S")) !== name("GoTo")) return null;
    return resolve(action.get(name("D")));
  }

  function itemsBelow(parent: PDFDict, depth: number): readonly OutlineItem[] {
    const found: OutlineItem[] = [];
    for (let item = parent.lookup(name("First")); item instanceof PDFDict; item = item.lookup(name("Next"))) {
      items += 1;
      if (items > MAX_ITEMS || depth > MAX_DEPTH) break;
      const count = item.lookup(name("Count"));
      found.push({
        title: textOf(item.lookup(name("Title"))) ?? "",
        target: leadOf(item),
        open: count instanceof PDFNumber && count.asNumber() > 0,
        children: itemsBelow(item, depth + 1),
      });
    }
    return found;
  }

  const root = source.catalog.lookup(name("Outlines"));
  const links = source.getPages().flatMap((page, number) =>
    annotationsOf(page.node.Annots()).flatMap(({ annotation, index }) => {
      const target = leadOf(annotation);
      return target === null ? [] : [{ page: number, index, annotation, target }];
    }),
  );
  return { outline: root instanceof PDFDict ? itemsBelow(root, 0) : [], links };
}

function annotationsOf(annotations: PDFArray | undefined): readonly { annotation: PDFDict; index: number }[] {
  if (annotations === undefined) return [];
  return annotations.asArray().flatMap((_, index) => {
    const annotation = annotations.lookup(index);
    return annotation instanceof PDFDict ? [{ annotation, index }] : [];
  });
}

/** By their names: those of the name tree, and of the dictionary that PDF 1.1 had. */
function namedDestinations({ catalog }: PDFDocument): ReadonlyMap<string, PDFObject> {
  const found = new Map<string, PDFObject>();
  const old = catalog.lookup(name("Dests"));
  if (old instanceof PDFDict) for (const [key, value] of old.entries()) found.set(key.decodeText(), value);
  const names = catalog.lookup(name("Names"));
  const tree = names instanceof PDFDict ? names.lookup(name("Dests")) : undefined;
  const walk = (node: PDFObject | undefined, depth: number): void => {
    if (!(node instanceof PDFDict) || depth > MAX_DEPTH) return;
    const pairs = node.lookup(name("Names"));
    if (pairs instanceof PDFArray)
      for (let index = 0; index + 1 < pairs.size(); index += 2) {
        const key = textOf(pairs.lookup(index));
        if (key !== null) found.set(key, pairs.get(index + 1));
      }
    const kids = node.lookup(name("Kids"));
    if (kids instanceof PDFArray)
      for (let index = 0; index < kids.size(); index += 1) walk(kids.lookup(index), depth + 1);
  };
  walk(tree, 0);
  return found;
}

function textOf(value: PDFObject | undefined): string | null {
  if (value instanceof PDFString || value instanceof PDFHexString || value instanceof PDFName)
    return value.decodeText();
  return null;
}
