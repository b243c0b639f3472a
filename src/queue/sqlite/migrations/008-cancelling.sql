-- A cancelled job is one of which nothing will be delivered any more: while something may still arrive at a target
-- (under_way_since), a cancel is only requested.
ALTER TABLE deliveries ADD COLUMN under_way_since TEXT;
UPDATE deliveries SET under_way_since = created_at
WHERE delivered_at IS NULL AND job_id IN (SELECT id FROM jobs WHERE status = 'running');

-- By hand as by the API. The rest of the change of status is left out by RAISE(IGNORE): what is written here stays.
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

-- The id of a callback is made of the job and its end, so that a job that is done again after a restore tells its
-- receiver of it under the id that the receiver may know.
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
      'request', json_object('metadata', json_extract(NEW.request, '$.metadata')))
  FROM (SELECT substr(NEW.callback_url, instr(NEW.callback_url, '://') + 3) AS rest,
    -- By hand the time of the end is set after this.
    coalesce(NEW.ended_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) AS ended_at);
END;
