import { overlaps, type Page, squeeze, type Word } from "./page.ts";

/** The margins, less a point for what a face's box is wider than its letters. */
const MARGIN = { side: 55, top: 28, bottom: 24 };
/** Those of a page on its side, a strip of whose brand is at the left. */
const LANDSCAPE = { side: 25, top: 18, bottom: 20 };
/** Less than the height of a title's box, 24; no other text below the cover is as large. */
const TITLE_HEIGHT = 22.5;
const BODY = { top: 70, bottom: 780 };

/** What a reader would see wrong with how the pages of a report are laid out, by page. */
export function problemsOf(pages: readonly Page[]): readonly string[] {
  return pages.flatMap((page, index) =>
    [
      ...outside(page).map((words) => `outside the margins: ${words}`),
      ...overlaps(page.words).map((words) => `on each other: ${words}`),
      ...(index === 0 ? [] : [...widows(page), ...crowded(page), ...blank(page), ...orphans(page)]),
      ...(index === 0 ? [] : [...sunken(page), ...onFooter(page)]),
      ...(index === 0 || page === pages.at(-1) ? [] : halfEmpty(page)),
    ].map((what) => `page ${index + 1}: ${what}`),
  );
}

function outside({ width, height, words }: Page): readonly string[] {
  const margin = width > height ? LANDSCAPE : MARGIN;
  return words
    .filter(
      ({ left, right, top, bottom }) =>
        left < margin.side || right > width - margin.side || top < margin.top || bottom > height - margin.bottom,
    )
    .map(({ text }) => text);
}

function body({ words }: Page): readonly Word[] {
  return words.filter(({ top, bottom }) => top > BODY.top && bottom < BODY.bottom);
}

/** Titles with less than two lines of anything below them. */
function widows(page: Page): readonly string[] {
  const words = body(page);
  return words
    .filter(({ top, bottom }) => bottom - top > TITLE_HEIGHT)
    .filter(
      (title) => new Set(words.filter(({ top }) => top >= title.bottom - 2).map(({ top }) => Math.round(top))).size < 2,
    )
    .map(({ text }) => `the title ${text} stands alone`);
}

/** Titles that words above them nearly touch. */
function crowded(page: Page): readonly string[] {
  const words = body(page);
  return words
    .filter(({ top, bottom }) => bottom - top > TITLE_HEIGHT)
    .filter((title) =>
      words.some(({ bottom, top }) => top < title.top - 2 && bottom > title.top - LEAST_ABOVE && bottom < title.bottom),
    )
    .map(({ text }) => `the title ${text} has no space above it`);
}

/** Points; a title of its size has as many above it in its box. */
const LEAST_ABOVE = 12;

/** Titles that begin their page lower than others do: space that was left over from the page before. */
function sunken(page: Page): readonly string[] {
  const [first] = [...body(page)].sort((a, b) => a.top - b.top);
  if (first === undefined || first.bottom - first.top <= TITLE_HEIGHT) return [];
  return first.top > TITLE_TOP ? [`the title ${first.text} begins at ${Math.round(first.top)}`] : [];
}

const TITLE_TOP = 79;

/** What explains the table or chart above it, at the top of the next page. */
const NOTE =
  /^(?:Hollowpoints|\(p\):|\*nbelow|nbehind|nisthe|“–”|Share:|Plus\d|†|–price|Thesmallnumber|Thesecharts|Definitionsare)/;

function orphans(page: Page): readonly string[] {
  const first = squeeze(
    [...body(page)]
      .sort((a, b) => Math.round(a.top) - Math.round(b.top) || a.left - b.left)
      .slice(0, 8)
      .map(({ text }) => text)
      .join(""),
  );
  return NOTE.test(first) ? [`begins with a note to what is above: ${first}`] : [];
}

function blank(page: Page): readonly string[] {
  return body(page).length < 12 ? ["nearly blank"] : [];
}

/**
 * The last page ends where the report does; each other one as low as the tallest block that is whole leaves it: the title
 * of the cards with the first row of them takes 250 to 290 of 710 points, that of the market with its table 300.
 */
const LEAST_FULL = 0.57;

function halfEmpty(page: Page): readonly string[] {
  return fullnessOf(page) < LEAST_FULL
    ? [`half empty: ends at ${Math.round(lowestOf(page))} of ${Math.round(page.height)}`]
    : [];
}

/** The part of a page's height down to its last words. */
export function fullnessOf(page: Page): number {
  return (lowestOf(page) - BODY.top) / (BODY.bottom - BODY.top);
}

function lowestOf(page: Page): number {
  return Math.max(...body(page).map(({ bottom }) => bottom));
}

/** Between the end of the content and the line above the page's number. */
function onFooter({ words, height }: Page): readonly string[] {
  return words
    .filter(({ top, bottom }) => bottom > height - FOOTER.content && top < height - FOOTER.text)
    .map(({ text }) => `runs into the footer: ${text}`);
}

/** In points from below: where content ends, and where the footer's words begin. */
const FOOTER = { content: 64, text: 44 } as const;
