/*
 * The brief editions of both reports: one landscape page, every part at its position.
 * page.ts is the page that both share; what is on it is in agents.ts and agencies.ts.
 * Not here: figures: the model has them.
 */

import type { CanvasElement, Content, TDocumentDefinitions } from "pdfmake/interfaces";
import type { ReportModel } from "../../report/model.ts";
import { messages } from "../messages.ts";
import { picture } from "../parts/picture.ts";
import { longDay, UNKNOWN } from "../style/format.ts";
import { clean, described, fit, measure, shorten, text } from "../style/text.ts";
import { label, type Palette, palette, SIZE } from "../style/theme.ts";

/** A4 on its side, in points; `left` is where the content begins, right of the strip. */
export const LANDSCAPE = {
  width: 841.89,
  height: 595.28,
  strip: 188,
  left: 222,
  right: 40,
  top: 40,
} as const;
export const LANDSCAPE_WIDTH = LANDSCAPE.width - LANDSCAPE.left - LANDSCAPE.right;

/** The content of the strip and the frame. */
export interface BriefFrame {
  /** "Top agents" */
  readonly title: string;
  readonly locality: Pick<ReportModel["locality"], "suburb" | "state" | "postcode">;
  readonly period: ReportModel["period"];
  readonly asOf: string;
  /** False if nothing in the data has a date: the report then states none for the data. */
  readonly isDated: boolean;
  readonly sample: boolean;
  readonly branding: ReportModel["branding"];
  readonly preparedFor: { readonly name: string; readonly logo: string | null } | null;
  readonly subject: string;
}

/** Something at its position on the page. */
export function at(x: number, y: number, width: number, content: Content): Content {
  return { columns: [{ width, stack: [content] }], absolutePosition: { x, y } };
}

/** A line across the content, or a part of it. */
export function rule(
  y: number,
  color: string,
  width = 0.4,
  x: number = LANDSCAPE.left,
  length = LANDSCAPE_WIDTH,
): Content {
  return {
    canvas: [{ type: "line", x1: 0, y1: 0, x2: length, y2: 0, lineWidth: width, lineColor: color }],
    absolutePosition: { x, y },
  };
}

const INSET = 26;
const STRIP_WIDTH = LANDSCAPE.strip - 2 * INSET;

/** The definition of the page around its content. */
export function pageOf(frame: BriefFrame, content: readonly Content[], palette: Palette): TDocumentDefinitions {
  const { locality } = frame;
  const name = clean([`${frame.title}:`, locality.suburb, locality.state, locality.postcode ?? ""].join(" ")).trim();
  return {
    pageSize: "A4",
    pageOrientation: "landscape",
    pageMargins: [LANDSCAPE.left, LANDSCAPE.top, LANDSCAPE.right, 12],
    content: [
      // What has an absolute position takes no room, and a page needs something that does.
      { text: " ", fontSize: 1, id: "page", outline: true, outlineText: name, tag: "Artifact" },
      // Synthetic data is labelled before all else.
      ...(frame.sample ? [sampleLabel(palette)] : []),
      ...strip(frame, palette),
      ...content,
    ],
    background: () => ground(palette),
    defaultStyle: { font: "Sans", fontSize: SIZE.body, color: palette.ink, lineHeight: 1.15 },
    info: {
      title: name,
      author: clean(frame.branding?.name ?? frame.preparedFor?.name ?? "AgentLink"),
      subject: clean(frame.subject),
      creator: "AgentLink",
      producer: "AgentLink",
      // The data's day, as in the full edition: the same data is to give the same bytes.
      creationDate: new Date(`${frame.asOf}T00:00:00Z`),
    },
    language: "en-AU",
    displayTitle: true,
    version: "1.7",
  };
}

