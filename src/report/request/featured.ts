import type { DataSet } from "../data-set.ts";
import { findAgency } from "../identity/named.ts";
import { messages } from "../messages.ts";
import { agenciesOf } from "./prepared-for.ts";
import type { ReportRequest } from "./request.ts";

/** An agent or agency of the data, by id and name. */
export interface KnownName {
  readonly id: string;
  readonly name: string;
}

/** Who a report is to highlight, and whom its data knows; null where that is not known yet. */
interface Featured {
  readonly request: Pick<ReportRequest, "featured_agent_id" | "featured_agency_id" | "compare">;
  readonly agents: readonly KnownName[] | null;
  readonly agencies: readonly KnownName[] | null;
}

/** Warnings about agents or agencies to highlight or to compare that are not in the data. */
export function featuredWarnings({ request, agents, agencies }: Featured, locality: string): readonly string[] {
  const knows = (known: readonly KnownName[], requested: string) =>
    findAgency(new Map(known.map((each) => [each.id, each])), requested) !== null;
  const warn = (
    field: "featured_agent_id" | "featured_agency_id",
    what: string,
    known: readonly KnownName[] | null,
  ) => {
    const requested = request[field];
    if (requested === undefined || known === null) return [];
    if (knows(known, requested)) return [];
    return [messages.notHighlighted(field, what, requested.slice(0, 100), locality)];
  };
  const all = agents === null || agencies === null ? null : [...agents, ...agencies];
  const missing = all === null ? [] : (request.compare ?? []).filter((requested) => !knows(all, requested));
  return [
    ...warn("featured_agent_id", "agent", agents),
    ...warn("featured_agency_id", "agency", agencies),
    ...missing.map((requested) => messages.notCompared(requested.slice(0, 100), locality)),
  ];
}

/** The same of data that came with the request. */
export function featuredInData(request: Featured["request"], data: DataSet, locality: string): readonly string[] {
  const agents = (data.agents ?? []).flatMap(({ id, name, hidden }) => (hidden ? [] : [{ id: id ?? name, name }]));
  return featuredWarnings({ request, agents, agencies: agenciesOf(data) }, locality);
}
