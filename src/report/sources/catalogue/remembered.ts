import type { Database } from "bun:sqlite";

/** Results that one question has at most. */
const MOST = 200;

/**
 * Returns a function that makes a query run once for each version of the catalogue's file: the rows of a
 * large suburb take a quarter of a second to count, and a client that requests repeatedly would block all others. The
 * results are shared and must not be changed.
 */
export function createRemembered(database: Database) {
  const dataVersion = database.query<{ data_version: number }, []>("PRAGMA data_version");
  // This connection's own writes do not change its data version.
  const ownChanges = database.query<{ changes: number }, []>("SELECT total_changes() AS changes");
  const stateNow = () => `${dataVersion.get()?.data_version} ${ownChanges.get()?.changes}`;

  return <T>(read: (key: string) => T): ((key: string) => T) => {
    const known = new Map<string, { readonly result: T }>();
    let state = "";
    return (key) => {
      const now = stateNow();
      if (now !== state) known.clear();
      state = now;
      const entry = known.get(key) ?? { result: read(key) };
      // The one that was requested last goes last.
      known.delete(key);
      known.set(key, entry);
      const [oldest] = known.size > MOST ? known.keys() : [];
      if (oldest !== undefined) known.delete(oldest);
      return entry.result;
    };
  };
}
