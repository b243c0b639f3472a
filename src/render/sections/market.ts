import type { Content } from "pdfmake/interfaces";
import type { Figure, MarketSegment, ReportModel } from "../../report/model.ts";
import { PROVISIONAL } from "../../report/selection/as-of.ts";
import { heading, note, type Section } from "../chapter.ts";
import { locatorMap } from "../charts/locator.ts";
import { yielding } from "../charts/marks.ts";
import { messages } from "../messages.ts";
import {
  fewWords,
  figureAlone,
  figureCell,
  figureCellWithN,
  figureWithN,
  medianWithN,
  suppliedNote,
  totalCell,
} from "../parts/figure.ts";
import { table } from "../parts/table.ts";
import { CATEGORIES, count, figure, money } from "../style/format.ts";
import { type Inline, inlines } from "../style/text.ts";
import { CONTENT_WIDTH, type Palette, SIZE } from "../style/theme.ts";
import { charts } from "./market-charts.ts";

/** How prices, volumes and methods move, each category apart, and where the suburb lies. */
export const market: Section = (model, palette) => {
  if (model.market.length === 0) return null;
  return {
    id: "market",
    title: "The market",
    flows: true,
    // A page may end with the figures.
    mayEndPage: true,
    content: [
      ...spaced([
        overview(model, palette),
        bedrooms(model.market, palette),
        whereItIs(model, palette),
        ...model.market.map((segment) => charts(segment, model.provisional, palette)),
      ]),
    ],
  };
};

/** Space below, not above what comes next, which may begin a page. */
function spaced(parts: readonly (readonly Content[])[]): Content[] {
  const last = parts.findLastIndex((part) => part.length > 0);
  return parts.flatMap((part, index) =>
    part.length === 0 ? [] : [{ stack: [...part], margin: [0, 0, 0, index < last ? 24 : 0] } as Content],
  );
}

type FigureLine = readonly [string, (segment: MarketSegment) => Inline[]];

/** The figures of which something is known of a category. */
function figureLines({ market, provisional }: ReportModel, palette: Palette): readonly FigureLine[] {
  const isLate = provisional.sales || provisional.series;
  const lines: readonly FigureLine[] = [
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
  return lines.filter(([, cell]) => market.some((segment) => cell(segment).some(({ text }) => /\d/.test(text))));
}

/** Every category's figures side by side. */
function overview(model: ReportModel, palette: Palette): Content[] {
  const { market, provisional } = model;
  const isLate = provisional.sales || provisional.series;
  const known = figureLines(model, palette);
  const hasN = known.some(([, cell]) =>
    market.some((segment) => cell(segment).some(({ text }) => /^\s*n\s/.test(text))),
  );
  // A source of rents alone, for example, gives charts and no figure.
  if (known.length === 0) return inhabitants(model, palette);
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
          cell: ([, cell]: FigureLine) => cell(segment),
        })),
      ],
      rows: known,
      palette,
      fontSize: SIZE.body,
    }),
    note(
      [
        hasN ? messages.marketCount : "",
        market.flatMap(withN).some(({ value, n }) => value === null && (n ?? 0) > 0) ? messages.unknownOrFew : "",
        fewWords(market.flatMap(estimates)).trim(),
        isLate ? messages.provisionalNote(PROVISIONAL) : "",
        messages.definitions,
      ]
        .filter((words) => words !== "")
        .join(" "),
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
    ...inhabitants(model, palette),
  ];
}

/** Points: the map gives way to what is above it on the page. */
const MAP_HEIGHT = { most: 250, least: 130 } as const;

function whereItIs({ locator, locality }: ReportModel, palette: Palette): Content[] {
  if (!locator || locator.neighbours.length === 0) return [];
  const map = yielding(MAP_HEIGHT, (height) =>
    locatorMap(locality.suburb, locator, { width: CONTENT_WIDTH, height, palette }),
  );
  return [{ stack: [heading("Location", palette, 0), map], unbreakable: true }];
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
        heading("By bedrooms", palette, 0),
        table({
          columns: [
            {
              title: "",
              spoken: "Type",
              names: true,
              width: 110,
              cell: (row) => inlines(CATEGORIES[row.category], first(row) ? {} : { color: palette.muted }),
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
          `${medianWithN(
            rows.map(({ median }) => median),
            rows.map(({ daysOnMarket }) => daysOnMarket),
          )}${fewWords(rows.flatMap((row) => [row.median, row.growth, row.daysOnMarket]))}`,
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

/** The figures of a segment that rest on a number of sales, and are marked where these are few. */
function estimates(of: MarketSegment): Figure[] {
  return [...withN(of), supply(of), of.grossYield];
}

/** Those that are printed with this number. */
function withN({ median, growth, disclosureRate, daysOnMarket, ...of }: MarketSegment): Figure[] {
  return [median, growth, disclosureRate, daysOnMarket, of.vendorDiscount, of.saleToList, of.clearance];
}

/** Few sales make a weak rate of sale, however many listings there are. */
function supply({ monthsOfSupply, sales12m }: MarketSegment): Figure {
  return { ...monthsOfSupply, n: monthsOfSupply.supplied ? null : (sales12m.value ?? 0) };
}

/** How large the suburb is and who lives there, if the data has it; of the suburb alone if others count beside it. */
function inhabitants({ locality, suburbs }: Pick<ReportModel, "locality" | "suburbs">, palette: Palette): Content[] {
  const { population, dwellings, owners = null, tenants = null, age = null } = locality;
  const known = [
    ...(population === null ? [] : [`Population ${count(population)}.`]),
    ...(dwellings === null ? [] : [`Dwellings ${count(dwellings)}.`]),
    ...(owners === null ? [] : [`Owner-occupied ${wholePercent(owners)}%.`]),
    ...(tenants === null ? [] : [`Rented ${wholePercent(tenants)}%.`]),
    ...(age === null ? [] : [`Most common ages ${age}.`]),
  ];
  if (known.length === 0) return [];
  const of = suburbs.length > 0 ? [messages.ofSuburbItself(locality.suburb)] : [];
  return [note([...of, ...known].join(" "), palette, 3)];
}

/** Not all and not none by rounding. */
function wholePercent(share: number): number {
  return share <= 0 || share >= 100 ? share : Math.min(99, Math.max(1, Math.round(share)));
}
