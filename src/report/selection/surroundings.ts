import type { DataSet, Listing, Rental, Sale, State } from "../data-set.ts";
import { suburbKey } from "../gazetteer/key.ts";
import { type NamedLocality, readLocality } from "../localities/locality-line.ts";
import { findSuburb, isSameSuburb, type Locality } from "../localities/suburbs.ts";
import { allBeside, type Beside, localitiesBeside, nameBeside, type ReportedLocality } from "../request/beside.ts";
import { type ReachedDataSet, statedBy, type TableReach } from "./tables.ts";

/** What was gathered for one of the surrounding suburbs. */
export interface Around {
  readonly suburb: string;
  readonly state: State;
  /** Data that was gathered by an earlier version lacks it. */
  readonly postcode?: string;
  readonly data: DataSet;
}

/** A data set with those of the surrounding suburbs beside it, as they were gathered; no caller can send it so. */
export type GatheredDataSet = DataSet & { readonly around?: readonly Around[] };

/** The JSON text of a gathered data set. None of the texts is read for it: a suburb can have twenty thousand sales. */
export function joinTexts(
  own: string | null,
  locality: Locality,
  around: readonly (readonly [Locality, string])[],
): string {
  const { suburb: name, state, postcode } = locality;
  const base = own ?? JSON.stringify({ schema_version: 1, suburb: { name, state, postcode } });
  const parts = around.map(
    ([{ suburb, state, postcode }, text]) =>
      `${JSON.stringify({ suburb, state, postcode }).slice(0, -1)},"data":${text}}`,
  );
  return parts.length === 0 ? base : `${base.slice(0, base.lastIndexOf("}"))},"around":[${parts.join(",")}]}`;
}

/** As a report of that state names it, see nameBeside. */
export function nameAround({ suburb, state, postcode }: Omit<Around, "data">, ofReport: string): string {
  const locality = findSuburb({ suburb, state, postcode });
  return locality === null ? suburb : nameBeside(locality, ofReport);
}

/**
 * One data set of a suburb, in the state of the report, and those around it. Their records name their suburb; agencies,
 * agents and sources that come several times are there once, but how far each goes is stated for each suburb; series of
 * the market are the suburb's own. `withReach`: adds how far the rows of a data set show that it goes.
 */
export function mergeAround(
  { around = [], ...own }: GatheredDataSet,
  ofReport: string,
  withReach: (dataSet: DataSet) => DataSet,
): ReachedDataSet {
  if (around.length === 0) return own;
  const reaches = [...reachesOf(own, null, withReach)];
  const merged = {
    sources: [...(own.sources ?? [])],
    agencies: [...(own.agencies ?? [])],
    agents: [...(own.agents ?? [])],
    sales: [...(own.sales ?? [])],
    listings: [...(own.listings ?? [])],
    rentals: [...(own.rentals ?? [])],
  };
  for (const each of around) {
    const { suburb: theirs, data } = each;
    const suburb = nameAround(each, ofReport);
    const add = <T extends { readonly id?: string }>(
      into: T[],
      rows: readonly T[] | undefined,
      is: (row: T) => string,
    ) => join(into, rows ?? [], suburb, is);
    const sourceId = add(merged.sources, data.sources, ({ name }) => name);
    const agencyId = add(merged.agencies, data.agencies, ({ name }) => name);
    const ofAgency = data.agents?.map((agent) => withId(agent, "agency_id", agencyId));
    const agentId = add(merged.agents, ofAgency, ({ name }) => name);
    const located = <T extends Sale | Listing | Rental>(row: T): T => ({
      ...withId(row, "source", sourceId),
      suburb: row.suburb && suburbKey(row.suburb) !== suburbKey(theirs) ? row.suburb : suburb,
      ...(row.agency_ids && { agency_ids: row.agency_ids.map(agencyId) }),
    });
    const withAgents = <T extends Listing | Rental>(row: T): T => ({
      ...located(row),
      ...(row.agent_ids && { agent_ids: row.agent_ids.map(agentId) }),
    });
    const sales = data.sales?.map((row) => ({
      ...located(row),
      ...(row.agents && { agents: row.agents.map((each) => ({ ...each, id: agentId(each.id) })) }),
    }));
    add(merged.sales, sales, ({ address, sold_date }) => `${address} ${sold_date}`);
    add(merged.listings, data.listings?.map(withAgents), ({ address, listed_date }) => `${address} ${listed_date}`);
    add(merged.rentals, data.rentals?.map(withAgents), ({ address, listed_date }) => `${address} ${listed_date}`);
    for (const { source, ...reach } of reachesOf(data, suburb, withReach))
      reaches.push({ ...reach, source: source && sourceId(source) });
  }
  return { ...own, ...merged, reaches: reaches.map((each) => withoutStatement(each, reaches)) };
}

