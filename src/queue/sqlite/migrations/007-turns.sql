-- Who is next. Each stage has a line, and jobs that may have brought the process down have one of their own, the
-- quarantine, in which they are rendered. In each line the clients take turns: the next is the one that was served there
-- the longest time ago. A client's own jobs go by priority, then by age. See the view queue_now for the order.

CREATE TABLE turns (
  id INTEGER PRIMARY KEY, -- among clients with the same turn the one that came first goes first
  lane TEXT NOT NULL CHECK (lane IN ('gathering', 'rendering', 'delivering', 'quarantine')),
  client TEXT NOT NULL,
  turn INTEGER NOT NULL, -- the attempt that was given to the client here last: the least is next
  queued INTEGER NOT NULL CHECK (queued >= 0), -- the client's jobs in the line
  UNIQUE (lane, client)
) STRICT;
CREATE INDEX turns_next ON turns (lane, turn) WHERE queued > 0;

-- How many jobs of each client are not yet ended: the limit of the queue is shared out between them.
CREATE TABLE clients (
  client TEXT PRIMARY KEY NOT NULL,
  open INTEGER NOT NULL CHECK (open >= 0)
) STRICT, WITHOUT ROWID;

DROP VIEW queue_now;
DROP TRIGGER jobs_columns_by_hand;
DROP TRIGGER jobs_retry_by_hand;
DROP TRIGGER jobs_priority_by_hand;
DROP INDEX jobs_queue;
DROP INDEX jobs_turn;
DROP INDEX jobs_alone;
ALTER TABLE jobs DROP COLUMN turn;

-- When an attempt really began to render. Only of that can a job be to blame when the process dies: not of waiting,
-- gathering or delivering. So only a job whose render crashed is under suspicion.
ALTER TABLE attempts ADD COLUMN render_started_at TEXT;
UPDATE jobs SET alone = 0, revision = revision + 1 WHERE alone = 1 AND stage <> 'rendering';

CREATE INDEX jobs_queue ON jobs (stage, alone, client, priority DESC) WHERE status = 'queued';

CREATE TRIGGER jobs_columns_by_hand
BEFORE UPDATE OF seq, id, client, stage, attempts, attempts_ever, crashes, report_path, report_sha256, delivered_to, created_at,
  started_at, ended_at, run_at, cancel_requested, alone, token, boot, leased_until, ran_ms, requested_by, warnings ON jobs
WHEN NEW.revision = OLD.revision BEGIN
  SELECT RAISE(ABORT, 'by hand only status, priority, suburb, state, postcode and request may be changed');
END;

-- The inner update counts the revision up, so that it is not taken for another change by hand.
CREATE TRIGGER jobs_retry_by_hand AFTER UPDATE OF status ON jobs
WHEN NEW.revision = OLD.revision AND NEW.status = 'queued' AND OLD.status <> 'queued' BEGIN
  UPDATE jobs SET revision = revision + 1, attempts = 0, crashes = 0, error_code = NULL, error = NULL,
    ended_at = NULL, run_at = NULL, cancel_requested = 0, ran_ms = 0, requested_by = NULL
  WHERE seq = NEW.seq;
END;

-- A client that is new in a line stands behind its head; one that was there before keeps the turn that it had.
CREATE TRIGGER jobs_accepted_into_line AFTER INSERT ON jobs WHEN NEW.status = 'queued' BEGIN
  INSERT INTO turns (lane, client, queued, turn)
  VALUES (iif(NEW.alone = 1, 'quarantine', NEW.stage), NEW.client, 1, coalesce(
    (SELECT min(turn) FROM turns WHERE lane = iif(NEW.alone = 1, 'quarantine', NEW.stage) AND queued > 0), 0))
  ON CONFLICT (lane, client) DO UPDATE SET queued = queued + 1;
END;

CREATE TRIGGER jobs_back_into_line AFTER UPDATE OF status ON jobs
WHEN NEW.status = 'queued' AND OLD.status <> 'queued' BEGIN
  INSERT INTO turns (lane, client, queued, turn)
  VALUES (iif(NEW.alone = 1, 'quarantine', NEW.stage), NEW.client, 1, coalesce(
    (SELECT min(turn) FROM turns WHERE lane = iif(NEW.alone = 1, 'quarantine', NEW.stage) AND queued > 0), 0))
  ON CONFLICT (lane, client) DO UPDATE SET queued = queued + 1;
END;

CREATE TRIGGER jobs_out_of_line AFTER UPDATE OF status ON jobs
WHEN OLD.status = 'queued' AND NEW.status <> 'queued' BEGIN
  UPDATE turns SET queued = queued - 1 WHERE lane = iif(OLD.alone = 1, 'quarantine', OLD.stage) AND client = OLD.client;
END;

INSERT INTO turns (lane, client, queued, turn)
SELECT iif(alone = 1, 'quarantine', stage), client, count(*), 0 FROM jobs WHERE status = 'queued'
GROUP BY 1, 2 ORDER BY min(seq);

CREATE TRIGGER jobs_open AFTER INSERT ON jobs WHEN NEW.status IN ('queued', 'running', 'waiting') BEGIN
  INSERT INTO clients (client, open) VALUES (NEW.client, 1) ON CONFLICT (client) DO UPDATE SET open = open + 1;
END;

CREATE TRIGGER jobs_opened_again AFTER UPDATE OF status ON jobs
WHEN NEW.status = 'queued' AND OLD.status IN ('completed', 'failed', 'cancelled') BEGIN
  INSERT INTO clients (client, open) VALUES (NEW.client, 1) ON CONFLICT (client) DO UPDATE SET open = open + 1;
END;

CREATE TRIGGER jobs_ended AFTER UPDATE OF status ON jobs
WHEN NEW.status IN ('completed', 'failed', 'cancelled') AND OLD.status IN ('queued', 'running', 'waiting') BEGIN
  UPDATE clients SET open = open - 1 WHERE client = NEW.client;
END;

INSERT INTO clients (client, open)
SELECT client, count(*) FROM jobs WHERE status IN ('queued', 'running', 'waiting') GROUP BY client;

-- What waits, in the order in which it is taken; each line for itself.
CREATE VIEW queue_now AS
SELECT id, status, stage, priority, client, suburb, state, attempts, created_at, run_at, error FROM (
  SELECT jobs.*, turns.turn, turns.id AS came,
    iif(jobs.status = 'queued', row_number() OVER (
      PARTITION BY jobs.status, jobs.stage, jobs.alone, jobs.client ORDER BY jobs.priority DESC, jobs.seq), 0) AS round
  FROM jobs LEFT JOIN turns ON turns.client = jobs.client
    AND turns.lane = iif(jobs.alone = 1, 'quarantine', jobs.stage)
  WHERE jobs.status IN ('queued', 'running', 'waiting'))
ORDER BY status = 'waiting', status = 'queued', stage, alone DESC, round, turn, came, seq;
