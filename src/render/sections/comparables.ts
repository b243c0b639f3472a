import { isShown } from "../../report/figures/figure.ts";
import type { Comparables, Tile } from "../../report/model.ts";
import { unreliable } from "../../report/sections/tiles.ts";
import { lead, note, type Section } from "../chapter.ts";
import { messages } from "../messages.ts";
import { table } from "../parts/table.ts";
import { day, money, rooms, UNKNOWN } from "../style/format.ts";
import { inlines, shorten, text } from "../style/text.ts";
import { SIZE } from "../style/theme.ts";
import { tileRow } from "./verdict.ts";

/** The sales that are like the property of the request, and by which rule. */
export const comparables: Section = ({ comparables: of }, palette) => {
  if (of === null) return null;
  const { address, described, rule, rows, notes, total } = of;
  const distances = rows.some(({ km }) => km !== null);
  const right = "right" as const;
  return {
    id: "comparables",
    title: "Comparable sales",
    flows: true,
    content: [
      {
        stack: [
          text(shorten([address, described].filter(Boolean).join(": "), 200), {
            fontSize: SIZE.lead,
            bold: true,
            margin: [0, 0, 0, 4],
            tag: "H3",
          }),
          lead(rule, palette, [
            ...(rows.length < total ? [note(messages.closestMatches(rows.length, total), palette)] : []),
            ...notes.map((words) => note(words, palette, 3)),
          ]),
          total === 0 ? text(messages.noComparableSales, { fontSize: SIZE.body }) : tileRow(tiles(of), palette),
        ],
      },
      ...(total === 0
        ? []
        : [
            table({
              columns: [
                { title: "Sold", width: 62, cell: ({ soldDate }) => inlines(day(soldDate)) },
                {
                  title: "Address",
                  names: true,
                  cell: (row) => inlines(shorten([row.address, row.suburb].filter(Boolean).join(", "), 60)),
                },
                { title: "Rooms", width: 104, cell: (row) => inlines(rooms(row)) },
                ...(distances
                  ? [
                      {
                        title: "Km",
                        width: 34,
                        alignment: right,
                        cell: ({ km }: Comparables["rows"][number]) => inlines(km === null ? UNKNOWN : km.toFixed(1)),
                      },
                    ]
                  : []),
                {
                  title: "Days",
                  width: 38,
                  alignment: right,
                  cell: ({ daysOnMarket }) => inlines(daysOnMarket === null ? UNKNOWN : String(daysOnMarket)),
                },
                {
                  title: "Price",
                  width: 56,
                  alignment: right,
                  cell: ({ price }) => inlines(price === null ? UNKNOWN : money(price)),
                },
              ],
              rows,
              palette,
            }),
          ]),
    ],
  };
};

function tiles({ median, lower, upper, daysOnMarket, total }: Comparables): readonly Tile[] {
  const middle =
    lower.value === null || upper.value === null ? "" : messages.middleHalf(money(lower.value), money(upper.value));
  const offered: readonly Tile[] = [
    {
      label: "Comparable sales",
      figure: { value: total, n: total, supplied: false },
      unit: "count",
      note: "in the 12 months",
    },
    {
      label: "Median price",
      figure: median,
      unit: "money",
      note: [unreliable(`n ${median.n ?? 0}`, median), middle].filter(Boolean).join(" · "),
    },
    {
      label: "Days on market",
      figure: daysOnMarket,
      unit: "days",
      note: unreliable(`n ${daysOnMarket.n ?? 0}`, daysOnMarket),
    },
  ];
  return offered.filter(({ figure }) => isShown(figure));
}
