/*
 * The commission document: one page on what selling costs in a price band.
 * The box of a featured partner is a part of it, and labelled.
 * Not here: other documents.
 */

import type { Content, TDocumentDefinitions } from "pdfmake/interfaces";
import type { BandRow, CommissionModel } from "../../report/commission/commission.ts";
import { type Range, rateText, type Usual } from "../../report/commission/rates.ts";
import { type AreaKind, STATE_NAMES } from "../../report/data-set.ts";
import type { PdfStandard } from "../../report/request/request.ts";
import { roundMoney } from "../../report/wording.ts";
import type { RenderedPdf } from "../book.ts";
import { caption, note } from "../chapter.ts";
import { messages } from "../messages.ts";
import { table } from "../parts/table.ts";
import { writePdf } from "../pdf.ts";
import type { RenderProgress } from "../render.ts";
import { brand } from "../sections/cover.ts";
import { dollars, longDay, UNKNOWN, withDash } from "../style/format.ts";
import { clean, fit, inlines, shorten, text } from "../style/text.ts";
import { CONTENT_WIDTH, label, PAGE, type Palette, palette, SIZE } from "../style/theme.ts";
import { partnerBox, sizeOf } from "./partner.ts";

const FIELD = { top: 100, height: 132 } as const;
const BAND_WIDTH = 190;

const AREAS: Readonly<Record<AreaKind, string>> = {
  inner_city: "the inner city",
  suburb: "the suburbs",
  rural: "rural areas",
};

/** The page; where no rate is known for the band, it states that. */
export async function renderCommission(
  model: CommissionModel,
  standard: PdfStandard | null = null,
  onProgress: RenderProgress = () => {},
): Promise<RenderedPdf> {
  const colours = palette(model.branding?.colour ?? model.preparedFor?.colour ?? null);
  let pages = 1;
  const definition = definitionOf(withDashes(model), colours, (counted) => {
    pages = counted;
  });
  const bytes = await writePdf(definition, standard, (done) => onProgress(done, "commission"));
  return { bytes, pages };
}

/** Its price bands as they are printed. */
function withDashes(model: CommissionModel): CommissionModel {
  const printed = <Band extends { readonly label: string }>(band: Band): Band => ({
    ...band,
    label: withDash(band.label),
  });
  return { ...model, band: printed(model.band), bands: model.bands.map(printed) };
}

function definitionOf(
  model: CommissionModel,
  palette: Palette,
  counted: (pages: number) => void,
): TDocumentDefinitions {
  const { locality, band } = model;
  const brandName = model.branding?.name ?? model.preparedFor?.name ?? "AgentLink";
  const name = clean(["Commission:", locality.suburb, locality.state, locality.postcode ?? "", band.label].join(" "));
  return {
    pageSize: "A4",
    pageMargins: [PAGE.left, PAGE.top, PAGE.right, PAGE.bottom],
    content: [
      { text: " ", fontSize: 1, id: "commission", outline: true, outlineText: name, tag: "Artifact" },
      ...(model.sample ? [sampleLabel(palette)] : []),
      at(
        PAGE.left,
        58,
        CONTENT_WIDTH,
        brand({ logo: model.branding?.logo ?? null, brandName, label: "Commission" }, palette),
      ),
      ...title(model, palette),
      { text: "", margin: [0, FIELD.top + FIELD.height - PAGE.top + 18, 0, 0] },
      figures(model, palette),
      ...(model.partner === null ? [] : [partnerBox(model.partner, model, palette)]),
      ...bands(model, palette),
      ...notes(model, palette),
    ],
    background: (page) =>
      page === 1
        ? {
            canvas: [{ type: "rect", x: 0, y: FIELD.top, w: PAGE.width, h: FIELD.height, color: palette.field }],
            absolutePosition: { x: 0, y: 0 },
          }
        : null,
    footer: (_, count) => {
      counted(count);
      return footer(brandName, model.branding?.contact ?? "", model.date, palette);
    },
    defaultStyle: { font: "Sans", fontSize: SIZE.body, color: palette.ink, lineHeight: 1.15 },
    info: {
      title: name,
      author: clean(brandName),
      subject: clean(messages.costSubject(locality.suburb, band.label)),
      creator: "AgentLink",
      producer: "AgentLink",
      creationDate: new Date(`${model.date}T00:00:00Z`),
    },
    language: "en-AU",
    displayTitle: true,
    version: "1.7",
  };
}

