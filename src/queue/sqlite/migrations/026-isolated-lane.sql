-- The lane of isolated renders has the name that jobs.isolated has.
DROP VIEW queue_now;
DROP TRIGGER jobs_accepted_into_line;
DROP TRIGGER jobs_back_into_line;
DROP TRIGGER jobs_out_of_line;

CREATE TABLE lane_clients_026 (
  id INTEGER PRIMARY KEY, -- orders clients of the same fair_order: the one that came first goes first
  lane TEXT NOT NULL CHECK (lane IN ('gathering', 'rendering', 'delivering', 'isolated')),
  client TEXT NOT NULL,
  fair_order INTEGER NOT NULL, -- the attempt that the client was given last in this lane: the least is next
  queued INTEGER NOT NULL CHECK (queued >= 0), -- the client's queued jobs in this lane
  UNIQUE (lane, client)
) STRICT;
INSERT INTO lane_clients_026 (id, lane, client, fair_order, queued)
SELECT id, iif(lane = 'quarantine', 'isolated', lane), client, fair_order, queued FROM lane_clients;
DROP TABLE lane_clients;
ALTER TABLE lane_clients_026 RENAME TO lane_clients;
CREATE INDEX lane_clients_next ON lane_clients (lane, fair_order) WHERE queued > 0;

CREATE TRIGGER jobs_accepted_into_line AFTER INSERT ON jobs WHEN NEW.status = 'queued' BEGIN
  INSERT INTO lane_clients (lane, client, queued, fair_order)
  VALUES (iif(NEW.isolated = 1, 'isolated', NEW.stage), NEW.client, 1, coalesce(
    (SELECT min(fair_order) FROM lane_clients
      WHERE lane = iif(NEW.isolated = 1, 'isolated', NEW.stage) AND queued > 0), 0))
  ON CONFLICT (lane, client) DO UPDATE SET queued = queued + 1;
END;

CREATE TRIGGER jobs_back_into_line AFTER UPDATE OF status ON jobs
WHEN NEW.status = 'queued' AND OLD.status <> 'queued' BEGIN
  INSERT INTO lane_clients (lane, client, queued, fair_order)
  VALUES (iif(NEW.isolated = 1, 'isolated', NEW.stage), NEW.client, 1, coalesce(
    (SELECT min(fair_order) FROM lane_clients
      WHERE lane = iif(NEW.isolated = 1, 'isolated', NEW.stage) AND queued > 0), 0))
  ON CONFLICT (lane, client) DO UPDATE SET queued = queued + 1;
END;

CREATE TRIGGER jobs_out_of_line AFTER UPDATE OF status ON jobs
WHEN OLD.status = 'queued' AND NEW.status <> 'queued' BEGIN
  UPDATE lane_clients SET queued = queued - 1
  WHERE lane = iif(OLD.isolated = 1, 'isolated', OLD.stage) AND client = OLD.client;
END;

CREATE VIEW queue_now AS
SELECT id, status, stage, priority, client, suburb, state, attempts, created_at, run_at, error FROM (
  SELECT jobs.*, lane_clients.fair_order, lane_clients.id AS came,
    iif(jobs.status = 'queued', row_number() OVER (
      PARTITION BY jobs.status, jobs.stage, jobs.isolated, jobs.client ORDER BY jobs.priority DESC, jobs.seq), 0) AS round
  FROM jobs LEFT JOIN lane_clients ON lane_clients.client = jobs.client
    AND lane_clients.lane = iif(jobs.isolated = 1, 'isolated', jobs.stage)
  WHERE jobs.status IN ('queued', 'running', 'waiting'))
ORDER BY status = 'waiting', status = 'queued', stage, isolated DESC, round, fair_order, came, seq;
