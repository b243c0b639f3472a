-- What a job was asked for, beside its request, which may bring a logo: filters, edition, price band, metadata.
ALTER TABLE jobs ADD COLUMN requested TEXT; -- JSON; of the request, what every view of the job shows

CREATE TRIGGER jobs_requested AFTER UPDATE OF request ON jobs BEGIN
  UPDATE jobs SET requested = (
    SELECT json_group_object(key, json(NEW.request -> fullkey)) FROM json_each(iif(json_valid(NEW.request), NEW.request, '{}'))
    WHERE type <> 'null' AND key IN ('metadata', 'property_types', 'min_bedrooms', 'max_bedrooms', 'min_bathrooms',
      'max_bathrooms', 'min_carspaces', 'max_carspaces', 'min_land_area', 'max_land_area', 'include_surrounding_suburbs',
      'region', 'area', 'home_owner_pricing', 'featured_agent_id', 'featured_agency_id', 'edition', 'prepared_for'))
  WHERE seq = NEW.seq;
END;

DROP TRIGGER jobs_call_back;
CREATE TRIGGER jobs_call_back AFTER UPDATE OF status ON jobs
WHEN NEW.callback_url IS NOT NULL AND NEW.status IN ('completed', 'failed', 'cancelled') AND NEW.status <> OLD.status BEGIN
  INSERT INTO callbacks (id, job_id, url, host, created_at, since, next_try_at, job)
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
      'ended_at', ended_at, 'run_at', NULL, 'cancel_requested', 0, 'alone', NEW.alone,
      'documents', (SELECT json_group_array(json_object('kind', kind, 'path', path, 'filename', filename, 'sha256', sha256,
          'bytes', bytes, 'pages', pages, 'facts', json(facts),
          'delivered', iif(delivered_to IS NULL, NULL, json_object('to', delivered_to, 'url', delivered_url))))
        FROM documents WHERE job_id = NEW.id),
      'request', json(iif(json_valid(NEW.requested), NEW.requested, json_object('metadata', json_extract(NEW.request, '$.metadata')))))
  FROM (SELECT substr(NEW.callback_url, instr(NEW.callback_url, '://') + 3) AS rest,
    -- By hand the time of the end is set after this.
    coalesce(NEW.ended_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) AS ended_at);
END;
