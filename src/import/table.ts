import type { CatalogueKind } from "../report/sources/catalogue.ts";

/** How a file's rows are written. */
export type FileFormat = "table" | "json" | "ndjson";

/** What the columns of a table are by what is in them: a field's or a part's name each, or null. */
export interface ContentColumns {
  readonly fields: readonly (string | null)[];
  /** What was decided in doubt. */
  readonly notes: readonly string[];
}

/** A row of a table: the contents of its cells, or why it cannot be read. */
export interface TableRow {
  /** The line or the row of the sheet it begins on, from 1; null in a JSON list. */
  readonly line: number | null;
  readonly cells: readonly unknown[];
  /** Fields of an object that are no column. */
  readonly rest?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  /** The number of cells at its end that were left out, as programs do with empty ones. */
  readonly lacks?: number;
  /** Why no report can use a row that can be read. */
  readonly unused?: string;
}

/** What was found out about a file, for the summary. */
export interface TableFacts {
  readonly format: "csv" | "xlsx" | "xls" | "ods" | "json" | "ndjson";
  readonly encoding?: string;
  /** What is between the columns. */
  readonly separator?: string;
  readonly sheet?: string;
  /** Other sheets that have rows. */
  readonly other_sheets?: readonly string[];
  /** The row that names the columns, from 1; 0 where none does. */
  readonly header_row?: number;
  /** The published table that it is. */
  readonly publication?: string;
}

/** Rows under named columns, whatever file they come from. */
export interface Table {
  readonly facts: TableFacts;
  readonly headers: readonly string[];
  /** Of a table whose columns have no names: the fields they are by what is in them. */
  readonly byContent?: ContentColumns;
  /** Its rows are objects, whose fields are the columns. */
  readonly ofObjects?: boolean;
  /** Of days that are plain numbers: how many to add to them, for a workbook whose calendar begins later. */
  readonly daysBefore?: number;
  /** Notes of the summary about the file, beside its rows. */
  readonly notes?: readonly string[];
  /** The kind, where what wraps the rows is called so. */
  readonly declaredKind?: CatalogueKind;
  /** The first rows, from which columns are recognised. */
  readonly sample: readonly (readonly unknown[])[];
  /** All rows, from the first; may be called again. */
  rows(): AsyncIterable<TableRow>;
}

/** The number of rows that decide what the columns are. */
export const SAMPLE_ROWS = 200;
/** Nothing but blanks, and the zero bytes that a disk leaves at the end of a file that was being written. */
export function isEmptyRow(cells: readonly unknown[]): boolean {
  return cells.every(
    (cell) =>
      cell === null ||
      cell === undefined ||
      cell === "" ||
      (typeof cell === "string" && (cell.trim() === "" || /^[\s\0]+$/.test(cell))),
  );
}
