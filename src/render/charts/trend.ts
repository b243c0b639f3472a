import { line as path } from "d3-shape";
import { isFew, RELIABLE_FROM } from "../../report/figures/figure.ts";
import { messages } from "../messages.ts";
import { measure as widthOf } from "../style/text.ts";
import type { Palette } from "../style/theme.ts";
import {
  type AxisOptions,
  bands,
  type PlotArea,
  stepOf,
  type TimePoint,
  timeAxis,
  valueAxis,
  valueScale,
} from "./axis.ts";
import { box, type ChartSvg, curve, dot, drawing, line, type Mark, words } from "./marks.ts";
import { PRINTED } from "./ticks.ts";

export interface TrendPoint extends TimePoint {
  readonly value: number | null;
  /** The number of observations: the dot is hollow if they are few. */
  readonly rests?: number | null;
  /** The same, printed below the point. */
  readonly n?: number | null;
}

export interface TrendOptions extends Pick<AxisOptions, "measure" | "within"> {
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  /** Lines for levels, columns for amounts. */
  readonly as: "line" | "columns";
}

/** One measure over time; a gap where it is unknown. */
export function trend(points: readonly TrendPoint[], { width, height, palette, as, ...axis }: TrendOptions): ChartSvg {
  const format = PRINTED[axis.measure];
  const counted = points.some(({ n }) => n !== undefined && n !== null);
  const isLine = as === "line";
  const right = width - (isLine ? roomBeside(points, format) : 4);
  const frame: PlotArea = { left: 34, right, top: 10, bottom: height - (counted ? 24 : 14) };
  const known = points.flatMap(({ value }) => value ?? []);
  const scale = valueScale(known, frame, { ...axis, fromZero: !isLine });
  const drawn = { frame, scale: scale.at, palette, format };
  return drawing(width, height, [
    ...valueAxis(scale, frame, palette),
    ...(isLine ? levels(points, drawn) : columns(points, drawn)),
    line(frame.left, frame.bottom, frame.right, frame.bottom, { color: palette.muted, width: 0.5 }),
    ...(isLine ? newestNumber(points, drawn) : []),
    ...timeAxis(points, frame, width, palette),
    ...(counted ? counts(points, frame, palette) : []),
  ]);
}

interface TrendScales {
  readonly frame: PlotArea;
  readonly scale: (value: number) => number;
  readonly palette: Palette;
  readonly format: (value: number) => string;
}

/** A line with a dot a point. */
export function levels(
  points: readonly TrendPoint[],
  { frame, scale, palette }: Pick<TrendScales, "frame" | "scale" | "palette">,
): Mark[] {
  const { at } = bands(points.length, frame);
  const draw = path<TrendPoint>()
    .defined(({ value }) => value !== null)
    .x((_, index) => at(index))
    .y(({ value }) => scale(value ?? 0))
    .digits(2);
  const newest = newestOf(points);
  return [
    curve(draw([...points]), { color: palette.accent, width: 1.4 }),
    ...points.flatMap((point, index) =>
      point.value === null
        ? []
        : [pointOf(point, { x: at(index), y: scale(point.value), radius: index === newest ? 2.6 : 1.5 }, palette)],
    ),
  ];
}

/** Of the number beside the newest point: its size, what is between the two, and half the height of its digits. */
const NUMBER = { size: 7.6, beside: 5, half: 2.7 } as const;

/** What the number of the newest point needs at the right of a chart. */
export function roomBeside(points: readonly TrendPoint[], format: (value: number) => string): number {
  const value = points[newestOf(points)]?.value ?? null;
  return value === null ? 4 : numberWidth(format(value)) + NUMBER.beside;
}

/** The newest is named, being what the reader looks for: right of its point, where no line and no other point can be. */
export function newestNumber(points: readonly TrendPoint[], { frame, scale, palette, format }: TrendScales): Mark[] {
  const newest = newestOf(points);
  const value = points[newest]?.value ?? null;
  if (value === null) return [];
  const label = format(value);
  const left = bands(points.length, frame).at(newest) + NUMBER.beside;
  // Above the axis, also where the point is on it.
  const middle = Math.min(scale(value), frame.bottom - NUMBER.half - 1.5);
  return [
    // No hairline runs through it.
    box(left - 1, middle - NUMBER.half - 0.6, numberWidth(label) + 2, 2 * NUMBER.half + 1.2, "#ffffff"),
    words(left, middle + NUMBER.half, label, { color: palette.accentText, size: NUMBER.size, bold: true }),
  ];
}

function newestOf(points: readonly TrendPoint[]): number {
  return points.findLastIndex(({ value }) => value !== null);
}

function numberWidth(label: string): number {
  return widthOf(label, "Sans", NUMBER.size, true);
}

/** A dot; hollow for few observations. */
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

const AMOUNT_SIZE = 6.2;

/** Columns, the newest in the accent; each with its amount where all have room beside each other. */
export function columns(points: readonly TrendPoint[], { frame, scale, palette, format }: TrendScales): Mark[] {
  const { at, width: band } = bands(points.length, frame);
  const newest = points.length - 1;
  const thick = Math.min(26, band * 0.62);
  const widths = points.map(({ value }) => (value === null ? 0 : widthOf(format(value), "Sans", AMOUNT_SIZE)));
  const haveRoom = stepOf(widths, band, 1.5) === 1;
  return points.flatMap(({ value }, index) => {
    if (value === null) return [];
    const top = scale(value);
    const amount = words(at(index), top - 3, format(value), {
      color: palette.muted,
      size: AMOUNT_SIZE,
      anchor: "middle",
    });
    return [
      box(
        at(index) - thick / 2,
        top,
        thick,
        Math.max(0, frame.bottom - top),
        index === newest ? palette.accent : palette.bar,
      ),
      ...(haveRoom ? [amount] : []),
    ];
  });
}

const COUNT_SIZE = 6;

function counts(points: readonly TrendPoint[], frame: PlotArea, palette: Palette): Mark[] {
  const { at, width } = bands(points.length, frame);
  const style = { color: palette.muted, size: COUNT_SIZE } as const;
  const labels = points.map(({ n = null }) => (n === null ? "" : String(n)));
  const step = stepOf(
    labels.map((label) => widthOf(label, "Sans", COUNT_SIZE)),
    width,
    2,
  );
  const last = points.length - 1;
  return [
    words(frame.left - 5, frame.bottom + 19, "n", { ...style, anchor: "end" }),
    ...labels.flatMap((label, index) =>
      label === "" || (last - index) % step !== 0
        ? []
        : [words(at(index), frame.bottom + 19, label, { ...style, anchor: "middle" })],
    ),
  ];
}
