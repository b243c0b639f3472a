import { asFailure } from "../failure.ts";

/** After so long without an attempt its state is unknown. Probes and retries come more often. */
const REMEMBERED_MS = 30 * 60_000;
/** These are no evidence about the other side: the service stops, or the job was cancelled. */
const CALLED_OFF: ReadonlySet<string> = new Set(["stopping", "cancelled", "lease_lost"]);

/** Whether a dependency (a delivery target, the data source) is reached, by what comes of the attempts. */
export interface Reach {
  /** Does the work, and notes whether the other side was reached: a refusal of the job itself shows that it was. */
  attempt<T>(work: () => Promise<T>, isAway?: (result: T) => boolean): Promise<T>;
  /**
   * For how long attempts have failed, or been running, without a success; 0 while none has failed. One that
   * hangs counts from its beginning: no timeout has to pass before it is seen.
   */
  failingMs(): number;
}

export function createReach(now: () => number = () => performance.now()): Reach {
  /** Written by `attempt`. */
  const unended = new Set<{ readonly since: number }>();
  /** Written by `reached` and `fail`. */
  let failed: { readonly since: number; readonly latest: number } | null = null;
  /** Written by `reached`. */
  let reachedAt = Number.NEGATIVE_INFINITY;

  function reached(): void {
    reachedAt = now();
    failed = null;
  }

  function fail(since: number): void {
    failed = { since: failed?.since ?? Math.max(since, reachedAt), latest: now() };
  }

  return {
    async attempt(work, isAway = () => false) {
      const each = { since: now() };
      unended.add(each);
      try {
        const result = await work();
        if (isAway(result)) fail(each.since);
        else reached();
        return result;
      } catch (error) {
        const { code, transient } = asFailure(error);
        if (!transient) reached();
        else if (!CALLED_OFF.has(code)) fail(each.since);
        throw error;
      } finally {
        unended.delete(each);
      }
    },

    failingMs() {
      const at = now();
      const remembered = failed !== null && (unended.size > 0 || at - failed.latest < REMEMBERED_MS) ? [failed] : [];
      const since = Math.min(...[...unended, ...remembered].map((each) => each.since));
      return since === Number.POSITIVE_INFINITY ? 0 : at - Math.max(since, reachedAt);
    },
  };
}
