// Rents and listings by type, bedrooms and quarter.

import type { Content } from "pdfmake/interfaces";
import { isFew, isShown } from "../../report/figures/figure.ts";
import type { LeasingModel, RentRow } from "../../report/leasing/model.ts";
import { PROVISIONAL } from "../../report/selection/as-of.ts";
import { CATEGORY_WORDS, plural } from "../../report/wording.ts";
import { captioned, heading, lead, note } from "../chapter.ts";
import { seriesInWords } from "../charts/in-words.ts";
import { PRINTED } from "../charts/ticks.ts";
import { HOLLOW_WORDS, trend } from "../charts/trend.ts";
import { messages } from "../messages.ts";
import { fewNote, figureCell, figureCellWithN } from "../parts/figure.ts";
import { table } from "../parts/table.ts";
import { CATEGORIES, count, dollars, figure, share } from "../style/format.ts";
import { inlines } from "../style/text.ts";
import { CONTENT_WIDTH, type Palette } from "../style/theme.ts";

import type { LeasingSection } from "./section.ts";

const GUTTER = 20;

/** Rents and listings by type and bedrooms, and over time. */
export const rents: LeasingSection = (model, palette) => {
  if (model.rents.length === 0) return null;
  const all = (row: RentRow) => (row.bedrooms === null ? { bold: true } : {});
  const typeStyle = (row: RentRow) => (row.bedrooms === null ? all(row) : { color: palette.muted });
  const compared = model.rents.some(({ rentChange }) => rentChange.value !== null);
  const has = (key: "medianRent" | "daysToLease") => model.rents.some((row) => isShown(row[key]));
  return {
    id: "rents",
    title: has("medianRent") ? "Asking rents" : "By type and bedrooms",
    flows: true,
    content: [
      lead(messages.rentsLead(plural(model.total, "rental listing")), palette, [
        ...terms(model.rents, compared, palette),
        ...(model.hasOddRents && has("medianRent") ? [note(messages.oddRents, palette)] : []),
        ...fewNote(
          model.rents.flatMap(({ share, medianRent, rentChange, daysToLease }) => [
            ...[share, medianRent, rentChange, daysToLease],
          ]),
          palette,
        ),
      ]),
      table<RentRow>({
        columns: [
          {
            title: "Type",
            names: true,
            cell: (row) => inlines(CATEGORIES[row.category], typeStyle(row)),
          },
          {
            title: "Bedrooms",
            names: true,
            width: 76,
            cell: (row) => inlines(row.bedrooms ?? "all", typeStyle(row)),
          },
          { title: "Listings", width: 56, alignment: "right", cell: (row) => inlines(count(row.listings), all(row)) },
          {
            title: "Share",
            width: 52,
            alignment: "right",
            cell: ({ share: part }) => figureCell(part, share, palette),
          },
          ...(has("medianRent")
            ? [
                {
                  title: "Median rent n",
                  width: 82,
                  alignment: "right" as const,
                  cell: ({ medianRent }: RentRow) => figureCellWithN(medianRent, dollars, palette),
                },
              ]
            : []),
          ...(compared
            ? [
                {
                  title: "Change",
                  width: 58,
                  alignment: "right" as const,
                  cell: ({ rentChange }: RentRow) => inlines(figure(rentChange, "percent_change")),
                },
              ]
            : []),
          ...(has("daysToLease")
            ? [
                {
                  title: "Days to lease",
                  width: 66,
                  alignment: "right" as const,
                  cell: ({ daysToLease }: RentRow) => figureCell(daysToLease, count, palette),
                },
              ]
            : []),
        ],
        rows: model.rents,
        palette,
        highlighted: ({ bedrooms }) => bedrooms === null,
        dense: true,
      }),
      ...overTime(model, palette),
    ],
  };
};

/** What the columns are, of those that have something in them. */
function terms(rows: readonly RentRow[], compared: boolean, palette: Palette): Content[] {
  const words = [
    ...(rows.some(({ medianRent }) => isShown(medianRent)) ? [messages.rentCount] : []),
    ...(rows.some(({ medianRent: { value, n } }) => value === null && (n ?? 0) > 0) ? [messages.tooFewToShow] : []),
    ...(compared ? [messages.rentChangeTerm] : []),
  ];
  return words.length === 0 ? [] : [note(words.join(" "), palette)];
}

/** A line needs two ends. */
const FEWEST_POINTS = 2;

function overTime({ quarters, isProvisional }: LeasingModel, palette: Palette): Content[] {
  type Quarter = LeasingModel["quarters"][number];
  const over = (value: (quarter: Quarter) => number | null, n?: (quarter: Quarter) => number | null) =>
    quarters.map((quarter) => ({
      periodEnd: quarter.periodEnd,
      isProvisional: isProvisional && quarter === quarters.at(-1),
      value: value(quarter),
      rests: n?.(quarter) ?? null,
    }));
  const types = quarters[0]?.medians.map(({ category }) => category) ?? [];
  const series = [
    {
      title: messages.rentalsPerQuarter,
      points: over(({ listings }) => listings),
      ...({ measure: "count", as: "columns" } as const),
    },
    ...types.map((category, index) => ({
      title: `Median rent, ${CATEGORY_WORDS[category].many}`,
      points: over(
        ({ medians }) => medians[index]?.value ?? null,
        ({ medians }) => medians[index]?.n ?? null,
      ),
      ...({ measure: "dollars", as: "line" } as const),
    })),
  ].filter(({ points }) => points.filter(({ value }) => value !== null).length >= FEWEST_POINTS);
  if (series.length === 0) return [];
  const width = (CONTENT_WIDTH - (series.length - 1) * GUTTER) / series.length;
  const lines = series.filter(({ as }) => as === "line").flatMap(({ points }) => points);
  const isHollow = lines.some(({ value, rests }) => isFew({ value, n: rests, supplied: false }));
  return [
    {
      stack: [
        heading("Over time", palette, 20),
        {
          columns: series.map(({ title, points, measure, as }) => ({
            width,
            stack: [
              captioned(
                title,
                trend(points, { width, height: 100, palette, measure, as }),
                seriesInWords(title, points, PRINTED[measure]),
                palette,
              ),
            ],
          })),
          columnGap: GUTTER,
        },
        ...(isHollow ? [note(HOLLOW_WORDS, palette)] : []),
        ...(isProvisional ? [note(messages.provisionalNote(PROVISIONAL), palette)] : []),
      ],
      unbreakable: true,
    },
  ];
}
