-- The schema of agentlink.db: one file for each version, applied in order, each in one transaction.
-- A released file does not change, because databases have run it: a change is a file with the next number.
-- Not here: code, and the schema of other files.

-- The jobs, made to be read by a person: sqlite3 -readonly agentlink.db "SELECT id, status, stage, suburb, error FROM jobs
-- ORDER BY created_at DESC LIMIT 20". Times are ISO-8601 UTC text. Views: queue_now, failures, reports_per_day, slowest.
--
-- By hand, while the service runs, two things may be changed; everything else is refused by the triggers below:
--   UPDATE jobs SET status = 'queued'    WHERE id = '…';   a failed, cancelled or waiting job is tried again
--   UPDATE jobs SET status = 'cancelled' WHERE id = '…';   a queued, waiting or running job is not done (any more)
--   UPDATE jobs SET priority = 9         WHERE id = '…';   9 goes first
-- SQLite 3.7.0 to 3.51.2, and so the shell of Debian 12 (3.40), can in rare cases corrupt a WAL that two processes write:
-- read with -readonly, and change with a newer shell, or with this one while the service is stopped.

CREATE TABLE jobs (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE, -- UUIDv7
  status TEXT NOT NULL DEFAULT 'queued'
    CHECK (status IN ('queued', 'running', 'waiting', 'completed', 'failed', 'cancelled')),
  -- What the job does, or goes on from.
  stage TEXT NOT NULL CHECK (stage IN ('gathering', 'rendering', 'delivering')),
  priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),
  client TEXT NOT NULL,
  suburb TEXT NOT NULL,
  state TEXT NOT NULL,
  postcode TEXT,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0), -- tries begun since it was queued or retried
  attempts_ever INTEGER NOT NULL DEFAULT 0, -- a retry does not begin them anew: the number of the last attempt
  crashes INTEGER NOT NULL DEFAULT 0 CHECK (crashes >= 0), -- of those, the ones that ended with the process
  error_code TEXT,
  error TEXT,
  report_path TEXT, -- below the data folder
  report_sha256 TEXT,
  report_bytes INTEGER CHECK (report_bytes > 0),
  report_pages INTEGER CHECK (report_pages > 0),
  delivered_to TEXT,
  delivered_url TEXT,
  created_at TEXT NOT NULL,
  started_at TEXT,
  ended_at TEXT,
  run_at TEXT, -- when a waiting job is tried again
  cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
  alone INTEGER NOT NULL DEFAULT 0 CHECK (alone IN (0, 1)), -- runs with no neighbour
  turn INTEGER NOT NULL CHECK (turn >= 0), -- place in the fair order of its stage and priority
  token INTEGER, -- the attempt that holds the lease: every write of an attempt names it
  boot TEXT, -- the process that holds it
  leased_until TEXT, -- a running job whose time is over belongs to a process that is gone
  -- The service counts this up with every change of its own: a change that leaves it alone is another hand's.
  revision INTEGER NOT NULL DEFAULT 0,
  request TEXT NOT NULL -- JSON; last, because it may be long
) STRICT;

-- The insert path pays for every index: all are partial but the first.
CREATE INDEX jobs_created ON jobs (created_at);
CREATE INDEX jobs_queue ON jobs (stage, priority DESC, turn) WHERE status = 'queued';
CREATE INDEX jobs_turn ON jobs (client, stage, priority, turn) WHERE status = 'queued';
CREATE INDEX jobs_alone ON jobs (seq) WHERE status = 'queued' AND alone = 1;
CREATE INDEX jobs_running ON jobs (created_at) WHERE status = 'running';
CREATE INDEX jobs_due ON jobs (run_at) WHERE status = 'waiting';
CREATE INDEX jobs_failed ON jobs (created_at) WHERE status = 'failed';
CREATE INDEX jobs_cancelled ON jobs (created_at) WHERE status = 'cancelled';
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE attempts (
  token INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES jobs (id),
  number INTEGER NOT NULL CHECK (number > 0),
  started_at TEXT NOT NULL,
  gathered_at TEXT,
  rendered_at TEXT,
  ended_at TEXT,
  outcome TEXT CHECK (outcome IN ('completed', 'failed', 'cancelled', 'crashed', 'released')),
  error_code TEXT,
  error TEXT,
  UNIQUE (job_id, number)
) STRICT;

-- Who changed the status of which job, and when.
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL,
  at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  from_status TEXT NOT NULL,
  to_status TEXT NOT NULL,
  hand TEXT NOT NULL CHECK (hand = 'service' OR hand = 'operator')
) STRICT;
CREATE INDEX events_job ON events (job_id);
CREATE INDEX events_operator ON events (id) WHERE hand = 'operator';

-- What a report is made from, as JSON; gone in the moment its job is completed.
CREATE TABLE data_sets (
  job_id TEXT PRIMARY KEY REFERENCES jobs (id),
  data_set TEXT NOT NULL
) STRICT;

