import type { Content } from "pdfmake/interfaces";
import type { Figure } from "../../report/model.ts";
import { capitalised } from "../../report/wording.ts";
import { caption } from "../chapter.ts";
import { messages } from "../messages.ts";
import { totalCell } from "../parts/figure.ts";
import { spokenHeads } from "../parts/table.ts";
import { count, UNKNOWN } from "../style/format.ts";
import { fit, paragraph, text } from "../style/text.ts";
import { CONTENT_WIDTH, type Palette, SIZE } from "../style/theme.ts";

/** Rows of a leaderboard; those after are named below it. */
export const LEADERBOARD = 32;

const COLUMNS = 3;

/** An agent or agency that is in the ranking but not in the table. */
interface Other {
  readonly rank: number | null;
  readonly name: string;
  readonly counted: Figure;
  readonly isPreparedFor: boolean;
}

/** All of them in columns: rank, name, and how many sales or listings, where that is known of any. */
export function others(
  rows: readonly Other[],
  [what, of]: readonly ["agents" | "agencies", "sales" | "listings"],
  palette: Palette,
): Content[] {
  if (rows.length === 0) return [];
  const width = (CONTENT_WIDTH - (COLUMNS - 1) * 16) / COLUMNS;
  const ranked = rows.some(({ rank }) => rank !== null);
  const rankWidth = ranked ? 20 : 0;
  const counts = rows.some(({ counted: { value } }) => value !== null);
  const countWidth = counts ? 26 : 0;
  const isTable = ranked || counts;
  const entry = ({ rank, name, counted, isPreparedFor }: Other): Content => {
    const own = isPreparedFor ? { bold: true, color: palette.accentText } : {};
    const style = { fontSize: SIZE.small, lineHeight: 1.1 };
    return {
      columns: [
        ...(ranked
          ? [
              {
                width: rankWidth,
                stack: [text(rank === null ? UNKNOWN : String(rank), { ...style, color: palette.muted })],
              },
            ]
          : []),
        {
          width: width - rankWidth - countWidth,
          stack: [text(fit(name, (width - 50) * 2.6, "Sans", SIZE.small), { ...style, ...own })],
          tag: isTable ? "RowHead" : "LBody",
        },
        ...(counts
          ? [
              {
                width: countWidth,
                stack: [paragraph([totalCell(counted, count, palette)], { ...style, alignment: "right" })],
              },
            ]
          : []),
      ],
      // Or it is inherited from the columns around.
      columnGap: 0,
      tag: isTable ? "TR" : "LI",
    };
  };
  const lines: Content[] = [];
  for (let index = 0; index < rows.length; index += COLUMNS)
    lines.push({
      stack: [
        {
          columns: rows.slice(index, index + COLUMNS).map((row) => ({ width, stack: [entry(row)] })),
          columnGap: 16,
        },
      ],
      unbreakable: true,
      margin: [0, 0, 0, 3],
    });
  const words = counts ? messages.otherRanked(what, of, ranked) : messages.otherNames(what);
  const head = caption(words, palette, [0, 10, 0, 5], "Caption");
  // No single line of it is alone at the end or the beginning of a page.
  const heads = isTable
    ? [
        spokenHeads(
          ...(ranked ? ["Rank"] : []),
          what === "agents" ? "Agent" : "Agency",
          ...(counts ? [capitalised(of)] : []),
        ),
      ]
    : [];
  const [begin, end] = lines.length < 4 ? [lines, []] : [lines.slice(0, 2), lines.slice(-2)];
  const between = lines.slice(begin.length, lines.length - end.length);
  const whole = (part: readonly Content[]): Content => ({ stack: [...part], unbreakable: true });
  return [
    {
      stack: [whole([head, ...heads, ...begin]), ...between, ...(end.length > 0 ? [whole(end)] : [])],
      tag: isTable ? "Table" : "L",
    },
  ];
}
