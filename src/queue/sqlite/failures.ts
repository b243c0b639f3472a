import { Failure } from "../../failure.ts";
import { sqliteFailure } from "../../host/files/sqlite-failure.ts";

export { isBusy } from "../../host/files/sqlite-failure.ts";

/** What SQLite threw, named: what may pass is transient. Anything else comes back as it is. */
export function databaseFailure(error: unknown): unknown {
  return sqliteFailure(error, "the database");
}

/** For work that comes round again by itself: what the database refuses now, it is requested again then. */
export function tolerant(work: () => void): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      if (!(databaseFailure(error) instanceof Failure)) throw error;
    }
  };
}
