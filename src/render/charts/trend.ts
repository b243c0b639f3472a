import { line as path } from "d3-shape";
import type { Content } from "pdfmake/interfaces";
import { isFew, RELIABLE_FROM } from "../../report/figures/figure.ts";
import { messages } from "../messages.ts";
import type { Palette } from "../theme.ts";
import { bands, type PlotArea, type TimePoint, timeAxis, valueAxis, valueScale } from "./axis.ts";
import { box, curve, dot, drawing, line, type Mark, words } from "./marks.ts";
import { type Measure, PRINTED } from "./ticks.ts";

export interface TrendPoint extends TimePoint {
  readonly value: number | null;
  /** How many it rests on: the dot is hollow where these are few. */
  readonly rests?: number | null;
  /** The same, printed below the point. */
  readonly n?: number | null;
}

export interface TrendOptions {
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  readonly measure: Measure;
  /** What ticks do not pass: 100 of a share in percent, 0 of what cannot be negative. */
  readonly within?: readonly [low: number, high: number];
  /** Lines for levels, columns for amounts. */
  readonly as: "line" | "columns";
}

/** One measure over time; a gap where it is unknown. */
export function trend(
  points: readonly TrendPoint[],
  { width, height, palette, measure, as, within }: TrendOptions,
): Content {
  const format = PRINTED[measure];
  const counted = points.some(({ n }) => n !== undefined && n !== null);
  const frame: PlotArea = { left: 34, right: width - 4, top: 10, bottom: height - (counted ? 24 : 14) };
  const known = points.map(({ value }) => value).filter((value) => value !== null);
  const scale = valueScale(known, frame, as === "columns", as === "line" ? newestBelow(points) : null);
  const { at, width: band } = bands(points.length, frame);
  return drawing(width, height, [
    ...valueAxis(scale, frame, measure, palette, 3, within),
    ...(as === "columns"
      ? columns(points, { at, band, scale, palette, format, base: frame.bottom })
      : levels(points, { at, scale, palette, format })),
    line(frame.left, frame.bottom, frame.right, frame.bottom, { color: palette.muted, width: 0.5 }),
    ...timeAxis(points, frame, palette),
    ...(counted ? counts(points, at, frame, palette) : []),
  ]);
}

interface TrendScales {
  readonly at: (index: number) => number;
  readonly scale: (value: number) => number;
  readonly palette: Palette;
  readonly format: (value: number) => string;
}

/** A line with a dot a point; the newest is named, being what the reader looks for. */
export function levels(points: readonly TrendPoint[], { at, scale, palette, format }: TrendScales): Mark[] {
  const draw = path<TrendPoint>()
    .defined(({ value }) => value !== null)
    .x((_, index) => at(index))
    .y(({ value }) => scale(value ?? 0))
    .digits(2);
  const newest = points.findLastIndex(({ value }) => value !== null);
  const marks = [curve(draw([...points]), { color: palette.accent, width: 1.4 })];
  points.forEach((point, index) => {
    const { value } = point;
    if (value === null) return;
    marks.push(pointOf(point, { x: at(index), y: scale(value), radius: index === newest ? 2.6 : 1.5 }, palette));
    if (index !== newest) return;
    // On the side the line does not come from, or it would run through the number.
    const below = newestBelow(points) !== null;
    marks.push(
      words(at(index), scale(value) + (below ? 11 : -6), format(value), {
        color: palette.accentText,
        size: 7.6,
        anchor: index > points.length * 0.8 ? "end" : "middle",
        bold: true,
      }),
    );
  });
  return marks;
}

/** The newest value where the line falls to it, so that its number stands below; null where that stands above. */
export function newestBelow(points: readonly Pick<TrendPoint, "value">[]): number | null {
  const [before, newest] = points.flatMap(({ value }) => value ?? []).slice(-2);
  return before !== undefined && newest !== undefined && before > newest ? newest : null;
}

/** A dot; hollow where it rests on little. */
export function pointOf(
  { value, n = null, rests = n }: Pick<TrendPoint, "value" | "n" | "rests">,
  { x, y, radius }: { readonly x: number; readonly y: number; readonly radius: number },
  palette: Palette,
): Mark {
  return isFew({ value, n: rests, supplied: false })
    ? dot(x, y, radius + 0.4, "#ffffff", palette.accent, 0.8)
    : dot(x, y, radius, palette.accent, "#ffffff", 0.7);
}

/** What a hollow dot means. */
export const HOLLOW_WORDS = messages.hollowPoints(RELIABLE_FROM);

/** Columns, the newest in the accent; each with its amount where there is room. */
export function columns(
  points: readonly TrendPoint[],
  { at, scale, palette, format, band, base }: TrendScales & { readonly band: number; readonly base: number },
): Mark[] {
  const newest = points.length - 1;
  const thick = Math.min(26, band * 0.62);
  return points.flatMap(({ value }, index) => {
    if (value === null) return [];
    const top = scale(value);
    return [
      box(at(index) - thick / 2, top, thick, Math.max(0, base - top), index === newest ? palette.accent : palette.bar),
      ...(band < 15 && index !== newest
        ? []
        : [words(at(index), top - 3, format(value), { color: palette.muted, size: 6.2, anchor: "middle" })]),
    ];
  });
}

function counts(
  points: readonly TrendPoint[],
  at: (index: number) => number,
  frame: PlotArea,
  palette: Palette,
): Mark[] {
  const marks = [words(frame.left - 5, frame.bottom + 19, "n", { color: palette.muted, size: 6, anchor: "end" })];
  points.forEach(({ n }, index) => {
    if (n === undefined || n === null) return;
    marks.push(words(at(index), frame.bottom + 19, String(n), { color: palette.muted, size: 6, anchor: "middle" }));
  });
  return marks;
}
