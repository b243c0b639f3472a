import type { Database } from "bun:sqlite";
import { type Claim, type Delivered, FIRST_KIND, type RenderedDocument, toDocumentFile } from "../job.ts";
import type { RenderedOptions } from "../queue.ts";
import { warningsText } from "../request.ts";
import type { Transaction } from "./transaction.ts";

/** True only while the claim is the job's, and the job is not cancelled. */
const NOT_CANCELLED = "id = ?1 AND lease_token = ?2 AND cancel_requested = 0";

const GATHERED = `UPDATE jobs SET stage = 'rendering', revision = revision + 1 WHERE ${NOT_CANCELLED}`;
const GATHERED_AT = "UPDATE attempts SET gathered_at = ?2 WHERE lease_token = ?1";
const STORE_DATA_SET = "INSERT OR REPLACE INTO data_sets (job_id, data_set) VALUES (?, ?)";

const RENDERING = `
  UPDATE attempts SET render_started_at = ?3
  WHERE lease_token = ?2 AND EXISTS (SELECT 1 FROM jobs WHERE ${NOT_CANCELLED} AND stage = 'rendering')`;

/** A job that can be rendered is no longer suspected, once all its documents are rendered. */
const RENDERED = `
  UPDATE jobs SET stage = iif(?3, stage, 'delivering'), isolated = iif(?3, isolated, 0), revision = revision + 1,
    report_path = coalesce(?4, report_path), report_sha256 = coalesce(?5, report_sha256),
    report_bytes = coalesce(?6, report_bytes), report_pages = coalesce(?7, report_pages),
    warnings = iif(?8 IS NULL, warnings, (SELECT json_group_array(value) FROM (
      SELECT value FROM json_each(coalesce(jobs.warnings, '[]'))
      UNION ALL SELECT value FROM json_each(?8) WHERE value NOT IN (SELECT value FROM json_each(coalesce(jobs.warnings, '[]'))))))
  WHERE ${NOT_CANCELLED}`;
const STORE_DOCUMENT = `
  INSERT OR REPLACE INTO documents (job_id, kind, path, filename, sha256, bytes, pages, facts, rendered_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const RENDERED_AT = "UPDATE attempts SET rendered_at = ?2 WHERE lease_token = ?1";

/** Once one target has one of the documents, a cancel has come too late. */
const DELIVERING = `
  INSERT INTO deliveries (job_id, kind, target, path, sha256, created_at, in_flight_since)
  SELECT id, ?6, ?3, ?4, (SELECT sha256 FROM documents WHERE job_id = ?1 AND kind = ?6), ?5, ?5 FROM jobs
  WHERE id = ?1 AND lease_token = ?2 AND (cancel_requested = 0
    OR EXISTS (SELECT 1 FROM deliveries AS other WHERE other.job_id = ?1 AND other.delivered_at IS NOT NULL))
  ON CONFLICT (job_id, kind, target) DO UPDATE SET path = excluded.path, sha256 = excluded.sha256,
    delivered_at = NULL, delivered_to = NULL, url = NULL, in_flight_since = excluded.in_flight_since`;

const DELIVERED = `
  UPDATE deliveries SET delivered_at = ?4, delivered_to = ?5, url = ?6, in_flight_since = NULL
  WHERE job_id = ?1 AND kind = ?7 AND target = ?3 AND EXISTS (SELECT 1 FROM jobs WHERE id = ?1 AND lease_token = ?2)`;

const WITHDRAWN = `
  UPDATE deliveries SET in_flight_since = NULL
  WHERE job_id = ?1 AND kind = ?4 AND target = ?3 AND EXISTS (SELECT 1 FROM jobs WHERE id = ?1 AND lease_token = ?2)`;

/** What an attempt has reached, stored before it continues. All return false, and change nothing, once it should not. */
export function createCheckpoints(db: Database) {
  const gatheredJob = db.prepare(GATHERED);
  const gatheredAttempt = db.prepare(GATHERED_AT);
  const storeDataSet = db.prepare(STORE_DATA_SET);
  const beginRender = db.prepare(RENDERING);
  const renderedJob = db.prepare(RENDERED);
  const storeDocument = db.prepare(STORE_DOCUMENT);
  const renderedAttempt = db.prepare(RENDERED_AT);
  const announce = db.prepare(DELIVERING);
  const arrived = db.prepare(DELIVERED);
  const withdraw = db.prepare(WITHDRAWN);

  return {
    gathered({ at, changes }: Transaction, { job, token }: Claim, dataSet: string): boolean {
      if (gatheredJob.run(job.id, token).changes === 0) return false;
      gatheredAttempt.run(token, at);
      storeDataSet.run(job.id, dataSet);
      changes.push({ id: job.id, from: "running", to: "running", stage: "rendering" });
      return true;
    },

    rendering({ at }: Transaction, { job, token }: Claim): boolean {
      return beginRender.run(job.id, token, at).changes > 0;
    },

    rendered(
      { at, changes }: Transaction,
      { job, token }: Claim,
      document: RenderedDocument,
      { main = true, more = false, warnings = [] }: RenderedOptions = {},
    ): boolean {
      const { kind, path, filename, sha256, bytes, pages, facts } = toDocumentFile(document);
      const report = main ? ([path, sha256, bytes, pages] as const) : ([null, null, null, null] as const);
      if (renderedJob.run(job.id, token, more ? 1 : 0, ...report, warningsText(warnings)).changes === 0) return false;
      storeDocument.run(job.id, kind, path, filename, sha256, bytes, pages, facts && JSON.stringify(facts), at);
      if (more) return true;
      renderedAttempt.run(token, at);
      changes.push({ id: job.id, from: "running", to: "running", stage: "delivering" });
      return true;
    },

    delivering({ at }: Transaction, { job, token }: Claim, target: string, path: string, kind = FIRST_KIND): boolean {
      return announce.run(job.id, token, target, path, at, kind).changes > 0;
    },

    delivered(
      { at }: Transaction,
      { job, token }: Claim,
      target: string,
      { to, url }: Delivered,
      kind = FIRST_KIND,
    ): boolean {
      return arrived.run(job.id, token, target, at, to, url, kind).changes > 0;
    },

    withdrawn(_: Transaction, { job, token }: Claim, target: string, kind = FIRST_KIND): boolean {
      return withdraw.run(job.id, token, target, kind).changes > 0;
    },
  };
}

export type Checkpoints = ReturnType<typeof createCheckpoints>;
