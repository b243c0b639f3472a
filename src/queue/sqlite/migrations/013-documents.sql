-- A job makes one or more documents: each has a row here as soon as it is rendered, and a row in deliveries for each
-- target. The main one is that of jobs.report_path: the columns report_… and delivered_… of jobs go on telling of it.
CREATE TABLE documents (
  job_id TEXT NOT NULL REFERENCES jobs (id),
  kind TEXT NOT NULL, -- agents, agents_brief, agency, commission, complete
  path TEXT NOT NULL, -- below the data folder
  filename TEXT, -- as it is delivered, served and downloaded; NULL: of an older version, which had several names for it
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes > 0),
  pages INTEGER NOT NULL CHECK (pages > 0),
  facts TEXT CHECK (facts IS NULL OR json_valid(facts)), -- figures that the job's status repeats
  rendered_at TEXT, -- NULL: of an older version
  delivered_to TEXT,
  delivered_url TEXT,
  PRIMARY KEY (job_id, kind)
) STRICT, WITHOUT ROWID;

INSERT INTO documents (job_id, kind, path, sha256, bytes, pages, rendered_at, delivered_to, delivered_url)
SELECT id, 'agents', report_path, report_sha256, report_bytes, report_pages,
  (SELECT max(rendered_at) FROM attempts WHERE attempts.job_id = jobs.id), delivered_to, delivered_url
FROM jobs WHERE report_path IS NOT NULL AND report_sha256 IS NOT NULL AND report_bytes > 0 AND report_pages > 0;

-- What was announced and delivered, for each document and target.
DROP TRIGGER jobs_delete;
DROP TRIGGER jobs_cancel_under_way;
CREATE TABLE deliveries_of_documents (
  job_id TEXT NOT NULL REFERENCES jobs (id),
  kind TEXT NOT NULL DEFAULT 'agents',
  target TEXT NOT NULL,
  path TEXT NOT NULL,
  sha256 TEXT,
  created_at TEXT NOT NULL,
  delivered_at TEXT,
  delivered_to TEXT,
  url TEXT,
  under_way_since TEXT,
  PRIMARY KEY (job_id, kind, target)
) STRICT, WITHOUT ROWID;
INSERT INTO deliveries_of_documents (job_id, target, path, sha256, created_at, delivered_at, delivered_to, url, under_way_since)
SELECT job_id, target, path, sha256, created_at, delivered_at, delivered_to, url, under_way_since FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE deliveries_of_documents RENAME TO deliveries;

CREATE TRIGGER jobs_cancel_under_way BEFORE UPDATE OF status ON jobs
WHEN NEW.revision = OLD.revision AND NEW.status = 'cancelled' AND OLD.status IN ('queued', 'waiting', 'running')
  AND EXISTS (SELECT 1 FROM deliveries WHERE job_id = OLD.id AND under_way_since IS NOT NULL)
BEGIN
  UPDATE jobs SET cancel_requested = 1, revision = revision + 1, run_at = NULL, requested_by = NULL,
    status = iif(OLD.status = 'waiting', 'queued', OLD.status)
  WHERE seq = OLD.seq;
  INSERT INTO events (job_id, from_status, to_status, from_stage, to_stage, hand)
  SELECT id, status, status, stage, stage, 'operator' FROM jobs WHERE seq = OLD.seq;
  SELECT RAISE(IGNORE);
END;

-- The shell has foreign keys switched off: what belongs to a job goes with it in either case.
CREATE TRIGGER jobs_delete BEFORE DELETE ON jobs BEGIN
  SELECT RAISE(ABORT, 'only completed, failed and cancelled jobs may be deleted: cancel it first')
  WHERE OLD.status IN ('queued', 'running', 'waiting');
  INSERT OR IGNORE INTO removals (path) SELECT path FROM documents WHERE job_id = OLD.id;
  DELETE FROM attempts WHERE job_id = OLD.id;
  DELETE FROM events WHERE job_id = OLD.id;
  DELETE FROM data_sets WHERE job_id = OLD.id;
  DELETE FROM deliveries WHERE job_id = OLD.id;
  DELETE FROM documents WHERE job_id = OLD.id;
END;

DROP TRIGGER jobs_call_back;
CREATE TRIGGER jobs_call_back AFTER UPDATE OF status ON jobs
WHEN NEW.callback_url IS NOT NULL AND NEW.status IN ('completed', 'failed', 'cancelled') AND NEW.status <> OLD.status BEGIN
  INSERT INTO callbacks (id, job_id, url, host, created_at, since, next_try_at, job)
  SELECT 'msg_' || replace(NEW.id, '-', '') || '_' || NEW.status || '_' || (1 +
      (SELECT count(*) FROM callbacks WHERE job_id = NEW.id AND json_extract(job, '$.status') = NEW.status)),
    NEW.id, NEW.callback_url,
    substr(rest, 1, instr(rest || '/', '/') - 1), ended_at, ended_at, ended_at,
    json_object('id', NEW.id, 'client', NEW.client, 'status', NEW.status, 'stage', NEW.stage, 'priority', NEW.priority,
      'suburb', NEW.suburb, 'state', NEW.state, 'postcode', NEW.postcode, 'attempts', NEW.attempts, 'ran_ms', NEW.ran_ms,
      'warnings', NEW.warnings,
      'error_code', NEW.error_code, 'error', NEW.error, 'report_path', NEW.report_path, 'report_sha256', NEW.report_sha256,
      'report_bytes', NEW.report_bytes, 'report_pages', NEW.report_pages, 'delivered_to', NEW.delivered_to,
      'delivered_url', NEW.delivered_url, 'created_at', NEW.created_at, 'started_at', NEW.started_at,
      'ended_at', ended_at, 'run_at', NULL, 'cancel_requested', 0, 'alone', NEW.alone,
      'documents', (SELECT json_group_array(json_object('kind', kind, 'path', path, 'filename', filename, 'sha256', sha256,
          'bytes', bytes, 'pages', pages, 'facts', json(facts),
          'delivered', iif(delivered_to IS NULL, NULL, json_object('to', delivered_to, 'url', delivered_url))))
        FROM documents WHERE job_id = NEW.id),
      'request', json_object('metadata', json_extract(NEW.request, '$.metadata')))
  FROM (SELECT substr(NEW.callback_url, instr(NEW.callback_url, '://') + 3) AS rest,
    -- By hand the time of the end is set after this.
    coalesce(NEW.ended_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) AS ended_at);
END;

CREATE VIEW documents_today AS -- of the jobs accepted in the last day
SELECT documents.job_id, documents.kind, jobs.suburb, jobs.state, documents.filename, documents.pages, documents.bytes,
  documents.rendered_at, documents.delivered_to, documents.delivered_url
FROM jobs JOIN documents ON documents.job_id = jobs.id
WHERE jobs.created_at >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')
ORDER BY jobs.created_at DESC, documents.job_id, documents.rendered_at;
