import type { Database } from "bun:sqlite";
import { compareText } from "../../../text/text.ts";
import type { MarketPoint } from "../../data-set.ts";
import { suburbKey } from "../../gazetteer/key.ts";
import { findSuburb, type Locality } from "../../localities/suburbs.ts";
import type { ReportLocality } from "../source.ts";
import type { MarketRow } from "./kinds.ts";
import { localityKey } from "./locality.ts";
import { TABLE_ENDS } from "./tables.ts";

/** The report's series shows three years; a campaign may have begun before. */
const SALES_SINCE = "-39 months";
const RENTALS_SINCE = "-27 months";
const MAX_SALES = 20_000;
const MAX_RENTALS = 20_000;
const MAX_LISTINGS = 5_000;
const MAX_AGENTS = 2_000;
const MAX_AGENCIES = 1_000;
/** Market series: 50 of 120 points at most. */
const MAX_POINTS = 6_000;
/** More photos than this weigh more than the report may; the rest of the agents come without. */
const MAX_PICTURE_CHARACTERS = 8_000_000;
const ROW_WITH_PICTURE = 3_000;

/** The newest day of a locality's rows; a mistyped 2062 is ignored, or everything else would be too old. */
const NEWEST = (kind: "sales" | "rentals", since: string) => `
     SELECT date(max(date), '${since}') FROM ${kind} WHERE locality = $locality AND date <= date('now', '+1 day')`;

const SALES = `
  SELECT data, agency_ids, agent_ids, source FROM sales
   WHERE locality = $locality AND date >= (${NEWEST("sales", SALES_SINCE)})
   ORDER BY date DESC, id LIMIT ${MAX_SALES}`;
const LISTINGS = `
  SELECT data, agency_ids, agent_ids FROM listings WHERE locality = $locality
   ORDER BY date DESC, id LIMIT ${MAX_LISTINGS}`;
/** A year, the year before it, and what was listed a little earlier; what has no date as far as it is on the market. */
const RENTALS = `
  SELECT data, agency_ids, agent_ids, source FROM rentals
   WHERE locality = $locality AND (date IS NULL OR date >= (${NEWEST("rentals", RENTALS_SINCE)}))
   ORDER BY date DESC, id LIMIT ${MAX_RENTALS}`;
const MARKET = `SELECT data, source FROM market WHERE locality = $locality ORDER BY date DESC, id LIMIT ${MAX_POINTS}`;
const AGENTS = `
  SELECT data, agency_ids FROM agents WHERE id IN (SELECT value FROM json_each($ids)) OR locality = $locality
   ORDER BY id LIMIT ${MAX_AGENTS}`;
const AGENCIES = `
  SELECT data FROM agencies WHERE id IN (SELECT value FROM json_each($ids)) OR locality = $locality
   ORDER BY id LIMIT ${MAX_AGENCIES}`;
/** The newest day of a source, of any locality; what the operator stated of it counts where it is later. */
const NEWEST_OF = (kind: DataOf, id: string) =>
  `(SELECT max(date) FROM ${kind} WHERE ${kind}.source = ${id} AND date <= date('now', '+1 day'))`;
const SOURCES = (kind: DataOf) => `
  SELECT json_set(data, '$.newest', nullif(max(
           coalesce(${NEWEST_OF(kind, "sources.id")}, ''), coalesce(json_extract(data, '$.newest'), '')), '')) AS data
    FROM sources WHERE id IN (SELECT value FROM json_each($ids)) OR locality = $locality ORDER BY id LIMIT 50`;
/** How far the rows go that are of no listed source. */
const TABLE_END = (kind: DataOf) => `
  SELECT min(day) AS day FROM (
    SELECT day FROM ${TABLE_ENDS} WHERE kind = '${kind}' AND locality = $locality
     UNION ALL
    SELECT ${NEWEST_OF(kind, "value")} FROM json_each($ids) WHERE value NOT IN (SELECT id FROM sources))`;

/** Of one suburb, of several, or of the whole state. */
const PARTNERS = `
  SELECT json_remove(data, '$.places') AS data, agency_ids, agent_ids FROM partners
   WHERE locality = $locality OR (locality IS NULL AND EXISTS (
     SELECT 1 FROM json_each(partners.data, '$.places') WHERE value IN ($locality, $state)))
   ORDER BY id LIMIT 200`;
const RATES = `
  SELECT data FROM commission_rates WHERE state IS NULL OR state = $state ORDER BY id LIMIT 1000`;
const AREA_KINDS = `
  SELECT data FROM area_kinds
   WHERE (postcode IS NULL OR postcode = $postcode) AND (suburb IS NULL OR suburb = $suburb)
     AND (state IS NULL OR state = $state)
   ORDER BY id LIMIT 1000`;

/** What a report is made from: sales, or rental listings. */
export type DataOf = "sales" | "rentals";

interface CatalogueRow {
  readonly data: string;
  readonly agency_ids: string | null;
  readonly agent_ids: string | null;
  readonly source: string | null;
}

