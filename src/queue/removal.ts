import type { RemovalResult } from "./queue.ts";

/** In one transaction; between two of them the others have their turn. */
const AT_ONCE = 100;

/** Removes many jobs part by part, and adds up the result. */
export async function inParts(
  ids: readonly string[],
  remove: (part: readonly string[]) => Promise<RemovalResult>,
): Promise<RemovalResult> {
  const total = { removed: 0, retained: 0, open: 0 };
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const { removed, retained, open } = await remove(ids.slice(at, at + AT_ONCE));
    total.removed += removed;
    total.retained += retained;
    total.open += open;
  }
  return total;
}

/** Jobs that are examined in one call. */
const PRUNE_AT_ONCE = 1_000;

/**
 * Removes old jobs until there are no more, or so many were examined. `prune` takes at most `limit`, behind the first
 * `skip`, which must stay; `inOne` is the most it takes.
 */
export async function pruneInParts(
  prune: (limit: number, skip: number) => Promise<{ readonly removed: number; readonly retained: number }>,
  skip: number,
  inOne = PRUNE_AT_ONCE,
): Promise<{ readonly removed: number; readonly retained: number }> {
  const total = { removed: 0, retained: 0 };
  for (let examined = 1; examined > 0 && total.removed + total.retained < PRUNE_AT_ONCE; ) {
    const limit = Math.min(inOne, PRUNE_AT_ONCE - total.removed - total.retained);
    const { removed, retained } = await prune(limit, skip + total.retained);
    total.removed += removed;
    total.retained += retained;
    examined = removed + retained;
  }
  return total;
}
