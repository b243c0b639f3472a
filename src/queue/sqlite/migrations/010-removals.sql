-- PDFs of jobs that are gone, until they are gone, too: whatever is killed, or does not answer, in the middle.
CREATE TABLE removals (
  path TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Of a job that was cancelled between its PDF and its checkpoint, too: its name is known.
CREATE TRIGGER jobs_delete_report BEFORE DELETE ON jobs WHEN OLD.status IN ('completed', 'failed', 'cancelled') BEGIN
  INSERT OR IGNORE INTO removals (path)
  VALUES (coalesce(OLD.report_path, 'reports/' || substr(OLD.created_at, 1, 10) || '/' || OLD.id || '.pdf'));
END;

CREATE INDEX idempotency_job ON idempotency (job_id);