/** A reach, and whether its data set states it, or its rows show it alone. */
type ShownReach = TableReach & { readonly isStated: boolean };

function reachesOf(
  dataSet: DataSet,
  suburb: string | null,
  withReach: (dataSet: DataSet) => DataSet,
): readonly ShownReach[] {
  const shown = withReach(dataSet);
  const stated = statedBy(dataSet);
  const reach = (source: string | null, given: string | null | undefined, newest: string | null | undefined) => ({
    ...{ suburb, source, stated, newest: newest ?? null, isStated: given != null },
  });
  return [
    reach(null, dataSet.newest, shown.newest),
    ...(dataSet.sources ?? []).map(({ id, newest }, at) => reach(id, newest, shown.sources?.[at]?.newest)),
  ];
}

/** Of data sets that do not state how far they go, the rows of each show it for all. */
function withoutStatement({ isStated, ...reach }: ShownReach, all: readonly ShownReach[]): TableReach {
  if (isStated) return reach;
  const days = all.flatMap((each) => (each.isStated || each.source !== reach.source ? [] : (each.newest ?? [])));
  return { ...reach, newest: days.sort().at(-1) ?? null };
}

function withId<T extends object>(row: T, name: string, idOf: (id: string) => string): T {
  const id = (row as Readonly<Record<string, unknown>>)[name];
  return typeof id === "string" ? { ...row, [name]: idOf(id) } : row;
}

/**
 * Adds rows to those that are there: a row with an existing id is the same row if `nameOf` matches, else it gets
 * another id. Returns which id a row of the added ones has now.
 */
function join<T extends { readonly id?: string }>(
  into: T[],
  added: readonly T[],
  suburb: string,
  nameOf: (row: T) => string,
): (id: string) => string {
  const known = new Map(into.flatMap((row) => (row.id === undefined ? [] : [[row.id, nameOf(row)] as const])));
  const renamed = new Map<string, string>();
  for (const row of added) {
    if (row.id === undefined) {
      into.push(row);
      continue;
    }
    const there = known.get(row.id);
    if (there === nameOf(row)) continue;
    if (there === undefined) into.push(row);
    else {
      const id = `${row.id} ${suburb}`;
      renamed.set(row.id, id);
      into.push({ ...row, id });
    }
  }
  return (id) => renamed.get(id) ?? id;
}

/** Which suburbs a report is of. */
export interface Area {
  /** Those beside its own. */
  readonly beside: readonly Locality[];
  /**
   * The suburb of a record that is in another of them, as the gazetteer has it; null for the report's own, "elsewhere"
   * for any other.
   */
  suburbOf(row: { readonly suburb?: string | null }): string | null | "elsewhere";
}

export function areaOf(locality: ReportedLocality, beside: Beside | null): Area {
  const others = allBeside(localitiesBeside(locality, beside));
  const suburbs = [
    { ...locality, name: null },
    ...others.map((other) => ({ ...other, name: nameBeside(other, locality.state) })),
  ];
  const remembered = new Map<string, string | null>();
  const locate = (text: string) => {
    const line = readLocality(text);
    const named = suburbs.filter((each) => isLineOf(line, each));
    // Without a state that of the report is meant, and without a postcode its own suburb.
    const found = named.find(({ state }) => state === locality.state) ?? named[0];
    return found === undefined ? "elsewhere" : found.name;
  };
  return {
    beside: others,
    suburbOf({ suburb }) {
      if (!suburb) return null;
      const known = remembered.get(suburb);
      if (known !== undefined) return known;
      const located = locate(suburb);
      remembered.set(suburb, located);
      return located;
    },
  };
}

/** Whether a suburb is the one that a record names, as "Richmond", "Richmond VIC" or "Richmond VIC 3121". */
function isLineOf({ suburb, state, postcode }: NamedLocality, of: ReportedLocality): boolean {
  if (suburbKey(suburb) !== suburbKey(of.suburb) || (state !== null && state !== of.state)) return false;
  if (postcode === null || postcode === of.postcode) return true;
  const [named, meant] = [postcode, of.postcode].map((each) =>
    findSuburb({ suburb: of.suburb, state: of.state as State, postcode: each }),
  );
  // One suburb may have two postcodes; one that no suburb of the name has is ignored.
  return named == null || meant == null || isSameSuburb(named, meant);
}
