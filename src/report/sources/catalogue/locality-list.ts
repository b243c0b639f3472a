import type { Database } from "bun:sqlite";
import type { State } from "../../data-set.ts";
import { suburbKey } from "../../gazetteer/key.ts";
import { findSuburb, type Locality, readLocality } from "../../localities/suburbs.ts";
import { messages } from "../messages.ts";
import { localityKey } from "./locality.ts";
import { createRemembered } from "./remembered.ts";
import { IS_SOLD } from "./tables.ts";

/** The catalogue's data about a suburb. */
export interface CatalogueLocality {
  readonly suburb: string;
  readonly state: State;
  readonly postcode: string;
  /** Records of sales, and of auctions without one. */
  readonly sales: number;
  /** Sold in the twelve months to the newest. */
  readonly sales_12m: number;
  readonly listings: number;
  readonly rentals: number;
  /** Named by its sales. */
  readonly agents: number;
  /** The day of the newest record of a sale, as far as it is not in the future; null without any. */
  readonly newest: string | null;
  readonly oldest: string | null;
  /** The ids of the sources that its sales name. */
  readonly sources: readonly string[];
  /** The completeness of its report. */
  readonly report: "full" | "thin" | "empty";
  /** What a full report lacks, in words. */
  readonly missing: readonly string[];
}

/** The catalogue's totals. */
export interface CatalogueSummary {
  readonly localities: number;
  readonly sales: number;
  /** The day of the newest sale; null without any. */
  readonly newest: string | null;
  /** A source of it is marked as synthetic, as the sample's is. */
  readonly synthetic: boolean;
}

export interface LocalityPage {
  readonly localities: readonly CatalogueLocality[];
  /** For the next page; null on the last. */
  readonly next: string | null;
  /** Of all that match. */
  readonly total: number;
}

export interface LocalityQuery {
  /** A part of a suburb's name, with a state where it helps. */
  readonly q?: string;
  readonly limit: number;
  /** From `next` of the page before. */
  readonly after?: string;
}

/** The sales of twelve months that fill every section of a report. */
const FULL_SALES = 10;

interface LocalityCount {
  readonly locality: string;
  readonly rows: number;
  readonly oldest: string | null;
  readonly newest: string | null;
}

const COUNT = (kind: string) =>
  `SELECT locality, count(*) AS rows, min(date) AS oldest,
          max(CASE WHEN date <= date('now', '+1 day') THEN date END) AS newest FROM ${kind}
    WHERE locality IS NOT NULL GROUP BY locality`;

