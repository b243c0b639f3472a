/*
 * The sections of the agents report: one file each, which returns content, or null where the model has nothing for it.
 * document.ts has their order.
 * Not here: figures that the model does not have, and pages of other documents.
 */

import type { CanvasElement, Content } from "pdfmake/interfaces";
import { STATE_NAMES } from "../../report/data-set.ts";
import { isFew } from "../../report/figures/figure.ts";
import type { Figure, ReportModel, Standing } from "../../report/model.ts";
import { capitalised, plural } from "../../report/wording.ts";
import { type Chapter, caption } from "../chapter.ts";
import type { Box } from "../charts/labels.ts";
import { messages } from "../messages.ts";
import { picture } from "../parts/picture.ts";
import { figure, longDay, rank } from "../style/format.ts";
import { cutApart, described, fit, inlines, measure, paragraph, text } from "../style/text.ts";
import { CONTENT_WIDTH, label, PAGE, type Palette, SIZE } from "../style/theme.ts";
import { soldBy } from "./paid.ts";
import { rankedOf, unknownSales } from "./verdict.ts";

/** The coloured field that carries the title. */
const FIELD = { top: 132, height: 350 } as const;

/** The content of the cover. */
export interface Cover {
  /** What kind of document it is: "Agents report". */
  readonly label: string;
  readonly locality: Pick<ReportModel["locality"], "suburb" | "state" | "postcode">;
  readonly period: ReportModel["period"];
  readonly asOf: string;
  /** False if nothing in the data has a date: the report then states none for the data. */
  readonly isDated: boolean;
  readonly brandName: string;
  readonly logo: string | null;
  readonly locator: ReportModel["locator"];
  /** The requested selection in words; null for all of the suburb. */
  readonly selected: string | null;
  /** Three at most: who leads, and where the reader stands. */
  readonly coverLines: readonly CoverLine[];
}

export type CoverLine = readonly [head: string, names: readonly string[], detail: string];

/** Page 1: which suburb, for whom, who leads, where the reader stands; and the contents. */
export function cover(model: Cover, chapters: readonly Chapter[], palette: Palette): Content[] {
  const at = (y: number, content: Content): Content => ({
    columns: [{ width: CONTENT_WIDTH, stack: [content] }],
    absolutePosition: { x: PAGE.left, y },
  });
  return [
    at(62, brand(model, palette)),
    at(titleTop(model), title(model, palette)),
    at(FIELD.top + FIELD.height - 44, dates(model, palette)),
    at(FIELD.top + FIELD.height + 30, coverColumns(model.coverLines, palette)),
    at(FIELD.top + FIELD.height + (model.coverLines.length === 0 ? 30 : 128), contents(chapters, palette)),
  ];
}

/** What lies under the cover: the field, with the suburb and its neighbours as a faint chart of where it is. */
export function coverGround(model: Pick<Cover, "locator" | "locality" | "selected">, palette: Palette): Content {
  const field: CanvasElement[] = [
    { type: "rect", x: 0, y: FIELD.top, w: PAGE.width, h: FIELD.height, color: palette.field },
  ];
  const neighbours = model.locator?.neighbours ?? [];
  if (neighbours.length > 0) field.push(...constellation(neighbours, titleBox(model), palette));
  return { canvas: field, absolutePosition: { x: 0, y: 0 } };
}

/** Where the chart of neighbours is; its middle is the suburb. */
const MIDDLE = { x: PAGE.width - 150, y: FIELD.top + FIELD.height / 2 - 30, radius: 120 } as const;

/** The chart, without the dots that would be among the letters of the title. */
function constellation(
  neighbours: readonly { readonly x: number; readonly y: number }[],
  title: Box,
  { onField }: Palette,
): CanvasElement[] {
  const { x, y, radius } = MIDDLE;
  const reach = Math.max(0.5, ...neighbours.map((neighbour) => Math.hypot(neighbour.x, neighbour.y)));
  const ring = { lineColor: onField, lineWidth: 0.5 } as const;
  return [
    ...[1, 0.68, 0.36].map(
      (part): CanvasElement => ({
        type: "ellipse",
        x,
        y,
        r1: radius * part,
        r2: radius * part,
        strokeOpacity: 0.28,
        ...ring,
      }),
    ),
    ...neighbours
      .map((neighbour) => ({ left: x + (neighbour.x / reach) * radius, top: y - (neighbour.y / reach) * radius }))
      .filter(({ left, top }) => left > title.right || left < title.left || top < title.top || top > title.bottom)
      .map(
        ({ left, top }): CanvasElement => ({
          type: "ellipse",
          x: left,
          y: top,
          r1: 2,
          r2: 2,
          color: onField,
          fillOpacity: 0.5,
        }),
      ),
    { type: "ellipse", x, y, r1: 4.5, r2: 4.5, color: onField },
  ];
}

