-- What a waiting job waits for outside, where its attempt was refused because that is away: a data source or delivery
-- targets, such as "dropbox,s3". As soon as one of them works again the job is due; until then, and where this is NULL, it
-- waits for its time (run_at).
ALTER TABLE jobs ADD COLUMN waits_for TEXT;
CREATE INDEX jobs_waiting_for ON jobs (seq) WHERE status = 'waiting' AND waits_for IS NOT NULL;

-- Who has waited waits no more, whatever hand ended it.
CREATE TRIGGER jobs_waited AFTER UPDATE OF status ON jobs
WHEN OLD.status = 'waiting' AND NEW.status <> 'waiting' AND NEW.waits_for IS NOT NULL BEGIN
  UPDATE jobs SET waits_for = NULL, revision = revision + 1 WHERE seq = NEW.seq;
END;

DROP TRIGGER jobs_columns_by_hand;
CREATE TRIGGER jobs_columns_by_hand
BEFORE UPDATE OF seq, id, client, stage, attempts, attempts_ever, crashes, report_path, report_sha256, delivered_to, created_at,
  started_at, ended_at, run_at, cancel_requested, alone, token, boot, leased_until, ran_ms, requested_by, warnings, waits_for ON jobs
WHEN NEW.revision = OLD.revision BEGIN
  SELECT RAISE(ABORT, 'by hand only status, priority, suburb, state, postcode and request may be changed');
END;
