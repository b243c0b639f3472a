// The box of a featured partner: who pays to be shown on a commission document, and what this agent takes.

import type { Content } from "pdfmake/interfaces";
import type { CommissionModel, FeaturedPartner } from "../../report/commission/commission.ts";
import { rateText } from "../../report/commission/rates.ts";
import { caption } from "../chapter.ts";
import { messages } from "../messages.ts";
import { picture } from "../parts/picture.ts";
import { roundPortrait } from "../parts/portrait.ts";
import { count, UNKNOWN, withDash } from "../style/format.ts";
import { described, fit, measure, text } from "../style/text.ts";
import { CONTENT_WIDTH, label, type Palette, SIZE } from "../style/theme.ts";

const PORTRAIT = 62;

/** Who pays to be shown here, and what this agent takes. */
export function partnerBox(partner: FeaturedPartner, model: CommissionModel, palette: Palette): Content {
  const inner = CONTENT_WIDTH - 3 - 28;
  const figure = 92;
  const name = inner - PORTRAIT - 14 - 2 * (figure + 12);
  const logo = partner.logo === null ? null : picture(partner.logo);
  const badge = partner.tier === "featured_plus" ? "FEATURED PARTNER PLUS" : "FEATURED PARTNER";
  const own = partner.rate ?? model.rate;
  const commission = own === null ? UNKNOWN : withDash(rateText(own));
  const discount = model.discount === null ? UNKNOWN : `$${count(model.discount)}`;
  // Side by side, so of one size.
  const figureSize = Math.min(...[commission, discount].map((value) => sizeOf(value, figure, 19)));
  const cell = (head: string, value: string, below: string) => ({
    width: figure,
    stack: [
      caption(head, palette, [0, 6, 0, 4], "Lbl"),
      {
        stack: [
          text(value, { font: "Serif", fontSize: figureSize, lineHeight: 1.1 }),
          text(below, {
            fontSize: SIZE.label,
            color: palette.muted,
            margin: [0, 2, 0, 0] as [number, number, number, number],
          }),
        ],
        tag: "LBody" as const,
      },
    ],
    tag: "LI" as const,
  });
  const size = sizeOf(partner.name, name, 16);
  return {
    table: {
      widths: [inner],
      body: [
        [
          {
            columns: [
              {
                width: PORTRAIT,
                stack: [roundPortrait({ ...partner, color: palette.accent }, PORTRAIT, palette)],
              },
              {
                width: name,
                stack: [
                  text(`${badge} · PAID PLACEMENT`, { ...label(palette.accentText), margin: [0, 4, 0, 5] }),
                  text(fit(partner.name, name * 1.8, "Serif", size), {
                    font: "Serif",
                    fontSize: size,
                    lineHeight: 1,
                    tag: "H2",
                  }),
                  ...(partner.agencyName === null
                    ? []
                    : [
                        text(fit(partner.agencyName, name * 1.85, "Sans", SIZE.table), {
                          fontSize: SIZE.table,
                          color: palette.muted,
                          margin: [0, 3, 0, 0] as [number, number, number, number],
                        }),
                      ]),
                  ...(logo === null
                    ? []
                    : [
                        {
                          image: logo.dataUri,
                          fit: [96, 22] as [number, number],
                          tag: described("Logo", partner.agencyName),
                          margin: [0, 5, 0, 0] as [number, number, number, number],
                        },
                      ]),
                ],
              },
              {
                width: 2 * figure + 12,
                columns: [
                  cell(
                    "Commission",
                    commission,
                    own === null ? "not on record" : partner.rate === null ? messages.atUsualRate : "this agent's own",
                  ),
                  cell("Discount", discount, model.discount === null ? "needs a rate" : "off the commission"),
                ],
                columnGap: 12,
                tag: "L",
              },
            ],
            columnGap: 12,
          },
        ],
      ],
    },
    layout: {
      hLineWidth: () => 0.6,
      hLineColor: () => palette.hairline,
      vLineWidth: (index) => (index === 0 ? 3 : 0.6),
      vLineColor: (index) => (index === 0 ? palette.accent : palette.hairline),
      paddingLeft: () => 14,
      paddingRight: () => 14,
      paddingTop: () => 11,
      paddingBottom: () => 11,
    },
    margin: [0, 18, 0, 0],
  };
}

/** The largest size at which a long name fits on two lines of whole words. */
export function sizeOf(words: string, width: number, most: number): number {
  const longest = Math.max(...words.split(/\s+/).map((word) => measure(word, "Serif", most)));
  return Math.max(11, Math.floor(most * Math.min(1, width / longest, (width * 1.7) / measure(words, "Serif", most))));
}