function at(x: number, y: number, width: number, content: Content): Content {
  return { columns: [{ width, stack: [content] }], absolutePosition: { x, y } };
}

function title({ locality, band }: CommissionModel, { onField }: Palette): Content[] {
  const style = { color: onField };
  const width = CONTENT_WIDTH - BAND_WIDTH - 20;
  const where = [STATE_NAMES[locality.state], locality.postcode ?? ""].join(" ").trim();
  return [
    at(PAGE.left, FIELD.top + 26, width, {
      stack: [
        text("THE COST OF SELLING", { ...label(onField), margin: [1, 0, 0, 7] }),
        text(locality.suburb, {
          font: "Serif",
          fontSize: sizeOf(locality.suburb, width, 42),
          lineHeight: 0.95,
          tag: "H1",
          ...style,
        }),
        text(where, { fontSize: 12, margin: [1, 7, 0, 0], ...style }),
      ],
    }),
    at(PAGE.width - PAGE.right - BAND_WIDTH, FIELD.top + 26, BAND_WIDTH, {
      stack: [
        text("PRICE BAND", { ...label(onField), alignment: "right", margin: [0, 0, 0, 7] }),
        text(band.label, {
          font: "Serif",
          fontSize: sizeOf(band.label, BAND_WIDTH, 30),
          lineHeight: 1,
          alignment: "right",
          ...style,
        }),
      ],
    }),
  ];
}

const GAP = 24;
const HALF = (CONTENT_WIDTH - GAP) / 2;

/** What is usual: the rate, the resulting commission, and the marketing. */
function figures(model: CommissionModel, palette: Palette): Content {
  const { rate, marketing, band } = model;
  const column = (head: string, value: string, lines: readonly string[]) => ({
    width: HALF,
    stack: [
      {
        canvas: [{ type: "line" as const, x1: 0, y1: 0, x2: HALF, y2: 0, lineWidth: 0.8, lineColor: palette.ink }],
      },
      caption(head, palette, [0, 8, 0, 5], "Lbl"),
      {
        stack: [
          text(value, {
            font: "Serif",
            fontSize: 28,
            lineHeight: 1,
            color: value === UNKNOWN ? palette.muted : palette.ink,
          }),
          ...lines.map((line) =>
            text(line, {
              fontSize: SIZE.table,
              lineHeight: 1.25,
              color: palette.muted,
              margin: [0, 3, 0, 0] as [number, number, number, number],
            }),
          ),
        ],
        tag: "LBody" as const,
      },
    ],
    tag: "LI" as const,
  });
  return {
    columns: [
      column(
        "Usual commission",
        rate === null ? UNKNOWN : withDash(rateText(rate)),
        rate === null
          ? [messages.noUsualCommission(band.label, whereOf(model, null))]
          : [`${inDollars(rate, model)}.`, `Usual in ${whereOf(model, rate)}.`],
      ),
      column(
        "Usual marketing cost",
        marketing === null ? UNKNOWN : dollarRange(marketing),
        marketing === null
          ? [messages.noUsualMarketing(band.label)]
          : [messages.marketingCosts, `Usual in ${whereOf(model, marketing)}.`],
      ),
    ],
    columnGap: GAP,
    tag: "L",
  };
}

function whereOf({ locality, area }: CommissionModel, of: Usual | null): string {
  if (of?.of === "state") return STATE_NAMES[locality.state];
  return of === null ? `${STATE_NAMES[locality.state]} or for ${AREAS[area.kind]}` : AREAS[area.kind];
}

