import type { Content } from "pdfmake/interfaces";
import type { SeriesPoint } from "../../report/model.ts";
import { count, money } from "../style/format.ts";
import type { Palette } from "../style/theme.ts";
import { type PlotArea, type TimePoint, timeAxis, valueAxis, valueScale } from "./axis.ts";
import { seriesInWords } from "./in-words.ts";
import { drawing, line, words, yielding } from "./marks.ts";
import { columns, levels, newestNumber, roomBeside } from "./trend.ts";

/** Points: the panel of medians above, which gives way to the rest of its page, and that of sales below. */
const PANEL = { medians: 100, leastMedians: 80, sales: 66 } as const;
/** A line needs two ends, and a single column has nothing to be compared with. */
const FEWEST_POINTS = 2;
/** Fewer over all quarters show nothing that the table of sales does not. */
const FEWEST_SALES = 5;

/**
 * The median as a line above the number of sales as columns, on one axis of time and a scale each: two axes in one panel
 * lie. A panel without two points is left out; null where neither has them.
 */
export function medianAndVolume(
  series: readonly (SeriesPoint & TimePoint)[],
  {
    width,
    palette,
    property,
  }: {
    readonly width: number;
    readonly palette: Palette /** Whose prices they are: "house" */;
    readonly property: string;
  },
): Content | null {
  const over = (of: (point: SeriesPoint) => number | null, rests: (point: SeriesPoint) => number | null) =>
    series.map((point) => ({
      periodEnd: point.periodEnd,
      isProvisional: point.isProvisional ?? false,
      value: of(point),
      rests: rests(point),
    }));
  const medians = over(
    ({ median }) => median,
    ({ medianN }) => medianN,
  );
  const volumes = over(
    ({ sold }) => sold,
    () => null,
  );
  const [drawsMedians, hasSales] = [medians, volumes].map((points) => known(points).length >= FEWEST_POINTS);
  const drawsSales = hasSales && (drawsMedians || known(volumes).reduce((sum, n) => sum + n, 0) >= FEWEST_SALES);
  if (!drawsMedians && !drawsSales) return null;
  const below = drawsSales ? PANEL.sales : TIME_BELOW;
  const right = width - (drawsMedians ? roomBeside(medians, money) : 4);
  const area = (top: number, bottom: number): PlotArea => ({ left: 40, right, top, bottom });
  const draw = (height: number) => {
    const upper = area(20, height - below);
    const lower = area(height - below + 26, height - TIME_BELOW);
    const prices = valueScale(known(medians), upper, { measure: "money", tickCount: 4 });
    const price = { frame: upper, scale: prices.at, palette, format: money };
    const sales = valueScale(known(volumes), lower, { measure: "count", fromZero: true }).at;
    return drawing(width, height, [
      ...(drawsMedians
        ? [
            words(0, 7, "Median price", { color: palette.ink, size: 7.6, bold: true }),
            ...valueAxis(prices, upper, palette),
            ...levels(medians, price),
            ...newestNumber(medians, price),
          ]
        : []),
      ...(drawsSales
        ? [
            words(0, lower.top - 13, "Sales", { color: palette.ink, size: 7.6, bold: true }),
            ...columns(volumes, { frame: lower, scale: sales, palette, format: count }),
            line(lower.left, lower.bottom, lower.right, lower.bottom, { color: palette.muted, width: 0.5 }),
          ]
        : []),
      ...timeAxis(series, { ...upper, bottom: height - TIME_BELOW }, width, palette),
    ]);
  };
  const chart = drawsMedians
    ? yielding({ most: PANEL.medians + below, least: PANEL.leastMedians + below }, draw)
    : draw(below);
  const alt = [
    ...(drawsMedians ? [seriesInWords(`Median ${property} price`, medians, money)] : []),
    ...(drawsSales ? [seriesInWords("Number of sales", volumes, count)] : []),
  ].join(". ");
  return { ...chart, tag: { alt: `${alt}.` } };
}

/** What the labels of the axis of time take, in points. */
const TIME_BELOW = 14;

function known(points: readonly { readonly value: number | null }[]): number[] {
  return points.map(({ value }) => value).filter((value) => value !== null);
}
