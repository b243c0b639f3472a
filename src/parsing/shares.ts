import { createLanes } from "../host/scheduling/lanes.ts";

/**
 * The clients whose large bodies are in memory, and whose is read next: many of one client leave room and turns for
 * others.
 */
export interface Shares {
  /** Counts bytes for a client, unless that were more than its share; false then, and nothing is counted. */
  reserve(owner: string, bytes: number): boolean;
  release(owner: string, bytes: number): void;
  /** Does the work when the client's turn comes: one at a time, a client after the other, and each one's in order. */
  inOrder<T>(owner: string, work: () => Promise<T>): Promise<T>;
  readonly reservedBytes: number;
}

/** A client may use as much of the free space as it has already: one alone half of all, the second a quarter. */
const SHARED_BYTES = 64 * 1_024 * 1_024;
/** Beyond that there is room for one body of each client that has none. */
const ALL_BYTES = 96 * 1_024 * 1_024;
const ONE_BODY_BYTES = 6 * 1_024 * 1_024;

export function createShares(): Shares {
  /** Written by `reserve` and `release`. */
  const reserved = new Map<string, number>();
  const reading = createLanes({ ofOwner: 1, together: 1 });
  /** Written by `reserve` and `release`. */
  let reservedBytes = 0;

  return {
    reserve(owner, bytes) {
      const own = (reserved.get(owner) ?? 0) + bytes;
      const shared = own <= SHARED_BYTES - reservedBytes;
      const first = own <= ONE_BODY_BYTES && reservedBytes + bytes <= ALL_BYTES;
      if (!shared && !first) return false;
      reserved.set(owner, own);
      reservedBytes += bytes;
      return true;
    },
    release(owner, bytes) {
      const left = (reserved.get(owner) ?? 0) - bytes;
      if (left > 0) reserved.set(owner, left);
      else reserved.delete(owner);
      reservedBytes -= bytes;
    },
    inOrder: reading.run,
    get reservedBytes() {
      return reservedBytes;
    },
  };
}
