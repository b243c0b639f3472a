-- Columns and triggers have the names of docs/glossary.md. SQLite carries a column's new name into triggers and views.
ALTER TABLE jobs RENAME COLUMN attempts_ever TO total_attempts;
ALTER TABLE clients RENAME COLUMN open TO open_jobs;
ALTER TABLE callback_attempts RENAME COLUMN took_ms TO duration_ms;
ALTER TABLE pause RENAME COLUMN one TO id;

CREATE TABLE data_folder_028 (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  database_id TEXT NOT NULL, -- the same in all copies, until an operator chooses the one to continue with
  file_identity TEXT NOT NULL CHECK (json_valid(file_identity)) -- host, path, and what identifies the machine and the file
) STRICT;
INSERT INTO data_folder_028 (id, database_id, file_identity) SELECT one, database_id, place FROM data_folder;
DROP TABLE data_folder;
ALTER TABLE data_folder_028 RENAME TO data_folder;

-- What the triggers do is unchanged.
DROP TRIGGER pause_noted;
DROP TRIGGER resume_noted;
DROP TRIGGER jobs_cancel_by_hand;
DROP TRIGGER jobs_retry_by_hand;
DROP TRIGGER jobs_open;
DROP TRIGGER jobs_opened_again;
DROP TRIGGER jobs_ended;
DROP TRIGGER jobs_waited;
DROP TRIGGER jobs_are_posted;
DROP TRIGGER jobs_request_by_hand;
DROP TRIGGER jobs_status_by_hand;
DROP TRIGGER jobs_columns_by_hand;
DROP TRIGGER jobs_values_by_hand;
DROP TRIGGER callbacks_values_by_hand;
DROP TRIGGER pause_values_by_hand;
DROP TRIGGER jobs_accepted_into_line;
DROP TRIGGER jobs_back_into_line;
DROP TRIGGER jobs_out_of_line;

CREATE TRIGGER pause_logged AFTER INSERT ON pause BEGIN
  INSERT INTO actions (at, action, actor) VALUES (NEW.since, 'paused', NEW.by);
END;

CREATE TRIGGER resume_logged AFTER DELETE ON pause BEGIN
  INSERT INTO actions (action, actor) VALUES ('resumed', 'operator');
END;

CREATE TRIGGER jobs_cancel_by_operator AFTER UPDATE OF status ON jobs
WHEN NEW.revision = OLD.revision AND NEW.status = 'cancelled' AND OLD.status <> 'cancelled' BEGIN
  UPDATE attempts SET ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), outcome = 'cancelled' WHERE lease_token = OLD.lease_token;
  UPDATE jobs SET revision = revision + 1, ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), run_at = NULL,
    cancel_requested = 0, lease_token = NULL, instance_id = NULL, leased_until = NULL, requested_by = NULL,
    ran_ms = ran_ms + coalesce((SELECT max(0, CAST(round((julianday('now') - julianday(started_at)) * 86400000) AS INTEGER))
      FROM attempts WHERE lease_token = OLD.lease_token), 0)
  WHERE seq = NEW.seq;
END;

CREATE TRIGGER jobs_retry_by_operator AFTER UPDATE OF status ON jobs
WHEN NEW.revision = OLD.revision AND NEW.status = 'queued' AND OLD.status <> 'queued' BEGIN
  UPDATE jobs SET revision = revision + 1, attempts = 0, crashes = 0, error_code = NULL, error = NULL,
    ended_at = NULL, run_at = NULL, cancel_requested = 0, ran_ms = 0, requested_by = NULL
  WHERE seq = NEW.seq;
END;

CREATE TRIGGER jobs_count_accepted AFTER INSERT ON jobs WHEN NEW.status IN ('queued', 'running', 'waiting') BEGIN
  INSERT INTO clients (client, open_jobs) VALUES (NEW.client, 1) ON CONFLICT (client) DO UPDATE SET open_jobs = open_jobs + 1;
END;

CREATE TRIGGER jobs_count_reopened AFTER UPDATE OF status ON jobs
WHEN NEW.status = 'queued' AND OLD.status IN ('completed', 'failed', 'cancelled') BEGIN
  INSERT INTO clients (client, open_jobs) VALUES (NEW.client, 1) ON CONFLICT (client) DO UPDATE SET open_jobs = open_jobs + 1;
END;

CREATE TRIGGER jobs_count_ended AFTER UPDATE OF status ON jobs
WHEN NEW.status IN ('completed', 'failed', 'cancelled') AND OLD.status IN ('queued', 'running', 'waiting') BEGIN
  UPDATE clients SET open_jobs = open_jobs - 1 WHERE client = NEW.client;
END;

CREATE TRIGGER jobs_end_wait AFTER UPDATE OF status ON jobs
WHEN OLD.status = 'waiting' AND NEW.status <> 'waiting' AND NEW.waits_for IS NOT NULL BEGIN
  UPDATE jobs SET waits_for = NULL, revision = revision + 1 WHERE seq = NEW.seq;
END;

