/*
 * The agency report: which agencies let a suburb, page by page.
 * One file for each section, as in sections/ for the agents report.
 * Not here: sections of the agents report, and figures: the model has them.
 */

import { isFew } from "../../report/figures/figure.ts";
import type { LeasingModel } from "../../report/leasing/model.ts";
import type { Figure } from "../../report/model.ts";
import type { PdfStandard } from "../../report/request/request.ts";
import { CATEGORY_WORDS, plural } from "../../report/wording.ts";
import { DRAWN, type RenderedPdf, renderBook } from "../book.ts";
import { messages } from "../messages.ts";
import type { RenderProgress } from "../render.ts";
import { type CoverLine, namesInTie, rankAmong } from "../sections/cover.ts";
import { method } from "../sections/method.ts";
import { figure, longDay } from "../style/format.ts";
import { palette } from "../style/theme.ts";
import { cards } from "./cards.ts";
import { glance, league } from "./league.ts";
import { current, leased } from "./rentals.ts";
import { rents } from "./rents.ts";
import type { LeasingSection } from "./section.ts";

const SECTIONS: Readonly<Record<string, LeasingSection>> = {
  glance,
  agencies: league,
  cards,
  rents,
  listings: current,
  leased,
  method: (model, colours) => method(model.method, colours),
};

/** The full edition, in the type and with the cover of the agents report. As {@link renderBook}. */
export function renderLeasing(
  model: LeasingModel,
  standard: PdfStandard | null,
  onProgress: RenderProgress,
): Promise<RenderedPdf> {
  const { locality, period, preparedFor } = model;
  const colours = palette(model.branding?.colour ?? preparedFor?.colour ?? null);
  const names = Object.keys(SECTIONS);
  const chapters = Object.entries(SECTIONS).flatMap(([name, section]) => {
    onProgress((DRAWN * names.indexOf(name)) / names.length, name);
    return section(model, colours) ?? [];
  });
  const book = {
    ...model,
    title: "Rental agencies report",
    subject: messages.rentalAgenciesSubject(locality.suburb, longDay(period.from), longDay(period.to)),
    cover: { period, locator: model.locator, coverLines: coverLines(model), selected: model.selected },
  };
  return renderBook(book, chapters, colours, standard, onProgress);
}

/** Who leads, the asking rents, and where the reader stands. */
function coverLines({ league: rows, preparedFor, rents: all }: LeasingModel): readonly CoverLine[] {
  const found: CoverLine[] = [];
  const leaders = rows.filter((row) => row.rank === 1);
  const [leader] = leaders;
  if (leader && leaders.length === 1)
    found.push(["Leading agency", [leader.name], ofTheListings(leader.share, "the rental listings")]);
  if (leader && leaders.length > 1)
    found.push([
      "Leading agencies",
      namesInTie(leaders, "agencies"),
      messages.inTie(ofTheListings(leader.share, "the rental listings")),
    ]);
  const rent = all.find(({ bedrooms }) => bedrooms === null);
  if (rent && rent.medianRent.value !== null)
    found.push([
      `Median rent, ${CATEGORY_WORDS[rent.category].many}`,
      [`${figure({ ...rent.medianRent, n: null }, "rent")} a week`],
      `from ${figure({ ...rent.medianRent, value: rent.medianRent.n }, "count")} listings`,
    ]);
  if (preparedFor)
    found.push([
      "Prepared for",
      [preparedFor.name],
      preparedFor.rank === null
        ? messages.noRentalListings
        : `${rankAmong(preparedFor.rank, rows.length, "listing")}, ${ofTheListings(preparedFor.share, "the listings")}`,
    ]);
  return found;
}

/** As on the cover of the agents report: of few listings how many these are. */
function ofTheListings(share: Figure, all: string): string {
  const of = isFew(share) ? plural(share.n ?? 0, "rental listing") : all;
  return `${figure({ ...share, n: null }, "share")} of ${of}`;
}
