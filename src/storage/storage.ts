/*
 * Where a service stores its data: SQLite or Redis, the PDFs (reports/), backups (backup/).
 * It opens one backend with everything that belongs to it.
 * Not here: HTTP, the stages of a job, rendering.
 */

import type { KeyRing, KeyStore } from "../access/keys/key.ts";
import type { SessionStore } from "../access/sessions/store.ts";
import type { Queue } from "../queue/queue.ts";
import type { RecoveredJob } from "../queue/recovery.ts";
import type { Persistence } from "../redis/server.ts";
import type { AuditLog } from "./audit/audit.ts";
import type { Records } from "./records/records.ts";
import type { Reports } from "./reports/reports.ts";

/** Called with jobs whose process ended in the middle of an attempt. */
export type OnRecovered = (jobs: readonly RecoveredJob[]) => void;

/** What the service stores, for this host alone or for all. */
export interface Backend {
  readonly queue: Queue;
  readonly keys: KeyRing;
  /** The same, to make and revoke them. */
  readonly keyStore: KeyStore;
  /** Sign-ins of browsers. */
  readonly sessions: SessionStore;
  readonly reports: Reports;
  /** What people and the service record beside the jobs. */
  readonly records: Records;
  /** Who did what. */
  readonly audit: AuditLog;
  /** Signs callbacks. */
  readonly callbackSecret: string;
  /** Signs those of one client that are sent to addresses that the client named; null where it has no secret of its own. */
  callbackSecretOf(client: string): Promise<string | null>;
  /** How Redis writes the jobs to its disk; null where they are in the data folder. */
  persistence(): Promise<Persistence | null>;
  /** The time by the jobs' clock: one for all hosts. */
  now(): Date;
  /** How far this host's own clock is ahead of it, in milliseconds. */
  clockAheadMs(): number;
  close(): Promise<void>;
}
