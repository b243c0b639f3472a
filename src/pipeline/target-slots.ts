// Each delivery target has slots of its own: one that hangs occupies only those.

import { Failure } from "../failure.ts";
import { CLOCK } from "../outbound/breaker-clock.ts";
import { messages } from "./messages.ts";

/** All slots are taken, and nothing has ended for so long: jobs no longer wait within their attempt. */
const STALLED_MS = 5_000;
/** Deferred jobs come back after so long, and not all at once. */
const AGAIN_MS = 10_000;
const SPREAD_MS = 5_000;

export interface TargetSlotsOptions {
  /** Deliveries to one target at once. */
  readonly slots: number;
  readonly stalledMs?: number;
  /** 0–1. */
  readonly random?: () => number;
}

export interface TargetSlots {
  /**
   * Waits for a slot of the target, in turn, while others end there. Returns how to give it back. Rejects
   * with the signal's reason when that is aborted.
   * @throws Failure "target_stalled", uncounted, where deliveries that hang occupy all slots.
   */
  enter(target: string, signal: AbortSignal): Promise<() => void>;
}

interface TargetLoad {
  busy: number;
  /** When something last began or ended. */
  movedAt: number;
  /** Those that wait, in turn: how each is woken to check again. */
  readonly line: { wake: () => void }[];
}

export function createTargetSlots({
  slots,
  stalledMs = STALLED_MS,
  random = Math.random,
}: TargetSlotsOptions): TargetSlots {
  /** Written by `enter`; `moved` counts in each. */
  const targets = new Map<string, TargetLoad>();

  function take(of: TargetLoad): () => void {
    moved(of, 1);
    let isBack = false;
    return () => {
      if (!isBack) moved(of, -1);
      isBack = true;
    };
  }

  function moved(of: TargetLoad, by: number): void {
    of.busy += by;
    of.movedAt = performance.now();
    for (const { wake } of of.line) wake();
  }

  function stalled(target: string, stillMs: number): Failure {
    return new Failure("target_stalled", messages.uploadsHang(target, Math.round(stillMs / 1_000)), {
      transient: true,
      uncounted: true,
      retryAfterMs: AGAIN_MS + random() * SPREAD_MS,
      waitsFor: [target],
    });
  }

  return {
    async enter(target, signal) {
      const of = targets.get(target) ?? { busy: 0, movedAt: 0, line: [] };
      targets.set(target, of);
      const me = { wake: () => {} };
      of.line.push(me);
      try {
        for (;;) {
          signal.throwIfAborted();
          if (of.busy < slots && of.line[0] === me) return take(of);
          const stillMs = performance.now() - of.movedAt;
          if (of.busy >= slots && stillMs >= stalledMs) throw stalled(target, stillMs);
          const woken = new AbortController();
          me.wake = () => woken.abort();
          const waitMs = Math.max(1, stalledMs - stillMs);
          await CLOCK.sleep(waitMs, AbortSignal.any([signal, woken.signal])).catch(() => {});
        }
      } finally {
        of.line.splice(of.line.indexOf(me), 1);
        // The next in the queue checks whether it is its turn.
        of.line[0]?.wake();
      }
    },
  };
}
