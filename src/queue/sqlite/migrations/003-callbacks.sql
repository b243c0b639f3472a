-- Callbacks: who is told of a job's end, and what was answered. To send one again: POST /api/jobs/{id}/callback, or
--   UPDATE callbacks SET status = 'pending', next_try_at = '' WHERE job_id = '…';

ALTER TABLE jobs ADD COLUMN callback_url TEXT;

CREATE TABLE callbacks (
  id TEXT NOT NULL PRIMARY KEY, -- webhook-id
  job_id TEXT NOT NULL REFERENCES jobs (id),
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
  url TEXT NOT NULL,
  host TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  since TEXT NOT NULL, -- when its tries began (anew)
  next_try_at TEXT,
  ended_at TEXT,
  job TEXT NOT NULL CHECK (json_valid(job)) -- as it was when it ended
) STRICT;
CREATE INDEX callbacks_job ON callbacks (job_id);
CREATE INDEX callbacks_due ON callbacks (host, next_try_at) WHERE status = 'pending';
CREATE INDEX callbacks_next ON callbacks (next_try_at) WHERE status = 'pending';

CREATE TABLE callback_attempts (
  id INTEGER PRIMARY KEY,
  callback_id TEXT NOT NULL REFERENCES callbacks (id),
  started_at TEXT NOT NULL,
  took_ms INTEGER NOT NULL,
  http_status INTEGER,
  answer TEXT,
  error TEXT
) STRICT;
CREATE INDEX callback_attempts_callback ON callback_attempts (callback_id);

-- Part of the statement that ends the job, and so of its transaction: also of one typed into the shell.
CREATE TRIGGER jobs_call_back AFTER UPDATE OF status ON jobs
WHEN NEW.callback_url IS NOT NULL AND NEW.status IN ('completed', 'failed', 'cancelled') AND NEW.status <> OLD.status BEGIN
  INSERT INTO callbacks (id, job_id, url, host, created_at, since, next_try_at, job)
  SELECT 'msg_' || lower(hex(randomblob(16))), NEW.id, NEW.callback_url,
    substr(rest, 1, instr(rest || '/', '/') - 1), ended_at, ended_at, ended_at,
    json_object('id', NEW.id, 'client', NEW.client, 'status', NEW.status, 'stage', NEW.stage, 'priority', NEW.priority,
      'suburb', NEW.suburb, 'state', NEW.state, 'postcode', NEW.postcode, 'attempts', NEW.attempts,
      'error_code', NEW.error_code, 'error', NEW.error, 'report_path', NEW.report_path, 'report_sha256', NEW.report_sha256,
      'report_bytes', NEW.report_bytes, 'report_pages', NEW.report_pages, 'delivered_to', NEW.delivered_to,
      'delivered_url', NEW.delivered_url, 'created_at', NEW.created_at, 'started_at', NEW.started_at,
      'ended_at', ended_at, 'run_at', NULL, 'cancel_requested', 0, 'alone', NEW.alone,
      'request', json_object('metadata', json_extract(NEW.request, '$.metadata')))
  FROM (SELECT substr(NEW.callback_url, instr(NEW.callback_url, '://') + 3) AS rest,
    -- By hand the time of the end is set after this.
    coalesce(NEW.ended_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) AS ended_at);
END;

CREATE TRIGGER callbacks_delete BEFORE DELETE ON callbacks BEGIN
  DELETE FROM callback_attempts WHERE callback_id = OLD.id;
END;

CREATE TRIGGER jobs_delete_callbacks BEFORE DELETE ON jobs BEGIN
  DELETE FROM callbacks WHERE job_id = OLD.id AND OLD.status NOT IN ('queued', 'running', 'waiting');
END;

CREATE VIEW callbacks_undelivered AS
SELECT callbacks.job_id, callbacks.status, callbacks.url, callbacks.attempts, callbacks.next_try_at,
  (SELECT coalesce(error, http_status) FROM callback_attempts WHERE callback_id = callbacks.id ORDER BY id DESC LIMIT 1) AS last_answer
FROM callbacks WHERE status <> 'delivered' ORDER BY created_at DESC;