/** The catalogue's data, locality by locality; counted once for each version of its file. */
export function createLocalityList(database: Database) {
  const remembered = createRemembered(database);
  const counts = () => countAll("");
  const countAll = remembered(() => {
    const byKind: Record<string, Map<string, LocalityCount>> = {};
    for (const kind of ["sales", "listings", "rentals", "agents", "agencies"])
      byKind[kind] = new Map(
        database
          .query<LocalityCount, []>(COUNT(kind))
          .all()
          .map((row) => [row.locality, row]),
      );
    return byKind;
  });

  const localityAt = remembered((locality): CatalogueLocality | null => {
    const [state = "", ...rest] = locality.split(" ");
    const postcode = rest.at(-1) ?? "";
    const named = database
      .query<{ suburb: string; postcode: string }, { locality: string }>(
        ["sales", "listings", "rentals", "agents", "agencies", "market"]
          .map((kind) => `SELECT * FROM (SELECT suburb, postcode FROM ${kind} WHERE locality = $locality LIMIT 1)`)
          .join(" UNION ALL "),
      )
      .get({ locality });
    if (named === null) return null;
    const { byLocality, sales_12m, agents, sources, named12 } = detailsOf(locality);
    const { sales, listings, rentals } = byLocality;
    const missing: string[] = [];
    if (sales_12m < FULL_SALES) missing.push(sales_12m === 0 ? "sales" : messages.fewSales(sales_12m, FULL_SALES));
    if (named12 === 0 && (sales?.rows ?? 0) > 0) missing.push(messages.noAgents);
    if ((listings?.rows ?? 0) === 0) missing.push("current listings");
    const has =
      (sales?.rows ?? 0) + (listings?.rows ?? 0) + (rentals?.rows ?? 0) + (counts().agents?.get(locality)?.rows ?? 0);
    return {
      suburb: named.suburb,
      state: state as State,
      postcode,
      sales: sales?.rows ?? 0,
      sales_12m,
      listings: listings?.rows ?? 0,
      rentals: rentals?.rows ?? 0,
      agents,
      newest: sales?.newest ?? null,
      oldest: sales?.oldest ?? null,
      sources,
      report: has === 0 ? "empty" : sales_12m >= FULL_SALES && named12 > 0 ? "full" : "thin",
      missing,
    };
  });

  function detailsOf(locality: string) {
    const byKind = counts();
    const byLocality = {
      sales: byKind.sales?.get(locality),
      listings: byKind.listings?.get(locality),
      rentals: byKind.rentals?.get(locality),
    };
    const newest = byLocality.sales?.newest ?? null;
    const year = database
      .query<{ rows: number; named: number }, { locality: string; newest: string | null }>(
        `SELECT count(*) AS rows, count(agent_ids) AS named FROM sales
          WHERE locality = $locality AND date > date($newest, '-12 months') AND date <= $newest
            AND ${IS_SOLD}`,
      )
      .get({ locality, newest }) ?? { rows: 0, named: 0 };
    const people = database
      .query<{ agents: number }, { locality: string }>(
        `SELECT count(DISTINCT person.value) AS agents FROM (
           SELECT DISTINCT agent_ids FROM sales WHERE locality = $locality AND agent_ids IS NOT NULL) AS lists,
           json_each(lists.agent_ids) AS person`,
      )
      .get({ locality }) ?? { agents: 0 };
    const sources = database
      .query<{ source: string }, { locality: string }>(
        "SELECT DISTINCT source FROM sales WHERE locality = $locality AND source IS NOT NULL ORDER BY source LIMIT 10",
      )
      .all({ locality })
      .map(({ source }) => source);
    return { byLocality, sales_12m: year.rows, named12: year.named, agents: people.agents, sources };
  }

  const totals = remembered((): Readonly<Record<string, number>> => {
    const byKind = counts();
    const sum = (kind: string) => [...(byKind[kind]?.values() ?? [])].reduce((total, { rows }) => total + rows, 0);
    const all = (kind: string) =>
      (database.query(`SELECT count(*) AS rows FROM ${kind}`).get() as { rows: number }).rows;
    return {
      sales: sum("sales"),
      listings: sum("listings"),
      rentals: sum("rentals"),
      agents: all("agents"),
      agencies: all("agencies"),
    };
  });

  return {
    localities({ q = "", limit, after = "" }: LocalityQuery): LocalityPage {
      const line = readLocality(q.trim().slice(0, 100));
      const key = suburbKey(line.suburb);
      const fits = (locality: string) => {
        const [state, ...rest] = locality.split(" ");
        if (line.state !== null && state !== line.state) return false;
        if (line.postcode !== null && rest.at(-1) !== line.postcode) return false;
        return (rest[0] ?? "").includes(key) || rest.at(-1) === key;
      };
      const all = [...new Set(Object.values(counts()).flatMap((each) => [...each.keys()]))].filter(fits).sort();
      const page = all.filter((locality) => locality > after).slice(0, limit);
      const last = page.at(-1);
      return {
        localities: page.map(localityAt).filter((locality) => locality !== null),
        next: last !== undefined && last !== all.at(-1) ? last : null,
        total: all.length,
      };
    },
    /** Null where there is nothing. */
    locality(locality: Locality): CatalogueLocality | null {
      const found = findSuburb(locality) ?? locality;
      return localityAt(localityKey(found));
    },
    /** Rows of each kind. */
    totals: () => totals(""),
    summary(): CatalogueSummary {
      const byKind = counts();
      const sales = [...(byKind.sales?.values() ?? [])];
      const synthetic = database
        .query("SELECT 1 FROM sources WHERE json_extract(data, '$.synthetic') = 1 LIMIT 1")
        .get();
      return {
        localities: new Set(Object.values(byKind).flatMap((each) => [...each.keys()])).size,
        sales: sales.reduce((sum, { rows }) => sum + rows, 0),
        newest: sales.reduce<string | null>(
          (latest, { newest }) => (newest !== null && newest > (latest ?? "") ? newest : latest),
          null,
        ),
        synthetic: synthetic !== null,
      };
    },
    /** Whether there is nothing at all. */
    isEmpty(): boolean {
      return ["sales", "listings", "agents", "agencies", "market", "rentals"].every(
        (kind) => database.query(`SELECT 1 FROM ${kind} LIMIT 1`).get() === null,
      );
    },
  };
}
