import type { RentalRow } from "../../report/leasing/model.ts";
import { type Chapter, lead } from "../chapter.ts";
import { messages } from "../messages.ts";
import { table } from "../parts/table.ts";
import { agenciesOf } from "../sections/people.ts";
import { CATEGORIES_ONE, count, day, dollars, rooms, UNKNOWN } from "../style/format.ts";
import { inlines, shorten } from "../style/text.ts";
import { type Palette, SIZE } from "../style/theme.ts";

import type { LeasingSection } from "./section.ts";

/** What is for rent now. */
export const current: LeasingSection = ({ current: { total, rows } }, palette) =>
  rows.length === 0
    ? null
    : rental(
        { id: "listings", title: "On the market", date: "Listed", total, rows, days: false },
        `${count(total)} ${total === 1 ? "property is" : "properties are"} for rent`,
        palette,
      );

/** What was leased in the 12 months, the latest first. */
export const leased: LeasingSection = ({ leased: { total, earlier, rows } }, palette) =>
  rows.length === 0
    ? null
    : rental(
        { id: "leased", title: "Recently leased", date: "Leased", total, rows, days: true },
        messages.leasedLead(
          count(total),
          total === 1,
          earlier === 0 ? null : earlier === total ? "all" : count(earlier),
        ),
        palette,
      );

function rental(
  {
    id,
    title,
    date,
    total,
    rows,
    days,
  }: {
    readonly id: string;
    readonly title: string;
    readonly date: string;
    readonly total: number;
    readonly rows: readonly RentalRow[];
    readonly days: boolean;
  },
  sentence: string,
  palette: Palette,
): Chapter {
  const more = total - rows.length;
  return {
    id,
    title,
    flows: true,
    content: [
      lead(`${sentence}${more > 0 ? messages.mostRecentShown(count(rows.length)) : ""}.`, palette),
      table<RentalRow>({
        columns: [
          { title: "Address", names: true, cell: ({ address }) => inlines(shorten(address, 120)) },
          {
            title: "Type",
            width: 36,
            cell: ({ category }) => inlines(CATEGORIES_ONE[category], { color: palette.muted }),
          },
          {
            title: "Rooms",
            width: 84,
            cell: (row) => inlines(rooms(row), { color: palette.muted }),
          },
          ...(rows.some(({ weeklyRent, displayPrice }) => weeklyRent !== null || displayPrice !== null)
            ? [
                {
                  title: "A week",
                  width: 62,
                  alignment: "right" as const,
                  cell: ({ weeklyRent, displayPrice }: RentalRow) =>
                    inlines(weeklyRent === null ? shorten(displayPrice ?? UNKNOWN, 40) : dollars(weeklyRent)),
                },
              ]
            : []),
          {
            title: date,
            width: 56,
            cell: (row) => inlines(row.date === null ? UNKNOWN : day(row.date), { color: palette.muted }),
          },
          ...(days && rows.some(({ daysToLease }) => daysToLease !== null)
            ? [
                {
                  title: "Days",
                  width: 32,
                  alignment: "right" as const,
                  cell: ({ daysToLease }: RentalRow) => inlines(daysToLease === null ? UNKNOWN : count(daysToLease)),
                },
              ]
            : []),
          {
            title: "Agency",
            width: 104,
            cell: ({ agencyNames, isPreparedFor }) => agenciesOf(agencyNames, isPreparedFor, palette),
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
}
