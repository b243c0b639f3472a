// The brief edition of the agency report: one page, the five agencies with most rental listings.

import type { Content } from "pdfmake/interfaces";
import { isFew, isShown } from "../../report/figures/figure.ts";
import type { LeasingModel, LettingAgency } from "../../report/leasing/model.ts";
import type { PdfStandard } from "../../report/request/request.ts";
import { plural } from "../../report/wording.ts";
import type { RenderedPdf } from "../book.ts";
import { messages } from "../messages.ts";
import { AGENCY, FEW_WORDS, levelWithLast, tiedWithLast } from "../parts/figure.ts";
import { writePdf } from "../pdf.ts";
import type { RenderProgress } from "../render.ts";
import { change, count, figure, longDay, marksOf, UNKNOWN } from "../style/format.ts";
import { cutApart, fit, measure, text } from "../style/text.ts";
import { type Palette, palette, SIZE } from "../style/theme.ts";
import { footOf, headingOf, LANDSCAPE, logoOrName, nothing, pageOf, rule } from "./page.ts";
import { MOST_ROWS, ROWS, rowsOf, titleOf } from "./row.ts";

/** Where the columns of a row begin, from the left edge of the content, and how wide they are. */
const COLUMNS = {
  rank: [0, 22],
  logo: [30, 98],
  name: [146, 168],
  listings: [318, 54],
  share: [376, 62],
  rent: [442, 72],
  days: [518, 62],
} as const;
const { cell, heads, rank, number, row } = rowsOf(COLUMNS);

/** The page, also for an empty model: it then states that nothing was found. */
export async function renderBriefLeasing(
  model: LeasingModel,
  standard: PdfStandard | null = null,
  onProgress: RenderProgress = () => {},
): Promise<RenderedPdf> {
  const { locality, period } = model;
  const colours = palette(model.branding?.colour ?? model.preparedFor?.colour ?? null);
  const fits = model.selected === null ? "" : messages.matching(model.selected);
  const sentence = messages.noRentalsByAgency(model.area, longDay(period.to), fits);
  const content = model.league.length === 0 ? nothing(sentence, colours) : page(model, colours);
  const subject = messages.mostRentalsSubject(locality.suburb, longDay(period.from), longDay(period.to));
  const sources = model.method.sources.map(({ name }) => name);
  const frame = { ...model, title: "Top rental agencies", subject };
  const definition = pageOf(frame, [...content, ...footOf(wordsOf(model), sources, colours)], colours);
  const bytes = await writePdf(definition, standard, (done) => onProgress(done, "agencies"));
  return { bytes, pages: 1 };
}

/** What the columns mean, if there are any, and the limits of the data. */
function wordsOf({ league, hasOddRents, isProvisional }: LeasingModel): string {
  const rows = league.slice(0, MOST_ROWS);
  const figures = rows.flatMap(({ share, medianRent, daysToLease }) => [share, medianRent, daysToLease]);
  const change = rows.some(({ shareChange }) => shareChange !== null) ? messages.briefShareChange : "";
  return [
    ...(rows.length === 0 ? [] : [messages.briefAgencyTerms(change)]),
    ...(hasOddRents && rows.some(({ medianRent }) => isShown(medianRent)) ? [messages.oddRents] : []),
    messages.briefAgencyLimits,
    ...(isProvisional ? [messages.newestProvisional] : []),
    ...(figures.some(isFew) ? [FEW_WORDS] : []),
  ].join(" ");
}

function page(model: LeasingModel, palette: Palette): Content[] {
  const first = model.league.slice(0, MOST_ROWS);
  const nameShown = cutApart(
    first.map(({ name }) => name),
    fitName,
  );
  const rows = first.map((row) => ({ ...row, name: nameShown(row.name) }));
  return [
    ...heading(model, rows, palette),
    {
      stack: [headsOf(palette), ...rows.map((each, index) => agencyRow(each, ROWS.top + index * ROWS.height, palette))],
      tag: "Table",
    },
    rule(ROWS.top + rows.length * ROWS.height, palette.hairline),
  ];
}

