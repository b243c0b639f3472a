import type { Content, TDocumentDefinitions } from "pdfmake/interfaces";
import type { ReportModel } from "../report/model.ts";
import type { PdfStandard } from "../report/request.ts";
import { type Chapter, opened, type Section } from "./chapter.ts";
import { longDay } from "./format.ts";
import { writePdf } from "./pdf.ts";
import type { RenderProgress } from "./render.ts";
import { agencies } from "./sections/agencies.ts";
import { agents } from "./sections/agents.ts";
import { cards } from "./sections/cards.ts";
import { cover, coverGround } from "./sections/cover.ts";
import { heatMap } from "./sections/heat-map.ts";
import { listings } from "./sections/listings.ts";
import { market } from "./sections/market.ts";
import { method } from "./sections/method.ts";
import { sales } from "./sections/sales.ts";
import { verdict } from "./sections/verdict.ts";
import { clean, fit, text } from "./text.ts";
import { CONTENT_WIDTH, label, PAGE, type Palette, palette, SIZE } from "./theme.ts";

export interface RenderedPdf {
  readonly bytes: Uint8Array;
  readonly pages: number;
}

/**
 * The report as a PDF: the same bytes for the same model, in every thread and process. `onProgress` hears of each section
 * that is drawn, and, once they are laid out, of each page that is written, by the section it belongs to.
 * @throws Failure "bad_data" (permanent) where a picture of the data cannot be in a PDF of the standard.
 */
export async function renderPdf(
  model: ReportModel,
  standard: PdfStandard | null = null,
  onProgress: RenderProgress = () => {},
): Promise<RenderedPdf> {
  let pages = 0;
  const colours = palette(model.branding?.colour ?? model.preparedFor?.colour ?? null);
  const chapters = draw(model, colours, onProgress);
  const opening = chapters.map((chapter, index) => opened(chapter, chapters[index + 1], colours));
  const definition = definitionOf(model, colours, [...cover(model, chapters, colours), ...opening], (count) => {
    pages = count;
  });
  onProgress(DRAWN, "layout");
  const bytes = await writePdf(definition, standard, (done) => {
    onProgress(LAID_OUT + done * (1 - LAID_OUT), sectionOf(Math.round(done * pages) + 1, chapters, opening));
  });
  return { bytes, pages };
}

/** Each part of the report, by its name in the contents. */
const SECTIONS: Readonly<Record<string, Section>> = {
  verdict,
  market,
  agencies,
  agents,
  cards,
  "price-bands": heatMap,
  listings,
  sales,
  method: (model, colours) => method(model.method, colours),
};

/** What of the work is done, as it was measured: when all sections are drawn, and when they have their pages. */
const DRAWN = 0.1;
const LAID_OUT = 0.4;

function draw(model: ReportModel, colours: Palette, onProgress: RenderProgress): readonly Chapter[] {
  const names = Object.keys(SECTIONS);
  return Object.entries(SECTIONS).flatMap(([name, section]) => {
    onProgress((DRAWN * names.indexOf(name)) / names.length, name);
    return section(model, colours) ?? [];
  });
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
    readonly positions?: Position[];
  };
  if (node.id === id) return node.positions?.[0]?.pageNumber ?? null;
  for (const each of node.stack ?? []) {
    const page = pageOf(each, id);
    if (page !== null) return page;
  }
  return null;
}

type Position = { readonly pageNumber: number };

function definitionOf(
  model: ReportModel,
  colours: Palette,
  content: Content[],
  counted: (pages: number) => void,
): TDocumentDefinitions {
  const name = titleOf(model);
  return {
    pageSize: "A4",
    pageMargins: [PAGE.left, PAGE.top, PAGE.right, PAGE.bottom],
    content,
    background: (page) => (page === 1 ? coverGround(model, colours) : null),
    header: (page) => header(page, name, model, colours),
    footer: (page, count) => {
      counted(count);
      return page === 1 ? null : footer(page, count, model, colours);
    },
    defaultStyle: { font: "Sans", fontSize: SIZE.body, color: colours.ink, lineHeight: 1.15 },
    info: {
      title: name,
      author: clean(model.branding?.name ?? model.preparedFor?.name ?? "AgentLink"),
      subject: `Agents and agencies of ${clean(model.place.suburb)}, ${longDay(model.period.from)} to ${longDay(model.period.to)}`,
      creator: "AgentLink",
      producer: "AgentLink",
      // The data's day, not today: the file's id is made from it, and the same data is to give the same bytes.
      creationDate: new Date(`${model.asOf}T00:00:00Z`),
    },
    language: "en-AU",
    displayTitle: true,
    version: "1.7",
  };
}

function titleOf({ place }: ReportModel): string {
  return clean(["Agents report:", place.suburb, place.state, place.postcode ?? ""].join(" ")).trim();
}

/** The place at the left; at the right what must be on every page of made-up data. */
function header(page: number, name: string, { sample }: ReportModel, colours: Palette): Content {
  const margin: [number, number, number, number] = [PAGE.left, 34, PAGE.right, 0];
  return {
    columns: [
      {
        width: CONTENT_WIDTH - 170,
        stack: [
          page === 1
            ? text("")
            : text(fit(name, 300, "Sans", SIZE.small), { fontSize: SIZE.small, color: colours.muted }),
        ],
      },
      {
        width: 170,
        stack: [
          sample ? text("SAMPLE · SYNTHETIC DATA", { ...label(colours.accentText), alignment: "right" }) : text(""),
        ],
      },
    ],
    margin,
  };
}

function footer(page: number, count: number, { branding, preparedFor }: ReportModel, colours: Palette): Content {
  const style = { fontSize: SIZE.small, color: colours.muted };
  const brand = [branding?.name ?? preparedFor?.name ?? "AgentLink", branding?.contact ?? ""].filter(
    (part) => part !== "",
  );
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
