import type { Database } from "bun:sqlite";
import { Failure } from "../../../failure.ts";
import type { Locality } from "../../localities/suburbs.ts";
import { messages } from "../messages.ts";
import { noteImport } from "./imports.ts";
import { CATALOGUE_KINDS, type CatalogueKind } from "./kind-names.ts";
import { localityKey } from "./locality.ts";
import { COLUMNS, FEED, TABLE_ENDS } from "./tables.ts";

/** What undoing an import did. */
export interface Undone {
  readonly id: number;
  /** Rows that had come with it. */
  readonly removed: number;
  /** Rows as they were before it. */
  readonly restored: number;
  /** Rows that a later import changed again: they are not changed. */
  readonly remaining: number;
}

/** What is removed manually: one row, or all rows of a locality; of one kind, or of all. */
export interface RowsToRemove {
  readonly kind?: CatalogueKind;
  readonly id?: string;
  readonly locality?: Locality;
}

/**
 * Undoes an import: its new rows are removed, and replaced or removed rows are restored, except rows that a later import
 * has changed.
 * @throws Failure "unknown_import", "import_undone"; "import_not_undoable" for one of an older version.
 */
export function undoImport(database: Database, id: number): Undone {
  return database
    .transaction(() => {
      const found = database.query("SELECT changes, undone_at FROM imports WHERE id = ?").get(id) as {
        changes: string | null;
        undone_at: string | null;
      } | null;
      if (found === null) throw new Failure("unknown_import", messages.noImport(id));
      if (found.undone_at !== null) throw new Failure("import_undone", messages.undoneBefore(id, found.undone_at));
      if (found.changes === null) throw new Failure("import_not_undoable", messages.olderImport(id));
      let [removed, restored, remaining] = [0, 0, 0];
      for (const kind of [...CATALOGUE_KINDS, FEED]) {
        const [own, back, later] = [removed, restored, remaining];
        remaining += countOf(
          database,
          `SELECT count(*) AS rows FROM replaced_rows AS later JOIN imports ON imports.id = later.import_id
            WHERE later.kind = ?1 AND later.earlier_import_id = ?2 AND imports.undone_at IS NULL`,
          kind,
          id,
        );
        forgetIn(database, kind, id);
        removed += database
          .query(
            `DELETE FROM ${kind} WHERE import_id = ?1
                AND id NOT IN (SELECT id FROM replaced_rows WHERE import_id = ?1 AND kind = ?2)`,
          )
          .run(id, kind).changes;
        restored += database
          .query(
            `INSERT OR REPLACE INTO ${kind} (${COLUMNS.join(", ")}, import_id)
             SELECT ${COLUMNS.map((column) => `old.${column}`).join(", ")}, old.earlier_import_id
               FROM replaced_rows AS old LEFT JOIN ${kind} AS now ON now.id = old.id
              WHERE old.import_id = ?1 AND old.kind = ?2 AND (now.id IS NULL OR now.import_id = ?1)`,
          )
          .run(id, kind).changes;
        // What feeds have reported belongs to no import.
        if (kind === FEED) [removed, restored, remaining] = [own, back, later];
      }
      database.query("DELETE FROM replaced_rows WHERE import_id = ?").run(id);
      database.query(`DELETE FROM ${TABLE_ENDS} WHERE import_id = ?`).run(id);
      database.query("UPDATE imports SET undone_at = ? WHERE id = ?").run(new Date().toISOString(), id);
      return { id, removed, restored, remaining };
    })
    .immediate();
}

/**
 * What later imports stored of this one, for their own undoing, becomes what this one stored; what it had made is
 * forgotten.
 */
function forgetIn(database: Database, kind: string, id: number): void {
  const columns = [...COLUMNS.slice(1), "earlier_import_id"];
  database
    .query(
      `UPDATE replaced_rows AS later SET (${columns.join(", ")}) = (
         SELECT ${columns.map((column) => `own.${column}`).join(", ")} FROM replaced_rows AS own
          WHERE own.import_id = ?1 AND own.kind = ?2 AND own.id = later.id)
        WHERE later.kind = ?2 AND later.earlier_import_id = ?1
          AND EXISTS (SELECT 1 FROM replaced_rows AS own WHERE own.import_id = ?1 AND own.kind = ?2 AND own.id = later.id)`,
    )
    .run(id, kind);
  database.query("DELETE FROM replaced_rows WHERE kind = ? AND earlier_import_id = ?").run(kind, id);
}

