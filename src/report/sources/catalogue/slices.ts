const SLICE_MS = 8;

/** Turns of the event loop: long work lets others have theirs. */
export interface Slices {
  /** True when this turn of the event loop has been used up. */
  over(): boolean;
  /** Lets everything else that waits have a turn. */
  next(): Promise<void>;
}

export function createSlices(): Slices {
  let began = performance.now();
  return {
    over: () => performance.now() - began > SLICE_MS,
    async next() {
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    },
  };
}
