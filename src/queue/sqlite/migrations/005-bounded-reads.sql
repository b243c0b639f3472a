-- What is read often is found without what is long, or somebody else's: a job's metadata beside its request, which may
-- bring a logo, and the changes of each client's jobs.

ALTER TABLE jobs ADD COLUMN metadata TEXT; -- JSON; of the request, what every view of the job shows

UPDATE jobs SET metadata = json_extract(request, '$.metadata')
WHERE CASE WHEN json_valid(request) THEN json_type(request, '$.metadata') = 'object' ELSE 0 END;

CREATE TRIGGER jobs_metadata AFTER UPDATE OF request ON jobs BEGIN
  UPDATE jobs SET metadata = iif(json_type(NEW.request, '$.metadata') = 'object', json_extract(NEW.request, '$.metadata'), NULL)
  WHERE seq = NEW.seq;
END;

CREATE TABLE client_changes (
  client TEXT NOT NULL,
  event_id INTEGER NOT NULL,
  job_id TEXT NOT NULL,
  PRIMARY KEY (client, event_id)
) STRICT, WITHOUT ROWID;

INSERT INTO client_changes (client, event_id, job_id)
SELECT jobs.client, events.id, events.job_id FROM events JOIN jobs ON jobs.id = events.job_id
ORDER BY jobs.client, events.id;

CREATE TRIGGER events_of_client AFTER INSERT ON events BEGIN
  INSERT INTO client_changes (client, event_id, job_id) SELECT client, NEW.id, NEW.job_id FROM jobs WHERE id = NEW.job_id;
END;

-- A job's events go before the job itself does (jobs_delete).
CREATE TRIGGER events_of_client_delete BEFORE DELETE ON events BEGIN
  DELETE FROM client_changes WHERE event_id = OLD.id AND client = (SELECT client FROM jobs WHERE id = OLD.job_id);
END;
