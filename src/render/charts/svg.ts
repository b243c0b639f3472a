import type { ContentSvg } from "pdfmake/interfaces";
import { openFace } from "../face.ts";
import { type Family, FONTS } from "../fonts.ts";
import { isShaped, visualOrder } from "../scripts.ts";
import { type Run, runs } from "../text.ts";

/** pdfmake's types leave out that it hands its options on to what sets the drawing. */
type Drawing = ContentSvg & { readonly options: { readonly precision: number } };

/**
 * A chart of the size it is drawn in, from marks that the functions of this module made. Nothing of a caller's ever
 * gets into it but as escaped text.
 */
export function drawing(width: number, height: number, marks: readonly string[]): Drawing {
  const size = `width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}"`;
  return { svg: `${ROOT}${size}>${marks.join("")}</svg>`, options: { precision: PRECISION } };
}

const ROOT = '<svg xmlns="http://www.w3.org/2000/svg" ';

/** The curves of half a circle: four make a whole that differs by less than 0.03 % of its radius. */
const PRECISION = 2;

export interface Stroke {
  readonly color: string;
  readonly width?: number;
  readonly dash?: string;
}

export function line(x1: number, y1: number, x2: number, y2: number, stroke: Stroke): string {
  return `<path d="M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}"${stroked(stroke)}/>`;
}

/** An open path, from d3-shape or by hand. */
export function curve(d: string | null, stroke: Stroke): string {
  return d === null || d === "" ? "" : `<path d="${d}"${stroked(stroke)}/>`;
}

/** A closed path. */
export function area(d: string | null, fill: string): string {
  return d === null || d === "" ? "" : `<path d="${d}" fill="${fill}"/>`;
}

export function box(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"/>`;
}

export function dot(x: number, y: number, radius: number, fill: string, ring = "#ffffff", ringWidth = 0): string {
  const stroke = ringWidth > 0 ? ` stroke="${ring}" stroke-width="${ringWidth}"` : "";
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${fill}"${stroke}/>`;
}

export interface Lettering {
  readonly color: string;
  readonly size?: number;
  readonly anchor?: "start" | "middle" | "end";
  readonly bold?: boolean;
  readonly family?: Family;
}

/** One line of text; `y` is its baseline. */
export function words(x: number, y: number, value: string, lettering: Lettering): string {
  const { color, size = 7, anchor = "start", bold = false, family = "Sans" } = lettering;
  const weight = bold ? ' font-weight="bold"' : "";
  const found = runs(value, family);
  if (found.some((run) => isShaped(run.text))) return outlines(x, y, found, { color, size, anchor, bold });
  const parts = found.map((run) =>
    run.family === family ? escaped(run.text) : `<tspan font-family="${run.family}">${escaped(run.text)}</tspan>`,
  );
  const place = `x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"`;
  return `<text ${place} font-family="${family}" font-size="${size}"${weight} fill="${color}">${parts.join("")}</text>`;
}

/**
 * Words with letters that what draws charts leaves out or puts in the wrong place (those without a width): as shapes. What
 * they say is in the words for the chart.
 */
function outlines(
  x: number,
  y: number,
  found: readonly Run[],
  { color, size, anchor, bold }: Required<Pick<Lettering, "color" | "size" | "anchor" | "bold">>,
): string {
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
      if (outline !== "") paths.push(`<path d="${outline}" fill="${color}"/>`);
      at += xAdvance * scale;
    }
  return paths.join("");
}

/** Two decimals are finer than any printer. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function stroked({ color, width = 0.5, dash }: Stroke): string {
  return ` fill="none" stroke="${color}" stroke-width="${width}"${dash ? ` stroke-dasharray="${dash}"` : ""}`;
}

function escaped(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
