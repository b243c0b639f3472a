import { describeWait } from "../outbound/open-circuit.ts";
import type { DeliveryTarget } from "./delivery.ts";

/** Of these targets together, by their circuits. */
export interface Availability {
  /** What jobs wait for ("s3 (outage, next attempt 2026-…Z)"), and until when; null when nothing is in the way. */
  waitingFor(): string | null;
  /** Deliveries that may be under way now, of so many at most. */
  slots(most: number): number;
  /** Lets the next job through to each that is paused for a while. */
  probeNow(): void;
}

/** `targets`: those that reports go to now. */
export function availabilityOf(targets: () => readonly Pick<DeliveryTarget, "target" | "breaker">[]): Availability {
  return {
    waitingFor: () =>
      targets()
        .flatMap(({ target, breaker }) => describeWait(target, breaker.open()) ?? [])
        .join(", ") || null,
    slots(most) {
      // Where one of several targets is away the others get their reports all the same.
      const deliveries = targets();
      if (deliveries.every(({ breaker }) => breaker.blocked())) return 0;
      return deliveries.every(({ breaker }) => breaker.open() !== null) ? 1 : most;
    },
    probeNow() {
      for (const { breaker } of targets()) breaker.probeNow();
    },
  };
}
