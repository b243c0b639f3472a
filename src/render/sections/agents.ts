import type { Content } from "pdfmake/interfaces";
import type { AgentRow, ReportModel } from "../../report/model.ts";
import { plural } from "../../report/wording.ts";
import { captioned, lead, note, type Section } from "../chapter.ts";
import { yielding } from "../charts/marks.ts";
import { isFewPrices, scatter, scatterInWords } from "../charts/scatter.ts";
import { HOLLOW_WORDS } from "../charts/trend.ts";
import { messages } from "../messages.ts";
import { fewWords, figureCell, medianWithN, ownInlines, ownNote, suppliedNote, totalCell } from "../parts/figure.ts";
import { marketColumns, movedColumn } from "../parts/league-columns.ts";
import { type Column, table } from "../parts/table.ts";
import { count, share, UNKNOWN } from "../style/format.ts";
import { cutApart, inlines, shorten } from "../style/text.ts";
import { CONTENT_WIDTH, type Palette, SIZE } from "../style/theme.ts";
import { cardId } from "./cards.ts";
import { LEADERBOARD, others } from "./others.ts";
import { isIdle } from "./people.ts";

/** Fewer dots show nothing that the table does not. */
const FEWEST_DOTS = 3;
/** Points: the chart gives way to what is above it on the page. */
const SCATTER_HEIGHT = { most: 114, least: 84 } as const;

/** Volume against price, and the leaderboard; names lead to the cards. */
export const agents: Section = (whole, palette) => {
  const rows = whole.agents.rows.filter((row) => !isIdle(row.involved, row));
  if (rows.length === 0) return null;
  const model = { ...whole, agents: { rows } };
  const leaders = rows.slice(0, LEADERBOARD);
  const drawn = chart(model, palette);
  return {
    id: "agents",
    title: "The agents",
    flows: true,
    // A chart may be at the end of a page, a lead alone may not.
    ...(drawn.length > 0 ? { mayEndPage: true } : {}),
    content: [
      {
        stack: [...introduction(model, whole.agents.rows.length - rows.length, palette), ...drawn],
      },
      table({
        columns: columns(model, palette),
        rows: leaders,
        palette,
        highlighted: ({ isPreparedFor, isFeatured }) => isPreparedFor || isFeatured,
        fontSize: SIZE.small + 0.3,
        dense: true,
      }),
      ...others(
        rows.slice(LEADERBOARD).map((row) => ({ ...row, counted: row.involved })),
        ["agents", "sales"],
        palette,
      ),
    ],
  };
};

/** What the columns are, of those that have something in them. */
function introduction(model: ReportModel, idle: number, palette: Palette): Content[] {
  const { rows } = model.agents;
  const leaders = rows.slice(0, LEADERBOARD);
  const few = fewWords(leaders.flatMap(({ share, median, daysOnMarket }) => [share, median, daysOnMarket]));
  const isListingKnown = rows.some(({ listings }) => listings !== null);
  // Where no number is supplied it is unknown whether there is no sale.
  const notShown = rows.some(({ involved }) => involved.supplied) ? messages.unknownSales : messages.idle;
  const words = [
    ...(rows.some(({ lead: led }) => led.value !== null) ? [messages.agentTerms] : []),
    ...(idle > 0 ? [notShown(plural(idle, "agent"), idle === 1 ? "is" : "are", isListingKnown)] : []),
  ].join(" ");
  const marks = medianWithN(
    leaders.map(({ median }) => median),
    leaders.map(({ daysOnMarket }) => daysOnMarket),
  );
  const notes = [
    ...(marks + few === "" ? [] : [note(`${marks}${few}`.trim(), palette)]),
    ...ownNote(model, palette),
    ...suppliedNote(
      rows.flatMap(({ lead, involved, median, daysOnMarket }) => [lead, involved, median, daysOnMarket]),
      palette,
    ),
  ];
  return words === "" && notes.length === 0 ? [] : [lead(words, palette, notes)];
}

function chart({ agents: { rows } }: ReportModel, palette: Palette): Content[] {
  const nameOf = cutApart(
    rows.map(({ name }) => name),
    (name) => shorten(name, 30),
  );
  const points = rows.flatMap(({ name, involved, median, isPreparedFor }) =>
    (involved.value ?? 0) > 0 && (median.value ?? 0) > 0
      ? [
          {
            name: nameOf(name),
            x: involved.value ?? 0,
            y: median.value ?? 0,
            highlighted: isPreparedFor,
            n: median.n,
          },
        ]
      : [],
  );
  if (points.length < FEWEST_DOTS) return [];
  return [
    {
      stack: [
        captioned(
          "Volume and price",
          yielding(SCATTER_HEIGHT, (height) => scatter(points, { width: CONTENT_WIDTH, height, palette })),
          scatterInWords(points),
          palette,
        ),
        ...(points.some(isFewPrices) ? [note(HOLLOW_WORDS, palette, 2)] : []),
      ],
      margin: [0, 0, 0, 12],
    },
  ];
}

function columns(model: ReportModel, palette: Palette): Column<AgentRow>[] {
  const { rows } = model.agents;
  const compared = rows.some(({ rankChange }) => rankChange !== null);
  const right = "right" as const;
  return [
    { title: "#", width: 24, cell: ({ rank }) => inlines(rank === null ? UNKNOWN : String(rank)) },
    ...(compared ? [movedColumn(rows, palette, (row) => row)] : []),
    {
      title: "Agent",
      names: true,
      cell: ({ id, name, isPreparedFor }) => {
        const card = cardId(model, id);
        return inlines(shorten(name, 80), {
          bold: true,
          ...(isPreparedFor ? { color: palette.accentText } : {}),
          ...(card === null ? {} : { linkToDestination: card }),
        });
      },
    },
    {
      title: "Agency",
      width: 92,
      cell: ({ agencyName }) =>
        inlines(agencyName === null ? UNKNOWN : shorten(agencyName, 80), { color: palette.muted }),
    },
    { title: "Lead", width: 28, alignment: right, cell: ({ lead }) => totalCell(lead, count, palette) },
    {
      title: "Involved",
      width: rows.some(({ ownSales }) => ownSales !== null) ? 48 : 40,
      alignment: right,
      cell: ({ involved, ownSales }) => [...totalCell(involved, count, palette), ...ownInlines(ownSales, palette)],
    },
    { title: "Share", width: 36, alignment: right, cell: ({ share: part }) => figureCell(part, share, palette) },
    ...marketColumns<AgentRow>([41, 56, 34], palette),
  ];
}
