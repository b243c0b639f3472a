-- What may be changed by hand is what the sentence says: ten more columns could be, that the service alone may write.
DROP TRIGGER jobs_columns_by_hand;
CREATE TRIGGER jobs_columns_by_hand
BEFORE UPDATE OF seq, id, stage, client, attempts, attempts_ever, crashes, error_code, error, report_path,
  report_sha256, report_bytes, report_pages, delivered_to, delivered_url, created_at, started_at, ended_at, run_at,
  cancel_requested, isolated, lease_token, instance_id, leased_until, callback_url, metadata, ran_ms, requested_by,
  warnings, retries, requested, waits_for, draft ON jobs
WHEN NEW.revision = OLD.revision BEGIN
  SELECT RAISE(ABORT, 'Only status, priority, suburb, state, postcode and request may be changed by hand.');
END;

-- The inner updates count the revision up, so that they are not taken for another change by hand.
DROP TRIGGER jobs_metadata;
CREATE TRIGGER jobs_metadata AFTER UPDATE OF request ON jobs BEGIN
  UPDATE jobs SET revision = revision + 1,
    metadata = iif(json_type(NEW.request, '$.metadata') = 'object', json_extract(NEW.request, '$.metadata'), NULL)
  WHERE seq = NEW.seq;
END;

DROP TRIGGER jobs_requested;
CREATE TRIGGER jobs_requested AFTER UPDATE OF request ON jobs BEGIN
  UPDATE jobs SET revision = revision + 1, requested = (
    SELECT json_group_object(key, json(NEW.request -> fullkey)) FROM json_each(iif(json_valid(NEW.request), NEW.request, '{}'))
    WHERE type <> 'null' AND key IN ('metadata', 'property_types', 'min_bedrooms', 'max_bedrooms', 'min_bathrooms',
      'max_bathrooms', 'min_carspaces', 'max_carspaces', 'min_land_area', 'max_land_area', 'include_surrounding_suburbs',
      'other_suburbs', 'region', 'area', 'home_owner_pricing', 'featured_agent_id', 'featured_agency_id', 'edition', 'sections', 'compare',
      'subject', 'report', 'prepared_for'))
  WHERE seq = NEW.seq;
END;
