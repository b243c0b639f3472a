import type { Database } from "bun:sqlite";
import { addressText } from "../../identity/address.ts";
import { idOfProperty } from "../../identity/ids.ts";
import { type KindChanges, noteImport } from "./imports.ts";
import { CATALOGUE_KINDS, type CatalogueKind } from "./kind-names.ts";
import { partFromSample } from "./sample-rows.ts";
import { COLUMNS, FEED, TABLE_ENDS } from "./tables.ts";

/** Whom and what the list of imports names. */
export interface ImportNote {
  /** "operator" by default. */
  readonly actor?: string;
  /** The names of the files. */
  readonly files?: readonly string[];
}

export interface CatalogueChanges {
  /** The number of the import in the list; null where nothing was noted. */
  readonly id: number | null;
  readonly kinds: Partial<Readonly<Record<CatalogueKind, KindChanges>>>;
  /** The made-up sample was removed, since own data came in; an undo brings it back. */
  readonly sampleRemoved?: boolean;
}

/** A kind, or what feeds have reported. */
export type StoredKind = CatalogueKind | typeof FEED;

/** Rows written before the event loop runs again. */
const CHUNK_ROWS = 100;

const SAME = COLUMNS.slice(1)
  .map((column) => `main.KIND.${column} IS excluded.${column}`)
  .join(" AND ");

/** A row of a known id replaces the old one where it differs; of several with one id the last counts. */
const MERGE = (kind: StoredKind) =>
  `INSERT INTO main.${kind} (${COLUMNS.join(", ")}, import_id)
   SELECT ${COLUMNS.join(", ")}, $import FROM staging.${kind} WHERE rowid > $from AND rowid <= $to ORDER BY rowid
   ON CONFLICT (id) DO UPDATE SET ${COLUMNS.slice(1)
     .map((column) => `${column} = excluded.${column}`)
     .join(", ")}, import_id = excluded.import_id
   WHERE NOT (${SAME.replaceAll("main.KIND", kind)})`;

/** What is about to be replaced, as it was before this import; once, however often the file has it. */
const STORE_REPLACED = (kind: StoredKind) =>
  `INSERT OR IGNORE INTO main.replaced_rows (import_id, kind, ${COLUMNS.join(", ")}, earlier_import_id)
   SELECT $import, '${kind}', ${COLUMNS.map((column) => `old.${column}`).join(", ")}, old.import_id
     FROM staging.${kind} AS fresh JOIN main.${kind} AS old ON old.id = fresh.id
    WHERE fresh.rowid > $from AND fresh.rowid <= $to AND old.import_id IS NOT $import
      AND NOT (${COLUMNS.slice(1)
        .map((column) => `old.${column} IS fresh.${column}`)
        .join(" AND ")})`;

/** A sale whose day is corrected is near the first day, or has its price. */
const RESALE_DAYS = 180;

/** Of the same property: some systems have an id for the property, not for its sale. */
const IS_RESALE = `coalesce(
    abs(julianday(fresh.date) - julianday(old.date)) > ${RESALE_DAYS}
    AND (json_extract(fresh.data, '$.price') = json_extract(old.data, '$.price')) IS NOT TRUE, FALSE)`;

/** Rows that would replace one with another day, if that one's address is another, too, or if it was sold again. */
const COLLISIONS = (kind: CatalogueKind) =>
  `SELECT fresh.rowid AS at, fresh.suburb, fresh.state, fresh.date, fresh.data AS fresh, old.data AS old,
          ${IS_RESALE} AS resale
     FROM staging.${kind} AS fresh JOIN main.${kind} AS old ON old.id = fresh.id
    WHERE fresh.rowid > $from AND fresh.rowid <= $to AND fresh.date IS NOT old.date
      AND (json_extract(fresh.data, '$.address') IS NOT json_extract(old.data, '$.address') OR ${IS_RESALE})`;

