import type { TableCell } from "pdfmake/interfaces";
import type { ReportModel } from "../../report/model.ts";
import { lead, type Section } from "../chapter.ts";
import { messages } from "../messages.ts";
import { AGENCY, levelWithLast } from "../parts/figure.ts";
import { together } from "../parts/table.ts";
import { mix, readableOn } from "../style/colour.ts";
import { count } from "../style/format.ts";
import { cutApart, inlines, paragraph, shorten } from "../style/text.ts";
import { CONTENT_WIDTH, label, type Palette, SIZE } from "../style/theme.ts";

const NAME_WIDTH = 140;
/** A single band has the sales that the league has. */
const FEWEST_BANDS = 2;

/** Who sells at which price: disclosed sales by band and agency, with a shade and a number for the same value. */
export const heatMap: Section = ({ heatMap: all }, palette) => {
  const map = all === null ? null : withSales(all);
  if (map === null || map.rows.length === 0 || map.bands.length < FEWEST_BANDS) return null;
  const most = Math.max(1, ...map.rows.flatMap(({ counts }) => counts));
  const width = (CONTENT_WIDTH - NAME_WIDTH) / map.bands.length;
  const head = ["", ...map.bands].map((band, index) =>
    paragraph(
      [inlines(band, label(palette.muted))],
      index === 0 ? { tag: { alt: "Agency" } } : { alignment: "center" },
    ),
  );
  const nameOf = cutApart(
    map.rows.map(({ name }) => name),
    (name) => shorten(name, 44),
  );
  const body = map.rows.map(({ name, counts, isPreparedFor }) => [
    paragraph([inlines(nameOf(name), isPreparedFor ? { bold: true, color: palette.accentText } : {})], {
      fontSize: SIZE.table,
      tag: "RowHead",
    }),
    ...counts.map((value) => shaded(value, most, palette)),
  ]);
  return {
    id: "price-bands",
    title: "Price bands",
    flows: true,
    content: [
      lead(messages.priceBandsLead(firstOf(map)), palette),
      {
        tag: "Table",
        table: {
          widths: [NAME_WIDTH - 8, ...map.bands.map(() => width)],
          headerRows: 1,
          dontBreakRows: true,
          ...together(body.length),
          body: [head, ...body],
        },
        layout: {
          hLineWidth: () => 1.5,
          vLineWidth: () => 0,
          hLineColor: () => "#ffffff",
          paddingLeft: () => 0,
          paddingRight: (index) => (index === 0 ? 8 : 0),
          paddingTop: () => 4,
          paddingBottom: () => 4,
        },
      },
    ],
  };
};

/** ": the first 10 of 23 agencies; 2 more agencies are level with the last one shown" */
function firstOf({ rows, others, tied }: NonNullable<ReportModel["heatMap"]>): string {
  if (others === 0) return "";
  const level = levelWithLast(tied, AGENCY);
  return `: ${messages.firstAgencies(rows.length, rows.length + others)}${level === "" ? "" : `; ${level}`}`;
}

/** Without the bands in which none of them sold. */
function withSales(map: NonNullable<ReportModel["heatMap"]>): NonNullable<ReportModel["heatMap"]> {
  const { bands, rows } = map;
  const has = (_: unknown, index: number) => rows.some(({ counts }) => (counts[index] ?? 0) > 0);
  return { ...map, bands: bands.filter(has), rows: rows.map((row) => ({ ...row, counts: row.counts.filter(has) })) };
}

function shaded(value: number, most: number, palette: Palette): TableCell {
  if (value === 0)
    return { ...paragraph([inlines("0", { color: palette.muted })], { alignment: "center", fontSize: SIZE.table }) };
  const fillColor = mix("#ffffff", palette.accent, 0.1 + 0.9 * (value / most));
  const color = readableOn(fillColor, palette.ink);
  return {
    ...paragraph([inlines(count(value), { color })], { alignment: "center", fontSize: SIZE.table }),
    fillColor,
  };
}
