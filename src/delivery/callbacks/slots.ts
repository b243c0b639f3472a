/** Callbacks sent at once. */
const AT_ONCE = 64;
const PER_ADDRESS = 2;
/** Of those to addresses that may not respond: the others always find a slot. */
const UNPROVEN_AT_ONCE = 48;
const UNPROVEN_PER_HOST = 32;
/** Of those to addresses that did not take the last one. */
const FAILING_AT_ONCE = 16;
/** Addresses whose last outcome is remembered. */
const REMEMBERED = 10_000;

/** Where a callback goes. */
export interface Receiver {
  readonly url: string;
  readonly host: string;
  /** Of this callback, so far: none of them was taken. */
  readonly attempts: number;
}

/**
 * Shares out the slots for callbacks, so that dead or slow receivers, however many and on whatever hosts, delay no
 * healthy one.
 */
export interface CallbackSlots {
  /** Takes a slot, and returns how to give it back; null where there is none for this receiver now. */
  take(receiver: Receiver): (() => void) | null;
  /** Whether the address accepted the last callback. */
  note(url: string, took: boolean): void;
  isFull(): boolean;
}

export function createCallbackSlots(): CallbackSlots {
  /**
   * The slots in use, in all and of each kind. These five are written by `take`, through `count`, and by what gives the
   * slot back.
   */
  const byAddress = new Map<string, number>();
  const unprovenByHost = new Map<string, number>();
  let taken = 0;
  let unproven = 0;
  let failing = 0;
  /** Whether an address accepted its latest callback. Written by `note`. */
  const outcomes = new Map<string, boolean>();

  return {
    isFull: () => taken >= AT_ONCE,

    take({ url, host, attempts }) {
      const outcome = outcomes.get(url) ?? (attempts > 0 ? false : undefined);
      const isFailing = outcome === false;
      const isProven = outcome === true;
      if (taken >= AT_ONCE || (byAddress.get(url) ?? 0) >= (isFailing ? 1 : PER_ADDRESS)) return null;
      if (isFailing && failing >= FAILING_AT_ONCE) return null;
      if (!isProven && (unproven >= UNPROVEN_AT_ONCE || (unprovenByHost.get(host) ?? 0) >= UNPROVEN_PER_HOST))
        return null;
      const count = (by: number) => {
        taken += by;
        add(byAddress, url, by);
        if (isFailing) failing += by;
        if (isProven) return;
        unproven += by;
        add(unprovenByHost, host, by);
      };
      count(1);
      return () => count(-1);
    },

    note(url, took) {
      outcomes.delete(url);
      outcomes.set(url, took);
      for (const oldest of outcomes.keys()) {
        if (outcomes.size <= REMEMBERED) break;
        outcomes.delete(oldest);
      }
    },
  };
}

function add(counts: Map<string, number>, name: string, by: number): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
