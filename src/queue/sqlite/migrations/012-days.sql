-- Days as the operator counts them. The service writes down how far its zone (AGENTLINK_TIME_ZONE) is ahead of UTC since
-- when, so that a day is the same in every shell, whatever the time zone of that.
CREATE TABLE time_zone (
  since TEXT NOT NULL PRIMARY KEY,
  offset_minutes INTEGER NOT NULL,
  zone TEXT NOT NULL
) STRICT, WITHOUT ROWID;

DROP VIEW reports_per_day;
CREATE VIEW reports_per_day AS
SELECT date(ended_at, coalesce(
    (SELECT offset_minutes FROM time_zone WHERE since <= ended_at ORDER BY since DESC LIMIT 1), 0) || ' minutes') AS day,
  count(*) FILTER (WHERE status = 'completed') AS completed,
  count(*) FILTER (WHERE status = 'failed') AS failed, count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
  sum(report_pages) FILTER (WHERE status = 'completed') AS pages,
  sum(report_bytes) FILTER (WHERE status = 'completed') AS bytes
FROM jobs WHERE ended_at IS NOT NULL GROUP BY day ORDER BY day DESC;
