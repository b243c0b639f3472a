import type { Database } from "bun:sqlite";
import type { TargetRecord } from "../target-records.ts";

const OF = `
  SELECT last_success_at AS lastSuccessAt, last_failure_at AS lastFailureAt, failing_since AS failingSince, failures,
    last_error AS lastError
  FROM targets WHERE target = ?`;

const SUCCEEDED = `
  INSERT INTO targets (target, last_success_at) VALUES (?1, ?2)
  ON CONFLICT (target) DO UPDATE SET last_success_at = ?2, failing_since = NULL, failures = 0, last_error = NULL`;

const FAILED = `
  INSERT INTO targets (target, last_failure_at, failing_since, failures, last_error) VALUES (?1, ?2, ?2, 1, ?3)
  ON CONFLICT (target) DO UPDATE SET last_failure_at = ?2, failing_since = coalesce(failing_since, ?2),
    failures = failures + 1, last_error = ?3`;

/** The results of the deliveries to each target. */
export function createTargetRecords(db: Database) {
  const of = db.prepare<TargetRecord, [string]>(OF);
  const succeeded = db.prepare(SUCCEEDED);
  const failed = db.prepare(FAILED);
  return {
    of: (target: string): TargetRecord | null => of.get(target),
    succeeded: (target: string, at: string): void => void succeeded.run(target, at),
    failed: (target: string, at: string, error: string): void => void failed.run(target, at, error),
  };
}
