/*
 * Partners who pay to be shown: which of them on which day, and with which figures.
 * Figures are those of the league. No partner changes a rank or a figure.
 * Not here: sources, and the request for partners over HTTP (sources/partners.ts).
 */

import { compareText } from "../../text/text.ts";
import type { Partner } from "../data-set.ts";
import { computed, supplied } from "../figures/figure.ts";
import { foldName } from "../identity/named.ts";
import type { AgentRow, Figure, PaidPlacement, Tier } from "../model.ts";
import type { ReportScope } from "../selection/scope.ts";

const TIERS: readonly Tier[] = ["featured_plus", "featured", "standard"];

/**
 * The paid placements of a day (ISO), the highest tier first. Figures are those that the league computed; who has none
 * there has what was entered manually, marked as supplied. Takes the league as it is: nothing here can change a rank or
 * a figure.
 */
export function paidPlacements(scope: ReportScope, league: readonly AgentRow[]): readonly PaidPlacement[] {
  const { date } = scope.options;
  return activePartners(scope.dataSet.partners ?? [], date).flatMap((partner, index) => {
    if (isHidden(scope, partner)) return [];
    const row = league.find((agent) => isPartner(partner, agent));
    const known = row !== undefined && (row.involved.value ?? 0) > 0;
    const agency = partner.agency_id == null ? null : (scope.agencies.get(partner.agency_id) ?? null);
    const agent = row === undefined ? undefined : scope.agents.get(row.id);
    const own = row?.agencyId == null ? agency : (scope.agencies.get(row.agencyId) ?? agency);
    return [
      {
        id: partner.id ?? `partner-${index + 1}`,
        name: row?.name ?? partner.agent,
        agencyName: row?.agencyName ?? agency?.name ?? partner.agency ?? null,
        tier: partner.tier ?? "standard",
        agentId: row?.id ?? null,
        rank: row?.rank ?? null,
        ...(known
          ? { sales: row.involved, median: row.median, value: row.value }
          : {
              sales: typed(partner.sales),
              median: typed(partner.median_price),
              value: typed(partner.sales_value),
            }),
        photo: partner.photo ?? agent?.photo ?? null,
        logo: partner.logo ?? own?.logo ?? null,
      },
    ];
  });
}

/** Those whose time has begun and not ended, both days included, by tier, then name. */
export function activePartners(partners: readonly Partner[], date: string): readonly Partner[] {
  const tier = (partner: Partner) => TIERS.indexOf(partner.tier ?? "standard");
  return partners
    .filter(({ from, to }) => (from ?? "") <= date && (to ?? "9999") >= date)
    .toSorted(
      (a, b) => tier(a) - tier(b) || compareText(a.agent, b.agent) || compareText(JSON.stringify(a), JSON.stringify(b)),
    );
}

/** By id where the partner has one, else by name. */
function isPartner(partner: Partner, { id, name }: Pick<AgentRow, "id" | "name">): boolean {
  if (partner.agent_id != null) return partner.agent_id === id;
  return foldName(partner.agent) === foldName(name);
}

/** An agent whom the data hides is hidden as a partner, too. */
function isHidden({ dataSet }: ReportScope, partner: Partner): boolean {
  return (dataSet.agents ?? []).some(
    (agent) => agent.hidden === true && isPartner(partner, { id: agent.id ?? "", name: agent.name }),
  );
}

function typed(value: number | null | undefined): Figure {
  return value == null ? computed(null, 0) : supplied(value);
}
