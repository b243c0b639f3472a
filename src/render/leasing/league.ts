// The agency report at a glance, and the league of its agencies.

import type { Content } from "pdfmake/interfaces";
import { isShown } from "../../report/figures/figure.ts";
import type { LettingAgency } from "../../report/leasing/model.ts";
import { plural } from "../../report/wording.ts";
import { lead, note } from "../chapter.ts";
import { messages } from "../messages.ts";
import { fewNote, figureCell, figureCellWithN, totalCell } from "../parts/figure.ts";
import { movedColumn } from "../parts/league-columns.ts";
import { picture } from "../parts/picture.ts";
import { shareColumns } from "../parts/share.ts";
import { type Column, table } from "../parts/table.ts";
import { LEADERBOARD, others } from "../sections/others.ts";
import { leaders, sentenceOf, standing, tileRows, unknownAgency } from "../sections/verdict.ts";
import { count, dollars } from "../style/format.ts";
import { inlines, shorten, text } from "../style/text.ts";
import { type Palette, SIZE } from "../style/theme.ts";

import type { LeasingSection } from "./section.ts";

/** Six figures, what they mean, and who leads. */
export const glance: LeasingSection = (model, palette) => ({
  id: "verdict",
  title: "At a glance",
  content: [
    ...tileRows(model.tiles, palette),
    { stack: model.sentences.map((sentence) => sentenceOf(sentence, palette)), margin: [0, 4, 0, 0], tag: "L" },
    ...(model.preparedFor ? [standing(model.preparedFor, model.league.length, "listing", palette)] : []),
    ...(model.preparedForUnknown ? [unknownAgency(model.preparedForUnknown, palette)] : []),
    ...leaders(model.league, { what: "listing", own: model.preparedFor?.share ?? null }, palette),
  ],
});

const BAR_WIDTH = 34;
const LOGO = { width: 46, height: 18 } as const;

/** All agencies with a rental listing; those with most with their logos and addresses. */
export const league: LeasingSection = (model, palette) => {
  if (model.league.length === 0) return null;
  const joint = model.joint > 0 ? messages.jointListings(count(model.joint), model.joint === 1) : "";
  const shown = model.league.slice(0, LEADERBOARD);
  const named = plural(model.league.length, "agency", "agencies");
  const notes = [
    note(terms(shown), palette),
    ...(model.hasOddRents && has(shown, "medianRent") ? [note(messages.oddRents, palette)] : []),
    ...fewNote(
      shown.flatMap(({ share, medianRent, daysToLease }) => [share, medianRent, daysToLease]),
      palette,
    ),
  ];
  return {
    id: "agencies",
    title: "The agencies",
    flows: true,
    content: [
      lead(messages.leagueLead(named, plural(model.total, "rental listing"), joint), palette, notes),
      table({
        columns: leagueColumns(shown, palette),
        rows: shown,
        palette,
        highlighted: ({ isFeatured }) => isFeatured,
        dense: true,
      }),
      ...others(
        model.league.slice(LEADERBOARD).map((row) => ({ ...row, counted: row.listings })),
        ["agencies", "listings"],
        palette,
      ),
    ],
  };
};

/** What the columns are, of those that have something in them. */
function terms(rows: readonly LettingAgency[]): string {
  return [
    messages.leagueShareTerm(rows.some(({ shareChange }) => shareChange !== null) ? messages.tickTerm : ""),
    ...(has(rows, "medianRent") ? [messages.leagueRentTerm] : []),
    ...(has(rows, "daysToLease") ? [messages.leagueDaysTerm] : []),
    ...(someNow(rows) ? [messages.leagueNowTerm] : []),
  ].join(" ");
}

function has(rows: readonly LettingAgency[], key: "medianRent" | "daysToLease"): boolean {
  return rows.some((row) => isShown(row[key]));
}

/** Where no agency has anything on the market, the data may not include what is. */
function someNow(rows: readonly LettingAgency[]): boolean {
  return rows.some(({ current }) => current > 0);
}

/** An agency that had no listings a year earlier is new. */
const moved = ({ rankChange }: LettingAgency) => ({ rankChange, isNew: rankChange === null });

function leagueColumns(rows: readonly LettingAgency[], palette: Palette): Column<LettingAgency>[] {
  const most = Math.max(1, ...rows.map(({ share }) => share.value ?? 0));
  const compared = rows.some(({ shareChange, rankChange }) => shareChange !== null || rankChange !== null);
  const logos = rows.some(({ logo }) => logo !== null);
  const right = "right" as const;
  return [
    {
      title: "#",
      width: 22,
      cell: (row) => inlines(String(row.rank), row.isPreparedFor ? { bold: true, color: palette.accentText } : {}),
    },
    ...(compared ? [movedColumn(rows, palette, moved)] : []),
    ...(logos
      ? [{ title: "", joined: true as const, width: LOGO.width + 6, cell: (row: LettingAgency) => smallLogo(row) }]
      : []),
    {
      title: "Agency",
      names: true,
      cell: (row) => [
        ...inlines(shorten(row.name, 80), row.isPreparedFor ? { bold: true, color: palette.accentText } : {}),
        ...(row.address === null
          ? []
          : [{ text: "\n" }, ...inlines(shorten(row.address, 90), { fontSize: SIZE.label, color: palette.muted })]),
      ],
    },
    ...shareColumns<LettingAgency>(most, compared, { bar: BAR_WIDTH, gap: 6, share: 36, change: 36 }, palette),
    { title: "Listings", width: 36, alignment: right, cell: ({ listings }) => totalCell(listings, count, palette) },
    ...(has(rows, "medianRent")
      ? [
          {
            title: "Rent n",
            width: 52,
            alignment: right,
            cell: ({ medianRent }: LettingAgency) => figureCellWithN(medianRent, dollars, palette),
          },
        ]
      : []),
    ...(has(rows, "daysToLease")
      ? [
          {
            title: "Days",
            width: 26,
            alignment: right,
            cell: ({ daysToLease }: LettingAgency) => figureCell(daysToLease, count, palette),
          },
        ]
      : []),
    ...(someNow(rows)
      ? [
          {
            title: "Now",
            width: 26,
            alignment: right,
            cell: ({ current }: LettingAgency) => inlines(count(current)),
          },
        ]
      : []),
  ];
}

function smallLogo({ logo }: LettingAgency): Content {
  const image = logo === null ? null : picture(logo);
  return image === null ? text("") : { image: image.dataUri, fit: [LOGO.width, LOGO.height], margin: [0, 1, 0, 1] };
}
