import type { Content } from "pdfmake/interfaces";
import type { Figure, PaidPlacement } from "../../report/model.ts";
import { lead, type Section } from "../chapter.ts";
import { messages } from "../messages.ts";
import { fewNote, suppliedNote } from "../parts/figure.ts";
import { picture } from "../parts/picture.ts";
import { roundPortrait } from "../parts/portrait.ts";
import { figure, rank } from "../style/format.ts";
import { described, fit, text } from "../style/text.ts";
import { CONTENT_WIDTH, label, type Palette, SIZE } from "../style/theme.ts";

const GAP = 20;
const WIDTH = (CONTENT_WIDTH - GAP) / 2;
const PORTRAIT = 44;
const PLACEMENTS = 6;

const TIERS: Readonly<Record<PaidPlacement["tier"], string>> = {
  featured_plus: "FEATURED PARTNER PLUS · PAID PLACEMENT",
  featured: "FEATURED PARTNER · PAID PLACEMENT",
  standard: "PARTNER · PAID PLACEMENT",
};

/** Who pays to be shown, apart from the ranking and labelled. */
export const paid: Section = ({ paid: placements }, palette) => {
  if (placements.length === 0) return null;
  const rows: Content[] = [];
  const shown = placements.slice(0, PLACEMENTS);
  for (let index = 0; index < shown.length; index += 2) {
    const pair = shown.slice(index, index + 2);
    const columns = pair.map((placement) => ({ width: WIDTH, stack: [box(placement, palette)] }));
    rows.push({ stack: [{ columns, columnGap: GAP }], unbreakable: true, margin: [0, 0, 0, 10] });
  }
  return {
    id: "paid",
    title: "Partners",
    flows: true,
    content: [
      lead(messages.paidPlacements, palette, [
        ...fewNote(
          shown.map(({ median }) => median),
          palette,
        ),
        ...suppliedNote(
          shown.flatMap(({ sales, median, value }) => [sales, median, value]),
          palette,
        ),
      ]),
      ...rows,
    ],
  };
};

/** "1 sale" */
export function soldBy({ sales }: { readonly sales: Figure }): string {
  return `${figure(sales, "count")} ${sales.value === 1 ? "sale" : "sales"}`;
}

function box(placement: PaidPlacement, palette: Palette): Content {
  const inner = WIDTH - 20;
  const width = inner - PORTRAIT - 10;
  const logo = placement.logo === null ? null : picture(placement.logo);
  const facts = [
    placement.sales.value === null ? "" : soldBy(placement),
    placement.rank === null ? "" : rank(placement.rank),
    placement.value.value === null ? "" : `${figure(placement.value, "total")} in all`,
    placement.median.value === null ? "" : `median ${figure(placement.median, "money")}`,
  ].filter((fact) => fact !== "");
  const small = { fontSize: SIZE.small, margin: [0, 2, 0, 0] as [number, number, number, number] };
  return {
    table: {
      widths: [inner],
      body: [
        [
          {
            columns: [
              { width: PORTRAIT, stack: [roundPortrait({ ...placement, color: palette.muted }, PORTRAIT, palette)] },
              {
                width,
                stack: [
                  text(TIERS[placement.tier], { ...label(palette.accentText), margin: [0, 0, 0, 3] }),
                  text(fit(placement.name, width, "Serif", 13), {
                    font: "Serif",
                    fontSize: 13,
                    lineHeight: 1,
                    tag: "H3",
                  }),
                  text(fit(placement.agencyName ?? "", width, "Sans", SIZE.small), { ...small, color: palette.muted }),
                  text(fit(facts.join(" · ") || "No figures available", width, "Sans", SIZE.small), small),
                  ...(logo === null
                    ? []
                    : [
                        {
                          image: logo.dataUri,
                          fit: [80, 18] as [number, number],
                          margin: small.margin,
                          tag: described("Logo", placement.agencyName),
                        },
                      ]),
                ],
              },
            ],
            columnGap: 10,
          },
        ],
      ],
    },
    layout: {
      hLineWidth: () => 0.6,
      vLineWidth: () => 0.6,
      hLineColor: () => palette.hairline,
      vLineColor: () => palette.hairline,
      paddingLeft: () => 10,
      paddingRight: () => 10,
      paddingTop: () => 9,
      paddingBottom: () => 9,
    },
  };
}
