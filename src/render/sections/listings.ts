import type { ListingRow } from "../../report/model.ts";
import { lead, type Section } from "../chapter.ts";
import { count, day, UNKNOWN } from "../format.ts";
import { table } from "../table.ts";
import { inlines, shorten } from "../text.ts";
import { SIZE } from "../theme.ts";
import { people } from "./people.ts";

/** What is for sale now, and who has it. */
export const listings: Section = ({ listings: { total, rows } }, palette) => {
  if (rows.length === 0) return null;
  const shown = rows.length < total ? ` The first ${count(rows.length)} are shown.` : "";
  return {
    id: "listings",
    mayFollow: "price-bands",
    title: "Current listings",
    content: [
      lead(`${count(total)} ${total === 1 ? "property is" : "properties are"} for sale.${shown}`, palette),
      table<ListingRow>({
        columns: [
          { title: "Address", width: 150, cell: ({ address }) => inlines(shorten(address, 120)) },
          {
            title: "Asking",
            width: 110,
            cell: ({ displayPrice }) => inlines(displayPrice ? shorten(displayPrice, 60) : UNKNOWN),
          },
          {
            title: "Listed",
            width: 62,
            cell: ({ listedDate }) =>
              inlines(listedDate === null ? UNKNOWN : day(listedDate), { color: palette.muted }),
          },
          {
            title: "Days",
            width: 36,
            alignment: "right",
            cell: ({ daysListed }) => inlines(daysListed === null ? UNKNOWN : count(daysListed)),
          },
          { title: "Agency and agent", cell: (row) => people(row, palette) },
        ],
        rows,
        palette,
        highlighted: ({ isPreparedFor }) => isPreparedFor,
        fontSize: SIZE.table,
      }),
    ],
  };
};