/** How many rows a removal would take: of one kind or all, with an id, of a locality, or all there are. */
export function countRows(database: Database, { kind, id, locality }: RowsToRemove): number {
  const [condition, key] =
    id !== undefined
      ? ["id = ?1", id]
      : locality !== undefined
        ? ["locality = ?1", localityKey(locality)]
        : ["?1 = ''", ""];
  const kinds: readonly CatalogueKind[] = kind === undefined ? CATALOGUE_KINDS : [kind];
  return kinds.reduce(
    (sum, each) => sum + countOf(database, `SELECT count(*) AS rows FROM ${each} WHERE ${condition}`, key),
    0,
  );
}

/**
 * Removes rows manually, recorded in the list of imports, so that it can be undone. Returns how many, and its number
 * there.
 */
export function removeRows(
  database: Database,
  { kind, id, locality }: RowsToRemove,
  actor: string,
): { readonly id: number | null; readonly removed: number } {
  const kinds = kind === undefined ? CATALOGUE_KINDS : [kind];
  const condition = id === undefined ? "locality = $key" : "id = $key";
  const key = id ?? (locality === undefined ? "" : localityKey(locality));
  return database
    .transaction(() => {
      const there = kinds.map((each) => ({
        kind: each,
        rows: (
          database.query(`SELECT count(*) AS rows FROM ${each} WHERE ${condition}`).get({ key }) as { rows: number }
        ).rows,
      }));
      const some = there.filter(({ rows }) => rows > 0);
      if (some.length === 0) return { id: null, removed: 0 };
      const importId = noteImport(database, { at: new Date().toISOString(), actor, rows: {}, files: [] });
      for (const each of some) {
        database
          .query(
            `INSERT INTO replaced_rows (import_id, kind, ${COLUMNS.join(", ")}, earlier_import_id)
             SELECT $import, '${each.kind}', ${COLUMNS.join(", ")}, import_id FROM ${each.kind} WHERE ${condition}`,
          )
          .run({ import: importId, key });
        database.query(`DELETE FROM ${each.kind} WHERE ${condition}`).run({ key });
        if (id === undefined)
          database.query(`DELETE FROM ${TABLE_ENDS} WHERE kind = ? AND locality = ?`).run(each.kind, key);
      }
      const changes = some.map((each) => [
        each.kind,
        { new: 0, changed: 0, unchanged: 0, renamed: 0, removed: each.rows },
      ]);
      database
        .query("UPDATE imports SET changes = ? WHERE id = ?")
        .run(JSON.stringify(Object.fromEntries(changes)), importId);
      return { id: importId, removed: some.reduce((sum, { rows }) => sum + rows, 0) };
    })
    .immediate();
}

/** Empties the catalogue, or one kind of it, for good: nothing is stored to undo it. Returns how many rows went. */
export function clearRows(database: Database, kind: CatalogueKind | null): number {
  return database
    .transaction(() => {
      let removed = 0;
      for (const each of kind === null ? CATALOGUE_KINDS : [kind]) {
        removed += countOf(database, `SELECT count(*) AS rows FROM ${each}`);
        database.run(`DELETE FROM ${each}`);
        database.query("DELETE FROM replaced_rows WHERE kind = ?").run(each);
        database.query(`DELETE FROM ${TABLE_ENDS} WHERE kind = ?`).run(each);
      }
      if (kind === null) database.run(`DELETE FROM ${FEED}`);
      database.run("UPDATE imports SET changes = NULL WHERE id NOT IN (SELECT import_id FROM replaced_rows)");
      return removed;
    })
    .immediate();
}

function countOf(database: Database, sql: string, ...bound: readonly (string | number)[]): number {
  return (database.query<{ rows: number }, (string | number)[]>(sql).get(...bound) ?? { rows: 0 }).rows;
}
