import { Failure } from "../failure.ts";

/** Time, as a circuit breaker sees it. */
export interface BreakerClock {
  /** Milliseconds since whenever. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const CLOCK: BreakerClock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", stop);
        resolve();
      }, ms);
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    }),
};

/** A longer pause gives the place to others. */
const WAIT_IN_PLACE_MS = 20_000;
/** However long the other side asks for, or is away: so often one attempt goes to see. */
const LONGEST_DELAY_MS = 5 * 60_000;
const FIRST_DELAY_MS = { outage: 5_000, "rate limit": 5_000, credentials: 15_000, settings: 15_000, "no room": 15_000 };
/** Short pauses that follow each other for longer than this are a long one. */
const SHORT_PAUSES_MS = 60_000;
const SHORTEST_PAUSE_MS = 250;
const AFTER_PROBE_MS = 1_000;
/** From so many failures on, between which others got through, one is a caller's own and not the beginning of an outage. */
const STRIKES = 2;
/** Callers whose last failure is remembered. */
const REMEMBERED = 10_000;

/**
 * What opened the circuit: nothing responds; the other side asks for a pause; or an operator has to put something
 * right: keys, another setting, room for what is sent.
 */
export type OpenReason = keyof typeof FIRST_DELAY_MS;
export const OPEN_REASONS = Object.keys(FIRST_DELAY_MS) as readonly OpenReason[];

/** A circuit that is open: nothing is sent but a probe now and then, until one succeeds. */
export interface OpenCircuit {
  readonly reason: OpenReason;
  /** What happened, and what to do where somebody can do something. */
  readonly message: string;
  readonly since: Date;
  /** When the next attempt is let through as a probe. */
  readonly probeAt: Date;
}

/**
 * What all requests to one place go through (https://martinfowler.com/bliki/CircuitBreaker.html). It opens for all of
 * them when the other side asks for a pause, does not respond any more or refuses what an operator has set. No job
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
  /** The other side wants no requests for so long; undefined where it names no time. Returns what to throw. */
  recordThrottle(retryAfterMs: number | undefined, code: string, message: string): Failure;
  /** What an operator set, or has to make room for, was refused. Returns what to throw. */
  recordRefusal(reason: "credentials" | "settings" | "no room", code: string, message: string): Failure;
  /**
   * No response, half of one, or a 5xx, after all the sends there are. Returns what to throw. `key` says whose work it
   * was: the failure counts against it only where others got through while it failed again and again, never where it is null.
   */
  recordFailure(key: string | null, code: string, message: string): Failure;
  /** There was a response to one request: the other side is alive. */
  recordResponse(): void;
  /** Work came to its end, or was refused for a fault of its own: the circuit closes. */
  recordSuccess(key: string | null): void;
  /** The probe came to nothing, because nobody wants it any more: the next one may go. */
  abandonProbe(): void;
  /** Lets the next one through at once: somebody asked for it. */
  probeNow(): void;
  /** How often work has come to its end so far: more of them than before are evidence that the other side is alive. */
  successes(): number;
}

export interface CircuitBreakerOptions {
  /** What is waited for, in one word: work that an open circuit refuses waits for this. */
  readonly name?: string;
  readonly clock?: BreakerClock;
  /** Failures in a row that open the circuit. */
  readonly failuresToOpen?: number;
  /** Up to here a pause is waited for in place; 20 seconds. */
  readonly waitInPlaceMs?: number;
  /** Longest between two probes; 5 minutes. */
  readonly longestDelayMs?: number;
  /** 0–1. */
  readonly random?: () => number;
  /** Called when the circuit opens or its reason changes, and with null when it closes. */
  readonly onChange?: (open: OpenCircuit | null) => void;
}

/** What is wrong, what to do and when it is tried again, for a person; null where the circuit is closed. */
export function describeOpen(open: OpenCircuit | null): string | null {
  if (open === null) return null;
  const { reason, message, since, probeAt } = open;
  return `${message} (${reason} since ${since.toISOString()}, next attempt ${probeAt.toISOString()})`;
}

/** The same in few words, for a job that waits: who is waited for, why, and until when it is paused. */
export function describeWait(name: string, open: OpenCircuit | null): string | null {
  return open && `${name} (${open.reason}, next attempt ${open.probeAt.toISOString()})`;
}

interface State {
  readonly reason: OpenReason;
  readonly code: string;
  readonly message: string;
  readonly since: Date;
  /** When it began, by the clock. */
  readonly startedAt: number;
  /** A pause that is too long to be waited for in place: it ends with a probe. */
  readonly isLong: boolean;
  /** No request is sent before. */
  until: number;
  /** The probe under way: no other work begins before its time is over. */
  probe: { readonly startedAt: number; readonly until: number } | null;
  delayMs: number;
}

