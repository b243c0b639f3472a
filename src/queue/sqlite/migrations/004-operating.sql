-- What operators watch and do. Each change of a job, also that it was accepted and each stage, becomes a row of `events`,
-- whose ids only grow: whoever watches goes on after the last one seen, whatever was restarted or removed meanwhile.
-- To pause by hand, so that nothing new is started:  INSERT INTO pause DEFAULT VALUES;  and to resume:  DELETE FROM pause;

DROP TRIGGER jobs_audit;
DROP TRIGGER jobs_delete;
ALTER TABLE events RENAME TO events_before;

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL,
  at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  from_status TEXT, -- NULL: it was accepted
  to_status TEXT NOT NULL,
  from_stage TEXT, -- what it did, or was to go on from
  to_stage TEXT NOT NULL,
  hand TEXT NOT NULL CHECK (hand = 'service' OR hand = 'operator')
) STRICT;

INSERT INTO events (id, job_id, at, from_status, to_status, from_stage, to_stage, hand)
SELECT events_before.id, job_id, at, from_status, to_status, jobs.stage, jobs.stage, hand
FROM events_before JOIN jobs ON jobs.id = job_id ORDER BY events_before.id;
DROP TABLE events_before;

CREATE INDEX events_job ON events (job_id);
CREATE INDEX events_operator ON events (id) WHERE hand = 'operator';

CREATE TRIGGER jobs_accepted AFTER INSERT ON jobs BEGIN
  INSERT INTO events (job_id, at, to_status, to_stage, hand) VALUES (NEW.id, NEW.created_at, NEW.status, NEW.stage, 'service');
END;

CREATE TRIGGER jobs_audit AFTER UPDATE OF status, stage ON jobs WHEN NEW.status <> OLD.status OR NEW.stage <> OLD.stage BEGIN
  INSERT INTO events (job_id, from_status, to_status, from_stage, to_stage, hand)
  VALUES (NEW.id, OLD.status, NEW.status, OLD.stage, NEW.stage, iif(NEW.revision = OLD.revision, 'operator', 'service'));
END;

-- The shell has foreign keys switched off: what belongs to a job goes with it in either case.
CREATE TRIGGER jobs_delete BEFORE DELETE ON jobs BEGIN
  SELECT RAISE(ABORT, 'only completed, failed and cancelled jobs may be deleted: cancel it first')
  WHERE OLD.status IN ('queued', 'running', 'waiting');
  DELETE FROM attempts WHERE job_id = OLD.id;
  DELETE FROM events WHERE job_id = OLD.id;
  DELETE FROM data_sets WHERE job_id = OLD.id;
  DELETE FROM deliveries WHERE job_id = OLD.id;
END;

-- One row while the queue is paused, else none.
CREATE TABLE pause (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  since TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  by TEXT NOT NULL DEFAULT 'operator'
) STRICT;

CREATE INDEX callbacks_failed ON callbacks (created_at) WHERE status = 'failed';