/** The same among the rows of one turn, none of which is in the catalogue yet. */
const COLLISIONS_WITHIN = (kind: CatalogueKind) =>
  `SELECT fresh.rowid AS at, fresh.suburb, fresh.state, fresh.date, fresh.data AS fresh, old.data AS old,
          ${IS_RESALE} AS resale
     FROM staging.${kind} AS fresh JOIN staging.${kind} AS old ON old.id = fresh.id
    WHERE fresh.rowid > $from AND fresh.rowid <= $to AND old.rowid < fresh.rowid
      AND old.rowid = (SELECT min(rowid) FROM staging.${kind} AS first
                        WHERE first.rowid > $from AND first.rowid <= $to AND first.id = fresh.id)
      AND fresh.date IS NOT old.date
      AND (json_extract(fresh.data, '$.address') IS NOT json_extract(old.data, '$.address') OR ${IS_RESALE})`;

const DIFFERENT_IDS = (kind: CatalogueKind) =>
  `SELECT count(DISTINCT id) AS ids, count(*) AS rows FROM staging.${kind} WHERE rowid > $from AND rowid <= $to`;

interface Collision {
  readonly at: number;
  readonly suburb: string;
  readonly state: string;
  readonly date: string | null;
  readonly fresh: string;
  readonly old: string;
  /** 0 or 1. */
  readonly resale: number;
}

/**
 * Puts what is staged into the catalogue, within the transaction that is open, and notes the import. What it replaces is
 * stored, so that it can be undone. `turn` lets other work have its turn.
 */
export async function mergeStaged(
  database: Database,
  note: ImportNote,
  turn: () => Promise<void>,
): Promise<CatalogueChanges> {
  const staged = CATALOGUE_KINDS.flatMap((kind) => {
    const rows = countOf(database, `staging.${kind}`);
    return rows === 0 ? [] : [{ kind, rows }];
  });
  const id = noteImport(database, {
    at: new Date().toISOString(),
    actor: note.actor ?? "operator",
    files: note.files ?? [],
    rows: Object.fromEntries(staged.map(({ kind, rows }) => [kind, rows])),
  });
  const kinds: Partial<Record<CatalogueKind, KindChanges>> = {};
  const sampleRemoved = partFromSample(database);
  const removed = await removeStaged(database, id, turn);
  for (const { kind, rows } of staged)
    kinds[kind] = await mergeKind(database, kind, rows, id, removed.get(kind) ?? 0, turn);
  for (const [kind, count] of removed) kinds[kind] = { ...(kinds[kind] ?? NO_CHANGES), removed: count };
  const mentions = countOf(database, `staging.${FEED}`);
  if (mentions > 0) await mergeKind(database, FEED, mentions, id, 0, turn);
  database.query(STORE_TABLE_ENDS).run(id);
  database.query("UPDATE imports SET changes = ? WHERE id = ?").run(JSON.stringify(kinds), id);
  return { id, kinds, ...(sampleRemoved ? { sampleRemoved } : {}) };
}

const STORE_TABLE_ENDS = `
  INSERT INTO main.${TABLE_ENDS} (kind, locality, day, import_id)
  SELECT kind, locality, max(day), ? FROM staging.${TABLE_ENDS} GROUP BY kind, locality
      ON CONFLICT (kind, locality) DO UPDATE SET day = excluded.day, import_id = excluded.import_id
   WHERE excluded.day > day`;

const NO_CHANGES: KindChanges = { new: 0, changed: 0, unchanged: 0, renamed: 0, removed: 0 };

/** Removes rows that the file no longer has, stored for an undo. */
async function removeStaged(
  database: Database,
  importId: number,
  turn: () => Promise<void>,
): Promise<ReadonlyMap<CatalogueKind, number>> {
  const removed = new Map<CatalogueKind, number>();
  const last = lastOf(database, "staging.removals");
  for (const kind of last === 0 ? [] : CATALOGUE_KINDS) {
    const these = "id IN (SELECT id FROM staging.removals WHERE rowid > $from AND rowid <= $to AND kind = $kind)";
    const storeReplaced = database.query(
      `INSERT OR IGNORE INTO main.replaced_rows (import_id, kind, ${COLUMNS.join(", ")}, earlier_import_id)
       SELECT $import, $kind, ${COLUMNS.join(", ")}, import_id FROM main.${kind} WHERE ${these}`,
    );
    const remove = database.query(`DELETE FROM main.${kind} WHERE ${these}`);
    let count = 0;
    for (let from = 0; from < last; from += CHUNK_ROWS) {
      const bound = { from, to: from + CHUNK_ROWS, kind };
      storeReplaced.run({ ...bound, import: importId });
      count += remove.run(bound).changes;
      await turn();
    }
    if (count > 0) removed.set(kind, count);
  }
  return removed;
}

