/*
 * Comparisons: two to four agents or agencies side by side, and sales comparable with a property.
 * Pure: the figures are those of figures/.
 * Not here: sources, and figures of its own.
 */

import { saleToList, vendorDiscount } from "../figures/price.ts";
import { salesByAgency, salesByAgent } from "../figures/standing.ts";
import { namedAs } from "../identity/named.ts";
import { messages } from "../messages.ts";
import type { AgencyLeague, AgencyRow, AgentRow, Comparison, ComparisonColumn } from "../model.ts";
import { practiceOf, thirdsOf } from "../sections/practice.ts";
import type { ReportScope } from "../selection/scope.ts";
import { plural } from "../wording.ts";

type Kind = Comparison["kind"];

/** What may be compared: the leagues of a report, whose order decides between two of one name. */
interface Leagues {
  readonly agents: readonly AgentRow[];
  readonly agencies: AgencyLeague;
}

/**
 * Those of `names` (ids or names, in any case and spacing) whom the data knows. The first that it knows decides whether
 * agents or agencies are compared. Null where none was requested; without columns where fewer than two are known.
 */
export function comparison(scope: ReportScope, leagues: Leagues): Comparison | null {
  const names = scope.options.compare ?? [];
  if (names.length === 0) return null;
  const rows: Readonly<Record<Kind, readonly (AgentRow | AgencyRow)[]>> = {
    agent: leagues.agents,
    agency: leagues.agencies.rows,
  };
  const decides = names.map((name) => kindOf(name, rows)).find((kind) => kind !== null) ?? "agent";
  const notes: string[] = [];
  const found = new Map<string, AgentRow | AgencyRow>();
  for (const name of names) {
    const [first, ...others] = namedAs(rows[decides], name);
    if (first === undefined) notes.push(unknown(name, decides, kindOf(name, rows)));
    else if (others.length > 0) notes.push(namesakes(name, first, others));
    if (first !== undefined) found.set(first.id, first);
  }
  if (found.size < 2) {
    const [only] = found.values();
    notes.push(messages.tooFewToCompare(only === undefined ? messages.noneFound : messages.onlyFound(only.name)));
    return { kind: decides, columns: [], notes };
  }
  return { kind: decides, columns: [...found.values()].map(columnOf(scope, decides)), notes };
}

function kindOf(name: string, rows: Readonly<Record<Kind, readonly { id: string; name: string }[]>>): Kind | null {
  return (["agent", "agency"] as const).find((kind) => namedAs(rows[kind], name).length > 0) ?? null;
}

function unknown(name: string, kind: Kind, other: Kind | null): string {
  const what = kind === "agent" ? "an agent" : "an agency";
  if (other === null) return messages.unknownToCompare(name);
  return messages.notComparable(name, other === "agent" ? "an agent" : "an agency", what);
}

function namesakes(name: string, chosen: AgentRow | AgencyRow, others: readonly (AgentRow | AgencyRow)[]): string {
  const [one, many] = "agencyName" in chosen ? ["agent", "agents"] : ["agency", "agencies"];
  const all = plural(others.length + 1, one, many);
  // None is the highest where none has a rank, or another has the same.
  const isHighest = chosen.rank !== null && others.every(({ rank }) => rank !== chosen.rank);
  const which = isHighest ? messages.highestRanked : messages.firstInTable(one);
  const of = "agencyName" in chosen && chosen.agencyName !== null ? `, of ${chosen.agencyName},` : "";
  return messages.severalOfName(all, name, which + of);
}

function columnOf(scope: ReportScope, kind: Kind): (row: AgentRow | AgencyRow) => ComparisonColumn {
  const thirds = thirdsOf(scope.sold);
  const agents = kind === "agent" ? salesByAgent(scope.sold) : null;
  const agencies = kind === "agency" ? salesByAgency(scope.sold) : null;
  return (row) => {
    const sold = agents?.get(row.id)?.involved ?? agencies?.get(row.id) ?? [];
    return {
      id: row.id,
      name: row.name,
      agencyName: "agencyName" in row ? row.agencyName : null,
      isPreparedFor: row.isPreparedFor,
      rank: row.rank,
      rankChange: row.rankChange,
      isNew: row.isNew,
      sales: "involved" in row ? row.involved : row.sales,
      lead: "lead" in row ? row.lead : null,
      share: row.share,
      value: row.value,
      median: row.median,
      daysOnMarket: row.daysOnMarket,
      vendorDiscount: vendorDiscount(sold),
      saleToList: saleToList(sold),
      listings: row.listings,
      practice: practiceOf(sold, kind === "agent" ? ({ agents: all }) => all : ({ agencyIds }) => agencyIds, thirds),
    };
  };
}
