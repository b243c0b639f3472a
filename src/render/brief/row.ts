// What the rows of both brief editions have in common: columns at their positions, a rank, numbers, a bar beside one's own.

import type { Content } from "pdfmake/interfaces";
import { text } from "../style/text.ts";
import { label, type Palette, SIZE } from "../style/theme.ts";
import { at, LANDSCAPE, rule } from "./page.ts";

/** Where the columns of a row begin, from the left edge of the content, and how wide they are. */
export type BriefColumns<Name extends string> = Readonly<Record<Name, readonly [x: number, width: number]>>;

/** Where the first row begins, and how high each is. */
export const ROWS = { top: 118, height: 78 } as const;
/** As many has a page. */
export const MOST_ROWS = 5;
const NUMBERS = ["no", "one", "two", "three", "four", "five"];

/** What is set into rows with these columns. */
export function rowsOf<Name extends string>(columns: BriefColumns<Name | "rank">) {
  const cell = (column: Name | "rank", y: number, content: Content): Content => {
    const [x, width] = columns[column];
    return at(LANDSCAPE.left + x, y, width, content);
  };
  return {
    cell,
    /** The heads; words are at the left, numbers at the right. Seen, the rank needs no head. */
    heads(
      words: readonly (readonly [Name, string])[],
      numbers: readonly (readonly [Name, string])[],
      palette: Palette,
    ): Content {
      const head = (alignment: "left" | "right", [column, title]: readonly [Name, string]): Content => ({
        stack: [cell(column, ROWS.top - 20, text(title.toUpperCase(), { ...label(palette.muted), alignment }))],
        tag: "TH",
      });
      const heads: Content[] = [
        { stack: [], tag: { alt: "Rank" } },
        ...words.map((each) => head("left", each)),
        ...numbers.map((each) => head("right", each)),
      ];
      return { stack: [{ stack: heads, tag: "TR" }, rule(ROWS.top - 6, palette.ink, 0.8)] };
    },
    rank: (rank: number, middle: number, palette: Palette): Content =>
      cell("rank", middle - 12, text(String(rank), { ...large(20), color: palette.accentText })),
    /** A number, with what it rests on below. */
    number: (
      column: Name,
      middle: number,
      palette: Palette,
      {
        words,
        below = "",
        muted = false,
      }: { readonly words: string; readonly below?: string; readonly muted?: boolean },
    ): Content =>
      cell(column, middle - 12, {
        stack: [
          text(words, { ...large(17), alignment: "right", color: muted ? palette.muted : palette.ink }),
          text(below === "" ? " " : below, { fontSize: SIZE.label, alignment: "right", color: palette.muted }),
        ],
      }),
    /** The row itself: `isOwn` for the agency that the report is for, and for an agent or agency that is featured. */
    row: (cells: Content[], top: number, height: number, isOwn: boolean, palette: Palette): Content => ({
      stack: [
        ...(isOwn ? [bar(top, height, palette)] : []),
        ...(top > ROWS.top ? [rule(top, palette.hairline)] : []),
        { stack: cells, tag: "TR" },
      ],
    }),
  };
}

/** "The five agents with most sales" */
export function titleOf(number: number, [one, many]: readonly [one: string, many: string], what: string): string {
  return number === 1 ? `The ${one} ${what}` : `The ${NUMBERS[number]} ${many} ${what}`;
}

function large(fontSize: number) {
  return { font: "Serif", fontSize, lineHeight: 1 } as const;
}

function bar(top: number, height: number, palette: Palette): Content {
  return {
    canvas: [{ type: "rect", x: 0, y: 0, w: 3, h: height - 16, color: palette.accent }],
    absolutePosition: { x: LANDSCAPE.left - 12, y: top + 8 },
  };
}