function lastOf(database: Database, table: string): number {
  return (database.query(`SELECT max(rowid) AS last FROM ${table}`).get() as { last: number | null }).last ?? 0;
}

async function mergeKind(
  database: Database,
  kind: StoredKind,
  staged: number,
  importId: number,
  removed: number,
  turn: () => Promise<void>,
): Promise<KindChanges> {
  const last = lastOf(database, `staging.${kind}`);
  const before = countOf(database, `main.${kind}`);
  const collisions = kind === "sales" ? prepareCollisions(database, kind) : null;
  const storeReplaced = database.prepare<unknown, Bound>(STORE_REPLACED(kind));
  const merge = database.prepare<unknown, Bound>(MERGE(kind));
  const compares = before > 0;
  let renamed = 0;
  let written = 0;
  for (let from = 0; from < last; from += CHUNK_ROWS) {
    const bound = { from, to: from + CHUNK_ROWS };
    // A file that has the numbers of its rows for ids has the same ids for other sales each month; one that has the
    // property's, the same id when it is sold again.
    for (const collision of collisions?.all(bound) ?? []) renamed += rename(database, kind, collision);
    if (compares) storeReplaced.run({ ...bound, import: importId });
    written += merge.run({ ...bound, import: importId }).changes;
    await turn();
  }
  for (const statement of [collisions, storeReplaced, merge]) statement?.finalize();
  const fresh = countOf(database, `main.${kind}`) - before;
  const { replaced } = database
    .query("SELECT count(*) AS replaced FROM main.replaced_rows WHERE import_id = ? AND kind = ?")
    .get(importId, kind) as { replaced: number };
  // What was removed is stored for an undo, too.
  const changed = replaced - removed;
  const repeated = Math.max(0, written - fresh - changed);
  const unchanged = staged - fresh - changed - repeated;
  return { new: fresh, changed, unchanged, renamed, removed: 0, ...(repeated > 0 ? { repeated } : {}) };
}

interface Bound {
  readonly [name: string]: number;
}

function prepareCollisions(database: Database, kind: CatalogueKind) {
  const withStored = database.prepare<Collision, Bound>(COLLISIONS(kind));
  const within = database.prepare<Collision, Bound>(COLLISIONS_WITHIN(kind));
  const different = database.prepare<{ readonly ids: number; readonly rows: number }, Bound>(DIFFERENT_IDS(kind));
  return {
    all(bound: Bound): readonly Collision[] {
      const { ids, rows } = different.get(bound) ?? { ids: 0, rows: 0 };
      const among = ids < rows ? within.all(bound) : [];
      const stored = withStored.all(bound).filter(({ at }) => !among.some((each) => each.at === at));
      return [...stored, ...among];
    },
    finalize() {
      for (const statement of [withStored, within, different]) statement.finalize();
    },
  };
}

function rename(
  database: Database,
  kind: StoredKind,
  { at, suburb, state, date, fresh, old, resale }: Collision,
): number {
  const address = addressOf(fresh);
  if (resale === 0 && addressText(address, suburb) === addressText(addressOf(old), suburb)) return 0;
  const id = idOfProperty("sale", { address, suburb, state, day: date, more: [fresh] });
  database.run(`UPDATE staging.${kind} SET id = ?, data = json_set(data, '$.id', ?) WHERE rowid = ?`, [id, id, at]);
  return 1;
}

function addressOf(data: string): string {
  const { address } = JSON.parse(data) as { readonly address?: unknown };
  return typeof address === "string" ? address : "";
}

function countOf(database: Database, table: string): number {
  return (database.query(`SELECT count(*) AS rows FROM ${table}`).get() as { rows: number }).rows;
}
