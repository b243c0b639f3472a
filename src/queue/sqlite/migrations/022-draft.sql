-- A draft is rendered and completed, but delivered nowhere and reported to nobody, until somebody sends it.
ALTER TABLE jobs ADD COLUMN draft INTEGER NOT NULL DEFAULT 0 CHECK (draft IN (0, 1)); -- 0 once it is sent

DROP TRIGGER jobs_status_by_service;
CREATE TRIGGER jobs_status_by_service BEFORE UPDATE OF status ON jobs
WHEN NEW.revision <> OLD.revision AND NEW.status <> OLD.status AND NOT (
  (OLD.status = 'queued' AND (NEW.status = 'running' OR NEW.status = 'cancelled'))
  OR OLD.status = 'running'
  OR (OLD.status = 'waiting' AND (NEW.status = 'queued' OR NEW.status = 'cancelled'))
  OR (OLD.status = 'completed' AND OLD.draft = 1 AND NEW.status = 'queued' AND NEW.draft = 0)
  OR ((OLD.status = 'failed' OR OLD.status = 'cancelled') AND NEW.status = 'queued')
) BEGIN
  SELECT RAISE(ABORT, 'No such change of status.');
END;

-- A job is cancelled, retried or sent only because somebody wants it.
DROP TRIGGER jobs_audit;
CREATE TRIGGER jobs_audit AFTER UPDATE OF status, stage ON jobs WHEN NEW.status <> OLD.status OR NEW.stage <> OLD.stage BEGIN
  INSERT INTO events (job_id, from_status, to_status, from_stage, to_stage, changed_by, actor)
  VALUES (NEW.id, OLD.status, NEW.status, OLD.stage, NEW.stage, iif(NEW.revision = OLD.revision, 'operator', 'service'),
    CASE WHEN NEW.revision = OLD.revision THEN NULL
      WHEN NEW.status = 'cancelled' OR (NEW.status = 'queued' AND OLD.status IN ('failed', 'cancelled', 'completed')) THEN NEW.requested_by END);
END;

DROP TRIGGER jobs_columns_by_hand;
CREATE TRIGGER jobs_columns_by_hand
BEFORE UPDATE OF seq, id, client, stage, attempts, attempts_ever, crashes, report_path, report_sha256, delivered_to, created_at,
  started_at, ended_at, run_at, cancel_requested, isolated, lease_token, instance_id, leased_until, ran_ms, requested_by,
  warnings, waits_for, draft ON jobs
WHEN NEW.revision = OLD.revision BEGIN
  SELECT RAISE(ABORT, 'Only status, priority, suburb, state, postcode and request may be changed by hand.');
END;

DROP TRIGGER jobs_call_back;
CREATE TRIGGER jobs_call_back AFTER UPDATE OF status ON jobs
WHEN NEW.callback_url IS NOT NULL AND NEW.draft = 0 AND NEW.status IN ('completed', 'failed', 'cancelled') AND NEW.status <> OLD.status BEGIN
  INSERT INTO callbacks (id, job_id, url, host, created_at, since, next_attempt_at, job)
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
      'ended_at', ended_at, 'run_at', NULL, 'cancel_requested', 0, 'isolated', NEW.isolated, 'draft', NEW.draft,
      'documents', (SELECT json_group_array(json_object('kind', kind, 'path', path, 'filename', filename, 'sha256', sha256,
          'bytes', bytes, 'pages', pages, 'facts', json(facts),
          'delivered', iif(delivered_to IS NULL, NULL, json_object('to', delivered_to, 'url', delivered_url))))
        FROM documents WHERE job_id = NEW.id),
      'request', json(iif(json_valid(NEW.requested), NEW.requested, json_object('metadata', json_extract(NEW.request, '$.metadata')))))
  FROM (SELECT substr(NEW.callback_url, instr(NEW.callback_url, '://') + 3) AS rest,
    -- By hand the end time is set after this.
    coalesce(NEW.ended_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) AS ended_at);
END;
