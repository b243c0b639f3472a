-- What an operator reads has the names of docs/glossary.md. SQLite carries each name into triggers, views and indexes.
DROP VIEW queue_now;
ALTER TABLE jobs RENAME COLUMN alone TO isolated;
ALTER TABLE jobs RENAME COLUMN token TO lease_token;
ALTER TABLE jobs RENAME COLUMN boot TO instance_id;
ALTER TABLE attempts RENAME COLUMN token TO lease_token;
ALTER TABLE events RENAME COLUMN hand TO changed_by;
ALTER TABLE callbacks RENAME COLUMN next_try_at TO next_attempt_at;
ALTER TABLE callback_attempts RENAME COLUMN answer TO response;

CREATE TABLE lane_clients (
  id INTEGER PRIMARY KEY, -- orders clients of the same fair_order: the one that came first goes first
  lane TEXT NOT NULL CHECK (lane IN ('gathering', 'rendering', 'delivering', 'quarantine')),
  client TEXT NOT NULL,
  fair_order INTEGER NOT NULL, -- the attempt that the client was given last in this lane: the least is next
  queued INTEGER NOT NULL CHECK (queued >= 0), -- the client's queued jobs in this lane
  UNIQUE (lane, client)
) STRICT;
INSERT INTO lane_clients (id, lane, client, fair_order, queued) SELECT id, lane, client, turn, queued FROM turns;
CREATE INDEX lane_clients_next ON lane_clients (lane, fair_order) WHERE queued > 0;

DROP TRIGGER jobs_accepted_into_line;
CREATE TRIGGER jobs_accepted_into_line AFTER INSERT ON jobs WHEN NEW.status = 'queued' BEGIN
  INSERT INTO lane_clients (lane, client, queued, fair_order)
  VALUES (iif(NEW.isolated = 1, 'quarantine', NEW.stage), NEW.client, 1, coalesce(
    (SELECT min(fair_order) FROM lane_clients
      WHERE lane = iif(NEW.isolated = 1, 'quarantine', NEW.stage) AND queued > 0), 0))
  ON CONFLICT (lane, client) DO UPDATE SET queued = queued + 1;
END;

DROP TRIGGER jobs_back_into_line;
CREATE TRIGGER jobs_back_into_line AFTER UPDATE OF status ON jobs
WHEN NEW.status = 'queued' AND OLD.status <> 'queued' BEGIN
  INSERT INTO lane_clients (lane, client, queued, fair_order)
  VALUES (iif(NEW.isolated = 1, 'quarantine', NEW.stage), NEW.client, 1, coalesce(
    (SELECT min(fair_order) FROM lane_clients
      WHERE lane = iif(NEW.isolated = 1, 'quarantine', NEW.stage) AND queued > 0), 0))
  ON CONFLICT (lane, client) DO UPDATE SET queued = queued + 1;
END;

DROP TRIGGER jobs_out_of_line;
CREATE TRIGGER jobs_out_of_line AFTER UPDATE OF status ON jobs
WHEN OLD.status = 'queued' AND NEW.status <> 'queued' BEGIN
  UPDATE lane_clients SET queued = queued - 1
  WHERE lane = iif(OLD.isolated = 1, 'quarantine', OLD.stage) AND client = OLD.client;
END;
DROP TABLE turns;

CREATE VIEW queue_now AS
SELECT id, status, stage, priority, client, suburb, state, attempts, created_at, run_at, error FROM (
  SELECT jobs.*, lane_clients.fair_order, lane_clients.id AS came,
    iif(jobs.status = 'queued', row_number() OVER (
      PARTITION BY jobs.status, jobs.stage, jobs.isolated, jobs.client ORDER BY jobs.priority DESC, jobs.seq), 0) AS round
  FROM jobs LEFT JOIN lane_clients ON lane_clients.client = jobs.client
    AND lane_clients.lane = iif(jobs.isolated = 1, 'quarantine', jobs.stage)
  WHERE jobs.status IN ('queued', 'running', 'waiting'))
ORDER BY status = 'waiting', status = 'queued', stage, isolated DESC, round, fair_order, came, seq;

