-- Why things are as they are: why an attempt was released, how long the attempts of a job ran, who cancelled or retried it,
-- what was odd about its request, and who paused or resumed the queue.

ALTER TABLE attempts ADD COLUMN release_reason TEXT; -- of a released one: stopping, delivery_busy, delivery_closed, …
-- Time in attempts since it was queued or retried; what lies between two attempts is not in it.
ALTER TABLE jobs ADD COLUMN ran_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN requested_by TEXT; -- who last cancelled or retried it
ALTER TABLE jobs ADD COLUMN warnings TEXT; -- JSON: what was odd about the request
ALTER TABLE events ADD COLUMN actor TEXT; -- the person or program behind the change; NULL: the service by itself, or hand says it

UPDATE jobs SET ran_ms = (
  SELECT coalesce(sum(CAST(round((julianday(attempts.ended_at) - julianday(attempts.started_at)) * 86400000) AS INTEGER)), 0)
  FROM attempts WHERE attempts.job_id = jobs.id AND attempts.ended_at IS NOT NULL AND attempts.number > jobs.attempts_ever - jobs.attempts);

CREATE INDEX jobs_failed_ended ON jobs (ended_at) WHERE status = 'failed';
CREATE INDEX callbacks_failing ON callbacks (since) WHERE status = 'pending' AND next_try_at > since;

-- What people did to the service as a whole.
CREATE TABLE actions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  action TEXT NOT NULL, -- paused, resumed
  actor TEXT NOT NULL -- a client, or "operator" for a hand in the database itself
) STRICT;

CREATE TRIGGER pause_noted AFTER INSERT ON pause BEGIN
  INSERT INTO actions (at, action, actor) VALUES (NEW.since, 'paused', NEW.by);
END;
-- The service says who it was right after.
CREATE TRIGGER resume_noted AFTER DELETE ON pause BEGIN
  INSERT INTO actions (action, actor) VALUES ('resumed', 'operator');
END;

DROP TRIGGER jobs_accepted;
CREATE TRIGGER jobs_accepted AFTER INSERT ON jobs BEGIN
  INSERT INTO events (job_id, at, to_status, to_stage, hand, actor)
  VALUES (NEW.id, NEW.created_at, NEW.status, NEW.stage, 'service', NEW.client);
END;

-- A job is cancelled, and tried again after its end, only because somebody wants it.
DROP TRIGGER jobs_audit;
CREATE TRIGGER jobs_audit AFTER UPDATE OF status, stage ON jobs WHEN NEW.status <> OLD.status OR NEW.stage <> OLD.stage BEGIN
  INSERT INTO events (job_id, from_status, to_status, from_stage, to_stage, hand, actor)
  VALUES (NEW.id, OLD.status, NEW.status, OLD.stage, NEW.stage, iif(NEW.revision = OLD.revision, 'operator', 'service'),
    CASE WHEN NEW.revision = OLD.revision THEN NULL
      WHEN NEW.status = 'cancelled' OR (NEW.status = 'queued' AND OLD.status IN ('failed', 'cancelled')) THEN NEW.requested_by END);
END;

DROP TRIGGER jobs_columns_by_hand;
CREATE TRIGGER jobs_columns_by_hand
BEFORE UPDATE OF seq, id, client, stage, attempts, attempts_ever, crashes, report_path, report_sha256, delivered_to, created_at,
  started_at, ended_at, run_at, cancel_requested, alone, turn, token, boot, leased_until, ran_ms, requested_by, warnings ON jobs
WHEN NEW.revision = OLD.revision BEGIN
  SELECT RAISE(ABORT, 'by hand only status, priority, suburb, state, postcode and request may be changed');
END;

DROP TRIGGER jobs_retry_by_hand;
CREATE TRIGGER jobs_retry_by_hand AFTER UPDATE OF status ON jobs
WHEN NEW.revision = OLD.revision AND NEW.status = 'queued' AND OLD.status <> 'queued' BEGIN
  UPDATE jobs SET revision = revision + 1, attempts = 0, crashes = 0, error_code = NULL, error = NULL,
    ended_at = NULL, run_at = NULL, cancel_requested = 0, ran_ms = 0, requested_by = NULL,
    turn = coalesce((SELECT min(turn) FROM jobs WHERE status = 'queued' AND stage = NEW.stage AND priority = NEW.priority AND seq <> NEW.seq), 0)
  WHERE seq = NEW.seq;
END;

DROP TRIGGER jobs_cancel_by_hand;
CREATE TRIGGER jobs_cancel_by_hand AFTER UPDATE OF status ON jobs
WHEN NEW.revision = OLD.revision AND NEW.status = 'cancelled' AND OLD.status <> 'cancelled' BEGIN
  UPDATE attempts SET ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), outcome = 'cancelled' WHERE token = OLD.token;
  UPDATE jobs SET revision = revision + 1, ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), run_at = NULL,
    cancel_requested = 0, token = NULL, boot = NULL, leased_until = NULL, requested_by = NULL,
    ran_ms = ran_ms + coalesce((SELECT max(0, CAST(round((julianday('now') - julianday(started_at)) * 86400000) AS INTEGER))
      FROM attempts WHERE token = OLD.token), 0)
  WHERE seq = NEW.seq;
END;

DROP TRIGGER jobs_call_back;
CREATE TRIGGER jobs_call_back AFTER UPDATE OF status ON jobs
WHEN NEW.callback_url IS NOT NULL AND NEW.status IN ('completed', 'failed', 'cancelled') AND NEW.status <> OLD.status BEGIN
  INSERT INTO callbacks (id, job_id, url, host, created_at, since, next_try_at, job)
  SELECT 'msg_' || lower(hex(randomblob(16))), NEW.id, NEW.callback_url,
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

DROP VIEW slowest;
CREATE VIEW slowest AS -- of the last day; the seconds its attempts ran, and those it waited before the first
SELECT id, suburb, state, attempts, round(ran_ms / 1000.0, 3) AS seconds,
  round((julianday(started_at) - julianday(created_at)) * 86400, 3) AS waited_seconds, started_at, ended_at
FROM jobs WHERE status = 'completed' AND ended_at >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')
ORDER BY seconds DESC;
