import type { Database } from "bun:sqlite";
import type { CatalogueKind } from "./kinds.ts";

/** An import that was taken in: when, by whom, and how many rows of which kinds. */
export interface CatalogueImported {
  readonly at: string;
  /** A client, with " (dashboard)" where it was done there; "operator": the command line. */
  readonly actor: string;
  readonly rows: Readonly<Partial<Record<CatalogueKind, number>>>;
}

const KEPT = 1_000;

/** Made where it is missing: an older program that opens the file leaves it alone. */
export const IMPORTS_TABLE = `
  CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, actor TEXT NOT NULL, rows TEXT NOT NULL CHECK (json_valid(rows))
  ) STRICT`;

/** Part of the transaction that takes the rows in. */
export function noteImport(database: Database, { at, actor, rows }: CatalogueImported): void {
  database.query("INSERT INTO imports (at, actor, rows) VALUES (?, ?, ?)").run(at, actor, JSON.stringify(rows));
  database.run(`DELETE FROM imports WHERE id <= (SELECT max(id) FROM imports) - ${KEPT}`);
}

export function readImports(database: Database, limit: number): readonly CatalogueImported[] {
  const rows = database
    .query<{ at: string; actor: string; rows: string }, [number]>(
      "SELECT at, actor, rows FROM imports ORDER BY id DESC LIMIT ?",
    )
    .all(limit);
  return rows.map((row) => ({ ...row, rows: JSON.parse(row.rows) as CatalogueImported["rows"] }));
}
