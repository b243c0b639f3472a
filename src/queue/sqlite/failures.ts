import { Failure } from "../../failure.ts";
import { sqliteFailure } from "../../host/files/sqlite-failure.ts";

export { isBusy } from "../../host/files/sqlite-failure.ts";

/** What SQLite threw, named: what may pass is transient. Anything else comes back as it is. */
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
