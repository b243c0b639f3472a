import { Failure } from "../failure.ts";

/** Time, as a gate sees it. */
export interface Clock {
  /** Milliseconds since whenever. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const CLOCK: Clock = {
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

/** Up to here a pause is waited for in place; a longer one gives the place to others. */
const WAIT_IN_PLACE_MS = 20_000;
const FIRST_PROBE_MS = 15_000;
const LAST_PROBE_MS = 5 * 60_000;
/** So many failures of the network with no answer between them are an outage of the other side, not bad luck. */
const OUTAGE = 5;
const OUTAGE_PAUSE_MS = 5_000;

/**
 * What all uploads to one target go through: it shuts for all of them when the other side asks to be left alone, does
 * not answer any more, or refuses the credentials. No job pays for that with its tries.
 */
export interface Gate {
  /** Why nothing is begun now: "credentials", "rate limit", "outage"; null when the gate is open. */
  shut(): string | null;
  /** What an operator has to put right, or null. */
  trouble(): string | null;
  /**
   * Before a delivery begins. While the credentials are dead one in a while is let through, to see whether they still are.
   * @throws Failure that is uncounted, with the time until then.
   */
  enter(): void;
  /** Before each request: waits for a short pause to end. @throws Failure that is uncounted when it is a long one. */
  pass(signal: AbortSignal): Promise<void>;
  /** The other side wants no requests for so long. */
  pause(ms: number, code: string, message: string): void;
  /** The credentials were refused: nothing but a probe now and then is sent until one works. Answers what to throw. */
  refuse(message: string): Failure;
  /** There was an answer: the other side lives. */
  answered(): void;
  /** No answer, or half of one, or a 5xx. Answers what to throw: counted, unless nobody gets an answer any more. */
  unanswered(code: string, message: string, cause: unknown): Failure;
  /** A delivery came to its end: the credentials are good. */
  worked(): void;
}

export interface GateOptions {
  readonly clock?: Clock;
  /** Called when the credentials are refused, and with null when they are good again. */
  readonly onTrouble?: (trouble: string | null) => void;
  /** The code of a refusal. */
  readonly refusedCode?: string;
}

interface Refusal {
  message: string;
  probeAt: number;
  delayMs: number;
}

export function createGate({
  clock = CLOCK,
  onTrouble = () => {},
  refusedCode = "delivery_credentials",
}: GateOptions = {}): Gate {
  let refusal: Refusal | null = null;
  let pause = { until: Number.NEGATIVE_INFINITY, code: "", message: "" };
  let unanswered = 0;

  const left = (until: number) => Math.max(0, Math.ceil(until - clock.now()));

  function blocked(code: string, message: string, waitMs: number, cause?: unknown): Failure {
    return new Failure(code, message, { transient: true, uncounted: true, retryAfterMs: waitMs, cause });
  }

  function shutFor(ms: number, code: string, message: string): void {
    const until = clock.now() + ms;
    if (until > pause.until) pause = { until, code, message };
  }

  return {
    shut() {
      if (refusal !== null && left(refusal.probeAt) > 0) return "credentials";
      if (left(pause.until) <= WAIT_IN_PLACE_MS) return null;
      return unanswered >= OUTAGE ? "outage" : "rate limit";
    },

    trouble: () => refusal?.message ?? null,

    enter() {
      if (refusal === null) return;
      const waitMs = left(refusal.probeAt);
      if (waitMs > 0) throw blocked(refusedCode, refusal.message, waitMs);
      refusal.delayMs = Math.min(LAST_PROBE_MS, 2 * refusal.delayMs);
      refusal.probeAt = clock.now() + refusal.delayMs;
    },

    async pass(signal) {
      signal.throwIfAborted();
      for (let waitMs = left(pause.until); waitMs > 0; waitMs = left(pause.until)) {
        if (waitMs > WAIT_IN_PLACE_MS) throw blocked(pause.code, pause.message, waitMs);
        await clock.sleep(waitMs, signal);
      }
    },

    pause: shutFor,

    refuse(message) {
      if (refusal === null) {
        refusal = { message, probeAt: clock.now() + FIRST_PROBE_MS, delayMs: FIRST_PROBE_MS };
        onTrouble(message);
      }
      refusal.message = message;
      return blocked(refusedCode, message, left(refusal.probeAt));
    },

    answered() {
      unanswered = 0;
    },

    unanswered(code, message, cause) {
      unanswered += 1;
      if (unanswered < OUTAGE) return new Failure(code, message, { transient: true, cause });
      const ms = Math.min(LAST_PROBE_MS, OUTAGE_PAUSE_MS * 2 ** (unanswered - OUTAGE));
      shutFor(ms, code, message);
      return blocked(code, message, ms, cause);
    },

    worked() {
      unanswered = 0;
      if (refusal === null) return;
      refusal = null;
      onTrouble(null);
    },
  };
}
