/** A row of a table: what its cells hold, or why it cannot be read. */
export interface TableRow {
  /** The line or the row of the sheet it begins on, from 1; null in a JSON list. */
  readonly line: number | null;
  readonly cells: readonly unknown[];
  /** Fields of an object that are no column. */
  readonly rest?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  /** Why a row that could be read is of no use. */
  readonly unused?: string;
}

/** What was found out about a file, for the summary. */
export interface TableFacts {
  readonly format: "csv" | "xlsx" | "xls" | "json" | "ndjson";
  readonly encoding?: string;
  /** What stands between the columns. */
  readonly separator?: string;
  readonly sheet?: string;
  /** Other sheets that have rows. */
  readonly other_sheets?: readonly string[];
  /** The row that names the columns, from 1. */
  readonly header_row?: number;
  /** The published table that it is. */
  readonly publication?: string;
}

/** Rows under named columns, whatever file they come from. */
export interface Table {
  readonly facts: TableFacts;
  readonly headers: readonly string[];
  /** The first rows, from which columns are recognised. */
  readonly sample: readonly (readonly unknown[])[];
  /** All rows, from the first; may be called again. */
  rows(): AsyncIterable<TableRow>;
}

/** So many rows decide what the columns are. */
export const SAMPLE_ROWS = 200;
/** Titles and notes stand above a table's header in so many rows at most. */
export const HEADER_WITHIN = 30;

/**
 * Which row names the columns: the first with most names that are known; the first of all where none has two of them.
 * `known` counts the names of a row that are known.
 */
export function findHeader(
  rows: readonly (readonly unknown[])[],
  known: (cells: readonly unknown[]) => number,
): number {
  let best = 0;
  let most = rows[0] === undefined ? 0 : known(rows[0]);
  for (const [index, cells] of rows.slice(0, HEADER_WITHIN).entries()) {
    const filled = cells.filter((cell) => cell !== null && String(cell).trim() !== "").length;
    const count = known(cells);
    if (count > most && count >= 2 && count * 2 >= filled) [best, most] = [index, count];
  }
  return best;
}

export function isEmptyRow(cells: readonly unknown[]): boolean {
  return cells.every(
    (cell) => cell === null || cell === undefined || cell === "" || (typeof cell === "string" && cell.trim() === ""),
  );
}