export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const { clock = CLOCK, failuresToOpen = 2, longestDelayMs = LONGEST_DELAY_MS } = options;
  const { waitInPlaceMs = WAIT_IN_PLACE_MS, random = Math.random, onChange = () => {}, name } = options;
  /** Null while it is closed. Written by `trip` and `recordSuccess`; its probe by `admit`, `abandonProbe` and `probeNow`. */
  let state: State | null = null;
  /** Written by `recordFailure`; what the other side returns ends it. */
  let failuresInARow = 0;
  /** Written by `recordSuccess`. */
  let successes = 0;
  /** By key: how many successes there had been at its last failure, and how often others got through between two of them. */
  const lastFailures = new Map<string, { readonly successes: number; readonly strikes: number }>();

  const left = (until: number) => Math.max(0, Math.ceil(until - clock.now()));
  const untilProbe = (of: State) => Math.max(left(of.until), left(of.probe?.until ?? 0));
  const isOpen = (of: State | null): of is State => of !== null && (of.reason !== "rate limit" || of.isLong);

  function toOpen(of: State): OpenCircuit {
    const { reason, message, since } = of;
    return { reason, message, since, probeAt: new Date(Date.now() + untilProbe(of)) };
  }

  function refused(of: State, waitMs = untilProbe(of)): Failure {
    // Who meets a short pause, or the first failures of many, has a time of its own: no closing is told of those.
    const waitsFor = name !== undefined && isOpen(of) ? { waitsFor: [name] } : {};
    const options = { transient: true, uncounted: true, retryAfterMs: Math.max(1, waitMs), ...waitsFor };
    return new Failure(of.code, of.message, options);
  }

  /** Soon after the probe has been sent; while it is under way, ever more seldom. */
  function waitFor({ until, probe }: State): number {
    const waitMs = left(until);
    if (waitMs > 0) return Math.ceil(waitMs + random() * Math.min(AFTER_PROBE_MS, waitMs));
    const goneByMs = clock.now() - (probe?.startedAt ?? 0);
    return Math.ceil(Math.min(left(probe?.until ?? 0), Math.max(AFTER_PROBE_MS, goneByMs) * (0.5 + random())));
  }

  /** Opens for so long, or for as long as the last probe was given; what failed beside the probe makes it no longer. */
  function trip(reason: OpenReason, code: string, message: string, ms?: number): Failure {
    const before: State | null = state;
    const isNew = before?.reason !== reason;
    const waits = before === null ? 0 : left(before.until);
    let delayMs = before === null || isNew ? FIRST_DELAY_MS[reason] : before.delayMs;
    // Work that waits in place for a short pause is no probe: the pauses grow here.
    if (!isNew && reason === "rate limit" && before?.probe === null && waits === 0) delayMs *= 2;
    // Who answers every probe with "in a moment" is asked ever more seldom all the same.
    const leastMs = before?.probe ? before.delayMs : SHORTEST_PAUSE_MS;
    const pauseMs = ms === undefined ? (waits > 0 ? 0 : delayMs) : Math.max(leastMs, ms);
    const openMs = Math.max(waits, Math.min(longestDelayMs, pauseMs));
    const startedAt = before === null || isNew ? clock.now() : before.startedAt;
    const goesOn = !isNew && (before?.isLong === true || clock.now() - startedAt > SHORT_PAUSES_MS);
    const isLong = openMs > waitInPlaceMs || goesOn;
    const now: State = {
      reason,
      code,
      message,
      startedAt,
      isLong,
      delayMs,
      until: clock.now() + openMs,
      probe: null,
      since: isOpen(before) ? before.since : new Date(),
    };
    const reported = isOpen(before) ? before.reason : null;
    state = now;
    if (isOpen(now) && reported !== reason) onChange(toOpen(now));
    return refused(now);
  }

  /** Notes a failure; whether it is the key's own, because others got through meanwhile, and not for the first time. */
  function isItsOwn(key: string): boolean {
    const before = lastFailures.get(key);
    const strike = before !== undefined && successes > before.successes && failuresInARow === 1 ? 1 : 0;
    const strikes = (before?.strikes ?? 0) + strike;
    lastFailures.delete(key);
    lastFailures.set(key, { successes, strikes });
    for (const oldest of lastFailures.keys()) {
      if (lastFailures.size <= REMEMBERED) break;
      lastFailures.delete(oldest);
    }
    return strike === 1 && strikes >= STRIKES;
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
        if (waitMs > waitInPlaceMs || isOpen(state)) throw refused(state);
        await clock.sleep(waitMs, signal);
      }
    },

    recordThrottle: (retryAfterMs, code, message) => trip("rate limit", code, message, retryAfterMs),

    recordRefusal: trip,

    recordFailure(key, code, message) {
      failuresInARow += 1;
      const counted = key !== null && isItsOwn(key);
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
      if (key !== null) lastFailures.delete(key);
      // What had begun before the other side asked for a pause ends no pause.
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
