import type { Figure } from "../../report/model.ts";
import { bar } from "../charts/bars.ts";
import { change, share as shareText, UNKNOWN } from "../style/format.ts";
import { inlines } from "../style/text.ts";
import type { Palette } from "../style/theme.ts";
import { figureCell } from "./figure.ts";
import type { Column } from "./table.ts";

/** What a league states about an agency's share of the market. */
interface LeagueShare {
  readonly share: Figure;
  /** Over the year. */
  readonly shareChange: number | null;
  readonly isPreparedFor: boolean;
}

/** Points. */
interface ShareWidths {
  readonly bar: number;
  /** Behind the bar. */
  readonly gap: number;
  readonly share: number;
  readonly change: number;
}

/**
 * The columns of a share: its bar, as long as that of `most` at the most, the figure, and where years are `compared`
 * its change.
 */
export function shareColumns<Row extends LeagueShare>(
  most: number,
  compared: boolean,
  widths: ShareWidths,
  palette: Palette,
): Column<Row>[] {
  const alignment = "right" as const;
  return [
    {
      title: "Share",
      width: widths.bar + widths.gap,
      joined: true,
      cell: ({ share, shareChange, isPreparedFor }) =>
        bar((share.value ?? 0) / most, {
          width: widths.bar,
          color: isPreparedFor ? palette.accent : palette.bar,
          palette,
          before: share.value === null || shareChange === null ? null : (share.value - shareChange) / most,
        }),
    },
    { title: "", width: widths.share, alignment, cell: ({ share }) => figureCell(share, shareText, palette) },
    ...(compared
      ? [
          {
            title: "Change",
            width: widths.change,
            alignment,
            cell: ({ shareChange }: Row) => inlines(shareChange === null ? UNKNOWN : change(shareChange)),
          },
        ]
      : []),
  ];
}
