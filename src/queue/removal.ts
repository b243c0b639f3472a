import type { RemovalResult } from "./queue.ts";

/** In one transaction; between two of them the others have their turn. */
const AT_ONCE = 100;

/** Removes many jobs part by part, and adds up what came of it. */
export async function inParts(
  ids: readonly string[],
  remove: (part: readonly string[]) => Promise<RemovalResult>,
): Promise<RemovalResult> {
  const total = { removed: 0, kept: 0, open: 0 };
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const { removed, kept, open } = await remove(ids.slice(at, at + AT_ONCE));
    total.removed += removed;
    total.kept += kept;
    total.open += open;
  }
  return total;
}