function ground(palette: Palette): Content {
  const [x, y] = [LANDSCAPE.strip / 2, LANDSCAPE.height - 176];
  const rings: CanvasElement[] = [88, 62, 36].map((r) => ({
    type: "ellipse",
    ...{ x, y, r1: r, r2: r },
    lineColor: palette.onField,
    lineWidth: 0.5,
    strokeOpacity: 0.22,
  }));
  return {
    canvas: [
      { type: "rect", x: 0, y: 0, w: LANDSCAPE.strip, h: LANDSCAPE.height, color: palette.field },
      ...rings,
      { type: "ellipse", x, y, r1: 3.4, r2: 3.4, color: palette.onField, fillOpacity: 0.85 },
    ],
    absolutePosition: { x: 0, y: 0 },
  };
}

function strip(frame: BriefFrame, { onField }: Palette): Content[] {
  const { locality, period, asOf, isDated, branding } = frame;
  const style = { color: onField };
  const where = [locality.state, locality.postcode ?? ""].join(" ").trim();
  const size = titleSize(locality.suburb);
  return [
    ...mark(frame, onField),
    at(INSET, 150, STRIP_WIDTH + 14, {
      stack: [
        text(frame.title.toUpperCase(), { ...label(onField), margin: [0, 0, 0, 8] }),
        text(locality.suburb, { font: "Serif", fontSize: size, lineHeight: 0.95, tag: "H1", ...style }),
        text(where, { fontSize: 11, margin: [1, 7, 0, 0], ...style }),
        {
          canvas: [{ type: "line", x1: 0, y1: 0, x2: 30, y2: 0, lineWidth: 1.4, lineColor: onField }],
          margin: [1, 14, 0, 12],
        },
        ...(isDated ? ["12 months", longDay(period.from), `to ${longDay(period.to)}`] : ["12 months, as supplied"]).map(
          (line) => text(line, { fontSize: SIZE.table, lineHeight: 1.3, ...style }),
        ),
      ],
    }),
    at(INSET, LANDSCAPE.height - 66, STRIP_WIDTH + 14, {
      stack: [
        ...(branding?.contact
          ? [text(fit(branding.contact, STRIP_WIDTH * 1.9, "Sans", SIZE.small), { fontSize: SIZE.small, ...style })]
          : []),
        text(isDated ? `Data as of ${longDay(asOf)}` : messages.madeOn(longDay(asOf)), {
          fontSize: SIZE.small,
          margin: [0, 3, 0, 0],
          ...style,
        }),
      ],
    }),
  ];
}

/** The brand: its logo on white, so that every logo can be seen, else its name. */
function mark({ branding, preparedFor }: BriefFrame, color: string): Content[] {
  const given = branding?.logo ?? (branding === null ? preparedFor?.logo : null) ?? null;
  const logo = given === null ? null : picture(given);
  const name = branding?.name ?? preparedFor?.name ?? "AgentLink";
  if (logo === null)
    return [
      at(
        INSET,
        LANDSCAPE.top + 2,
        STRIP_WIDTH + 10,
        text(shorten(name, 60), { bold: true, fontSize: 13, lineHeight: 1.15, color }),
      ),
    ];
  const [width, height] = [STRIP_WIDTH, 54];
  const scale = Math.min((width - 20) / logo.width, (height - 16) / logo.height);
  const [w, h] = [logo.width * scale, logo.height * scale];
  return [
    {
      canvas: [{ type: "rect", x: 0, y: 0, w: width, h: height, r: 3, color: "#ffffff" }],
      absolutePosition: { x: INSET, y: LANDSCAPE.top },
    },
    {
      image: logo.dataUri,
      width: w,
      height: h,
      absolutePosition: { x: INSET + (width - w) / 2, y: LANDSCAPE.top + (height - h) / 2 },
      tag: described("Logo", name),
    },
  ];
}

