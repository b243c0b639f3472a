import { sleep } from "./sleep.ts";

/** Time, as a circuit breaker sees it. */
export interface BreakerClock {
  /** Milliseconds since whenever. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const CLOCK: BreakerClock = { now: () => performance.now(), sleep };
