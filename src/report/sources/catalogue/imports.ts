import type { Database } from "bun:sqlite";
import type { CatalogueKind } from "./kind-names.ts";

/** What an import did to the rows of a kind. */
export interface KindChanges {
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Rows whose id was that of another sale: stored beside it, under an id of their own. */
  readonly renamed: number;
  /** Rows that went. */
  readonly removed: number;
  /** Rows that another row of the same import with the same id replaced; left out where there are none. */
  readonly repeated?: number;
}

/** A completed import: when, by whom, and how many rows of which kinds. */
export interface CatalogueImported {
  readonly id: number;
  readonly at: string;
  /** A client, with " (dashboard)" where it was done there; "operator": the command line. */
  readonly actor: string;
  readonly rows: Readonly<Partial<Record<CatalogueKind, number>>>;
  /** The names of its files, where there were any. */
  readonly files: readonly string[];
  /** What it did; null for one of an older version, which cannot be undone. */
  readonly changes: Readonly<Partial<Record<CatalogueKind, KindChanges>>> | null;
  readonly undone_at: string | null;
}

const MAX_IMPORTS = 1_000;

/** Part of the transaction that takes the rows in. */
export function noteImport(
  database: Database,
  { at, actor, rows, files }: Pick<CatalogueImported, "at" | "actor" | "rows" | "files">,
): number {
  const { lastInsertRowid } = database
    .query("INSERT INTO imports (at, actor, rows, files) VALUES (?, ?, ?, ?)")
    .run(at, actor, JSON.stringify(rows), JSON.stringify(files));
  database.run(`DELETE FROM imports WHERE id <= (SELECT max(id) FROM imports) - ${MAX_IMPORTS}`);
  database.run("DELETE FROM replaced_rows WHERE import_id < (SELECT min(id) FROM imports)");
  return Number(lastInsertRowid);
}

interface ImportRow {
  readonly id: number;
  readonly at: string;
  readonly actor: string;
  readonly rows: string;
  readonly files: string | null;
  readonly changes: string | null;
  readonly undone_at: string | null;
}

/** The latest first. */
export function readImports(database: Database, limit: number): readonly CatalogueImported[] {
  return database
    .query<ImportRow, [number]>(
      "SELECT id, at, actor, rows, files, changes, undone_at FROM imports ORDER BY id DESC LIMIT ?",
    )
    .all(limit)
    .map((row) => ({
      ...row,
      rows: JSON.parse(row.rows) as CatalogueImported["rows"],
      files: JSON.parse(row.files ?? "[]") as string[],
      changes: JSON.parse(row.changes ?? "null") as CatalogueImported["changes"],
    }));
}
