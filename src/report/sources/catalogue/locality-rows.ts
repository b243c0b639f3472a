import type { Database } from "bun:sqlite";
import type { Locality } from "../../localities/suburbs.ts";
import type { LocalityKind } from "./kind-names.ts";
import { localityKey } from "./locality.ts";
import { createRemembered } from "./remembered.ts";
import { IS_SOLD } from "./tables.ts";

/** A row of a locality as it is stored, with the names of those it is by. */
export interface LocalityRow {
  readonly id: string;
  readonly row: Readonly<Record<string, unknown>>;
  readonly agents: readonly string[];
  readonly agencies: readonly string[];
  /** Its number in the list of imports; null for one that came before there were such. */
  readonly import_id: number | null;
}

export interface LocalityRows {
  /** The newest first. */
  readonly rows: readonly LocalityRow[];
  readonly total: number;
}

/** A person or agency that a report of a locality would contain, and what of theirs there is in it. */
export interface LocalityPerson {
  readonly id: string;
  readonly name: string;
  /** Of an agent, where it is known. */
  readonly agency: string | null;
  /** Left out of reports. */
  readonly hidden: boolean;
  readonly sales: number;
  readonly listings: number;
  /** The day of the newest sale. */
  readonly newest: string | null;
}

const MOST_PEOPLE = 500;

interface StoredLocalityRow {
  readonly id: string;
  readonly data: string;
  readonly agent_ids: string | null;
  readonly agency_ids: string | null;
  readonly import_id: number | null;
}

/**
 * Of agents or agencies: those whom rows of the locality name, and those who call it their own; who sold most comes
 * first.
 */
const PEOPLE = (kind: "agents" | "agencies", ids: "agent_ids" | "agency_ids") => `
  WITH sold AS (
    SELECT each.value AS id, count(*) FILTER (WHERE ${IS_SOLD}) AS sales, max(date) FILTER (WHERE ${IS_SOLD}) AS newest
      FROM sales, json_each(sales.${ids}) AS each
     WHERE locality = $locality AND sales.${ids} IS NOT NULL GROUP BY each.value),
  listed AS (
    SELECT each.value AS id, count(*) AS listings FROM listings, json_each(listings.${ids}) AS each
     WHERE locality = $locality AND listings.${ids} IS NOT NULL GROUP BY each.value),
  known AS (SELECT id FROM sold UNION SELECT id FROM listed UNION SELECT id FROM ${kind} WHERE locality = $locality)
  SELECT known.id AS id, coalesce(json_extract(own.data, '$.name'), known.id) AS name,
         ${
           kind === "agents"
             ? "coalesce(json_extract(agencies.data, '$.name'), json_extract(own.data, '$.agency_id'))"
             : "NULL"
         } AS agency,
         coalesce(json_extract(own.data, '$.hidden'), 0) AS hidden,
         coalesce(sold.sales, 0) AS sales, coalesce(listed.listings, 0) AS listings, sold.newest AS newest
    FROM known LEFT JOIN ${kind} AS own ON own.id = known.id
    LEFT JOIN sold ON sold.id = known.id LEFT JOIN listed ON listed.id = known.id
    ${kind === "agents" ? "LEFT JOIN agencies ON agencies.id = json_extract(own.data, '$.agency_id')" : ""}
   ORDER BY sales DESC, listings DESC, name LIMIT ${MOST_PEOPLE}`;

/** The rows of one locality, for an overview. */
export function createLocalityRows(database: Database) {
  const namesOf = (kind: "agents" | "agencies", ids: readonly string[]): ReadonlyMap<string, string> =>
    new Map(
      database
        .query<{ id: string; name: string }, [string]>(
          `SELECT id, coalesce(json_extract(data, '$.name'), id) AS name FROM ${kind}
            WHERE id IN (SELECT value FROM json_each(?))`,
        )
        .all(JSON.stringify(ids))
        .map(({ id, name }) => [id, name]),
    );

  const remembered = createRemembered(database);
  const totalIn = (kind: LocalityKind) =>
    remembered(
      (locality) =>
        database
          .query<{ total: number }, [string]>(`SELECT count(*) AS total FROM ${kind} WHERE locality = ?`)
          .get(locality)?.total ?? 0,
    );
  const totals = {
    sales: totalIn("sales"),
    listings: totalIn("listings"),
    rentals: totalIn("rentals"),
  } satisfies Record<LocalityKind, unknown>;
  const peopleIn = remembered((locality) => {
    const all = (sql: string): readonly LocalityPerson[] =>
      database
        .query<Omit<LocalityPerson, "hidden"> & { hidden: number }, { locality: string }>(sql)
        .all({ locality })
        .map((each) => ({ ...each, hidden: each.hidden === 1 }));
    return { agents: all(PEOPLE("agents", "agent_ids")), agencies: all(PEOPLE("agencies", "agency_ids")) };
  });

  return {
    localityRows(
      locality: Locality,
      kind: LocalityKind,
      { limit, offset }: { readonly limit: number; readonly offset: number },
    ): LocalityRows {
      const key = localityKey(locality);
      const stored = database
        .query<StoredLocalityRow, { locality: string; limit: number; offset: number }>(
          `SELECT id, data, agent_ids, agency_ids, import_id FROM ${kind} WHERE locality = $locality
            ORDER BY date DESC, id LIMIT $limit OFFSET $offset`,
        )
        .all({ locality: key, limit, offset });
      const agents = namesOf("agents", stored.flatMap(idsIn("agent_ids")));
      const agencies = namesOf("agencies", stored.flatMap(idsIn("agency_ids")));
      const total = totals[kind](key);
      const rows = stored.map((each) => ({
        id: each.id,
        row: JSON.parse(each.data) as LocalityRow["row"],
        agents: idsIn("agent_ids")(each).map((id) => agents.get(id) ?? id),
        agencies: idsIn("agency_ids")(each).map((id) => agencies.get(id) ?? id),
        import_id: each.import_id,
      }));
      return { rows, total };
    },
    /** 500 of each at most, who sold most first. */
    localityPeople: (locality: Locality) => peopleIn(localityKey(locality)),
  };
}

const idsIn =
  (column: "agent_ids" | "agency_ids") =>
  (row: StoredLocalityRow): readonly string[] =>
    JSON.parse(row[column] ?? "[]") as string[];
