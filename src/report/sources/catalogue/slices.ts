/** How long a turn of a thread that also serves requests may be. */
const SLICE_MS = 8;
/**
 * How long a thread of its own works before it rests. A kernel lets a thread run on for some milliseconds when a more urgent
 * one wakes on its processor, however low its priority; while it rests, that one runs at once.
 */
const BACKGROUND_SLICE_MS = 1;
const REST_MS = 0.05;

/** Turns of the event loop: long work lets others have theirs. */
export interface Slices {
  /** True when this turn of the event loop has been used up. */
  over(): boolean;
  /** Lets everything else that waits have a turn. */
  next(): Promise<void>;
}

/** `background`: nothing is urgent in this thread, but in others. */
export function createSlices({ background }: { readonly background: boolean }): Slices {
  const sliceMs = background ? BACKGROUND_SLICE_MS : SLICE_MS;
  const never = new Int32Array(new SharedArrayBuffer(4));
  let turned = performance.now();
  let began = turned;
  return {
    over: () => performance.now() - began > sliceMs,
    async next() {
      if (background) Atomics.wait(never, 0, 0, REST_MS);
      began = performance.now();
      if (began - turned <= SLICE_MS) return;
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
      turned = began;
    },
  };
}
