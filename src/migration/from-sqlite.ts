import { rename } from "node:fs/promises";
import {
  type CallbackAttemptRow,
  type CallbackRow,
  toCallback,
  toCallbackAttempt,
} from "../queue/sqlite/callback-row.ts";
import { openDatabase } from "../queue/sqlite/database.ts";
import { createHistory } from "../queue/sqlite/history.ts";
import {
  type AttemptRow,
  type DeliveryRow,
  DOCUMENTS,
  type JobRow,
  toAttempt,
  toDelivery,
  toJob,
} from "../queue/sqlite/job-row.ts";
import { createPause } from "../queue/sqlite/pause.ts";
import { recoverJobs } from "../queue/sqlite/recovery.ts";
import type { UsageDay, UsageMonth } from "../queue/usage.ts";
import type { MigrationSource, StoredJob } from "./stored-job.ts";

const AT_ONCE = 200;
/** The number that Redis retains. */
const MAX_ACTIONS = 1_000;

type MovedJobRow = JobRow & { readonly callback_url: string | null };

/**
 * The jobs of a data folder that no service uses during the move; jobs that a dead one was running are queued again.
 * @throws Failure as `openDatabase`.
 */
export function openSqliteSource(path: string): MigrationSource {
  const { db, close } = openDatabase(path);
  db.transaction(() => recoverJobs(db, new Date().toISOString())).immediate();
  const page = db.prepare<MovedJobRow, [number, number]>(
    `SELECT *, ${DOCUMENTS} FROM jobs WHERE seq > ? ORDER BY seq LIMIT ?`,
  );
  const attempts = db.prepare<AttemptRow, [string]>("SELECT * FROM attempts WHERE job_id = ? ORDER BY number");
  const dataSet = db.prepare<{ data_set: string }, [string]>("SELECT data_set FROM data_sets WHERE job_id = ?");
  const deliveries = db.prepare<DeliveryRow, [string]>(
    "SELECT * FROM deliveries WHERE job_id = ? ORDER BY created_at, target",
  );
  const callbacks = db.prepare<CallbackRow, [string]>("SELECT * FROM callbacks WHERE job_id = ? ORDER BY rowid");
  const readAttempts = db.prepare<CallbackAttemptRow, [string]>(
    "SELECT * FROM callback_attempts WHERE callback_id = ? ORDER BY id",
  );
  const { history } = createHistory(db);
  const keys = keysByJob();

  /** The table is by client and key, and contains a day: all of it at once. */
  function keysByJob(): ReadonlyMap<string, StoredJob["idempotency"]> {
    const rows = db.query("SELECT * FROM idempotency").all() as {
      readonly key: string;
      readonly item: number;
      readonly fingerprint: string;
      readonly job_id: string;
      readonly expires_at: string;
    }[];
    const found = new Map<string, StoredJob["idempotency"]>();
    for (const { job_id, key, item, fingerprint, expires_at: expiresAt } of rows)
      found.set(job_id, [...(found.get(job_id) ?? []), { key, item, fingerprint, expiresAt }]);
    return found;
  }

  function stored(row: MovedJobRow): StoredJob {
    return {
      job: toJob(row),
      totalAttempts: row.total_attempts,
      crashes: row.crashes,
      callbackUrl: row.callback_url,
      dataSet: dataSet.get(row.id)?.data_set ?? null,
      attempts: attempts.all(row.id).map(toAttempt),
      deliveries: deliveries.all(row.id).map((each) => ({ ...toDelivery(each), createdAt: each.created_at })),
      callbacks: callbacks.all(row.id).map((each) => ({
        ...toCallback(each),
        attemptLog: readAttempts.all(each.id).map(toCallbackAttempt),
      })),
      history: history(row.id),
      idempotency: keys.get(row.id) ?? [],
    };
  }

  return {
    async *jobs() {
      for (let last = 0; ; ) {
        const rows = page.all(last, AT_ONCE);
        for (const row of rows) yield stored(row);
        const end = rows.at(-1);
        if (end === undefined) return;
        last = end.seq;
      }
    },
    count: async () => (db.query("SELECT count(*) AS jobs FROM jobs").get() as { jobs: number }).jobs,
    paused: async () => createPause(db).paused(),
    actions: async () => createPause(db).actions(MAX_ACTIONS),
    usage: async () => ({
      months: db.query<UsageMonth, []>("SELECT * FROM usage_months").all(),
      days: db.query<UsageDay, []>("SELECT * FROM usage_days").all(),
    }),
    async leave() {
      db.run("PRAGMA wal_checkpoint(TRUNCATE)");
      await rename(path, `${path}.moved-${new Date().toISOString().slice(0, 10)}`);
    },
    close: async () => close(),
  };
}
