/*
 * The audit list: who changed what, in order. Entries are only added; the oldest are removed by number.
 * Stored in a file of this host, or in Redis for all hosts.
 * Not here: which actions there are: routes and commands name them.
 */

import { Failure } from "../../failure.ts";
import { messages } from "../messages.ts";

/**
 * Who did what to the service, to keys, data and jobs, in the order of time. Entries are only ever added; the oldest of
 * each tier go when there are too many. A file of its host, or for all hosts Redis.
 */
export interface AuditLog {
  /** Stored when this resolves. @throws Failure "audit_unavailable" (transient). */
  record(act: Act): Promise<void>;
  /** The latest first. `cursor` is where the page before ended. @throws Failure "audit_unavailable", "bad_cursor". */
  page(filter: AuditFilter): Promise<AuditPage>;
  /** Takes entries of another audit log over, the oldest first, but those that are here. @throws Failure "audit_unavailable". */
  adopt(entries: readonly AuditEntry[]): Promise<void>;
  close(): void;
}

/** An action and who took it. */
export interface Act {
  /** A client's name, with "(dashboard)" for a person in a browser; "ann (command line)"; "service". */
  readonly actor: string;
  /** The key that was shown; null where none was needed. */
  readonly keyId: string | null;
  /** An operation of the API such as "revokeKey", or what is done otherwise, such as "signIn" or "restore". */
  readonly action: string;
  /** What it was done to, such as a key's id, a job's, or a target. */
  readonly subject: string | null;
  /** The result, in a line. */
  readonly detail: string | null;
}

export interface AuditEntry extends Act {
  /** A UUID (version 7): entries are in its order. */
  readonly id: string;
  readonly at: string;
}

export interface AuditFilter {
  /** A part of the actor, whatever the case. */
  readonly actor: string | null;
  /** One of these; empty for all. */
  readonly actions: readonly string[];
  /** At this time (ISO 8601, UTC) or later. */
  readonly since: string | null;
  /** Before this time. */
  readonly until: string | null;
  readonly limit: number;
  readonly cursor: string | null;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** null on the last page. */
  readonly nextCursor: string | null;
}

/** What clients may do as often as they like. It has a tier of its own, so that it never pushes out what admins did. */
const FREQUENT: ReadonlySet<string> = new Set([
  "cancelJob",
  "retryJob",
  "cancelJobs",
  "retryJobs",
  "deleteJobs",
  "resendCallback",
  "dismissFailures",
  "signIn",
  "signOut",
]);

export type AuditTier = "jobs" | "service";
export const TIERS = ["service", "jobs"] as const satisfies readonly AuditTier[];

export function tierOf(action: string): AuditTier {
  return FREQUENT.has(action) ? "jobs" : "service";
}

/** The number of entries of each tier that are stored. */
export const MOST_OF_TIER = 20_000;
/** Characters of a subject, and of a detail. */
const LONGEST = 1_000;

/** For a cursor that no page of the list had. */
export function badCursor(): Failure {
  return new Failure("bad_cursor", messages.auditCursor);
}

/** The act as it is stored, no longer than that. */
export function entryOf(act: Act): AuditEntry {
  const cut = (text: string | null) => (text === null || text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`);
  return {
    ...act,
    id: Bun.randomUUIDv7(),
    at: new Date().toISOString(),
    subject: cut(act.subject),
    detail: cut(act.detail),
  };
}