/** The largest size at which a long name has whole words in the strip. */
function titleSize(name: string): number {
  const most = 34;
  const longest = Math.max(...name.split(/\s+/).map((word) => measure(word, "Serif", most)));
  const whole = measure(name, "Serif", most);
  return Math.max(13, Math.floor(most * Math.min(1, STRIP_WIDTH / longest, (STRIP_WIDTH * 2.6) / whole)));
}

function sampleLabel(palette: Palette): Content {
  return at(
    LANDSCAPE.width - LANDSCAPE.right - 200,
    20,
    200,
    text("SAMPLE · SYNTHETIC DATA", { ...label(palette.accentText), alignment: "right" }),
  );
}

/** The logo in the space of a row, as large as it allows; else the agency's name in its colour. */
export function logoOrName(
  {
    logo: given,
    name,
    colour,
  }: { readonly logo: string | null; readonly name: string | null; readonly colour: string | null },
  x: number,
  middle: number,
  width: number,
  colours: Palette,
  height = 34,
): Content {
  const logo = given === null ? null : picture(given);
  if (logo !== null) {
    const scale = Math.min(width / logo.width, height / logo.height);
    const tall = logo.height * scale;
    return {
      image: logo.dataUri,
      width: logo.width * scale,
      height: tall,
      absolutePosition: { x, y: middle - tall / 2 },
      tag: described("Logo", name),
    };
  }
  const size = SIZE.table;
  const shown = fitName(name ?? UNKNOWN, width);
  const lines = Math.min(3, Math.ceil(measure(shown, "Sans", size, true) / (width * 0.92)));
  return at(
    x,
    middle - lines * 5.2,
    width,
    text(shown, {
      fontSize: size,
      bold: true,
      lineHeight: 1.08,
      color: colour === null ? colours.ink : palette(colour).accentText,
    }),
  );
}

/** An agency's name, cut to three lines of that width. */
export function fitName(name: string, width: number): string {
  return fit(name, width * 2.3, "Sans", SIZE.table, true);
}

/** A page that states why it is empty. */
export function nothing(sentence: string, palette: Palette): Content[] {
  const middle = 236;
  return [
    rule(middle - 22, palette.ink, 0.8, LANDSCAPE.left, 60),
    at(LANDSCAPE.left, middle, LANDSCAPE_WIDTH, {
      stack: [
        text("Nothing found", { font: "Serif", fontSize: 34, lineHeight: 1, tag: "H2" }),
        text(sentence, { fontSize: SIZE.lead, lineHeight: 1.35, color: palette.muted, margin: [0, 12, 60, 0] }),
      ],
    }),
  ];
}

const FOOT = 528;

/** How the figures are meant, and where they are from. */
export function footOf(words: string, sources: readonly string[], palette: Palette): Content[] {
  const from = sources.length === 0 ? "" : ` Sources: ${sources.join(", ")}.`;
  return [
    rule(FOOT, palette.hairline),
    at(
      LANDSCAPE.left,
      FOOT + 7,
      LANDSCAPE_WIDTH,
      text(fit(`${words}${from}`, LANDSCAPE_WIDTH * 2.85, "Sans", SIZE.label), {
        fontSize: SIZE.label,
        lineHeight: 1.25,
        color: palette.muted,
      }),
    ),
  ];
}

/** The title of a page, and the line below it, which may be two. */
export function headingOf(title: string, line: string, isLong: boolean, colours: Palette): Content[] {
  return [
    at(
      LANDSCAPE.left,
      LANDSCAPE.top - 4,
      LANDSCAPE_WIDTH,
      text(title, { font: "Serif", fontSize: SIZE.title, lineHeight: 1, tag: "H2" }),
    ),
    at(
      LANDSCAPE.left,
      LANDSCAPE.top + 28,
      LANDSCAPE_WIDTH,
      text(fit(line, LANDSCAPE_WIDTH * (isLong ? 1.85 : 1), "Sans", SIZE.body), {
        fontSize: SIZE.body,
        lineHeight: 1.1,
        color: colours.muted,
      }),
    ),
  ];
}
