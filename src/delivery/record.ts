import { asFailure } from "../failure.ts";
import type { TargetRecord, TargetRecords } from "../queue/target-records.ts";
import type { DeliveryTarget } from "./delivery.ts";

export interface RecordedDelivery extends DeliveryTarget {
  /** The results of the deliveries to this target, of earlier processes and other hosts, too. */
  record(): Promise<TargetRecord>;
}

/** The record of a target without any delivery. */
export const NOTHING_DELIVERED: TargetRecord = {
  lastSuccessAt: null,
  lastFailureAt: null,
  failingSince: null,
  failures: 0,
  lastError: null,
};

/** Repeated successes change only the time, and are not written each. */
const SUCCESS_STORED_EVERY_MS = 1_000;

/**
 * The same target, with what comes of each delivery stored, here and in the store. One that was called off is no
 * evidence about the target. A store that cannot be written fails no delivery: this process knows all the same.
 */
export function recordedDelivery(
  delivery: DeliveryTarget,
  { records, now = () => new Date() }: { readonly records: TargetRecords; readonly now?: () => Date },
): RecordedDelivery {
  const { target } = delivery;
  /** Written by `failed` and `succeeded`. */
  let own = NOTHING_DELIVERED;
  /** Of the latest success that is stored, while nothing failed since. Written by `failed` and `succeeded`. */
  let storedMs = Number.NEGATIVE_INFINITY;

  function failed(error: unknown): void {
    const at = now().toISOString();
    const { message } = asFailure(error);
    own = {
      ...own,
      lastFailureAt: at,
      failingSince: own.failingSince ?? at,
      failures: own.failures + 1,
      lastError: message,
    };
    storedMs = Number.NEGATIVE_INFINITY;
    // The next outcome is stored again.
    records.failed(target, at, message).catch(() => {});
  }

  function succeeded(): void {
    const at = now();
    own = { ...NOTHING_DELIVERED, lastSuccessAt: at.toISOString(), lastFailureAt: own.lastFailureAt };
    if (at.getTime() - storedMs < SUCCESS_STORED_EVERY_MS) return;
    storedMs = at.getTime();
    records.succeeded(target, at.toISOString()).catch(() => {
      storedMs = Number.NEGATIVE_INFINITY;
    });
  }

  return {
    ...delivery,
    async record() {
      // Whatever else needs the store reports that it is away.
      const stored = await records.of(target).catch(() => null);
      return stored === null ? own : latestOf(own, stored);
    },
    async deliver(job, report, path, signal, signals) {
      try {
        const delivered = await delivery.deliver(job, report, path, signal, signals);
        succeeded();
        return delivered;
      } catch (error) {
        if (!signal.aborted && error !== signals?.cancel.reason) failed(error);
        throw error;
      }
    },
  };
}

/** What this process saw and what is stored, together: the later outcome determines the target's state. */
function latestOf(own: TargetRecord, stored: TargetRecord): TargetRecord {
  const isOwnLater = latestTime(own) >= latestTime(stored);
  const latest = isOwnLater ? own : stored;
  const times = {
    lastSuccessAt: later(own.lastSuccessAt, stored.lastSuccessAt),
    lastFailureAt: later(own.lastFailureAt, stored.lastFailureAt),
  };
  const isOneRow = own.failingSince !== null && stored.failingSince !== null;
  if (!isOneRow) return { ...latest, ...times };
  const failingSince = [own.failingSince, stored.failingSince].toSorted()[0] ?? null;
  return { ...latest, ...times, failingSince, failures: Math.max(own.failures, stored.failures) };
}

function latestTime({ lastSuccessAt, lastFailureAt }: TargetRecord): string {
  return later(lastSuccessAt, lastFailureAt) ?? "";
}

function later(one: string | null, other: string | null): string | null {
  return (one ?? "") > (other ?? "") ? one : other;
}
