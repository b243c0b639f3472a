-- What has come of the deliveries to each target, so that it is known after a restart, too.
CREATE TABLE targets (
  target TEXT NOT NULL PRIMARY KEY,
  last_success_at TEXT,
  last_failure_at TEXT,
  failing_since TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  last_error TEXT
) STRICT;
INSERT INTO targets (target, last_success_at)
  SELECT target, max(delivered_at) FROM deliveries WHERE delivered_at IS NOT NULL GROUP BY target;