function heading(
  { league, total, unattributed, begins, area, selected }: LeasingModel,
  rows: readonly LettingAgency[],
  palette: Palette,
): Content[] {
  const of = league.length > rows.length ? messages.withMostRentals : messages.withRental;
  const limits = [
    ...(begins === null ? [] : [messages.dataFrom(longDay(begins))]),
    ...(unattributed === 0 ? [] : [messages.noAgencyKnown(plural(unattributed, "listing"))]),
  ];
  const known = `${plural(league.length, ...AGENCY)}, ${plural(total, "rental listing")} in ${area}`;
  const only = selected === null ? "" : `. Only: ${selected}`;
  const level = levelWithLast(tiedWithLast(league, rows.length), AGENCY);
  const line = `${[known, ...limits, ...(level === "" ? [] : [level])].join("; ")}${only}`;
  return headingOf(titleOf(rows.length, AGENCY, of), line, selected !== null || limits.length > 0, palette);
}

function headsOf(palette: Palette): Content {
  const numbers = [
    ["listings", "Listings"],
    ["share", "Share"],
    ["rent", "Rent a week"],
    ["days", "Days"],
  ] as const;
  return heads([["logo", "Agency"]], numbers, palette);
}

function agencyRow(agency: LettingAgency, top: number, palette: Palette): Content {
  const { name, logo, current, medianRent, daysToLease, shareChange } = agency;
  const middle = top + ROWS.height / 2;
  const [x, width] = COLUMNS.logo;
  const mark =
    logo === null
      ? swatch(agency, LANDSCAPE.left + x, middle, palette)
      : logoOrName({ logo, name, colour: null }, LANDSCAPE.left + x, middle, width, palette, 44);
  const cells: Content[] = [
    // Not in the row's head, which is read with each cell.
    { stack: [rank(agency.rank, middle, palette), mark] },
    { stack: [nameOf(agency, middle, palette)], tag: "RowHead" },
    number("listings", middle, palette, {
      words: figure(agency.listings, "count"),
      below: current > 0 ? `${count(current)} now` : "",
    }),
    number("share", middle, palette, {
      words: figure(agency.share, "share"),
      below: shareChange === null ? "" : `${change(shareChange)} points`,
    }),
    number("rent", middle, palette, {
      words: medianRent.value === null ? UNKNOWN : figure(medianRent, "rent"),
      below: medianRent.n === null || medianRent.n === 0 ? "" : plural(medianRent.n, "rent"),
      muted: medianRent.value === null,
    }),
    number("days", middle, palette, {
      words: daysToLease.value === null ? UNKNOWN : `${count(daysToLease.value)}${marksOf(daysToLease)}`,
      below: daysToLease.value === null ? "" : `n ${count(daysToLease.n ?? 0)} leased`,
      muted: daysToLease.value === null,
    }),
  ];
  return row(cells, top, ROWS.height, agency.isPreparedFor || agency.isFeatured, palette);
}

/** In place of a logo: the agency's initial on its colour. */
function swatch({ name, colour }: LettingAgency, x: number, middle: number, colours: Palette): Content {
  const size = 44;
  const ground = colour === null ? colours.muted : palette(colour).accent;
  const initial = Array.from(name.replace(/^[^\p{L}\p{N}]+/u, ""))[0]?.toUpperCase() ?? "·";
  return {
    tag: "Artifact",
    stack: [
      { canvas: [{ type: "rect", x: 0, y: 0, w: size, h: size, r: 4, color: ground }] },
      {
        columns: [
          {
            width: size,
            stack: [
              text(initial, { font: "Serif", fontSize: 24, color: "#ffffff", alignment: "center", lineHeight: 1 }),
            ],
          },
        ],
        margin: [0, -size + 9, 0, 0],
      },
    ],
    absolutePosition: { x, y: middle - size / 2 },
  };
}

const NAME_SIZE = 13.5;

/** Cut to two lines. */
function fitName(name: string): string {
  return fit(name, COLUMNS.name[1] * 1.86, "Serif", NAME_SIZE);
}

/** One line or two, the address and the telephone number below; in the middle of the row. */
function nameOf({ name, address, phone, isPreparedFor }: LettingAgency, middle: number, palette: Palette): Content {
  const [, width] = COLUMNS.name;
  const size = NAME_SIZE;
  const shown = fitName(name);
  const lines = measure(shown, "Serif", size) > width ? 2 : 1;
  const below = [address, phone].filter((part) => part !== null);
  const tall = lines * 15 + below.length * 10;
  return cell("name", middle - tall / 2 - 1, {
    stack: [
      text(shown, {
        font: "Serif",
        fontSize: size,
        lineHeight: 0.97,
        color: isPreparedFor ? palette.accentText : palette.ink,
      }),
      ...below.map((line) =>
        text(fit(line, width, "Sans", SIZE.small), {
          fontSize: SIZE.small,
          color: palette.muted,
          margin: [0, 1, 0, 0],
        }),
      ),
    ],
  });
}
