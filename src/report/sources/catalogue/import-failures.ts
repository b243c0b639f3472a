import { asFailure, Failure } from "../../../failure.ts";
import { isBusy, sqliteFailure } from "../../../host/files/sqlite-failure.ts";
import { messages } from "../messages.ts";
import type { CatalogueKind } from "./kind-names.ts";

/** A row that cannot be imported. */
export interface BadRow {
  readonly kind: CatalogueKind;
  /** The line it begins on, from 1; null in a JSON document. */
  readonly line: number | null;
  /** Which row it is, from 1, not counting a header. */
  readonly row: number;
  readonly reason: string;
}

/** The number of bad rows that are named. */
export const BAD_ROWS_NAMED = 20;

/** All bad rows of an input as one failure, which names the first. */
export function badRowsFailure(count: number, rows: readonly BadRow[]): Failure {
  const [first] = rows;
  const where = first?.line ? `line ${first.line}` : `row ${first?.row}`;
  return new Failure(
    "bad_rows",
    messages.rowsRefused(count === 1 ? "one row" : `${count} rows`, where, first?.reason),
    { details: { count, rows: rows.map(({ line, row, reason }) => ({ line, row, reason })) } },
  );
}

/** A failure of the database by name; problems of the disk, and a lock, are worth another attempt. */
export function explain(error: unknown): Failure {
  if (isBusy(error))
    return new Failure("catalogue_busy", messages.otherImport, {
      transient: true,
      cause: error,
    });
  return asFailure(sqliteFailure(error, "the catalogue"));
}

/** Writes. @throws Failure "catalogue_busy" (transient) while an import is being written, "disk_full". */
export function written<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw explain(error);
  }
}
