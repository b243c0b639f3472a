import type { Content } from "pdfmake/interfaces";
import type { Figure, ReportModel, Standing, Tile } from "../../report/model.ts";
import { plural, tenths } from "../../report/wording.ts";
import { type Chapter, caption } from "../chapter.ts";
import { bar } from "../charts/bars.ts";
import { messages } from "../messages.ts";
import { AGENCY, fewNote, levelWithLast, ranksMovedInWords, suppliedNote, tiedWithLast } from "../parts/figure.ts";
import { spokenHeads } from "../parts/table.ts";
import { change, figure, rank } from "../style/format.ts";
import { cutApart, fit, inlines, measure, paragraph, shorten, text } from "../style/text.ts";
import { CONTENT_WIDTH, type Palette, SIZE } from "../style/theme.ts";

const GAP = 18;
const TILE_WIDTH = (CONTENT_WIDTH - 2 * GAP) / 3;
/** The number of agencies that the page has room for, with a sentence about the requesting agency and without. */
const LEADERS = { beside: 6, alone: 10 } as const;

/** Page 2: the suburb in six figures and four sentences, who leads, and where the requesting agency stands. */
export function verdict(model: ReportModel, palette: Palette): Chapter {
  const { tiles, sentences } = model.verdict;
  return {
    id: "verdict",
    title: "The verdict",
    content: [
      ...tileRows(tiles, palette),
      { stack: sentences.map((sentence) => sentenceOf(sentence, palette)), margin: [0, 4, 0, 0], tag: "L" },
      ...(model.preparedFor
        ? [standing(model.preparedFor, rankedOf(model), "sale", palette, unknownSales(model))]
        : []),
      ...(model.preparedForUnknown ? [unknownAgency(model.preparedForUnknown, palette)] : []),
      ...leaders(model.agencies.rows, { what: "sale", own: model.preparedFor?.share ?? null }, palette),
      ...suppliedNote(
        tiles.map(({ figure: of }) => of),
        palette,
      ),
    ],
  };
}

/** Why the sales of no agency are known. */
export function unknownSales({ agencies: { totalSales } }: ReportModel): string {
  return totalSales > 0 ? messages.noneWithAgency : messages.noneInData("sale");
}

/** A rank is one among those that have one. */
export function rankedOf({ agencies: { rows } }: ReportModel): number {
  return rows.filter(({ rank }) => rank !== null).length;
}

/** Six figures at most, in two rows. */
export function tileRows(tiles: readonly Tile[], palette: Palette): Content[] {
  return [tiles.slice(0, 3), tiles.slice(3)].flatMap((row) => (row.length === 0 ? [] : [tileRow(row, palette)]));
}

/** Three figures side by side. */
export function tileRow(tiles: readonly Tile[], palette: Palette): Content {
  return {
    columns: tiles.map(({ label, figure: value, unit, note }) => ({
      width: TILE_WIDTH,
      stack: [
        { canvas: [{ type: "line", x1: 0, y1: 0, x2: TILE_WIDTH, y2: 0, lineWidth: 0.8, lineColor: palette.ink }] },
        caption(label, palette, [0, 7, 0, 5], "Lbl"),
        {
          stack: [
            text(figure({ ...value, n: null }, unit), { font: "Serif", fontSize: SIZE.figure, lineHeight: 1 }),
            text(note, { fontSize: SIZE.small, color: palette.muted, margin: [0, 2, 0, 0] }),
          ],
          tag: "LBody",
        },
      ],
      tag: "LI",
    })),
    columnGap: GAP,
    tag: "L",
    margin: [0, 0, 0, 20],
  };
}

/** A sentence with the mark before it. */
export function sentenceOf(sentence: string, palette: Palette): Content {
  return {
    columns: [
      {
        width: 14,
        canvas: [{ type: "line", x1: 0, y1: 0, x2: 7, y2: 0, lineWidth: 1.4, lineColor: palette.accent }],
        margin: [0, 8, 0, 0],
      },
      {
        width: CONTENT_WIDTH - 14,
        stack: [text(shorten(sentence, 600), { fontSize: SIZE.lead, lineHeight: 1.25 })],
        tag: "LBody",
      },
    ],
    tag: "LI",
    margin: [0, 0, 0, 8],
  };
}

/** What rounds to nothing has changed all the same. */
function shareMoved(points: number): string {
  if (points === 0) return messages.unchangedOnYear;
  return tenths(points) === 0 ? messages.almostUnchangedOnYear : messages.pointsOnYear(change(points));
}

