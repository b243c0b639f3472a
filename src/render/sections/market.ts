import type { Content } from "pdfmake/interfaces";
import { PROVISIONAL } from "../../report/as-of.ts";
import { isFew, RELIABLE_FROM } from "../../report/figures/figure.ts";
import type { Figure, MarketSegment, ReportModel, SeriesPoint } from "../../report/model.ts";
import { caption, captioned, heading, note, type Section } from "../chapter.ts";
import type { TimePoint } from "../charts/axis.ts";
import { bar } from "../charts/bars.ts";
import { type Measured, seriesInWords } from "../charts/in-words.ts";
import { locatorMap } from "../charts/locator.ts";
import { medianAndVolume } from "../charts/median-volume.ts";
import { percentiles, spreadInWords } from "../charts/percentiles.ts";
import { HOLLOW_WORDS, type TrendOptions, trend } from "../charts/trend.ts";
import {
  FEW_WORDS,
  fewWords,
  figureAlone,
  figureCell,
  figureCellWithN,
  figureWithN,
  MEDIAN_WITH_N,
  suppliedNote,
  totalCell,
} from "../figure.ts";
import { CATEGORIES, CATEGORIES_ONE, count, dollars, figure, METHODS, money, percent } from "../format.ts";
import { messages } from "../messages.ts";
import { table } from "../table.ts";
import { type Inline, inlines, text } from "../text.ts";
import { CONTENT_WIDTH, type Palette, SIZE } from "../theme.ts";

const GAP = 24;
const HALF = (CONTENT_WIDTH - GAP) / 2;
/** A line needs two ends. */
const FEWEST_POINTS = 2;

/** How prices, volumes and methods move, each category apart, and where the suburb lies. */
export const market: Section = (model, palette) => {
  if (model.market.length === 0) return null;
  const map = whereItIs(model, palette);
  // Behind the charts, where something follows on its page, unless it fits below the figures.
  const mapFirst = bedroomRows(model.market) <= ROWS_BESIDE_MAP;
  return {
    id: "market",
    title: "The market",
    flows: true,
    // A page may end with the figures.
    roomBelow: 0,
    content: [
      { stack: overview(model, palette) },
      ...spaced([
        [...bedrooms(model.market, palette), ...(mapFirst ? map : [])],
        ...model.market.map((segment) => charts(segment, model.provisional, palette)),
        mapFirst ? [] : map,
      ]),
    ],
  };
};

/** Space below, not above what comes next, which may begin a page. */
function spaced(parts: readonly (readonly Content[])[]): Content[] {
  const last = parts.findLastIndex((part) => part.length > 0);
  return parts.flatMap((part, index) =>
    part.length === 0 && index > 0 ? [] : [{ stack: [...part], margin: [0, 0, 0, index < last ? 24 : 0] } as Content],
  );
}

/** Every category's figures side by side. */
function overview({ market, place, provisional }: ReportModel, palette: Palette): Content[] {
  const isLate = provisional.sales || provisional.series;
  const lines: readonly (readonly [string, (segment: MarketSegment) => Inline[]])[] = [
    [
      isLate ? `Sales, 12 months ${PROVISIONAL}` : "Sales, 12 months",
      (of) => figureWithN({ ...of.sales12m, n: null }, "count", palette),
    ],
    ["Median sold price", (of) => figureWithN(of.median, "money", palette)],
    [messages.growthInMedian, (of) => figureWithN(of.growth, "percent_change", palette)],
    ["Disclosure rate", (of) => figureWithN(of.disclosureRate, "share", palette)],
    ["Days on market", (of) => figureWithN(of.daysOnMarket, "days", palette)],
    ["Vendor discount", (of) => figureWithN(of.vendorDiscount, "percent", palette)],
    ["Sale-to-list", (of) => figureWithN(of.saleToList, "percent", palette)],
    ["Clearance rate", (of) => figureWithN(of.clearance, "share", palette)],
    ["Months of supply", (of) => figureAlone(supply(of), "months")],
    ["Gross rental yield", (of) => figureAlone(of.grossYield, "percent")],
  ];
  const known = lines.filter(([, cell]) => market.some((segment) => cell(segment).some(({ text }) => /\d/.test(text))));
  return [
    table({
      columns: [
        {
          title: "",
          spoken: "Figure",
          names: true,
          width: 130,
          cell: ([name]) => inlines(name, { color: palette.muted }),
        },
        ...market.map((segment) => ({
          title: CATEGORIES[segment.category],
          alignment: "right" as const,
          cell: ([, cell]: (typeof lines)[number]) => cell(segment),
        })),
      ],
      rows: known.length > 0 ? known : lines.slice(0, 1),
      palette,
      fontSize: SIZE.body,
    }),
    note(
      messages.marketTerms(fewWords(market.flatMap(estimates)), isLate ? messages.provisionalQuarter(PROVISIONAL) : ""),
      palette,
    ),
    ...suppliedNote(
      market.flatMap((of) => [
        of.sales12m,
        of.median,
        of.growth,
        of.daysOnMarket,
        of.vendorDiscount,
        of.clearance,
        of.grossYield,
      ]),
      palette,
    ),
    ...inhabitants(place, palette),
  ];
}

