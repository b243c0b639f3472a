import { Failure } from "../failure.ts";
import { type BreakerClock, CLOCK } from "./breaker-clock.ts";
import type { OpenCircuit, OpenReason } from "./open-circuit.ts";
import { afterTrip, isOpen, type OpenState } from "./open-state.ts";
import { createOwnFailures } from "./own-failures.ts";

/** A longer pause gives the slot to others. */
const WAIT_IN_ATTEMPT_MS = 20_000;
/** The longest time between probes, whatever pause the other side requests. */
const LONGEST_DELAY_MS = 5 * 60_000;
const AFTER_PROBE_MS = 1_000;
/**
 * Work whose probe failed comes after all other refused work: else work that fails by its own fault would be every
 * probe.
 */
const AFTER_OTHERS_MS = 2 * AFTER_PROBE_MS;

/**
 * What all requests to one service go through (https://martinfowler.com/bliki/CircuitBreaker.html). It opens for all of
 * them when the other side requests a pause, stops responding or refuses what an operator has set. No job
 * pays for that with its attempts.
 */
export interface CircuitBreaker {
  /** Null while it is closed, and in a pause that is so short that it is waited for in place. */
  open(): OpenCircuit | null;
  /** Whether `admit` would refuse now. */
  blocked(): boolean;
  /**
   * Before work begins. While the circuit is open one in a while is let through, to see whether it has to be: returns
   * whether this is that one. @throws Failure, uncounted, with the time until then.
   */
  admit(): boolean;
  /** Before each request of work that was admitted: waits for a short pause to end. @throws Failure, uncounted, when it is a long one. */
  pass(signal: AbortSignal): Promise<void>;
  /** The other side accepts no requests for so long; undefined where it names no time. Returns what to throw. */
  recordThrottle(retryAfterMs: number | undefined, code: string, message: string): Failure;
  /** What an operator set, or has to make room for, was refused. Returns what to throw. */
  recordRefusal(reason: "credentials" | "settings" | "no room", code: string, message: string): Failure;
  /**
   * No response, half of one, or a 5xx, after all the sends there are. Returns what to throw. `key` identifies the job
   * whose work it was: the failure counts against that job only where others got through while it failed again and
   * again, never if null.
   */
  recordFailure(key: string | null, code: string, message: string): Failure;
  /** There was a response to one request: the other side is alive. */
  recordResponse(): void;
  /** Work was completed, or was refused for a fault of its own: the circuit closes. */
  recordSuccess(key: string | null): void;
  /** The probe has no result, because it is no longer needed: the next one may start. */
  abandonProbe(): void;
  /** Admits the next one at once: it was requested manually. */
  probeNow(): void;
  /** How often work has ended so far: more of them than before are evidence that the other side is alive. */
  successes(): number;
}

export interface CircuitBreakerOptions {
  /** What is waited for, in one word: work that an open circuit refuses waits for this. */
  readonly name?: string;
  readonly clock?: BreakerClock;
  /** Failures in a row that open the circuit. */
  readonly failuresToOpen?: number;
  /** Up to here a pause is waited for in place; 20 seconds. */
  readonly waitInAttemptMs?: number;
  /** Longest between two probes; 5 minutes. */
  readonly longestDelayMs?: number;
  /** 0–1. */
  readonly random?: () => number;
  /** Called when the circuit opens or its reason changes, and with null when it closes. */
  readonly onChange?: (open: OpenCircuit | null) => void;
}

