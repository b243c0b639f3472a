import type { ReportModel } from "../report/model.ts";
import type { PdfStandard } from "../report/request/request.ts";
import { DRAWN, type RenderedPdf, renderBook } from "./book.ts";
import type { Chapter, Section } from "./chapter.ts";
import { messages } from "./messages.ts";
import type { RenderProgress } from "./render.ts";
import { agencies } from "./sections/agencies.ts";
import { agents } from "./sections/agents.ts";
import { cards } from "./sections/cards.ts";
import { comparables } from "./sections/comparables.ts";
import { comparison } from "./sections/comparison.ts";
import { coverLines } from "./sections/cover.ts";
import { heatMap } from "./sections/heat-map.ts";
import { listings } from "./sections/listings.ts";
import { market } from "./sections/market.ts";
import { method } from "./sections/method.ts";
import { paid } from "./sections/paid.ts";
import { sales } from "./sections/sales.ts";
import { verdict } from "./sections/verdict.ts";
import { longDay } from "./style/format.ts";
import { type Palette, palette } from "./style/theme.ts";

export type { RenderedPdf } from "./book.ts";

/**
 * The report as a PDF: the same bytes for the same model, in every thread and process. `onProgress` is called for each section
 * that is drawn, and, once they are laid out, of each page that is written, by the section it belongs to.
 * @throws Failure "bad_data" (permanent) where a picture of the data cannot be in a PDF of the standard.
 */
export function renderPdf(
  model: ReportModel,
  standard: PdfStandard | null = null,
  onProgress: RenderProgress = () => {},
): Promise<RenderedPdf> {
  const colours = palette(model.branding?.colour ?? model.preparedFor?.colour ?? null);
  const { locality, period } = model;
  const book = {
    ...model,
    title: "Agents report",
    subject: messages.agentsSubject(locality.suburb, longDay(period.from), longDay(period.to)),
    cover: {
      period,
      locator: model.locator,
      coverLines: coverLines(model),
      selected: model.selection?.summary || null,
    },
  };
  return renderBook(book, draw(model, colours, onProgress), colours, standard, onProgress);
}

/** Each part of the report, by its name in the contents and in a request's `sections`. */
const SECTIONS: Readonly<Record<string, Section>> = {
  verdict,
  market,
  agencies,
  agents,
  comparison,
  comparables,
  cards,
  paid,
  "price-bands": heatMap,
  listings,
  sales,
  method: (model, colours) => method(model.method, colours),
};

/** If a request chooses the parts of a report, it still has its sources and method, and who pays to be in it. */
const ALWAYS: readonly string[] = ["verdict", "paid", "method"];

function draw(model: ReportModel, colours: Palette, onProgress: RenderProgress): readonly Chapter[] {
  const names = Object.keys(SECTIONS);
  const { sections: chosen } = model;
  const isChosen = (name: string) => chosen === null || chosen.includes(name) || ALWAYS.includes(name);
  return Object.entries(SECTIONS).flatMap(([name, section]) => {
    if (!isChosen(name)) return [];
    onProgress((DRAWN * names.indexOf(name)) / names.length, name);
    return section(model, colours) ?? [];
  });
}