function whereItIs({ market, locator, place }: ReportModel, palette: Palette): Content[] {
  if (!locator || locator.neighbours.length === 0) return [];
  const map = locatorMap(place.suburb, locator, { width: CONTENT_WIDTH, height: mapHeight(market), palette });
  return [{ stack: [heading("Location", palette, 22), map], unbreakable: true }];
}

/** Points that a row of the table by bedrooms takes. */
const BEDROOMS_ROW = 14.5;
/** The figures, the table by bedrooms with so many rows and the map fit a page. */
const ROWS_BESIDE_MAP = 11;

/** What the table by bedrooms leaves of the page. */
function mapHeight(market: readonly MarketSegment[]): number {
  const rows = bedroomRows(market);
  return rows === 0 ? 300 : Math.max(150, 300 - BEDROOMS_ROW * rows);
}

function bedroomRows(market: readonly MarketSegment[]): number {
  return market.reduce((sum, { bedrooms: of }) => sum + of.length, 0);
}

/** What a home of each size sells for; nothing where no segment has it. */
function bedrooms(market: readonly MarketSegment[], palette: Palette): Content[] {
  const rows = market.flatMap(({ category, bedrooms: of }) => of.map((row) => ({ ...row, category })));
  if (rows.length === 0) return [];
  const first = (row: (typeof rows)[number]) => rows.find(({ category }) => category === row.category) === row;
  const right = "right" as const;
  return [
    {
      stack: [
        heading("By bedrooms", palette, 18),
        table({
          columns: [
            {
              title: "",
              spoken: "Type",
              width: 110,
              cell: (row) => inlines(first(row) ? CATEGORIES[row.category] : ""),
            },
            { title: "Bedrooms", names: true, cell: (row) => inlines(bedroomsOf(row)) },
            { title: "Sales", width: 70, alignment: right, cell: ({ sales }) => totalCell(sales, count, palette) },
            {
              title: "Median",
              width: 90,
              alignment: right,
              cell: ({ median }) => figureCellWithN(median, money, palette),
            },
            {
              title: "Growth",
              width: 70,
              alignment: right,
              cell: ({ growth }) => inlines(figure(growth, "percent_change")),
            },
            {
              title: "Days",
              width: 60,
              alignment: right,
              cell: ({ daysOnMarket }) => figureCell(daysOnMarket, count, palette),
            },
          ],
          rows,
          palette,
          dense: true,
        }),
        note(
          `${MEDIAN_WITH_N}${fewWords(rows.flatMap((row) => [row.median, row.growth, row.daysOnMarket]))}`,
          palette,
          3,
        ),
        ...suppliedNote(
          rows.map(({ median }) => median),
          palette,
        ),
      ],
      unbreakable: true,
    },
  ];
}

function bedroomsOf({ bedrooms: n, orMore }: MarketSegment["bedrooms"][number]): string {
  if (n === 0) return "Studio";
  return orMore ? `${n} or more` : `${n}`;
}

/** How large the suburb is and who lives there, where the data says so. */
function inhabitants(
  { population, dwellings, owners = null, tenants = null, age = null }: ReportModel["place"],
  palette: Palette,
): Content[] {
  const known = [
    ...(population === null ? [] : [`Population ${count(population)}.`]),
    ...(dwellings === null ? [] : [`Dwellings ${count(dwellings)}.`]),
    ...(owners === null ? [] : [`Owner-occupied ${Math.round(owners)}%.`]),
    ...(tenants === null ? [] : [`Rented ${Math.round(tenants)}%.`]),
    ...(age === null ? [] : [`Most common ages ${age}.`]),
  ];
  return known.length === 0 ? [] : [note(known.join(" "), palette, 3)];
}

/** The figures of a segment that rest on a number of sales, and are marked where these are few. */
function estimates(of: MarketSegment): Figure[] {
  return [
    ...[of.median, of.growth, of.disclosureRate, of.daysOnMarket, of.vendorDiscount, of.saleToList, of.clearance],
    ...[supply(of), of.grossYield],
  ];
}

/** Few sales make a weak rate of sale, however many listings there are. */
function supply({ monthsOfSupply, sales12m }: MarketSegment): Figure {
  return { ...monthsOfSupply, n: monthsOfSupply.supplied ? null : (sales12m.value ?? 0) };
}

