import { area as band, line as path } from "d3-shape";
import { isFew, RELIABLE_FROM } from "../../report/figures/figure.ts";
import type { SeriesPoint } from "../../report/model.ts";
import { messages } from "../messages.ts";
import { mix } from "../style/colour.ts";
import { money, month } from "../style/format.ts";
import type { Palette } from "../style/theme.ts";
import { bands, type PlotArea, type TimePoint, timeAxis, valueAxis, valueScale } from "./axis.ts";
import { area, type ChartSvg, curve, drawing, line, type Mark, words } from "./marks.ts";
import { pointOf } from "./trend.ts";

type Level = "p5" | "p25" | "median" | "p75" | "p95";
const LEVELS: readonly (readonly [Level, string])[] = [
  ["p95", "95th"],
  ["p75", "75th"],
  ["median", "median"],
  ["p25", "25th"],
  ["p5", "5th"],
];
const EDGES: readonly Level[] = ["p95", "p75", "p25", "p5"];
/** Labels closer than this would touch. */
const LABEL_HEIGHT = 7.4;
const ALONE_WIDTH = 5;

/** How far prices spread: nine in ten within the light band, half within the dark one. */
export function percentiles(
  series: readonly (SeriesPoint & TimePoint)[],
  { width, height, palette }: { readonly width: number; readonly height: number; readonly palette: Palette },
): ChartSvg {
  const frame: PlotArea = { left: 34, right: width - 30, top: 8, bottom: height - 14 };
  const values = series.flatMap((point) => LEVELS.map(([level]) => point[level])).filter((value) => value !== null);
  const axis = valueScale(values, frame, { measure: "money" });
  const scale = axis.at;
  const { at } = bands(series.length, frame);
  const between = (low: Level, high: Level) =>
    band<SeriesPoint>()
      .defined((point) => point[low] !== null && point[high] !== null)
      .x((_, index) => at(index))
      .y0((point) => scale(point[low] ?? 0))
      .y1((point) => scale(point[high] ?? 0))
      .digits(2)([...series]);
  // A quarter between two without a spread is a band of no width.
  const alone = (low: Level, high: Level, color: string) =>
    series.flatMap((point, index) => {
      const isKnown = (other: SeriesPoint | undefined) =>
        other !== undefined && other[low] !== null && other[high] !== null;
      if (!isKnown(point) || isKnown(series[index - 1]) || isKnown(series[index + 1])) return [];
      const x = at(index);
      return [line(x, scale(point[low] ?? 0), x, scale(point[high] ?? 0), { color, width: ALONE_WIDTH })];
    });
  const [outer, inner] = [mix(palette.accent, "#ffffff", 0.84), mix(palette.accent, "#ffffff", 0.62)];
  const lineOf = (level: Level) =>
    path<SeriesPoint>()
      .defined((point) => point[level] !== null)
      .x((_, index) => at(index))
      .y((point) => scale(point[level] ?? 0))
      .digits(2)([...series]);
  return drawing(width, height, [
    ...valueAxis(axis, frame, palette),
    area(between("p5", "p95"), outer),
    ...alone("p5", "p95", outer),
    area(between("p25", "p75"), inner),
    ...alone("p25", "p75", inner),
    // The bands are too light for some readers.
    ...EDGES.map((level) => curve(lineOf(level), { color: palette.accentEdge, width: 0.5 })),
    curve(lineOf("median"), { color: palette.accent, width: 1.4 }),
    ...series.flatMap(({ median: value, medianN: n }, index) =>
      value !== null && isFew({ value, n, supplied: false })
        ? [pointOf({ value, n }, { x: at(index), y: scale(value), radius: 1.5 }, palette)]
        : [],
    ),
    line(frame.left, frame.bottom, frame.right, frame.bottom, { color: palette.muted, width: 0.5 }),
    ...timeAxis(series, frame, width, palette),
    ...names(series, { scale, at, floor: frame.bottom - 3 }, palette),
  ]);
}

/** Its newest point in words. */
export function spreadInWords(series: readonly (SeriesPoint & TimePoint)[], what: string): string {
  const point = series.findLast(({ p25, p75 }) => p25 !== null && p75 !== null);
  if (point === undefined) return messages.spreadUnknown(what);
  const between = (low: number | null, high: number | null) =>
    low === null || high === null ? null : messages.between(money(low), money(high));
  const [half, most] = [between(point.p25, point.p75), between(point.p5, point.p95)];
  const parts = [half && messages.halfOf(half), most && messages.nineInTen(most)].filter((part) => part !== null);
  const { median: value, medianN: n } = point;
  const few = isFew({ value, n, supplied: false }) ? messages.ofFewerThan(RELIABLE_FROM) : "";
  const description = messages.spread(what, month(point.periodEnd), `${parts.join(", ")}${few}`);
  return [description, ...(point.isProvisional === true ? [messages.newestIsProvisional] : [])].join("; ");
}

/** The levels' names at the right end, pushed apart where they would touch. */
function names(
  series: readonly SeriesPoint[],
  {
    scale,
    at,
    floor,
  }: { readonly scale: (value: number) => number; readonly at: (index: number) => number; readonly floor: number },
  palette: Palette,
): Mark[] {
  const last = series.findLastIndex((point) => point.p25 !== null && point.p75 !== null);
  const point = series[last];
  if (point === undefined) return [];
  const shown = LEVELS.flatMap(([level, name]) => {
    const value = point[level];
    return value === null ? [] : [{ level, name, y: scale(value) }];
  });
  // Down from the first, then up from the axis: five labels always have room between the two.
  let limit = Number.NEGATIVE_INFINITY;
  for (const each of shown) limit = each.y = Math.max(each.y, limit + LABEL_HEIGHT);
  limit = floor;
  for (const each of shown.toReversed()) {
    each.y = Math.min(each.y, limit);
    limit = each.y - LABEL_HEIGHT;
  }
  // Right of every line, also where the newest quarter has a median alone.
  const right = at(series.findLastIndex(({ median, p25 }) => median !== null || p25 !== null)) + 4;
  return shown.map(({ level, name, y }) =>
    words(right, y + 2, name, { color: palette.muted, size: 6.2, bold: level === "median" }),
  );
}
