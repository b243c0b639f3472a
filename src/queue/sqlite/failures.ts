import { Failure } from "../../failure.ts";
import { sqliteFailure } from "../../host/files/sqlite-failure.ts";

export { isBusy } from "../../host/files/sqlite-failure.ts";

/** An error of SQLite as a Failure: temporary ones are transient. Any other error is returned unchanged. */
export function databaseFailure(error: unknown): unknown {
  return sqliteFailure(error, "the database");
}

/** For work that is repeated automatically: what the database refuses now is retried then. */
export function tolerant(work: () => void): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      if (!(databaseFailure(error) instanceof Failure)) throw error;
    }
  };
}
