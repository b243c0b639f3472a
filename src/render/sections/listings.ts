import type { ListingRow } from "../../report/model.ts";
import { lead, type Section } from "../chapter.ts";
import { messages } from "../messages.ts";
import { table } from "../parts/table.ts";
import { CATEGORIES_ONE, count, day, longDay, UNKNOWN } from "../style/format.ts";
import { inlines, shorten } from "../style/text.ts";
import { SIZE } from "../style/theme.ts";
import { agenciesOf, some } from "./people.ts";

/** What is for sale now, and who has it. */
export const listings: Section = ({ listings: { total, rows, daysTo } }, palette) => {
  if (rows.length === 0) return null;
  const more = total - rows.length;
  return {
    id: "listings",
    flows: true,
    title: "Current listings",
    content: [
      lead(
        [
          messages.forSaleLead(count(total), total === 1, more > 0 ? messages.mostRecentShown(count(rows.length)) : ""),
          ...(daysTo === null ? [] : [messages.daysListedTo(longDay(daysTo))]),
        ].join(" "),
        palette,
      ),
      table<ListingRow>({
        columns: [
          {
            title: "Address",
            names: true,
            cell: ({ address, suburb }) => inlines(shorten([address, suburb ?? ""].filter(Boolean).join(", "), 120)),
          },
          {
            title: "Type",
            width: 30,
            cell: ({ category }) => inlines(CATEGORIES_ONE[category], { color: palette.muted }),
          },
          {
            title: "Asking",
            width: 100,
            cell: ({ displayPrice }) => inlines(displayPrice ? shorten(displayPrice, 60) : UNKNOWN),
          },
          {
            title: "Listed",
            width: 52,
            cell: ({ listedDate }) =>
              inlines(listedDate === null ? UNKNOWN : day(listedDate), { color: palette.muted }),
          },
          {
            title: "Days",
            width: 32,
            alignment: "right",
            cell: ({ daysListed }) => inlines(daysListed === null ? UNKNOWN : count(daysListed)),
          },
          {
            title: "Agency",
            width: 92,
            cell: ({ agencyNames, isPreparedFor }) => agenciesOf(agencyNames, isPreparedFor, palette),
          },
          {
            title: "Agent",
            width: 78,
            cell: ({ agentNames }) => inlines(some(agentNames) || UNKNOWN, { color: palette.muted }),
          },
        ],
        rows,
        palette,
        highlighted: ({ isPreparedFor }) => isPreparedFor,
        fontSize: SIZE.small,
        dense: true,
      }),
    ],
  };
};
