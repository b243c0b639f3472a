import type { Content } from "pdfmake/interfaces";
import type { AgentRow, ReportModel } from "../../report/model.ts";
import { caption, lead, note, type Section } from "../chapter.ts";
import { scatter } from "../charts/scatter.ts";
import { figureCell, placesMoved } from "../figure.ts";
import { count, money, percent, UNKNOWN } from "../format.ts";
import { type Column, table } from "../table.ts";
import { inlines, shorten } from "../text.ts";
import { CONTENT_WIDTH, type Palette, SIZE } from "../theme.ts";
import { cardId } from "./cards.ts";

/** Fewer dots say nothing that the table does not. */
const FEWEST_DOTS = 3;

/** Volume against price, and the leaderboard; names lead to the cards. */
export const agents: Section = (model, palette) => {
  const { rows } = model.agents;
  if (rows.length === 0) return null;
  return {
    id: "agents",
    title: "The agents",
    content: [
      lead(
        "Lead: sales an agent led. Involved: those and the ones shared with others, each with full credit, so the agents' shares add up to more than 100%.",
        palette,
      ),
      ...chart(model, palette),
      table({ columns: columns(model, palette), rows, palette, highlighted: ({ isPreparedFor }) => isPreparedFor }),
      ...(rows.some(({ involved, median }) => involved.supplied || median.supplied)
        ? [note("† as supplied by the source, not computed from sales.", palette)]
        : []),
    ],
  };
};

function chart({ agents: { rows } }: ReportModel, palette: Palette): Content[] {
  const points = rows.flatMap(({ name, involved, median, isPreparedFor }) =>
    (involved.value ?? 0) > 0 && (median.value ?? 0) > 0
      ? [{ name: shorten(name, 30), x: involved.value ?? 0, y: median.value ?? 0, highlighted: isPreparedFor }]
      : [],
  );
  if (points.length < FEWEST_DOTS) return [];
  return [
    {
      stack: [
        caption("Volume against price", palette),
        scatter(points, { width: CONTENT_WIDTH, height: 210, palette }),
      ],
      margin: [0, 0, 0, 14],
      unbreakable: true,
    },
  ];
}

function columns(model: ReportModel, palette: Palette): Column<AgentRow>[] {
  const compared = model.agents.rows.some(({ rankChange }) => rankChange !== null);
  const carded = new Set(model.cards.map(({ id }) => id));
  const right = "right" as const;
  return [
    { title: "#", width: 26, cell: ({ rank }) => inlines(rank === null ? UNKNOWN : String(rank)) },
    ...(compared
      ? [
          {
            title: "",
            width: 22,
            cell: ({ rank, rankChange }: AgentRow) => inlines(placesMoved(rank, rankChange), { color: palette.muted }),
          },
        ]
      : []),
    {
      title: "Agent",
      cell: ({ id, name, agencyName, isPreparedFor }) => [
        ...inlines(shorten(name, 80), {
          bold: true,
          ...(isPreparedFor ? { color: palette.accentText } : {}),
          ...(carded.has(id) ? { linkToDestination: cardId(model, id) } : {}),
        }),
        ...(agencyName === null
          ? []
          : [{ text: "\n" }, ...inlines(shorten(agencyName, 60), { fontSize: SIZE.small, color: palette.muted })]),
      ],
    },
    { title: "Lead", width: 36, alignment: right, cell: ({ lead }) => figureCell(lead, count, palette) },
    { title: "Involved", width: 48, alignment: right, cell: ({ involved }) => figureCell(involved, count, palette) },
    { title: "Share", width: 44, alignment: right, cell: ({ share }) => figureCell(share, percent, palette) },
    { title: "Value", width: 48, alignment: right, cell: ({ value }) => figureCell(value, money, palette) },
    { title: "Median", width: 50, alignment: right, cell: ({ median }) => figureCell(median, money, palette) },
    {
      title: "Days",
      width: 38,
      alignment: right,
      cell: ({ daysOnMarket }) => figureCell(daysOnMarket, count, palette),
    },
    { title: "Listed", width: 40, alignment: right, cell: ({ listings }) => inlines(count(listings)) },
  ];
}
