import type { Content } from "pdfmake/interfaces";
import type { SeriesPoint } from "../../report/model.ts";
import { count, money } from "../format.ts";
import { messages } from "../messages.ts";
import type { Palette } from "../theme.ts";
import { bands, type PlotArea, type TimePoint, timeAxis, valueAxis, valueScale } from "./axis.ts";
import { seriesInWords } from "./in-words.ts";
import { drawing, line, words } from "./marks.ts";
import { columns, levels } from "./trend.ts";

/** The median as a line above the number of sales as columns, on one axis of time and a scale each: two axes in one panel lie. */
export function medianAndVolume(
  series: readonly (SeriesPoint & TimePoint)[],
  {
    width,
    height,
    palette,
    property,
  }: {
    readonly width: number;
    readonly height: number;
    readonly palette: Palette;
    /** Whose prices they are: "house" */
    readonly property: string;
  },
): Content {
  const upper: PlotArea = { left: 40, right: width - 4, top: 20, bottom: height * 0.6 };
  const lower: PlotArea = { left: 40, right: width - 4, top: height * 0.6 + 26, bottom: height - 14 };
  const medians = series.map(({ periodEnd, median, medianN }) => ({ periodEnd, value: median, rests: medianN }));
  const volumes = series.map(({ periodEnd, isProvisional = false, sold }) => ({
    periodEnd,
    isProvisional,
    value: sold,
  }));
  const { at, width: band } = bands(series.length, upper);
  const priceScale = valueScale(known(medians), upper, false);
  const countScale = valueScale(known(volumes), lower, true);
  const hasMedians = known(medians).length > 0;
  const chart = drawing(width, height, [
    words(0, 7, "Median price", { color: palette.ink, size: 7.6, bold: true }),
    ...(hasMedians
      ? [
          ...valueAxis(priceScale, upper, money, palette, 4),
          ...levels(medians, { at, scale: priceScale, palette, format: money }),
        ]
      : [
          words(upper.left, (upper.top + upper.bottom) / 2, messages.tooFewPricesForMedian, {
            color: palette.muted,
            size: 8,
          }),
        ]),
    words(0, lower.top - 13, "Sales", { color: palette.ink, size: 7.6, bold: true }),
    ...columns(volumes, { at, band, scale: countScale, palette, format: count, base: lower.bottom }),
    line(lower.left, lower.bottom, lower.right, lower.bottom, { color: palette.muted, width: 0.5 }),
    ...timeAxis(series, lower, palette),
  ]);
  const alt = [
    seriesInWords(`Median ${property} price`, medians, money),
    seriesInWords("Number of sales", volumes, count),
  ].join(". ");
  return { ...chart, tag: { alt: `${alt}.` } };
}

function known(points: readonly { readonly value: number | null }[]): number[] {
  return points.map(({ value }) => value).filter((value) => value !== null);
}