/** A page of charts for one category; those without anything to draw are left out. */
function charts(segment: MarketSegment, provisional: ReportModel["provisional"], palette: Palette): Content[] {
  const isLate = segment.seriesSupplied ? provisional.series : provisional.sales;
  const series = segment.series.map((point, index, { length }): SeriesPoint & TimePoint => ({
    ...point,
    ...(isLate && index === length - 1 ? { isProvisional: true } : {}),
  }));
  const small = { width: HALF, height: 94, palette };
  const has = (of: (point: SeriesPoint) => number | null) =>
    series.filter((point) => of(point) !== null).length >= FEWEST_POINTS;
  const over = (of: (point: SeriesPoint) => number | null, rests?: (point: SeriesPoint) => number | null) =>
    series.map((point: SeriesPoint & TimePoint) => ({
      periodEnd: point.periodEnd,
      isProvisional: point.isProvisional ?? false,
      value: of(point),
      rests: rests?.(point) ?? null,
    }));

  const halves: Content[] = [];
  const add = (title: string, content: Content, alt: string) => halves.push(captioned(title, content, alt, palette));
  const ofCategory = CATEGORIES[segment.category].toLowerCase();
  const addTrend = (
    title: string,
    points: readonly Measured[],
    options: Pick<TrendOptions, "format" | "as" | "most">,
  ) =>
    add(
      title,
      trend(points, { ...small, ...options }),
      seriesInWords(`${title}, ${ofCategory}`, points, options.format),
    );
  if (has(({ p25 }) => p25)) add("Spread of prices", percentiles(series, small), spreadInWords(series, ofCategory));
  if (has((point) => point.daysOnMarket))
    addTrend(
      "Days on market",
      over(
        (point) => point.daysOnMarket,
        ({ daysN }) => daysN,
      ),
      { format: count, as: "line" },
    );
  if (has(({ discount }) => discount))
    addTrend(
      "Vendor discount",
      over(
        ({ discount }) => discount,
        ({ discountN }) => discountN,
      ),
      { format: percent, as: "line" },
    );
  if (has((point) => point.clearance))
    addTrend(
      "Clearance rate",
      over(
        (point) => point.clearance,
        ({ clearanceN }) => clearanceN,
      ).map((point) => ({ ...point, n: point.rests })),
      { format: percent, as: "line", most: 100 },
    );
  if (has(({ stock }) => stock))
    addTrend(
      "For sale",
      over(({ stock }) => stock),
      { format: count, as: "columns" },
    );
  if (has(({ weeklyRent }) => weeklyRent))
    addTrend(
      "Median weekly rent",
      over(({ weeklyRent }) => weeklyRent),
      { format: dollars, as: "line" },
    );

  const wide = has(({ sold }) => sold) || has(({ median }) => median);
  if (!wide && halves.length === 0 && segment.methodMix.length === 0) return [];
  const [opening, ...others] = [
    ...(wide
      ? [
          medianAndVolume(series, {
            width: CONTENT_WIDTH,
            height: 166,
            palette,
            property: CATEGORIES_ONE[segment.category].toLowerCase(),
          }),
        ]
      : []),
    ...pairs(halves.length % 2 === 1 ? [...halves, ...methodMix(segment, palette, HALF)] : halves),
    ...(halves.length % 2 === 0 ? methodMix(segment, palette, CONTENT_WIDTH) : []),
  ];
  const below = [
    ...(segment.seriesSupplied ? [messages.quartersAsSupplied] : []),
    ...(hasFewPoints(series) ? [HOLLOW_WORDS] : []),
    ...(series.at(-1)?.isProvisional === true ? [messages.provisionalNote(PROVISIONAL)] : []),
    ...(segment.methodMix.some(({ of }) => of < RELIABLE_FROM) ? [FEW_WORDS] : []),
  ];
  const last = below.length === 0 ? [] : [note(below.join(" "), palette)];
  const title = text(CATEGORIES[segment.category], { font: "Serif", fontSize: 19, margin: [0, 0, 0, 10], tag: "H3" });
  // The first charts stand with the title; the others follow, on the next page where they must.
  const [second, ...rest] = others;
  return [{ stack: [title, ...[opening, second].flatMap((each) => each ?? [])], unbreakable: true }, ...rest, ...last];
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
    rows.push({ stack: [{ columns, columnGap: GAP }], unbreakable: true, margin: [0, 14, 0, 0] });
  }
  return rows;
}

function methodMix({ methodMix }: MarketSegment, palette: Palette, width: number): Content[] {
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
      stack: [caption("Sale methods", palette, undefined, "Caption"), ...methodMix.map(row)],
      tag: "Table",
      margin: [0, width === CONTENT_WIDTH ? 14 : 0, 0, 0],
      unbreakable: true,
    },
  ];
}
