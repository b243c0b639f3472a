import type { Database } from "bun:sqlite";
import type { Claim, Delivered, ReportFile } from "../job.ts";
import type { Transaction } from "./group-commit.ts";

/** Holds only while the claim is the job's, and nobody wants the job to end. */
const STILL_WANTED = "id = ?1 AND token = ?2 AND cancel_requested = 0";

const GATHERED = `UPDATE jobs SET stage = 'rendering', revision = revision + 1 WHERE ${STILL_WANTED}`;
const GATHERED_AT = "UPDATE attempts SET gathered_at = ?2 WHERE token = ?1";
const KEEP_DATA_SET = "INSERT OR REPLACE INTO data_sets (job_id, data_set) VALUES (?, ?)";

const RENDERING = `
  UPDATE attempts SET render_started_at = ?3
  WHERE token = ?2 AND EXISTS (SELECT 1 FROM jobs WHERE ${STILL_WANTED} AND stage = 'rendering')`;

/** What can be rendered is under no suspicion any more. */
const RENDERED = `
  UPDATE jobs SET stage = 'delivering', alone = 0, revision = revision + 1,
    report_path = ?3, report_sha256 = ?4, report_bytes = ?5, report_pages = ?6
  WHERE ${STILL_WANTED}`;
const RENDERED_AT = "UPDATE attempts SET rendered_at = ?2 WHERE token = ?1";

/** Once one target has the report, a cancel has come too late. */
const DELIVERING = `
  INSERT INTO deliveries (job_id, target, path, sha256, created_at, under_way_since)
  SELECT id, ?3, ?4, report_sha256, ?5, ?5 FROM jobs
  WHERE id = ?1 AND token = ?2 AND (cancel_requested = 0
    OR EXISTS (SELECT 1 FROM deliveries AS other WHERE other.job_id = ?1 AND other.delivered_at IS NOT NULL))
  ON CONFLICT (job_id, target) DO UPDATE SET path = excluded.path, sha256 = excluded.sha256,
    delivered_at = NULL, delivered_to = NULL, url = NULL, under_way_since = excluded.under_way_since`;

const DELIVERED = `
  UPDATE deliveries SET delivered_at = ?4, delivered_to = ?5, url = ?6, under_way_since = NULL
  WHERE job_id = ?1 AND target = ?3 AND EXISTS (SELECT 1 FROM jobs WHERE id = ?1 AND token = ?2)`;

const WITHDRAWN = `
  UPDATE deliveries SET under_way_since = NULL
  WHERE job_id = ?1 AND target = ?3 AND EXISTS (SELECT 1 FROM jobs WHERE id = ?1 AND token = ?2)`;

/** What an attempt has reached, kept before it goes on. All answer false, and change nothing, once it should not. */
export function createCheckpoints(db: Database) {
  const gatheredJob = db.prepare(GATHERED);
  const gatheredAttempt = db.prepare(GATHERED_AT);
  const keepDataSet = db.prepare(KEEP_DATA_SET);
  const beginRender = db.prepare(RENDERING);
  const renderedJob = db.prepare(RENDERED);
  const renderedAttempt = db.prepare(RENDERED_AT);
  const announce = db.prepare(DELIVERING);
  const arrived = db.prepare(DELIVERED);
  const withdraw = db.prepare(WITHDRAWN);

  return {
    gathered({ at, changes }: Transaction, { job, token }: Claim, dataSet: string): boolean {
      if (gatheredJob.run(job.id, token).changes === 0) return false;
      gatheredAttempt.run(token, at);
      keepDataSet.run(job.id, dataSet);
      changes.push({ id: job.id, from: "running", to: "running", stage: "rendering" });
      return true;
    },

    rendering({ at }: Transaction, { job, token }: Claim): boolean {
      return beginRender.run(job.id, token, at).changes > 0;
    },

    rendered({ at, changes }: Transaction, { job, token }: Claim, report: ReportFile): boolean {
      const { path, sha256, bytes, pages } = report;
      if (renderedJob.run(job.id, token, path, sha256, bytes, pages).changes === 0) return false;
      renderedAttempt.run(token, at);
      changes.push({ id: job.id, from: "running", to: "running", stage: "delivering" });
      return true;
    },

    delivering({ at }: Transaction, { job, token }: Claim, target: string, path: string): boolean {
      return announce.run(job.id, token, target, path, at).changes > 0;
    },

    delivered({ at }: Transaction, { job, token }: Claim, target: string, { to, url }: Delivered): boolean {
      return arrived.run(job.id, token, target, at, to, url).changes > 0;
    },

    withdrawn(_: Transaction, { job, token }: Claim, target: string): boolean {
      return withdraw.run(job.id, token, target).changes > 0;
    },
  };
}
