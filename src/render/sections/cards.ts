import type { Column, Content } from "pdfmake/interfaces";
import { isShown } from "../../report/figures/figure.ts";
import type { AgentCard, Figure, ReportModel, SaleRow } from "../../report/model.ts";
import { plural } from "../../report/wording.ts";
import { cardFigure, lead, type Section } from "../chapter.ts";
import { sparkline } from "../charts/bars.ts";
import { messages } from "../messages.ts";
import { AGENT, fewWords, levelWithLast, ranksMoved, suppliedNote, tiedWithLast } from "../parts/figure.ts";
import { picture } from "../parts/picture.ts";
import { initials } from "../parts/portrait.ts";
import { practiceFacts } from "../parts/practice.ts";
import { spokenHeads } from "../parts/table.ts";
import { count, day, figure, marksOf, money, month, rank, UNKNOWN } from "../style/format.ts";
import { cutApart, described, fit, inlines, paragraph, shorten, text } from "../style/text.ts";
import { CONTENT_WIDTH, type Palette, SIZE } from "../style/theme.ts";

const GAP = 26;
const WIDTH = (CONTENT_WIDTH - GAP) / 2;
const MONOGRAM = 32;
/** The height of a line of its letters. */
const MONOGRAM_LINE = 15.6;

/** Where a click on an agent's name leads; null where the report has no card of the agent, or none at all. */
export function cardId({ cards, sections }: ReportModel, agentId: string): string | null {
  const index = cards.findIndex(({ id }) => id === agentId);
  return index < 0 || sections?.includes("cards") === false ? null : `card-${index + 1}`;
}

/** The agency's, at the foot of a card: beside the name it would break the name. */
const LOGO = { width: 52, height: 14 } as const;

/** A card for each of the top agents, two in a row. */
export const cards: Section = (model, palette) => {
  if (model.cards.length === 0) return null;
  const rows: Content[] = [];
  const heads = headsOf(model.cards);
  const nameOf = cutApart(
    model.cards.map(({ name }) => name),
    (name) => fit(name, NAME.width, "Serif", NAME.size),
  );
  const isOfSuburb = model.suburbs.length === 0;
  const of = isOfSuburb ? "suburb" : "all";
  const isBeside = model.cards.some(({ suburb }) => isShown(suburb.median) || isShown(suburb.daysOnMarket));
  for (let index = 0; index < model.cards.length; index += 2) {
    const pair = model.cards.slice(index, index + 2);
    const columns = pair.map((card) => ({
      width: WIDTH,
      stack: cardOf(card, { id: cardId(model, card.id) ?? "", shown: nameOf(card.name), heads, of, palette }),
      tag: "Sect" as const,
    }));
    rows.push({ stack: [{ columns, columnGap: GAP }], unbreakable: true, margin: [0, 0, 0, 7] });
  }
  const estimates = model.cards.flatMap(({ share, median, daysOnMarket, suburb }) => [
    ...[share, median, daysOnMarket, suburb.median, suburb.daysOnMarket],
  ]);
  return {
    id: "cards",
    title: heads.has("Rank") ? "The top agents" : "Agent profiles",
    flows: true,
    content: [
      lead(
        messages.agentCardsLead(
          heads.size === 0 ? null : isBeside ? (isOfSuburb ? messages.besideSuburb : messages.besideAll) : "",
          model.cards.some(hasSparkline) ? messages.columnsTerm : "",
          levelWithLast(tiedWithLast(model.agents.rows, model.cards.length), AGENT),
          fewWords(estimates),
        ),
        palette,
        suppliedNote(
          model.cards.flatMap(({ lead, involved, median, daysOnMarket }) => [lead, involved, median, daysOnMarket]),
          palette,
        ),
      ),
      ...rows,
    ],
  };
};

/** The figures of the cards that something is known of, of an agent or of the suburb. */
function headsOf(shown: readonly AgentCard[]): ReadonlySet<"Rank" | "Sales" | "Median" | "Days"> {
  const has = (of: (card: AgentCard) => readonly Figure[]) => shown.some((card) => of(card).some(isKnown));
  return new Set([
    ...(shown.some((card) => card.rank !== null) ? (["Rank"] as const) : []),
    ...(shown.some(({ involved }) => involved.value !== null) ? (["Sales"] as const) : []),
    ...(has(({ median, suburb }) => [median, suburb.median]) ? (["Median"] as const) : []),
    ...(has(({ daysOnMarket, suburb }) => [daysOnMarket, suburb.daysOnMarket]) ? (["Days"] as const) : []),
  ]);
}

