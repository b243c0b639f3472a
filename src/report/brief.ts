import { toIso } from "./figures/days.ts";
import { headOf } from "./head.ts";
import type { Figure, PaidPlacement, ReportModel } from "./model.ts";
import type { ReportOptions } from "./options.ts";
import { paidPlacements } from "./partners/paid-placements.ts";
import { countedAreaName } from "./request/beside.ts";
import { agencyLeague, agentLeague, standingOf } from "./sections/league.ts";
import { marketSegments } from "./sections/market.ts";
import { pricesNotUsed, rentalsAlone } from "./sections/method.ts";
import { allCounted } from "./sections/tiles.ts";
import { unnamedSales } from "./sections/verdict.ts";
import { isoPeriod, type ReportScope } from "./selection/scope.ts";
import { select, silentWarnings } from "./selection/selection.ts";
import type { GatheredDataSet } from "./selection/surroundings.ts";

/** The content of the one page of the brief edition: the five agents with the most sales. */
export interface BriefModel {
  readonly locality: Pick<ReportModel["locality"], "suburb" | "state" | "postcode">;
  /** "Manly", or "Manly and 4 neighbours". */
  readonly area: string;
  /** The requested selection in words; null for all of the suburb. */
  readonly selected: string | null;
  readonly period: ReportModel["period"];
  readonly asOf: string;
  /** False if nothing in the data has a date: the report then states none for the data. */
  readonly isDated: boolean;
  readonly sample: boolean;
  readonly branding: ReportModel["branding"];
  readonly preparedFor: { readonly name: string; readonly colour: string | null; readonly logo: string | null } | null;
  /** By rank, five at most; empty where no agent has a sale in the 12 months. */
  readonly agents: readonly BriefAgent[];
  /** All agents who have a rank. */
  readonly ranked: number;
  /** Agents who share the last one's rank and are not shown. */
  readonly tied: number;
  /** The suburb's sales in the 12 months. */
  readonly sales: number;
  /** Those that no agent is shown for. */
  readonly unnamed: number;
  /** All of them by the source's own series, where the data lists some only. */
  readonly counted: number | null;
  /** The first day on record, ISO, where it is within the 12 months. */
  readonly begins: string | null;
  /** Agents who pay to be shown and are not among the five, three at most. */
  readonly paid: readonly PaidPlacement[];
  /** A source lags: its newest quarter may still grow. */
  readonly isProvisional: boolean;
  /** Oddities of the data, for the client. */
  readonly warnings: readonly string[];
  /** Names of the sources. */
  readonly sources: readonly string[];
}

export interface BriefAgent {
  readonly id: string;
  readonly rank: number;
  readonly name: string;
  readonly title: string | null;
  readonly agencyName: string | null;
  readonly agencyColour: string | null;
  readonly agencyLogo: string | null;
  readonly photo: string | null;
  /** Sales that the agent led; unknown where the figures are as supplied. */
  readonly lead: Figure;
  /** Sales of colleagues that the agent took part in; all sales where the lead is unknown. */
  readonly joint: Figure;
  /** Of the disclosed prices of both. */
  readonly value: Figure;
  readonly median: Figure;
  /** The agent also pays to be shown, which changes nothing here but a label. */
  readonly isPaid: boolean;
  readonly isPreparedFor: boolean;
  /** The request highlights the agent, or the agency. */
  readonly isFeatured: boolean;
}

const AGENTS = 5;
const PAID = 3;

/** Pure, like {@link buildReport}, and with the same figures. An empty data set gives a page that reports no data. */
export function buildBrief(gathered: GatheredDataSet, options: ReportOptions): BriefModel {
  const { scope, selection } = select(gathered, options);
  const { dataSet } = scope;
  const league = agentLeague(scope);
  const paid = paidPlacements(scope, league);
  const ranked = league.filter(({ rank }) => rank !== null);
  const agents = ranked.slice(0, AGENTS).map((row): BriefAgent => {
    const agency = row.agencyId === null ? null : (scope.agencies.get(row.agencyId) ?? null);
    return {
      id: row.id,
      rank: row.rank ?? 0,
      name: row.name,
      title: row.title,
      agencyName: row.agencyName,
      agencyColour: agency?.colour ?? null,
      agencyLogo: agency?.logo ?? null,
      photo: scope.agents.get(row.id)?.photo ?? null,
      lead: row.lead,
      joint: jointOf(row.lead, row.involved),
      value: row.value,
      median: row.median,
      isPaid: paid.some(({ agentId }) => agentId === row.id),
      isPreparedFor: row.isPreparedFor,
      isFeatured: row.isFeatured || (row.agencyId !== null && row.agencyId === scope.featured.agency?.id),
    };
  });
  return {
    ...headOf(dataSet, options),
    area: countedAreaName(options, { beside: options.beside, silent: selection?.silent ?? [], of: "sales" }),
    selected: selection?.summary || null,
    period: isoPeriod(scope.period),
    asOf: toIso(scope.asOf),
    preparedFor: preparedForOf(scope),
    agents,
    ranked: ranked.length,
    tied: ranked.slice(AGENTS).filter(({ rank }) => rank === agents.at(-1)?.rank).length,
    sales: scope.sold.length,
    unnamed: unnamedSales(scope),
    counted: allCounted(marketSegments(scope)),
    begins: scope.begins === null ? null : toIso(scope.begins),
    paid: paid.filter(({ agentId }) => !agents.some(({ id }) => id === agentId)).slice(0, PAID),
    warnings: [...pricesNotUsed(scope), ...silentWarnings(selection?.silent ?? [], "sales"), ...rentalsAlone(dataSet)],
    isProvisional: scope.lagging.sales.length > 0,
    sources: (dataSet.sources ?? []).map(({ id, name }) => name || id),
  };
}

/** Involved less lead. Of figures as supplied only the sum is known. */
function jointOf(lead: Figure, involved: Figure): Figure {
  if (involved.value === null || lead.value === null) return involved;
  return { ...involved, value: involved.value - lead.value };
}

function preparedForOf(scope: ReportScope): BriefModel["preparedFor"] {
  const own = standingOf(agencyLeague(scope));
  if (own === null) return null;
  return { name: own.name, colour: own.colour, logo: scope.agencies.get(own.agencyId)?.logo ?? null };
}
