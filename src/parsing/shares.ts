import { createLanes } from "../host/lanes.ts";

/** Whose large bodies are in memory, and whose is read next: one client's many leave room and turns for the others'. */
export interface Shares {
  /** Counts bytes for a client, unless that were more than its share; false then, and nothing is counted. */
  reserve(owner: string, bytes: number): boolean;
  release(owner: string, bytes: number): void;
  /** Does the work when the client's turn comes: one at a time, a client after the other, and each one's in order. */
  inTurn<T>(owner: string, work: () => Promise<T>): Promise<T>;
  readonly heldBytes: number;
}

/** Of what is free a client may have as much again as it has already: one alone half of all, the second a quarter. */
const SHARED_BYTES = 64 * 1_024 * 1_024;
/** Beyond that there is room for one body of each client that has none. */
const ALL_BYTES = 96 * 1_024 * 1_024;
const ONE_BODY_BYTES = 6 * 1_024 * 1_024;

export function createShares(): Shares {
  const held = new Map<string, number>();
  const reading = createLanes({ ofOwner: 1, together: 1 });
  let heldBytes = 0;

  return {
    reserve(owner, bytes) {
      const own = (held.get(owner) ?? 0) + bytes;
      const shared = own <= SHARED_BYTES - heldBytes;
      const first = own <= ONE_BODY_BYTES && heldBytes + bytes <= ALL_BYTES;
      if (!shared && !first) return false;
      held.set(owner, own);
      heldBytes += bytes;
      return true;
    },
    release(owner, bytes) {
      const left = (held.get(owner) ?? 0) - bytes;
      if (left > 0) held.set(owner, left);
      else held.delete(owner);
      heldBytes -= bytes;
    },
    inTurn: reading.run,
    get heldBytes() {
      return heldBytes;
    },
  };
}
