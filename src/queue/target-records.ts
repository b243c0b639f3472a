/** Where a job's documents can be delivered, by the names that the ledger has. */
export const TARGETS = ["folder", "dropbox", "s3"] as const;
export type TargetName = (typeof TARGETS)[number];

/** The results of the deliveries to one target: whether it works is known from nothing else. */
export interface TargetRecord {
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

/** The records of all targets, beside the jobs: they outlive the process, and several hosts share them. */
export interface TargetRecords {
  /** Null for a target that nothing was ever delivered to, without success or not. */
  of(target: string): Promise<TargetRecord | null>;
  succeeded(target: string, at: string): Promise<void>;
  failed(target: string, at: string, error: string): Promise<void>;
}
