import { SQLiteError } from "bun:sqlite";
import { asFailure, Failure } from "../../failure.ts";
import { messages } from "../messages.ts";

/** What a file is called in a sentence: "the database", "the catalogue". */
type FileLabel = string;

/**
 * What SQLite threw, named after what is wrong with the disk or the file; what may pass is transient. Anything else comes
 * back as it is.
 */
export function sqliteFailure(error: unknown, subject: FileLabel): unknown {
  if (!(error instanceof SQLiteError)) return error;
  const code = error.code ?? "";
  // No job is to blame for it, so none loses an attempt by it.
  const options = { transient: true, uncounted: true, cause: error };
  if (isDamage(error))
    return new Failure("database_damaged", messages.damaged(subject, error.message), {
      cause: error,
    });
  // The log's index cannot grow where there is no room.
  if (code === "SQLITE_FULL" || code === "SQLITE_IOERR_SHMSIZE")
    return new Failure("disk_full", messages.diskOfFull(subject), options);
  if (code.startsWith("SQLITE_IOERR")) return new Failure("disk_error", messages.diskError(subject, code), options);
  if (code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_CANTOPEN") || code === "SQLITE_PERM")
    return new Failure("database_read_only", messages.notWritable(subject, code), options);
  if (isBusy(error)) return new Failure("database_busy", messages.locked(subject), options);
  if (/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(code))
    return new Failure("not_storable", `${subject} refuses this value (${error.message})`, { cause: error });
  return error;
}

/** Why something stored in a file could not be read or written, as the end of a sentence. */
export function sqliteReason(error: unknown, subject: FileLabel): string {
  const { message } = asFailure(sqliteFailure(error, subject));
  return message.replace(/\.$/, "");
}

export function isBusy(error: unknown): boolean {
  return error instanceof SQLiteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code ?? "");
}

/** A file that ends before the last of its declared pages is as damaged as one with wrong pages. */
export function isDamage(error: unknown): boolean {
  return error instanceof SQLiteError && /^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(error.code ?? "");
}
