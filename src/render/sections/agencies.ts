import type { Content } from "pdfmake/interfaces";
import type { AgencyRow, Figure, ReportModel } from "../../report/model.ts";
import { plural } from "../../report/wording.ts";
import { lead, note, type Section } from "../chapter.ts";
import { messages } from "../messages.ts";
import { fewWords, figureCell, medianWithN, ownInlines, ownNote, suppliedNote, totalCell } from "../parts/figure.ts";
import { marketColumns, movedColumn } from "../parts/league-columns.ts";
import { shareColumns } from "../parts/share.ts";
import { type Column, table } from "../parts/table.ts";
import { change, count, figure, UNKNOWN } from "../style/format.ts";
import { inlines, shorten } from "../style/text.ts";
import type { Palette } from "../style/theme.ts";
import { LEADERBOARD, others } from "./others.ts";
import { isIdle } from "./people.ts";

const BAR_WIDTH = 36;

/** The league of the agencies, with how their shares have changed. */
export const agencies: Section = (model, palette) => {
  const rows = model.agencies.rows.filter((row) => !isIdle(row.sales, row));
  if (rows.length === 0) return null;
  const leaders = rows.slice(0, LEADERBOARD);
  return {
    id: "agencies",
    title: "The agencies",
    flows: true,
    content: [
      lead(introduction(model), palette, [
        ...explained(leaders, palette),
        ...ownNote(model, palette),
        ...suppliedNote(
          leaders.map(({ momentum }) => momentum),
          palette,
        ),
      ]),
      table({
        columns: columns(leaders, palette),
        rows: leaders,
        palette,
        highlighted: ({ isPreparedFor, isFeatured }) => isPreparedFor || isFeatured,
        dense: true,
      }),
      ...others(
        rows.slice(LEADERBOARD).map((row) => ({ ...row, counted: row.sales })),
        ["agencies", "sales"],
        palette,
      ),
    ],
  };
};

/** What the columns are, of those that have something in them. */
function explained(rows: readonly AgencyRow[], palette: Palette): Content[] {
  const has = (of: (row: AgencyRow) => Figure) => rows.some((row) => of(row).value !== null);
  const compared = rows.some(({ shareChange }) => shareChange !== null);
  const words = [
    has(({ share }) => share) ? messages.agencyShareTerms(compared ? messages.tickTerm : "") : "",
    has(({ value }) => value) ? messages.valueTerm : "",
    has(({ daysOnMarket }) => daysOnMarket) ? messages.daysTerm : "",
    has(({ momentum }) => momentum) ? messages.momentumTerm : "",
  ].filter((each) => each !== "");
  const estimates = rows.flatMap(({ share, median, daysOnMarket, momentum }) => [
    ...[share, median, daysOnMarket, momentum],
  ]);
  const medians = medianWithN(
    rows.map(({ median }) => median),
    rows.map(({ daysOnMarket }) => daysOnMarket),
  );
  const below = `${medians}${fewWords(estimates)}`.trim();
  return [
    ...(words.length === 0 ? [] : [note(words.join(" "), palette)]),
    ...(below === "" ? [] : [note(below, palette, 3)]),
  ];
}

function introduction({
  agencies: { totalSales, jointSales, unattributed, concentration, rows },
}: ReportModel): string {
  const joint = jointSales > 0 ? messages.jointSales(count(jointSales), jointSales === 1) : "";
  const concentrationText =
    concentration.value === null ? "" : ` Concentration (HHI) ${figure(concentration, "count")} of 10,000.`;
  const unknown = unattributed === 0 ? "" : messages.unknownAgencies(plural(unattributed, "sale"));
  const named = plural(rows.length, "agency", "agencies");
  if (totalSales === 0) return messages.agenciesWithoutSales(named);
  const without = rows.filter(({ rank }) => rank === null).length;
  // Of sales without agencies it is not known that none has one.
  const ranked =
    without === 0 || unattributed === totalSales
      ? ""
      : ` (${without === rows.length ? "none" : count(rows.length - without)} with a sale)`;
  const idle = rows.filter((row) => isIdle(row.sales, row)).length;
  const isListingKnown = rows.some(({ listings }) => listings !== null);
  const left =
    idle === 0
      ? ""
      : ` ${messages.idle(plural(idle, "agency", "agencies"), idle === 1 ? "is" : "are", isListingKnown)}`;
  return messages.agenciesLead(named + ranked, plural(totalSales, "sale"), joint + unknown + concentrationText + left);
}

function columns(rows: readonly AgencyRow[], palette: Palette): Column<AgencyRow>[] {
  const most = Math.max(1, ...rows.map(({ share }) => share.value ?? 0));
  const compared = rows.some(({ rankChange, shareChange }) => rankChange !== null || shareChange !== null);
  const own = (row: AgencyRow) => (row.isPreparedFor ? { bold: true, color: palette.accentText } : {});
  const right = "right" as const;
  const parted = rows.some(({ ownSales }) => ownSales !== null);
  return [
    { title: "#", width: 22, cell: (row) => inlines(row.rank === null ? UNKNOWN : String(row.rank), own(row)) },
    ...(compared ? [movedColumn(rows, palette, (row) => row)] : []),
    { title: "Agency", names: true, cell: (row) => inlines(shorten(row.name, 80), own(row)) },
    ...shareColumns<AgencyRow>(most, compared, { bar: BAR_WIDTH, gap: 8, share: 39, change: 38 }, palette),
    {
      title: "Sales",
      width: parted ? 46 : 30,
      alignment: right,
      cell: ({ sales, ownSales }) => [...totalCell(sales, count, palette), ...ownInlines(ownSales, palette)],
    },
    ...marketColumns<AgencyRow>([43, 55, 33], palette),
    ...(rows.some(({ momentum: { value } }) => value !== null)
      ? [
          {
            title: "Mom.",
            width: 37,
            alignment: right,
            cell: ({ momentum }: AgencyRow) => figureCell(momentum, change, palette),
          },
        ]
      : []),
  ];
}