-- Where a file will be put, written down before it is: after a crash it is recognised instead of sent again.
CREATE TABLE deliveries (
  job_id TEXT NOT NULL REFERENCES jobs (id),
  target TEXT NOT NULL,
  path TEXT NOT NULL,
  sha256 TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (job_id, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  client TEXT NOT NULL,
  key TEXT NOT NULL,
  item INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  job_id TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  PRIMARY KEY (client, key, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_expiry ON idempotency (expires_at);

CREATE TRIGGER jobs_are_posted BEFORE INSERT ON jobs WHEN NEW.revision = 0 BEGIN
  SELECT RAISE(ABORT, 'jobs are not inserted by hand: POST /api/generate-agents-report');
END;

CREATE TRIGGER jobs_status_by_hand BEFORE UPDATE OF status ON jobs
WHEN NEW.revision = OLD.revision AND NEW.status <> OLD.status AND NOT (
  (NEW.status = 'queued' AND OLD.status IN ('failed', 'cancelled', 'waiting'))
  OR (NEW.status = 'cancelled' AND OLD.status IN ('queued', 'waiting', 'running'))
) BEGIN
  SELECT RAISE(ABORT, 'by hand a status may become ''queued'' (from failed, cancelled or waiting: it is tried again) or ''cancelled'' (from queued, waiting or running), nothing else');
END;

CREATE TRIGGER jobs_status_by_service BEFORE UPDATE OF status ON jobs
WHEN NEW.revision <> OLD.revision AND NEW.status <> OLD.status AND NOT (
  (OLD.status = 'queued' AND (NEW.status = 'running' OR NEW.status = 'cancelled'))
  OR OLD.status = 'running'
  OR (OLD.status = 'waiting' AND (NEW.status = 'queued' OR NEW.status = 'cancelled'))
  OR ((OLD.status = 'failed' OR OLD.status = 'cancelled') AND NEW.status = 'queued')
) BEGIN
  SELECT RAISE(ABORT, 'no such change of status');
END;

CREATE TRIGGER jobs_columns_by_hand
BEFORE UPDATE OF seq, id, client, stage, attempts, attempts_ever, crashes, report_path, report_sha256, delivered_to, created_at,
  started_at, ended_at, run_at, cancel_requested, alone, turn, token, boot, leased_until ON jobs
WHEN NEW.revision = OLD.revision BEGIN
  SELECT RAISE(ABORT, 'by hand only status, priority, suburb, state, postcode and request may be changed');
END;

CREATE TRIGGER jobs_request_by_hand BEFORE UPDATE OF request ON jobs WHEN NOT json_valid(NEW.request) BEGIN
  SELECT RAISE(ABORT, 'request must be JSON');
END;

CREATE TRIGGER jobs_audit AFTER UPDATE OF status ON jobs WHEN NEW.status <> OLD.status BEGIN
  INSERT INTO events (job_id, from_status, to_status, hand)
  VALUES (NEW.id, OLD.status, NEW.status, iif(NEW.revision = OLD.revision, 'operator', 'service'));
END;

-- The inner update counts the revision up, so that it is not taken for another change by hand.
CREATE TRIGGER jobs_retry_by_hand AFTER UPDATE OF status ON jobs
WHEN NEW.revision = OLD.revision AND NEW.status = 'queued' AND OLD.status <> 'queued' BEGIN
  UPDATE jobs SET revision = revision + 1, attempts = 0, crashes = 0, error_code = NULL, error = NULL,
    ended_at = NULL, run_at = NULL, cancel_requested = 0,
    turn = coalesce((SELECT min(turn) FROM jobs WHERE status = 'queued' AND stage = NEW.stage AND priority = NEW.priority AND seq <> NEW.seq), 0)
  WHERE seq = NEW.seq;
END;

CREATE TRIGGER jobs_cancel_by_hand AFTER UPDATE OF status ON jobs
WHEN NEW.revision = OLD.revision AND NEW.status = 'cancelled' AND OLD.status <> 'cancelled' BEGIN
  UPDATE attempts SET ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), outcome = 'cancelled' WHERE token = OLD.token;
  UPDATE jobs SET revision = revision + 1, ended_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), run_at = NULL,
    cancel_requested = 0, token = NULL, boot = NULL, leased_until = NULL
  WHERE seq = NEW.seq;
END;

CREATE TRIGGER jobs_priority_by_hand AFTER UPDATE OF priority ON jobs
WHEN NEW.revision = OLD.revision AND NEW.priority <> OLD.priority AND NEW.status = 'queued' BEGIN
  UPDATE jobs SET revision = revision + 1,
    turn = coalesce((SELECT min(turn) FROM jobs WHERE status = 'queued' AND stage = NEW.stage AND priority = NEW.priority AND seq <> NEW.seq), 0)
  WHERE seq = NEW.seq;
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

-- What waits, in the order in which it is taken; each stage has a line of its own.
CREATE VIEW queue_now AS
SELECT id, status, stage, priority, client, suburb, state, attempts, created_at, run_at, error
FROM jobs WHERE status IN ('queued', 'running', 'waiting')
ORDER BY status = 'waiting', status = 'queued', stage, priority DESC, turn, seq;

CREATE VIEW failures AS -- of the last day
SELECT id, ended_at, client, suburb, state, stage, attempts, error_code, error
FROM jobs WHERE status = 'failed' AND ended_at >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')
ORDER BY ended_at DESC;

CREATE VIEW reports_per_day AS
SELECT substr(ended_at, 1, 10) AS day, count(*) FILTER (WHERE status = 'completed') AS completed,
  count(*) FILTER (WHERE status = 'failed') AS failed, count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
  sum(report_pages) FILTER (WHERE status = 'completed') AS pages,
  sum(report_bytes) FILTER (WHERE status = 'completed') AS bytes
FROM jobs WHERE ended_at IS NOT NULL GROUP BY day ORDER BY day DESC;

CREATE VIEW slowest AS -- of the last day; seconds from the first try to the end
SELECT id, suburb, state, attempts, round((julianday(ended_at) - julianday(started_at)) * 86400, 3) AS seconds,
  round((julianday(started_at) - julianday(created_at)) * 86400, 3) AS waited_seconds, started_at, ended_at
FROM jobs WHERE status = 'completed' AND ended_at >= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')
ORDER BY seconds DESC;
