import { type PDFDict, type PDFDocument, PDFName, PDFNumber } from "@cantoo/pdf-lib";
import { destinationsOf, type OutlineItem, type PdfDestination } from "../../src/render/joined/pdf-destinations.ts";
import { type Page, squeeze, type Word } from "./page.ts";

/** In points: a destination is where the letters' ascenders end, and a word's box begins a little higher. */
const NEAR = 14;
/** Such as "Top agents: Manly NSW 2095": that of a page or part as a whole, which has those words nowhere. */
const NAMES_DOCUMENT = /: /;

/** Bookmarks and links that lead to anything but the words they have. */
export function strayDestinations(document: PDFDocument, pages: readonly Page[]): readonly string[] {
  const { outline, links } = destinationsOf(document);
  const bookmarks = outline.flatMap(flat).flatMap(({ title, target }) => {
    if (target === null) return [`the bookmark ${title} leads nowhere`];
    return NAMES_DOCUMENT.test(title) || leadsTo(target, title, pages)
      ? []
      : [`the bookmark ${title} does not open at it`];
  });
  const annotations = document.getPages().reduce((sum, { node }) => sum + (node.Annots()?.size() ?? 0), 0);
  return [
    ...bookmarks,
    ...(links.length === annotations ? [] : [`${annotations - links.length} links lead nowhere`]),
    ...links.flatMap(({ page, annotation, target }, index) => {
      // The second line of a long name has words that may be cut off where it leads.
      if (String(links[index - 1]?.target.view) === String(target.view)) return [];
      const words = under(annotation, pages[page]);
      // The number beside a title leads to the same place.
      return /^\d*$/.test(words) || leadsTo(target, words, pages) ? [] : [`the link ${words} leads elsewhere`];
    }),
  ];
}

function flat(item: OutlineItem): readonly OutlineItem[] {
  return [item, ...item.children.flatMap(flat)];
}

function leadsTo({ page, view }: PdfDestination, words: string, pages: readonly Page[]): boolean {
  const at = pages[page];
  if (at === undefined) return false;
  const [kind, , top] = view;
  if (kind === PDFName.of("Fit")) return true;
  if (!(top instanceof PDFNumber)) return false;
  const y = at.height - top.asNumber();
  const below = at.words.filter((word) => word.top > y - NEAR && word.top < y + 2 * NEAR);
  return inLines(below).includes(squeeze(words).slice(0, 6));
}

/** What of a page a link lies on. */
function under(annotation: PDFDict, page: Page | undefined): string {
  const box = annotation.lookup(PDFName.of("Rect"));
  if (page === undefined || box === undefined || !("asArray" in box)) return "";
  const [left = 0, low = 0, right = 0, high = 0] = (box as { asArray(): PDFNumber[] })
    .asArray()
    .map((n) => n.asNumber());
  const [top, bottom] = [page.height - Math.max(low, high), page.height - Math.min(low, high)];
  const middle = (word: Word) => (word.top + word.bottom) / 2;
  return inLines(
    page.words.filter(
      (word) => word.left > left - 2 && word.right < right + 2 && middle(word) > top && middle(word) < bottom,
    ),
  );
}

function inLines(words: readonly Word[]): string {
  return squeeze(words.map(({ text }) => text).join(""));
}
