/** From so many failures on, between which others got through, one is a caller's own and not the beginning of an outage. */
const STRIKES = 2;
/** Callers whose last failure is remembered. */
const REMEMBERED = 10_000;

/** Distinguishes a caller's own failures from those of the other side: others succeeded while it failed again and again. */
export interface OwnFailures {
  /** Notes one after so many successes of any key; whether it is the key's own, and not for the first time. */
  record(key: string, successes: number, failuresInARow: number): boolean;
  /** Its work was completed. */
  forget(key: string): void;
}

export function createOwnFailures(): OwnFailures {
  /**
   * By key: how many successes there had been at its last failure, and how often others got through between two of them.
   * Written by `record` and `forget`.
   */
  const last = new Map<string, { readonly successes: number; readonly strikes: number }>();

  return {
    record(key, successes, failuresInARow) {
      const before = last.get(key);
      const strike = before !== undefined && successes > before.successes && failuresInARow === 1 ? 1 : 0;
      const strikes = (before?.strikes ?? 0) + strike;
      last.delete(key);
      last.set(key, { successes, strikes });
      for (const oldest of last.keys()) {
        if (last.size <= REMEMBERED) break;
        last.delete(oldest);
      }
      return strike === 1 && strikes >= STRIKES;
    },
    forget: (key) => void last.delete(key),
  };
}
