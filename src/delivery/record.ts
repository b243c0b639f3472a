import { asFailure } from "../failure.ts";
import type { Delivery } from "./delivery.ts";

/** What has come of the deliveries to one target since this process began: whether it works is known from nothing else. */
export interface DeliveryRecord {
  /** ISO-8601 UTC, as all times; null for never. */
  readonly lastSuccessAt: string | null;
  readonly lastFailureAt: string | null;
  /** When the first failed of those that failed since the last success; null where the latest succeeded. */
  readonly failingSince: string | null;
  /** How many that is. */
  readonly failures: number;
  /** Why the latest failed; null where it succeeded. */
  readonly lastError: string | null;
}

export interface RecordedDelivery extends Delivery {
  record(): DeliveryRecord;
}

/** Of a process that has delivered nothing yet. */
export const NOTHING_DELIVERED: DeliveryRecord = {
  lastSuccessAt: null,
  lastFailureAt: null,
  failingSince: null,
  failures: 0,
  lastError: null,
};

/** The same target, with what comes of each delivery kept. One that was called off says nothing of the target. */
export function recordedDelivery(delivery: Delivery, now: () => Date = () => new Date()): RecordedDelivery {
  let record = NOTHING_DELIVERED;

  function failed(error: unknown): void {
    const at = now().toISOString();
    record = {
      ...record,
      lastFailureAt: at,
      failingSince: record.failingSince ?? at,
      failures: record.failures + 1,
      lastError: asFailure(error).message,
    };
  }

  return {
    ...delivery,
    record: () => record,
    async deliver(job, report, path, signal, passage) {
      try {
        const delivered = await delivery.deliver(job, report, path, signal, passage);
        record = { ...NOTHING_DELIVERED, lastSuccessAt: now().toISOString(), lastFailureAt: record.lastFailureAt };
        return delivered;
      } catch (error) {
        if (!signal.aborted && error !== passage?.cancel.reason) failed(error);
        throw error;
      }
    },
  };
}