/** The brand of a document: its logo, else its name; what kind of document it is at the right. */
export function brand(model: Pick<Cover, "logo" | "brandName" | "label">, palette: Palette): Content {
  const logo = model.logo ? picture(model.logo) : null;
  const mark: Content = logo
    ? { image: logo.dataUri, fit: [200, 40], tag: described("Logo", model.brandName) }
    : text(fit(model.brandName, BRAND.width * 1.85, "Sans", BRAND.size, true), {
        bold: true,
        fontSize: BRAND.size,
        color: palette.ink,
      });
  return {
    columns: [
      { width: BRAND.width, stack: [mark] },
      {
        width: "*",
        stack: [text(model.label.toUpperCase(), { ...label(palette.muted), alignment: "right", margin: [0, 4, 0, 0] })],
      },
    ],
  };
}

/** Of the brand's name, which may take two lines. */
const BRAND = { width: 330, size: 13 } as const;

function title({ locality, selected }: Cover, { onField }: Palette): Content {
  const where = [STATE_NAMES[locality.state], locality.postcode ?? ""].join(" ").trim();
  return {
    stack: [
      text(locality.suburb, {
        font: "Serif",
        fontSize: titleSize(locality.suburb),
        color: onField,
        lineHeight: 0.95,
        margin: [0, 0, CONTENT_WIDTH - TITLE_WIDTH, 0],
        tag: "H1",
      }),
      text(where, { fontSize: 14, color: onField, margin: [2, 8, 0, 0] }),
      ...(selected === null
        ? []
        : [
            text(fit(capitalised(selected), SELECTED_WIDTH * 3.8, "Sans", SIZE.body), {
              fontSize: SIZE.body,
              lineHeight: 1.3,
              color: onField,
              margin: [2, 10, CONTENT_WIDTH - SELECTED_WIDTH, 0],
            }),
          ]),
    ],
  };
}

/** Of the words about the selection, left of the chart of neighbours. */
const SELECTED_WIDTH = 256;

/** The title ends before the dot in the middle of the chart, which would read as a full stop. */
const TITLE_WIDTH = MIDDLE.x - 16 - PAGE.left;

function titleTop({ selected }: Pick<Cover, "selected">): number {
  return FIELD.top + (selected === null ? 128 : 96);
}

/** As large as leaves a long name on two lines. */
function titleSize(name: string): number {
  const wide = measure(name, "Serif", SIZE.display);
  const longest = Math.max(...name.split(/\s+/).map((word) => measure(word, "Serif", SIZE.display)));
  const scale = Math.min(1, (TITLE_WIDTH * 1.6) / wide, TITLE_WIDTH / longest);
  return Math.max(16, Math.floor(SIZE.display * scale));
}

/** The letters of the title with a little air. */
function titleBox({ locality: { suburb }, selected }: Pick<Cover, "locality" | "selected">): Box {
  const size = titleSize(suburb);
  const wide = measure(suburb, "Serif", size);
  const top = titleTop({ selected });
  return {
    left: PAGE.left,
    right: PAGE.left + Math.min(TITLE_WIDTH, wide) + 6,
    top,
    bottom: top + size * 1.15 * Math.ceil(wide / TITLE_WIDTH),
  };
}

function dates({ period, asOf, isDated }: Cover, { onField }: Palette): Content {
  const style = { color: onField, fontSize: SIZE.body };
  return {
    columns: [
      {
        width: 300,
        stack: [
          text(isDated ? `${longDay(period.from)} to ${longDay(period.to)}` : messages.madeOn(longDay(asOf)), style),
        ],
      },
      {
        width: "*",
        stack: [
          text(isDated ? `Data as of ${longDay(asOf)}` : messages.dataWithoutDates, { ...style, alignment: "right" }),
        ],
      },
    ],
  };
}

/** Who is winning this suburb, and where do I stand? */
export function coverLines(model: ReportModel): readonly CoverLine[] {
  const { verdict, preparedFor } = model;
  const [agency, ...agenciesBeside] = verdict.leadingAgencies;
  const [agent, ...agentsBeside] = verdict.leadingAgents;
  const found: CoverLine[] = [];
  if (agency && agenciesBeside.length === 0) found.push(["Leading agency", [agency.name], ofTheSales(agency.share)]);
  if (agency && agenciesBeside.length > 0)
    found.push([
      "Leading agencies",
      namesInTie(verdict.leadingAgencies, "agencies"),
      messages.inTie(ofTheSales(agency.share)),
    ]);
  if (agent && agentsBeside.length === 0) found.push(["Leading agent", [agent.name], salesInWords(agent.sales)]);
  if (agent && agentsBeside.length > 0)
    found.push([
      "Leading agents",
      namesInTie(verdict.leadingAgents, "agents"),
      messages.inTie(salesInWords(agent.sales)),
    ]);
  if (preparedFor) found.push(["Prepared for", [preparedFor.name], rankInWords(preparedFor, model)]);
  return found;
}

