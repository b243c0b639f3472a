import type { Content } from "pdfmake/interfaces";
import { isFew, RELIABLE_FROM } from "../../report/figures/figure.ts";
import type { MarketSegment, ReportModel, SeriesPoint } from "../../report/model.ts";
import { PROVISIONAL } from "../../report/selection/as-of.ts";
import { caption, captioned, note } from "../chapter.ts";
import type { TimePoint } from "../charts/axis.ts";
import { bar } from "../charts/bars.ts";
import { type Measured, seriesInWords } from "../charts/in-words.ts";
import { type ChartSvg, yielding } from "../charts/marks.ts";
import { medianAndVolume } from "../charts/median-volume.ts";
import { percentiles, spreadInWords } from "../charts/percentiles.ts";
import { PRINTED } from "../charts/ticks.ts";
import { HOLLOW_WORDS, type TrendOptions, trend } from "../charts/trend.ts";
import { messages } from "../messages.ts";
import { FEW_WORDS } from "../parts/figure.ts";
import { spokenHeads } from "../parts/table.ts";
import { CATEGORIES, CATEGORIES_ONE, count, figure, METHODS } from "../style/format.ts";
import { text } from "../style/text.ts";
import { CONTENT_WIDTH, type Palette, SIZE } from "../style/theme.ts";

const GAP = 24;
const HALF = (CONTENT_WIDTH - GAP) / 2;
/** Points between rows of charts. */
const BETWEEN = 14;
/** Points: the charts of a row give way to what is above them on the page. */
const SMALL_HEIGHT = { most: 94, least: 74 } as const;
/** A line needs two ends. */
const FEWEST_POINTS = 2;

/** A page of charts for one category; those without anything to draw are left out. */
export function charts(segment: MarketSegment, provisional: ReportModel["provisional"], palette: Palette): Content[] {
  const isLate = segment.seriesSupplied ? provisional.series : provisional.sales;
  const series = segment.series.map((point, index, { length }): SeriesPoint & TimePoint => ({
    ...point,
    ...(isLate && index === length - 1 ? { isProvisional: true } : {}),
  }));
  const has = (of: (point: SeriesPoint) => number | null) =>
    series.filter((point) => of(point) !== null).length >= FEWEST_POINTS;
  const over = (of: (point: SeriesPoint) => number | null, rests?: (point: SeriesPoint) => number | null) =>
    series.map((point: SeriesPoint & TimePoint) => ({
      periodEnd: point.periodEnd,
      isProvisional: point.isProvisional ?? false,
      value: of(point),
      rests: rests?.(point) ?? null,
    }));

  const halves: ((width: number) => Content)[] = [];
  // Of what, too: a page may begin with them.
  const add = (
    title: string,
    draw: (size: { readonly width: number; readonly height: number }) => ChartSvg,
    alt: string,
  ) =>
    halves.push((width) =>
      captioned(
        `${title}, ${ofCategory}`,
        yielding(SMALL_HEIGHT, (height) => draw({ width, height })),
        alt,
        palette,
      ),
    );
  const ofCategory = CATEGORIES[segment.category].toLowerCase();
  const addTrend = (
    title: string,
    points: readonly Measured[],
    options: Pick<TrendOptions, "measure" | "as" | "within">,
  ) =>
    add(
      title,
      (size) => trend(points, { ...size, ...options, palette }),
      seriesInWords(`${title}, ${ofCategory}`, points, PRINTED[options.measure]),
    );
  if (has(({ p25 }) => p25))
    add("Spread of prices", (size) => percentiles(series, { ...size, palette }), spreadInWords(series, ofCategory));
  if (has((point) => point.daysOnMarket))
    addTrend(
      "Days on market",
      over(
        (point) => point.daysOnMarket,
        ({ daysN }) => daysN,
      ),
      { measure: "count", as: "line" },
    );
  if (has(({ discount }) => discount))
    addTrend(
      "Vendor discount",
      over(
        ({ discount }) => discount,
        ({ discountN }) => discountN,
      ),
      { measure: "percent", as: "line", within: [Number.NEGATIVE_INFINITY, 100] },
    );
  if (has((point) => point.clearance))
    addTrend(
      "Clearance rate",
      over(
        (point) => point.clearance,
        ({ clearanceN }) => clearanceN,
      ).map((point) => ({ ...point, n: point.rests })),
      { measure: "percent", as: "line", within: [0, 100] },
    );
  if (has(({ stock }) => stock))
    addTrend(
      "For sale",
      over(({ stock }) => stock),
      { measure: "count", as: "columns" },
    );
  if (has(({ weeklyRent }) => weeklyRent))
    addTrend(
      "Median weekly rent",
      over(({ weeklyRent }) => weeklyRent),
      { measure: "dollars", as: "line" },
    );

  const property = CATEGORIES_ONE[segment.category].toLowerCase();
  const wide = medianAndVolume(series, { width: CONTENT_WIDTH, palette, property });
  if (wide === null && halves.length === 0 && segment.methodMix.length === 0) return [];
  // What is left without another beside it takes the whole width.
  const isOdd = halves.length % 2 === 1;
  const beside = isOdd ? methodMix(segment, palette, HALF) : [];
  const last = isOdd && beside.length === 0 ? halves.pop() : undefined;
  const drawn = [
    ...(wide === null ? [] : [wide]),
    ...pairs([...halves.map((draw) => draw(HALF)), ...beside]),
    ...(last === undefined ? [] : [last(CONTENT_WIDTH)]),
    ...(isOdd ? [] : methodMix(segment, palette, CONTENT_WIDTH)),
  ];
  const below = [
    ...(segment.seriesSupplied ? [messages.chartsAsSupplied] : []),
    ...(hasFewPoints(series) ? [HOLLOW_WORDS] : []),
    ...(series.at(-1)?.isProvisional === true ? [messages.provisionalNote(PROVISIONAL)] : []),
    ...(segment.methodMix.some(({ of }) => of < RELIABLE_FROM) ? [FEW_WORDS] : []),
  ];
  // A title stays with the first chart, and the notes with the last.
  const title = text(CATEGORIES[segment.category], { font: "Serif", fontSize: 19, margin: [0, 0, 0, 10], tag: "H3" });
  const notes = below.length === 0 ? [] : [note(below.join(" "), palette)];
  return drawn.map((chart, index) => ({
    stack: [
      ...(index === 0 ? [title, chart] : [{ stack: [chart], margin: [0, BETWEEN, 0, 0] } as Content]),
      ...(index === drawn.length - 1 ? notes : []),
    ],
    unbreakable: true,
  }));
}