/** See Catalogue.dataSet. The rows' JSON is joined as it is: a suburb of 20,000 sales is not parsed to be printed. */
export function readDataSet(database: Database, requested: ReportLocality, of: DataOf = "sales"): string | null {
  const locality = findSuburb(requested);
  if (!locality) return null;
  const key = localityKey(locality);
  const select = (sql: string, ids?: ReadonlySet<string>) => {
    const bound: Record<string, string> = ids ? { locality: key, ids: JSON.stringify([...ids]) } : { locality: key };
    return database.query<CatalogueRow, Record<string, string>>(sql).all(bound);
  };
  const read = database.transaction(() => {
    const sales = of === "sales" ? select(SALES) : [];
    const listings = of === "sales" ? select(LISTINGS) : [];
    const rentals = of === "rentals" ? select(RENTALS) : [];
    const market = select(MARKET);
    const records = [...sales, ...listings, ...rentals];
    const agents = select(AGENTS, idsOf(records, "agent_ids"));
    const agencies = select(AGENCIES, idsOf([...records, ...agents], "agency_ids"));
    const used = new Set([...sales, ...rentals, ...market].flatMap(({ source }) => source ?? []));
    const business = readBusiness(database, locality, key);
    const sources = select(SOURCES(of), used);
    const end = database.query<{ day: string | null }, Record<string, string>>(TABLE_END(of));
    const newest = end.get({ locality: key, ids: JSON.stringify([...used]) })?.day ?? null;
    return { sales, listings, rentals, market, agents, agencies, sources, newest, business };
  });
  const { sales, listings, rentals, market, agents, agencies, sources, newest, business } = read();
  if ([sales, listings, rentals, market, agents, agencies].every((rows) => rows.length === 0)) return null;
  const { suburb: name, state, postcode } = locality;
  const parts = [
    `"schema_version":1,"suburb":${JSON.stringify({ name, state, postcode })}`,
    ...(newest === null ? [] : [`"newest":${JSON.stringify(newest)}`]),
    `"sources":${list(sources)}`,
    `"market":${JSON.stringify(seriesOf(market))}`,
    `"agencies":${list(withoutTooManyPictures(agencies))}`,
    `"agents":${list(withoutTooManyPictures(agents))}`,
    `"sales":${list(sales)}`,
    `"listings":${list(listings)}`,
    ...(of === "rentals" ? [`"rentals":${list(rentals)}`] : []),
    ...Object.entries(business).flatMap(([kind, rows]) => (rows.length > 0 ? [`"${kind}":${list(rows)}`] : [])),
  ];
  return `{${parts.join(",")}}`;
}

const HAS_BUSINESS = `
  SELECT EXISTS (SELECT 1 FROM partners) OR EXISTS (SELECT 1 FROM commission_rates)
    OR EXISTS (SELECT 1 FROM area_kinds) AS found`;

/** Whether there is any of it. Most services have none, and each statement takes a lock on the file. */
export function hasBusiness(database: Database): boolean {
  return database.query<{ found: number }, []>(HAS_BUSINESS).get()?.found === 1;
}

/**
 * Who pays to be shown in a suburb, what commission is usual there, and what kind of area it is: fields of a data set,
 * each missing where the catalogue has nothing.
 */
export function readBusiness(database: Database, locality: Locality, key = localityKey(locality)) {
  const { suburb, state, postcode } = locality;
  const select = (sql: string, bound: Readonly<Record<string, string>>) =>
    database.query<CatalogueRow, Record<string, string>>(sql).all(bound);
  return {
    partners: withoutTooManyPictures(select(PARTNERS, { locality: key, state })),
    commission_rates: select(RATES, { state }),
    area_kinds: select(AREA_KINDS, { postcode, state, suburb: suburbKey(suburb) }),
  };
}

function list(rows: readonly Pick<CatalogueRow, "data">[]): string {
  return `[${rows.map(({ data }) => data).join(",")}]`;
}

/** Ids named by the rows; most rows name the same few, so each list is parsed once. */
function idsOf(rows: readonly CatalogueRow[], column: "agency_ids" | "agent_ids"): ReadonlySet<string> {
  const lists = new Set(rows.flatMap((row) => row[column] ?? []));
  return new Set([...lists].flatMap((text) => JSON.parse(text) as string[]));
}

function seriesOf(rows: readonly CatalogueRow[]): readonly unknown[] {
  const series = new Map<
    string,
    { readonly head: Omit<MarketRow, keyof MarketPoint>; readonly points: MarketPoint[] }
  >();
  for (const { data } of rows) {
    const { category, bedrooms = null, source = null, ...point } = JSON.parse(data) as MarketRow;
    const key = JSON.stringify([category, bedrooms, source]);
    const known = series.get(key) ?? { head: { category, bedrooms, source }, points: [] };
    series.set(key, known);
    known.points.push(point);
  }
  return [...series]
    .sort(([a], [b]) => compareText(a, b))
    .slice(0, 50)
    .map(([, { head, points }]) => ({ ...head, series: points.slice(0, 120).reverse() }));
}

function withoutTooManyPictures(rows: readonly CatalogueRow[]): readonly Pick<CatalogueRow, "data">[] {
  let characters = 0;
  return rows.map((row) => {
    if (row.data.length < ROW_WITH_PICTURE) return row;
    characters += row.data.length;
    if (characters <= MAX_PICTURE_CHARACTERS) return row;
    return { data: JSON.stringify({ ...(JSON.parse(row.data) as object), photo: null, logo: null }) };
  });
}
