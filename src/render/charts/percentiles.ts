import { area as band, line as path } from "d3-shape";
import type { Content } from "pdfmake/interfaces";
import type { SeriesPoint } from "../../report/model.ts";
import { mix } from "../colour.ts";
import { money } from "../format.ts";
import type { Palette } from "../theme.ts";
import { bands, type Frame, timeAxis, valueAxis, valueScale } from "./axis.ts";
import { area, curve, drawing, line, words } from "./svg.ts";

type Level = "p5" | "p25" | "median" | "p75" | "p95";
const LEVELS: readonly (readonly [Level, string])[] = [
  ["p95", "95th"],
  ["p75", "75th"],
  ["median", "median"],
  ["p25", "25th"],
  ["p5", "5th"],
];
/** Labels closer than this would touch. */
const LABEL_HEIGHT = 7.4;

/** How far prices spread: nine in ten within the light band, half within the dark one. */
export function percentiles(
  series: readonly SeriesPoint[],
  { width, height, palette }: { readonly width: number; readonly height: number; readonly palette: Palette },
): Content {
  const frame: Frame = { left: 34, right: width - 30, top: 8, bottom: height - 14 };
  const values = series.flatMap((point) => LEVELS.map(([level]) => point[level])).filter((value) => value !== null);
  const scale = valueScale(values, frame, false);
  const { at } = bands(series.length, frame);
  const between = (low: Level, high: Level) =>
    band<SeriesPoint>()
      .defined((point) => point[low] !== null && point[high] !== null)
      .x((_, index) => at(index))
      .y0((point) => scale(point[low] ?? 0))
      .y1((point) => scale(point[high] ?? 0))
      .digits(2)([...series]);
  const median = path<SeriesPoint>()
    .defined((point) => point.median !== null)
    .x((_, index) => at(index))
    .y((point) => scale(point.median ?? 0))
    .digits(2)([...series]);
  return drawing(width, height, [
    ...valueAxis(scale, frame, money, palette),
    area(between("p5", "p95"), mix(palette.accent, "#ffffff", 0.84)),
    area(between("p25", "p75"), mix(palette.accent, "#ffffff", 0.62)),
    curve(median, { color: palette.accent, width: 1.4 }),
    line(frame.left, frame.bottom, frame.right, frame.bottom, { color: palette.muted, width: 0.5 }),
    ...timeAxis(
      series.map(({ periodEnd }) => periodEnd),
      frame,
      palette,
    ),
    ...names(series, scale, at, palette),
  ]);
}

/** The levels' names at the right end, pushed apart where they would touch. */
function names(
  series: readonly SeriesPoint[],
  scale: (value: number) => number,
  at: (index: number) => number,
  palette: Palette,
): string[] {
  const last = series.findLastIndex((point) => point.p25 !== null && point.p75 !== null);
  const point = series[last];
  if (point === undefined) return [];
  let lowest = Number.NEGATIVE_INFINITY;
  return LEVELS.flatMap(([level, name]) => {
    const value = point[level];
    if (value === null) return [];
    const y = Math.max(scale(value), lowest + LABEL_HEIGHT);
    lowest = y;
    return [words(at(last) + 4, y + 2, name, { color: palette.muted, size: 6.2, bold: level === "median" })];
  });
}
