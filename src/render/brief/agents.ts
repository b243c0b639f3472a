// The brief edition of the agents report: one page, the five agents with most sales.

import type { Content } from "pdfmake/interfaces";
import type { BriefAgent, BriefModel } from "../../report/brief.ts";
import { isFew } from "../../report/figures/figure.ts";
import type { Figure, PaidPlacement } from "../../report/model.ts";
import type { PdfStandard } from "../../report/request/request.ts";
import { plural } from "../../report/wording.ts";
import type { RenderedPdf } from "../document.ts";
import { messages } from "../messages.ts";
import { AGENT, FEW_WORDS, levelWithLast } from "../parts/figure.ts";
import { roundPortrait } from "../parts/portrait.ts";
import { writePdf } from "../pdf.ts";
import type { RenderProgress } from "../render.ts";
import { soldBy } from "../sections/paid.ts";
import { count, figure, longDay, money, SUPPLIED, UNKNOWN } from "../style/format.ts";
import { cutApart, fit, inlines, measure, paragraph, text } from "../style/text.ts";
import { label, type Palette, palette, SIZE } from "../style/theme.ts";
import {
  at,
  fitName,
  footOf,
  headingOf,
  LANDSCAPE,
  LANDSCAPE_WIDTH,
  logoOrName,
  nothing,
  pageOf,
  rule,
} from "./page.ts";
import { MOST_ROWS, ROWS, rowsOf, titleOf } from "./row.ts";

/** Where the columns of a row begin, from the left edge of the content, and how wide they are. */
const COLUMNS = {
  rank: [0, 22],
  photo: [24, 56],
  name: [94, 146],
  logo: [250, 86],
  lead: [340, 34],
  joint: [378, 40],
  value: [424, 72],
  median: [506, 74],
} as const;
const { cell, heads, rank, number, row } = rowsOf(COLUMNS);

/** Of the strip for paid placements; the rows above give way to it. */
const PAID = { height: 74, rows: 64 } as const;

/** The page, also for an empty model: it then states that nothing was found. */
export async function renderBrief(
  model: BriefModel,
  standard: PdfStandard | null = null,
  onProgress: RenderProgress = () => {},
): Promise<RenderedPdf> {
  const { locality, period } = model;
  const colours = palette(model.branding?.colour ?? model.preparedFor?.colour ?? null);
  const content = model.agents.length === 0 ? nothing(nothingFound(model), colours) : page(model, colours);
  const subject = messages.mostSalesSubject(locality.suburb, longDay(period.from), longDay(period.to));
  const definition = pageOf({ ...model, title: "Top agents", subject }, [...content, ...foot(model, colours)], colours);
  const bytes = await writePdf(definition, standard, (done) => onProgress(done, "agents"));
  return { bytes, pages: 1 };
}

function nothingFound({ area, selected, period }: BriefModel): string {
  const fits = selected === null ? "" : messages.matching(selected);
  return messages.noSalesByAgent(area, longDay(period.to), fits);
}

function page(model: BriefModel, palette: Palette): Content[] {
  const height = model.paid.length > 0 ? PAID.rows : ROWS.height;
  const agencyShown = cutApart(
    model.agents.flatMap(({ agencyName }) => agencyName ?? []),
    (name) => fitName(name, COLUMNS.logo[1]),
  );
  const nameShown = cutApart(
    model.agents.map(({ name }) => name),
    (name) => fit(name, COLUMNS.name[1] * 1.86, "Serif", NAME_SIZE),
  );
  const apart = (agent: BriefAgent): BriefAgent =>
    agent.agencyLogo === null && agent.agencyName !== null
      ? { ...agent, agencyName: agencyShown(agent.agencyName) }
      : agent;
  return [
    ...heading(model, palette),
    {
      stack: [
        headsOf(isSupplied(model), palette),
        ...model.agents.map((agent, index) =>
          agentRow(apart(agent), {
            shown: nameShown(agent.name),
            supplied: isSupplied(model),
            top: ROWS.top + index * height,
            height,
            palette,
          }),
        ),
      ],
      tag: "Table",
    },
    rule(ROWS.top + model.agents.length * height, palette.hairline),
    ...(model.paid.length > 0 ? paidPlacements(model.paid, ROWS.top + MOST_ROWS * height + 10, palette) : []),
  ];
}