/** Rank, share, change and gap of the requesting agency, on its own colour; `unknown` states why its share is. */
export function standing(
  own: Standing,
  agencies: number,
  what: "sale" | "listing",
  palette: Palette,
  unknown: string = messages.noneInData(what),
): Content {
  const moved = own.rankChange === null ? "" : `, ${ranksMovedInWords(own.rankChange)}`;
  const among = agencies === 1 ? messages.onlyAgency(what) : `of ${plural(agencies, "agency", "agencies")}`;
  const isUnknown = own.share.value === null;
  const ranked =
    own.rank !== null ? `${among}${moved}` : isUnknown ? messages.noneToRank(unknown) : messages.notRanked(what);
  const gap =
    own.gap === null
      ? own.rank === null
        ? "–"
        : messages.noneAhead
      : messages.moreToPass(own.gap.sales, own.gap.sales === 1 ? what : `${what}s`, rank(own.gap.rank));
  const cells: readonly (readonly [string, string, string])[] = [
    ["Rank", own.rank === null ? "–" : rank(own.rank), ranked],
    [
      `Share of the ${what}s`,
      figure(own.share, "share"),
      isUnknown ? unknown : own.shareChange === null ? messages.changeUnknown : shareMoved(own.shareChange),
    ],
    [messages.gapToNextRank, own.gap === null ? "–" : `${own.gap.sales}`, gap],
  ];
  const width = (CONTENT_WIDTH - 3 - 3 * 14) / 3;
  return {
    table: {
      widths: [CONTENT_WIDTH - 3 - 28],
      body: [
        [
          {
            stack: [
              text(fit(own.name, CONTENT_WIDTH * 1.5, "Sans", SIZE.lead, true), {
                bold: true,
                fontSize: SIZE.lead,
                color: palette.accentText,
                margin: [0, 0, 0, 8],
                tag: "H3",
              }),
              {
                columns: cells.map(([head, value, detail]) => ({
                  width: width - 8,
                  stack: [
                    caption(head, palette, [0, 0, 0, 4], "Lbl"),
                    {
                      stack: [
                        text(value, { font: "Serif", fontSize: SIZE.figure, lineHeight: 1 }),
                        text(detail, { fontSize: SIZE.small, color: palette.muted, margin: [0, 2, 0, 0] }),
                      ],
                      tag: "LBody",
                    },
                  ],
                  tag: "LI",
                })),
                columnGap: 14,
                tag: "L",
              },
            ],
          },
        ],
      ],
    },
    layout: {
      hLineWidth: () => 0,
      vLineWidth: (index) => (index === 0 ? 3 : 0),
      vLineColor: () => palette.accent,
      paddingLeft: () => 14,
      paddingRight: () => 14,
      paddingTop: () => 12,
      paddingBottom: () => 12,
      fillColor: () => palette.accentTint,
    },
    margin: [0, 12, 0, 0],
  };
}

export function unknownAgency(name: string, palette: Palette): Content {
  const words = messages.unknownAgency(shorten(name, 80));
  return text(words, { fontSize: SIZE.body, color: palette.muted, margin: [0, 10, 0, 0] });
}

/** An agency's share, for the bars of a leader board. */
export interface AgencyShare {
  readonly rank: number | null;
  readonly name: string;
  readonly share: Figure;
  readonly isPreparedFor: boolean;
}

/** Points for a name, on one line, and its bar; a long name shortens all bars. */
const NAMES = { least: 150, most: 280 } as const;
const NAME_AND_BAR = 430;

/**
 * The first agencies by share, the requesting one in its colour, and what marks these shares and the page's `own` one
 * have. The note of a tile states how few its sales are.
 */
export function leaders(
  shares: readonly AgencyShare[],
  { what, own: ownShare }: { readonly what: "sale" | "listing"; readonly own: Figure | null },
  palette: Palette,
): Content[] {
  const most = shares.some(({ isPreparedFor }) => isPreparedFor) ? LEADERS.beside : LEADERS.alone;
  const ranked = shares.filter(({ share }) => (share.value ?? 0) > 0);
  const rows = ranked.slice(0, most);
  const [first, second] = rows;
  const printed = ownShare !== null && (ownShare.value ?? 0) > 0 ? [ownShare] : [];
  // A single bar shows nothing that the sentence on it does not.
  if (first === undefined || second === undefined) return fewNote(printed, palette);
  const largest = first.share.value ?? 1;
  const own = rows.find(({ isPreparedFor }) => isPreparedFor)?.name;
  const nameOf = cutApart(
    rows.map(({ name }) => name),
    (name) => fit(name, NAMES.most - 4, "Sans", SIZE.table, name === own),
  );
  const widest = Math.max(...rows.map(({ name }) => measure(nameOf(name), "Sans", SIZE.table, name === own)));
  const nameWidth = Math.max(NAMES.least, Math.ceil(widest) + 4);
  const barWidth = NAME_AND_BAR - nameWidth;
  const level = levelWithLast(tiedWithLast(ranked, rows.length), AGENCY);
  return [
    {
      stack: [
        caption(`Share of the ${what}s${level === "" ? "" : `; ${level}`}`, palette, [0, 22, 0, 6], "Caption"),
        spokenHeads("Agency", "Share"),
        ...rows.map(
          (row): Content => ({
            columns: [
              {
                width: nameWidth,
                stack: [
                  text(nameOf(row.name), {
                    fontSize: SIZE.table,
                    ...(row.isPreparedFor ? { bold: true, color: palette.accentText } : {}),
                  }),
                ],
                tag: "RowHead",
              },
              {
                width: barWidth,
                stack: [
                  bar((row.share.value ?? 0) / largest, {
                    width: barWidth,
                    height: 7,
                    color: row.isPreparedFor ? palette.accent : palette.bar,
                    palette,
                    margin: [0, 2, 0, 0],
                  }),
                ],
                tag: "Joined",
              },
              {
                width: CONTENT_WIDTH - 430 - 10,
                stack: [paragraph([inlines(figure(row.share, "share"))], { fontSize: SIZE.table, alignment: "right" })],
              },
            ],
            columnGap: 5,
            margin: [0, 0, 0, 5],
            tag: "TR",
          }),
        ),
      ],
      unbreakable: true,
      tag: "Table",
    },
    ...fewNote([...printed, ...rows.map(({ share }) => share)], palette),
  ];
}
