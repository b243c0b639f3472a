/** Between the first probes of a circuit, by what opened it; later ones come less and less often. */
export const FIRST_DELAY_MS = {
  outage: 5_000,
  "rate limit": 5_000,
  credentials: 15_000,
  settings: 15_000,
  "no room": 15_000,
};

/**
 * What opened the circuit: nothing responds; the other side requests a pause; or an operator has to put something
 * right: keys, another setting, room for what is sent.
 */
export type OpenReason = keyof typeof FIRST_DELAY_MS;
export const OPEN_REASONS = Object.keys(FIRST_DELAY_MS) as readonly OpenReason[];

/** A circuit that is open: nothing is sent but a probe now and then, until one succeeds. */
export interface OpenCircuit {
  readonly reason: OpenReason;
  /** What happened, and what to do where something can be done. */
  readonly message: string;
  readonly since: Date;
  /** When the next attempt is let through as a probe. */
  readonly probeAt: Date;
}

/** What is wrong, what to do and when it is retried, for a person; null where the circuit is closed. */
export function describeOpen(open: OpenCircuit | null): string | null {
  if (open === null) return null;
  const { reason, message, since, probeAt } = open;
  return `${message} (${reason} since ${since.toISOString()}, next attempt ${probeAt.toISOString()})`;
}

/** The same in brief, for a waiting job: the dependency, the reason, and the end of the pause. */
export function describeWait(name: string, open: OpenCircuit | null): string | null {
  return open && `${name} (${open.reason}, next attempt ${open.probeAt.toISOString()})`;
}
