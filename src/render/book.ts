// A document of many pages: a cover, chapters with bookmarks and a table of contents, numbered pages.
import type { Content, TDocumentDefinitions } from "pdfmake/interfaces";
import type { ReportModel } from "../report/model.ts";
import type { PdfStandard } from "../report/request/request.ts";
import { type Chapter, opened } from "./chapter.ts";
import { writePdf } from "./pdf.ts";
import type { RenderProgress } from "./render.ts";
import { type Cover, cover, coverGround } from "./sections/cover.ts";
import { clean, fit, text } from "./style/text.ts";
import { CONTENT_WIDTH, label, PAGE, type Palette, SIZE } from "./style/theme.ts";

export interface RenderedPdf {
  readonly bytes: Uint8Array;
  readonly pages: number;
}

/** What a book states about itself, on its cover and around its pages. */
export interface Book {
  /** "Agents report" */
  readonly title: string;
  /** What it is about, in a sentence, for the document's metadata. */
  readonly subject: string;
  readonly locality: ReportModel["locality"];
  readonly asOf: string;
  /** False if nothing in the data has a date: the report then states none for the data. */
  readonly isDated: boolean;
  readonly sample: boolean;
  readonly branding: ReportModel["branding"];
  /** Whose name and logo it carries where no brand is given. */
  readonly preparedFor: { readonly name: string; readonly logo: string | null } | null;
  readonly cover: Omit<Cover, "locality" | "asOf" | "isDated" | "brandName" | "logo" | "label">;
}

/** The part of the work that is done, as measured: when all sections are drawn, and when they have their pages. */
export const DRAWN = 0.1;
const LAID_OUT = 0.4;

/**
 * The PDF of a book: the same bytes for the same chapters. `onProgress` is called, once they are laid out, for each page that
 * is written, by the chapter it belongs to.
 * @throws Failure "bad_data" (permanent) where a picture of the data cannot be in a PDF of the standard.
 */
export async function renderBook(
  book: Book,
  chapters: readonly Chapter[],
  colours: Palette,
  standard: PdfStandard | null,
  onProgress: RenderProgress,
): Promise<RenderedPdf> {
  let pages = 0;
  const opening = chapters.map((chapter) => opened(chapter, colours));
  const front: Cover = { ...book, ...book.cover, label: book.title, brandName: brandOf(book), logo: logoOf(book) };
  // The other pages have it in their heads, which are not read aloud.
  const shown = { columns: [{ width: CONTENT_WIDTH, stack: [sampleLabel(colours)] }] };
  const sample = book.sample ? [{ ...shown, absolutePosition: { x: PAGE.left, y: HEADER_TOP } }] : [];
  const content = [...sample, ...cover(front, chapters, colours), ...opening];
  const definition = definitionOf(book, front, colours, content, (count) => {
    pages = count;
  });
  onProgress(DRAWN, "layout");
  // Called for each of some thousand lines; a reader counts in pages.
  let written = -1;
  const bytes = await writePdf(definition, standard, (done) => {
    const page = Math.floor(done * pages);
    if (page === written) return;
    written = page;
    onProgress(LAID_OUT + done * (1 - LAID_OUT), sectionOf(page + 1, chapters, opening));
  });
  return { bytes, pages };
}

function brandOf({ branding, preparedFor }: Book): string {
  return branding?.name ?? preparedFor?.name ?? "AgentLink";
}

/** As in the brief edition: a brand without a logo means none. */
function logoOf({ branding, preparedFor }: Book): string | null {
  return branding === null ? (preparedFor?.logo ?? null) : (branding.logo ?? null);
}

/** The last one that has begun by this page; before the first it is the cover. */
function sectionOf(page: number, chapters: readonly Chapter[], opening: readonly Content[]): string {
  const last = opening.findLastIndex((content, index) => {
    const begins = pageOf(content, chapters[index]?.id ?? "");
    return begins !== null && begins <= page;
  });
  return chapters[last]?.id ?? "cover";
}

/** pdfmake notes on each node where it was put; the one with the id is a chapter's title. */
function pageOf(content: unknown, id: string): number | null {
  const node = content as {
    readonly id?: string;
    readonly stack?: readonly unknown[];
    readonly positions?: PagePosition[];
  };
  if (node.id === id) return node.positions?.[0]?.pageNumber ?? null;
  for (const each of node.stack ?? []) {
    const page = pageOf(each, id);
    if (page !== null) return page;
  }
  return null;
}

type PagePosition = { readonly pageNumber: number };

function definitionOf(
  book: Book,
  front: Cover,
  colours: Palette,
  content: Content[],
  counted: (pages: number) => void,
): TDocumentDefinitions {
  const name = titleOf(book);
  return {
    pageSize: "A4",
    pageMargins: [PAGE.left, PAGE.top, PAGE.right, PAGE.bottom],
    content,
    background: (page) => (page === 1 ? coverGround(front, colours) : null),
    header: (page) => (page === 1 ? null : header(name, book, colours)),
    footer: (page, count) => {
      counted(count);
      return page === 1 ? null : footer(page, count, book, colours);
    },
    defaultStyle: { font: "Sans", fontSize: SIZE.body, color: colours.ink, lineHeight: 1.15 },
    info: {
      title: name,
      author: clean(brandOf(book)),
      subject: clean(book.subject),
      creator: "AgentLink",
      producer: "AgentLink",
      // The data's day, not today: the file's id is made from it, and the same data is to give the same bytes.
      creationDate: new Date(`${book.asOf}T00:00:00Z`),
    },
    language: "en-AU",
    displayTitle: true,
    version: "1.7",
  };
}

function titleOf({ title, locality }: Book): string {
  return clean([`${title}:`, locality.suburb, locality.state, locality.postcode ?? ""].join(" ")).trim();
}

const HEADER_TOP = 34;

/** The label on every page of synthetic data. */
function sampleLabel(colours: Palette): Content {
  return text("SAMPLE · SYNTHETIC DATA", { ...label(colours.accentText), alignment: "right" });
}

/** The locality at the left, the label of synthetic data at the right. */
function header(name: string, { sample }: Book, colours: Palette): Content {
  const margin: [number, number, number, number] = [PAGE.left, HEADER_TOP, PAGE.right, 0];
  return {
    columns: [
      {
        width: CONTENT_WIDTH - 170,
        stack: [text(fit(name, 300, "Sans", SIZE.small), { fontSize: SIZE.small, color: colours.muted })],
      },
      {
        width: 170,
        stack: [sample ? sampleLabel(colours) : text("")],
      },
    ],
    margin,
  };
}

function footer(page: number, count: number, book: Book, colours: Palette): Content {
  const style = { fontSize: SIZE.small, color: colours.muted };
  const brand = [brandOf(book), book.branding?.contact ?? ""].filter((part) => part !== "");
  return {
    stack: [
      {
        canvas: [{ type: "line", x1: 0, y1: 0, x2: CONTENT_WIDTH, y2: 0, lineWidth: 0.4, lineColor: colours.hairline }],
      },
      {
        columns: [
          {
            width: CONTENT_WIDTH - 90,
            stack: [text(fit(brand.join(" · "), CONTENT_WIDTH - 96, "Sans", SIZE.small), style)],
          },
          { width: 90, stack: [text(`page ${page} of ${count}`, { ...style, alignment: "right" })] },
        ],
        margin: [0, 7, 0, 0],
      },
    ],
    margin: [PAGE.left, 18, PAGE.right, 0],
  };
}
