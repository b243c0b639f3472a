import { SQLiteError } from "bun:sqlite";
import { Failure } from "../../failure.ts";

/** What SQLite threw, named: what may pass is transient. Anything else comes back as it is. */
export function databaseFailure(error: unknown): unknown {
  if (!(error instanceof SQLiteError)) return error;
  const code = error.code ?? "";
  // No job is to blame for it, so none loses an attempt by it.
  const options = { transient: true, uncounted: true, cause: error };
  if (isDamage(error))
    return new Failure("database_damaged", `the database is damaged (${error.message}): restore a backup`, {
      cause: error,
    });
  // The log's index cannot grow where there is no room.
  if (code === "SQLITE_FULL" || code === "SQLITE_IOERR_SHMSIZE")
    return new Failure("disk_full", "the disk that holds the database is full: free some space", options);
  if (code.startsWith("SQLITE_IOERR"))
    return new Failure(
      "disk_error",
      `the disk that holds the database reports an error (${code}): check the disk and its file system (dmesg)`,
      options,
    );
  if (code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_CANTOPEN") || code === "SQLITE_PERM")
    return new Failure(
      "database_read_only",
      `the database cannot be written (${code}): give the service's user the right to write it and its folder, on a disk that is not mounted read-only`,
      options,
    );
  if (isBusy(error))
    return new Failure("database_busy", "another program has the database locked: end its transaction", options);
  if (/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(code))
    return new Failure("not_storable", `the database refuses this value (${error.message})`, { cause: error });
  return error;
}

export function isBusy(error: unknown): boolean {
  return error instanceof SQLiteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code ?? "");
}

/** A file that ends before the pages it says it has is as damaged as one with wrong ones. */
function isDamage(error: unknown): boolean {
  return error instanceof SQLiteError && /^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(error.code ?? "");
}

/** For work that comes round again by itself: what the database refuses now, it is asked for again then. */
export function tolerant(work: () => void): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      if (!(databaseFailure(error) instanceof Failure)) throw error;
    }
  };
}
