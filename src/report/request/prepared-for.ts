import { distance } from "fastest-levenshtein";
import { quoted } from "../../text/visible-text.ts";
import type { DataSet } from "../data-set.ts";
import { findAgency, foldName } from "../identity/named.ts";
import { messages } from "../messages.ts";

/** An agency as a data set names it; one that is only referred to has its id for a name. */
export interface AgencyName {
  readonly id: string;
  readonly name: string;
}

/** Every agency that a report from this data set could know: those it lists, and those that its records refer to. */
export function agenciesOf(dataSet: DataSet): readonly AgencyName[] {
  const { agencies = [], agents = [], sales = [], listings = [], rentals = [] } = dataSet;
  const known = new Map<string, AgencyName>(agencies.map(({ id, name }) => [id, { id, name }]));
  const refer = (id: string) => {
    if (!known.has(id)) known.set(id, { id, name: id });
  };
  for (const { agency_id } of agents) if (agency_id) refer(agency_id);
  for (const { agency_ids } of [...sales, ...listings, ...rentals]) agency_ids?.forEach(refer);
  return [...known.values()];
}

/**
 * The warning about a report for an agency that is not in the data, which its reader would
 * otherwise be the first to notice; null if the data has it. `locality`: in words.
 */
export function preparedForWarning(
  requested: string | null | undefined,
  locality: string,
  agencies: readonly AgencyName[],
): string | null {
  if (requested == null || requested.trim() === "") return null;
  if (findAgency(new Map(agencies.map((agency) => [agency.id, agency])), requested) !== null) return null;
  const nearest = nearestOf(requested, agencies);
  const hint = nearest === null ? "" : ` Did you mean ${quoted(nearest.name)}?`;
  return messages.preparedFor(requested.slice(0, 100), locality, hint);
}

/** One that is spelt alike, or has the same words among its own. */
function nearestOf(requested: string, agencies: readonly AgencyName[]): AgencyName | null {
  const key = foldName(requested);
  const reach = Math.max(2, Math.floor(key.length / 3));
  let best: { readonly agency: AgencyName; readonly edits: number } | null = null;
  for (const agency of agencies) {
    const name = foldName(agency.name);
    const within = key.length >= 4 && (name.includes(key) || key.includes(name));
    const edits = within ? 1 : distance(key, name);
    if (edits <= reach && (best === null || edits < best.edits)) best = { agency, edits };
  }
  return best?.agency ?? null;
}
