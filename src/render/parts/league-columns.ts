// Columns that several leagues have: that of the agencies, of the agents, and of the agencies that let.

import type { LeagueRow } from "../../report/model.ts";
import { messages } from "../messages.ts";
import { count, money, UNKNOWN } from "../style/format.ts";
import { inlines } from "../style/text.ts";
import type { Palette } from "../style/theme.ts";
import { figureCell, figureCellWithN, type RankMove, ranksMoved, totalCell } from "./figure.ts";
import type { Column } from "./table.ts";

/** Places gained or lost. "new" and "+128" are in one piece, and names have the rest of the width. */
export function movedColumn<Row>(rows: readonly Row[], palette: Palette, movedOf: (row: Row) => RankMove): Column<Row> {
  const isWide = rows.map((row) => ranksMoved(movedOf(row))).some((each) => each === "new" || each.length > 3);
  return {
    title: "",
    spoken: messages.rankMoves,
    width: isWide ? 25 : 20,
    cell: (row) => inlines(ranksMoved(movedOf(row)), { color: palette.muted }),
  };
}

/** Value, median with its n, days on market, current listings, with the widths of the first, second and last in points. */
export function marketColumns<Row extends LeagueRow>(
  [value, median, listed]: readonly [value: number, median: number, listed: number],
  palette: Palette,
): Column<Row>[] {
  const alignment = "right" as const;
  return [
    { title: "Value", width: value, alignment, cell: (row) => totalCell(row.value, money, palette) },
    { title: "Median n", width: median, alignment, cell: (row) => figureCellWithN(row.median, money, palette) },
    { title: "Days", width: 28, alignment, cell: ({ daysOnMarket }) => figureCell(daysOnMarket, count, palette) },
    {
      title: "Listed",
      width: listed,
      alignment,
      cell: ({ listings }) => inlines(listings === null ? UNKNOWN : count(listings)),
    },
  ];
}