export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const { clock = CLOCK, failuresToOpen = 2, longestDelayMs = LONGEST_DELAY_MS } = options;
  const { waitInAttemptMs = WAIT_IN_ATTEMPT_MS, random = Math.random, onChange = () => {}, name } = options;
  /**
   * Null while it is closed. Written by `trip` and `recordSuccess`; its probe by `admit`, `abandonProbe` and
   * `probeNow`.
   */
  let state: OpenState | null = null;
  /** Written by `recordFailure`; what the other side returns ends it: `recordResponse` and `recordSuccess`. */
  let failuresInARow = 0;
  /** Written by `recordSuccess`. */
  let successes = 0;
  const ownFailures = createOwnFailures();

  const left = (until: number) => Math.max(0, Math.ceil(until - clock.now()));
  const untilProbe = (of: OpenState) => Math.max(left(of.until), left(of.probe?.until ?? 0));

  function toOpen(of: OpenState): OpenCircuit {
    const { reason, message, since } = of;
    return { reason, message, since, probeAt: new Date(Date.now() + untilProbe(of)) };
  }

  function refused(of: OpenState, waitMs = untilProbe(of)): Failure {
    // Work in a short pause, or among the first failures, retries by its own schedule: no closing is reported for those.
    const waitsFor = name !== undefined && isOpen(of) ? { waitsFor: [name] } : {};
    const options = { transient: true, uncounted: true, retryAfterMs: Math.max(1, waitMs), ...waitsFor };
    return new Failure(of.code, of.message, options);
  }

  /** Soon after the probe was sent; less and less often the longer it runs. */
  function waitFor({ until, probe }: OpenState): number {
    const waitMs = left(until);
    if (waitMs > 0) return Math.ceil(waitMs + random() * Math.min(AFTER_PROBE_MS, waitMs));
    const elapsedMs = clock.now() - (probe?.startedAt ?? 0);
    return Math.ceil(Math.min(left(probe?.until ?? 0), Math.max(AFTER_PROBE_MS, elapsedMs) * (0.5 + random())));
  }

  /** Opens for so long, or for as long as the last probe was given. Returns what to throw. */
  function trip(reason: OpenReason, code: string, message: string, ms?: number): Failure {
    const before = state;
    const now = afterTrip(before, { reason, code, message, ms }, { now: clock.now(), longestDelayMs, waitInAttemptMs });
    state = now;
    const reported = isOpen(before) ? before.reason : null;
    if (isOpen(now) && reported !== reason) onChange(toOpen(now));
    return refused(now, untilProbe(now) + (before?.probe ? AFTER_OTHERS_MS : 0));
  }

  return {
    open: () => (isOpen(state) ? toOpen(state) : null),

    blocked: () => isOpen(state) && untilProbe(state) > 0,

    admit() {
      if (!isOpen(state)) return false;
      if (untilProbe(state) > 0) throw refused(state, waitFor(state));
      state.delayMs = Math.min(longestDelayMs, 2 * state.delayMs);
      state.probe = { startedAt: clock.now(), until: clock.now() + state.delayMs };
      return true;
    },

    async pass(signal) {
      signal.throwIfAborted();
      while (state !== null) {
        const waitMs = left(state.until);
        if (waitMs === 0) return;
        if (waitMs > waitInAttemptMs || isOpen(state)) throw refused(state);
        await clock.sleep(waitMs, signal);
      }
    },

    recordThrottle: (retryAfterMs, code, message) => trip("rate limit", code, message, retryAfterMs),

    recordRefusal: trip,

    recordFailure(key, code, message) {
      failuresInARow += 1;
      const counted = key !== null && ownFailures.record(key, successes, failuresInARow);
      const failure =
        failuresInARow >= failuresToOpen || isOpen(state)
          ? trip("outage", code, message)
          : new Failure(code, message, { transient: true, uncounted: true });
      return counted ? new Failure(code, message, { transient: true }) : failure;
    },

    recordResponse() {
      failuresInARow = 0;
    },

    recordSuccess(key) {
      failuresInARow = 0;
      successes += 1;
      if (key !== null) ownFailures.forget(key);
      // What had begun before the other side requested a pause ends no pause.
      if (state?.reason === "rate limit" && left(state.until) > 0) return;
      const wasOpen = isOpen(state);
      state = null;
      if (wasOpen) onChange(null);
    },

    abandonProbe() {
      if (state !== null) state.probe = null;
    },

    probeNow() {
      if (state === null) return;
      state.until = clock.now();
      state.probe = null;
    },

    successes: () => successes,
  };
}
