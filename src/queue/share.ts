import { Failure } from "../failure.ts";
import { messages } from "./messages.ts";

/** What one client has open, and requests beside it. */
export interface Load {
  readonly open: number;
  readonly requested: number;
}

export interface Sharing {
  readonly limit: number;
  /** Clients there are, those without open jobs included. */
  readonly clients: number;
  /** Of those with open jobs and of the requesting ones: each once. */
  readonly loads: readonly Load[];
}

/** What each client may have open whatever the others have: all shares together are half of the limit. */
export function shareOf(limit: number, clients: number): number {
  return Math.max(1, Math.floor(limit / (2 * Math.max(1, clients))));
}

/**
 * By how many jobs a request exceeds the limit: 0 if all are accepted. Half of the limit is the clients' own, in equal
 * shares, the other half is first come, first served; what a client has not taken of its share is reserved for it. So a
 * client within its share always comes in, and all together never have more open than the limit, but for those who came
 * in before a new client was there. lua/submit.lua has the same.
 */
export function tooMany({ limit, clients, loads }: Sharing): number {
  const known = Math.max(clients, loads.length);
  const share = shareOf(limit, known);
  const over = loads.filter(({ requested }) => requested > 0).map(({ open, requested }) => open + requested - share);
  if (over.every((count) => count <= 0)) return 0;
  const reserved = loads.reduce((sum, { open, requested }) => sum + Math.max(open + requested, share), 0);
  const past = reserved + (known - loads.length) * share - limit;
  return Math.max(0, Math.min(past, Math.max(...over)));
}

/** The refusal of a client that requests more: of the others it reveals only how many jobs there are. */
export function queueFull({
  limit,
  clients,
  loads,
  open,
  past,
  msUntilEnded,
}: Sharing & {
  /** All jobs not yet ended. */
  readonly open: number;
  /** As `tooMany` counts. */
  readonly past: number;
  readonly msUntilEnded: (jobs: number) => number;
}): Failure {
  const known = Math.max(clients, loads.length);
  const share = shareOf(limit, known);
  const pending = loads.filter(({ requested }) => requested > 0);
  const [requested, own] = [sum(pending.map((load) => load.requested)), sum(pending.map((load) => load.open))];
  const most = limit - (known - 1) * share;
  const full = known === 1 ? messages.queueFull(open, limit) : messages.shareUsed(open, own, limit, share);
  const advice = requested > most ? messages.batchTooLarge(most) : "try again later";
  return new Failure("queue_full", `${full}: ${advice}`, { transient: true, retryAfterMs: msUntilEnded(past) });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
