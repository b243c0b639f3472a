import { asFailure } from "../../failure.ts";
import type { Claim } from "../job.ts";
import { RECOVERY_ERRORS_TEXT } from "./recovery.ts";
import type { Scripts } from "./script.ts";

export interface Leases {
  /** Claims jobs, and holds the leases of those that it gets. */
  take(claim: () => Promise<readonly Taken[]>): Promise<readonly Claim[]>;
  /**
   * Whether this change of a job is from before this process took it: such news of another host, or the response to a
   * script on another connection, may come late, and is no evidence about the running attempt.
   */
  isBefore(change: number, id: string): boolean;
  /** This attempt has ended. */
  forget(claim: Claim): void;
  /** The leases of this process. */
  current(): readonly Claim[];
  close(): void;
}

/** A job that was taken, and the number of the change that gave it to this process. */
export interface Taken {
  readonly claim: Claim;
  readonly change: number;
}

export interface LeaseDependencies {
  readonly scripts: Scripts;
  readonly holder: string;
  readonly leaseMs: number;
  /** The oldest format whose programs may work beside this one. */
  readonly compatible: number;
  /** How long Redis has responded without a break, in milliseconds; 0 while it does not. */
  readonly connectedForMs: () => number;
  /** The attempt must stop: its lease is lost, or so old that another host may have the job. */
  readonly onLost: (claim: Claim) => void;
  /** Redis was emptied. */
  readonly onEmptied: () => void;
  /** What was recovered, as the script returns it. */
  readonly onRecovered: (taken: unknown) => void;
}

interface Lease extends Taken {
  extendedAtMs: number;
  lost: boolean;
}

/**
 * Extends the leases of this process, three times during their length. One that could not be extended for
 * its whole length is lost, whatever Redis returns later: the attempt is stopped before another host can have the
 * job, so that a host that is cut off delivers nothing. And it recovers what dead hosts had leased.
 */
export function startLeases({
  scripts,
  holder,
  leaseMs,
  compatible,
  connectedForMs,
  onLost,
  onEmptied,
  onRecovered,
}: LeaseDependencies): Leases {
  const everyMs = leaseMs / 3;
  /** By job. Written by `take` and `forget`; `extend` and `lose` write into each. */
  const leases = new Map<string, Lease>();
  /** Claims whose result has not come. Written by `take`. */
  let pending = 0;

  function lose(lease: Lease): void {
    if (lease.lost) return;
    lease.lost = true;
    onLost(lease.claim);
  }

  async function extend(): Promise<void> {
    const sentAt = performance.now();
    // A lost one is left out: the script requeues what this host has leased and does not name.
    const named = [...leases.values()].filter(({ lost }) => !lost);
    const pairs = named.flatMap(({ claim }) => [claim.job.id, claim.token]);
    const complete = pending === 0 ? "1" : "0";
    const args = [holder, leaseMs, compatible, complete, ...pairs];
    const lost = new Set((await scripts.run("renew", args)) as readonly string[]);
    if (lost.has("emptied")) onEmptied();
    for (const lease of named) {
      if (lost.has(lease.claim.job.id)) lose(lease);
      else lease.extendedAtMs = sentAt;
    }
  }

  /** Where another process has this host's name it has recovered what was leased in it. */
  function loseAllToAnother(error: unknown): void {
    if (asFailure(error).code === "identity_taken") for (const lease of leases.values()) lose(lease);
  }

  function check(): void {
    const latest = performance.now() - leaseMs + everyMs / 2;
    for (const lease of leases.values()) if (lease.extendedAtMs < latest) lose(lease);
  }

  // Failures are retried; `check` limits how long that may take.
  const extending = setInterval(() => void extend().catch(loseAllToAnother), everyMs);
  const checking = setInterval(check, Math.max(20, everyMs / 10));
  const recovering = setInterval(() => {
    if (connectedForMs() < leaseMs) return;
    scripts.run("recover_stalled", [Math.round(everyMs), leaseMs, RECOVERY_ERRORS_TEXT]).then(onRecovered, () => {});
  }, everyMs);
  for (const timer of [extending, checking, recovering]) timer.unref();

  return {
    async take(claimNext) {
      const sentAt = performance.now();
      pending += 1;
      try {
        const taken = await claimNext();
        for (const each of taken) leases.set(each.claim.job.id, { ...each, extendedAtMs: sentAt, lost: false });
        return taken.map(({ claim }) => claim);
      } finally {
        pending -= 1;
      }
    },
    isBefore: (change, id) => change < (leases.get(id)?.change ?? 0),
    forget({ job, token }) {
      if (leases.get(job.id)?.claim.token === token) leases.delete(job.id);
    },
    current: () => [...leases.values()].map(({ claim }) => claim),
    close() {
      for (const timer of [extending, checking, recovering]) clearInterval(timer);
    },
  };
}