/** Of too few there is a number of them. */
function isKnown({ value, n }: Figure): boolean {
  return value !== null || (n ?? 0) > 0;
}

/** A lone column shows nothing that the number of sales does not. */
function hasSparkline({ sparkline }: AgentCard): boolean {
  return sparkline.length > 1 && sparkline.some(({ value }) => (value ?? 0) > 0);
}

function columnsInWords({ sparkline }: AgentCard): string {
  const [first, last] = [sparkline[0], sparkline.at(-1)].map((quarter) => month(quarter?.periodEnd ?? ""));
  const sales = sparkline.map(({ value }) => value ?? messages.quarterNotKnown);
  return messages.salesPerQuarter(messages.range(first ?? "", last ?? ""), sales.join(", "));
}

/** Of an agent's name, which may take two lines. */
const NAME = { width: 330, size: 14 } as const;

interface CardOptions {
  readonly id: string;
  /** The agent's name, as short as there is room for. */
  readonly shown: string;
  readonly heads: ReturnType<typeof headsOf>;
  /** What the figures that are beside the agent's are called. */
  readonly of: string;
  readonly palette: Palette;
}

function cardOf(card: AgentCard, { id, shown, heads, of, palette }: CardOptions): Content[] {
  const color = card.isPreparedFor ? palette.accentText : palette.ink;
  return [
    {
      canvas: [{ type: "line", x1: 0, y1: 0, x2: WIDTH, y2: 0, lineWidth: 0.8, lineColor: color }],
      margin: [0, 0, 0, 6],
    },
    {
      columns: [
        { width: MONOGRAM, stack: [portrait(card, palette)] },
        {
          width: WIDTH - MONOGRAM - 10,
          stack: [
            {
              ...text(shown, {
                font: "Serif",
                fontSize: NAME.size,
                lineHeight: 1,
                color,
                tag: "H3",
              }),
              id,
            },
            text(fit([card.title, card.agencyName].filter(Boolean).join(", "), 340, "Sans", SIZE.small), {
              fontSize: SIZE.small,
              color: palette.muted,
              margin: [0, 2, 0, 0],
            }),
          ],
        },
      ],
      columnGap: 10,
    },
    figures(card, { heads, of, palette }),
    ...(hasSparkline(card)
      ? [
          {
            ...sparkline(
              card.sparkline.map(({ value }) => value),
              { width: WIDTH, height: 14, palette },
            ),
            margin: [0, 4, 0, 0] as [number, number, number, number],
            tag: { alt: columnsInWords(card) },
          },
        ]
      : []),
    ...recent(card.recent, palette),
    ...contact(card, palette),
  ];
}

/** The photo where there is a sound one, else the initials in a circle. */
function portrait({ name, photo, isPreparedFor }: AgentCard, palette: Palette): Content {
  const image = photo === null ? null : picture(photo);
  if (image)
    return {
      image: image.dataUri,
      cover: { width: MONOGRAM, height: MONOGRAM, valign: "center", align: "center" },
      tag: described("Photo", name),
    };
  const half = MONOGRAM / 2;
  const color = isPreparedFor ? palette.accent : palette.muted;
  return {
    stack: [
      { canvas: [{ type: "ellipse", x: half, y: half, r1: half, r2: half, color }] },
      text(initials(name), {
        fontSize: 12,
        bold: true,
        color: "#ffffff",
        alignment: "center",
        lineHeight: 1,
        margin: [0, -MONOGRAM + 8, 0, MONOGRAM - 8 - MONOGRAM_LINE],
      }),
    ],
    tag: "Artifact",
  };
}

/** Under a head that names the unit, days. */
function plainDays(of: Figure): string {
  return of.value === null ? UNKNOWN : `${count(of.value)}${marksOf(of)}`;
}