CREATE TRIGGER jobs_insert_by_operator BEFORE INSERT ON jobs WHEN NEW.revision = 0 BEGIN
  SELECT RAISE(ABORT, 'Jobs cannot be inserted by hand. Send POST /api/generate-agents-report.');
END;

CREATE TRIGGER jobs_request_by_operator BEFORE UPDATE OF request ON jobs WHEN NOT json_valid(NEW.request) BEGIN
  SELECT RAISE(ABORT, 'request must be JSON.');
END;

CREATE TRIGGER jobs_status_by_operator BEFORE UPDATE OF status ON jobs
WHEN NEW.revision = OLD.revision AND NEW.status <> OLD.status AND NOT (
  (NEW.status = 'queued' AND OLD.status IN ('failed', 'cancelled', 'waiting'))
  OR (NEW.status = 'cancelled' AND OLD.status IN ('queued', 'waiting', 'running'))
) BEGIN
  SELECT RAISE(ABORT, 'By hand, status may only be set to ''queued'' (retries a failed, cancelled or waiting job) or ''cancelled'' (cancels a queued, waiting or running job).');
END;

CREATE TRIGGER jobs_columns_by_operator
BEFORE UPDATE OF seq, id, stage, client, attempts, total_attempts, crashes, error_code, error, report_path,
  report_sha256, report_bytes, report_pages, delivered_to, delivered_url, created_at, started_at, ended_at, run_at,
  cancel_requested, isolated, lease_token, instance_id, leased_until, callback_url, metadata, ran_ms, requested_by,
  warnings, retries, requested, waits_for, draft ON jobs
WHEN NEW.revision = OLD.revision BEGIN
  SELECT RAISE(ABORT, 'Only status, priority, suburb, state, postcode and request may be changed by hand.');
END;

CREATE TRIGGER jobs_values_by_operator BEFORE UPDATE OF priority, suburb, state, postcode ON jobs
WHEN NEW.revision = OLD.revision BEGIN
  SELECT RAISE(ABORT, 'priority must be a whole number from 0 to 9.')
  WHERE typeof(NEW.priority) <> 'integer' OR NEW.priority NOT BETWEEN 0 AND 9;
  SELECT RAISE(ABORT, 'suburb must be a name.') WHERE NEW.suburb IS NOT OLD.suburb AND trim(coalesce(NEW.suburb, '')) = '';
  SELECT RAISE(ABORT, 'state must be one of NSW, VIC, QLD, SA, WA, TAS, ACT and NT.')
  WHERE NEW.state IS NOT OLD.state
    AND coalesce(NEW.state, '') NOT IN ('NSW', 'VIC', 'QLD', 'SA', 'WA', 'TAS', 'ACT', 'NT');
  SELECT RAISE(ABORT, 'postcode must be four digits, or NULL.')
  WHERE NEW.postcode IS NOT OLD.postcode AND NEW.postcode NOT GLOB '[0-9][0-9][0-9][0-9]';
END;

CREATE TRIGGER callbacks_values_by_operator BEFORE UPDATE OF status ON callbacks
WHEN coalesce(NEW.status, '') NOT IN ('pending', 'delivered', 'failed') BEGIN
  SELECT RAISE(ABORT, 'The status of a callback must be pending, delivered or failed. To send it again, set pending.');
END;

CREATE TRIGGER pause_values_by_operator BEFORE INSERT ON pause
WHEN NEW.since NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:*Z' BEGIN
  SELECT RAISE(ABORT, 'since must be a time such as 2026-11-24T08:00:00.000Z. Omit it to pause from now on.');
END;

CREATE TRIGGER jobs_enqueue_accepted AFTER INSERT ON jobs WHEN NEW.status = 'queued' BEGIN
  INSERT INTO lane_clients (lane, client, queued, fair_order)
  VALUES (iif(NEW.isolated = 1, 'isolated', NEW.stage), NEW.client, 1, coalesce(
    (SELECT min(fair_order) FROM lane_clients
      WHERE lane = iif(NEW.isolated = 1, 'isolated', NEW.stage) AND queued > 0), 0))
  ON CONFLICT (lane, client) DO UPDATE SET queued = queued + 1;
END;

CREATE TRIGGER jobs_enqueue_again AFTER UPDATE OF status ON jobs
WHEN NEW.status = 'queued' AND OLD.status <> 'queued' BEGIN
  INSERT INTO lane_clients (lane, client, queued, fair_order)
  VALUES (iif(NEW.isolated = 1, 'isolated', NEW.stage), NEW.client, 1, coalesce(
    (SELECT min(fair_order) FROM lane_clients
      WHERE lane = iif(NEW.isolated = 1, 'isolated', NEW.stage) AND queued > 0), 0))
  ON CONFLICT (lane, client) DO UPDATE SET queued = queued + 1;
END;

CREATE TRIGGER jobs_dequeue AFTER UPDATE OF status ON jobs
WHEN OLD.status = 'queued' AND NEW.status <> 'queued' BEGIN
  UPDATE lane_clients SET queued = queued - 1
  WHERE lane = iif(OLD.isolated = 1, 'isolated', OLD.stage) AND client = OLD.client;
END;