/** Without a single sale of a known agency in the data no one has none. */
function rankInWords({ rank: own, share }: Standing, model: ReportModel): string {
  if (own === null) return share.value === null ? unknownSales(model) : messages.noSales;
  return `${rankAmong(own, rankedOf(model), "sale")}, ${ofTheSales(share)}`;
}

/** "#3 of 12"; of one there is no rank. */
export function rankAmong(own: number, ranked: number, what: "sale" | "listing"): string {
  return ranked === 1 ? messages.onlyAgency(what) : `${rank(own)} of ${ranked}`;
}

function coverColumns(cells: readonly CoverLine[], palette: Palette): Content {
  if (cells.length === 0) return text("");
  const width = (CONTENT_WIDTH - 2 * 18) / 3;
  return {
    columns: cells.map(([head, names, detail]) => ({
      width,
      stack: [
        { canvas: [{ type: "line", x1: 0, y1: 0, x2: width, y2: 0, lineWidth: 0.8, lineColor: palette.ink }] },
        caption(head, palette, [0, 7, 0, 3], "Lbl"),
        {
          stack: [
            coverNames(names, width),
            text(detail, { fontSize: SIZE.table, color: palette.muted, margin: [0, 3, 0, 0] }),
          ],
          tag: "LBody",
        },
      ],
      tag: "LI",
    })),
    columnGap: 18,
    tag: "L",
  };
}

/** The sizes of names, each with the number of lines that there is room for. */
const NAME_SIZES = [
  { size: 14, lines: 2 },
  { size: 12, lines: 3 },
  { size: 10, lines: 4 },
] as const;
/** Of a line; the rest of it is left by the word that begins the next one. */
const FILLED = 0.9;

/** As large as leaves all of the names; two that lead in a tie are both named, each cut if it must be. */
function coverNames(names: readonly string[], width: number): Content {
  const whole = names.join(" and ");
  const [{ size: least, lines: most }] = NAME_SIZES.toReversed() as [(typeof NAME_SIZES)[number]];
  const fitting = NAME_SIZES.find(({ size, lines }) => measure(whole, "Serif", size) <= width * lines * FILLED);
  const room = (width * most * FILLED - measure(" and ", "Serif", least)) / names.length;
  const nameOf = cutApart(names, (name) => fit(name, room, "Serif", least));
  return text(fitting === undefined ? names.map(nameOf).join(" and ") : whole, {
    font: "Serif",
    fontSize: fitting?.size ?? least,
    lineHeight: 1,
  });
}

/** Of the contents, in points: the link of an entry is as wide as both. */
const ENTRY = { title: 190, page: 42 } as const;

function contents(chapters: readonly Chapter[], palette: Palette): Content {
  const half = Math.ceil(chapters.length / 2);
  const column = (part: readonly Chapter[]): Content => ({
    tag: "TOC",
    table: {
      widths: [ENTRY.title, ENTRY.page],
      body: part.map(({ id, title }) => [
        paragraph([inlines(title, { linkToDestination: id, linkWidth: ENTRY.title + ENTRY.page })], {
          fontSize: SIZE.body,
          color: palette.ink,
        }),
        {
          pageReference: id,
          alignment: "right",
          fontSize: SIZE.body,
          color: palette.muted,
          noWrap: true,
        },
      ]),
    },
    layout: {
      hLineWidth: (index) => (index === 0 ? 0 : 0.4),
      vLineWidth: () => 0,
      hLineColor: () => palette.hairline,
      paddingLeft: () => 0,
      paddingRight: () => 0,
      paddingTop: () => 4,
      paddingBottom: () => 4,
    },
  });
  const columns = [chapters.slice(0, half), chapters.slice(half)].filter((part) => part.length > 0);
  return {
    stack: [
      caption("Contents", palette, [0, 0, 0, 4], "H2"),
      { columns: columns.map((part) => ({ width: ENTRY.title + ENTRY.page, stack: [column(part)] })), columnGap: 19 },
    ],
  };
}

/** Of few sales how many these are: half of two is no half of the market. */
function ofTheSales(share: Figure): string {
  const all = isFew(share) ? plural(share.n ?? 0, "sale") : "the sales";
  return `${figure({ ...share, n: null }, "share")} of ${all}`;
}

/** Two by name, more by number. */
export function namesInTie(
  leaders: readonly { readonly name: string }[],
  what: "agencies" | "agents",
): readonly string[] {
  return leaders.length === 2 ? leaders.map(({ name }) => name) : [`${leaders.length} ${what}`];
}

function salesInWords(sales: Figure): string {
  return `${soldBy({ sales })} in 12 months`;
}
