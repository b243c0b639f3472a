-- A value that is written by hand is checked as in a request. A CHECK alone says its expression and not what to write.
CREATE TRIGGER jobs_values_by_hand BEFORE UPDATE OF priority, suburb, state, postcode ON jobs
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

CREATE TRIGGER callbacks_values_by_hand BEFORE UPDATE OF status ON callbacks
WHEN coalesce(NEW.status, '') NOT IN ('pending', 'delivered', 'failed') BEGIN
  SELECT RAISE(ABORT, 'The status of a callback must be pending, delivered or failed. To send it again, set pending.');
END;

CREATE TRIGGER pause_values_by_hand BEFORE INSERT ON pause
WHEN NEW.since NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:*Z' BEGIN
  SELECT RAISE(ABORT, 'since must be a time such as 2026-11-24T08:00:00.000Z. Omit it to pause from now on.');
END;
