import { UTC_CALENDAR } from "../usage.ts";
import { createCheckpoints } from "./checkpoint.ts";
import { openDatabase } from "./database.ts";
import { createEndings } from "./ending.ts";
import { type JobRow, toJob } from "./job-row.ts";
import { createUsage } from "./usage.ts";

/**
 * Puts back the jobs that were running when a copy of a live database was made: no process has leased them, and none
 * died over them, so that the attempt does not count. Brings the database to this program's schema on the way. Returns
 * how many there were.
 * @throws Failure as `openDatabase`.
 */
export function releaseRunning(path: string, now: Date): number {
  const { db, close } = openDatabase(path);
  try {
    const endings = createEndings(db, createUsage(db, UTC_CALENDAR), createCheckpoints(db));
    const rows = db.query<JobRow, []>("SELECT * FROM jobs WHERE status = 'running'").all();
    const transaction = { now, at: now.toISOString(), changes: [] };
    db.transaction(() => {
      for (const row of rows)
        endings.release(transaction, { job: toJob(row), token: row.lease_token ?? 0 }, "stopping");
    }).immediate();
    return rows.length;
  } finally {
    close();
  }
}
