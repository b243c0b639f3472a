// The brief edition of the agency report: one page, the five agencies with most rental listings.

import type { Content } from "pdfmake/interfaces";
import { isFew } from "../../report/figures/figure.ts";
import type { LeasingModel, LettingAgency } from "../../report/leasing/model.ts";
import type { PdfStandard } from "../../report/request.ts";
import { plural } from "../../report/wording.ts";
import type { RenderedPdf } from "../book.ts";
import { FEW_WORDS } from "../figure.ts";
import { change, count, figure, longDay, marksOf, UNKNOWN } from "../format.ts";
import { messages } from "../messages.ts";
import { writePdf } from "../pdf.ts";
import type { RenderProgress } from "../render.ts";
import { fit, measure, text } from "../text.ts";
import { label, type Palette, palette, SIZE } from "../theme.ts";
import { at, footOf, headingOf, LANDSCAPE, logoOrName, nothing, pageOf, rule } from "./page.ts";

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
type ColumnName = keyof typeof COLUMNS;

const AGENCIES = 5;
const ROWS = { top: 118, height: 78 } as const;
const NUMBERS = ["no", "one", "two", "three", "four", "five"];

/** The page, of an empty model, too: "nothing found" is what it then says. */
export async function renderBriefLeasing(
  model: LeasingModel,
  standard: PdfStandard | null = null,
  onProgress: RenderProgress = () => {},
): Promise<RenderedPdf> {
  const { place, period } = model;
  const colours = palette(model.branding?.colour ?? model.preparedFor?.colour ?? null);
  const fits = model.selected === null ? "" : messages.matching(model.selected);
  const sentence = messages.noRentalsByAgency(model.area, longDay(period.to), fits);
  const content = model.league.length === 0 ? nothing(sentence, colours) : page(model, colours);
  const subject = messages.mostRentalsSubject(place.suburb, longDay(period.from), longDay(period.to));
  const sources = model.method.sources.map(({ name }) => name);
  const frame = { ...model, title: "Top rental agencies", subject };
  const definition = pageOf(frame, [...content, ...footOf(wordsOf(model), sources, colours)], colours);
  const bytes = await writePdf(definition, standard, (done) => onProgress(done, "agencies"));
  return { bytes, pages: 1 };
}

const WORDS = messages.briefAgencyTerms + messages.briefAgencyLimits;

function wordsOf({ league, isProvisional }: LeasingModel): string {
  const figures = league
    .slice(0, AGENCIES)
    .flatMap(({ share, medianRent, daysToLease }) => [share, medianRent, daysToLease]);
  return [
    WORDS,
    ...(isProvisional ? [messages.newestProvisional] : []),
    ...(figures.some(isFew) ? [FEW_WORDS] : []),
  ].join(" ");
}

function page(model: LeasingModel, palette: Palette): Content[] {
  const rows = model.league.slice(0, AGENCIES);
  return [
    ...heading(model, rows, palette),
    {
      stack: [heads(palette), ...rows.map((row, index) => agencyRow(row, ROWS.top + index * ROWS.height, palette))],
      tag: "Table",
    },
    rule(ROWS.top + rows.length * ROWS.height, palette.hairline),
  ];
}

function heading(
  { league, total, area, selected }: LeasingModel,
  rows: readonly LettingAgency[],
  palette: Palette,
): Content[] {
  const of = league.length > rows.length ? messages.withMostRentals : messages.withRental;
  const title = rows.length === 1 ? `The agency ${of}` : `The ${NUMBERS[rows.length]} agencies ${of}`;
  const tied = league.slice(rows.length).filter(({ rank }) => rank === rows.at(-1)?.rank).length;
  const others = tied === 0 ? "" : messages.levelWithLast(count(tied), tied === 1 ? "agency is" : "agencies are");
  const known = `${plural(league.length, "agency", "agencies")}, ${plural(total, "rental listing")} in ${area}${others}${selected === null ? "" : `. Only: ${selected}`}`;
  return headingOf(title, known, selected !== null, palette);
}

