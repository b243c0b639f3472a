// The first agencies, a card each.

import type { Content, Column as PageColumn } from "pdfmake/interfaces";
import type { LettingAgency } from "../../report/leasing/model.ts";
import { BEDROOMS } from "../../report/leasing/model.ts";
import { CATEGORY_WORDS, plural } from "../../report/wording.ts";
import { cardFigure, lead } from "../chapter.ts";
import { messages } from "../messages.ts";
import { AGENCY, fewWords, levelWithLast, tiedWithLast } from "../parts/figure.ts";
import { picture } from "../parts/picture.ts";
import { count, figure, marksOf, rank, UNKNOWN } from "../style/format.ts";
import { cutApart, described, fit, inlines, paragraph, text } from "../style/text.ts";
import { CONTENT_WIDTH, type Palette, palette as paletteOf, SIZE } from "../style/theme.ts";

import type { LeasingSection } from "./section.ts";

const CARD_GAP = 26;
const CARD = (CONTENT_WIDTH - CARD_GAP) / 2;
const CARDS = 8;

/** A card for each of the first agencies, two in a row. */
export const cards: LeasingSection = ({ league: rows }, palette) => {
  const first = rows.slice(0, CARDS);
  if (first.length === 0) return null;
  const known: Known = {
    contacts: first.some((row) => contactOf(row) !== ""),
    rents: first.some(({ medianRent: { value, n } }) => value !== null || (n ?? 0) > 0),
    days: first.some(({ daysToLease: { value, n } }) => value !== null || (n ?? 0) > 0),
  };
  const beside = first.some(({ logo }) => logo !== null) ? CARD_LOGO.width : SWATCH;
  const nameOf = cutApart(
    first.map(({ name }) => name),
    (name) => fit(name, (CARD - beside - 12) * 1.85, "Serif", NAME_SIZE),
  );
  const lines: Content[] = [];
  for (let index = 0; index < first.length; index += 2) {
    const columns = first.slice(index, index + 2).map((row) => ({
      width: CARD,
      stack: card(row, nameOf(row.name), known, palette),
      tag: "Sect" as const,
    }));
    lines.push({ stack: [{ columns, columnGap: CARD_GAP }], unbreakable: true, margin: [0, 0, 0, 16] });
  }
  const estimates = first.flatMap(({ share, medianRent, daysToLease, mix }) => [
    ...[share, medianRent, daysToLease],
    ...mix.slice(0, TYPES).map((each) => each.medianRent),
  ]);
  return {
    id: "cards",
    title: "The top agencies",
    flows: true,
    content: [
      lead(
        messages.cardsLead(
          first.length,
          rows.length,
          levelWithLast(tiedWithLast(rows, first.length), AGENCY),
          fewWords(estimates),
        ),
        palette,
      ),
      ...lines,
    ],
  };
};

/** Of an agency's listings those that its card names. */
const TYPES = 3;

function daysOf({ daysToLease }: LettingAgency): string {
  return daysToLease.value === null ? UNKNOWN : `${count(daysToLease.value)}${marksOf(daysToLease)}`;
}

/** Of which figures something is known of a card. */
interface Known {
  readonly contacts: boolean;
  readonly rents: boolean;
  readonly days: boolean;
}

const CARD_LOGO = { width: 92, height: 30 } as const;
/** The width of the agency's colour where there is no logo. */
const SWATCH = 16;
/** Of an agency's name, which may take two lines. */
const NAME_SIZE = 13.5;

function contactOf({ address, phone }: LettingAgency): string {
  return [address, phone].filter((part) => part !== null).join(" · ");
}

function card(row: LettingAgency, shown: string, { contacts, rents, days }: Known, palette: Palette): Content[] {
  const color = row.isPreparedFor ? palette.accentText : palette.ink;
  const own = row.colour === null ? palette.accent : paletteOf(row.colour).accent;
  const image = row.logo === null ? null : picture(row.logo);
  const most = Math.max(1, ...row.bedrooms);
  const wide = image === null ? SWATCH : CARD_LOGO.width;
  const inner = CARD - wide - 12;
  const cell = (head: string, value: string, beside: string): PageColumn =>
    cardFigure({ head, value, beside, width: (CARD - 3 * 6) / 4, palette });
  return [
    {
      canvas: [{ type: "line", x1: 0, y1: 0, x2: CARD, y2: 0, lineWidth: 0.8, lineColor: color }],
      margin: [0, 0, 0, 8],
    },
    {
      columns: [
        {
          width: inner,
          stack: [
            text(shown, {
              font: "Serif",
              fontSize: NAME_SIZE,
              lineHeight: 1,
              color,
              tag: "H3",
            }),
          ],
        },
        {
          width: wide,
          stack: [
            image === null
              ? { canvas: [{ type: "rect", x: 0, y: 2, w: SWATCH, h: SWATCH, r: 2, color: own }] }
              : {
                  image: image.dataUri,
                  fit: [CARD_LOGO.width, CARD_LOGO.height],
                  alignment: "right",
                  tag: described("Logo", row.name),
                },
          ],
        },
      ],
      columnGap: 12,
    },
    ...(contacts
      ? [
          text(fit(contactOf(row) || " ", CARD, "Sans", SIZE.small), {
            fontSize: SIZE.small,
            color: palette.muted,
            margin: [0, 3, 0, 0],
          }),
        ]
      : []),
    {
      columns: [
        cell("Rank", rank(row.rank), `${figure(row.share, "share")} of listings`),
        cell("Listings", figure(row.listings, "count"), row.current > 0 ? `${count(row.current)} now` : "12 months"),
        ...(rents
          ? [cell("Rent", figure(row.medianRent, "rent"), row.medianRent.value === null ? "" : "a week, median")]
          : []),
        ...(days ? [cell("Days", daysOf(row), row.daysToLease.value === null ? "" : "to lease")] : []),
      ],
      columnGap: 6,
      margin: [0, 9, 0, 6],
      tag: "L",
    },
    {
      columns: BEDROOMS.map((group, index) => {
        const listings = row.bedrooms[index] ?? 0;
        const width = (CARD - 5 * 5) / 6;
        const tall = (listings / most) * 26;
        return {
          width,
          stack: [
            {
              canvas: [
                { type: "line" as const, x1: 0, y1: 28, x2: width, y2: 28, lineWidth: 0.4, lineColor: palette.muted },
                ...(tall > 0
                  ? [
                      {
                        type: "rect" as const,
                        x: width * 0.2,
                        y: 28 - tall,
                        w: width * 0.6,
                        h: tall,
                        color: row.isPreparedFor ? palette.accent : palette.bar,
                      },
                    ]
                  : []),
              ],
            },
            text(group === "Studio" ? "Studio" : `${group} bed`, {
              fontSize: SIZE.label,
              color: palette.muted,
              alignment: "center" as const,
              margin: [0, 2, 0, 0] as [number, number, number, number],
              tag: "Lbl",
            }),
            text(count(listings), { fontSize: SIZE.label, alignment: "center" as const, tag: "LBody" }),
          ],
          tag: "LI" as const,
        };
      }),
      columnGap: 5,
      tag: "L",
    },
    paragraph(
      [
        inlines(
          row.mix
            .slice(0, TYPES)
            .map(
              ({ category, listings, medianRent }) =>
                `${plural(listings, CATEGORY_WORDS[category].one, CATEGORY_WORDS[category].many)}${medianRent.value === null ? "" : ` at ${figure(medianRent, "rent")}`}`,
            )
            .join(" · "),
        ),
      ],
      { fontSize: SIZE.small, color: palette.muted, margin: [0, 5, 0, 0] },
    ),
  ];
}
