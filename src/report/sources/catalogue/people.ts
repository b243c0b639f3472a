import type { Database } from "bun:sqlite";
import { NOT_OF_SAMPLE } from "./sample-rows.ts";

/** Agencies and agents by name, for rows that name them. */
export interface PeopleByName {
  readonly agencies: readonly { readonly id: string; readonly name: string }[];
  readonly agents: readonly {
    readonly id: string;
    readonly name: string;
    readonly agency_id: string | null;
    readonly email: string | null;
  }[];
}

const AGENCIES = `
  SELECT id, coalesce(json_extract(data, '$.name'), id) AS name FROM staging.agencies
  UNION SELECT id, coalesce(json_extract(data, '$.name'), id) FROM main.agencies WHERE ${NOT_OF_SAMPLE} ORDER BY id`;
const AGENTS = `
  SELECT id, json_extract(data, '$.name') AS name, json_extract(data, '$.agency_id') AS agency_id,
         json_extract(data, '$.email') AS email FROM staging.agents
  UNION SELECT id, json_extract(data, '$.name'), json_extract(data, '$.agency_id'), json_extract(data, '$.email')
    FROM main.agents WHERE ${NOT_OF_SAMPLE} ORDER BY id`;

/** Of the catalogue and of what is being imported. */
export function readPeople(database: Database): PeopleByName {
  return {
    agencies: database.query<PeopleByName["agencies"][number], []>(AGENCIES).all(),
    agents: database.query<PeopleByName["agents"][number], []>(AGENTS).all(),
  };
}
