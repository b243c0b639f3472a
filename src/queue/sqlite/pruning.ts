import type { Database } from "bun:sqlite";
import type { Transaction } from "./group-commit.ts";
import type { JobRow } from "./job-row.ts";

/** In one transaction; between two of them the others have their turn. */
const AT_ONCE = 100;

const OLD = "SELECT * FROM jobs WHERE ended_at < +? ORDER BY ended_at LIMIT +?";
/** What belongs to the job goes with it by a trigger, so that a delete in the shell leaves nothing behind either. */
const REMOVE = "DELETE FROM jobs WHERE seq = ?";
const FORGET_KEYS =
  "DELETE FROM idempotency WHERE (client, key, item) IN (SELECT client, key, item FROM idempotency WHERE expires_at <= ? LIMIT 1000)";

export function createPruning(db: Database) {
  const old = db.prepare<Pick<JobRow, "seq" | "id" | "status" | "stage" | "report_path">, [string, number]>(OLD);
  const remove = db.prepare(REMOVE);
  const forgetKeys = db.prepare(FORGET_KEYS);

  /** Removes up to `limit` jobs, 100 at most; answers the paths of their reports and how many they were. */
  return ({ at, changes }: Transaction, endedBefore: string, limit: number) => {
    forgetKeys.run(at);
    const rows = old.all(endedBefore, Math.min(limit, AT_ONCE));
    for (const { seq, id, status, stage } of rows) {
      remove.run(seq);
      changes.push({ id, from: status, to: null, stage });
    }
    return {
      removed: rows.length,
      reports: rows.flatMap(({ report_path }) => (report_path === null ? [] : [report_path])),
    };
  };
}