/** The resulting commission, from the lowest price at the lowest rate to the highest at the highest. */
function inDollars(rate: Range, { band }: Pick<CommissionModel, "band">): string {
  const of = (price: number, percent: number) => dollars(Math.round((price * percent) / 100));
  if (band.to === null) return messages.costFrom(of(band.from, rate.from), roundMoney(band.from));
  if (band.from === 0) return messages.costUpTo(of(band.to, rate.to), roundMoney(band.to));
  return messages.costBetween(
    of(band.from, rate.from),
    of(band.to, rate.to),
    roundMoney(band.from),
    roundMoney(band.to),
  );
}

function dollarRange({ from, to }: Range): string {
  return from === to ? dollars(from) : withDash(`${dollars(from)}-${dollars(to)}`);
}

/** Every band with data, the requested one in the brand's colour. */
function bands(model: CommissionModel, palette: Palette): Content[] {
  if (!hasBands(model)) return [];
  const own = (row: BandRow) => (row.isRequested ? { bold: true, color: palette.accentText } : {});
  const right = "right" as const;
  return [
    {
      stack: [
        caption("All price bands", palette, [0, 18, 0, 3], "H2"),
        table<BandRow>({
          columns: [
            { title: "Price band", names: true, cell: (row) => inlines(row.label, own(row)) },
            {
              title: "Usual commission",
              width: 110,
              alignment: right,
              cell: (row) => inlines(row.rate === null ? UNKNOWN : withDash(rateText(row.rate)), own(row)),
            },
            {
              title: "Usual marketing cost",
              width: 130,
              alignment: right,
              cell: (row) => inlines(row.marketing === null ? UNKNOWN : dollarRange(row.marketing), own(row)),
            },
          ],
          rows: model.bands,
          palette,
          highlighted: ({ isRequested }) => isRequested,
          dense: true,
        }),
      ],
      unbreakable: true,
    },
  ];
}

/** A single row would only repeat what is above it. */
function hasBands({ bands }: CommissionModel): boolean {
  return bands.filter(({ rate, marketing }) => rate !== null || marketing !== null).length > 1;
}

function notes(model: CommissionModel, palette: Palette): Content[] {
  const { partner } = model;
  return [
    note([...ratesNote(model), messages.negotiable, messages.notAQuote].join(" "), palette, 12),
    ...(partner === null ? [] : [note(messages.paidPartner(shorten(partner.name, 60)), palette, 3)]),
  ];
}

/** The origin of the usual rates that are shown; the kind of area only if a rate is for it. */
function ratesNote(model: CommissionModel): readonly string[] {
  const { area, locality } = model;
  const shown = [model, ...(hasBands(model) ? model.bands : [])];
  const usual = shown.flatMap(({ rate, marketing }) => [rate, marketing].filter((each) => each !== null));
  if (usual.length === 0) return [];
  if (usual.every(({ of }) => of === "state")) return [messages.ratesOfState(STATE_NAMES[locality.state])];
  const kind = messages.countsAsArea(locality.suburb, AREAS[area.kind]);
  return [messages.ratesOfStateOrArea, area.known ? `${kind}.` : messages.onlyKindOnRecord(kind)];
}

function sampleLabel(palette: Palette): Content {
  return at(
    PAGE.left,
    34,
    CONTENT_WIDTH,
    text("SAMPLE · SYNTHETIC DATA", { ...label(palette.accentText), alignment: "right" }),
  );
}

function footer(brandName: string, contact: string, date: string, palette: Palette): Content {
  const style = { fontSize: SIZE.small, color: palette.muted };
  const words = [brandName, contact].filter((part) => part !== "").join(" · ");
  return {
    stack: [
      {
        canvas: [{ type: "line", x1: 0, y1: 0, x2: CONTENT_WIDTH, y2: 0, lineWidth: 0.4, lineColor: palette.hairline }],
      },
      {
        columns: [
          { width: CONTENT_WIDTH - 120, stack: [text(fit(words, CONTENT_WIDTH - 126, "Sans", SIZE.small), style)] },
          { width: 120, stack: [text(longDay(date), { ...style, alignment: "right" })] },
        ],
        margin: [0, 7, 0, 0],
      },
    ],
    margin: [PAGE.left, 18, PAGE.right, 0],
  };
}
