/*
 * Charts, drawn from marks: lines, boxes, texts; and each chart in words for screen readers.
 * A chart gets numbers and a size, and returns marks; axes and labels have rules of their own.
 * Not here: sections, and figures that the model does not have.
 */

import type { ContentSvg } from "pdfmake/interfaces";
import { xmlText } from "../../text/xml.ts";
import { openFace } from "../fonts/face.ts";
import { type Family, FONTS } from "../fonts/fonts.ts";
import { isShaped, visualOrder } from "../fonts/scripts.ts";
import { type Run, runs } from "../style/text.ts";

export interface Stroke {
  readonly color: string;
  readonly width: number;
}

/** The marks of a chart, in points from its upper left corner; colours are "#rrggbb", and null for none. */
export type Mark =
  | { readonly kind: "path"; readonly d: string; readonly fill: string | null; readonly stroke: Stroke | null }
  | {
      readonly kind: "box";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly fill: string;
    }
  | {
      readonly kind: "circle";
      readonly x: number;
      readonly y: number;
      readonly radius: number;
      readonly fill: string | null;
      readonly stroke: Stroke | null;
    }
  | {
      readonly kind: "words";
      readonly x: number;
      /** Their baseline. */
      readonly y: number;
      readonly runs: readonly Run[];
      readonly anchor: Anchor;
      readonly size: number;
      readonly bold: boolean;
      readonly color: string;
    };

type Anchor = "start" | "middle" | "end";

export interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}

/**
 * pdfmake's types leave out that it passes its options to the code that draws; `drawn` is for ../patches/drawings.ts, and
 * `lower` for ../patches/lower-drawings.ts.
 */
export type ChartSvg = ContentSvg & {
  readonly options: { readonly precision: number };
  readonly drawn: Drawn;
  readonly lower?: { readonly least: number; readonly draw: (height: number) => ChartSvg };
};

/** A chart of the size it is drawn in, from marks that the functions of this module made. */
export function drawing(width: number, height: number, marks: readonly Mark[]): ChartSvg {
  const drawn = { width: round(width), height: round(height), marks };
  return { svg: svgOf(drawn), options: { precision: PRECISION }, drawn };
}

/**
 * A chart that gives way, down to `least` points, where its block then has room on the page. Heights in points.
 */
export function yielding(
  { most, least }: { readonly most: number; readonly least: number },
  draw: (height: number) => ChartSvg,
): ChartSvg {
  return { ...draw(most), lower: { least, draw } };
}

/** An empty space of a height in points: it gives way, and is left out where its block begins a page. */
export function space(height: { readonly most: number; readonly least: number }): ChartSvg {
  return yielding(height, (points) => drawing(1, points, []));
}

/** The curves of half a circle: four make a whole that differs by less than 0.03 % of its radius. */
const PRECISION = 2;

type Pen = Pick<Stroke, "color"> & Partial<Stroke>;

export function line(x1: number, y1: number, x2: number, y2: number, pen: Pen): Mark {
  return curve(`M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}`, pen);
}

/** An open path, from d3-shape or written out. */
export function curve(d: string | null, pen: Pen): Mark {
  return { kind: "path", d: d ?? "", fill: null, stroke: strokeOf(pen) };
}

/** A closed path. */
export function area(d: string | null, fill: string): Mark {
  return { kind: "path", d: d ?? "", fill, stroke: null };
}

export function box(x: number, y: number, width: number, height: number, fill: string): Mark {
  return { kind: "box", x: round(x), y: round(y), width: round(width), height: round(height), fill };
}

export function dot(x: number, y: number, radius: number, fill: string, edge = "#ffffff", edgeWidth = 0): Mark {
  const stroke = edgeWidth > 0 ? strokeOf({ color: edge, width: edgeWidth }) : null;
  return { kind: "circle", x: round(x), y: round(y), radius: round(radius), fill, stroke };
}

export function ring(x: number, y: number, radius: number, pen: Pen): Mark {
  return { kind: "circle", x: round(x), y: round(y), radius: round(radius), fill: null, stroke: strokeOf(pen) };
}

export interface Lettering {
  readonly color: string;
  readonly size?: number;
  readonly anchor?: Anchor;
  readonly bold?: boolean;
  readonly family?: Family;
}

/** One line of text; `y` is its baseline. */
export function words(x: number, y: number, value: string, lettering: Lettering): Mark {
  const { color, size = 7, anchor = "start", bold = false, family = "Sans" } = lettering;
  const found = runs(value.trim(), family);
  return found.some((run) => isShaped(run.text))
    ? outlines(x, y, found, { color, size, anchor, bold })
    : { kind: "words", x: round(x), y: round(y), runs: found, anchor, size, bold, color };
}

/**
 * Words with letters that what draws charts leaves out or puts in the wrong place (those without a width): as shapes. Their
 * text is in the words for the chart.
 */
function outlines(
  x: number,
  y: number,
  found: readonly Run[],
  { color, size, anchor, bold }: Required<Pick<Lettering, "color" | "size" | "anchor" | "bold">>,
): Mark {
  const shaped = visualOrder(found).map(({ text, family }) => {
    const font = openFace(bold ? FONTS[family].bold : FONTS[family].normal);
    return { run: font.layout(text), scale: size / font.unitsPerEm };
  });
  const width = shaped.reduce((sum, { run, scale }) => sum + run.advanceWidth * scale, 0);
  let at = x - (anchor === "end" ? width : anchor === "middle" ? width / 2 : 0);
  const paths: string[] = [];
  for (const { run, scale } of shaped)
    for (const [index, glyph] of run.glyphs.entries()) {
      const { xAdvance = 0, xOffset = 0, yOffset = 0 } = run.positions[index] ?? {};
      const outline = glyph.path
        .scale(scale, -scale)
        .translate(at + xOffset * scale, y - yOffset * scale)
        .toSVG();
      paths.push(outline);
      at += xAdvance * scale;
    }
  return area(paths.join(""), color);
}

/** Two decimals are finer than any printer. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function strokeOf({ color, width = 0.5 }: Pen): Stroke {
  return { color, width };
}

/** A chart in the form that unpatched pdfmake accepts. A caller's words are only in it as escaped text. */
function svgOf({ width, height, marks }: Drawn): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${marks.map(element).join("")}</svg>`;
}

function element(mark: Mark): string {
  switch (mark.kind) {
    case "path":
      return mark.d === "" ? "" : `<path d="${mark.d}"${painted(mark)}/>`;
    case "box":
      return `<rect x="${mark.x}" y="${mark.y}" width="${mark.width}" height="${mark.height}" fill="${mark.fill}"/>`;
    case "circle":
      return `<circle cx="${mark.x}" cy="${mark.y}" r="${mark.radius}"${painted(mark)}/>`;
    case "words": {
      const { x, y, runs, anchor, size, bold, color } = mark;
      const weight = bold ? ' font-weight="bold"' : "";
      const parts = runs.map(({ text, family }) => `<tspan font-family="${family}">${xmlText(text)}</tspan>`);
      return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}"${weight} fill="${color}">${parts.join("")}</text>`;
    }
  }
}

function painted({ fill, stroke }: { readonly fill: string | null; readonly stroke: Stroke | null }): string {
  const filled = ` fill="${fill ?? "none"}"`;
  if (stroke === null) return filled;
  return `${filled} stroke="${stroke.color}" stroke-width="${stroke.width}"`;
}