function heads(palette: Palette): Content {
  const head = (column: ColumnName, words: string, alignment: "left" | "right" = "right"): Content => ({
    stack: [cell(column, ROWS.top - 20, text(words.toUpperCase(), { ...label(palette.muted), alignment }))],
    tag: "TH",
  });
  const heads = [
    // Seen, the rank needs no head.
    { stack: [], tag: { alt: "Rank" } },
    head("logo", "Agency", "left"),
    head("listings", "Listings"),
    head("share", "Share"),
    head("rent", "Rent a week"),
    head("days", "Days"),
  ];
  return { stack: [{ stack: heads, tag: "TR" }, rule(ROWS.top - 6, palette.ink, 0.8)] };
}

function agencyRow(row: LettingAgency, top: number, palette: Palette): Content {
  const middle = top + ROWS.height / 2;
  const [x, width] = COLUMNS.logo;
  const number = (column: ColumnName, words: string, below: string, muted = false) =>
    cell(column, middle - 12, {
      stack: [
        text(words, {
          font: "Serif",
          fontSize: 17,
          lineHeight: 1,
          alignment: "right",
          color: muted ? palette.muted : palette.ink,
        }),
        text(below === "" ? " " : below, { fontSize: SIZE.label, alignment: "right", color: palette.muted }),
      ],
    });
  const rest = (n: number | null, word: string) => (n === null || n === 0 ? "" : plural(n, word));
  const mark =
    row.logo === null
      ? swatch(row, LANDSCAPE.left + x, middle, palette)
      : logoOrName({ logo: row.logo, name: row.name, colour: null }, LANDSCAPE.left + x, middle, width, palette, 44);
  const cells: Content[] = [
    cell(
      "rank",
      middle - 12,
      text(String(row.rank), { font: "Serif", fontSize: 20, lineHeight: 1, color: palette.accentText }),
    ),
    { stack: [nameOf(row, middle, palette), mark], tag: "RowHead" },
    number("listings", figure(row.listings, "count"), row.current > 0 ? `${count(row.current)} now` : ""),
    number("share", figure(row.share, "share"), row.shareChange === null ? "" : `${change(row.shareChange)} points`),
    number(
      "rent",
      row.medianRent.value === null ? UNKNOWN : figure(row.medianRent, "rent"),
      rest(row.medianRent.n, "rent"),
      row.medianRent.value === null,
    ),
    number(
      "days",
      row.daysToLease.value === null ? UNKNOWN : `${count(row.daysToLease.value)}${marksOf(row.daysToLease)}`,
      row.daysToLease.value === null ? "" : `n ${count(row.daysToLease.n ?? 0)} leased`,
      row.daysToLease.value === null,
    ),
  ];
  return {
    stack: [
      ...(top > ROWS.top ? [rule(top, palette.hairline)] : []),
      ...(row.isPreparedFor || row.isFeatured ? [bar(top, palette)] : []),
      { stack: cells, tag: "TR" },
    ],
  };
}

/** In the place of a logo: the agency's initial on its colour. */
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

/** One line or two, the address and the telephone number below; in the middle of the row. */
function nameOf({ name, address, phone, isPreparedFor }: LettingAgency, middle: number, palette: Palette): Content {
  const [, width] = COLUMNS.name;
  const size = 13.5;
  const shown = fit(name, width * 1.86, "Serif", size);
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

/** Beside the agency that asked. */
function bar(top: number, palette: Palette): Content {
  return {
    canvas: [{ type: "rect", x: 0, y: 0, w: 3, h: ROWS.height - 16, color: palette.accent }],
    absolutePosition: { x: LANDSCAPE.left - 12, y: top + 8 },
  };
}

function cell(column: ColumnName, y: number, content: Content): Content {
  const [x, width] = COLUMNS[column];
  return at(LANDSCAPE.left + x, y, width, content);
}