function heading(model: BriefModel, palette: Palette): Content[] {
  const { agents, ranked, sales, counted, unnamed, begins, tied, area, selected } = model;
  const of = ranked > agents.length ? messages.withMostSales : "with a sale";
  const all = counted === null ? "" : messages.ofCounted(count(counted));
  const known = messages.agentsWithSale(plural(ranked, "agent"), plural(sales, "sale"), area + all);
  const limits = isSupplied(model)
    ? []
    : [
        ...(begins === null ? [] : [messages.dataFrom(longDay(begins))]),
        ...(unnamed === 0 ? [] : [messages.noAgentShown(plural(unnamed, "sale"))]),
      ];
  const level = levelWithLast(tied, AGENT);
  const parts = [isSupplied(model) ? messages.figuresAsSupplied : known, ...limits, ...(level === "" ? [] : [level])];
  const only = selected === null ? "" : `. Only: ${selected}`;
  return headingOf(
    titleOf(agents.length, AGENT, of),
    `${parts.join("; ")}${only}`,
    selected !== null || limits.length > 0,
    palette,
  );
}

/** Then who led a sale and who joined is unknown. */
function isSupplied({ agents }: Pick<BriefModel, "agents">): boolean {
  return agents.every(({ lead }) => lead.value === null);
}

function headsOf(supplied: boolean, palette: Palette): Content {
  const words = [
    ["name", "Agent"],
    ["logo", "Agency"],
  ] as const;
  const counts = supplied
    ? ([["joint", "Sales"]] as const)
    : ([
        ["lead", "As lead"],
        ["joint", "Jointly"],
      ] as const);
  return heads(words, [...counts, ["value", "Total value"], ["median", "Median"]], palette);
}

interface RowOptions {
  /** The name, as short as its column is. */
  readonly shown: string;
  readonly supplied: boolean;
  readonly top: number;
  readonly height: number;
  readonly palette: Palette;
}

function agentRow(agent: BriefAgent, { shown, supplied, top, height, palette }: RowOptions): Content {
  const middle = top + height / 2;
  const isOwn = agent.isPreparedFor || agent.isFeatured;
  const size = height < ROWS.height ? 50 : COLUMNS.photo[1];
  const photo = roundPortrait({ ...agent, color: isOwn ? palette.accent : palette.muted }, size, palette);
  const cells: Content[] = [
    // Not in the row's head, which is read with each cell.
    { stack: [rank(agent.rank, middle, palette), cell("photo", middle - size / 2, photo)] },
    { stack: [nameOf({ ...agent, name: shown }, middle, palette)], tag: "RowHead" },
    { stack: [agency(agent, middle, palette)] },
    ...figures(agent, supplied, middle, palette),
  ];
  return row(cells, top, height, isOwn, palette);
}

const NAME_SIZE = 14.5;

/** One line or two, and the title below; in the middle of the row. */
function nameOf({ name, title, isPaid, isPreparedFor }: BriefAgent, middle: number, palette: Palette): Content {
  const [, width] = COLUMNS.name;
  const lines = measure(name, "Serif", NAME_SIZE) > width ? 2 : 1;
  const below = [title, isPaid ? "paid partner" : null].filter((part) => part !== null && part !== "").join(" · ");
  const tall = lines * 16 + (below === "" ? 0 : 12);
  return cell("name", middle - tall / 2 - 1, {
    stack: [
      text(name, {
        font: "Serif",
        fontSize: NAME_SIZE,
        lineHeight: 0.95,
        color: isPreparedFor ? palette.accentText : palette.ink,
      }),
      ...(below === ""
        ? []
        : [
            text(fit(below, width, "Sans", SIZE.small), {
              fontSize: SIZE.small,
              color: palette.muted,
              margin: [0, 2, 0, 0],
            }),
          ]),
    ],
  });
}

/** The agency's logo, as large as its room allows; else its name in its colour. */
function agency({ agencyLogo, agencyName, agencyColour }: BriefAgent, middle: number, colours: Palette): Content {
  const [x, width] = COLUMNS.logo;
  return logoOrName(
    { logo: agencyLogo, name: agencyName, colour: agencyColour },
    LANDSCAPE.left + x,
    middle,
    width,
    colours,
  );
}

