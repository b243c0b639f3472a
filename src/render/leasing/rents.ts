// Rents and listings by type, bedrooms and quarter.

import type { Content } from "pdfmake/interfaces";
import { PROVISIONAL } from "../../report/as-of.ts";
import { isFew } from "../../report/figures/figure.ts";
import type { LeasingModel, RentRow } from "../../report/leasing/model.ts";
import { CATEGORY_WORDS } from "../../report/wording.ts";
import { captioned, heading, lead, note } from "../chapter.ts";
import { seriesInWords } from "../charts/in-words.ts";
import { type Measure, PRINTED } from "../charts/ticks.ts";
import { HOLLOW_WORDS, trend } from "../charts/trend.ts";
import { fewNote, figureCell, figureCellWithN } from "../figure.ts";
import { CATEGORIES, count, dollars, figure, share } from "../format.ts";
import { messages } from "../messages.ts";
import { table } from "../table.ts";
import { inlines } from "../text.ts";
import { CONTENT_WIDTH, type Palette } from "../theme.ts";

import type { LeasingSection } from "./section.ts";

const GUTTER = 20;
const THIRD = (CONTENT_WIDTH - 2 * GUTTER) / 3;

/** Rents and listings by type and bedrooms, and over time. */
export const rents: LeasingSection = (model, palette) => {
  if (model.rents.length === 0) return null;
  const all = (row: RentRow) => (row.bedrooms === null ? { bold: true } : {});
  const compared = model.rents.some(({ rentChange }) => rentChange.value !== null);
  return {
    id: "rents",
    title: "Asking rents",
    flows: true,
    content: [
      lead(messages.rentsLead, palette, [
        note(messages.rentsTerms, palette),
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
            cell: (row) => inlines(row.bedrooms === null ? CATEGORIES[row.category] : "", all(row)),
          },
          {
            title: "Bedrooms",
            width: 76,
            cell: (row) =>
              inlines(row.bedrooms ?? "all", {
                ...all(row),
                ...(row.bedrooms === null ? {} : { color: palette.muted }),
              }),
          },
          { title: "Listings", width: 56, alignment: "right", cell: (row) => inlines(count(row.listings), all(row)) },
          {
            title: "Share",
            width: 52,
            alignment: "right",
            cell: ({ share: part }) => figureCell(part, share, palette),
          },
          {
            title: "Median rent n",
            width: 82,
            alignment: "right",
            cell: ({ medianRent }) => figureCellWithN(medianRent, dollars, palette),
          },
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
          {
            title: "Days to lease",
            width: 66,
            alignment: "right",
            cell: ({ daysToLease }) => figureCell(daysToLease, count, palette),
          },
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

function overTime({ quarters, isProvisional }: LeasingModel, palette: Palette): Content[] {
  if (quarters.length < 2) return [];
  const small = { width: THIRD, height: 100, palette };
  const types = quarters[0]?.medians.map(({ category }) => category) ?? [];
  type Quarter = LeasingModel["quarters"][number];
  const over = (value: (quarter: Quarter) => number | null, n?: (quarter: Quarter) => number | null) =>
    quarters.map((quarter) => ({
      periodEnd: quarter.periodEnd,
      isProvisional: isProvisional && quarter === quarters.at(-1),
      value: value(quarter),
      rests: n?.(quarter) ?? null,
    }));
  const chart = (title: string, points: ReturnType<typeof over>, measure: Measure, as: "columns" | "line") =>
    [title, trend(points, { ...small, measure, as }), seriesInWords(title, points, PRINTED[measure])] as const;
  const charts: readonly (readonly [title: string, chart: Content, alt: string])[] = [
    chart(
      messages.rentalsPerQuarter,
      over(({ listings }) => listings),
      "count",
      "columns",
    ),
    ...types.map((category, index) =>
      chart(
        `Median rent, ${CATEGORY_WORDS[category].many}`,
        over(
          ({ medians }) => medians[index]?.value ?? null,
          ({ medians }) => medians[index]?.n ?? null,
        ),
        "dollars",
        "line",
      ),
    ),
  ];
  return [
    {
      stack: [
        heading("Over time", palette, 20),
        {
          columns: charts.map(([title, chart, alt]) => ({
            width: THIRD,
            stack: [captioned(title, chart, alt, palette)],
          })),
          columnGap: GUTTER,
        },
        ...(quarters.some(({ medians }) => medians.some((each) => isFew({ ...each, supplied: false })))
          ? [note(HOLLOW_WORDS, palette)]
          : []),
        ...(isProvisional ? [note(messages.provisionalNote(PROVISIONAL), palette)] : []),
      ],
      unbreakable: true,
    },
  ];
}
