import type { Content } from "pdfmake/interfaces";
import type { ReportModel } from "../../report/model.ts";
import { note } from "../chapter.ts";
import { count } from "../format.ts";
import { messages } from "../messages.ts";
import type { Palette } from "../theme.ts";

/** How large the suburb is and who lives there, where the data says so; of itself alone, where others count beside it. */
export function inhabitants(
  { locality, suburbs }: Pick<ReportModel, "locality" | "suburbs">,
  palette: Palette,
): Content[] {
  const { population, dwellings, owners = null, tenants = null, age = null } = locality;
  const known = [
    ...(population === null ? [] : [`Population ${count(population)}.`]),
    ...(dwellings === null ? [] : [`Dwellings ${count(dwellings)}.`]),
    ...(owners === null ? [] : [`Owner-occupied ${wholePercent(owners)}%.`]),
    ...(tenants === null ? [] : [`Rented ${wholePercent(tenants)}%.`]),
    ...(age === null ? [] : [`Most common ages ${age}.`]),
  ];
  if (known.length === 0) return [];
  const of = suburbs.length > 0 ? [messages.ofSuburbItself(locality.suburb)] : [];
  return [note([...of, ...known].join(" "), palette, 3)];
}

/** Not all and not none by rounding. */
function wholePercent(share: number): number {
  return share <= 0 || share >= 100 ? share : Math.min(99, Math.max(1, Math.round(share)));
}
