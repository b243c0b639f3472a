import type { Database } from "bun:sqlite";
import { Failure } from "../../../failure.ts";
import { messages } from "../messages.ts";
import { CATALOGUE_KINDS } from "./kind-names.ts";

/** What an operator's own file has, and the sample, too. */
const FACTS = ["agencies", "agents", "sales", "listings", "market", "rentals"] as const;
/** Kinds of rows that are about a suburb by themselves. */
const OF_SUBURBS = ["sales", "listings", "market", "rentals"] as const;

const SYNTHETIC = "json_extract(data, '$.synthetic') = 1";
/** A row that came with a source marked as synthetic, or names one. */
const OF_SAMPLE = `(
  coalesce(import_id, -1) IN (SELECT coalesce(import_id, -2) FROM main.sources WHERE ${SYNTHETIC})
  OR coalesce(json_extract(data, '$.source'), '') IN (SELECT id FROM main.sources WHERE ${SYNTHETIC}))`;

/**
 * Separates made-up data from an operator's own, within the transaction that merges what is staged: own rows remove the
 * sample, which an undo brings back. Returns whether they do.
 * @throws Failure "sample_mixed" where the sample is staged and there is data that is none of it.
 */
export function partFromSample(database: Database): boolean {
  const has = (sql: string) => database.query(`SELECT EXISTS (${sql}) AS there`).get() as { there: number };
  const some = (sqls: readonly string[]) => sqls.some((sql) => has(sql).there === 1);
  if (some([`SELECT 1 FROM staging.sources WHERE ${SYNTHETIC}`])) {
    const staged = `SELECT id FROM staging.sources WHERE ${SYNTHETIC}`;
    const own = OF_SUBURBS.map(
      (kind) =>
        `SELECT 1 FROM main.${kind} WHERE NOT ${OF_SAMPLE} AND coalesce(json_extract(data, '$.source'), '') NOT IN (${staged})`,
    );
    if (some(own)) throw new Failure("sample_mixed", messages.sampleBesideData);
    return false;
  }
  if (!some([`SELECT 1 FROM main.sources WHERE ${SYNTHETIC}`])) return false;
  if (!some(FACTS.map((kind) => `SELECT 1 FROM staging.${kind}`))) return false;
  const named = `json_extract(data, '$.source') IN (SELECT id FROM main.sources WHERE ${SYNTHETIC})`;
  if (some(FACTS.map((kind) => `SELECT 1 FROM staging.${kind} WHERE ${named}`))) return false;
  for (const kind of CATALOGUE_KINDS)
    database.run(
      `INSERT INTO staging.removals (kind, id)
       SELECT '${kind}', id FROM main.${kind} WHERE ${OF_SAMPLE} AND id NOT IN (SELECT id FROM staging.${kind})`,
    );
  return true;
}

/** Rows that are not the sample's, of people whom names in own rows can mean. */
export const NOT_OF_SAMPLE = `NOT ${OF_SAMPLE}`;
