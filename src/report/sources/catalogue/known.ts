import type { Database } from "bun:sqlite";
import { compareText } from "../../../text/text.ts";
import { suburbKey } from "../../gazetteer/key.ts";
import { findSuburb, type Locality } from "../../localities/suburbs.ts";
import type { AgencyName } from "../../request/prepared-for.ts";
import type { ReportLocality } from "../source.ts";
import { SUBURB_KINDS } from "./kind-names.ts";
import { localityKey } from "./locality.ts";
import { createRemembered } from "./remembered.ts";
import { IS_SOLD } from "./tables.ts";

/** The cached data is read again after an import, and this often if imports cannot be noticed. */
const READ_AGAIN_MS = 60_000;
const MAX_AGENCIES = 5_000;

/** Leaps from locality to locality through the index, however many rows each has. */
const NEXT_LOCALITY = (kind: string) => `SELECT min(locality) AS locality FROM ${kind} WHERE locality > +?`;
const HAS_ROWS = SUBURB_KINDS.map((kind) => `EXISTS (SELECT 1 FROM ${kind} WHERE locality = $locality)`).join(" OR ");

/** The ids that a suburb's rows name, their agents' among them; then the agencies of these ids, and its own. */
const NAMED = `
  WITH lists(ids) AS (
    SELECT DISTINCT agency_ids FROM sales WHERE locality = $locality AND agency_ids IS NOT NULL
    UNION SELECT DISTINCT agency_ids FROM listings WHERE locality = $locality AND agency_ids IS NOT NULL
    UNION SELECT DISTINCT agency_ids FROM rentals WHERE locality = $locality AND agency_ids IS NOT NULL
    UNION SELECT DISTINCT agency_ids FROM agents WHERE agency_ids IS NOT NULL AND (locality = $locality OR id IN (
      SELECT person.value FROM (
        SELECT DISTINCT agent_ids FROM sales WHERE locality = $locality AND agent_ids IS NOT NULL
        UNION SELECT DISTINCT agent_ids FROM listings WHERE locality = $locality AND agent_ids IS NOT NULL) AS people,
        json_each(people.agent_ids) AS person))),
  named(id) AS (SELECT DISTINCT each.value FROM lists, json_each(lists.ids) AS each)
  SELECT id, coalesce(json_extract(agencies.data, '$.name'), id) AS name FROM named LEFT JOIN agencies USING (id)
  UNION SELECT id, coalesce(json_extract(data, '$.name'), id) FROM agencies WHERE locality = $locality
  ORDER BY name LIMIT ${MAX_AGENCIES}`;
const PEOPLE = `
  WITH people(id) AS (
    SELECT each.value FROM (
      SELECT DISTINCT agent_ids FROM sales WHERE locality = $locality AND agent_ids IS NOT NULL
      UNION SELECT DISTINCT agent_ids FROM listings WHERE locality = $locality AND agent_ids IS NOT NULL) AS lists,
      json_each(lists.agent_ids) AS each)
  SELECT id, coalesce(json_extract(data, '$.name'), id) AS name FROM agents
  WHERE (locality = $locality OR id IN (SELECT id FROM people)) AND coalesce(json_extract(data, '$.hidden'), 0) = 0
  ORDER BY name LIMIT ${MAX_AGENCIES}`;
const ALL = `SELECT id, coalesce(json_extract(data, '$.name'), id) AS name FROM agencies ORDER BY name LIMIT ${MAX_AGENCIES}`;

const AGENCY = "SELECT data FROM agencies WHERE id = ?";
/** In one locality, through its index: a check of all sales at once would delay every request. */
const SALES_OF = `
  SELECT count(*) AS sales, max(suburb) AS suburb, max(state) AS state, max(postcode) AS postcode FROM sales
  WHERE locality = $locality AND ${IS_SOLD} AND EXISTS (SELECT 1 FROM json_each(agency_ids) WHERE value = $id)`;
/** Between two turns of the event loop. */
const TURN_MS = 4;

/** A suburb in which an agency sold. */
export interface TerritoryPart {
  readonly suburb: string;
  readonly state: string;
  readonly postcode: string | null;
  readonly sales: number;
}

/** What the catalogue has data about, to complete or check what a person types. */
export function createKnown(database: Database) {
  const dataVersion = database.query<{ data_version: number }, []>("PRAGMA data_version");
  let localities: ReadonlySet<string> | null = null;
  /** Written by `read`. */
  let names: ReadonlySet<string> = new Set();
  let version = -1;
  let readAtMs = 0;

  function read(): ReadonlySet<string> {
    const seen = dataVersion.get()?.data_version ?? -1;
    const now = performance.now();
    if (localities !== null && seen === version && now - readAtMs < READ_AGAIN_MS) return localities;
    const found = new Set<string>();
    for (const kind of SUBURB_KINDS) {
      const next = database.query<{ locality: string | null }, [string]>(NEXT_LOCALITY(kind));
      for (let at = next.get("")?.locality ?? null; at !== null; at = next.get(at)?.locality ?? null) found.add(at);
    }
    [localities, version, readAtMs] = [found, seen, now];
    names = new Set([...found].map((each) => each.slice(0, each.lastIndexOf(" "))));
    return found;
  }

  const remembered = createRemembered(database);
  const agenciesIn = remembered((locality): readonly AgencyName[] | null => {
    const rows = database.query<{ found: number }, { locality: string }>(`SELECT ${HAS_ROWS} AS found`);
    if (rows.get({ locality })?.found !== 1) return null;
    return database.query<AgencyName, { locality: string }>(NAMED).all({ locality });
  });
  const agentsIn = remembered((locality): readonly AgencyName[] =>
    database.query<AgencyName, { locality: string }>(PEOPLE).all({ locality }),
  );
  const all = remembered((): readonly AgencyName[] => database.query<AgencyName, []>(ALL).all());

  return {
    /** Whether there is a row about a suburb. */
    hasData(locality: Locality): boolean {
      const known = read();
      // Most are distinguished by the name alone.
      return names.has(`${locality.state} ${suburbKey(locality.suburb)}`) && known.has(localityKey(locality));
    },

    /** The agencies that a report on a suburb would know, by their names; null where there is nothing about it. */
    agencies(requested: ReportLocality): readonly AgencyName[] | null {
      const locality = findSuburb(requested);
      return locality === null ? null : agenciesIn(localityKey(locality));
    },

    /** The agents that a report on a suburb would name. */
    agents(requested: ReportLocality): readonly AgencyName[] {
      const locality = findSuburb(requested);
      return locality === null ? [] : agentsIn(localityKey(locality));
    },

    /** The row of an agency, as it was imported; null where there is none. */
    agency(id: string): Readonly<Record<string, unknown>> | null {
      const row = database.query<{ data: string }, [string]>(AGENCY).get(id);
      return row === null ? null : (JSON.parse(row.data) as Readonly<Record<string, unknown>>);
    },

    /** The suburbs in which an agency sold, those with the most of its sales before the others. */
    async territory(id: string): Promise<readonly TerritoryPart[]> {
      const salesOf = database.query<TerritoryPart, { locality: string; id: string }>(SALES_OF);
      const parts: TerritoryPart[] = [];
      let until = performance.now() + TURN_MS;
      for (const locality of [...read()]) {
        const part = salesOf.get({ locality, id });
        if (part !== null && part.sales > 0) parts.push(part);
        if (performance.now() < until) continue;
        await new Promise(setImmediate);
        until = performance.now() + TURN_MS;
      }
      return parts.toSorted((a, b) => b.sales - a.sales || compareText(a.suburb, b.suburb));
    },

    allAgencies: () => all(""),
  };
}