DROP VIEW callbacks_undelivered;
CREATE VIEW callbacks_undelivered AS
SELECT callbacks.job_id, callbacks.status, callbacks.url, callbacks.attempts, callbacks.next_attempt_at,
  (SELECT coalesce(error, http_status) FROM callback_attempts WHERE callback_id = callbacks.id ORDER BY id DESC LIMIT 1) AS last_response
FROM callbacks WHERE status <> 'delivered' ORDER BY created_at DESC;

-- The snapshot for the callback names its fields as the table of jobs does.
DROP TRIGGER jobs_call_back;
CREATE TRIGGER jobs_call_back AFTER UPDATE OF status ON jobs
WHEN NEW.callback_url IS NOT NULL AND NEW.status IN ('completed', 'failed', 'cancelled') AND NEW.status <> OLD.status BEGIN
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
      'ended_at', ended_at, 'run_at', NULL, 'cancel_requested', 0, 'isolated', NEW.isolated,
      'documents', (SELECT json_group_array(json_object('kind', kind, 'path', path, 'filename', filename, 'sha256', sha256,
          'bytes', bytes, 'pages', pages, 'facts', json(facts),
          'delivered', iif(delivered_to IS NULL, NULL, json_object('to', delivered_to, 'url', delivered_url))))
        FROM documents WHERE job_id = NEW.id),
      'request', json(iif(json_valid(NEW.requested), NEW.requested, json_object('metadata', json_extract(NEW.request, '$.metadata')))))
  FROM (SELECT substr(NEW.callback_url, instr(NEW.callback_url, '://') + 3) AS rest,
    -- By hand the end time is set after this.
    coalesce(NEW.ended_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) AS ended_at);
END;

-- Messages: what happened, then what to do.
DROP TRIGGER jobs_are_posted;
CREATE TRIGGER jobs_are_posted BEFORE INSERT ON jobs WHEN NEW.revision = 0 BEGIN
  SELECT RAISE(ABORT, 'Jobs cannot be inserted by hand. Send POST /api/generate-agents-report.');
END;

DROP TRIGGER jobs_columns_by_hand;
CREATE TRIGGER jobs_columns_by_hand
BEFORE UPDATE OF seq, id, client, stage, attempts, attempts_ever, crashes, report_path, report_sha256, delivered_to, created_at,
  started_at, ended_at, run_at, cancel_requested, isolated, lease_token, instance_id, leased_until, ran_ms, requested_by,
  warnings, waits_for ON jobs
WHEN NEW.revision = OLD.revision BEGIN
  SELECT RAISE(ABORT, 'Only status, priority, suburb, state, postcode and request may be changed by hand.');
END;

DROP TRIGGER jobs_request_by_hand;
CREATE TRIGGER jobs_request_by_hand BEFORE UPDATE OF request ON jobs WHEN NOT json_valid(NEW.request) BEGIN
  SELECT RAISE(ABORT, 'request must be JSON.');
END;

DROP TRIGGER jobs_status_by_hand;
CREATE TRIGGER jobs_status_by_hand BEFORE UPDATE OF status ON jobs
WHEN NEW.revision = OLD.revision AND NEW.status <> OLD.status AND NOT (
  (NEW.status = 'queued' AND OLD.status IN ('failed', 'cancelled', 'waiting'))
  OR (NEW.status = 'cancelled' AND OLD.status IN ('queued', 'waiting', 'running'))
) BEGIN
  SELECT RAISE(ABORT, 'By hand, status may only be set to ''queued'' (retries a failed, cancelled or waiting job) or ''cancelled'' (cancels a queued, waiting or running job).');
END;

DROP TRIGGER jobs_delete;
CREATE TRIGGER jobs_delete BEFORE DELETE ON jobs BEGIN
  SELECT RAISE(ABORT, 'Only completed, failed and cancelled jobs can be deleted. Cancel the job first.')
  WHERE OLD.status IN ('queued', 'running', 'waiting');
  INSERT OR IGNORE INTO removals (path) SELECT path FROM documents WHERE job_id = OLD.id;
  DELETE FROM attempts WHERE job_id = OLD.id;
  DELETE FROM events WHERE job_id = OLD.id;
  DELETE FROM data_sets WHERE job_id = OLD.id;
  DELETE FROM deliveries WHERE job_id = OLD.id;
  DELETE FROM documents WHERE job_id = OLD.id;
END;
