import { compareText } from "../text/text.ts";
import type { RunningAttempt } from "./attempt.ts";

/** While nothing may begin, how often that is checked. */
const RECHECK_MS = 200;
/**
 * One that needs all slots prevents others from beginning for so long, so that those that have begun end;
 * and then not again for the longer time, should one of them not.
 */
const CLEAR_FOR_MS = 30_000;
const CLEAR_AGAIN_MS = 5 * 60_000;

export interface SlotsOptions {
  /** How many there are now: it may change, and is read whenever a job enters or leaves. */
  readonly limit: () => number;
  /** What an attempt waits for where all slots are taken. */
  readonly called: string;
  /** Called before one begins: why it may not now, or null. */
  readonly blockedBy?: () => string | null;
}

/** Limited slots for what may be done at once, and the line of those that wait for one. */
export interface Slots {
  /** Slots taken. */
  busy(): number;
  /** Attempts that wait for one. */
  waiting(): number;
  /**
   * Waits for a slot, or with `all` for all of them. As in the queue the clients take turns: the next is the one whose
   * last began the longest time ago; its own are ordered by priority, then by age. Returns how to give the slot back.
   * Rejects when the attempt is aborted.
   */
  enter(attempt: RunningAttempt, options?: { readonly all?: boolean }): Promise<() => void>;
  /** The same, for no longer than this: null where no slot was free by then. */
  enterWithin(attempt: RunningAttempt, ms: number): Promise<(() => void) | null>;
}

interface WaitingAttempt {
  readonly attempt: RunningAttempt;
  readonly all: boolean;
  /** The time since which it prevents the others from beginning. */
  clearingSince: number | null;
  /** With how to give its slot back. */
  readonly start: (leave: () => void) => void;
}

export function createSlots({ limit, called, blockedBy = () => null }: SlotsOptions): Slots {
  /** Written by `wait`; `begin` takes the next one, `leaveQueue` a waiter that gives up. */
  const waitQueue: WaitingAttempt[] = [];
  /**
   * When each client's last one began, counted. These three are written by `begin`; a slot that is given back lowers
   * `busy`.
   */
  const served = new Map<string, number>();
  let begun = 0;
  let busy = 0;
  /** Written by `next`. */
  let timer: Timer | undefined;

  /** Among clients that were served equally long ago, the one that came first is next. */
  function inOrder(): readonly WaitingAttempt[] {
    const came = new Map<string, number>();
    for (const [index, { attempt }] of waitQueue.entries())
      if (!came.has(attempt.claim.job.client)) came.set(attempt.claim.job.client, index);
    const fairOrder = ({ attempt: { claim } }: WaitingAttempt) => served.get(claim.job.client) ?? 0;
    const arrival = ({ attempt: { claim } }: WaitingAttempt) => came.get(claim.job.client) ?? 0;
    return waitQueue.toSorted((a, b) => fairOrder(a) - fairOrder(b) || arrival(a) - arrival(b) || byOwnOrder(a, b));
  }

  /** The one that is next, and may begin; null when none may. */
  function nextOne(): WaitingAttempt | null {
    for (const waiting of inOrder()) {
      if (!waiting.all || busy === 0) return waiting;
      const at = performance.now();
      waiting.clearingSince ??= at;
      const forMs = at - waiting.clearingSince;
      if (forMs < CLEAR_FOR_MS) return null;
      if (forMs > CLEAR_FOR_MS + CLEAR_AGAIN_MS) waiting.clearingSince = null;
    }
    return null;
  }

  function next(): void {
    clearTimeout(timer);
    while (busy < limit() && waitQueue.length > 0) {
      const reason = blockedBy();
      const waiting = reason === null ? nextOne() : null;
      for (const { attempt } of waitQueue) attempt.waitingFor = reason ?? called;
      if (waiting === null) {
        timer = setTimeout(next, RECHECK_MS);
        return;
      }
      begin(waiting);
    }
  }

  function begin(waiting: WaitingAttempt): void {
    waitQueue.splice(waitQueue.indexOf(waiting), 1);
    const taken = waiting.all ? limit() : 1;
    busy += taken;
    begun += 1;
    served.set(waiting.attempt.claim.job.client, begun);
    waiting.start(() => {
      busy -= taken;
      next();
    });
  }

  function wait(attempt: RunningAttempt, all: boolean, ms: number | null): Promise<(() => void) | null> {
    return new Promise((resolve, reject) => {
      const leaveQueue = () => {
        clearTimeout(deadline);
        attempt.signal.removeEventListener("abort", giveUp);
        attempt.waitingFor = null;
        waitQueue.splice(waitQueue.indexOf(waiting), 1);
        next();
      };
      const giveUp = () => {
        leaveQueue();
        reject(attempt.signal.reason);
      };
      let deadline: Timer | undefined;
      const waiting: WaitingAttempt = {
        attempt,
        all,
        clearingSince: null,
        start(leave) {
          clearTimeout(deadline);
          attempt.signal.removeEventListener("abort", giveUp);
          attempt.waitingFor = null;
          resolve(leave);
        },
      };
      if (attempt.signal.aborted) {
        reject(attempt.signal.reason);
        return;
      }
      attempt.signal.addEventListener("abort", giveUp, { once: true });
      attempt.waitingFor = called;
      waitQueue.push(waiting);
      next();
      if (ms === null || !waitQueue.includes(waiting)) return;
      deadline = setTimeout(() => {
        leaveQueue();
        resolve(null);
      }, ms);
    });
  }

  return {
    busy: () => busy,
    waiting: () => waitQueue.length,
    // Without a time it gets its slot, or is aborted.
    enter: async (attempt, { all = false } = {}) => (await wait(attempt, all, null)) ?? (() => {}),
    enterWithin: (attempt, ms) => wait(attempt, false, ms),
  };
}

function byOwnOrder({ attempt: { claim: a } }: WaitingAttempt, { attempt: { claim: b } }: WaitingAttempt): number {
  return (
    b.job.priority - a.job.priority || compareText(a.job.createdAt, b.job.createdAt) || compareText(a.job.id, b.job.id)
  );
}
