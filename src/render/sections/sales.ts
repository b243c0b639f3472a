import type { Content } from "pdfmake/interfaces";
import type { SaleRow, SuburbRow } from "../../report/model.ts";
import { PROVISIONAL } from "../../report/selection/as-of.ts";
import { plural } from "../../report/wording.ts";
import { lead, type Section } from "../chapter.ts";
import { messages } from "../messages.ts";
import { fewNote, figureCell, figureCellWithN } from "../parts/figure.ts";
import { table } from "../parts/table.ts";
import { CATEGORIES_ONE, count, day, dollars, METHODS, money, rooms, UNKNOWN } from "../style/format.ts";
import { inlines, shorten } from "../style/text.ts";
import { type Palette, SIZE } from "../style/theme.ts";
import { people, peopleTitle } from "./people.ts";

/** The rows of the suburb itself, and of each neighbour. */
function bySuburb(suburbs: readonly SuburbRow[], palette: Palette): Content {
  const right = "right" as const;
  const rows = table<SuburbRow>({
    columns: [
      { title: "Suburb", names: true, cell: ({ name }) => inlines(name) },
      {
        title: "Sales",
        width: 50,
        alignment: right,
        cell: (row) => inlines(row.isKnown ? count(row.sales) : UNKNOWN),
      },
      {
        title: "Median n",
        width: 90,
        alignment: right,
        cell: ({ median }) => figureCellWithN(median, money, palette),
      },
      { title: "Days", width: 50, alignment: right, cell: (row) => figureCell(row.daysOnMarket, count, palette) },
      {
        title: "Listed",
        width: 50,
        alignment: right,
        cell: ({ listings }) => inlines(listings === null ? UNKNOWN : count(listings)),
      },
    ],
    rows: suburbs,
    palette,
    dense: true,
  });
  return { stack: [rows], margin: [0, 0, 0, 14] };
}

/** What a missing price means. */
function undisclosed(rows: readonly SaleRow[], inOtherUnit: boolean): string {
  const unknown = rows.filter(({ price }) => price === null).length;
  if (unknown === 0) return "";
  if (inOtherUnit) return messages.pricesNotUsed;
  return unknown === rows.length ? messages.noPriceDisclosed(rows.length === 1) : messages.undisclosedPrice;
}

/** The sales the figures rest on, newest first. */
export const sales: Section = ({ sales: { total, rows, hasOtherUnit }, suburbs, provisional }, palette) => {
  if (rows.length === 0) return null;
  const more = total - rows.length;
  return {
    id: "sales",
    title: "Recent sales",
    flows: true,
    content: [
      lead(
        messages.salesLead(
          plural(total, "sale"),
          more > 0 ? messages.mostRecentShown(count(rows.length)) : "",
          `${undisclosed(rows, hasOtherUnit)}${provisional.sales ? messages.provisionalSales(PROVISIONAL) : ""}`,
        ),
        palette,
        fewNote(
          suburbs.flatMap(({ median, daysOnMarket }) => [median, daysOnMarket]),
          palette,
        ),
      ),
      ...(suburbs.length > 0 ? [bySuburb(suburbs, palette)] : []),
      table<SaleRow>({
        columns: [
          { title: "Sold", width: 60, cell: ({ soldDate }) => inlines(day(soldDate), { color: palette.muted }) },
          {
            title: "Address",
            names: true,
            cell: (row) => {
              const detail = [row.suburb ?? "", CATEGORIES_ONE[row.category], rooms(row)]
                .filter((part) => part !== "")
                .join(" · ");
              return [
                ...inlines(shorten(row.address, 120)),
                { text: "\n" },
                ...inlines(detail, { fontSize: SIZE.small, color: palette.muted }),
              ];
            },
          },
          {
            title: "Price",
            width: 66,
            alignment: "right",
            cell: ({ price }) =>
              inlines(price === null ? UNKNOWN : dollars(price), price === null ? {} : { bold: true }),
          },
          { title: "Method", width: 72, cell: ({ method }) => inlines(METHODS[method]) },
          {
            title: "Days",
            width: 34,
            alignment: "right",
            cell: ({ daysOnMarket }) => inlines(daysOnMarket === null ? UNKNOWN : count(daysOnMarket)),
          },
          { title: peopleTitle(rows), width: 128, cell: (row) => people(row, palette) },
        ],
        rows,
        palette,
        highlighted: ({ isPreparedFor }) => isPreparedFor,
        dense: true,
      }),
    ],
  };
};