function figures(card: AgentCard, { heads, of: all, palette }: Omit<CardOptions, "id" | "shown">): Content {
  const cell = (head: string, value: string, beside: string): Column =>
    cardFigure({ head, value, beside, width: (WIDTH - 3 * 6) / 4, palette });
  const suburb = (own: Figure, of: Figure, shown: (of: Figure) => string) =>
    [
      own.value === null && (own.n ?? 0) > 0 ? `n\u00a0${count(own.n ?? 0)}` : "",
      of.value === null ? "" : `${all} ${shown(of)}`,
    ]
      .filter((part) => part !== "")
      .join(", ");
  const moved = ranksMoved(card);
  const shared = card.share.value === null ? "" : `${figure(card.share, "share")} of sales`;
  const facts = [
    card.lead.value === null ? "" : `${figure(card.lead, "count")} led`,
    card.value.value === null
      ? ""
      : `${figure(card.value, "total")} from ${plural(card.value.n ?? 0, "disclosed price")}`,
    card.listings ? `${count(card.listings)} listed` : "",
    moved === "" || moved === "="
      ? ""
      : moved === "new"
        ? messages.newInRanks
        : `${moved} ${moved.slice(1) === "1" ? "place" : "places"}`,
  ].filter((fact) => fact !== "");
  return {
    stack: [
      ...(heads.size === 0
        ? []
        : [
            {
              columns: [
                ...(heads.has("Rank") ? [cell("Rank", card.rank === null ? UNKNOWN : rank(card.rank), shared)] : []),
                ...(heads.has("Sales") ? [cell("Sales", figure(card.involved, "count"), "12 months")] : []),
                ...(heads.has("Median")
                  ? [
                      cell(
                        "Median",
                        figure(card.median, "money"),
                        suburb(card.median, card.suburb.median, (of) => figure(of, "money")),
                      ),
                    ]
                  : []),
                ...(heads.has("Days")
                  ? [
                      cell(
                        "Days",
                        plainDays(card.daysOnMarket),
                        suburb(card.daysOnMarket, card.suburb.daysOnMarket, plainDays),
                      ),
                    ]
                  : []),
              ],
              columnGap: 6,
              tag: "L" as const,
            },
          ]),
      ...[facts, practiceFacts(card.practice)].flatMap((line, index) =>
        line.length === 0
          ? []
          : [
              text(line.join(" · "), {
                fontSize: SIZE.label,
                color: palette.muted,
                margin: [0, index === 0 ? 3 : 1, 0, 0],
              }),
            ],
      ),
    ],
    margin: [0, 2, 0, 0],
  };
}

/** In points. */
const [DAY_WIDTH, PRICE_WIDTH] = [46, 46];

function recent(sales: readonly SaleRow[], palette: Palette): Content[] {
  if (sales.length === 0) return [];
  const priced = sales.some(({ price }) => price !== null);
  const width = WIDTH - DAY_WIDTH - 5 - (priced ? PRICE_WIDTH + 5 : 0);
  const rows = sales.map((sale, index) => ({
    tag: "TR" as const,
    columns: [
      { width: DAY_WIDTH, stack: [text(day(sale.soldDate), { fontSize: SIZE.label, color: palette.muted })] },
      {
        width,
        stack: [text(fit(sale.address, width - 4, "Sans", SIZE.small), { fontSize: SIZE.small })],
        tag: "RowHead" as const,
      },
      ...(priced
        ? [
            {
              width: PRICE_WIDTH,
              stack: [
                text(sale.price === null ? UNKNOWN : money(sale.price), {
                  fontSize: SIZE.small,
                  alignment: "right" as const,
                }),
              ],
            },
          ]
        : []),
    ],
    columnGap: 5,
    margin: [0, index === 0 ? 5 : 1, 0, 0] as [number, number, number, number],
  }));
  const heads = spokenHeads("Sold", "Address", ...(priced ? ["Price"] : []));
  return [{ stack: [heads, ...rows], tag: "Table" }];
}

function contact({ phone, email, reviews, agencyLogo, agencyName }: AgentCard, palette: Palette): Content[] {
  const rated = reviews.map(
    ({ provider, rating, count: of }) =>
      `${shorten(provider, 30)} ${rating.toFixed(1)} of 5${of === null ? "" : ` (${count(of)})`}`,
  );
  const line = [phone, email, ...rated].filter((part) => part !== null && part !== "").join(" · ");
  const logo = agencyLogo === null ? null : picture(agencyLogo);
  const width = WIDTH - (logo === null ? 0 : LOGO.width + 10);
  const words = paragraph([inlines(fit(line, width * 1.9, "Sans", SIZE.small))], {
    fontSize: SIZE.small,
    color: palette.muted,
    margin: [0, 4, 0, 0],
  });
  if (logo === null) return line === "" ? [] : [words];
  const mark = {
    image: logo.dataUri,
    fit: [LOGO.width, LOGO.height] as [number, number],
    alignment: "right" as const,
    tag: described("Logo", agencyName),
    margin: [0, 2, 0, 0] as [number, number, number, number],
  };
  return [
    {
      columns: [
        { width, stack: line === "" ? [] : [words] },
        { width: LOGO.width, stack: [mark] },
      ],
      columnGap: 10,
    },
  ];
}
