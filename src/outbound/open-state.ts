import { FIRST_DELAY_MS, type OpenReason } from "./open-circuit.ts";

/** Short pauses that follow each other for longer than this are a long one. */
const SHORT_PAUSES_MS = 60_000;
const SHORTEST_PAUSE_MS = 250;

/** What is known of a circuit that is open, or pauses for a moment. */
export interface OpenState {
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
  /** The probe in progress: no other work starts before its timeout. */
  probe: { readonly startedAt: number; readonly until: number } | null;
  delayMs: number;
}

/** Whether work is refused, and not only paused for a moment. */
export function isOpen(of: OpenState | null): of is OpenState {
  return of !== null && (of.reason !== "rate limit" || of.isLong);
}

/** The cause that opens a circuit, or leaves it open. */
export interface Trip {
  readonly reason: OpenReason;
  readonly code: string;
  readonly message: string;
  /** As long as the other side requests; undefined where it names no time. */
  readonly ms?: number | undefined;
}

/**
 * The state of a circuit after this, and for how long: as long as was requested, or as long as the last probe was
 * given; what failed beside the probe makes it no longer. `now` is by the clock.
 */
export function afterTrip(
  before: OpenState | null,
  { reason, code, message, ms }: Trip,
  {
    now,
    longestDelayMs,
    waitInAttemptMs,
  }: { readonly now: number; readonly longestDelayMs: number; readonly waitInAttemptMs: number },
): OpenState {
  const isNew = before?.reason !== reason;
  const waits = before === null ? 0 : Math.max(0, Math.ceil(before.until - now));
  let delayMs = before === null || isNew ? FIRST_DELAY_MS[reason] : before.delayMs;
  // Work that waits in place for a short pause is no probe: the pauses grow here.
  if (!isNew && reason === "rate limit" && before?.probe === null && waits === 0) delayMs *= 2;
  // A service that responds to every probe with "in a moment" is probed less and less often all the same.
  const leastMs = before?.probe ? before.delayMs : SHORTEST_PAUSE_MS;
  const pauseMs = ms === undefined ? (waits > 0 ? 0 : delayMs) : Math.max(leastMs, ms);
  const openMs = Math.max(waits, Math.min(longestDelayMs, pauseMs));
  const startedAt = before === null || isNew ? now : before.startedAt;
  const isProlonged = !isNew && (before?.isLong === true || now - startedAt > SHORT_PAUSES_MS);
  return {
    reason,
    code,
    message,
    startedAt,
    isLong: openMs > waitInAttemptMs || isProlonged,
    delayMs,
    until: now + openMs,
    probe: null,
    since: isOpen(before) ? before.since : new Date(),
  };
}