function figures(
  { lead, joint, value, median }: BriefAgent,
  supplied: boolean,
  middle: number,
  palette: Palette,
): Content[] {
  const prices = (of: Figure) => (of.n === null || of.n === 0 ? "" : plural(of.n, "price"));
  return [
    ...(supplied
      ? []
      : [lead.value === null ? { stack: [] } : number("lead", middle, palette, { words: figure(lead, "count") })]),
    number("joint", middle, palette, { words: figure(joint, "count") }),
    number("value", middle, palette, {
      words: value.value === null ? UNKNOWN : `${money(value.value)}${value.supplied ? SUPPLIED : ""}`,
      below: prices(value),
      muted: value.value === null,
    }),
    median.value === null && (median.n ?? 0) === 0
      ? cell("median", middle - 9, {
          stack: [
            text("Not", { fontSize: SIZE.table, alignment: "right", color: palette.muted, lineHeight: 1.05 }),
            text("disclosed", { fontSize: SIZE.table, alignment: "right", color: palette.muted, lineHeight: 1.05 }),
          ],
        })
      : number("median", middle, palette, {
          words: figure(median, "money"),
          below: median.value === null ? `n ${count(median.n ?? 0)}: too few` : prices(median),
          muted: median.value === null,
        }),
  ];
}

/** Side by side below the ranking, on a ground of their own, and labelled. */
function paidPlacements(placements: readonly PaidPlacement[], top: number, palette: Palette): Content[] {
  const gap = 14;
  const width = (LANDSCAPE_WIDTH + 20 - 2 * 10 - gap * (placements.length - 1)) / placements.length;
  return [
    {
      canvas: [{ type: "rect", x: 0, y: 0, w: LANDSCAPE_WIDTH + 20, h: PAID.height, r: 3, color: palette.wash }],
      absolutePosition: { x: LANDSCAPE.left - 10, y: top },
    },
    at(
      LANDSCAPE.left,
      top + 8,
      LANDSCAPE_WIDTH,
      text("PAID PLACEMENTS: ADVERTISING, NOT PART OF THE RANKING", { ...label(palette.muted), tag: "H2" }),
    ),
    ...placements.flatMap((placement, index) =>
      paidPlacement(placement, LANDSCAPE.left + index * (width + gap), top + 22, width, palette),
    ),
  ];
}

const TIERS: Readonly<Record<PaidPlacement["tier"], string>> = {
  featured_plus: "FEATURED PARTNER PLUS",
  featured: "FEATURED PARTNER",
  standard: "PARTNER",
};

function paidPlacement(placement: PaidPlacement, x: number, top: number, width: number, palette: Palette): Content[] {
  const size = 40;
  const facts = [
    placement.sales.value === null
      ? ""
      : `${soldBy(placement)}${placement.rank === null ? "" : ` (rank ${placement.rank})`}`,
    placement.value.value === null ? "" : `${figure(placement.value, "total")} in all`,
    placement.median.value === null ? "" : `median ${figure(placement.median, "money")}`,
  ].filter((fact) => fact !== "");
  const inner = width - size - 12;
  return [
    at(x, top, size, roundPortrait({ ...placement, color: palette.muted }, size, palette, palette.wash)),
    at(x + size + 12, top + 1, inner, {
      stack: [
        paragraph(
          [
            inlines(fit(placement.name, inner - 92, "Serif", 12), { font: "Serif", fontSize: 12 }),
            inlines(`\u00a0\u00a0${TIERS[placement.tier]}`, label(palette.accentText)),
          ],
          { lineHeight: 1 },
        ),
        text(fit(placement.agencyName ?? "", inner, "Sans", SIZE.small), {
          fontSize: SIZE.small,
          color: palette.muted,
          margin: [0, 2, 0, 0],
        }),
        text(fit(facts.join(" · ") || "No figures available", inner, "Sans", SIZE.small), {
          fontSize: SIZE.small,
          margin: [0, 2, 0, 0],
        }),
      ],
    }),
  ];
}

function figuresOf({ sales, value, median }: PaidPlacement): readonly Figure[] {
  return [sales, value, median];
}

function foot({ agents, paid, sources, isProvisional }: BriefModel, palette: Palette): Content[] {
  const shown = [...agents.flatMap(({ joint, value, median }) => [joint, value, median]), ...paid.flatMap(figuresOf)];
  const supplied = shown.some((figure) => figure.supplied);
  const isAnyFew = [...agents, ...paid].some(({ median }) => isFew(median));
  const words =
    agents.length === 0
      ? messages.briefLimitsWithoutAgents
      : (isSupplied({ agents }) ? "" : messages.briefAgentTerms) +
        messages.briefAgentLimits +
        (isProvisional ? ` ${messages.newestProvisional}` : "") +
        (isAnyFew ? ` ${FEW_WORDS}` : "") +
        (supplied ? messages.suppliedFigures(SUPPLIED) : "");
  return footOf(words, sources, palette);
}
