import type { BreakerClock } from "../../src/outbound/breaker-clock.ts";

/** A clock whose sleepers never wait: each sleep moves the time on by itself. `slept` is how long they would have. */
export function hurryingClock(): BreakerClock & { slept: number; advance(ms: number): void } {
  let now = 1_000_000;
  return {
    slept: 0,
    now: () => now,
    advance(ms) {
      now += ms;
    },
    async sleep(ms, signal) {
      signal.throwIfAborted();
      this.slept += ms;
      now += ms;
      await Promise.resolve();
      signal.throwIfAborted();
    },
  };
}
