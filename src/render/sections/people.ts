import type { AgencyRow, AgentRow, Figure } from "../../report/model.ts";
import { UNKNOWN } from "../style/format.ts";
import { type Inline, inlines, shorten } from "../style/text.ts";
import { type Palette, SIZE } from "../style/theme.ts";

/**
 * Those known to have sold nothing in the 12 months and to list nothing: an old catalogue names many. A table leaves
 * them out, unless the report is for them.
 */
export function isIdle(sales: Figure, row: AgencyRow | AgentRow): boolean {
  return sales.value === 0 && !row.listings && !row.isPreparedFor && !row.isFeatured;
}

/** More than these would make a row taller than it is worth. */
const MOST_NAMES = 2;

/** The agencies of a sale or listing, and below them the agents. */
export function people(
  {
    agencyNames,
    agentNames,
    isPreparedFor,
  }: {
    readonly agencyNames: readonly string[];
    readonly agentNames: readonly string[];
    readonly isPreparedFor: boolean;
  },
  palette: Palette,
): Inline[] {
  // Records of one agency, as its own program exports them, name the agents alone.
  if (agencyNames.length === 0 && agentNames.length > 0) return inlines(some(agentNames));
  const agencies = agenciesOf(agencyNames, isPreparedFor, palette);
  if (agentNames.length === 0) return agencies;
  return [...agencies, { text: "\n" }, ...inlines(some(agentNames), { fontSize: SIZE.small, color: palette.muted })];
}

/** The head of a column of {@link people}, which must not promise what none of its rows has. */
export function peopleTitle(
  rows: readonly { readonly agencyNames: readonly string[]; readonly agentNames: readonly string[] }[],
): string {
  const hasAgencies = rows.some(({ agencyNames }) => agencyNames.length > 0);
  const hasAgents = rows.some(({ agentNames }) => agentNames.length > 0);
  return hasAgencies && hasAgents ? "Agency and agent" : hasAgents ? "Agent" : "Agency";
}

/** The agencies; the requesting one, which comes first where it is among them, in the brand's colour. */
export function agenciesOf(names: readonly string[], isPreparedFor: boolean, palette: Palette): Inline[] {
  const shown = some(names) || UNKNOWN;
  if (!isPreparedFor) return inlines(shown);
  const own = some(names.slice(0, 1));
  return [...inlines(own, { bold: true, color: palette.accentText }), ...inlines(shown.slice(own.length))];
}

/** The first two, and how many more. */
export function some(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => shorten(name, 80));
  const more = names.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
