-- What may be on its way to a target is in flight; SQLite carries the name of the column into triggers.
DROP TRIGGER jobs_cancel_under_way;
ALTER TABLE deliveries RENAME COLUMN under_way_since TO in_flight_since;

CREATE TRIGGER jobs_cancel_in_flight BEFORE UPDATE OF status ON jobs
WHEN NEW.revision = OLD.revision AND NEW.status = 'cancelled' AND OLD.status IN ('queued', 'waiting', 'running')
  AND EXISTS (SELECT 1 FROM deliveries WHERE job_id = OLD.id AND in_flight_since IS NOT NULL)
BEGIN
  UPDATE jobs SET cancel_requested = 1, revision = revision + 1, run_at = NULL, requested_by = NULL,
    status = iif(OLD.status = 'waiting', 'queued', OLD.status)
  WHERE seq = OLD.seq;
  INSERT INTO events (job_id, from_status, to_status, from_stage, to_stage, changed_by)
  SELECT id, status, status, stage, stage, 'operator' FROM jobs WHERE seq = OLD.seq;
  SELECT RAISE(IGNORE);
END;