/** Is a point hollow of what is drawn as points? */
function hasFewPoints(series: readonly SeriesPoint[]): boolean {
  const measures = (
    [
      ["median", "medianN"],
      ["daysOnMarket", "daysN"],
      ["discount", "discountN"],
      ["clearance", "clearanceN"],
    ] as const
  ).map(([value, n]) => series.map((point) => ({ value: point[value], n: point[n], supplied: false })));
  return measures.some(
    (points) => points.filter(({ value }) => value !== null).length >= FEWEST_POINTS && points.some(isFew),
  );
}

function pairs(contents: readonly Content[]): Content[] {
  const rows: Content[] = [];
  for (let index = 0; index < contents.length; index += 2) {
    const columns = contents.slice(index, index + 2).map((content) => ({ width: HALF, stack: [content] }));
    rows.push({ columns, columnGap: GAP });
  }
  return rows;
}

function methodMix({ category, methodMix }: MarketSegment, palette: Palette, width: number): Content[] {
  if (methodMix.length === 0) return [];
  const most = Math.max(...methodMix.map(({ share }) => share));
  const [name, part, of] = [92, 38, 28];
  const length = width - name - part - of - 3 * 4;
  const row = ({ method, share, n, of: all }: MarketSegment["methodMix"][number]): Content => ({
    tag: "TR",
    columns: [
      { width: name, stack: [text(METHODS[method], { fontSize: SIZE.small })], tag: "RowHead" },
      {
        width: length,
        stack: [bar(share / most, { width: length, color: palette.bar, palette, margin: [0, 1.5, 0, 0] })],
        tag: "Joined",
      },
      {
        width: part,
        stack: [
          text(figure({ value: share, n: all, supplied: false }, "share"), {
            fontSize: SIZE.small,
            alignment: "right",
          }),
        ],
      },
      {
        width: of,
        stack: [text(`n\u00a0${count(n)}`, { fontSize: SIZE.label, color: palette.muted, alignment: "right" })],
      },
    ],
    columnGap: 4,
    margin: [0, 0, 0, 2.5],
  });
  return [
    {
      stack: [
        caption(`Sale methods, ${CATEGORIES[category].toLowerCase()}`, palette, undefined, "Caption"),
        spokenHeads("Method", "Share", "Sales"),
        ...methodMix.map(row),
      ],
      tag: "Table",
      unbreakable: true,
    },
  ];
}
